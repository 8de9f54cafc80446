"""Who asks, and whether they are let through: each view names a rule of hub/accounts/policy.py with :func:`requires`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import redirect, request, url_for
from flask_login import current_user
from sqlmodel import Session

from hub.accounts.policy import Forbidden, Rule, can_see_profile, must_have_second_factor
from hub.accounts.tables import Account, OpenSession
from hub.language import N_, _
from hub.problems import Problem
from hub.profiles import read
from hub.web.addresses import same_page
from hub.web.request import read_session

View = TypeVar("View", bound=Callable[..., Any])


class SignInNeeded(Problem):
    """The reader was to send something and is not signed in (any more); what was sent is shown back."""

    status = 401


class Step(StrEnum):
    """What a person who has signed in must still do before anything is theirs to do."""

    CODE = "code"  # give the code that the telephone shows
    CONFIRM = "confirm"  # open the mail that was sent to the address
    ENROL = "enrol"  # make a telephone the second factor


STEP_NAMES = {
    Step.CODE: N_("인증 코드 넣기"),
    Step.CONFIRM: N_("전자우편 확인하기"),
    Step.ENROL: N_("2단계 인증 켜기"),
}
# The page of each.
STEP_PAGES = {
    Step.CODE: "accounts.sign_in",
    Step.CONFIRM: "accounts.confirm",
    Step.ENROL: "accounts.second_factor",
}


def step_of(who: Account, opened: OpenSession) -> Step | None:
    """What this person must still do in this session; ``None`` when all is done."""
    if who.totp_secret is not None and opened.second_factor_at is None:
        return Step.CODE
    if who.confirmed_at is None:
        return Step.CONFIRM
    return Step.ENROL if must_have_second_factor(who) and opened.second_factor_at is None else None


def halted() -> tuple[Account, Step] | None:
    """Who has signed in but must still do something first, and what. To every rule such a person is a visitor."""
    if not current_user.is_authenticated:
        return None
    step = step_of(current_user.account, current_user.opened)
    return (current_user.account, step) if step else None


def waiting() -> Account:
    """Who has signed in and must still do something first, for a view whose rule says that there is somebody."""
    return cast(Account, current_user.account)


def awaits_confirmation(who: Account | None, session: Session, **where: Any) -> bool:
    """Who has registered and not opened the mail yet."""
    found = halted()
    return found is not None and found[1] == Step.CONFIRM


def can_enrol(who: Account | None, session: Session, **where: Any) -> bool:
    """Anybody with an account, and who has to have a second factor before anything else."""
    found = halted()
    return who is not None or (found is not None and found[1] == Step.ENROL)


def account() -> Account | None:
    """Who is asking; ``None`` for a visitor, and for whoever must still do something first (:func:`halted`)."""
    return current_user.account if current_user.is_authenticated and halted() is None else None


def signed_out() -> str:
    """What is said to whoever sends something after the session has ended, or before all of a sign-in is done."""
    first = halted()
    if first and first[1] == Step.CODE:
        return _(
            "인증 코드를 아직 넣지 않았습니다. 보내려던 것은 그대로 있습니다. 코드를 넣으면 이어서 보냅니다."
        )
    if first:
        return _(
            "먼저 마칠 것이 있습니다. 보내려던 것은 그대로 있습니다. 마친 뒤에 이 화면에서 다시 보내십시오."
        )
    return _("로그인이 풀렸습니다. 보내려던 것은 그대로 있습니다. 다시 로그인하면 이어서 보냅니다.")


def requires(rule: Rule) -> Callable[[View], View]:
    """Lets a request through to the view if the rule says so; the view is given who it is that asks.

    A visitor is sent to sign in and comes back; one who may not gets 403.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**where: Any) -> Any:
            who = account()
            if rule(who, read_session(), **where):
                return view(who, **where)
            if "profile_id" in where and not can_see_profile(who, read_session(), where["profile_id"]):
                raise read.no_profile(where["profile_id"])
            if who is not None:
                raise Forbidden(_("이 일을 할 수 있는 계정이 아닙니다."))
            if request.method == "POST":
                raise SignInNeeded(signed_out())
            first = halted()
            page = STEP_PAGES[first[1]] if first else "accounts.sign_in"
            return redirect(url_for(page, next=same_page()))

        guarded.rule = rule  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return guard


def step_page(step: Step, **parameters: Any) -> str:
    """The address of the page on which a step is done."""
    return url_for(STEP_PAGES[step], **parameters)


def step_name(step: Step) -> str:
    """What is to be done, in a word or two."""
    return _(STEP_NAMES[step])


FOR_TEMPLATES = (account, halted, step_page, step_name, must_have_second_factor)
