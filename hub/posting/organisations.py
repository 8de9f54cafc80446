"""An organisation's own particulars: enter it, change it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from hub.accounts.policy import can_place_profile
from hub.accounts.tables import Account
from hub.database import lock, now
from hub.language import _
from hub.posting.statements import touch
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.homepage import web_address
from hub.profiles.known_names import called, same_place, set_names
from hub.profiles.limits import LIMITS, check_length
from hub.profiles.names import name_key
from hub.profiles.tables import SIZES, Profile, ProfileKind
from hub.regions.atlas import place, province_of
from hub.regions.tables import Region
from hub.text import has_words, one_line


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


def save_profile(
    session: Session, written: Mapping[str, str], who: Account, profile_id: int | None = None
) -> Profile:
    """Enters an organisation, or changes the one of this number.

    :param written: ``name_ko``, ``name_en``, ``other_names``, ``kind``, ``size``, ``region_code``, ``homepage``.
    :raises NameTaken: when another organisation of the region has this name, or is called so too.
    :raises Problem: in the reader's language, saying what to change.
    """
    saved = Profile(kind="", name_ko="", name_key="", region_code="")
    if profile_id is not None:
        saved = read.profile(session, profile_id)
    values = _checked(session, written, who)
    # Of two who enter one organisation the second is told, be it in a province or in a district of it.
    lock(session, Region, province_of(values["region_code"] or "").code)
    if profile_id is not None:
        saved = lock(session, Profile, profile_id) or saved
    new = _keys(values["name_ko"], values["name_en"])
    if saved.region_code == values["region_code"]:
        new -= _keys(saved.name_ko, saved.name_en)  # a name that stands is not asked about again
    for same in called(session, new):
        if same.id != profile_id and same_place(same.region_code, values["region_code"] or ""):
            raise NameTaken(same)
    key = name_key(values["name_ko"] or "")[: LIMITS["name_ko"]]
    if profile_id is None or key in new or saved.region_code != values["region_code"]:
        saved.name_key = key
    for name, value in values.items():
        setattr(saved, name, value)
    saved.updated_at = now()
    session.add(saved)
    session.flush()
    set_names(session, saved, written.get("other_names"))
    if profile_id is not None:
        touch(session, profile_id)
    return saved


def namesakes(session: Session, profile: Profile, limit: int = 3) -> list[Profile]:
    """Organisations of other regions that are called so too: a branch may well be one of its own."""
    found = called(session, _keys(profile.name_ko, profile.name_en))
    return [one for one in found if not same_place(one.region_code, profile.region_code)][:limit]


def _keys(*names: str | None) -> set[str]:
    return {key for name in names if name and (key := name_key(name))}


def _checked(session: Session, written: Mapping[str, str], who: Account) -> dict[str, str | None]:
    name = one_line(written.get("name_ko", ""))
    check_length(_("이름"), name, LIMITS["name_ko"])
    if not has_words(name):
        raise Problem(_("기관 이름을 적어 주십시오."))
    english = one_line(written.get("name_en", ""))
    check_length(_("영문 이름"), english, LIMITS["name_en"])
    kind = one_line(written.get("kind", ""))
    if kind not in set(ProfileKind):
        raise Problem(_("기관 종류를 고르십시오: 대학, 연구기관, 기업."))
    size = one_line(written.get("size", "")) or None
    if size is not None and (size not in SIZES or kind != ProfileKind.COMPANY):
        raise Problem(_("기업 규모는 기업만, 소기업·중기업·대기업 가운데 고릅니다."))
    region = one_line(written.get("region_code", ""))
    place(region)
    if not can_place_profile(who, session, region):
        raise Problem(_("담당 지역 안의 기관만 넣을 수 있습니다."), status=403)
    return {
        "name_ko": name,
        "name_en": english or None,
        "kind": kind,
        "size": size,
        "region_code": region,
        "homepage": web_address(written.get("homepage", "")),
    }
