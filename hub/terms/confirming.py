"""What both sides confirm: what is hashed, the sentence they agree to, and whose confirmations count.

A confirmation is of one version of one sheet. Nothing here says that it is a contract, or that it is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from hub.language import N_, _
from hub.terms.rules.evaluate import Review, review
from hub.terms.sheet.canonical import digest
from hub.terms.sheet.cap_table import cap_table
from hub.terms.sheet.payouts import scenarios
from hub.terms.sheet.people import Signer
from hub.terms.sheet.values import show_day
from hub.terms.sheet.whole import Sheet

LAPSE = timedelta(days=30)
SENTENCE_ID = "confirm/1"
SENTENCE = N_(
    "위 조건(버전 %(version)d, 해시 앞 8자리 %(short)s)을 읽었고 %(organisation)s을(를) 대신하여 확인합니다. 이 확인은 "
    "계약서를 대신하지 않으며, 표시된 확인 사항 %(points)d건과 미정 항목 %(open)d건을 보았습니다."
)
NO_CONTRACT = N_(
    "계약서를 대신하지 않습니다. 확인한 내용의 효력은 당사자 사이의 합의와 사정에 따라 다릅니다."
)


def computed(sheet: Sheet) -> dict[str, Any]:
    """The tables that follow from a sheet, as JSON: a later change of arithmetic shows in their digest.

    What each party gets in the three scenarios, year by year, and who holds what before and after each issue.
    """
    paid = {
        case: [
            [
                one.source,
                one.year,
                one.payable,
                one.paid.parts if one.paid else None,
                one.paid and one.paid.rest,
            ]
            for one in scenario.lines
        ]
        for case, scenario in scenarios(sheet).items()
    }
    held = {
        issue.id: [
            [one.holder, one.before, one.after, str(one.diluted_after), _text(one.votes_after)]
            for one in cap_table(issue) or ()
        ]
        for issue in sheet.equity or ()
    }
    return {"scenarios": paid, "cap_tables": held}


def _text(share: Fraction | None) -> str | None:
    return None if share is None else str(share)


def hashed(sheet: Sheet, reviewed: Review | None = None) -> dict[str, Any]:
    """The document that is confirmed: every field, and what was computed, pointed out and open at that moment.

    It is kept as it is. Rules and texts may change afterwards without touching it; what its hash covers may not.
    """
    found = reviewed or review(sheet)
    return {
        "sheet": sheet.as_json(),
        "computed": digest(computed(sheet)),
        "rules": found.as_json(),
        "open": ["/".join(place) for place in sheet.opened()],
    }


def document_hash(document: dict[str, Any]) -> str:
    """The hash (SHA-256) that a confirmation names, of what :func:`hashed` made."""
    return digest(document)


def still_computes(document: dict[str, Any], sheet: Sheet) -> bool:
    """Whether the tables come out today as they did when it was confirmed; if not, the sheet is shown to nobody."""
    return bool(document["computed"] == digest(computed(sheet)))


def sentence(sheet: Sheet, document: dict[str, Any], organisation: str) -> str:
    """What one presses the button for, in the reader's language."""
    return _(
        SENTENCE,
        version=sheet.version or 0,
        short=document_hash(document)[:8],
        organisation=organisation,
        points=len(document["rules"]["fired"]),
        open=len(document["open"]),
    )


def evidence(signer: Signer) -> str | None:
    """What was handed in for a signer's authority, and when; that it was verified is never said."""
    if not signer.evidence_kind or not signer.evidence_on or isinstance(signer.evidence_on, str):
        return None
    return _(
        "%(day)s에 %(paper)s을(를) 제출했습니다.",
        day=show_day(signer.evidence_on),
        paper=signer.evidence_kind,
    )


class State(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED_BY_SOME = "confirmed-by-some"
    CONFIRMED_BY_ALL = "confirmed-by-all"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Confirmation:
    """One confirmation as it is kept, never edited.

    ``void_at``: from when it counts for nothing, because an authority, an account or a membership ended; that of an
    account that was found to be ``compromised`` never counted.
    """

    party: str
    account: str
    document_hash: str
    confirmed_at: datetime
    void_at: datetime | None = None
    compromised: bool = False


@dataclass(frozen=True)
class Standing:
    """Where a version stands: who has confirmed, who has not, and until when the others may."""

    state: State
    confirmed: tuple[str, ...]
    missing: tuple[str, ...]
    lapses_at: datetime | None = None


def standing(
    parties: Iterable[str],
    document: str,
    confirmations: Iterable[Confirmation],
    at: datetime,
    lapse: timedelta = LAPSE,
) -> Standing:
    """Which confirmations of a proposed version count, and whether they are all.

    Those of another hash count for nothing, nor does one of an account that has confirmed for another party (민법
    §124). Once all have confirmed it stands: whose account or authority ends afterwards changes nothing. Until then a
    confirmation lapses by itself after ``lapse``, and may be made again.

    :param document: the hash of the version.
    """
    asked = tuple(parties)
    alive: dict[str, Confirmation] = {}
    for one in sorted(confirmations, key=lambda one: one.confirmed_at):
        counts = one.document_hash == document and one.party in asked and one.confirmed_at <= at
        if not counts or (one.compromised and one.void_at is not None and one.void_at <= at):
            continue
        alive = _alive(alive, one.confirmed_at, lapse)
        if any(other.account == one.account and other.party != one.party for other in alive.values()):
            continue
        alive[one.party] = one
        if len(alive) == len(asked):
            return Standing(State.CONFIRMED_BY_ALL, asked, ())
    alive = _alive(alive, at, lapse)
    done = tuple(name for name in asked if name in alive)
    missing = tuple(name for name in asked if name not in alive)
    if not done:
        return Standing(State.PROPOSED, (), missing)
    lapses_at = min(one.confirmed_at for one in alive.values()) + lapse
    return Standing(State.CONFIRMED_BY_SOME, done, missing, lapses_at)


def _alive(confirmations: dict[str, Confirmation], at: datetime, lapse: timedelta) -> dict[str, Confirmation]:
    """Those that have neither lapsed nor become void."""
    return {
        name: one
        for name, one in confirmations.items()
        if at - one.confirmed_at <= lapse and (one.void_at is None or one.void_at > at)
    }
