"""Rows of unlike lengths that lie one after another in a flat array: where each begins and ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def places(starts: Rows, counts: Rows) -> tuple[Rows, Rows]:
    """Where the parts of some rows lie, one after another, and where each row's begin among them.

    :param starts: ``(n,)``, where each of these rows begins in the flat array.
    :param counts: ``(n,)``, how many parts it has.
    :return: ``(counts.sum(),)`` places in the flat array; ``(n,)`` places among the former.
    """
    ends = np.cumsum(counts)
    begins = ends - counts
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(begins - starts, counts), begins
