"""Answers: what a search found, as a page shows it, and why it answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from sqlmodel import Session

from embeddings.phrases import phrases
from hub.fields.read import field_names
from hub.index.engine import Engine
from hub.index.store import Texts, Words
from hub.language import current_language
from hub.profiles.published import hides_name, place_of, profiles_that_share, read_published, shown_profile
from hub.profiles.script import language_of
from hub.profiles.solved import shown_problem
from hub.profiles.tables import Profile, Statement
from hub.regions.atlas import distance_from
from hub.search.explain import Telling, Why, field_in_common, telling_words, why
from hub.search.query import Query
from hub.search.ranking import Floats, Hit

SHOWN = 3  # statements of one profile on a page of answers
# In standard scores: half of the right first answers to the hard needs have a problem as near; below it, what was shown
# had little to do with what was asked.
NEAR_PROBLEM = 3.4


@dataclass(frozen=True)
class Match:
    """One statement that answers, as a page shows it."""

    hit: Hit
    statement: Statement
    wording: int  # which of its texts is shown: its own (0) or its translation (1)
    why: Why
    solves: str  # the problem that it says it solves and that is near to what was asked; "" where none is
    fields: tuple[str, ...]  # the technology fields that its poster confirmed
    fields_in_common: tuple[str, ...]  # those of them that the text names too
    shares_equipment: bool  # whether its profile has posted an asset for others to use


@dataclass(frozen=True)
class Answer:
    """One organisation and its statements that answer, the best first.

    ``profile`` is ``None`` when the best one hides its name: then nothing here tells who it is.
    """

    profile: Profile | None
    matches: list[Match] = field(default_factory=list)
    further: int = 0  # statements of the same profile that answer less well and are not shown

    @property
    def best(self) -> Match:
        """The statement that answers best."""
        return self.matches[0]


@lru_cache(maxsize=1024)
def is_english(text: str) -> bool:
    """A sentence or a word of English; «SiC» and «GLP» stand in Korean sentences too."""
    plain = unicodedata.normalize("NFKC", text)
    return language_of(plain) == "en" and re.search(r"[a-z]{4}", plain) is not None


def _wording(statement: Statement, language: str | None, nearest: int) -> int:
    """Which of a statement's texts to show: the one in the language of the query, else the nearest one."""
    if not statement.translation or language not in ("ko", "en"):
        return nearest
    return int(statement.language != language)


def read_answers(engine: Engine, session: Session, query: Query, groups: list[list[Hit]]) -> list[Answer]:
    """Reads what the hits point at; of each group what a page shows, and how much more there is."""
    return read_all_answers(engine, session, [(query, groups)])[0]


def read_all_answers(
    engine: Engine, session: Session, found: list[tuple[Query, list[list[Hit]]]]
) -> list[list[Answer]]:
    """The same for several queries, read together."""
    ids = {hit.statement_id for _query, groups in found for hits in groups for hit in hits[:SHOWN]}
    known = _Known(session, ids)
    shown = [(query, [(_shown(known, query, hits), hits) for hits in groups]) for query, groups in found]
    phrases_of = iter(
        nearest_phrases(
            engine,
            [
                (query.vector, statement, wording)
                for query, groups in shown
                for each, _hits in groups
                for _hit, statement, wording in each
            ],
        )
    )
    answers: list[list[Answer]] = []
    solved_of = iter(
        nearest_problems(
            engine,
            [
                (query.vector, query.text, statement)
                for query, groups in shown
                for each, _hits in groups
                for _hit, statement, _wording_ in each
            ],
        )
    )
    for query, groups in shown:
        answers.append([])
        told = _Told(query.text, telling_words(query.text, engine.store.words), engine.store.words)
        for each, hits in groups:
            matches = [_match(known, told, one, next(phrases_of), next(solved_of)) for one in each]
            if matches:
                owner = shown_profile(*known.found[matches[0].statement.id])
                answers[-1].append(Answer(owner, matches, len(hits) - len(hits[:SHOWN])))
    return answers


class _Known:
    """What pages need of some statements, as the database has it now."""

    def __init__(self, session: Session, ids: set[int]) -> None:
        self.found = read_published(session, ids)
        self.fields = field_names(session, self.found)
        owners = {profile.id for _statement, profile in self.found.values()}
        self.sharing = profiles_that_share(session, owners)


def _shown(known: _Known, query: Query, hits: list[Hit]) -> list[tuple[Hit, Statement, int]]:
    """What a page shows of one group: the hits that still stand, and which text of each."""
    shown = []
    language = "en" if is_english(query.text) else language_of(query.text)
    for hit in hits[:SHOWN]:
        if hit.statement_id not in known.found:
            continue
        statement, profile = known.found[hit.statement_id]
        # Its name was hidden or shown this very moment: the group that it was put into says too much.
        if hides_name(statement.visibility) != hit.hidden:
            continue
        placed = _placed(hit, query.origin, place_of(statement, profile))
        shown.append((placed, statement, _wording(statement, language, hit.wording)))
    return shown


@dataclass(frozen=True)
class _Told:
    """What explains the answers to one query."""

    text: str
    telling: Telling
    words: Words


def _match(known: _Known, told: _Told, shown: tuple[Hit, Statement, int], nearest: str, solves: str) -> Match:
    """:param nearest: the phrase that is nearest to the query; ``solves`` the problem."""
    hit, statement, wording = shown
    names = known.fields.get(statement.id, ())
    return Match(
        hit=hit,
        statement=statement,
        wording=wording,
        why=why(told.telling, statement.said(wording), told.words, nearest),
        solves=solves,
        fields=names,
        fields_in_common=field_in_common(told.text, names),
        # What else a hidden name has posted is not told.
        shares_equipment=not hit.hidden and known.found[statement.id][1].id in known.sharing,
    )


def _placed(hit: Hit, origin: str | None, region: str) -> Hit:
    """The hit, placed where the database says now."""
    if hit.region_code == region:
        return hit
    away = None if origin is None else distance_from(origin, region)
    return replace(hit, region_code=region, distance_km=away)


def nearest_phrases(engine: Engine, wanted: list[tuple[Floats, Statement, int]]) -> list[str]:
    """Of each statement's text (0) or translation (1) the phrase that is nearest to a vector; "" for a single one."""
    if not wanted:
        return []
    vectors = [engine.background.correct(vector) for vector, _statement, _wording_ in wanted]
    ids = np.asarray([statement.id for _vector, statement, _wording_ in wanted], dtype=np.int64)
    wordings = np.asarray([wording for _vector, _statement, wording in wanted], dtype=np.int8)
    numbers = engine.store.nearest_phrases(np.stack(vectors), Texts(ids, wordings))
    return [
        "" if number is None else _phrases(statement.said(wording)).get(number, "")
        for (_vector, statement, wording), number in zip(wanted, numbers, strict=True)
    ]


def nearest_problems(engine: Engine, wanted: list[tuple[Floats, str, Statement]]) -> list[str]:
    """Of each statement the problem that is nearest to a vector, in the language of its text; "" where none is near."""
    if not wanted:
        return []
    vectors = np.stack([engine.background.correct(vector) for vector, _text, _statement in wanted])
    found = engine.store.nearest_problems(vectors, Texts.own(statement.id for _v, _t, statement in wanted))
    near = engine.bank.background
    return [
        shown_problem(statement.problems[nearest[0]], _reads(text))
        # It may have been edited since the index was brought up to date.
        if nearest is not None
        and nearest[0] < len(statement.problems)
        and near.standardise(vector, np.asarray([nearest[1]], np.float32))[0] >= NEAR_PROBLEM
        else ""
        for vector, (_vector, text, statement), nearest in zip(vectors, wanted, found, strict=True)
    ]


def _reads(text: str) -> str:
    """The language in which whoever asked this is answered."""
    return "en" if is_english(text) or current_language() == "en" else "ko"


@lru_cache(maxsize=2048)
def _phrases(text: str) -> Mapping[int, str]:
    return dict(enumerate(phrases(text)))
