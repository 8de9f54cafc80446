"""Who it is, asked once more before something is changed by which an account could be taken away."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from hub.accounts import guesses
from hub.accounts.cookie import guesser_here, opened_here
from hub.accounts.passwords import is_password
from hub.accounts.tables import Account
from hub.database import Database, now
from hub.language import _
from hub.problems import Problem
from hub.web.request import part, read_session

RECENT = timedelta(minutes=15)


class NotAgain(Problem):
    """It has not been shown that it is the same person."""

    status = 401


def check_again(who: Account) -> None:
    """The password once more, from the form's field ``password``; wrong ones count as they do at signing in.

    Who has none, because another provider signs this person in, must have signed in lately.

    :raises NotAgain: in the reader's language.
    """
    if not who.password_hash:
        if now() - opened_here().opened_at < RECENT:
            return
        raise NotAgain(_("안전을 위해 로그아웃하고 다시 로그인한 뒤 15분 안에 하십시오."))
    refusal = _("지금 비밀번호가 맞지 않습니다. 바뀐 것은 없습니다.")
    check_password(who, request.form.get("password", ""), refusal)


def check_password(account: Account, password: str, refusal: str) -> None:
    """That whoever asks knows an account's password.

    :param refusal: what is said of a wrong one.
    :raises NotAgain: when it is another, or when too many were wrong.
    """
    guesser = guesser_here(account.email)
    wait = guesses.wait(read_session(), guesser)
    if not wait and is_password(account, password):
        return
    wait = wait or guesses.count(part(Database), guesser)
    if wait:
        raise NotAgain(guesses.slowed(wait), status=429)
    raise NotAgain(refusal)
