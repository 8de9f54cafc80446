"""Finding a profile by what a person calls it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.language import _
from hub.numbers import whole_number
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.homepage import usable
from hub.profiles.known_names import called
from hub.profiles.names import name_key
from hub.profiles.published import KNOWN
from hub.profiles.tables import Profile, ProfileName, Unit
from hub.regions.atlas import inside, place

LONGEST_NAME = 160
SHORTEST_HELD = 3  # of a name that another holds: two letters are part of a thousand
SHORTEST_UNIT_NAME = 3  # «연구» is part of every second unit's
# Of Latin letters: «sic» stands in «Institute for Basic Science», and is none of its names.
WHOLE_LATIN, FIRST_LATIN = 2, 4


# Words of a name: «한국과학기술원 부설 고등과학원», «Daegu Gyeongbuk Institute of Science and Technology (DGIST)».
MOST_KOREAN_WORDS, MOST_WORDS = 5, 9
_HANGUL = re.compile("[가-힣]")


def could_be_name(text: str) -> bool:
    """Whether a text is short enough for a name. A sentence is not looked up: that reads every name there is."""
    most = MOST_KOREAN_WORDS if _HANGUL.search(text) else MOST_WORDS
    return len(text) <= LONGEST_NAME and len(text.split()) <= most


def by_name(session: Session, text: str, limit: int = 5, *, for_readers: bool = False) -> list[Profile]:
    """The organisations one of whose names holds this text: first those so called, then those that begin so.

    A short text of Latin letters must be the whole name or its beginning.

    :param for_readers: only those that readers know.
    """
    key = name_key(text) if could_be_name(text) else ""
    if len(key) < 2:
        return []
    known = col(ProfileName.name_key)
    begins = known.startswith(key, autoescape=True)
    held = known.contains(key, autoescape=True)
    if key.isascii() and len(key) <= FIRST_LATIN:
        held = known == key if len(key) <= WHOLE_LATIN else begins
    nearness = sa.func.min(sa.case((known == key, 0), (begins, 1), else_=2))
    shortest = sa.func.min(sa.func.length(ProfileName.name_key))
    owner = col(ProfileName.profile_id)
    columns: tuple[Any, ...] = (owner.label("owner"), nearness.label("nearness"), shortest.label("shortest"))
    if for_readers:
        held = sa.and_(held, owner.in_(sa.select(Profile.id).where(KNOWN)))  # type: ignore[call-overload]
    first = sa.select(*columns).where(held).group_by(owner).order_by(nearness, shortest, owner).limit(limit)
    found = first.subquery()
    query = select(Profile).join(found, found.c.owner == Profile.id)
    return list(session.exec(query.order_by(found.c.nearness, found.c.shortest, found.c.owner)))


def held_names(session: Session, key: str, limit: int = 5) -> list[Profile]:
    """The organisations whose own name stands at the beginning or at the end of this key, the longest first: 해담 of
    «해담 부산공장»."""
    parts = {key[:n] for n in range(SHORTEST_HELD, len(key))} | {
        key[n:] for n in range(1, len(key) - SHORTEST_HELD + 1)
    }
    query = select(Profile).where(col(Profile.name_key).in_(parts))
    return list(
        session.exec(query.order_by(sa.func.length(Profile.name_key).desc(), col(Profile.id)).limit(limit))
    )


def at_homepage(session: Session, written: str, limit: int = 5) -> list[Profile]:
    """The organisations whose homepage this is, or stands on the same host; with or without «www».

    Of two pages of one host neither is the other's: a thousand firms are at home on one platform.
    """
    address = urlsplit(usable(written) or "")
    if not address.hostname:
        return []
    bare, path = address.hostname.removeprefix("www."), address.path.rstrip("/")
    hosts = [f"{scheme}://{www}{bare}" for scheme in ("http", "https") for www in ("", "www.")]
    column = col(Profile.homepage)
    held: list[sa.ColumnElement[bool]] = [column.in_([each for host in hosts for each in (host, f"{host}/")])]
    whole = f"{path}?{address.query}" if address.query else path
    held.append(column.in_([f"{host}{whole}{end}" for host in hosts for end in ("", "/")]))
    if not address.query:
        held += [
            column.startswith(f"{host}{path}{sign}", autoescape=True) for host in hosts for sign in "/?#"
        ]
    return list(session.exec(select(Profile).where(sa.or_(*held)).order_by(col(Profile.id)).limit(limit)))


def in_region(
    session: Session, region: str, kind: str | None, *, limit: int, offset: int, for_readers: bool = True
) -> tuple[list[Profile], int]:
    """The organisations of a region and those inside it, by name, and how many there are in all.

    :param for_readers: only those that readers know.
    """
    chosen: list[sa.ColumnElement[bool]] = [col(Profile.region_code).in_(inside(region))]
    if for_readers:
        chosen.append(KNOWN)
    if kind:
        chosen.append(col(Profile.kind) == kind)
    total = session.exec(select(sa.func.count()).select_from(Profile).where(*chosen)).one()
    query = select(Profile).where(*chosen).order_by(Profile.name_key, col(Profile.id))
    return list(session.exec(query.limit(limit).offset(offset))), int(total)


def units_by_name(session: Session, text: str, limit: int = 5) -> list[tuple[Unit, Profile]]:
    """The units whose name holds this text, shortest first, with their organisations."""
    key = name_key(text) if could_be_name(text) else ""
    if len(key) < SHORTEST_UNIT_NAME:
        return []
    query = (
        select(Unit, Profile)
        .join(Profile, col(Profile.id) == Unit.profile_id)
        .where(col(Unit.name_key).contains(key, autoescape=True), KNOWN)
        .order_by(sa.func.length(Unit.name_key), col(Unit.id))
        .limit(limit)
    )
    return list(session.exec(query))


def find_unit(session: Session, profile_id: int | None, wanted: str) -> Unit:
    """The unit of this number or name in an organisation.

    :raises NotFound: when there is none.
    """
    number = whole_number(wanted)
    if number is not None:
        return read.unit(session, number)
    query = select(Unit).where(Unit.profile_id == profile_id, Unit.name_key == name_key(wanted))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(_("«%(name)s»이라는 연구실·부서가 이 기관에 없습니다.", name=wanted[:80]))
    return found


def find_profile(session: Session, wanted: str) -> Profile:
    """The profile of this number or of this name, be it Korean, English, short or former.

    Where one organisation is called so itself, those of which it is another name are not meant.

    :raises NotFound: when there is none.
    :raises Problem: when several organisations have this name; it lists their numbers.
    """
    number = whole_number(wanted)
    if number is not None:
        return read.profile(session, number)
    key = name_key(wanted)
    found = called(session, [key])
    found = [p for p in found if name_key(p.name_ko) == key] or found
    if not found:
        raise NotFound(_("«%(name)s»이라는 기관이 없습니다.", name=wanted[:80]))
    if len(found) > 1:
        listed = ", ".join(f"{p.id} ({place(p.region_code).full_name})" for p in found)
        raise Problem(_("같은 이름이 여럿입니다. 번호로 고르십시오: %(list)s", list=listed))
    return found[0]
