"""What people may write: how long it may be, and which technology readiness levels there are.

Lengths are counted by :func:`hub.text.check_length`.
"""

from __future__ import annotations

from hub.language import _
from hub.numbers import whole_number
from hub.problems import Problem

# Of a statement.
SHORTEST = 10
LONGEST = 2000
# What each field of an organisation holds at most; the form counts with these too.
LIMITS = {"name_ko": 120, "name_en": 160, "homepage": 300}
CONTACT_LIMITS = {"contact_name": 60, "contact_reach": 120, "contact_note": 1000}
UNIT_LIMITS = {"name_ko": 120, "name_en": 160, "head": 60, "homepage": 300}


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
