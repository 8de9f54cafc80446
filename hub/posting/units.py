"""An organisation's units: enter one, change it, take it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from hub.accounts.tables import Account, Claim, Invitation
from hub.database import lock, now
from hub.language import _
from hub.posting.statements import touch
from hub.problems import Problem
from hub.profiles import read
from hub.profiles.homepage import web_address
from hub.profiles.limits import UNIT_LIMITS
from hub.profiles.names import name_key
from hub.profiles.tables import Profile, Statement, Unit, UnitKind
from hub.regions.atlas import place
from hub.text import check_length, has_words, one_line


@dataclass(frozen=True)
class UnitParticulars:
    """What is said of a unit. Make it with :func:`unit_particulars`, which cleans and checks it."""

    kind: str
    name_ko: str
    name_en: str | None
    head: str | None
    homepage: str | None
    region_code: str | None  # ``None``: where the organisation is


def unit_particulars(written: Mapping[str, str]) -> UnitParticulars:
    """Cleans and checks what somebody wrote of a unit.

    :raises Problem: in the reader's language, saying what to change.
    """
    labels = {"name_ko": _("이름"), "name_en": _("영문 이름"), "head": _("책임자")}
    lines = {name: one_line(written.get(name, "")) for name in labels}
    for name, label in labels.items():
        check_length(label, lines[name], UNIT_LIMITS[name])
    if not has_words(lines["name_ko"]):
        raise Problem(_("연구실·부서 이름을 적어 주십시오."))
    kind = one_line(written.get("kind", ""))
    if kind not in set(UnitKind):
        raise Problem(_("연구실, 센터, 학과, 부서 가운데 고르십시오."))
    region = one_line(written.get("region_code", ""))
    return UnitParticulars(
        kind,
        lines["name_ko"],
        lines["name_en"] or None,
        lines["head"] or None,
        web_address(written.get("homepage", "")),
        place(region).code if region else None,
    )


def save_unit(
    session: Session, profile_id: int, written: UnitParticulars, unit_id: int | None = None
) -> Unit:
    """Enters a unit of an organisation, or changes the one of this number.

    :raises Problem: when the organisation has another unit of this name.
    """
    lock(session, Profile, profile_id)
    key = name_key(written.name_ko)[: UNIT_LIMITS["name_ko"]]
    same = session.exec(select(Unit).where(Unit.profile_id == profile_id, Unit.name_key == key)).first()
    if same is not None and same.id != unit_id:
        raise Problem(_("«%(name)s»은(는) 이 기관에 이미 있습니다.", name=same.name_ko), status=409)
    saved = Unit(profile_id=profile_id, kind="", name_ko="", name_key="")
    if unit_id is not None:
        saved = read.unit(session, unit_id)
    saved.name_key, saved.updated_at = key, now()
    for name, value in vars(written).items():
        setattr(saved, name, value)
    session.add(saved)
    session.flush()
    if unit_id is not None:  # it may have moved
        touch(session, profile_id)
    return saved


def remove_unit(session: Session, unit_id: int) -> int:
    """Takes out a unit that has neither statements nor members; the number of its organisation.

    :raises Problem: when it has some.
    """
    gone = read.unit(session, unit_id)
    lock(session, Profile, gone.profile_id)
    for table, held in (
        (
            Statement,
            _(
                "올린 글이 있는 연구실·부서는 지울 수 없습니다. 글을 기관이나 다른 연구실로 옮긴 뒤 지우십시오."
            ),
        ),
        (Account, _("구성원이 있는 연구실·부서는 지울 수 없습니다.")),
    ):
        if (
            session.exec(select(col(table.id)).where(col(table.unit_id) == unit_id).limit(1)).first()
            is not None
        ):
            raise Problem(held, status=409)
    for claimed in session.exec(select(Claim).where(Claim.unit_id == unit_id)):
        # Who says that it is theirs may have it anew.
        claimed.unit_id, claimed.unit_name = None, gone.name_ko
        session.add(claimed)
    session.exec(delete(Invitation).where(col(Invitation.unit_id) == unit_id))
    session.flush()
    session.delete(gone)
    return gone.profile_id
