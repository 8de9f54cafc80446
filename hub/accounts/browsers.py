"""What a browser is called, for people: of what it says of itself the program and the system, no more."""

from __future__ import annotations

import re

from hub.language import N_, _

# In this order: most say that they are Chrome and Safari too.
_PROGRAMS = (
    (r"KAKAOTALK", N_("카카오톡")),
    (r"NAVER\(", N_("네이버 앱")),
    (r"Whale/", N_("네이버 웨일")),
    (r"SamsungBrowser/", N_("삼성 인터넷")),
    (r"Edg[A-Z]*/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"Chrome/|CriOS/|Chromium/", "Chrome"),
    (r"Version/[\d.]+ .*Safari/", "Safari"),
    (r"Trident/|MSIE ", "Internet Explorer"),
)
_SYSTEMS = (
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"CrOS", "ChromeOS"),
    (r"Mac OS X|Macintosh", "macOS"),
    (r"Linux|X11", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """«Windows의 Chrome»; what cannot be told is said so."""
    program = _first(_PROGRAMS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if program and system:
        return _("%(system)s의 %(program)s", system=system, program=_(program))
    return _(program or system or N_("알 수 없는 브라우저"))


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for pattern, name in known if re.search(pattern, user_agent)), None)


FOR_TEMPLATES = (browser_name,)
