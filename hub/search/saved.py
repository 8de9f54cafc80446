"""Saved searches: what a person looks for again and again, kept as the address of the search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl

import numpy as np
import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from hub.accounts.tables import Account
from hub.database import Moment, lock, now
from hub.index.engine import Engine
from hub.language import _
from hub.problems import Problem
from hub.profiles.published import posted_since
from hub.search.query import Query
from hub.search.ranking import rank

MOST_SAVED = 100
MOST_NEW = 500  # statements since a last visit that are looked at


class SavedSearch(SQLModel, table=True):
    """One search of one account. ``address`` is what follows the question mark of its page's address."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("account_id", "query_key"),)

    id: int = Field(default=None, primary_key=True)  # the database gives it
    account_id: int = Field(foreign_key="account.id", index=True)
    address: str = Field(sa_type=sa.Text, sa_column_kwargs={"name": "query"})
    query_key: str = Field(max_length=64)  # its digest: a text can be too long for an index
    saved_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]

    @property
    def query(self) -> Query:
        """What is looked for, whether or not it can be looked for still."""
        return Query.of(dict(parse_qsl(self.address)), check=False)


def save(session: Session, account_id: int, query: Query) -> SavedSearch:
    """Keeps a search; one that is kept already stays as it is.

    :raises Problem: when it cannot be looked for, or a hundred are kept.
    """
    query = query.checked()
    lock(session, Account, account_id)
    found = find(session, account_id, query)
    if found is not None:
        return found
    if len(saved_by(session, account_id)) >= MOST_SAVED:
        raise Problem(_("저장한 검색이 %(n)d개입니다. 쓰지 않는 것을 지우고 저장하십시오.", n=MOST_SAVED))
    saved = SavedSearch(account_id=account_id, address=query.address, query_key=_digest(query))
    session.add(saved)
    session.flush()
    return saved


def find(session: Session, account_id: int, query: Query) -> SavedSearch | None:
    """This search as the account keeps it, if it does."""
    own = select(SavedSearch).where(SavedSearch.account_id == account_id)
    return session.exec(own.where(SavedSearch.query_key == _digest(query))).first()


def remove(session: Session, account_id: int, number: int) -> SavedSearch | None:
    """Forgets a search of this account; ``None`` when it has none of this number."""
    lock(session, Account, account_id)
    own = select(SavedSearch).where(SavedSearch.account_id == account_id, SavedSearch.id == number)
    found = session.exec(own).first()
    if found is not None:
        session.delete(found)
    return found


def saved_by(session: Session, account_id: int) -> list[SavedSearch]:
    """An account's searches, the newest first."""
    newest = (col(SavedSearch.saved_at).desc(), col(SavedSearch.id).desc())
    return list(
        session.exec(select(SavedSearch).where(SavedSearch.account_id == account_id).order_by(*newest))
    )


def new_answers(
    engine: Engine,
    session: Session,
    searches: Iterable[SavedSearch],
    since: datetime | None,
    *,
    own: int | None = None,
) -> dict[int, list[int]]:
    """Of each search that has some: which statements posted since answer it at a sensible strength, by its number.

    :param own: the organisation of whoever asks, whose own texts are no news.
    """
    posted = [said.id for said, _owner in posted_since(session, since, apart_from=own, limit=MOST_NEW)]
    if not posted:
        return {}
    engine.sync(session)
    among = np.asarray(posted, dtype=np.int64)
    found = {}
    for search in searches:
        try:
            query = search.query.checked()
        except Problem:  # what it was limited to is no more: its own page says so
            continue
        hits = rank(engine, query.encoded(engine.encoder), len(posted), among=among)
        if answering := [hit.statement_id for hit in hits if not hit.is_weak]:
            found[search.id] = answering
    return found


def _digest(query: Query) -> str:
    return hashlib.sha256(query.address.encode()).hexdigest()
