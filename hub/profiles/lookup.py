"""Finding a profile by what a person calls it."""

from __future__ import annotations

from sqlmodel import Session, select

from hub.language import _
from hub.problems import NotFound, Problem
from hub.profiles.names import name_key
from hub.profiles.posting import profile
from hub.profiles.tables import Profile
from hub.regions.atlas import place


def find_profile(session: Session, wanted: str) -> Profile:
    """The profile of this number or name.

    :raises NotFound: when there is none.
    :raises Problem: when several organisations have this name; it lists their numbers.
    """
    if wanted.isascii() and wanted.isdigit():
        return profile(session, int(wanted))
    found = session.exec(select(Profile).where(Profile.name_key == name_key(wanted))).all()
    if not found:
        raise NotFound(_("«%(name)s»이라는 기관이 없습니다.", name=wanted[:80]))
    if len(found) > 1:
        listed = ", ".join(f"{p.id} ({place(p.region_code).full_name})" for p in found)
        raise Problem(_("같은 이름이 여럿입니다. 번호로 고르십시오: %(list)s", list=listed))
    return found[0]
