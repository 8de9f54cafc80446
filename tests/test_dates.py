"""Moments as people and programs are told them: by Korean clocks, wherever they stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from hub.database import Database
from hub.dates import in_korea, machine_time
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.profiles.tables import Profile, Statement
from hub.search.query import Query
from hub.search.search import search
from hub.web import formats

# Half past eleven at night in UTC: the next morning in Seoul.
LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@given(
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]), min_value=datetime(1990, 1, 1)
    )
)
def test_it_is_the_same_moment(when: datetime) -> None:
    assert in_korea(when) == when
    assert machine_time(when).endswith("+09:00")
    assert datetime.fromisoformat(machine_time(when)) == when.replace(microsecond=0)


@pytest.mark.parametrize(("language", "day"), [("ko", "2026. 3. 2."), ("en", "Mar 2, 2026")])
def test_pages_say_the_day_in_korea(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch, language: str, day: str
) -> None:
    monkeypatch.setattr(formats, "now", lambda: LATE + timedelta(days=30))
    database = sqlite_app.extensions["hub"][Database]
    with database.writing() as session:
        owner = session.exec(select(Profile.id).where(Profile.name_ko == "세계김치연구소")).one()
        session.execute(
            sa.update(Statement)
            .where(sa.column("profile_id") == owner)
            .values(updated_at=LATE, published_at=LATE)
        )
    client = sqlite_app.test_client()
    profile = client.get(f"/profiles/{owner}?lang={language}").text
    assert '<time datetime="2026-03-02T08:30:00+09:00">' in profile
    assert day in profile
    assert "2026. 3. 1." not in profile
    assert "Mar 1, 2026" not in profile
    with sqlite_app.test_request_context(f"/?lang={language}"):
        assert formats.ago(LATE) == day
        assert formats.moment(LATE) == "2026-03-02 08:30"
    sitemap = client.get("/sitemap.xml").text
    assert f"/profiles/{owner}</loc><lastmod>2026-03-02T08:30:00+09:00</lastmod>" in sitemap
    # Nowhere on the pages a moment without its offset, or in another.
    for page in (profile, sitemap, client.get("/").text):
        for told in re.findall(r'(?:datetime="|<lastmod>)([^"<]+)', page):
            assert told.endswith("+09:00")


def test_the_newest_first_goes_by_the_moment(sqlite_engine: Engine) -> None:
    def order() -> list[int]:
        with sqlite_engine.database.reading() as session:
            found = search(sqlite_engine, session, Query("반도체 장비", Filters(), sort="newest", shown=400))
            return [answer.best.statement.id for answer in found.answers]

    chosen = order()[:6]
    # All on one day, a minute apart, against the order in which they stand now; the last two at one moment.
    minutes = dict(zip(chosen, (3, 1, 5, 2, 4, 4), strict=True))
    day = datetime.now(UTC) + timedelta(days=1)
    with sqlite_engine.database.writing() as session:
        for number, minute in minutes.items():
            changed = day + timedelta(minutes=minute)
            session.execute(sa.update(Statement).where(sa.column("id") == number).values(updated_at=changed))
    assert order()[:6] == sorted(chosen, key=lambda number: (-minutes[number], -number))
    assert order() == order()
