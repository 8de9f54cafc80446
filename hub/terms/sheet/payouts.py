"""What the parties' own scenarios pay to whom: income, deductions, royalties and their split, year by year.

For each year and source, in this order: gross (VAT out); each deduction, cut to its part of the gross; net, never
below nothing; the royalty; raised to the year's minimum; cut to what is left of the total limit, which beats the
minimum; divided by the split. Fractions of a won are kept to the division.

Beside that: a source on which no royalty was agreed divides its net; while it is open whether there are royalties or
deductions, nothing is computed; several royalties on one source are added up before the division; without a split all
of it goes to the one who is named in the royalty; a royalty runs in every year that its first and last day touch,
whole years each, and in all years while these days are open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from hub.terms.sheet.choices import CASES
from hub.terms.sheet.ending import NationalUse
from hub.terms.sheet.fields import Place
from hub.terms.sheet.money import Deduction, Royalty, Year
from hub.terms.sheet.sums import Allocation, allocate, in_order
from hub.terms.sheet.values import months_later
from hub.terms.sheet.whole import Sheet

ROYALTY_PARTS = {"small": 25, "medium": 25, "midsize": 50}  # of 1000, by 혁신령 §38③; others 100
ROYALTY_CAPS = {"small": 100, "medium": 100, "midsize": 200}  # of 1000 of the public money, §39②; others 400


@dataclass(frozen=True)
class YearLine:
    """One year of one source. ``missing`` says what is still open where it could not be computed («계산 안 함»)."""

    source: str
    year: int
    gross: int = 0
    deducted: int = 0
    net: int = 0
    royalty: Fraction | None = None  # before the minimum and the limit; None of a source that bears none
    payable: int | None = None
    raised: bool = False
    cut: bool = False
    paid: Allocation | None = None
    missing: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """One of the three: its years, and what each party gets in all of them if all could be computed."""

    case: str
    lines: tuple[YearLine, ...]
    parts: dict[str, int] | None

    @property
    def rest(self) -> int:
        """What is below the unit in which amounts are divided (단수 차액), in all years."""
        return sum(one.paid.rest for one in self.lines if one.paid)

    @property
    def portions(self) -> dict[str, Fraction] | None:
        """Each party's part of what is divided; ``None`` while that is unknown or nothing."""
        whole = sum((self.parts or {}).values())
        return {name: Fraction(part, whole) for name, part in (self.parts or {}).items()} if whole else None


@dataclass
class _Running:
    """What one scenario carries from year to year."""

    paid: dict[str, int] = field(default_factory=dict)  # by royalty
    lost: dict[str, int] = field(default_factory=dict)  # by source


def scenarios(sheet: Sheet) -> dict[str, Scenario]:
    """Those of the three scenarios for which the parties have typed a year."""
    years = sheet.money.years or ()
    return {case: _scenario(sheet, case) for case in CASES if any(one.case == case for one in years)}


def _scenario(sheet: Sheet, case: str) -> Scenario:
    running = _Running()
    chosen = [one for one in sheet.money.years or () if one.case == case]
    chosen.sort(key=lambda one: (one.year or 0, one.source or ""))
    lines = tuple(_line(sheet, one, running) for one in chosen)
    if any(one.paid is None for one in lines):
        return Scenario(case, lines, None)
    parts = dict.fromkeys(sheet.names, 0)
    for one in lines:
        for name, part in (one.paid.parts if one.paid else {}).items():
            parts[name] = parts.get(name, 0) + part
    return Scenario(case, lines, parts)


def _line(sheet: Sheet, year: Year, running: _Running) -> YearLine:
    royalties = _royalties(sheet, year)
    missing = tuple(_missing(sheet, year, royalties))
    source, when = year.source or "", year.year or 0
    if missing or year.gross_krw is None:
        return YearLine(source, when, missing=missing)
    deducted = sum(_deducted(one, year) for one in _deductions(sheet, year))
    before = year.gross_krw - deducted - running.lost.get(source, 0)
    net = max(0, before)
    running.lost[source] = max(0, -before) if sheet.money.carry_loss else 0
    owed = [_owed(one, year, net, running) for one in royalties]
    bears = any(one.source == source for one in sheet.money.royalties or ())
    payable = sum(one.payable for one in owed) if bears else net
    split = _split(sheet, year)
    unit = sheet.rounding.unit_krw or 1
    return YearLine(
        source=source,
        year=when,
        gross=year.gross_krw,
        deducted=deducted,
        net=net,
        royalty=sum((one.exact for one in owed), Fraction(0)) if bears else None,
        payable=payable,
        raised=any(one.raised for one in owed),
        cut=any(one.cut for one in owed),
        paid=allocate(payable, in_order(sheet, split), unit),
    )


def _royalties(sheet: Sheet, year: Year) -> list[Royalty]:
    """Those that are due on a source in a year."""
    due = [one for one in sheet.money.royalties or () if one.source == year.source]
    return [one for one in due if year.year is None or _runs(one, year.year)]


def _runs(royalty: Royalty, year: int) -> bool:
    begun = not isinstance(royalty.from_, date) or royalty.from_.year <= year
    return begun and (not isinstance(royalty.until, date) or year <= royalty.until.year)


def _deductions(sheet: Sheet, year: Year) -> list[Deduction]:
    return [one for one in sheet.money.deductions or () if one.source in (None, year.source)]


def _deducted(row: Deduction, year: Year) -> int:
    """What is taken off: what it was, and no more than its part of the gross. VAT is not in the gross to begin with."""
    actual = (year.deducted or {}).get(row.id, 0)
    if row.kind == "vat" or row.cap_pct is None:
        return actual
    return min(actual, (year.gross_krw or 0) * Fraction(row.cap_pct) / 100 // 1)


def _split(sheet: Sheet, year: Year) -> dict[str, Fraction]:
    for row in sheet.money.splits or ():
        if row.source == year.source and row.shares is not None:
            return row.shares
    named = [one.to for one in sheet.money.royalties or () if one.source == year.source]
    return {one: Fraction(1) for one in named if one is not None}


def _missing(sheet: Sheet, year: Year, royalties: list[Royalty]) -> Iterable[Place]:
    """What must be filled in before a year can be computed."""
    own: Place = ("money", "years", year.id)
    yield from (("money", name) for name in ("royalties", "deductions") if getattr(sheet.money, name) is None)
    yield from ((*own, name) for name in ("source", "year", "gross_krw") if getattr(year, name) is None)
    for taken in _deductions(sheet, year):
        if taken.cap_pct is None and taken.kind != "vat":
            yield ("money", "deductions", taken.id, "cap_pct")
        if taken.id not in (year.deducted or {}):
            yield (*own, "deducted")
    for one in royalties:
        place: Place = ("money", "royalties", one.id)
        asked = ["per_unit_krw"] if one.base == "units" else ["base", "rate"]
        yield from (
            (*place, name)
            for name in [*asked, "minimum_year_krw", "cap_total_krw"]
            if getattr(one, name) is None
        )
        if one.base == "units" and year.units is None:
            yield (*own, "units")
    split = _split(sheet, year)
    if sum(split.values()) != 1:
        listed = [one.id for one in sheet.money.splits or () if one.source == year.source]
        yield ("money", "splits", listed[0], "shares") if listed else ("money", "splits")


@dataclass(frozen=True)
class _Owed:
    exact: Fraction
    payable: int
    raised: bool
    cut: bool


def _owed(row: Royalty, year: Year, net: int, running: _Running) -> _Owed:
    """One royalty of one year: raised to its minimum, cut to what is left of its limit; whole won."""
    rate = Fraction(row.rate or 0) / 100
    base = year.gross_krw or 0 if row.base == "gross-sales" else net
    exact = Fraction((year.units or 0) * (row.per_unit_krw or 0)) if row.base == "units" else base * rate
    due = max(exact, Fraction(row.minimum_year_krw or 0))
    before = running.paid.get(row.id, 0)
    most = max(0, row.cap_total_krw - before) if isinstance(row.cap_total_krw, int) else due
    payable = min(due, Fraction(most)) // 1
    running.paid[row.id] = before + payable
    return _Owed(exact, payable, raised=due > exact, cut=due > most)


def inventors_part(sheet: Sheet, parts: dict[str, int]) -> dict[str, int | None]:
    """Of what each party gets, how much its inventors are promised: a memo line, not taken off again.

    ``None`` where a party has not said.
    """
    rewards = {one.id: one.inventor_reward for one in sheet.parties or ()}
    found: dict[str, int | None] = {}
    for name, part in parts.items():
        reward = rewards.get(name)
        found[name] = None if reward is None else part * Fraction(reward) / 100 // 1
    return found


def government_royalty(use: NationalUse, size: str, gov_fund: int, paid: int = 0) -> int | None:
    """정부납부기술료 of one year: a memo line for companies that license or use results of a national R&D task.

    :param size: of the company: ``small``, ``medium``, ``midsize``, or else the part of all others.
    :param gov_fund: the public money of the task, of which all years together owe no more than a part.
    :param paid: what was paid in the years before.
    :return: whole won; ``None`` while the income, or of its own use the contribution, is open.
    """
    if use.income_krw is None or use.kind is None:
        return None
    income = Fraction(use.income_krw)
    if use.kind == "own-use":
        if use.contribution_pct is None:
            return None
        income = income * Fraction(use.contribution_pct) / 100
    owed = income * Fraction(ROYALTY_PARTS.get(size, 100), 1000)
    most = Fraction(gov_fund * ROYALTY_CAPS.get(size, 400), 1000) - paid
    return max(Fraction(0), min(owed, most)) // 1


def government_royalty_until(first_income: date, task_end: date) -> date:
    """The last day of 정부납부기술료: five years after the year of the first income, or seven after the task."""
    return min(date(first_income.year + 5, 12, 31), months_later(task_end, 84))
