"""To whom pages offer to ask the staff, and what they say of it on the way."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from flask import url_for

from hub.accounts.gate import account
from hub.accounts.policy import can_inquire
from hub.numbers import whole_number
from hub.profiles.tables import Inquiry
from hub.web.addresses import safe_next
from hub.web.request import read_session


def may_inquire() -> bool:
    """Members, and visitors, who sign in on the way; staff have their desk."""
    who = account()
    return who is None or can_inquire(who, read_session())


def is_own(profile_id: int) -> bool:
    """Whether an organisation is that of whoever asks."""
    who = account()
    return who is not None and who.profile_id == profile_id


def is_new_answer(asked: Inquiry) -> bool:
    """Whether an inquiry was answered since the last visit of whoever reads; on a first visit every answer is new."""
    who = account()
    if who is None or asked.answered_at is None:
        return False
    return who.last_visit_at is None or asked.answered_at > who.last_visit_at


def leads_to_asking(address: str | None) -> str:
    """Whether an address is the form's: ``connect`` where it names whom one would like to meet, ``ask`` where not,
    nothing where it is another page."""
    parts = urlsplit(safe_next(address, ""))
    if parts.path != url_for("inquiries.add_inquiry"):
        return ""
    return "connect" if whole_number(parse_qs(parts.query).get("partner", [""])[0], least=1) else "ask"


FOR_TEMPLATES = (may_inquire, is_own, is_new_answer, leads_to_asking)
