"""The technology fields that a region has made its own; its staff say which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from hub.database import lock
from hub.fields.carried import field_codes
from hub.fields.tables import RegionField
from hub.language import _
from hub.problems import Problem
from hub.regions.atlas import place, province_of
from hub.regions.tables import Region


@dataclass(frozen=True)
class StrategicFields:
    """The fields of every region that has set any."""

    own: dict[str, frozenset[str]]

    def of(self, region: str | None) -> frozenset[str]:
        """The fields of a region; of a district that has set none, those of its province."""
        if region is None:
            return frozenset()
        return self.own.get(region) or self.own.get(province_of(region).code) or frozenset()


def all_strategic_fields(session: Session) -> StrategicFields:
    """The fields of every region."""
    found: dict[str, set[str]] = defaultdict(set)
    for region, field in session.exec(select(RegionField.region_code, RegionField.field_code)):
        found[region].add(field)
    return StrategicFields({region: frozenset(fields) for region, fields in found.items()})


def strategic_fields(session: Session, region: str | None) -> frozenset[str]:
    """The fields of one region, see :meth:`StrategicFields.of`."""
    return all_strategic_fields(session).of(region) if region else frozenset()


def set_strategic_fields(session: Session, region: str, codes: list[str], account_id: int) -> None:
    """Replaces a region's fields.

    :raises NotFound: when there is no such region.
    :raises Problem: when a code is no field.
    """
    place(region)
    unknown = [code for code in codes if code not in field_codes()]
    if unknown:
        raise Problem(_("기술 분야 코드 «%(code)s»은(는) 없습니다.", code=unknown[0][:20]))
    lock(session, Region, region)
    session.exec(delete(RegionField).where(col(RegionField.region_code) == region))
    session.add_all(
        RegionField(region_code=region, field_code=code, account_id=account_id)
        for code in dict.fromkeys(codes)
    )
