"""Answers: what a search found, as a page shows it, and why it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sqlmodel import Session

from embeddings.phrases import phrases
from hub.matching.engine import Engine
from hub.matching.explain import Why, field_in_common, why
from hub.matching.ranking import Asked, Floats, Hit
from hub.profiles.fields import field_names
from hub.profiles.lookup import profiles_that_share
from hub.profiles.published import read_published
from hub.profiles.script import language_of
from hub.profiles.tables import Profile, Statement

SHOWN = 3  # statements of one profile on a page of answers


@dataclass(frozen=True)
class Match:
    """One statement that answers, as a page shows it."""

    hit: Hit
    statement: Statement
    version: int  # which of its texts is shown: its own (0) or its translation (1)
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


def is_english(text: str) -> bool:
    """A sentence or a word of English; «SiC» and «GLP» stand in Korean sentences too."""
    return language_of(text) == "en" and re.search(r"[a-z]{4}", text) is not None


def _version(statement: Statement, text: str, nearest: int) -> int:
    """Which of a statement's texts to show: the one in the language of the question, else the nearest one."""
    wanted = "en" if is_english(text) else language_of(text)
    if not statement.translation or wanted not in ("ko", "en"):
        return nearest
    return int(statement.language != wanted)


def read_answers(engine: Engine, session: Session, asked: Asked, groups: list[list[Hit]]) -> list[Answer]:
    """Reads what the hits point at; of each group what a page shows, and how much more there is."""
    shown = [hits[:SHOWN] for hits in groups]
    found = read_published(session, [hit.statement_id for hits in shown for hit in hits])
    fields = field_names(session, found)
    sharing = profiles_that_share(session, {profile.id for _statement, profile in found.values()})
    answers = []
    for group, hits in zip(groups, shown, strict=True):
        matches = []
        for hit in hits:
            if hit.statement_id not in found:
                continue
            statement, profile = found[hit.statement_id]
            names = fields.get(statement.id, ())
            version = _version(statement, asked.text, hit.version)
            matches.append(
                Match(
                    hit=hit,
                    statement=statement,
                    version=version,
                    why=explain(engine, asked.vector, asked.text, statement, version),
                    fields=names,
                    fields_in_common=field_in_common(asked.text, names),
                    shares_equipment=profile.id in sharing,
                )
            )
        if matches:
            profile = found[matches[0].statement.id][1]
            hidden = matches[0].hit.hidden
            answers.append(Answer(None if hidden else profile, matches, len(group) - len(hits)))
    return answers


def explain(engine: Engine, vector: Floats, text: str, statement: Statement, version: int) -> Why:
    """Why a statement answers a text: its nearest phrase, and the words that both use."""
    replica, said = engine.replica, statement.said(version)
    nearest = ""
    with replica.lock.reading():
        rows = replica.rows_of(statement.id)
        if version < len(rows):
            number = replica.parts.which(engine.background.correct(vector), rows[version])
            parts = phrases(said)
            nearest = parts[number] if number is not None and number < len(parts) else ""
        return why(text, said, replica.words, nearest)
