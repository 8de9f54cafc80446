"""An organisation's own particulars: enter it, change it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, delete

from hub.database import lock, now
from hub.language import _
from hub.posting.statements import touch
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.homepage import web_address
from hub.profiles.known_names import called, names_of, other_names, same_place, written_names
from hub.profiles.limits import LIMITS
from hub.profiles.lookup import SHORTEST_HELD, at_homepage, by_name, held_names
from hub.profiles.names import name_key
from hub.profiles.published import is_known
from hub.profiles.tables import SIZES, NameKind, Profile, ProfileKind, ProfileName
from hub.regions.atlas import atlas, place, province_of
from hub.regions.tables import Region
from hub.text import check_length, has_words, one_line


class NameTaken(Problem):
    """There is an organisation of this name in this region; ``existing`` is its profile."""

    status = 409

    def __init__(self, existing: Profile) -> None:
        super().__init__(
            _(
                "%(region)s에 «%(name)s»이(가) 이미 있습니다. 같은 기관이면 그 프로필을 쓰고, 아니면 이름을 구별되게 적어 주십시오.",
                region=place(existing.region_code).full_name,
                name=existing.name_ko,
            )
        )
        self.existing = existing


MOST_ALIKE = 6


@dataclass(frozen=True)
class Particulars:
    """What is said of an organisation. Make it with :func:`particulars`, which cleans and checks it."""

    name_ko: str
    name_en: str | None
    kind: str | None  # ``None`` leaves it as it is
    size: str | None
    region_code: str
    homepage: str | None
    other_names: str | None  # one a line, or between commas; ``None`` leaves them as they are


def particulars(written: Mapping[str, str], before: Profile | None = None) -> Particulars:
    """Cleans and checks what somebody wrote of an organisation.

    :param before: the organisation that it is about; where no kind is written, its own stands.
    :raises Problem: in the reader's language, saying what to change.
    """
    name = one_line(written.get("name_ko", ""))
    check_length(_("이름"), name, LIMITS["name_ko"])
    if not has_words(name):
        raise Problem(_("기관 이름을 적어 주십시오."))
    english = one_line(written.get("name_en", ""))
    check_length(_("영문 이름"), english, LIMITS["name_en"])
    given = written.get("kind")
    kind = before.kind if given is None and before else one_line(given or "")
    if kind not in set(ProfileKind):
        raise Problem(_("기관 종류를 고르십시오: 대학, 연구기관, 기업."))
    size = one_line(written.get("size", "")) or None
    if size is not None and (size not in SIZES or kind != ProfileKind.COMPANY):
        raise Problem(_("기업 규모는 기업만, 소기업·중기업·대기업 가운데 고릅니다."))
    region = place(one_line(written.get("region_code", ""))).code
    homepage = web_address(written.get("homepage", ""))
    return Particulars(
        name,
        english or None,
        None if given is None else kind,
        size,
        region,
        homepage,
        written.get("other_names"),
    )


def save_profile(
    session: Session, written: Particulars, profile_id: int | None = None, *, by_its_member: bool = False
) -> Profile:
    """Enters an organisation, or changes the one of this number.

    Until the staff of its region have seen it, one that its own member enters may be called like another that readers do
    not know: to say that the name is taken would tell who is here. It gets its own key then, see :func:`settle_name`.

    :param by_its_member: the staff of its region are to see it before anything of it is published.
    :raises NameTaken: when another organisation of the region has this name, or is called so too.
    """
    saved = Profile(kind="", name_ko="", name_key="", region_code="")
    saved.review_asked_at = now() if by_its_member else None
    if profile_id is not None:
        saved = read.profile(session, profile_id)
    # Of two who enter one organisation the second is told, be it in a province or in a district of it.
    lock(session, Region, province_of(written.region_code).code)
    if profile_id is not None:
        saved = lock(session, Profile, profile_id) or saved
    new = _keys(written.name_ko, written.name_en)
    if saved.region_code == written.region_code:
        new -= _keys(saved.name_ko, saved.name_en)  # a name that stands is not asked about again
    taken = _namesake(session, new, profile_id, written.region_code)
    if taken is not None and (saved.review_asked_at is None or is_known(session, taken.id)):
        raise NameTaken(taken)
    key = name_key(written.name_ko)[: LIMITS["name_ko"]]
    if profile_id is None or key in new or saved.region_code != written.region_code:
        saved.name_key = key if taken is None else f"{key[:100]}{_APART}{secrets.token_hex(4)}"
    if saved.region_code != written.region_code:
        saved.address = None  # it is where it was
    for name in ("name_ko", "name_en", "size", "region_code", "homepage"):
        setattr(saved, name, getattr(written, name))
    saved.kind = written.kind or saved.kind
    if saved.kind != ProfileKind.COMPANY:  # it may have become none since this was written
        saved.size = None
    saved.updated_at = now()
    session.add(saved)
    session.flush()
    set_names(session, saved, written.other_names)
    if profile_id is not None:
        touch(session, profile_id)
    return saved


# What parts a name from a number in a key that is one organisation's alone; no name's own key holds a blank.
_APART = " "


def _namesake(session: Session, keys: set[str], profile_id: int | None, region_code: str) -> Profile | None:
    """Another organisation here that is called so; of several one that readers know."""
    found = [
        one
        for one in called(session, keys)
        if one.id != profile_id and same_place(one.region_code, region_code)
    ]
    return min(found, key=lambda one: not is_known(session, one.id), default=None)


def settle_name(session: Session, profile: Profile) -> None:
    """The staff of its region have seen an organisation: its name is its own from now on. Whoever calls it holds the row of
    its province, as :func:`save_profile` does.

    :raises NameTaken: when another one here has it.
    """
    if _APART not in profile.name_key:
        return
    keys = _keys(profile.name_ko, profile.name_en)
    taken = _namesake(session, keys, profile.id, profile.region_code)
    if taken is not None:
        raise NameTaken(taken)
    profile.name_key = name_key(profile.name_ko)[: LIMITS["name_ko"]]


def namesakes(session: Session, profile: Profile, limit: int = 3) -> list[Profile]:
    """Organisations of other regions that are called so too: a branch may well be one of its own."""
    found = called(session, _keys(profile.name_ko, profile.name_en))
    return [one for one in found if not same_place(one.region_code, profile.region_code)][:limit]


@dataclass(frozen=True)
class Alike:
    """An organisation that may be the one that is being entered, and by what it seems so."""

    profile: Profile
    by: str  # ``name``: it is called so; ``homepage``: it has this one; ``similar``: one name holds the other
    taken: bool  # it is called so and is in the same place: it cannot be entered a second time


def alike(session: Session, name: str, homepage: str, region_code: str) -> list[Alike]:
    """Organisations that may be the one whose name is being written: those called so, nearest first, then those with
    its homepage, then those whose names hold this one or stand in it; six at most.

    :param region_code: where it is to be, if that is known already.
    """
    key = name_key(name)
    found: dict[int, Alike] = {}
    same = called(session, [key]) if len(key) > 1 else []
    near = {one.id for one in same if region_code in atlas() and same_place(one.region_code, region_code)}
    for one in sorted(same, key=lambda one: one.id not in near):
        found[one.id] = Alike(one, "name", one.id in near)
    others = [("homepage", at_homepage(session, homepage))]
    if len(key) >= SHORTEST_HELD:
        others.append(("similar", [*held_names(session, key), *by_name(session, name, MOST_ALIKE)]))
    for by, profiles in others:
        for one in profiles:
            found.setdefault(one.id, Alike(one, by, taken=False))
    return list(found.values())[:MOST_ALIKE]


def _keys(*names: str | None) -> set[str]:
    return {key for name in names if name and (key := name_key(name))}


def set_names(session: Session, profile: Profile, written: str | None) -> None:
    """Keeps what a profile is called now.

    :param written: its other names, one a line or between commas; ``None`` leaves them as they are. A name
        that stands already keeps its kind.
    :raises Problem: when a name is too long, or there are too many.
    """
    standing = {row.name_key: row for row in other_names(session, profile.id)}
    others = [(NameKind(row.kind), row.name) for row in standing.values()]
    if written is not None:
        others = []
        for name in written_names(written, standing):
            row = standing.get(name_key(name))
            others.append((NameKind(row.kind) if row else NameKind.OTHER, name))
    session.exec(delete(ProfileName).where(col(ProfileName.profile_id) == profile.id))
    session.add_all(names_of(profile, others))
