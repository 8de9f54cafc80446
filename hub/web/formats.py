"""Numbers, distances, times and lists of options as a page shows them, in the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from flask_babel import format_date, format_datetime, format_decimal, format_timedelta
from markupsafe import Markup, escape

from hub.database import now
from hub.dates import in_korea, machine_time
from hub.language import _


def distance(kilometres: float | None) -> str:
    """A distance in km, if it is known; regions are points here, so a small one is said in words."""
    if kilometres is None:
        return _("거리 모름")
    if kilometres < 1:
        return _("같은 지역")
    return _("약 %(km)s km", km=format_decimal(round(kilometres)))


def number(count: int) -> str:
    """A count as the reader's language groups it."""
    return str(format_decimal(count))


def ago(when: datetime) -> str:
    """How long ago, or the day in Korea once that says more."""
    past = now() - when
    if past.days >= 7:
        return format_date(in_korea(when).date())
    return format_timedelta(-past, add_direction=True)


def moment(when: datetime) -> str:
    """A date and time, in Korean time."""
    return str(format_datetime(in_korea(when), "yyyy-MM-dd HH:mm", rebase=False))


def short_digest(text: str) -> str:
    """A few letters that stand for a text, for the name of an element that must be the same the next time."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def option_list(options: Iterable[tuple[str, str]]) -> str:
    """Values and what they are called as the options of a list."""
    return "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in options)


def with_chosen(options: str, chosen: Iterable[str | None]) -> Markup:
    """A list of options, made by :func:`option_list`, with those marked that were chosen."""
    for value in filter(None, chosen):
        mark = f'value="{escape(value)}"'
        options = options.replace(mark, f"{mark} selected", 1)
    return Markup(options)  # noqa: S704 - option_list has escaped it


def right_now() -> datetime:
    """The moment at which a page is made."""
    return now()


FOR_TEMPLATES = (distance, number, ago, moment, machine_time, right_now, short_digest)
