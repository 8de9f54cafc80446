"""To whom pages offer to ask the staff."""

from __future__ import annotations

from hub.accounts.gate import account
from hub.accounts.policy import can_inquire
from hub.web.request import read_session


def may_inquire() -> bool:
    """Members, and visitors, who sign in on the way; staff have their desk."""
    who = account()
    return who is None or can_inquire(who, read_session())


def is_own(profile_id: int) -> bool:
    """Whether an organisation is that of whoever asks."""
    who = account()
    return who is not None and who.profile_id == profile_id


FOR_TEMPLATES = (may_inquire, is_own)
