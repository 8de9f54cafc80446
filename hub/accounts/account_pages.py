"""내 계정: who it is to others and how it is written to, its password, and where it is signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.accounts import email_change, notices, sessions
from hub.accounts.again import check_again
from hub.accounts.cookie import enter, guesser_here, opened_here, secrets
from hub.accounts.gate import requires
from hub.accounts.pages import pages
from hub.accounts.passwords import SHORTEST_PASSWORD, hash_of
from hub.accounts.policy import signed_in
from hub.accounts.registration import LONGEST_NAME
from hub.accounts.second_factor import FEW, recovery_codes_left
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import LANGUAGES, _
from hub.problems import Problem
from hub.text import check_length, one_line
from hub.web.addresses import reads, whole
from hub.web.request import part, read_session


@pages.get("/account")
@requires(signed_in)
def own_account(who: Account) -> ResponseReturnValue:
    """내 계정: name, address, password, second factor, and where one is signed in."""
    return account_page(who)


def account_page(who: Account, problem: Problem | None = None, at: str = "") -> ResponseReturnValue:
    """The page, with what is wrong in one of its sections.

    :param at: the section, by its name in ``templates/accounts/account.html``.
    """
    session = read_session()
    page = render_template(
        "accounts/account.html",
        who=who,
        problem=problem,
        at=at,
        values=request.form,
        sessions=sessions.open_sessions(session, who),
        here=opened_here().id,
        codes_left=recovery_codes_left(session, who.id) if who.totp_secret is not None else None,
        few=FEW,
        longest_name=LONGEST_NAME,
        shortest_password=SHORTEST_PASSWORD,
    )
    return page, problem.status if problem else 200


def to_section(name: str) -> ResponseReturnValue:
    """Back to a section of the page, once it is changed."""
    return redirect(url_for("accounts.own_account", _anchor=name))


@pages.post("/account/details")
@requires(signed_in)
def change_details(who: Account) -> ResponseReturnValue:
    """One's name, and the language of the mails."""
    name, language = one_line(request.form.get("name", "")), request.form.get("language", "")
    try:
        check_length(_("이름"), name, LONGEST_NAME)
        if language not in LANGUAGES:
            raise Problem(_("메일의 언어는 한국어나 영어입니다."))
    except Problem as error:
        return account_page(who, error, "details")
    with part(Database).writing() as session:
        held = sessions.hold(session, who.id)
        held.name, held.language = name, language
    flash(_("이름과 메일의 언어를 저장했습니다."))
    return to_section("details")


@pages.post("/account/email")
@requires(signed_in)
def ask_new_email(who: Account) -> ResponseReturnValue:
    """Sends a link to another address; opening it makes that the account's."""
    try:
        check_again(who)
        with part(Database).writing() as session:
            held = sessions.hold(session, who.id)
            new = email_change.ask(session, held, request.form.get("new_email", ""), _links(), _address)
    except Problem as error:
        return account_page(who, error, "email")
    said = _(
        "%(email)s(으)로 메일을 보냈습니다. 24시간 안에 그 메일의 링크를 열면 주소가 바뀝니다.", email=new
    )
    flash(said)
    return to_section("email")


def _links() -> email_change.Links:
    return email_change.Links(secrets())


def _address(token: str) -> str:
    return whole(url_for("accounts.confirm_new_email", token=token))


@pages.route("/account/email/confirm", methods=["GET", "POST"])
@reads("token")
@requires(signed_in)
def confirm_new_email(who: Account) -> ResponseReturnValue:
    """The page that the link in the mail opens; a button there changes the address, for programs open links too."""
    token, problem, change = request.args.get("token", ""), None, None
    try:
        if request.method == "POST":
            with part(Database).writing() as session:
                change = email_change.confirm(session, who.id, token, _links())
            flash(
                _(
                    "전자우편 주소를 %(email)s(으)로 바꾸었습니다. 다음부터 이 주소로 로그인합니다.",
                    email=change.new,
                )
            )
            return to_section("email")
        change = email_change.asked_for(read_session(), who, token, _links())
    except Problem as error:
        problem = error
    page = render_template("accounts/new_email.html", who=who, change=change, problem=problem)
    return page, problem.status if problem else 200


@pages.post("/account/password")
@requires(signed_in)
def change_password(who: Account) -> ResponseReturnValue:
    """Another password; every other browser is signed out by it."""
    here = opened_here()
    try:
        check_again(who)
        with part(Database).writing() as session:
            held = sessions.hold(session, who.id)
            held.password_hash = hash_of(request.form.get("new_password", ""), held.email)
            ended = sessions.end_all(session, who.id, but=here.id)
            notices.tell(session, held, "password")
    except Problem as error:
        return account_page(who, error, "password")
    enter(held, guesser_here(who.email), second_factor=here.second_factor_at is not None)
    flash(_("비밀번호를 바꾸었습니다. 다른 브라우저 %(n)d곳에서 로그아웃했습니다.", n=ended))
    return to_section("password")


@pages.post("/account/sessions/<int:number>/end")
@requires(signed_in)
def end_session(who: Account, number: int) -> ResponseReturnValue:
    """Signs out another browser; once more changes nothing."""
    if number == opened_here().id:
        return account_page(who, Problem(_("이 브라우저는 위의 «내 계정»에서 로그아웃합니다.")), "sessions")
    with part(Database).writing() as session:
        ended = sessions.end_one(session, who.id, number)
    flash(_("그 브라우저에서 로그아웃했습니다.") if ended else _("그 브라우저는 이미 로그아웃되어 있습니다."))
    return to_section("sessions")


@pages.post("/account/sessions/end-others")
@requires(signed_in)
def end_other_sessions(who: Account) -> ResponseReturnValue:
    """Signs out every browser but this one."""
    with part(Database).writing() as session:
        ended = sessions.end_all(session, who.id, but=opened_here().id)
    flash(_("다른 브라우저 %(n)d곳에서 로그아웃했습니다.", n=ended))
    return to_section("sessions")
