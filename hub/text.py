"""Text as it enters: every form, address, command and file passes through here, so that what looks alike
is alike and nothing is kept that nobody can see."""

from __future__ import annotations

import re
import unicodedata

from embeddings.lexical import DOTS
from hub.language import _
from hub.problems import Problem

# Letters and marks that show nothing; direction marks, zero-width ones and the soft hyphen are of category Cf.
_FILLERS = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0d"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef"
)
_SHOWN_AS = "\ufe0e\ufe0f"  # text or picture: kept behind a picture only
_JOINER = "\u200d"
_BLANKS = "\u2800\ufffc"  # an empty Braille cell; where a picture stood before it was copied
_UNSEEN = re.compile(f"[{_FILLERS}]")
_ODD = re.compile(f"[{_FILLERS}{_SHOWN_AS}{_BLANKS}]")  # what Python calls printable and is not shown
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_TONES = range(0x1F3FB, 0x1F400)  # of skin
_PICTURES = range(0x1F000, 0x1FB00)  # also those that are newer than this Python's tables


def clean(text: str) -> str:
    """The text composed (NFC), without what cannot be seen or stored, its blanks single, its lines kept.

    Control characters become blanks. Pictures that are joined to one (👩‍💻) stay joined.

    >>> clean("김치\\t발\\u200b효\\r\\n포장\\u3164")
    '김치 발효\\n포장'
    """
    lines = _LINE_ENDS.sub("\n", text).split("\n")
    return "\n".join(one_line(line) for line in lines).strip("\n")


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(unicodedata.normalize("NFC", _visible(text)).split())


def password_form(text: str) -> str:
    """A password as it is hashed: one form for all keyboards, nothing trimmed (RFC 8265's OpaqueString).

    What pasting adds unseen goes; every blank is the one that all keyboards have.
    """
    visible = _visible(text)
    return unicodedata.normalize("NFC", "".join(" " if c.isspace() else c for c in visible))


def email_form(text: str) -> str:
    """An e-mail address as it is kept and compared: full-width letters (＠) are the plain ones, in lower case.

    >>> email_form(" Kim＠WiKim.example\\u200b ")
    'kim@wikim.example'
    """
    folded = unicodedata.normalize("NFKC", one_line(text)).replace("。", ".").lower()
    return unicodedata.normalize("NFKC", folded)


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in a cleaned text; a dot between words (ㆍ) is none."""
    return any(c.isalnum() and c not in DOTS for c in text)


def too_long(what: str, text: str, most: int) -> str | None:
    """What to say of a text that is longer than ``most``, in the reader's language; ``None`` of one that fits.

    Counted as it is kept: characters after cleaning, not what a browser counts; js/limits.js counts the same way.
    Nothing is cut: what is too long is given back whole, with by how much.

    :param what: the field's name, as its label has it.
    """
    count = len(clean(text))
    if count <= most:
        return None
    return _(
        "%(what)s: %(n)d자입니다. %(most)d자까지 적을 수 있으니 %(over)d자를 줄여 주십시오.",
        what=what,
        n=count,
        most=most,
        over=count - most,
    )


def check_length(what: str, text: str, most: int) -> None:
    """As :func:`too_long`.

    :raises Problem: with what it says.
    """
    said = too_long(what, text, most)
    if said is not None:
        raise Problem(said)


def _visible(text: str) -> str:
    """The text with blanks for control characters and without what shows nothing."""
    if text.isprintable() and not _ODD.search(text):
        return text
    kept: list[str] = []
    for at, c in enumerate(text):
        category = unicodedata.category(c)
        if category == "Cc" or c in _BLANKS:
            kept.append(" ")
        elif c == _JOINER or c in _SHOWN_AS:
            before = kept[-1] if kept else ""
            after = text[at + 1 : at + 2] if c == _JOINER else "👩"
            if _is_part_of_picture(before, joined=c == _JOINER) and _is_picture(after):
                kept.append(c)
        elif not _is_unseen(c, category):
            kept.append(c)
    return "".join(kept)


def _is_unseen(c: str, category: str) -> bool:
    if category == "Cn":
        return ord(c) not in _PICTURES
    return category in ("Cf", "Cs", "Co") or _UNSEEN.match(c) is not None


def _is_picture(c: str) -> bool:
    return bool(c) and (unicodedata.category(c) == "So" or ord(c) in _PICTURES)


def _is_part_of_picture(c: str, *, joined: bool) -> bool:
    """Whether a joiner, or else a selector, may follow."""
    return _is_picture(c) or (joined and bool(c) and (c in _SHOWN_AS or ord(c) in _TONES))
