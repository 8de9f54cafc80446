"""What people may write: how long it may be, and which technology readiness levels there are.

Lengths are counted as a text is kept: characters after cleaning, not what a browser counts. Nothing is cut. What is
too long is given back whole, with by how much. js/limits.js counts the same way.
"""

from __future__ import annotations

from hub.language import _
from hub.numbers import whole_number
from hub.problems import Problem
from hub.text import clean

# Of a statement.
SHORTEST = 10
LONGEST = 2000
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


def trl_of(text: str | None) -> int | None:
    """A technology readiness level as forms, addresses and commands write it; ``None`` where none is given.

    :raises Problem: when it is not 1 to 9.
    """
    if not text:
        return None
    level = whole_number(text, least=1, most=9)
    if level is None:
        raise Problem(_("기술성숙도(TRL)는 1에서 9까지입니다."))
    return level
