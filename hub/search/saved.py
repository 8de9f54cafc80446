"""Saved searches: what a person looks for again and again, kept as the address of the search."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from hub.accounts.tables import Account
from hub.database import Moment, lock, now
from hub.language import _
from hub.problems import Problem
from hub.profiles.tables import Kind
from hub.regions.atlas import atlas, place
from hub.search.search import clean_query, parse_filters
from hub.text import one_line
from hub.web.addresses import SEARCH, SEARCH_FILTERS

MOST_SAVED = 100


class SavedSearch(SQLModel, table=True):
    """One search of one account. ``query`` is what follows the question mark of its address."""

    __tablename__ = "saved_search"
    __table_args__ = (sa.UniqueConstraint("account_id", "query_key"),)

    id: int = Field(default=None, primary_key=True)  # the database gives it
    account_id: int = Field(foreign_key="account.id", index=True)
    query: str = Field(sa_type=sa.Text)
    query_key: str = Field(max_length=64)  # its digest: a text can be too long for an index
    saved_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]

    @property
    def parameters(self) -> dict[str, str]:
        """The search's values by name, as :func:`hub.search.search.parse_filters` takes them."""
        return dict(parse_qsl(self.query))

    @property
    def kind(self) -> str | None:
        """The kind of statement that was looked for, if it is one."""
        kind = self.parameters.get("kind")
        return kind if kind in set(Kind) else None

    @property
    def region(self) -> str | None:
        """Where, if there is such a region."""
        region = self.parameters.get("region")
        return region if region in atlas() else None

    @property
    def text(self) -> str:
        """What was looked for."""
        return self.parameters.get("q", "")


def save(session: Session, account_id: int, asked: Mapping[str, str]) -> SavedSearch:
    """Keeps a search; one that is kept already stays as it is.

    :raises Problem: when there is nothing to look for, a filter is none, or a hundred are kept.
    """
    clean_query(asked.get("q", ""))
    parse_filters(**{name: asked.get(name, "").strip() for name in SEARCH_FILTERS})
    if asked.get("near", "").strip():
        place(asked["near"].strip())
    lock(session, Account, account_id)
    found = find(session, account_id, asked)
    if found is not None:
        return found
    if len(saved_by(session, account_id)) >= MOST_SAVED:
        raise Problem(_("저장한 검색이 %(n)d개입니다. 쓰지 않는 것을 지우고 저장하십시오.", n=MOST_SAVED))
    query = _query(asked)
    kept = SavedSearch(account_id=account_id, query=query, query_key=_digest(query))
    session.add(kept)
    session.flush()
    return kept


def find(session: Session, account_id: int, asked: Mapping[str, str]) -> SavedSearch | None:
    """This search as the account keeps it, if it does."""
    key = _digest(_query(asked))
    return session.exec(
        select(SavedSearch).where(SavedSearch.account_id == account_id, SavedSearch.query_key == key)
    ).first()


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


def _query(asked: Mapping[str, str]) -> str:
    cleaned = [(name, one_line(asked.get(name, ""))) for name in SEARCH]
    return urlencode([(name, value) for name, value in cleaned if value])


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()
