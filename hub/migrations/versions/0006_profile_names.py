"""profile names"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from alembic import op

from hub.profiles.known_names import carried_names, names_of
from hub.profiles.names import name_key
from hub.profiles.tables import Profile
from hub.text import email_form, one_line

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 1000


def upgrade() -> None:
    op.create_table(
        "profile_name",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("name_key", sa.String(160), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(7), nullable=False),
        sa.CheckConstraint(
            "kind IN ('korean', 'english', 'short', 'former', 'other', 'usual')",
            name=op.f("ck_profile_name_kind"),
        ),
        sa.ForeignKeyConstraint(["profile_id"], ["profile.id"], name=op.f("fk_profile_name_profile_id")),
        sa.PrimaryKeyConstraint("profile_id", "name_key", name=op.f("pk_profile_name")),
    )
    with op.batch_alter_table("profile_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_name_name_key"), ["name_key"], unique=False)

    _fill_names()
    _set_profile_keys()
    _set_emails()
    _set_saved_searches()
    _set_feedback_keys()


def downgrade() -> None:
    with op.batch_alter_table("profile_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_profile_name_name_key"))

    op.drop_table("profile_name")


def _rows(table: str, *columns: str) -> Iterator[sa.Row[Any]]:
    """The rows of a table by their number, read in batches."""
    read = sa.table(table, sa.column("id"), *(sa.column(name) for name in columns))
    last = 0
    while True:
        query = sa.select(read).where(read.c.id > last).order_by(read.c.id).limit(BATCH)
        found = op.get_bind().execute(query).all()
        yield from found
        if len(found) < BATCH:
            return
        last = found[-1].id


def _update(table: str, number: int, **values: str) -> None:
    written = sa.table(table, sa.column("id"), *(sa.column(name) for name in values))
    op.get_bind().execute(sa.update(written).where(written.c.id == number).values(**values))


def _fill_names() -> None:
    """Every organisation's own names, and those that the project carries for what it carries."""
    carried = carried_names()
    names = sa.table(
        "profile_name", *(sa.column(name) for name in ("profile_id", "name_key", "name", "kind"))
    )
    batch: list[dict[str, Any]] = []
    for row in _rows("profile", "kind", "name_ko", "name_en", "source_key"):
        own = {"name_ko": row.name_ko, "name_en": row.name_en, "name_key": "", "region_code": ""}
        one = Profile(id=row.id, kind=row.kind, **own)
        others = carried.get((row.source_key or "").removeprefix("public:"), ())
        batch.extend(
            {"profile_id": row.id, "name_key": name.name_key, "name": name.name, "kind": str(name.kind)}
            for name in names_of(one, others)
        )
        if len(batch) >= BATCH:
            op.bulk_insert(names, batch)
            batch = []
    if batch:
        op.bulk_insert(names, batch)


def _set_profile_keys() -> None:
    """Keys as names compare now. Two of one region that are now alike both stay: the later one is numbered.

    Both are found by the name; nobody is asked to rename either.
    """
    taken: set[tuple[str, str]] = set()
    changed: list[tuple[int, str]] = []
    for row in _rows("profile", "name_ko", "name_key", "region_code"):
        key = name_key(row.name_ko)[:120] or row.name_key
        if (key, row.region_code) in taken:
            key = f"{key[:100]}~{row.id}"
        taken.add((key, row.region_code))
        if key != row.name_key:
            changed.append((row.id, key))
    # First out of the way: a new key may be one that another row still has.
    for number, _key in changed:
        _update("profile", number, name_key=f"~{number}")
    for number, key in changed:
        _update("profile", number, name_key=key)


def _set_emails() -> None:
    """Addresses as they compare now, but for one that another account has already."""
    addresses = {row.email for row in _rows("account", "email")}
    for row in list(_rows("account", "email")):
        address = email_form(row.email)
        if address != row.email and address not in addresses and len(address) <= 254:
            addresses.add(address)
            _update("account", row.id, email=address)


def _set_saved_searches() -> None:
    """One search that was saved several times, for its blanks, is kept once."""
    kept: set[tuple[int, str]] = set()
    table = sa.table("saved_search", sa.column("id"))
    searches = list(_rows("saved_search", "account_id", "query", "query_key"))
    changed = []
    for row in searches:
        parameters = [(name, one_line(value)) for name, value in parse_qsl(row.query)]
        query = urlencode([(name, value) for name, value in parameters if value])
        key = hashlib.sha256(query.encode()).hexdigest()
        if (row.account_id, key) in kept:
            op.get_bind().execute(sa.delete(table).where(table.c.id == row.id))
            continue
        kept.add((row.account_id, key))
        if key != row.query_key:
            changed.append((row.id, query, key))
    for number, query, key in changed:
        _update("saved_search", number, query=query, query_key=key)


def _set_feedback_keys() -> None:
    """What was said of one match under two spellings of the text: the later word counts."""
    table = sa.table("feedback", sa.column("id"))
    newest: dict[tuple[int, int, str], int] = {}
    changed = []
    for row in list(_rows("feedback", "account_id", "statement_id", "asked", "asked_key", "said_at")):
        key = hashlib.sha256(one_line(row.asked).encode()).hexdigest()
        changed.append((row, key))
    for row, key in sorted(changed, key=lambda pair: (str(pair[0].said_at), pair[0].id)):
        before = newest.get((row.account_id, row.statement_id, key))
        if before is not None:
            op.get_bind().execute(sa.delete(table).where(table.c.id == before))
        newest[row.account_id, row.statement_id, key] = row.id
    for row, key in changed:
        if key != row.asked_key and newest[row.account_id, row.statement_id, key] == row.id:
            _update("feedback", row.id, asked_key=key)
