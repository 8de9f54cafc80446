"""What takes longer than a request may, done beside the requests: a region's suggestions.

One thread a process, at a low priority, and of several processes one at a time: what it has made it
keeps, and the others take it up.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from hub.index.engine import Engine
from hub.suggestions.suggestions import Suggestions

NICE = 10  # of 19: a request that waits for a core gets it first
WORTH_KEEPING = 500  # lists made, from which on they are written for the other processes
log = logging.getLogger(__name__)


class Beside:
    """Prepares the regions that it is told of, in the order in which they were asked for.

    The thread begins with the first of them, so that none crosses a fork.
    """

    def __init__(self, engine: Callable[[], Engine], suggestions: Callable[[], Suggestions]) -> None:
        self._engine, self._suggestions = engine, suggestions
        self._waiting: dict[str, None] = {}  # in order, each once
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def ask(self, region: str) -> None:
        """Has a region's suggestions prepared; asked for again meanwhile, it is done once."""
        with self._changed:
            self._waiting.setdefault(region)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether everything asked for was done within this time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _run(self) -> None:
        with suppress(OSError):  # a wish, not a need
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                region = next(iter(self._waiting))
                del self._waiting[region]
                self._busy = True
            try:
                self._prepare(region)
            except Exception:  # said in the log; the page that asks again tries again
                log.exception("The suggestions of region %s could not be prepared", region)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()

    def _prepare(self, region: str) -> None:
        engine, suggestions = self._engine(), self._suggestions()
        with alone(engine.settings.snapshots / "preparing.lock"), engine.database.reading() as session:
            engine.sync(session)
            suggestions.open(engine, session)
            before = len(suggestions.candidates)
            suggestions.prepare(engine, session, region)
            if len(suggestions.candidates) - before >= WORTH_KEEPING:
                with suppress(OSError):  # a full disk costs the others some work
                    suggestions.keep(engine, session)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Waits until no other process is in this block, by a lock on a file that ends with the process."""
    with ExitStack() as held:
        with suppress(OSError):  # where no file can be written each process works for itself
            path.parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(path.open("a")), fcntl.LOCK_EX)
        yield
