"""Answers: what a search found, as a page shows it, and why it answers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlmodel import Session

from embeddings.phrases import phrases
from hub.fields.read import field_names
from hub.index.engine import Engine
from hub.profiles.lookup import profiles_that_share
from hub.profiles.published import hides_name, place_of, read_published, shown_profile
from hub.profiles.script import language_of
from hub.profiles.tables import Profile, Statement
from hub.regions.atlas import distance_km
from hub.search.explain import Why, field_in_common, telling_words, why
from hub.search.ranking import Asked, Floats, Hit

SHOWN = 3  # statements of one profile on a page of answers


@dataclass(frozen=True)
class Match:
    """One statement that answers, as a page shows it."""

    hit: Hit
    statement: Statement
    wording: int  # which of its texts is shown: its own (0) or its translation (1)
    why: Why
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


def _wording(statement: Statement, text: str, nearest: int) -> int:
    """Which of a statement's texts to show: the one in the language of the question, else the nearest one."""
    if not statement.translation:
        return nearest
    wanted = "en" if is_english(text) else language_of(text)
    if wanted not in ("ko", "en"):
        return nearest
    return int(statement.language != wanted)


def read_answers(engine: Engine, session: Session, asked: Asked, groups: list[list[Hit]]) -> list[Answer]:
    """Reads what the hits point at; of each group what a page shows, and how much more there is."""
    return read_all_answers(engine, session, [(asked, groups)])[0]


def read_all_answers(
    engine: Engine, session: Session, asked: list[tuple[Asked, list[list[Hit]]]]
) -> list[list[Answer]]:
    """The same for several questions, read together."""
    ids = {hit.statement_id for _asked, groups in asked for hits in groups for hit in hits[:SHOWN]}
    known = _Known(session, ids)
    found = [(one, [_shown(known, one, hits) for hits in groups]) for one, groups in asked]
    nearest = nearest_phrases(
        engine,
        [
            (one.vector, statement, wording)
            for one, groups in found
            for shown in groups
            for _hit, statement, wording in shown
        ],
    )
    phrase = iter(nearest)
    answers: list[list[Answer]] = []
    for (one, groups), (_one, hits_of) in zip(found, asked, strict=True):
        answers.append([])
        telling = telling_words(one.text, engine.store.words)
        for shown, hits in zip(groups, hits_of, strict=True):
            matches = [_match(engine, known, one, each, (next(phrase), telling)) for each in shown]
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


def _shown(known: _Known, asked: Asked, hits: list[Hit]) -> list[tuple[Hit, Statement, int]]:
    """What a page shows of one group: the hits that still stand, and which text of each."""
    shown = []
    for hit in hits[:SHOWN]:
        if hit.statement_id not in known.found:
            continue
        statement, profile = known.found[hit.statement_id]
        # Its name was hidden or shown this very moment: the group that it was put into says too much.
        if hides_name(statement.visibility) != hit.hidden:
            continue
        placed = _placed(hit, asked, place_of(statement, profile))
        shown.append((placed, statement, _wording(statement, asked.text, hit.wording)))
    return shown


def _match(
    engine: Engine,
    known: _Known,
    asked: Asked,
    shown: tuple[Hit, Statement, int],
    told: tuple[str, frozenset[str]],
) -> Match:
    """:param told: the nearest phrase, and the question's telling words."""
    hit, statement, wording = shown
    nearest, telling = told
    names = known.fields.get(statement.id, ())
    return Match(
        hit=hit,
        statement=statement,
        wording=wording,
        why=why(asked.text, statement.said(wording), engine.store.words, nearest, telling),
        fields=names,
        fields_in_common=field_in_common(asked.text, names),
        # What else a hidden name has posted is not told.
        shares_equipment=not hit.hidden and known.found[statement.id][1].id in known.sharing,
    )


def _placed(hit: Hit, asked: Asked, region: str) -> Hit:
    """The hit, placed where the database says now."""
    if hit.region_code == region:
        return hit
    away = None if asked.origin is None else distance_km(asked.origin, region)
    return replace(hit, region_code=region, distance_km=away)


def nearest_phrases(engine: Engine, wanted: list[tuple[Floats, Statement, int]]) -> list[str]:
    """Of each statement's text (0) or translation (1) the phrase that is nearest to a vector; "" for a single one."""
    replica = engine.store
    numbers: list[int | None] = []
    with replica.lock.reading():
        for vector, statement, wording in wanted:
            rows = replica.rows_of(statement.id)
            query = engine.background.correct(vector)
            numbers.append(replica.parts.which(query, rows[wording]) if wording < len(rows) else None)
    return [
        _phrase(statement.said(wording), number)
        for (_vector, statement, wording), number in zip(wanted, numbers, strict=True)
    ]


@lru_cache(maxsize=2048)
def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrases(text))


def _phrase(text: str, number: int | None) -> str:
    parts = _phrases(text) if number is not None else ()
    return parts[number] if number is not None and number < len(parts) else ""
