"""What pages call a region."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from hub.language import current_language
from hub.regions.atlas import atlas, districts, inside, province_of, provinces
from hub.regions.outlines import map_labels
from hub.web.formats import option_list, with_chosen


def region_name(code: str) -> str:
    """A region's name with its province."""
    return atlas()[code].full_name


def province_name(code: str) -> str:
    """The province that a region lies in."""
    return province_of(code).name


def region_options(selected: str | None, within: str | None = None) -> Markup:
    """Every region as the options of a list, or those of one region alone."""
    return with_chosen(_region_options(current_language(), within), [selected])


@lru_cache
def _region_options(language: str, within: str | None) -> str:
    offered = set(atlas()) if within is None else inside(within)
    parts: list[str] = []
    for province in provinces():
        places = [(province.code, province.name), *((d.code, d.full_name) for d in districts(province.code))]
        options = [(code, name) for code, name in places if code in offered]
        if not options:
            continue
        parts.append(f'<optgroup label="{escape(province.name)}">{option_list(options)}</optgroup>')
    return "".join(parts)


FOR_TEMPLATES = (region_name, province_name, region_options, map_labels)
