"""ReadWriteLock: many searches at a time, or one change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class ReadWriteLock:
    """A writer waits for the readers inside and holds back new ones, so that it is never starved."""

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._readers = 0
        self._writers = 0  # waiting or inside
        self._writing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Shared with other readers. Not re-entrant."""
        with self._state:
            self._state.wait_for(lambda: self._writers == 0)
            self._readers += 1
        try:
            yield
        finally:
            with self._state:
                self._readers -= 1
                self._state.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Alone."""
        with self._state:
            self._writers += 1
            self._state.wait_for(lambda: self._readers == 0 and not self._writing)
            self._writing = True
        try:
            yield
        finally:
            with self._state:
                self._writers -= 1
                self._writing = False
                self._state.notify_all()
