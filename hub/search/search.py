"""Search: who answers a query; and up to four of the answers side by side."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from sqlmodel import Session, col, select

from embeddings.calibration import WORDS
from hub.fields.carried import field_codes
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.language import _
from hub.problems import Problem
from hub.profiles.limits import check_length, trl_of
from hub.profiles.tables import SIZES, Kind, ProfileKind, Statement, Visibility
from hub.regions.atlas import place
from hub.search.answers import Answer, is_english, read_all_answers, read_answers
from hub.search.query import ALIKE, FURTHEST, HELP, LONGEST_QUERY, SCOPES, Query
from hub.search.ranking import Hit, rank
from hub.search.reader import ANYBODY, Reader, reader_of
from hub.text import has_words, one_line

WEAK = 35
SHOWN_LANGUAGES = ("ko", "en")
MOST_COMPARED = 4
MOST_ALIKE = 5
ALIKE_COUNTED = 20  # where there are as many, the page says «20 or more»


@dataclass(frozen=True)
class Results:
    """One page of answers."""

    query: Query
    answers: list[Answer]
    more: bool
    alike: list[Answer] = field(default_factory=list)  # beside those who can help: the first who do the like
    alike_total: int = 0  # how many of these answer at a sensible strength; ``ALIKE_COUNTED`` at most
    alike_more: bool = False  # whether there may be more than were counted

    @property
    def english(self) -> bool:
        """Whether it was asked in English: English texts and names come first."""
        return is_english(self.query.text)

    @property
    def nothing_fits(self) -> bool:
        """Whether even the best answer is more likely wrong than not, by far."""
        return bool(self.answers) and all(a.best.hit.strength < WEAK for a in self.answers)


def parse_filters(
    region: str | None = None,
    kind: str | None = None,
    profile_kind: str | None = None,
    *,
    size: str | None = None,
    field: str | None = None,
    trl_from: str | None = None,
    trl_to: str | None = None,
    language: str | None = None,
    visibility: str | None = None,
) -> Filters:
    """Filters from what a reader typed or chose; blank means any, of the kinds those who can help.

    :raises Problem: naming the value that is not one.
    """
    region, kind, profile_kind, size, field, trl_from, trl_to, language, visibility = (
        one_line(value or "")
        for value in (region, kind, profile_kind, size, field, trl_from, trl_to, language, visibility)
    )
    if region:
        place(region)
    return Filters(
        region=region or None,
        kinds=_kinds(kind),
        profile_kinds=_chosen(profile_kind, set(ProfileKind), _("기관 종류")),
        sizes=_chosen(size, SIZES, _("기업 규모")),
        fields=_chosen(field, field_codes(), _("기술 분야")),
        trl=_range(trl_from, trl_to),
        languages=_chosen(language, SHOWN_LANGUAGES, _("언어")),
        visibilities=_chosen(visibility, (Visibility.PUBLIC, Visibility.HIDDEN_NAME), _("공개 범위")),
    )


def _kinds(kind: str | None) -> frozenset[str]:
    """The kinds of statement that a word stands for: itself, or one of ``SCOPES``."""
    if not kind:
        return HELP
    chosen = _chosen(kind, {*Kind, *SCOPES}, _("등록 종류"))
    return SCOPES.get(kind, chosen)


def _range(least: str | None, most: str | None) -> tuple[int, int] | None:
    """A range of TRLs; one end is enough."""
    if not least and not most:
        return None
    low, high = trl_of(least) or 1, trl_of(most) or 9
    if low > high:
        raise Problem(_("기술성숙도(TRL) 범위가 거꾸로입니다: %(low)d에서 %(high)d까지.", low=low, high=high))
    return low, high


def _chosen(value: str | None, known: Iterable[str], what: str) -> frozenset[str]:
    if not value:
        return frozenset()
    known = sorted(str(k) for k in known)
    if value not in known:
        raise Problem(
            _(
                "%(what)s «%(value)s»은(는) 없습니다. 쓸 수 있는 값: %(known)s.",
                what=what,
                value=value[:40],
                known=", ".join(known),
            )
        )
    return frozenset({value})


def clean_query(text: str) -> str:
    """The query as it is searched.

    :raises Problem: when nothing is left of it or it is too long.
    """
    query = one_line(text)
    check_length(_("검색어"), query, LONGEST_QUERY)
    if not has_words(query):
        raise Problem(_("찾을 내용을 낱말이나 문장으로 적어 주십시오."))
    return query


def search(engine: Engine, session: Session, query: Query, account_id: int | None = None) -> Results:
    """The organisations whose statements answer a query; beside those who can help, on the first page, those who
    do the like.

    :param account_id: who asks: what this person has said of earlier matches counts.
    :raises Problem: when the query's text cannot be looked for.
    """
    query.checked()
    engine.sync(session)
    query = query.encoded(engine.encoder)
    reader = reader_of(engine, session, query.origin, account_id)
    if query.sort == "fit":
        found = groups(engine, query, min(query.shown + 1, FURTHEST), reader)
    else:
        found = _sorted(session, groups(engine, query, FURTHEST, reader), query.sort)
    shows_alike = query.filters.kinds == HELP and not query.after
    beside = _alike(engine, query, reader) if shows_alike else []
    page = found[query.after : query.shown]
    answers, alike = read_all_answers(engine, session, [(query, page), (query, beside[:MOST_ALIKE])])
    return Results(
        query,
        answers,
        more=len(found) > query.shown,
        alike=alike,
        alike_total=min(len(beside), ALIKE_COUNTED),
        alike_more=len(beside) >= ALIKE_COUNTED,
    )


def _alike(engine: Engine, query: Query, reader: Reader) -> list[list[Hit]]:
    """Who does the like of what is asked for, or has the like problem, at a sensible strength."""
    alike = replace(query, filters=replace(query.filters, kinds=ALIKE))
    # Twice as many as are counted, for what firms make and what they need are not equally strong by rank.
    return [hits for hits in groups(engine, alike, 2 * ALIKE_COUNTED, reader) if hits[0].strength >= WEAK]


def compare(
    engine: Engine,
    session: Session,
    query: Query,
    statement_ids: Iterable[int],
    account_id: int | None = None,
) -> list[Answer]:
    """The same for chosen statements only, side by side; four at most, what is not published left out.

    :raises Problem: when the query's text cannot be looked for.
    """
    query.checked()
    engine.sync(session)
    query = query.encoded(engine.encoder)
    reader = reader_of(engine, session, query.origin, account_id)
    chosen = np.asarray(list(dict.fromkeys(statement_ids))[:MOST_COMPARED], dtype=np.int64)
    # They were chosen, whatever the search was limited to.
    anything = replace(query, filters=Filters(), near=query.origin)
    hits = rank(engine.store, engine.background, anything, MOST_COMPARED, reader=reader, among=chosen)
    return read_answers(engine, session, anything, [[hit] for hit in hits])


def _sorted(session: Session, found: list[list[Hit]], sort: str) -> list[list[Hit]]:
    """Groups in another order than that of their fit; those that hardly fit are then left out."""
    fitting = [hits for hits in found if hits[0].word != WORDS[-1]] or found
    if sort == "distance":
        return sorted(
            fitting, key=lambda hits: math.inf if hits[0].distance_km is None else hits[0].distance_km
        )
    # The moment, not the day, which is all that the index has; of two at one moment the later entry.
    numbers = [hits[0].statement_id for hits in fitting]
    changed = select(Statement.updated_at, Statement.id).where(col(Statement.id).in_(numbers))
    places = {
        number: at
        for at, (_when, number) in enumerate(
            session.exec(changed.order_by(col(Statement.updated_at).desc(), col(Statement.id).desc()))
        )
    }
    return sorted(fitting, key=lambda hits: places.get(hits[0].statement_id, len(places)))


def groups(engine: Engine, query: Query, wanted: int, reader: Reader = ANYBODY) -> list[list[Hit]]:
    """The first ``wanted`` groups of statements, in the order of their best one.

    The best one alone speaks for an organisation: on the project's own needs nDCG@10 is 0.830 with it and
    0.746 with the mean of the best three, for a need asks for one of the unlike things that it does.
    """
    limit = wanted
    while True:
        hits = rank(engine.store, engine.background, query, limit, reader=reader)
        found: dict[tuple[str, int], list[Hit]] = defaultdict(list)
        for hit in hits:
            found[hit.group].append(hit)
        # Some profiles say many things: look further until enough different ones are found.
        if len(found) >= wanted or len(hits) < limit:
            return list(found.values())[:wanted]
        limit *= 4
