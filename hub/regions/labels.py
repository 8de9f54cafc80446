"""What pages call a region."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from hub.language import current_language
from hub.regions.atlas import atlas, districts, province_of, provinces
from hub.regions.outlines import map_labels
from hub.web.formats import option_list, with_chosen


def region_name(code: str) -> str:
    """A region's name with its province."""
    return atlas()[code].full_name


def province_name(code: str) -> str:
    """The province that a region lies in."""
    return province_of(code).name


def region_options(selected: str | None) -> Markup:
    """Every region as the options of a list."""
    return with_chosen(_region_options(current_language()), [selected])


@lru_cache
def _region_options(language: str) -> str:
    parts: list[str] = []
    for province in provinces():
        options = [(province.code, province.name), *((d.code, d.full_name) for d in districts(province.code))]
        parts.append(f'<optgroup label="{escape(province.name)}">{option_list(options)}</optgroup>')
    return "".join(parts)


FOR_TEMPLATES = (region_name, province_name, region_options, map_labels)
