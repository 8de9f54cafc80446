"""What pages and commands call a strength, and how a query stands on its form, in its chips and in addresses."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from hub.language import N_, _, current_language
from hub.regions.labels import region_name, region_options
from hub.search import query as queries
from hub.search.query import Parameter, Query, scope_name
from hub.web.addresses import address, same_page
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


def main_parameters() -> tuple[Parameter, ...]:
    """What stands beside the text on the form of a search."""
    return (queries.KIND, queries.REGION, queries.NEAR, queries.SORT)


def narrowing_parameters() -> tuple[Parameter, ...]:
    """What it can be narrowed by further."""
    return queries.NARROWING


def parameter_options(parameter: Parameter, query: Query) -> Markup:
    """The values of a parameter as the options of a list, with the query's own marked."""
    if parameter.is_region:
        anywhere = option_list([("", _(parameter.anything))])
        return Markup(anywhere) + region_options(query.value(parameter))  # noqa: S704 - the project's own names
    return with_chosen(_options(parameter, current_language()), [query.value(parameter)])


@lru_cache
def _options(parameter: Parameter, language: str) -> str:
    return option_list(parameter.listed())


def chips(query: Query) -> list[tuple[str, Query]]:
    """What a query is narrowed by, each with the query that is not."""
    found = []
    if query.kind:
        found.append((scope_name(query.kind), query.without(queries.KIND)))
    if query.filters.region:
        found.append((region_name(query.filters.region), query.without(queries.REGION)))
    for parameter in queries.NARROWING:
        if parameter.filter and (value := query.value(parameter)):
            found.append((parameter.called(value), query.without(parameter)))
        if parameter is queries.TRL_TO and query.filters.trl:
            low, high = query.filters.trl
            found.append((f"TRL {low}–{high}", query.without(queries.TRL_FROM, queries.TRL_TO)))
    return found


def same_search(query: Query) -> str:
    """The search page that is open, with another query in place of its own."""
    return same_page(**query.parameters)


def search_for(text: str | None = None, region: str | None = None, kind: str | None = None) -> str:
    """The address of a search."""
    values = {queries.TEXT: text, queries.REGION.name: region, queries.KIND.name: kind}
    return search_address(Query.unchecked(values))


def search_address(query: Query) -> str:
    """The address of a query's page."""
    return address("search.find", {}, query.given.items())


def search_text_name() -> str:
    """What forms call the text of a search."""
    return queries.TEXT


FOR_TEMPLATES = (
    strength_name,
    strength_badge,
    alike_title,
    scope_name,
    main_parameters,
    narrowing_parameters,
    parameter_options,
    chips,
    same_search,
    search_for,
    search_address,
    search_text_name,
)
