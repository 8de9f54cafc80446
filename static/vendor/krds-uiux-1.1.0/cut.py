"""Writes static/css/krds.css: of KRDS's tokens and components those that this site uses. `make styles`

KRDS comes as 634 KB of CSS, of which a page here needs a fifth. A rule stays when every class and id that
it names stands somewhere in templates/, static/js/ or hub/. KRDS repeats its components for its second
palette; here that palette takes the place of the first one's tokens instead, for the components and for
our own CSS at once (KRDS itself writes `[data-krds-mode] :root`, which matches nothing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
OUT = ROOT / "static" / "css" / "krds.css"
COMMA = re.compile(r",(?![^(]*\))")
NAME = re.compile(r"[.#]([A-Za-z_][\w-]*)")
SOURCES = [("templates", "*.html"), ("static/js", "*.js"), ("hub", "*.py")]
DARK = ':root[data-krds-mode="high-contrast"], :root[data-krds-mode="dark"]'


def used() -> set[str]:
    """Every word in our sources that could be the name of a class."""
    found: set[str] = set()
    for folder, pattern in SOURCES:
        for path in (ROOT / folder).rglob(pattern):
            found.update(re.findall(r"[A-Za-z_][\w-]*", path.read_text(encoding="utf-8")))
    return found


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """The rules of a style sheet: what stands before the braces and what stands between them."""
    at = 0
    while (opened := css.find("{", at)) != -1:
        depth, end = 1, opened
        while depth:
            end += 1
            depth += {"{": 1, "}": -1}.get(css[end], 0)
        yield css[at:opened].strip(), css[opened + 1 : end].strip()
        at = end + 1


def kept(css: str, names: set[str]) -> Iterator[str]:
    for selector, body in blocks(css):
        if selector.startswith("@media"):
            inner = "\n".join(kept(body, names))
            if inner and "prefers-color-scheme" not in selector:
                yield f"{selector} {{\n{inner}\n}}"
        elif selector.startswith("@"):
            yield f"{selector} {{ {body} }}"
        else:
            wanted = [
                one.strip()
                for one in COMMA.split(selector)
                if "data-krds-mode" not in one and set(NAME.findall(one)) <= names
            ]
            if wanted and body:
                yield f"{', '.join(wanted)} {{ {' '.join(body.split())} }}"


def modes(tokens: str, rest: str) -> str:
    """The second palette in place of the first, where it is chosen or the system is dark."""
    light = set(re.findall(r"--krds-light-([\w-]+)", rest))
    second = set(re.findall(r"--krds-high-contrast-([\w-]+):", tokens))
    turned = " ".join(
        f"--krds-light-{name}: var(--krds-high-contrast-{name});" for name in sorted(light & second)
    )
    system = f'@media (prefers-color-scheme: dark) {{ :root[data-krds-mode="theme"] {{ {turned} }} }}'
    return f"{DARK} {{ {turned} }}\n{system}"


def needed(tokens: str, rest: str) -> str:
    """The tokens that something refers to, also by way of other tokens."""
    body = dict(blocks(tokens))[":root"]
    values = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", body))
    wanted, new = set(), set(re.findall(r"var\((--[\w-]+)", rest))
    while new:
        wanted |= new
        new = {name for one in new for name in re.findall(r"var\((--[\w-]+)", values.get(one, ""))} - wanted
    return ":root { " + " ".join(f"{k}: {v};" for k, v in values.items() if k in wanted) + " }"


def cut() -> str:
    """The style sheet."""
    tokens, css = (
        re.sub(
            r"/\*.*?\*/|@(charset|import)[^;]*;",
            "",
            (HERE / "resources/css" / path).read_text("utf-8"),
            flags=re.S,
        )
        for path in ("token/krds_tokens.css", "component/output.css")
    )
    rules = "\n".join(kept(css, used()))
    rules = rules.replace("../../img/", "../vendor/krds-uiux-1.1.0/resources/img/")
    own = (ROOT / "static" / "css" / "hub.css").read_text(encoding="utf-8")
    second = modes(tokens, rules + own)
    return "\n".join(
        [
            "/* Cut from krds-uiux 1.1.0 (ISC, see static/vendor/krds-uiux-1.1.0/LICENSE) by its cut.py: make styles */",
            needed(tokens, rules + own + second),
            second,
            rules,
            "",
        ]
    )


if __name__ == "__main__":
    OUT.write_text(cut(), encoding="utf-8")
