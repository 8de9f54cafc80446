"""An organisation's own address on the web: mended where the slip is plain, refused with a sentence where it is not."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from hub.language import _
from hub.numbers import whole_number
from hub.problems import Problem
from hub.profiles.limits import LIMITS
from hub.text import check_length

# What people type before a name: https//, http:/, https:///, HTTP://, http://https:// – and nothing.
_SCHEME = re.compile(r"(https?)(?::[/ \t]*|;?//+[ \t]*)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d*(?:[/?#]|$))", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A Korean keyboard in full width, and marks that nobody sees.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord(stop): "." for stop in "。｡"}


def web_address(text: str) -> str | None:
    """The address that a text means, with its scheme; ``None`` for a blank one.

    >>> web_address("ＨＴＴＰＳ：／／www.example.kr"), web_address(" 한국.kr/회사 ")
    ('https://www.example.kr', 'https://한국.kr/회사')

    :raises Problem: when no browser would open it as the page of an organisation.
    """
    written = unicodedata.normalize("NFC", text).translate(_FULL_WIDTH)
    written = "".join(c for c in written if unicodedata.category(c) != "Cf").strip()
    if not written:
        return None
    scheme, rest = _split_scheme(written)
    host, end = re.match(r"([^/?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    if not _is_one_line(rest) or "@" in host or "[" in host or _OTHER_SCHEME.match(rest):
        raise _unusable(text)
    name, colon, port = host.partition(":")
    if port and whole_number(port, least=1, most=65535) is None:
        raise _unusable(text)
    address = f"{scheme}://{_name(name, text)}{colon + port if port else ''}" + _end(end)
    check_length(_("누리집"), address, LIMITS["homepage"])
    return address


def usable(kept: str | None) -> str | None:
    """The address to link to for one that was kept at some time; ``None`` where there is none to follow."""
    try:
        return web_address(kept or "")
    except Problem:
        return None


def _unusable(text: str) -> Problem:
    return Problem(
        _(
            "누리집 주소 «%(address)s»을(를) 쓸 수 없습니다. https://www.example.kr 처럼 적어 주십시오.",
            address=" ".join(text.split())[:60],
        )
    )


def _is_one_line(rest: str) -> bool:
    return not any(c.isspace() or unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") for c in rest)


def _split_scheme(written: str) -> tuple[str, str]:
    """The scheme and what follows it. Browsers take a backslash for a slash, and so does this."""
    before, mark, after = re.match(r"([^?#]*)([?#]?)(.*)", written, re.DOTALL).groups()  # type: ignore[union-attr]
    rest, scheme = before.replace("\\", "/") + mark + after, "https"
    while found := _SCHEME.match(rest):
        rest, scheme = rest[found.end() :], found.group(1).lower()
    return scheme, rest.lstrip("/")


def _name(name: str, text: str) -> str:
    """A host's name in small letters.

    :raises Problem: when it is none: without a dot, a number, or with letters that no name has.
    """
    host = unicodedata.normalize("NFKC", name).lower().rstrip(".")
    first, _comma, _rest = host.partition(",")
    if "." not in first:  # www,example.kr; two addresses in one line are not guessed at
        host = host.replace(",", ".")
    try:
        labels = host.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        raise _unusable(text) from None
    if len(labels) < 2 or len(".".join(labels)) > 253 or not all(_LABEL.fullmatch(one) for one in labels):
        raise _unusable(text)
    if len(labels[-1]) < 2 or labels[-1].isdigit():
        raise _unusable(text)
    return host


def _end(end: str) -> str:
    """Path and query as they are, but for the few characters that end an address in other texts."""
    return re.sub(r'[\s"<>\\^`{|}]', lambda found: quote(found.group()), end)
