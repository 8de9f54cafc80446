"""Once: a form that is sent twice makes one thing. Each form that makes something carries a key of its own.

The key is used up in the transaction that makes the thing, so of two requests at the same moment the second
waits and then gets what the first one made. What failed uses nothing up: the form is mended and sent again.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flask import g, request
from sqlmodel import Field, Session, SQLModel, col, delete

from hub.accounts.tables import Account
from hub.database import Moment, lock, now
from hub.language import _
from hub.problems import Problem

# As long as a draft lasts in a browser (js/draft.js), whose form may still be sent then.
KEPT = timedelta(days=30)
# A form without a key, as a script or a page from before an update sends it, is refused nothing. The same
# once more so soon after is the same click, not a second wish.
SAME_CLICK = timedelta(minutes=1)
_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)
# What a form says beside its contents.
_ASIDE = ("csrf_token", "once")


class Once(SQLModel, table=True):
    """A key that is used up: what was made with it, and of which contents."""

    __tablename__ = "once"

    account_id: int = Field(foreign_key="account.id", ondelete="CASCADE", primary_key=True)
    place: str = Field(primary_key=True, max_length=120)  # the form's address
    key: str = Field(primary_key=True, max_length=64)
    digest: str = Field(max_length=64)
    made_id: int
    made_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class UsedUp(Problem):
    """The key made something else before; ``made_id`` is that thing's number. Nothing was made now."""

    status = 409

    def __init__(self, made_id: int) -> None:
        super().__init__(
            _(
                "이 양식으로 이미 저장한 것이 있는데 내용이 다릅니다. 아래 내용을 또 하나로 저장하려면 한 번 더 누르십시오."
            )
        )
        self.made_id = made_id


def once(
    session: Session,
    account_id: int,
    place: str,
    sent: Iterable[tuple[str, str]],
    make: Callable[[], int],
    *,
    changes: bool = False,
    of: type[SQLModel] | None = None,
) -> int:
    """The number of what a form makes, or of what the same form made before.

    :param place: the form's address; its key is good for no other.
    :param sent: the form's fields and their values, its key ``once`` among them.
    :param make: makes the thing within this session; what it raises uses nothing up.
    :param changes: it makes nothing new but changes what is there. Then only a key tells a second click from
        a second wish, and whether another content is too late is for ``make`` to say.
    :param of: the table of what is made: what has been deleted since is made anew.
    :raises UsedUp: when the form had another content when it made something.
    """
    fields = sorted(sent)
    digest = _digest(fields)
    given = dict(fields).get("once", "")
    keyed = _KEY.fullmatch(given) is not None
    if changes and not keyed:
        return make()
    key = given if keyed else digest
    lock(session, Account, account_id)
    used = session.get(Once, (account_id, place, key))
    if used is not None and of is not None and session.get(of, used.made_id) is None:
        used = None
    # What is changed to and fro is changed each time: there a key tells only a second click.
    if used is not None and ((keyed and not changes) or now() - used.made_at < SAME_CLICK):
        if used.digest == digest:
            return used.made_id
        if not changes:
            raise UsedUp(used.made_id)
    session.exec(delete(Once).where(col(Once.account_id) == account_id, col(Once.made_at) < now() - KEPT))
    made = make()
    session.merge(Once(account_id=account_id, place=place, key=key, digest=digest, made_id=made))
    return made


def _digest(fields: list[tuple[str, str]]) -> str:
    contents = [field for field in fields if field[0] not in _ASIDE]
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()


def sent_once(
    session: Session,
    who: Account,
    make: Callable[[], int],
    *,
    changes: bool = False,
    of: type[SQLModel] | None = None,
) -> int:
    """:func:`once` for the form of this request; after :class:`UsedUp` the form is shown with a new key."""
    try:
        return once(
            session, who.id, request.path, request.form.items(multi=True), make, changes=changes, of=of
        )
    except UsedUp:
        anew()
        raise


def once_key() -> str:
    """The key of the form on this page: the one that was sent, as long as it is good; else a new one."""
    sent = request.form.get("once", "")
    if "once_key" not in g and _KEY.fullmatch(sent):
        return sent
    # One form, one key: another form of the same page asks again and gets its own.
    return str(g.pop("once_key", None) or _new_key())


def anew() -> None:
    """Another form follows on the page that answers this one: it is not the same once more."""
    g.once_key = _new_key()


def _new_key() -> str:
    return secrets.token_urlsafe(16)


FOR_TEMPLATES = (once_key,)
