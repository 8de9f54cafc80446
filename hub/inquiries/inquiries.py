"""What members ask the staff of their region: asked about a need, answered with up to three partners, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from hub.accounts.policy import can_edit_statement
from hub.accounts.tables import Account
from hub.database import lock, now
from hub.language import _
from hub.posting import statements
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.published import read_published, region_of
from hub.profiles.tables import UNIT_OF, Inquiry, Kind, Profile, Statement, Unit, Visibility
from hub.profiles.vectors import Encoded
from hub.regions.atlas import inside
from hub.text import check_length, clean, has_words

OVERDUE = timedelta(days=7)  # what has waited longer is marked
MOST_PROPOSED = 3
LONGEST_REPLY = 2000
MOST_LISTED = 50
# Whom one may wish to meet. A need is nobody's help, and whose it is may be hidden.
PARTNER_KINDS = frozenset({Kind.CAPABILITY, Kind.ASSET, Kind.BUSINESS})


@dataclass(frozen=True)
class Asking:
    """What a member sends: a need that stands already, or a new one with its vectors; and whom it would like to meet."""

    need_id: int | None
    written: statements.Content | None
    encoded: Encoded | None
    partner_id: int | None


@dataclass(frozen=True)
class Reply:
    """What the staff answer. Make it with :func:`reply`, which cleans and checks it."""

    text: str
    proposed: tuple[int, ...]


@dataclass(frozen=True)
class Line:
    """One inquiry in a list: its need, whose that is, and who asks."""

    inquiry: Inquiry
    need: Statement | None
    owner: Profile | None
    asker: Account

    @property
    def days(self) -> int:
        """How many days it has waited."""
        return (now() - self.inquiry.created_at).days

    @property
    def place(self) -> str | None:
        """The region whose staff answer it."""
        return region_of(self.need.unit, self.owner) if self.need and self.owner else None

    @property
    def is_overdue(self) -> bool:
        """Whether it has waited too long."""
        return is_overdue(self.inquiry)


class PartnerGone(Problem):
    """Whom somebody would like to meet says it no longer."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "만나려던 곳의 글이 그 사이 내려갔습니다. 한 번 더 누르면 만날 곳을 정하지 않고 보냅니다. 아직 아무것도 보내지 않았습니다."
            )
        )


class AnsweredAlready(Problem):
    """Somebody else of the desk was faster."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "그 사이 다른 담당자가 먼저 답했습니다. 지금 쓰신 답은 보내지 않았고, 아래에 그대로 두었습니다."
            )
        )


def is_overdue(inquiry: Inquiry) -> bool:
    """Whether it has waited too long for its answer."""
    return inquiry.is_open and now() - inquiry.created_at >= OVERDUE


def partner(session: Session, number: int | None, who: Account) -> tuple[Statement, Profile] | None:
    """The statement of somebody whom this member may wish to meet, and whose it is; ``None`` where there is none such,
    or not any more."""
    found = read_published(session, [] if number is None else [number]).get(number or 0)
    if found is None or found[0].kind not in PARTNER_KINDS or found[1].id == who.profile_id:
        return None
    return found


def inquire(session: Session, who: Account, asking: Asking) -> Inquiry:
    """Asks the staff; what asks the same and still waits is that.

    :raises Problem: when the need or the partner is no longer there, or the same need stands for other readers.
    """
    if who.profile_id is None:
        raise Problem(_("먼저 어느 기관에서 일하시는지 정해 주십시오."), status=409)
    # What two colleagues ask at the same moment is one thing, and a review ends before or after it, not meanwhile.
    owner = lock(session, Profile, who.profile_id) or read.profile(session, who.profile_id)
    if asking.partner_id is not None and partner(session, asking.partner_id, who) is None:
        raise PartnerGone
    if asking.written is not None and asking.encoded is not None:
        need = _new_need(session, owner, asking.written, asking.encoded)
    else:
        need = _standing_need(session, who, asking.need_id)
    same = col(Inquiry.partner_statement_id)
    waiting = session.exec(
        select(Inquiry).where(
            Inquiry.statement_id == need.id,
            same.is_(None) if asking.partner_id is None else same == asking.partner_id,
            *WAITING,
        )
    ).first()
    if waiting is not None:
        return waiting
    asked = Inquiry(statement_id=need.id, account_id=who.id, partner_statement_id=asking.partner_id)
    session.add(asked)
    session.flush()
    return asked


def _new_need(session: Session, owner: Profile, written: statements.Content, encoded: Encoded) -> Statement:
    """The need, published; a draft while the staff have not seen its organisation. One that says the same is it."""
    same = (Statement.profile_id == owner.id, Statement.kind == Kind.NEED, Statement.text == written.text)
    for stands in session.exec(select(Statement).where(*same)):
        if stands.unit_id == written.unit_id and can_be_asked_about(stands):
            if (stands.awaited or stands.visibility) != written.visibility:
                raise Problem(
                    _(
                        "같은 글이 다른 공개 범위로 이미 있습니다. «이미 올린 수요»에서 그것을 고르거나 글을 고치십시오."
                    ),
                    status=409,
                )
            return stands
    if owner.review_asked_at is None:
        return statements.add(session, owner.id, written, encoded)
    added = statements.add(session, owner.id, replace(written, visibility=Visibility.DRAFT), encoded)
    added.awaited = written.visibility
    return added


def can_be_asked_about(need: Statement) -> bool:
    """Whether it is published, or will be once its organisation has been seen by the staff."""
    return need.is_published or (need.awaited is not None and need.withdrawn_at is None)


def _standing_need(session: Session, who: Account, number: int | None) -> Statement:
    try:
        need = read.statement(session, number or 0, held=True)
    except NotFound:
        need = None
    if (
        need is None
        or need.kind != Kind.NEED
        or not can_be_asked_about(need)
        or not can_edit_statement(who, session, need.id)
    ):
        raise Problem(
            _("고른 수요가 그 사이 내려갔거나 지워졌습니다. 다른 것을 고르거나 새로 적으십시오."), status=409
        )
    return need


def reply(text: str, proposed: Iterable[int]) -> Reply:
    """Cleans and checks an answer.

    :raises Problem: in the reader's language, saying what to change.
    """
    cleaned, chosen = clean(text), tuple(dict.fromkeys(proposed))
    check_length(_("답"), cleaned, LONGEST_REPLY)
    if not has_words(cleaned):
        raise Problem(_("답을 한 줄이라도 적어 주십시오. 문의한 분이 그대로 읽습니다."))
    if len(chosen) > MOST_PROPOSED:
        raise Problem(
            _(
                "%(most)d곳까지 권할 수 있습니다. 지금 %(n)d곳을 고르셨습니다.",
                most=MOST_PROPOSED,
                n=len(chosen),
            )
        )
    return Reply(cleaned, chosen)


def answer(session: Session, inquiry_id: int, who: Account, given: Reply) -> Inquiry:
    """The desk answers; of two at the same moment the first.

    :raises Problem: when it is answered or withdrawn already, or somebody proposed is no longer there.
    """
    asked = read.inquiry(session, inquiry_id, held=True)
    if asked.answered_at is not None:
        raise AnsweredAlready
    if asked.withdrawn_at is not None:
        raise Problem(_("물은 쪽이 그 사이 문의를 취소했습니다. 답은 보내지 않았습니다."), status=409)
    owner = read.statement(session, asked.statement_id or 0).profile_id
    found = read_published(session, given.proposed)
    fitting = {n for n, (one, by) in found.items() if one.kind in PARTNER_KINDS and by.id != owner}
    if not fitting.issuperset(given.proposed):
        raise Problem(
            _(
                "권하려던 곳 가운데 그 사이 글을 내린 곳이 있습니다. 다시 고르십시오. 답은 아직 보내지 않았습니다."
            ),
            status=409,
        )
    asked.answer, asked.proposed = given.text, list(given.proposed)
    asked.answered_at, asked.answered_by = now(), who.id
    return asked


def withdraw(session: Session, inquiry_id: int) -> Inquiry:
    """Whoever asked needs no answer any more; withdrawn twice is withdrawn.

    :raises Problem: when it has been answered.
    """
    asked = read.inquiry(session, inquiry_id, held=True)
    if asked.answered_at is not None:
        raise Problem(_("그 사이 담당자가 답했습니다. 답을 읽어 보십시오."), status=409)
    asked.withdrawn_at = asked.withdrawn_at or now()
    return asked


WAITING = (col(Inquiry.answered_at).is_(None), col(Inquiry.withdrawn_at).is_(None))
_PLACE = sa.func.coalesce(Unit.region_code, Profile.region_code)


def _lines() -> Any:
    return (
        select(Inquiry, Statement, Profile, Account)
        .join(Account, col(Account.id) == Inquiry.account_id)
        .outerjoin(Statement, col(Statement.id) == Inquiry.statement_id)
        .outerjoin(Profile, col(Profile.id) == Statement.profile_id)
        .outerjoin(Unit, col(Unit.id) == Statement.unit_id)
        .options(joinedload(UNIT_OF))
    )


def _read(session: Session, query: Any) -> list[Line]:
    return [Line(*row) for row in session.exec(query.limit(MOST_LISTED))]


def of_own(who: Account) -> Any:
    """Of the needs that a member speaks for, and what is left of what it asked itself; this alone where it belongs to no
    organisation: a need that is gone has none either."""
    left = sa.and_(col(Inquiry.statement_id).is_(None), col(Inquiry.account_id) == who.id)
    if who.profile_id is None:
        return left
    theirs = col(Statement.profile_id) == who.profile_id
    if who.unit_id is not None:
        theirs = sa.and_(theirs, col(Statement.unit_id) == who.unit_id)
    return sa.or_(theirs, left)


def own_inquiries(session: Session, who: Account) -> list[Line]:
    """What a member and its colleagues have asked, the newest first."""
    newest = (col(Inquiry.created_at).desc(), col(Inquiry.id).desc())
    return _read(session, _lines().where(of_own(who)).order_by(*newest))


def answered_since(session: Session, who: Account, since: datetime | None) -> list[Line]:
    """What a member and its colleagues asked and was answered since, the newest first."""
    if since is None or who.profile_id is None:
        return []
    found = _lines().where(of_own(who), col(Inquiry.answered_at) > since)
    return _read(session, found.order_by(col(Inquiry.answered_at).desc()))


def _at_desk(region: str | None) -> Any:
    """Of the needs in a region and those inside it, everywhere where none is given."""
    if region is None:
        return col(Inquiry.statement_id).is_not(None)
    return _PLACE.in_(inside(region))


def waiting_at(session: Session, region: str | None) -> list[Line]:
    """What waits for the staff of a region, the oldest first."""
    found = _lines().where(_at_desk(region), *WAITING)
    return _read(session, found.order_by(col(Inquiry.created_at), col(Inquiry.id)))


def answered_at(session: Session, region: str | None) -> list[Line]:
    """What the staff of a region have answered, the newest first."""
    found = _lines().where(_at_desk(region), col(Inquiry.answered_at).is_not(None))
    return _read(session, found.order_by(col(Inquiry.answered_at).desc(), col(Inquiry.id).desc()))


def counts_at(session: Session, region: str | None) -> tuple[int, int]:
    """How many wait for the staff of a region, and how many of them too long."""
    late = sa.func.count(sa.case((col(Inquiry.created_at) <= now() - OVERDUE, 1)))
    found = (
        sa.select(sa.func.count(), late)
        .select_from(Inquiry)
        .join(Statement, col(Statement.id) == Inquiry.statement_id)
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .outerjoin(Unit, col(Unit.id) == Statement.unit_id)
        .where(_at_desk(region), *WAITING)
    )
    waiting, overdue = session.connection().execute(found).one()
    return int(waiting), int(overdue)
