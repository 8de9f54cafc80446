"""A sheet as the rules read it: its rows, some of them with what follows from the rest of the sheet.

A licence is told whether its result comes of a national task, technology data its promise of secrecy, an issue of
shares its votes. What follows from nothing known is open, as everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, TypeVar

from hub.terms.sheet import cap_table
from hub.terms.sheet.choices import EXCLUSIVE
from hub.terms.sheet.equity import Issue
from hub.terms.sheet.fields import Entry, Place, Row
from hub.terms.sheet.knowledge import Nda, Tech
from hub.terms.sheet.ownership import Licence, Result
from hub.terms.sheet.payouts import scenarios
from hub.terms.sheet.people import Signer
from hub.terms.sheet.sums import put
from hub.terms.sheet.whole import Sheet

More = TypeVar("More", bound=Row)
Read = list[
    tuple[Place, Row | None]
]  # rows with where they stand; None where nobody has said whether there are any


@dataclass(frozen=True, kw_only=True)
class TechRead(Tech):
    """Technology data with its promise of secrecy."""

    promise: Nda | None = None


@dataclass(frozen=True, kw_only=True)
class LicenceRead(Licence):
    """A licence with what is said of its result."""

    national: bool | None = None
    public_funded: bool | None = None
    makers: tuple[str, ...] | None = None

    stands: ClassVar[Mapping[str, Place]] = {"exclusive": ("type",)}

    @property
    def exclusive(self) -> bool:
        """Whether it keeps others out, by registration or by contract."""
        return self.type in EXCLUSIVE


@dataclass(frozen=True, kw_only=True)
class OptionRead(Entry):
    """How long after its end a funder of public research may choose first."""

    by: str | None = None
    public_funded: bool | None = None
    days_after_end: int | None = None

    stands: ClassVar[Mapping[str, Place]] = {"by": ("owners",), "days_after_end": ("option_from",)}


@dataclass(frozen=True, kw_only=True)
class IssueRead(Issue):
    """New shares with the votes of whoever takes them."""

    vote_before: Fraction | None = None
    vote_after: Fraction | None = None

    stands: ClassVar[Mapping[str, Place]] = {"vote_before": ("before",), "vote_after": ("after",)}


@dataclass(frozen=True, kw_only=True)
class SignerRead(Signer):
    """A signer with the party."""

    party: str | None = None


@dataclass(frozen=True, kw_only=True)
class Whole(Row):
    """The sheet as a whole."""

    parties: tuple[str, ...] = ()
    fg: tuple[str, ...] | None = None
    bg: tuple[str, ...] | None = None
    national: bool | None = None
    publication: str | None = None
    nondisclosure_ok: date | str | None = None
    cost_bearing: bool | None = None
    attribution: bool | None = None
    put: dict[str, Fraction] | None = None
    get_base: dict[str, Fraction] | None = None
    cap: dict[str, int | str] | None = None
    may_end_at_will: tuple[str, ...] | None = None
    dispute: str | None = None
    seat: str | None = None
    rules: str | None = None

    stands: ClassVar[Mapping[str, Place]] = {
        "national": ("national", "is_national"),
        "publication": ("pub", "allowed"),
        "nondisclosure_ok": ("national", "nondisclosure_until"),
        "cost_bearing": ("contributions",),
        "attribution": ("fg",),
        "put": ("contributions",),
        "get_base": ("money", "years"),
        "cap": ("warranty",),
        "may_end_at_will": ("exit", "may_end_at_will"),
        "dispute": ("dispute", "way"),
        "seat": ("dispute", "seat"),
        "rules": ("dispute", "rules"),
    }


def stands(row: Row, place: Place, name: str) -> Place:
    """Where the field that a rule asks for is filled in: in the row itself, or where it follows from."""
    return (*place, *getattr(row, "stands", {}).get(name, (name,)))


def _with(kind: type[More], row: Row, **more: Any) -> More:
    """The row as one of a kind that says more."""
    own = {one.name: getattr(row, one.name) for one in fields(row)}
    return kind(**(own | more))


@dataclass(frozen=True)
class Reading:
    """A sheet, and its rows by what the rules call them."""

    sheet: Sheet

    def rows(self, each: str) -> Read:
        """The rows that a rule reads.

        :raises KeyError: when nothing is called so.
        """
        if each in self._plain:
            return self._each(*self._plain[each])
        return self._made[each]()

    @cached_property
    def _plain(self) -> dict[str, tuple[Place, tuple[Entry, ...] | None]]:
        sheet, money = self.sheet, self.sheet.money
        return {
            "bg": (("bg",), sheet.bg),
            "info_requests": (("info_requests",), sheet.info_requests),
            "data": (("data",), sheet.data),
            "royalties": (("money", "royalties"), money.royalties),
            "deductions": (("money", "deductions"), money.deductions),
            "splits": (("money", "splits"), money.splits),
            "commissions": (("money", "commissions"), money.commissions),
            "milestones": (("money", "milestones"), money.milestones),
            "investments": (("investments",), sheet.investments),
            "contracts": (("contracts",), sheet.contracts),
            "restrictions": (("restrictions",), sheet.restrictions),
            "national_use": (("national", "uses"), sheet.national.uses),
        }

    @cached_property
    def _made(self) -> dict[str, Callable[[], Read]]:
        sheet = self.sheet
        return {
            "tech": lambda: self._each(("tech",), sheet.tech, self._tech),
            "fg": lambda: self._each(("fg",), sheet.fg, self._result),
            "improvements": lambda: self._inside("improvements"),
            "licences": lambda: self._inside("licences", self._licence),
            "options": self._options,
            "equity": lambda: self._each(("equity",), sheet.equity, self._issue),
            "signers": self._signers,
            "sheet": lambda: [((), self._whole())],
        }

    def _each(
        self, place: Place, rows: tuple[Any, ...] | None, more: Callable[[Any], Row] | None = None
    ) -> Read:
        """Some rows; one that is open where nobody has begun the list, none where the list cannot apply."""
        if rows is None:
            return [] if self._cannot_apply(place) else [(place, None)]
        return [((*place, one.id), more(one) if more else one) for one in rows]

    def _cannot_apply(self, place: Place) -> bool:
        row: Any = self.sheet
        for step in place[:-1]:
            if step in row.na:
                return True
            row = getattr(row, step)
        return place[-1] in row.na

    def _inside(self, name: str, more: Callable[[Any, Result], Row] | None = None) -> Read:
        """The rows inside the results."""
        found: Read = []
        for place, result in self._each(("fg",), self.sheet.fg):
            if not isinstance(result, Result):
                found.append((place, None))
            elif name not in result.na:
                rows = getattr(result, name)
                if rows is None:
                    found.append(((*place, name), None))
                found += [((*place, name, one.id), more(one, result) if more else one) for one in rows or ()]
        return found

    def _tech(self, row: Tech) -> TechRead:
        promise = next((one for one in self.sheet.nda or () if one.id == row.nda), None)
        return _with(TechRead, row, promise=promise)

    def _result(self, row: Result) -> Result:
        """A result; of a sheet that is no national task it is none of one, unless it says so itself."""
        grade = row.grade or self.sheet.national.grade
        return _with(Result, row, national=self._national(row), grade=grade)

    def _national(self, row: Result) -> bool | None:
        """Whether it is a result of a national task; what cannot apply to the sheet applies to none of its results."""
        task = self.sheet.national
        if "national" in self.sheet.na or "is_national" in task.na:
            return False
        return row.national if row.national is not None else task.is_national

    def _funded(self, row: Result) -> bool | None:
        return True if self._national(row) else row.public_funded

    def _licence(self, row: Licence, result: Result) -> LicenceRead:
        makers = tuple(result.makers) if result.makers is not None else None
        national, funded = self._national(result), self._funded(result)
        return _with(LicenceRead, row, national=national, public_funded=funded, makers=makers)

    def _options(self) -> Read:
        """One for each owner of a result on which another may choose; counted from the end, or unknown how."""
        found: Read = []
        for place, result in self._each(("fg",), self.sheet.fg):
            if not isinstance(result, Result):
                found.append((place, None))
                continue
            if result.option_days is None or result.option_from == "disclosure":
                continue  # no option was entered, or one whose days are not counted from the end
            days = result.option_days if result.option_from == "project-end" else None
            owners = [name for name, part in (result.owners or {}).items() if part > 0]
            for owner in owners or (None,):
                row = OptionRead(
                    id=result.id, by=owner, public_funded=self._funded(result), days_after_end=days
                )
                found.append((place, row))
        return found

    def _issue(self, row: Issue) -> IssueRead:
        votes = cap_table.votes_of(row, row.holder) or (None, None)
        outsider = row.to_outsider
        if outsider is None and row.before is not None and row.holder is not None:
            outsider = not row.before.get(row.holder)
        return _with(
            IssueRead,
            row,
            vote_before=votes[0],
            vote_after=votes[1],
            new_shares=cap_table.new_shares(row),
            after=cap_table.after_of(row),
            to_outsider=outsider,
        )

    def _signers(self) -> Read:
        found: Read = []
        for one in self.sheet.parties or ():
            place: Place = ("parties", one.id, "signers")
            if one.signers is None and "signers" not in one.na:
                found.append((place, None))
            for signer in one.signers or ():
                found.append(((*place, signer.id), _with(SignerRead, signer, party=one.id)))
        return found if self.sheet.parties is not None else [(("parties",), None)]

    def _whole(self) -> Whole:
        sheet, base = self.sheet, scenarios(self.sheet).get("base")
        values: dict[str, Any] = {}
        na = set()
        for name, (part, *rest) in Whole.stands.items():
            if part in _ONCE:
                row = getattr(sheet, part)
                values[name] = getattr(row, rest[0])
                na |= {name} if part in sheet.na or rest[0] in row.na else set()
        return Whole(
            na=frozenset(na),
            parties=tuple(sheet.names),
            fg=_ids(sheet.fg),
            bg=() if "bg" in sheet.na else _ids(sheet.bg),
            cost_bearing=_costs_are_borne(sheet),
            attribution=_results_are_given(sheet),
            put=put(sheet),
            get_base=base.portions if base else None,
            cap=_limits(sheet),
            **values,
        )


_ONCE = ("pub", "exit", "dispute", "national")  # parts of which a field stands for itself


def _ids(rows: tuple[Entry, ...] | None) -> tuple[str, ...] | None:
    return None if rows is None else tuple(one.id for one in rows)


def _costs_are_borne(sheet: Sheet) -> bool:
    """Whether anything says who pays: a contribution, a fixed sum, commissioned work."""
    return bool(sheet.contributions or sheet.money.fixed or sheet.money.commissions)


def _results_are_given(sheet: Sheet) -> bool:
    """Whether every expected result has its owners."""
    return bool(sheet.fg) and all(one.owners for one in sheet.fg or ())


def _limits(sheet: Sheet) -> dict[str, int | str] | None:
    """How far each party answers: without limit if it says so anywhere, else up to its largest limit."""
    found: dict[str, int | str] = {}
    for row in sheet.warranty or ():
        for name, limit in (row.cap or {}).items():
            before = found.get(name, 0)
            if isinstance(limit, str) or isinstance(before, str):
                found[name] = "unlimited"
            else:
                found[name] = max(limit, before)
    return found or None
