"""What was answered loses the number of a statement that is taken out for good, and no other."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from hub.accounts.passwords import add_account
from hub.database import Database, now
from hub.posting import removal
from hub.profiles.tables import Inquiry
from hub.settings import Settings
from tests.conftest import PASSWORD


@pytest.mark.parametrize("more", [0, removal.MOST_SOUGHT])
def test_only_answers_that_may_propose_it_are_read(empty: Settings, more: int) -> None:
    database = Database(empty.database)
    proposed = [[], [7], [17, 3], [3, 7], [8]]
    with database.writing() as session:
        account = add_account(session, "m@hub.example", PASSWORD, "member")
        at = now()
        session.add_all(Inquiry(account_id=account.id, answered_at=at, proposed=one) for one in proposed)
        session.flush()
        numbers = [7, *range(1000, 1000 + more)]
        table = Inquiry.__table__  # type: ignore[attr-defined]
        read = session.connection().execute(removal._proposing(table, numbers)).all()
        assert sorted(one.proposed for one in read) == sorted(proposed[1:] if more else proposed[1:4])
        removal._take_out_of_inquiries(session, numbers)
        session.expire_all()
        left = session.exec(select(Inquiry.proposed).order_by(col(Inquiry.id))).all()
        assert list(left) == [[], [0], [17, 3], [3, 0], [8]]
    database.engine.dispose()
