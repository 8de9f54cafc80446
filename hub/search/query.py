"""Query: what somebody looks for. Read once from an address, a form, a command or a saved row, and written back by
itself: no other place names one of its parameters.

To add a filter: a field of :class:`hub.index.filters.Filters`, a column in :mod:`hub.index.columns`, its value in
:class:`hub.index.store.Change`, :mod:`hub.index.changes` and :mod:`hub.index.rows`, and a :class:`Parameter` in
``NARROWING`` here. Form, chips, addresses, saved searches and the command follow. CONTRIBUTING.md has the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import numpy as np
import numpy.typing as npt

from embeddings.encoder import Encoder
from hub.choices import one_of
from hub.fields.carried import field_codes, field_name
from hub.index.filters import Filters
from hub.language import N_, _
from hub.numbers import bounded
from hub.problems import Problem
from hub.profiles.labels import kind_name, profile_kind_name, size_name
from hub.profiles.limits import trl_of
from hub.profiles.tables import SIZES, Kind, ProfileKind, Visibility
from hub.regions.atlas import atlas, place
from hub.search.trade_words import with_meant
from hub.text import check_length, has_words, one_line
from hub.web.addresses import same_page

LONGEST_QUERY = 1000
PAGE = 20
MOST_COMPARED = 4  # side by side
FURTHEST = 400  # beyond the four-hundredth profile nobody has ever needed to look
# Who can help, which is what a search shows; and beside it who does the like or has the like problem.
HELP = frozenset({Kind.CAPABILITY, Kind.ASSET})
ALIKE = frozenset({Kind.BUSINESS, Kind.NEED})
# What may be chosen beside the single kinds; nothing chosen is ``HELP``.
SCOPES: dict[str, frozenset[str]] = {"alike": ALIKE, "any": frozenset()}
SCOPE_NAMES = {"": N_("도울 수 있는 곳"), "alike": N_("비슷한 사업·수요"), "any": N_("모든 종류")}
SORTS = ("fit", "distance", "newest")
SORT_NAMES = {"": N_("적합도순"), "distance": N_("가까운 순"), "newest": N_("새 글 순")}
LANGUAGE_NAMES = {"ko": N_("한국어"), "en": N_("영어")}
VISIBILITY_NAMES = {Visibility.PUBLIC: N_("이름을 밝힌 곳"), Visibility.HIDDEN_NAME: N_("이름을 숨긴 곳")}


def as_kept(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A vector as a statement's is kept, so that the same text asks the same, typed or posted."""
    return vector.astype(np.float16).astype(np.float32)


def scope_name(kind: str) -> str:
    """What a search is about: a statement's kind, or several; an unknown one as it was written."""
    if kind in SCOPE_NAMES:
        return _(SCOPE_NAMES[kind])
    return kind_name(kind) if kind in set(Kind) else kind


@dataclass(frozen=True)
class Parameter:
    """One thing that a search can be given beside its text."""

    name: str  # in addresses, forms and commands
    title: str  # on the form
    anything: str  # what its list calls no choice
    values: Callable[[], Iterable[str]]
    called: Callable[[str], str]  # what a value is called
    metavar: str = ""  # of the command's option
    help: str = ""  # likewise; there is one if this is
    filter: str = ""  # the set of :class:`Filters` that its value goes into, if it is one
    what: str = ""  # what a message calls it, where that is not its title


TEXT = "q"
KIND = Parameter(
    "kind",
    N_("무엇을"),
    SCOPE_NAMES[""],
    lambda: (*Kind, *SCOPES),
    scope_name,
    "KIND",
    N_(
        "capability, asset, business, need, alike(사업·수요), any 가운데 하나. 없으면 도울 수 있는 곳(capability와 asset)"
    ),
    what=N_("등록 종류"),
)
REGION = Parameter(
    "region",
    N_("어디에서"),
    N_("전국"),
    atlas,
    lambda code: place(code).full_name,
    "CODE",
    N_("이 지역 안에서만: 시도 2자리나 시군구 5자리"),
)
NEAR = Parameter("near", N_("기준 위치"), N_("정하지 않음"), atlas, lambda code: place(code).full_name)
SORT = Parameter("sort", N_("차례"), SORT_NAMES[""], lambda: SORTS[1:], lambda sort: _(SORT_NAMES[sort]))
TRL_FROM, TRL_TO = (
    Parameter(name, title, N_("정하지 않음"), lambda: map(str, range(1, 10)), str, "N", text)
    for name, title, text in (
        ("trl_from", N_("TRL 부터"), N_("기술성숙도(TRL) N부터")),
        ("trl_to", N_("TRL 까지"), N_("기술성숙도(TRL) N까지")),
    )
)
NARROWING = (
    Parameter(
        "profile_kind",
        N_("기관 종류"),
        N_("모든 기관"),
        lambda: ProfileKind,
        profile_kind_name,
        "KIND",
        N_("university, institute, company 가운데 하나"),
        "profile_kinds",
    ),
    Parameter(
        "size",
        N_("기업 규모"),
        N_("모든 규모"),
        lambda: SIZES,
        size_name,
        "SIZE",
        N_("small, medium, large 가운데 하나"),
        "sizes",
    ),
    Parameter(
        "field",
        N_("기술 분야"),
        N_("모든 분야"),
        field_codes,
        field_name,
        "CODE",
        N_("기술 분야 코드"),
        "fields",
    ),
    TRL_FROM,
    TRL_TO,
    Parameter(
        "language",
        N_("적힌 언어"),
        N_("모든 언어"),
        lambda: LANGUAGE_NAMES,
        lambda language: _(LANGUAGE_NAMES[language]),
        "LANGUAGE",
        N_("ko나 en으로 적힌 것만"),
        "languages",
        N_("언어"),
    ),
    Parameter(
        "visibility",
        N_("기관 이름"),
        N_("모두"),
        lambda: VISIBILITY_NAMES,
        lambda visibility: _(VISIBILITY_NAMES[Visibility(visibility)]),
        filter="visibilities",
        what=N_("공개 범위"),
    ),
)
# In this order: it is part of the digest by which a saved search is found again.
PARAMETERS = (KIND, REGION, NEAR, *NARROWING, SORT)
MAIN = (KIND, REGION, NEAR, SORT)  # on the form beside the text, in this order
NAMES = (TEXT, *(parameter.name for parameter in PARAMETERS))
WEAK = "weak"  # whether what hardly answers is on the page too
SHOW, AFTER = "show", "after"  # how much of it is on the page; and what htmx has there already


@dataclass(frozen=True)
class Query:
    """What is looked for, where, in which order, and how much of it is shown.

    A statement that looks for others is a query too: then its text and its vector are the statement's.
    """

    text: str = ""  # cleaned, in one line
    filters: Filters = field(default=Filters(kinds=HELP))
    near: str | None = None  # a region's code, where the reader is
    origin: str | None = None  # the one from which distances count: where the reader is, else where is looked
    sort: str = SORTS[0]
    shown: int = PAGE  # so many from the first on
    after: int = 0  # of which so many are on the page already
    weak: bool = False  # what hardly answers is shown too
    makes: bool = False  # its text is what a firm makes
    like: int | None = None  # the number of a statement that looks for its own like
    chosen: Mapping[str, str] = field(
        default_factory=dict, compare=False
    )  # parameters beside the text, as given
    has_filters: bool = field(default=True, compare=False)  # whether they are those of what was chosen
    # Once computed, see :meth:`encoded`.
    vector: npt.NDArray[np.float32] = field(default=None, compare=False, repr=False)  # type: ignore[arg-type]

    @classmethod
    def of(
        cls,
        values: Mapping[str, str | None],
        *,
        home: str | None = None,
        is_part: bool = False,
        check: bool = True,
    ) -> Query:
        """The query that an address, a form or a command gives.

        :param home: where the reader is, for one who does not say from where.
        :param is_part: only what the page does not have yet is asked for.
        :param check: without it the query has no filters until it is :meth:`checked`: to be shown again, whatever
            it was given.
        :raises Problem: naming the value that cannot be used.
        """
        given = {name: one_line(value) for name in NAMES if (value := values.get(name))}
        text = given.pop(TEXT, "")
        chosen = {name: value for name, value in given.items() if value}
        sort = chosen.get(SORT.name, "")
        near = chosen.get(NEAR.name) or home
        if check and near:
            place(near)
        filters = _filters(chosen) if check else Filters(kinds=HELP)
        shown = bounded(values.get(SHOW), default=PAGE, least=PAGE, most=FURTHEST) // PAGE * PAGE
        return cls(
            text=text,
            filters=filters,
            near=near,
            origin=near or filters.region,
            sort=sort if sort in SORTS else SORTS[0],
            shown=shown,
            weak=values.get(WEAK) == "1",
            after=bounded(values.get(AFTER), default=0, least=0, most=shown) if is_part else 0,
            chosen=chosen,
            has_filters=check,
        )

    @property
    def given(self) -> dict[str, str]:
        """Every parameter that says something, by name."""
        return {TEXT: self.text, **self.chosen} if self.text else dict(self.chosen)

    @property
    def address(self) -> str:
        """What follows the question mark of its page's address; how much is shown is no part of it."""
        return urlencode(self.given)

    @property
    def kind(self) -> str:
        """What it is about, as it was given; nothing for those who can help."""
        return self.chosen.get(KIND.name, "")

    @property
    def region(self) -> str | None:
        """Where is looked, if there is such a region."""
        region = self.chosen.get(REGION.name)
        return region if region in atlas() else None

    def checked(self) -> Query:
        """Itself, if it can be looked for; one made without a check has its filters now.

        :raises Problem: when it says nothing, is too long, or was given a value that cannot be used.
        """
        check_length(_("검색어"), self.text, LONGEST_QUERY)
        if not has_words(self.text):
            raise Problem(_("찾을 내용을 낱말이나 문장으로 적어 주십시오."))
        if self.has_filters:
            return self
        if self.near:
            place(self.near)
        filters = _filters(self.chosen)
        return replace(self, filters=filters, origin=self.near or filters.region, has_filters=True)

    def encoded(self, encoder: Encoder, vector: npt.NDArray[np.float32] | None = None) -> Query:
        """With its vector.

        :param vector: where it is known already.
        """
        if vector is None:
            vector = as_kept(encoder.encode_one(with_meant(self.text)))
        return replace(self, vector=vector)

    # Of these only the address matters: where the reader is, and how much is shown, the page itself knows.

    def asking(self, text: str) -> Query:
        """The same of another text."""
        return Query.of({**self.chosen, TEXT: text}, check=False)

    def about(self, kind: str) -> Query:
        """The same of another kind."""
        return Query.of({**self.given, KIND.name: kind}, check=False)

    def without(self, *parameters: Parameter) -> Query:
        """The same with these parameters left open."""
        open_now = {parameter.name for parameter in parameters}
        return Query.of({n: value for n, value in self.given.items() if n not in open_now}, check=False)

    def anywhere(self) -> Query:
        """The same in the whole country."""
        return self.without(REGION)

    def newest_first(self) -> Query:
        """The same, what changed last first."""
        return Query.of({**self.given, SORT.name: "newest"}, check=False)

    def unnarrowed(self) -> Query:
        """The same of all sorts."""
        return self.without(*NARROWING)

    def here(self, *, more: bool = False, is_part: bool = False, weak: bool = False) -> str:
        """The address of the page that is open, with this query in place of its own.

        :param more: a page more is shown; ``is_part`` asks for that page alone; ``weak`` what hardly answers too.
        """
        shown = self.shown + PAGE if more else self.shown
        given = {TEXT: self.text or None, **{name: self.chosen.get(name) for name in NAMES[1:]}}
        paged = {SHOW: shown if shown > PAGE else None, AFTER: self.shown if is_part else None}
        return same_page(**given, **paged, **{WEAK: 1 if weak else None})

    def chips(self) -> list[tuple[str, Query]]:
        """What it is narrowed by, in words, each with the query that is not."""
        found = []
        for parameter in (KIND, REGION, *NARROWING):
            value = self.chosen.get(parameter.name)
            if value and parameter not in (TRL_FROM, TRL_TO):
                found.append((parameter.called(value), self.without(parameter)))
            if parameter is TRL_TO and self.filters.trl:
                low, high = self.filters.trl
                found.append((f"TRL {low}–{high}", self.without(TRL_FROM, TRL_TO)))
        return found


def _filters(chosen: Mapping[str, str]) -> Filters:
    """What a search is limited to.

    :raises Problem: naming the value that is none.
    """
    if region := chosen.get(REGION.name):
        place(region)
    kind = one_of(chosen.get(KIND.name), sorted(KIND.values()), _(KIND.what))
    sets = {
        parameter.filter: frozenset({value})
        for parameter in NARROWING
        if parameter.filter
        and parameter.name in chosen
        and (
            value := one_of(
                chosen.get(parameter.name), sorted(parameter.values()), _(parameter.what or parameter.title)
            )
        )
    }
    trl = _range(chosen.get(TRL_FROM.name), chosen.get(TRL_TO.name))
    kinds = SCOPES.get(kind, frozenset({kind})) if kind else HELP
    return Filters(region, kinds, trl=trl, **sets)


def _range(least: str | None, most: str | None) -> tuple[int, int] | None:
    """A range of TRLs; one end is enough."""
    if not least and not most:
        return None
    low, high = trl_of(least) or 1, trl_of(most) or 9
    if low > high:
        raise Problem(_("기술성숙도(TRL) 범위가 거꾸로입니다: %(low)d에서 %(high)d까지.", low=low, high=high))
    return low, high
