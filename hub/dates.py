"""Moments as they are told. The database keeps UTC; everybody who reads is in Korea."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

KOREA = ZoneInfo("Asia/Seoul")


def in_korea(when: datetime) -> datetime:
    """The same moment by Korean clocks: what a person is shown, and the day that it falls on."""
    return when.astimezone(KOREA)


def machine_time(when: datetime) -> str:
    """The moment for programs, with its offset: ``2026-03-02T08:30:00+09:00``."""
    return in_korea(when).isoformat(timespec="seconds")
