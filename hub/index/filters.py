"""What a search is limited to, in the words of the subject: no row, no bitmap."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Filters:
    """Empty means anything. Of several values in one filter one is enough.

    What does not say its TRL lies in no range of TRLs.
    """

    region: str | None = None  # a code; what lies inside counts too
    kinds: frozenset[str] = frozenset()
    profile_kinds: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    trl: tuple[int, int] | None = None  # from, to; both included
    languages: frozenset[str] = frozenset()  # of hub.index.columns.LANGUAGES
    visibilities: frozenset[str] = frozenset()
