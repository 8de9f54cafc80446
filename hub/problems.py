"""Problem: an error that is the reader's to mend, said in the reader's language."""

from __future__ import annotations


class Problem(Exception):
    """What is wrong, where, and what to do. Pages show it with its status, commands on stderr."""

    status = 400

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status


class NotFound(Problem):
    """The thing asked for is not there, or not for this reader."""

    status = 404


class Unavailable(Problem):
    """Something that the hub needs is missing or busy; the same request may succeed later."""

    status = 503
