"""The pages on which people open an account, confirm their address, and choose another password by mail."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from hub.accounts import limits, notices, registration
from hub.accounts.again import check_password
from hub.accounts.cookie import enter, guesser_here, sealer, secrets
from hub.accounts.gate import awaits_confirmation, halted, requires, waiting
from hub.accounts.passwords import SHORTEST_PASSWORD, email_address, hash_of, named
from hub.accounts.policy import anyone
from hub.accounts.second_factor_pages import pages
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _, current_language
from hub.mail.outbox import write
from hub.problems import Problem
from hub.settings import Settings
from hub.web.addresses import reads, safe_next
from hub.web.public_address import whole
from hub.web.request import part, read_session

_BEGUN = "registered"  # in the browser's cookie: the account that was opened in it, and its password's mark


@pages.route("/register", methods=["GET", "POST"])
@reads(aside=("next",))
@requires(anyone)
def register(who: Account | None) -> ResponseReturnValue:
    """Opens an account."""
    if who is not None:
        flash(_("이미 로그인하셨습니다. 다른 계정을 만들려면 먼저 로그아웃하십시오."))
        return redirect(url_for("dashboard.dashboard"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _registered()
        except Problem as error:
            problem = error
    page = render_template(
        "accounts/register.html",
        values=request.form,
        problem=problem,
        shortest=SHORTEST_PASSWORD,
        longest_name=registration.LONGEST_NAME,
    )
    return page, problem.status if problem else 200


def _registered() -> ResponseReturnValue:
    form = request.form
    new = registration.newcomer(
        form.get("email", ""), form.get("password", ""), form.get("name", ""), consents="consent" in form
    )
    limits.count("register", limits.REGISTRATIONS)
    hashed = hash_of(new.password, new.email)  # the slow part, beforehand
    resume = safe_next(request.args.get("next"), "")
    if resume == url_for("dashboard.dashboard"):  # there they arrive anyway
        resume = ""
    with part(Database).writing() as writing:
        made = registration.register(writing, new, hashed, language=current_language(), resume=resume or None)
        session[_BEGUN] = sealer().seal(_BEGUN, _begun(made))  # the same for whoever looks at the cookie
        if made is not None:
            send_confirmation(writing, made)
        elif registration.may_write_to(writing, new.email):
            links = {"sign_in": whole(url_for("accounts.sign_in")), "reset": whole(url_for("accounts.reset"))}
            write(writing, new.email, current_language(), "already", **links)
    return redirect(url_for("accounts.mail_sent", email=new.email))


def _begun(account: Account | None) -> str:
    """What a browser keeps of the account that was opened in it; of the same length where none was."""
    number, mark = (account.id, registration.password_mark(account)) if account else (0, "-" * 16)
    return f"{number:012d} {mark}"


def send_confirmation(writing: Session, account: Account) -> None:
    """Writes the mail by which an address is confirmed, unless too many have gone there."""
    if registration.may_write_to(writing, account.email):
        link = url_for("accounts.confirm_address", token=_token("confirm", account))
        write(writing, account.email, account.language, "confirm", link=whole(link))


def _token(purpose: str, account: Account) -> str:
    return registration.token(secrets(), purpose, account)


@pages.get("/register/sent")
@reads("email")
@requires(anyone)
def mail_sent(who: Account | None) -> ResponseReturnValue:
    """Says that a mail is on its way, to whatever address that was."""
    email, sends = request.args.get("email", "")[:254], bool(part(Settings).mail_server)
    return render_template("accounts/mail_sent.html", email=email, sends_mail=sends)


@pages.route("/confirm", methods=["GET", "POST"])
@reads(aside=("next",))
@requires(awaits_confirmation)
def confirm(who: Account | None) -> ResponseReturnValue:
    """What is left to do for somebody whose address is not confirmed yet: open the mail, or have it sent again."""
    account = waiting()
    if request.method == "POST":
        with part(Database).writing() as writing:
            allowed = registration.may_write_to(writing, account.email)
            send_confirmation(writing, account)
        if allowed:
            flash(_("메일을 다시 보냈습니다."))
        else:
            flash(_("방금 보냈습니다. 몇 분 기다리고, 스팸 편지함도 봐 주십시오."), "warning")
        return redirect(url_for("accounts.confirm"))
    return render_template("accounts/confirm.html", email=account.email)


@pages.route("/confirm/<token>", methods=["GET", "POST"])
@requires(anyone)
def confirm_address(who: Account | None, token: str) -> ResponseReturnValue:
    """Confirms an address by the link of a mail; opening it alone changes nothing, for machines open links too."""
    account = _of_link(read_session(), "confirm", token)
    if account.confirmed_at is not None:
        flash(_("이 주소는 이미 확인했습니다. 로그인하면 됩니다."))
        return redirect(url_for("accounts.sign_in" if who is None else "dashboard.dashboard"))
    known = _began_here(account)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if not known:
                check_password(
                    account,
                    request.form.get("password", ""),
                    _("비밀번호가 맞지 않습니다. 모르는 비밀번호라면 새로 정하십시오."),
                )
            with part(Database).writing() as writing:
                account = _of_link(writing, "confirm", token)  # it may have been begun anew meanwhile
                registration.confirm(account)
            enter(account, guesser_here(account.email))
            flash(_("주소를 확인했습니다. 반갑습니다."))
            return redirect(url_for("dashboard.dashboard"))
        except Problem as error:
            problem = error
    page = render_template("accounts/confirm_address.html", email=account.email, known=known, problem=problem)
    return page, problem.status if problem else 200


def _of_link(reading: Session, purpose: str, token: str) -> Account:
    lasts = registration.CONFIRM_FOR if purpose == "confirm" else registration.RESET_FOR
    return registration.of_token(reading, secrets(), purpose, token, lasts)


def _began_here(account: Account) -> bool:
    """Whether the account was opened in this browser, or is signed in in it."""
    found = halted()
    here = sealer().open(_BEGUN, session.get(_BEGUN) or "")
    return here == _begun(account) or (found is not None and found[0].id == account.id)


@pages.route("/password/reset", methods=["GET", "POST"])
@requires(anyone)
def reset(who: Account | None) -> ResponseReturnValue:
    """Asks for a mail with which another password is chosen."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            email = email_address(request.form.get("email", ""))
            limits.count("reset", limits.RESETS)
            with part(Database).writing() as writing:
                account = named(writing, email)
                if account is not None and registration.may_write_to(writing, email):
                    link = whole(url_for("accounts.new_password", token=_token("reset", account)))
                    write(writing, email, account.language, "reset", link=link)
            return redirect(url_for("accounts.mail_sent", email=email))
        except Problem as error:
            problem = error
    email = request.form.get("email", who.email if who else "")
    page = render_template("accounts/reset.html", email=email, problem=problem)
    return page, problem.status if problem else 200


@pages.route("/password/reset/<token>", methods=["GET", "POST"])
@requires(anyone)
def new_password(who: Account | None, token: str) -> ResponseReturnValue:
    """Chooses another password by the link of a mail."""
    account = _of_link(read_session(), "reset", token)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            hashed = hash_of(request.form.get("password", ""), account.email)  # the slow part, beforehand
            with part(Database).writing() as writing:
                account = _of_link(writing, "reset", token)  # two may have opened the link
                registration.set_password(writing, account, hashed)
                notices.tell(writing, account, "password")
            enter(account, guesser_here(account.email))
            flash(_("새 비밀번호를 정했습니다. 다른 곳에서는 모두 로그아웃되었습니다."))
            return redirect(url_for("dashboard.dashboard"))
        except registration.LinkVoid:
            raise
        except Problem as error:
            problem = error
    page = render_template(
        "accounts/new_password.html", email=account.email, problem=problem, shortest=SHORTEST_PASSWORD
    )
    return page, problem.status if problem else 200
