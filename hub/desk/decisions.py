"""What a region's staff decide of a suggested pair: shortlisted or dismissed. One list for the whole desk."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from hub.database import Moment, lock, now
from hub.language import _
from hub.numbers import whole_number
from hub.problems import NotFound, Problem
from hub.regions.tables import Region
from hub.suggestions.pairs import Pair

PairKey = tuple[int, int]  # the firm's statement and the laboratory's


class Decision(StrEnum):
    """Where a pair was put."""

    SHORTLISTED = "shortlisted"
    DISMISSED = "dismissed"


class PairDecision(SQLModel, table=True):
    """One pair of one region. ``score`` and ``level`` are its fit as it was when it was decided."""

    __tablename__ = "pair_decision"
    __table_args__ = (sa.CheckConstraint("decision IN ('shortlisted', 'dismissed')", name="decision"),)

    region_code: str = Field(foreign_key="region.code", primary_key=True, max_length=5)
    firm_statement_id: int = Field(foreign_key="statement.id", primary_key=True)
    lab_statement_id: int = Field(foreign_key="statement.id", primary_key=True, index=True)
    decision: str = Field(max_length=11)
    score: float
    level: float
    account_id: int = Field(foreign_key="account.id", index=True)
    decided_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


def pair_key(text: str) -> PairKey:
    """A pair as addresses write it, ``12-34``.

    :raises Problem: when it is none.
    """
    firm, lab = (whole_number(part) for part in (text.partition("-")[0], text.partition("-")[2]))
    if firm is None or lab is None:
        raise Problem(_("«%(pair)s»은(는) 추천 쌍이 아닙니다.", pair=text[:40]))
    return firm, lab


def decide(
    session: Session, region: str, pairs: list[Pair], key: PairKey, decision: str, *, account_id: int
) -> None:
    """Puts a pair on the shortlist or out of the suggestions; a new decision replaces the old one.

    :param pairs: what is suggested to the region now; of these only, or of what was decided before.
    :raises NotFound: when it is neither.
    """
    if decision not in set(Decision):
        raise Problem(_("쌍은 담거나 뺄 수 있습니다."))
    lock(session, Region, region)
    found = session.get(PairDecision, (region, *key))
    if found is None:
        suggested = next((pair for pair in pairs if pair.key == key), None)
        if suggested is None:
            raise NotFound(_("이 쌍은 더는 추천에 없습니다. 화면을 새로 열어 주십시오."))
        found = PairDecision(
            region_code=region,
            firm_statement_id=key[0],
            lab_statement_id=key[1],
            decision="",
            score=suggested.score,
            level=suggested.level,
            account_id=account_id,
        )
    found.decision, found.account_id, found.decided_at = decision, account_id, now()
    session.add(found)


def take_back(session: Session, region: str, key: PairKey) -> None:
    """Forgets a decision: the pair is a suggestion again."""
    lock(session, Region, region)
    found = session.get(PairDecision, (region, *key))
    if found is not None:
        session.delete(found)


def decisions_of(session: Session, region: str) -> dict[PairKey, PairDecision]:
    """What was decided in a region, the newest first."""
    newest = (col(PairDecision.decided_at).desc(), col(PairDecision.firm_statement_id))
    query = select(PairDecision).where(PairDecision.region_code == region).order_by(*newest)
    return {(one.firm_statement_id, one.lab_statement_id): one for one in session.exec(query)}
