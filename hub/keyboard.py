"""Text typed with the other keyboard layout on: ``rlacl`` is 김치, and ``ㅎㅣㅔ`` is glp.

Dubeolsik (두벌식), as Korean keyboards have it; jamo are composed and taken apart as an input method does.
"""

from __future__ import annotations

import re

_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_JAMO = "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ"
_JAMO_OF = dict(zip(_KEYS, _JAMO, strict=True))
_JAMO_OF |= {key.upper(): jamo for key, jamo in _JAMO_OF.items()}
_JAMO_OF |= dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))  # with shift
_KEY_OF = {jamo: key for key, jamo in _JAMO_OF.items() if key.islower() or key in "QWERTOP"}

_HEADS = tuple("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
_VOWELS = tuple("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")
_TAILS = tuple(" ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_PAIRS = {
    **{"ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ"},
    **{"ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ"},
    **{"ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ"},
}
_PARTS = {joined: parts for parts, joined in _PAIRS.items()}
_FIRST, _LAST = "가", "힣"
# Consonants that English begins and ends a syllable with: «work» is a word of it, «rlacl» is none.
_ONSETS = (
    "schr|scr|spl|spr|squ|str|thr|chl|chr|shr|sch|sph|phr|bl|br|ch|cl|cr|dr|dw|fl|fr|gh|gl|gr|gn|kn|ph|pl|pr|ps|qu|"
    "rh|sc|sh|sk|sl|sm|sn|sp|st|sw|th|tr|ts|tw|wh|wr|[bcdfghjklmnprstvwxyz]"
)
_CODAS = (
    "ngths|ngth|rsts|ghts|mpts|tch|nch|rch|ght|lth|nth|rth|dth|cts|fts|lds|lts|mps|mpt|nct|nds|ngs|nks|nts|pts|rds|"
    "rks|rls|rms|rns|rps|rst|rts|sts|sms|xts|ths|wns|ck|ch|ct|cs|bs|ds|ff|ft|gh|gs|ks|lb|lc|ld|lf|lk|ll|lm|ln|lp|ls|"
    "lt|mb|mn|mp|ms|nc|nd|ng|nk|ns|nt|ph|ps|pt|rb|rc|rd|rf|rg|rk|rl|rm|rn|rp|rs|rt|rv|sh|sk|sm|sp|ss|st|th|ts|tt|wd|"
    "wk|wl|wn|ws|xt|zz|[bcdfgklmnprstvwxyz]"
)
_ENGLISH = re.compile(rf"(?:{_ONSETS})?[aeiouy]+(?:(?:{_CODAS})?(?:{_ONSETS})?[aeiouy]+)*(?:{_CODAS})?")


def to_hangul(text: str) -> str:
    """What the keys of a Latin text write with the Korean layout.

    >>> to_hangul("rlacl rhkqkfgy")
    '김치 과발효'
    """
    return _composed("".join(_JAMO_OF.get(letter, letter) for letter in text))


def to_latin(text: str) -> str:
    """What the keys of a Korean text write with the Latin layout.

    >>> to_latin("ㅔㅁ차ㅁ햐ㅜㅎ")
    'packaging'
    """
    return "".join(_KEY_OF.get(jamo, jamo) for letter in text for jamo in _apart(letter))


def stray_jamo(word: str) -> set[str]:
    """The consonants and vowels of a word that stand outside any syllable."""
    return {letter for letter in word if "ㄱ" <= letter <= "ㅣ"}


def is_rare(letter: str) -> bool:
    """Whether a syllable is none of the 2,350 of KS X 1001, with which nearly all Korean is written."""
    return _FIRST <= letter <= _LAST and len(letter.encode("euc_kr")) != 2


def reads_as_english(word: str) -> bool:
    """Whether English could spell a word so; of Korean typed in Latin letters two words in a hundred look it."""
    return _ENGLISH.fullmatch(word.lower()) is not None


def _apart(letter: str) -> str:
    """The jamo that are typed for a letter."""
    if _FIRST <= letter <= _LAST:
        head, rest = divmod(ord(letter) - ord(_FIRST), len(_VOWELS) * len(_TAILS))
        vowel, tail = divmod(rest, len(_TAILS))
        letter = (_HEADS[head] + _VOWELS[vowel] + _TAILS[tail]).rstrip()
    return "".join(_PARTS.get(jamo, jamo) for jamo in letter)


def _composed(jamo: str) -> str:
    """Jamo as an input method joins them: a consonant before a vowel begins a syllable of its own."""
    written: list[str] = []
    at = 0
    while at < len(jamo):
        head, at = jamo[at], at + 1
        if head not in _HEADS or jamo[at : at + 1] not in _VOWELS:
            vowel, at = _pair(jamo, at - 1)
            written.append(vowel)
            continue
        vowel, at = _pair(jamo, at)
        tail, after = _tail(jamo, at)
        at = after
        number = (_HEADS.index(head) * len(_VOWELS) + _VOWELS.index(vowel)) * len(_TAILS) + _TAILS.index(tail)
        written.append(chr(ord(_FIRST) + number))
    return "".join(written)


def _pair(jamo: str, at: int) -> tuple[str, int]:
    """The vowel (or other letter) that begins here, joined with the next where both are one."""
    joined = _PAIRS.get(jamo[at : at + 2], "")
    return (joined, at + 2) if joined in _VOWELS else (jamo[at], at + 1)


def _tail(jamo: str, at: int) -> tuple[str, int]:
    """The consonants that close a syllable; the one that a vowel follows belongs to the next."""
    closing = 0
    while closing < 2 and jamo[at + closing : at + closing + 1] in _HEADS:
        closing += 1
    if jamo[at + closing : at + closing + 1] in _VOWELS:
        closing -= 1
    joined = _PAIRS.get(jamo[at : at + 2], "") if closing == 2 else ""
    if joined in _TAILS:
        return joined, at + 2
    if closing > 0 and jamo[at] in _TAILS:
        return jamo[at], at + 1
    return " ", at
