"""What was sent and not accepted is given back whole: to read, to copy, and to send again.

Whoever was signed out meanwhile signs in on the same page, and what was sent goes on its way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from flask import Flask, Response, g, render_template, request

from hub.accounts.gate import Step, account, halted, signed_out, step_page
from hub.fields.carried import field_codes, field_name
from hub.language import N_, _
from hub.profiles.equipment import LABELS as EQUIPMENT_LABELS
from hub.profiles.labels import kind_name, profile_kind_name, size_name
from hub.profiles.tables import SIZES, Kind, ProfileKind, Visibility
from hub.regions.atlas import atlas
from hub.regions.labels import region_name
from hub.search.query import PARAMETERS, TEXT
from hub.web.addresses import safe_next
from hub.web.public_address import is_own

SIGN_IN = "accounts.sign_in"
_TO = "resume_to"  # in the sign-in form: where what was sent wanted to go
_PREFIX = "sent:"  # and its fields
_SECRET = re.compile(r"password|passwd|secret|token|otp", re.IGNORECASE)
LABELS = {
    **{one.name: one.title for one in PARAMETERS},
    **EQUIPMENT_LABELS,
    "text": N_("내용"),
    "translation": N_("번역"),
    "kind": N_("종류"),
    "trl": N_("기술성숙도(TRL)"),
    "visibility": N_("누가 봅니까"),
    "fields": N_("기술 분야"),
    "name_ko": N_("이름"),
    "name_en": N_("영문 이름"),
    "size": N_("기업 규모"),
    "region_code": N_("지역"),
    "homepage": N_("누리집"),
    "other_names": N_("다른 이름"),
    "described": N_("사진 설명"),
    "contact_name": N_("연락한 분"),
    "contact_reach": N_("전화나 전자우편"),
    "contact_note": N_("들은 이야기"),
    "answer": N_("넘긴 분에게 할 말"),
    "reason": N_("신청한 분에게 할 말"),
    "note": N_("담당자에게 할 말"),
    "unit_name": N_("연구실·부서 이름"),
    "reply": N_("답"),
    "email": N_("전자우편"),
    "name": N_("이름"),
    "new_email": N_("새 전자우편"),
    "language": N_("메일의 언어"),
    "emails": N_("초대할 사람의 전자우편 주소"),
    "asked": N_("찾을 내용"),
    TEXT: N_("찾을 내용"),
}
# What a form says to the program: sent again and not shown.
_QUIET = frozenset(
    {
        "once",
        "action",
        "version",
        "next",
        "statement_id",
        "list",
        "view",
        "word",
        "verdict",
        "decision",
        "referral",
        "to_admin",
        "profile_id",
        "withdraw",
        "consent",
        "username",
        "identity",
        "part",
        "profile",
        "as_unit",
        "address",
        "need",
        "partner",
        "named_anyway",
        "proposed",
        "unit_id",
    }
)
_REFUSALS = {
    401: N_("전자우편이나 비밀번호가 맞지 않습니다."),
    429: N_("짧은 시간에 너무 많이 요청했습니다. 잠시 뒤에 다시 하십시오."),
}
VISIBILITY_NAMES = {Visibility.PUBLIC: N_("공개"), Visibility.HIDDEN_NAME: N_("이름 비공개")}


@dataclass(frozen=True)
class Sent:
    """One field of a form: as it is sent again, and as a reader knows it."""

    name: str
    value: str

    @property
    def label(self) -> str | None:
        """What the form calls it; ``None`` of what only the program reads."""
        if self.name in _QUIET or not self.value.strip():
            return None
        return _(LABELS[self.name]) if self.name in LABELS else self.name

    @property
    def shown(self) -> str:
        """The value in words."""
        for name, known, in_words in _SHOWN:
            if self.name == name and self.value in known:
                return in_words(self.value)
        return self.value


# Which values of which fields are codes, and what a page calls them.
_SHOWN: tuple[tuple[str, Container[str], Callable[[str], str]], ...] = (
    ("kind", frozenset(Kind), kind_name),
    ("kind", frozenset(ProfileKind), profile_kind_name),
    ("size", SIZES, size_name),
    ("region_code", atlas(), region_name),
    ("fields", field_codes(), field_name),
    ("visibility", frozenset(VISIBILITY_NAMES), lambda value: _(VISIBILITY_NAMES[Visibility(value)])),
    *((one.name, frozenset(one.values()), one.called) for one in PARAMETERS),
)


def sent() -> list[Sent]:
    """Every field that this request brought, in its order; never a password, a token or a file."""
    if request.method != "POST":
        return []
    fields = request.form.items(multi=True)
    if _TO in request.form:
        named = [(name[len(_PREFIX) :], value) for name, value in fields if name.startswith(_PREFIX)]
    else:
        named = list(fields)
    return [Sent(name, value) for name, value in named if not _SECRET.search(name)]


def destination() -> str | None:
    """Where what was sent wants to go; ``None`` when it cannot be sent again from our page."""
    if request.method != "POST" or request.endpoint is None or not _from_here():
        return None
    if request.endpoint == SIGN_IN:
        return safe_next(request.form.get(_TO), "") or None
    return None if request.endpoint.startswith("accounts.") else request.full_path.rstrip("?")


def _from_here() -> bool:
    """Whether a page of this site sent it: nobody is asked to sign in for what another site wants posted."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or is_own(origin)


def go_on(response: Response) -> Response:
    """After signing in on the page that gave something back: sends it on instead of leading elsewhere."""
    if request.endpoint != SIGN_IN or request.method != "POST":
        return response
    if response.status_code not in (302, *_REFUSALS):
        return response
    if _TO not in request.form or destination() is None:
        return response
    g.pop("csrf_token", None)  # signing in may have begun another session
    first = halted()
    if response.status_code == 302 and first is None:
        page = render_template("resume.html", sent=sent(), destination=destination())
        response.status_code = 200
        response.headers.pop("Location", None)
    else:
        status = 401 if response.status_code == 302 else response.status_code
        said = signed_out() if response.status_code == 302 else g.get("refusal") or _(_REFUSALS[status])
        response.status_code = status
        response.headers.pop("Location", None)
        page = render_template("error.html", status=status, message=said, **given_back(status))
    response.content_type = "text/html; charset=utf-8"
    response.set_data(page)
    return response


def given_back(status: int, *, stale: bool = False) -> dict[str, object]:
    """What ``error.html`` needs to give back what was sent.

    :param stale: the form itself was too old, whoever sent it: sending it once more is all it takes.
    """
    where, who, first = destination(), account(), halted()
    elsewhere = first is not None and first[1] != Step.CODE  # what is left to do is done on another page
    unknown = bool(g.get("account_unknown"))  # who it is could not be looked up: nobody need sign in again
    return {
        "sent": sent(),
        "files": any(file.filename for file in request.files.values()),
        "destination": where,
        "may_resend": where is not None
        and (who is not None or unknown or elsewhere)
        and (stale or elsewhere or status in (409, 429, 500, 503)),
        "must_sign_in": where is not None and who is None and not unknown and not elsewhere,
        "to_do": step_page(first[1]) if first is not None and elsewhere else None,
    }


def register(app: Flask) -> None:
    """Adds the above to an app."""
    app.after_request(go_on)
