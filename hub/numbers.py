"""Whole numbers from outside: an address, a form, a command's option. The one place that reads them."""

from __future__ import annotations

# What an INTEGER column of PostgreSQL holds. SQLite's would hold more, but a number is no other on it.
LARGEST = 2**31 - 1


def whole_number(text: str | None, *, least: int = 0, most: int = LARGEST) -> int | None:
    """The number that a text says in the digits 0 to 9; ``None`` when it says none between ``least`` and ``most``.

    >>> whole_number("17"), whole_number("²"), whole_number("٣"), whole_number("9" * 5000)
    (17, None, None, None)
    """
    # The length first: Python refuses to read thousands of digits, and long before that none is in range.
    if not text or len(text) > len(str(most)) or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if least <= number <= most else None


def bounded(text: str | None, *, default: int, least: int, most: int) -> int:
    """The number that a text says, brought into bounds; the default where it says none."""
    number = whole_number(text) if text else None
    return default if number is None else min(max(number, least), most)
