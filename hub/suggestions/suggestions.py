"""A region's suggested collaborations: which firm of the region should meet which laboratory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from hub.database import now
from hub.fields.strategic import all_strategic_fields, strategic_fields
from hub.index import snapshot
from hub.index.engine import Engine
from hub.index.store import Store
from hub.regions.atlas import atlas, inside, place
from hub.suggestions.candidates import CandidateLists
from hub.suggestions.pairs import Pair, choose_pairs, standing
from hub.suggestions.read import Suggestion, read_pairs

MOST_ENTRIES = 10**9
QUICK_ENTRIES = 100_000  # from which a request may choose, some 30 ms


@dataclass(frozen=True)
class Chosen:
    """A region's pairs and when they were chosen; ``ready`` is false while more of them are being made."""

    stamp: tuple[int, frozenset[str]]
    pairs: list[Pair]
    at: datetime
    ready: bool = True


class Suggestions:
    """The candidates of the whole country and the pairs chosen from them, kept until they change.

    What is kept are numbers of statements. Whose they are, and where, is read when they are shown.

    :param beside: told the region whose pairs are asked for and take too long to make in a request; then
        what is there already is given. Without it they are made at once, however long that takes.
    """

    def __init__(self, beside: Callable[[str], None] | None = None) -> None:
        self.candidates = CandidateLists()
        self._beside = beside
        self._chosen: dict[str, Chosen] = {}
        self._lock = threading.Lock()
        self._opened = 0  # when what was taken up last was written

    def open(self, engine: Engine, session: Session) -> None:
        """Takes up the candidates that :meth:`keep` wrote, here or in another process, if they fit the database."""
        written = snapshot.time_of_candidates(engine.settings.snapshots)
        if written == self._opened:
            return
        read = snapshot.load_candidates(engine.store, session, engine.settings.snapshots)
        self._opened = written
        if read is not None:
            with self.candidates.updating:
                self.candidates.unpack(read)

    def keep(self, engine: Engine, session: Session) -> None:
        """Writes the candidates for the next start.

        :raises OSError: when they cannot be written.
        """
        with self.candidates.updating:
            packed, revision = self.candidates.pack(), self.candidates.revision
        folder = engine.settings.snapshots
        snapshot.save_candidates(packed, session, folder, model=engine.store.model, revision=revision)
        self._opened = snapshot.time_of_candidates(folder)

    def prepare(
        self,
        engine: Engine,
        session: Session,
        region: str | None,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> dict[str, Chosen]:
        """Makes the pairs of a region, or of every province and district, however long it takes.

        What has not changed is not done again.
        """
        with self.candidates.updating:
            self.candidates.update(engine, session, region, progress)
        strategic = all_strategic_fields(session)
        return {
            code: self._choose(engine.store, code, strategic.of(code), MOST_ENTRIES)
            for code in ([region] if region else atlas())
        }

    def of(
        self, engine: Engine, session: Session, region: str, strategic: frozenset[str] | None = None
    ) -> Chosen:
        """A region's pairs as of the newest revision, or what is there of them while more are being made.

        :param strategic: the region's own fields, where the caller knows them.
        """
        if strategic is None:
            strategic = strategic_fields(session, region)
        ready = self._update_quickly(engine, session, region)
        if not ready and self._beside is None:
            return self.prepare(engine, session, region)[region]
        most = QUICK_ENTRIES if self._beside else MOST_ENTRIES
        chosen = self._choose(engine.store, region, strategic, most)
        if self._beside and not (ready and chosen.ready):
            self._beside(region)
            return replace(chosen, ready=False)
        return chosen

    def _update_quickly(self, engine: Engine, session: Session, region: str) -> bool:
        """Brings the candidates up to date if that takes no longer than a request may; whether they are now."""
        if self.candidates.is_current(engine, region):
            return True
        if not self.candidates.updating.acquire(blocking=False):
            return False  # another thread is at it, perhaps for long
        try:
            if not self.candidates.is_quick(engine, session, region):
                return False
            self.candidates.update(engine, session, region)
        finally:
            self.candidates.updating.release()
        return True

    def _choose(self, store: Store, region: str, strategic: frozenset[str], most: int) -> Chosen:
        """The region's pairs; of more than ``most`` entries only what was chosen before."""
        stamp = (sum(self.candidates.changes[code] for code in inside(region)), strategic)
        with self._lock:
            chosen = self._chosen.get(region)
        if chosen is None or chosen.stamp != stamp:
            says, entries = self.candidates.of(store, region)
            if entries.size > most:
                chosen = replace(chosen or Chosen(stamp, [], now()), ready=False)
            else:
                chosen = Chosen(stamp, choose_pairs(store, says, entries, strategic), now())
                with self._lock:
                    self._chosen[region] = chosen
        return replace(chosen, pairs=standing(store, chosen.pairs, region))


@dataclass(frozen=True)
class Suggested:
    """One page of a region's suggestions, how many there are in all, and when they were chosen."""

    shown: list[Suggestion]
    total: int
    at: datetime


def suggest(
    engine: Engine,
    session: Session,
    suggestions: Suggestions,
    region: str,
    *,
    limit: int = 30,
    offset: int = 0,
) -> Suggested:
    """The suggested pairs of a region.

    :raises NotFound: when there is no such region.
    """
    chosen = choose(engine, session, suggestions, region)
    shown = read_pairs(engine, session, chosen.pairs[offset : offset + limit], region)
    return Suggested(shown, len(chosen.pairs), chosen.at)


def choose(
    engine: Engine,
    session: Session,
    suggestions: Suggestions,
    region: str,
    strategic: frozenset[str] | None = None,
) -> Chosen:
    """All pairs of a region, by number.

    :param strategic: the region's own fields, where the caller knows them.
    :raises NotFound: when there is no such region.
    """
    place(region)
    engine.sync(session)
    return suggestions.of(engine, session, region, strategic)
