"""The technology field that a text lies in."""

from __future__ import annotations

import csv

from hub.fields.carried import DATA, FIELDS_OF_LABEL, field_codes
from hub.fields.nearest import proposed_fields
from hub.index.engine import Engine
from tests.posting.test_statements import post


def test_the_field_of_a_text_is_among_those_proposed(sqlite_engine: Engine) -> None:
    """Of the carried capabilities whose field is known nine in ten have it among the three."""
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["field"] in FIELDS_OF_LABEL]
    right = 0
    for row in rows:
        proposed = [
            field.code
            for field in proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, row["capability"])
        ]
        assert len(proposed) == 3
        right += any(code in FIELDS_OF_LABEL[row["field"]] for code in proposed)
    assert right / len(rows) > 0.85
    assert proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, "") == []
    assert proposed_fields(sqlite_engine.encoder, sqlite_engine.subclasses, "12345") == []


def test_a_field_that_the_poster_confirmed_goes_before_the_nearest(sqlite_engine: Engine) -> None:
    text = "벼와 콩 품종을 육종하고 논밭의 병해충을 줄이는 재배 기술을 가지고 있습니다."
    plain = post(sqlite_engine, "세계김치연구소", text)
    confirmed = post(sqlite_engine, "세계김치연구소", text, fields=("EF", "S02"))
    with sqlite_engine.database.reading() as session:
        sqlite_engine.sync(session)
    fields = sqlite_engine.store.facts(one.id for one in (plain, confirmed)).field
    assert [field_codes()[number] for number in fields] == ["LB", "EF"]
