"""Who holds which part of a company before and after new shares, fully diluted and by votes. Every number is exact.

Legal thresholds are tested on the votes: voting shares held, of all issued ones without own shares and those without
a vote. Pictures may show the fully diluted shares, and say so. A conditional investment (SAFE) has no shares until the
next round: it is a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hub.terms.sheet.equity import Investment, Issue


@dataclass(frozen=True)
class Round:
    """One issue of new shares: prices, numbers and what is returned, since a share is never split."""

    diluted_before: int
    pre: int  # won, before the money
    new: int
    paid: int
    rest: int  # returned to the investor
    diluted_after: int
    post: int  # won, after the money


@dataclass(frozen=True)
class Held:
    """What one holder has. ``votes`` are parts of all votes, ``None`` where it is open which shares have one."""

    holder: str
    before: int
    after: int
    diluted_before: Fraction
    diluted_after: Fraction
    votes_before: Fraction | None
    votes_after: Fraction | None

    @property
    def dilution(self) -> Fraction | None:
        """By which part its fully diluted share shrinks; ``None`` for one that had nothing."""
        return 1 - self.diluted_after / self.diluted_before if self.diluted_before else None


def round_of(issue: Issue) -> Round | None:
    """The round, by price and money; ``None`` while one of the numbers is open or the price is nothing."""
    if (
        None in (issue.issued_before, issue.reserved, issue.price_krw, issue.invest_krw)
        or not issue.price_krw
    ):
        return None
    price, invest = issue.price_krw, issue.invest_krw or 0
    before = (issue.issued_before or 0) + (issue.reserved or 0)
    new = invest // price
    paid = new * price
    return Round(before, price * before, new, paid, invest - paid, before + new, price * (before + new))


def new_shares(issue: Issue) -> int | None:
    """The number of new shares: as entered, else as money and price make it; ``None`` while neither is known."""
    if issue.new_shares is not None:
        return issue.new_shares
    return issue.invest_krw // issue.price_krw if issue.invest_krw is not None and issue.price_krw else None


def after_of(issue: Issue) -> dict[str, int] | None:
    """Each holder's shares after the issue: as entered, else what they had and the new ones."""
    if issue.after is not None:
        return issue.after
    new = new_shares(issue)
    if issue.before is None or new is None or issue.holder is None:
        return None
    return issue.before | {issue.holder: issue.before.get(issue.holder, 0) + new}


def votes_of(issue: Issue, holder: str | None) -> tuple[Fraction, Fraction] | None:
    """A holder's part of the votes before and after; ``None`` while any number it rests on is open.

    Which holders' shares have no vote is not on the sheet: where there are such shares, one that holds any cannot be
    told from one that holds none, and nothing is said.
    """
    after, new = after_of(issue), new_shares(issue)
    votes = _new_votes(issue)
    if holder is None or issue.before is None or after is None or new is None or votes is None:
        return None
    if issue.issued_before is None or issue.treasury is None or issue.nonvoting is None:
        return None
    if issue.nonvoting and issue.before.get(holder, 0):
        return None
    all_before = issue.issued_before - issue.treasury - issue.nonvoting
    all_after = all_before + (new if votes else 0)
    own_after = after.get(holder, 0) if votes else issue.before.get(holder, 0)
    if all_before <= 0 or all_after <= 0:
        return None
    return Fraction(issue.before.get(holder, 0), all_before), Fraction(own_after, all_after)


def _new_votes(issue: Issue) -> bool | None:
    """Whether the new shares have a vote: common ones do unless somebody says otherwise, of others it must be said."""
    if issue.new_vote is not None:
        return issue.new_vote
    return True if issue.class_ == "common" else None


def cap_table(issue: Issue) -> tuple[Held, ...] | None:
    """Every holder before and after, in the order of their entry; ``None`` while a number is open."""
    after, new = after_of(issue), new_shares(issue)
    if issue.before is None or after is None or new is None:
        return None
    if issue.issued_before is None or issue.reserved is None:
        return None
    before_all = issue.issued_before + issue.reserved
    if not before_all:
        return None
    rows = []
    for holder in dict.fromkeys([*issue.before, *after]):
        had, has = issue.before.get(holder, 0), after.get(holder, 0)
        votes = votes_of(issue, holder) or (None, None)
        diluted = Fraction(had, before_all), Fraction(has, before_all + new)
        rows.append(Held(holder, had, has, *diluted, *votes))
    return tuple(rows)


def conditional_range(row: Investment, diluted: int) -> tuple[Fraction, Fraction] | None:
    """Between which fully diluted shares a conditional investment will lie, at the two prices that the parties typed.

    :param diluted: all shares that there will be without it.
    :return: the lower and the higher one; ``None`` while a number is open.
    """
    prices = [row.low_price_krw, row.high_price_krw]
    if row.amount_krw is None or diluted < 1 or not all(prices):
        return None
    news = sorted(row.amount_krw // price for price in prices if price)
    return Fraction(news[0], diluted + news[0]), Fraction(news[-1], diluted + news[-1])
