"""What pages and commands call a strength, and what a search can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup

from hub.fields.carried import carried_fields
from hub.language import N_, _, current_language, in_language
from hub.profiles.labels import kind_name, profile_kind_name, size_name
from hub.profiles.tables import SIZES, Kind, ProfileKind, Visibility
from hub.web.formats import option_list, with_chosen

STRENGTH_NAMES = {
    "very-high": N_("매우 높음"),
    "high": N_("높음"),
    "medium": N_("보통"),
    "low": N_("낮음"),
}
STRENGTH_BADGES = {
    "very-high": "bg-light-success",
    "high": "bg-light-primary",
    "medium": "bg-light-gray",
    "low": "bg-light-gray",
}

# What a search may be about, beside the single kinds.
SCOPE_NAMES = {
    "": N_("도울 수 있는 곳"),
    "alike": N_("비슷한 사업·수요"),
    "any": N_("모든 종류"),
}


def strength_name(word: str) -> str:
    """A strength in words."""
    return _(STRENGTH_NAMES[word])


def strength_badge(word: str) -> str:
    """The class of the badge that shows a strength."""
    return STRENGTH_BADGES[word]


def alike_title(total: int, more: bool) -> str:
    """The heading of those who do the like of what is asked for, with their number."""
    if more:
        return _("비슷한 일을 하거나 같은 어려움을 겪는 곳 %(n)d곳 이상", n=total)
    return _("비슷한 일을 하거나 같은 어려움을 겪는 곳 %(n)d곳", n=total)


def scope_name(kind: str) -> str:
    """What a search is about: a statement's kind, or several; an unknown one as it was written."""
    if kind in SCOPE_NAMES:
        return _(SCOPE_NAMES[kind])
    return kind_name(kind) if kind in set(Kind) else kind


def search_options(name: str, chosen: Iterable[str | None]) -> Markup:
    """What a search may be narrowed to, as the options of a list; made once a language."""
    return with_chosen(_search_options(name, current_language()), chosen)


@lru_cache
def _search_options(name: str, language: str) -> str:
    listed: dict[str, list[tuple[str, str]]] = {
        "kind": [
            ("", scope_name("")),
            *((kind, scope_name(kind)) for kind in (*Kind, *filter(None, SCOPE_NAMES))),
        ],
        "profile_kind": [("", _("모든 기관")), *((kind, profile_kind_name(kind)) for kind in ProfileKind)],
        "size": [("", _("모든 규모")), *((size, size_name(size)) for size in SIZES)],
        "field": [
            ("", _("모든 분야")),
            *((field.code, in_language(field.name_ko, field.name_en)) for field in carried_fields()),
        ],
        "trl": [("", _("정하지 않음")), *((str(level), str(level)) for level in range(1, 10))],
        "language": [("", _("모든 언어")), ("ko", _("한국어")), ("en", _("영어"))],
        "visibility": [
            ("", _("모두")),
            (Visibility.PUBLIC, _("이름을 밝힌 곳")),
            (Visibility.HIDDEN_NAME, _("이름을 숨긴 곳")),
        ],
        "sort": [("", _("적합도순")), ("distance", _("가까운 순")), ("newest", _("새 글 순"))],
    }
    return option_list(listed[name])


FOR_TEMPLATES = (strength_name, strength_badge, alike_title, scope_name, search_options)
