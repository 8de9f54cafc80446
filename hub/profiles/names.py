"""An organisation's name as it compares: one firm writes itself in many ways."""

from __future__ import annotations

import re
import unicodedata

_LEGAL_FORM = re.compile(
    r"주식회사|유한책임회사|유한회사|\((?:주|유|사|재)\)|\b(?:co\.?,?\s*ltd\.?|inc\.?|corp\.?|ltd\.?)(?=\W|$)"
)


def name_key(name: str) -> str:
    """The name without legal form, spaces, punctuation and case.

    >>> {name_key(n) for n in ("㈜지에스", "(주)지에스", "주식회사 지에스", "지에스(주)")}
    {'지에스'}
    """
    folded = unicodedata.normalize("NFKC", name).casefold()  # NFKC turns ㈜ into (주)
    bare = re.sub(r"[\W_]+", "", _LEGAL_FORM.sub(" ", folded))
    return bare or re.sub(r"\s+", "", folded)
