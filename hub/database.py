"""Engine, sessions and the revision counter."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import Field, Session, SQLModel

from hub.language import _
from hub.problems import Unavailable

BUSY_TIMEOUT_MS = 10_000
Row = TypeVar("Row", bound=SQLModel)

# Names for constraints, so that a migration can say which one it drops on every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(sa.types.TypeDecorator[datetime]):
    """A point in time: UTC in the database, aware in Python (SQLite forgets the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Revision(SQLModel, table=True):
    """One row: the number of the last change to what is published, and the database's own name."""

    id: int = Field(default=1, primary_key=True)
    number: int = Field(default=0)
    database: str = Field(max_length=36)


def address(url: str | sa.URL) -> sa.URL:
    """A database's address. All that follows ``sqlite:///`` is the file's path, character for character.

    :raises Unavailable: in the reader's language, when no database can be meant by it.
    """
    if isinstance(url, sa.URL):
        return url
    sqlite = re.fullmatch(r"(sqlite(?:\+pysqlite)?):(.*)", url, re.DOTALL)
    if sqlite is None:
        try:
            return make_url(url)
        except (ArgumentError, ValueError) as error:
            raise _no_address() from error
    slashes, path = sqlite[2][:3], sqlite[2][3:]
    if slashes != "///" or path in ("", ":memory:") or path.startswith("file:"):
        raise Unavailable(
            _(
                "HUB_DATABASE_URL: `sqlite:///` 뒤에 파일의 경로를 그대로 적으십시오 (예: sqlite:////srv/hub/hub.db). 메모리에만 있는 데이터베이스는 쓸 수 없습니다."
            )
        )
    return sa.URL.create(sqlite[1], database=os.path.expanduser(path) if path.startswith("~/") else path)


def _no_address() -> Unavailable:
    return Unavailable(
        _(
            "HUB_DATABASE_URL: 쓸 수 있는 데이터베이스 주소가 아닙니다. sqlite:///경로 또는 postgresql+psycopg://사용자@서버/이름 꼴로 적으십시오."
        )
    )


class Database:
    """One database: SQLite or PostgreSQL by its address.

    :param create: make an SQLite file that is not there yet; only set-up does, so that a mistyped
        address fails instead of serving an empty hub.
    :raises Unavailable: in the reader's language, when the address is none or of another sort.
    """

    def __init__(self, url: str | sa.URL, *, create: bool = False) -> None:
        self.url = address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        try:
            # As many connections as there are threads that ask: one that reads and waits for a second one to
            # write must not wait for others who do the same.
            self.engine = sa.create_engine(
                self._address(create), pool_pre_ping=not self.is_sqlite, max_overflow=-1
            )
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise _no_address() from error
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = self.engine.execution_options(writing=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or ``None``."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def _address(self, create: bool) -> sa.URL:
        if self.file is None:
            return self.url
        if create:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        # A file: address, for its mode; of the path itself SQLite must take no character for its own.
        path = "file:" + quote(os.fsencode(self.file.resolve()))
        return self.url.set(database=path, query={"mode": "rwc" if create else "rw", "uri": "true"})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are all kept at the end of the block, or none of them."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            try:
                yield session
            except BaseException:
                # The rollback would empty the rows that an error carries to the page.
                session.expunge_all()
                raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to say, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL, not NORMAL: what was answered with 2xx must also survive a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # IMMEDIATE waits for the write lock up front. A transaction that reads first and asks for the
    # lock later fails at once when another has written in between, whatever the busy timeout.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def lock(session: Session, table: type[Row], key: Any) -> Row | None:
    """Reads a row and holds it to the commit: whoever asks for it next waits, and then sees what became of it.

    What must happen once though two ask at the same moment begins with the row that both belong to. SQLite
    has held the whole file since the transaction began.
    """
    return session.get(table, key, with_for_update={"key_share": True}, populate_existing=True)


def next_revision(session: Session) -> int:
    """Takes the next number of the revision counter, for the rest of this transaction.

    The row stays locked to the commit, so the order of the numbers is the order of the commits.
    """
    table = Revision.__table__  # type: ignore[attr-defined]
    statement = sa.update(table).values(number=table.c.number + 1).returning(table.c.number)
    return int(session.connection().execute(statement).scalar_one())


def current_revision(session: Session) -> int:
    """The number of the last committed change to what is published."""
    return int(session.connection().execute(sa.select(Revision.number)).scalar_one())  # type: ignore[call-overload]


def database_name(session: Session) -> str:
    """The name that this database was given when it was made; a copy keeps it."""
    return str(session.connection().execute(sa.select(Revision.database)).scalar_one())  # type: ignore[call-overload]
