"""A database of any size for `hub bench`: the carried statements, mixed two and two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import Session, col, select

from embeddings.phrases import phrases
from hub.database import Database, next_revision, now
from hub.index.engine import Engine
from hub.index.store import Texts
from hub.profiles.published import PUBLISHED
from hub.profiles.tables import (
    Kind,
    NameKind,
    Profile,
    ProfileKind,
    ProfileName,
    Source,
    Statement,
    Vector,
    Visibility,
)
from hub.regions.atlas import atlas
from hub.settings import Settings
from hub.setup import set_up

SEED = 20_261_124
DISTRICT = "26350"  # the first to get its share: even the smallest hub has statements in this district
BATCH = 20_000
STATEMENTS_A_PROFILE = 5


QUERIES = [
    "전기 자전거 배터리가 겨울에 빨리 닳습니다",
    "두부 유통기한을 늘리고 싶습니다",
    "금형 표면 코팅으로 마모를 줄이려고 합니다",
    "조선소 용접 자동화 로봇",
    "양식장 수질을 실시간으로 관리하는 센서",
    "항암제 후보물질의 독성 시험 기관",
    "자율주행 로봇의 실내 위치 인식",
    "직물 염색 불량을 줄이는 공정",
    "AI model for reading chest x-rays",
    "recycling of carbon fibre waste",
    "태양광 모듈 재활용",
    "드론으로 송전탑 점검",
    "화장품 원료의 피부 안전성 평가",
    "반도체 웨이퍼 세정 장비",
    "노후 교량의 균열 진단",
    "스마트팜 생육 예측",
]

Halves = npt.NDArray[np.float16]


def build(engine: Engine, session: Session, folder: Path, count: int) -> Settings:
    """A hub of ``count`` statements under ``folder``; every second one is a laboratory's capability.

    Each text joins phrases of two carried ones, and its vector lies between theirs; its phrases' vectors
    are the carried ones. Profiles are spread over all districts.
    """
    settings = Settings(var=folder, model=str(engine.encoder.folder), database_url="")
    set_up(settings, lambda _text: None)
    database = Database(settings.database)
    texts = list(session.exec(select(Statement.text).where(PUBLISHED).order_by(col(Statement.id))))
    material = Material(engine, session, texts)
    with database.writing() as writing:
        connection = writing.connection()
        profiles = list(_profiles(count))
        connection.execute(sa.insert(Profile), profiles)
        connection.execute(sa.insert(ProfileName), [_name(profile) for profile in profiles])
        revision = next_revision(writing)
        for start in range(0, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            made = [material.statement(number) for number in numbers]
            connection.execute(
                sa.insert(Statement),
                [
                    _statement(number, text, revision)
                    for number, (text, _vectors) in zip(numbers, made, strict=True)
                ],
            )
            connection.execute(
                sa.insert(Vector),
                [
                    {
                        "statement_id": number + 1,
                        "model": engine.encoder.fingerprint,
                        "data": vectors.astype("<f2").tobytes(),
                    }
                    for number, (_text, vectors) in zip(numbers, made, strict=True)
                ],
            )
    database.engine.dispose()
    return settings


def _profiles(count: int) -> Iterator[dict[str, Any]]:
    districts = sorted(
        (place.code for place in atlas().values() if place.parent_code), key=lambda code: code != DISTRICT
    )
    for number in range(count // STATEMENTS_A_PROFILE + 1):
        lab = number % 2
        yield {
            "id": number + 1,
            "kind": ProfileKind.INSTITUTE if lab else ProfileKind.COMPANY,
            "name_ko": f"{'연구소' if lab else '기업'} {number + 1}",
            "name_key": f"{'연구소' if lab else '기업'}{number + 1}",
            "region_code": districts[number % len(districts)],
            "created_at": now(),
            "updated_at": now(),
        }


def _name(profile: dict[str, Any]) -> dict[str, Any]:
    named = {"profile_id": profile["id"], "name_key": profile["name_key"], "name": profile["name_ko"]}
    return {**named, "kind": NameKind.KOREAN}


def _statement(number: int, text: str, revision: int) -> dict[str, Any]:
    owner = number // STATEMENTS_A_PROFILE
    return {
        "id": number + 1,
        "profile_id": owner + 1,
        "kind": Kind.CAPABILITY if owner % 2 else Kind.BUSINESS,
        "text": text,
        "language": "ko",
        "visibility": Visibility.PUBLIC,
        "source": Source.MEMBER,
        "version": 1,
        "revision": revision,
        "created_at": now(),
        "updated_at": now(),
        "published_at": now(),
    }


class Material:
    """Carried texts and vectors to mix from."""

    def __init__(self, engine: Engine, session: Session, texts: list[str]) -> None:
        rows = engine.store.rows
        ids = session.exec(select(Statement.id).where(PUBLISHED).order_by(col(Statement.id)))
        held = rows.rows_for(Texts.own(ids))
        self._whole = rows.index.vectors(held)
        self._parts = [rows.parts.of(row) for row in held.tolist()]
        self._phrases = [phrases(text) or [text] for text in texts]

    def statement(self, number: int) -> tuple[str, Halves]:
        """Text and vectors of the statement of this number, the same at every call."""
        random = np.random.default_rng((SEED, number))
        one, other = random.integers(0, len(self._phrases), 2)
        share = random.random()
        mixed = share * self._whole[one] + (1 - share) * self._whole[other]
        mixed = mixed + random.standard_normal(mixed.shape) * 0.01
        mixed /= np.linalg.norm(mixed)
        taken = [(self._phrases[i][:2], self._parts[i][:2]) for i in (int(one), int(other))]
        text = ", ".join(phrase for names, _parts in taken for phrase in names)
        parts = [part for _names, part in taken if len(part)]
        return text, np.concatenate([mixed[None].astype(np.float16), *parts])
