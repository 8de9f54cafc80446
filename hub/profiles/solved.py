"""The problems that a statement solves, as they are read and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hub.profiles.script import language_of

MOST = 10
LONGEST_PROBLEM = 200


def shown_problem(wordings: Sequence[str], language: str) -> str:
    """A problem in this language where it has such a wording, else as it was written."""
    return next((wording for wording in wordings if language_of(wording) == language), wordings[0])


def shown_problems(problems: Iterable[Sequence[str]], language: str) -> list[str]:
    """Each of these problems, see :func:`shown_problem`."""
    return [shown_problem(wordings, language) for wordings in problems]


def with_wordings(lines: Iterable[str], known: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Problems as they were written, each once; one that is known keeps its other wordings.

    :param known: the wordings of known problems, by each of them.
    """
    return tuple(tuple(known.get(line, (line,))) for line in dict.fromkeys(lines))
