"""What is said of equipment, data or a platform that others may use, beside the text itself.

Kept with its statement as ``Statement.equipment``. Who arranges its use is not for every reader: see
``accounts/policy.py:can_see_contact``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from hub.database import now
from hub.dates import in_korea
from hub.language import N_, _
from hub.numbers import whole_number
from hub.problems import Problem
from hub.text import check_length, one_line

OLDEST = 1900  # a year before it is a slip of the key
LIMITS = {"model": 120, "maker": 120, "measures": 300, "methods": 300, "fee": 120, "contact": 200}


class Users(StrEnum):
    """Who may use what is shared."""

    ANYONE = "anyone"
    REGION = "region"
    PARTNERS = "partners"


USERS_NAMES = {
    Users.ANYONE: N_("누구나"),
    Users.REGION: N_("같은 지역의 기업·기관"),
    Users.PARTNERS: N_("협력 중인 기업·기관"),
}
BY_AGREEMENT = ("협의", "negotiable")  # as people write a price that is not set, in either language


@dataclass(frozen=True)
class Equipment:
    """What is known of it; a part that nobody has given is empty. Make it with :func:`equipment`, which checks it.

    ``measures`` is what it measures or makes, ``methods`` how and by which standards (KS, ISO, KOLAS), ``contact``
    who arranges its use: not for readers.
    """

    model: str = ""
    maker: str = ""
    year: int | None = None
    measures: str = ""
    methods: str = ""
    fee: str = ""
    users: str = ""
    contact: str = ""

    def as_stored(self) -> dict[str, Any] | None:
        """As ``Statement.equipment`` holds it: what was given; ``None`` where nothing was."""
        return {name: value for name, value in asdict(self).items() if value} or None


# What each part is called, in the order in which it is shown.
LABELS = {
    "model": N_("모델"),
    "maker": N_("제조사"),
    "year": N_("제조 연도"),
    "measures": N_("무엇을 재거나 만드는가"),
    "methods": N_("방법과 표준"),
    "fee": N_("이용료"),
    "users": N_("쓸 수 있는 곳"),
    "contact": N_("예약 담당"),
}


def equipment(written: Mapping[str, str]) -> Equipment:
    """Cleans and checks what somebody wrote of it.

    :raises Problem: in the reader's language, saying what to change.
    """
    lines = {name: one_line(written.get(name, "")) for name in LIMITS}
    for name, most in LIMITS.items():
        check_length(_(LABELS[name]), lines[name], most)
    users = one_line(written.get("users", ""))
    if users and users not in set(Users):
        raise Problem(_("쓸 수 있는 곳을 목록에서 고르십시오."))
    return Equipment(**lines, year=_year(written.get("year", "")), users=users)


def _year(text: str) -> int | None:
    # «2019년» and full-width digits are how people write it.
    digits = re.sub(r"\s*년도?$", "", unicodedata.normalize("NFKC", one_line(text)))
    if not digits:
        return None
    newest = in_korea(now()).year
    year = whole_number(digits, least=OLDEST, most=newest)
    if year is None:
        raise Problem(
            _(
                "제조 연도는 %(oldest)d에서 %(newest)d까지 네 자리 숫자로 적으십시오.",
                oldest=OLDEST,
                newest=newest,
            )
        )
    return year


def searched_text(text: str, known: Mapping[str, Any] | None) -> str:
    """What a statement is found by: its text and, of equipment, what it is and what it does."""
    if not known:
        return text
    what = " ".join(str(known[name]) for name in ("maker", "model") if known.get(name))
    return "\n".join(part for part in (text, what, known.get("measures"), known.get("methods")) if part)


def shown_equipment(known: Mapping[str, Any] | None, *, contact: bool) -> list[tuple[str, str]]:
    """What is said of it, each with what it is called, in the reader's language.

    :param contact: whether the reader may know who arranges its use.
    """
    if not known:
        return []
    said = {name: str(value) for name, value in known.items() if contact or name != "contact"}
    if "users" in said:
        said["users"] = _(USERS_NAMES[Users(said["users"])])
    if said.get("fee", "").casefold() in BY_AGREEMENT:
        said["fee"] = _("협의")
    # Whoever may read the contact must see that others do not.
    labels = LABELS | {"contact": N_("예약 담당 (공개하지 않음)")}
    return [(_(label), said[name]) for name, label in labels.items() if name in said]
