"""One way of writing a sheet, and its hash: the same sheet gives the same, and any other gives another.

JSON in UTF-8 without a mark of its order, keys sorted by code point on every level, no blanks, texts composed (NFC)
with line ends ``\\n``, whole numbers alone. Shares, rates and days are texts. For such values this is RFC 8785, whose
keys are sorted by UTF-16 units: the same for every key that a sheet has.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any


def canonical(stored: Any) -> bytes:
    """Some JSON in its one form.

    :raises ValueError: when it holds a number that is not whole, a key twice after composing, or no JSON at all.
    """
    text = json.dumps(_plain(stored), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(stored: Any) -> str:
    """SHA-256 of the canonical form, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(stored)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", re.sub("\r\n?", "\n", value))
    if value is None or type(value) in (bool, int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        plain = {_key(key): _plain(one) for key, one in value.items()}
        if len(plain) != len(value):
            raise ValueError("two keys are the same when they are composed")
        return plain
    raise ValueError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise ValueError("a key is no text")
    return unicodedata.normalize("NFC", key)
