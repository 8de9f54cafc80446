"""What a reader meant who typed with the other keyboard layout on. Offered, never put in the query's place."""

from __future__ import annotations

import re

from sqlmodel import Session

from hub.index.engine import Engine
from hub.index.store import Words
from hub.keyboard import is_rare, reads_as_english, stray_jamo, to_hangul, to_latin
from hub.language import _
from hub.profiles.known_names import names_among
from hub.profiles.lookup import could_be_name
from hub.profiles.names import name_key
from hub.search.query import LONGEST_QUERY

_LATIN_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,}(?![A-Za-z0-9])")
_KOREAN_WORD = re.compile(r"[가-힣ㄱ-ㅣ]+")
_SYLLABLES = re.compile(r"[가-힣]+")
KNOWN = 0.5  # of the pairs of syllables that a conversion gives, for the whole of it to be Korean
SENTENCE = 3  # so many words that write syllables and are no English are Korean, known or not
COMMON = (
    0.8  # the rarity below which a pair of syllables is a word's, and not by chance: 5 rows of the sample's
)
SHORTEST_ENGLISH = (
    4  # letters of a word that the index need not know; shorter ones come about while one types
)
ACRONYM = 5  # letters: VHDL is one, whatever its keys write


def did_you_mean(engine: Engine, session: Session, text: str) -> str | None:
    """The text as the other keyboard layout writes it, where that is one, or a name, and the text is none."""
    usual = engine.store.words
    meant = _in_hangul(text, usual) or _in_latin(text, usual) or _name(session, text)
    return meant if meant and len(meant) <= LONGEST_QUERY else None


def offer(meant: str) -> str:
    """The question whether that was meant, with the particle that its last letter asks for."""
    if _ends_in_consonant(meant):
        return _("혹시 «%(text)s»을 찾으셨습니까?", text=meant)
    return _("혹시 «%(text)s»를 찾으셨습니까?", text=meant)


def _ends_in_consonant(text: str) -> bool:
    last = text.rstrip(" .,!?")[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28 != 0
    return last.lower() in ("l", "m", "n", "g") or last in ("0", "1", "3", "6", "7", "8")  # as they are read


def _name(session: Session, text: str) -> str | None:
    """``zkdltmxm`` as 카이스트: an organisation is called so."""
    if not could_be_name(text):
        return None
    written = dict.fromkeys((to_hangul(text), to_hangul(text.lower()), to_latin(text).lower()))
    keys = {form: name_key(form) for form in written if form != text.lower()}
    known = names_among(session, keys.values()) if keys else set()
    return next((form for form, key in keys.items() if key in known), None)


def _in_hangul(text: str, usual: Words) -> str | None:
    """``rlacl rhkqkfgy`` as 김치 과발효: words that the index does not know and that write nothing but syllables."""
    meant = {}
    for word in set(_LATIN_WORD.findall(text)):
        written = [to_hangul(form) for form in dict.fromkeys((word, word.lower()))]
        whole = [form for form in written if _SYLLABLES.fullmatch(form) and not any(map(is_rare, form))]
        if whole and not usual.knows(word):
            meant[word] = max(whole, key=usual.knows)  # with Caps Lock on it is the lower case
    evidence = [korean for word, korean in meant.items() if not _may_be_english(word)]
    common = [korean for korean in meant.values() if _is_common(korean, usual)]
    told = (
        len(evidence) >= SENTENCE
        or (evidence and _is_known(evidence, usual))
        or (common and len(common) == len(meant))
    )
    return _LATIN_WORD.sub(lambda found: meant.get(found[0], found[0]), text) if told else None


def _may_be_english(word: str) -> bool:
    return reads_as_english(word) or (word.isupper() and len(word) <= ACRONYM)


def _is_known(words: list[str], usual: Words) -> bool:
    """Whether the index knows the words; a single pair of syllables must stand in more rows than one."""
    text = " ".join(words)
    if len(text) == 2 and usual.frequency(text) < 2:
        return False
    return usual.knows(text) >= KNOWN


def _is_common(word: str, usual: Words) -> bool:
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return bool(pairs) and all(usual.frequency(pair) and usual.rarity(pair) < COMMON for pair in pairs)


def _in_latin(text: str, usual: Words) -> str | None:
    """``ㅔㅁ참햐ㅜㅎ`` as packaging: words with letters that stand in no syllable, or in one that Korean lacks."""
    words = set(_KOREAN_WORD.findall(text))
    odd = {word for word in words if _is_odd(word)}
    meant = {word: to_latin(word).lower() for word in odd if _is_english(word, usual)}
    # Both stray jamo and a syllable that Korean lacks: whoever types Korean leaves one or the other, never both.
    strange = "".join(odd)
    is_no_korean = stray_jamo(strange) and any(is_rare(letter) for letter in strange)
    if meant or (is_no_korean and not any(usual.knows(word) for word in words)):
        # Where one word is English, those that are not Korean are too.
        meant |= {word: to_latin(word).lower() for word in words if word in odd or not usual.knows(word)}
    return _KOREAN_WORD.sub(lambda found: meant.get(found[0], found[0]), text) if meant else None


def _is_odd(word: str) -> bool:
    """Whether a word is not written in syllables of Korean, and is no ㅋㅋ or ㅠㅠ either."""
    stray = stray_jamo(word)
    if stray == set(word) and (len(word) < 3 or len(stray) < 3):  # nothing but jamo
        return False
    return bool(stray) or any(is_rare(letter) for letter in word)


def _is_english(word: str, usual: Words) -> bool:
    latin = to_latin(word).lower()
    if usual.knows(latin):
        return len(latin) > 1
    return len(latin) >= SHORTEST_ENGLISH and reads_as_english(latin) and usual.knows(word) < KNOWN
