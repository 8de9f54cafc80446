"""What pages and commands call a strength, and how a query stands on its form, in its chips and in addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from markupsafe import Markup

from hub.language import N_, _, current_language
from hub.regions.atlas import atlas
from hub.regions.labels import region_options
from hub.search import query as queries
from hub.search.query import Parameter, Query, scope_name
from hub.web.addresses import address
from hub.web.formats import option_list, with_chosen

Choice = tuple[Parameter, Markup]
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


def strength_name(word: str) -> str:
    """A strength in words."""
    return _(STRENGTH_NAMES[word])


def alike_title(total: int, more: bool) -> str:
    """The heading of those who do the like of what is asked for, with their number."""
    if more:
        return _("비슷한 일을 하거나 같은 어려움을 겪는 곳 %(n)d곳 이상", n=total)
    return _("비슷한 일을 하거나 같은 어려움을 겪는 곳 %(n)d곳", n=total)


def form_choices(
    parameters: Iterable[Parameter], chosen: Mapping[str, str], near: str | None
) -> list[Choice]:
    """Parameters with their values as the options of a list, the chosen one marked.

    :param near: where the reader is: that stands for where nothing is chosen.
    """
    language = current_language()
    found = []
    for parameter in parameters:
        value = near if parameter is queries.NEAR else chosen.get(parameter.name)
        found.append((parameter, with_chosen(_options(parameter, language), [value])))
    return found


@lru_cache
def _options(parameter: Parameter, language: str) -> str:
    nothing = option_list([("", _(parameter.anything))])
    if parameter.values is atlas:
        return nothing + str(region_options(None))
    return nothing + option_list((str(value), parameter.called(value)) for value in parameter.values())


def search_for(text: str | None = None, region: str | None = None, kind: str | None = None) -> str:
    """The address of a search."""
    values = {queries.TEXT: text, queries.REGION.name: region, queries.KIND.name: kind}
    return search_address(Query.of(values, check=False))


def search_address(query: Query) -> str:
    """The address of a query's page."""
    return address("search.find", {}, query.given.items())


FOR_TEMPLATES = (strength_name, alike_title, scope_name, form_choices, search_for, search_address)
CONSTANTS = {
    "strength_badges": STRENGTH_BADGES,
    "search_text": queries.TEXT,
    "main_parameters": queries.MAIN,
    "most_compared": queries.MOST_COMPARED,
    "narrowing_parameters": queries.NARROWING,
}
