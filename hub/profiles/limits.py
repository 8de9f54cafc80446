"""How long what people write may be. Counted as it is kept: characters after cleaning, not what a browser counts.

Nothing is cut. What is too long is given back whole, with by how much. js/limits.js counts the same way.
"""

from __future__ import annotations

from hub.language import _
from hub.problems import Problem
from hub.text import clean

# What each field of an organisation holds at most; the form counts with these too.
LIMITS = {"name_ko": 120, "name_en": 160, "homepage": 300}


def too_long(what: str, text: str, most: int) -> str | None:
    """What to say of a text that is longer than ``most``, in the reader's language; ``None`` of one that fits.

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
