"""Sums that are exact or unknown: shares over fractions, won over integers, and what is divided without a rest lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, TypeVar

from hub.language import _
from hub.terms.sheet.kinds import PUBLIC
from hub.terms.sheet.knowledge import Equipment
from hub.terms.sheet.people import Contribution
from hub.terms.sheet.values import show_share, show_won
from hub.terms.sheet.whole import Sheet

ONE = Fraction(1)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Total:
    """A sum of amounts of which some may be open: then it is unknown, and not smaller."""

    known: int
    open: int

    @classmethod
    def of(cls, amounts: Iterable[int | None]) -> Self:
        """The sum of some amounts."""
        listed = list(amounts)
        return cls(sum(one for one in listed if one is not None), sum(one is None for one in listed))

    @property
    def amount(self) -> int | None:
        """The sum; ``None`` while any part of it is open."""
        return None if self.open else self.known

    def said(self) -> str:
        """The sum in the reader's language, with how many open parts it leaves out."""
        if not self.open:
            return show_won(self.known)
        return _("%(sum)s (미정 항목 %(n)d건 제외)", sum=show_won(self.known), n=self.open)


@dataclass(frozen=True)
class Allocation:
    """What each gets, in whole units, and what is below one unit. Together they are the amount that was divided."""

    parts: dict[str, int]
    rest: int


def allocate(amount: int, shares: Mapping[str, Fraction], unit: int = 1) -> Allocation:
    """Divides an amount of won by exact shares, by the largest remainder.

    Each gets the whole units of its part; the units that remain go one each to the largest fractions, and where these
    are equal to whoever comes first in ``shares``: hand them over in the order of the parties.

    :raises ValueError: when the shares do not add to one, or one is negative, or the unit is not positive.

    >>> allocate(100, {"A": Fraction(1, 6), "B": Fraction(1, 3), "C": Fraction(1, 2)}).parts
    {'A': 17, 'B': 33, 'C': 50}
    """
    if unit < 1 or sum(shares.values()) != ONE or any(share < 0 for share in shares.values()):
        raise ValueError(f"shares add to {sum(shares.values())} in units of {unit}, not to 1 in units of won")
    units, sign = abs(amount) // unit, -1 if amount < 0 else 1
    exact = {name: units * share for name, share in shares.items()}
    whole = {name: part // 1 for name, part in exact.items()}
    by_fraction = sorted(
        exact, key=lambda name: whole[name] - exact[name]
    )  # stable: ties stay in their order
    for name in by_fraction[: units - sum(whole.values())]:
        whole[name] += 1
    parts = {name: sign * part * unit for name, part in whole.items()}
    return Allocation(parts, amount - sum(parts.values()))


def in_order(sheet: Sheet, each: Mapping[str, Value]) -> dict[str, Value]:
    """What there is for each party, in the order of the parties: it breaks ties, and JSON forgets the order of keys."""
    places = {name: place for place, name in enumerate(sheet.names)}
    return dict(sorted(each.items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def off_by(shares: Mapping[str, Fraction]) -> str | None:
    """What to say of shares that do not add to one: by how much they miss it; ``None`` of those that do.

    Nothing is ever normalised silently: whoever wants three thirds writes 1/3.
    """
    difference = sum(shares.values(), Fraction(0)) - ONE
    if not difference:
        return None
    if difference < 0:
        return _("%(share)s 모자랍니다", share=show_share(-difference))
    return _("%(share)s 넘칩니다", share=show_share(difference))


def equal_shares(names: Iterable[str]) -> dict[str, Fraction]:
    """«똑같이 나누기»: the same exact share for each.

    :raises ValueError: when there is nobody to divide among.
    """
    listed = list(dict.fromkeys(names))
    if not listed:
        raise ValueError("nobody to divide among")
    return dict.fromkeys(listed, Fraction(1, len(listed)))


def worth(row: Contribution) -> int | None:
    """What a contribution is worth: person-months by their rate where both are given, else what was entered.

    Part of a won is left off, once, here.
    """
    if row.person_months is not None and row.rate_krw is not None:
        return Fraction(row.person_months) * row.rate_krw // 1
    return row.value_krw


def worth_of_use(row: Equipment) -> int | None:
    """What the use of equipment is worth: hours by their rate, in whole won; ``None`` while either is open."""
    if row.hours is None or row.rate_krw_hour is None:
        return None
    return Fraction(row.hours) * row.rate_krw_hour // 1


@dataclass(frozen=True)
class Brought:
    """What one party brings: money, other things, and both together."""

    cash: Total
    in_kind: Total
    together: Total


def brought(sheet: Sheet) -> dict[str, Brought]:
    """What each party brings, and in a row of its own public money, if there is any; in the order of the parties."""
    rows = sheet.contributions or ()
    names = [*sheet.names, *([PUBLIC] if any(one.party == PUBLIC for one in rows) else [])]
    found = {}
    for name in names:
        own = [one for one in rows if one.party == name]
        cash = [worth(one) for one in own if one.kind == "cash"]
        others = [worth(one) for one in own if one.kind != "cash"]
        found[name] = Brought(Total.of(cash), Total.of(others), Total.of([*cash, *others]))
    return found


def put(sheet: Sheet) -> dict[str, Fraction] | None:
    """Each party's part of what the parties bring together, public money left out.

    ``None`` while the worth of anything, or who brings it, is open, and where nothing is worth anything.
    """
    rows = [one for one in sheet.contributions or () if one.party != PUBLIC]
    if sheet.contributions is None or any(worth(one) is None or one.party not in sheet.names for one in rows):
        return None
    sums = {name: sum(worth(one) or 0 for one in rows if one.party == name) for name in sheet.names}
    whole = sum(sums.values())
    return {name: Fraction(part, whole) for name, part in sums.items()} if whole else None
