"""Signing in by a provider: there, back, and what an account is linked to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from hub.accounts import oidc as rules
from hub.accounts.cookie import enter, guesser_here, secrets
from hub.accounts.gate import requires
from hub.accounts.oidc import FAILURES, Failed, Identity
from hub.accounts.pages import pages
from hub.accounts.policy import anyone, signed_in
from hub.accounts.provider import Provider
from hub.accounts.registration import LONGEST_NAME
from hub.accounts.sealing import signer
from hub.accounts.tables import Account
from hub.database import Database
from hub.hosts import host_of
from hub.language import _, current_language
from hub.problems import NotFound, Problem
from hub.web.addresses import reads, safe_next
from hub.web.public_address import whole
from hub.web.request import part, read_session

OFFER = "oidc-offer"  # the cookie that holds what an account may be linked to, until its owner says yes
OFFERED_FOR = 15 * 60  # seconds
LONGEST_NEXT = 1500  # in that cookie


@dataclass(frozen=True)
class Link:
    """A link as its owner's page shows it."""

    key: str
    called: str
    since: datetime


def oidc_name() -> str:
    """What people call the provider that may sign them in; empty where there is none."""
    return part(Provider).name


def own_links(who: Account) -> list[Link]:
    """What an account is linked to; a provider that signs nobody in any more goes by its host."""
    offered = part(Provider)
    return [
        Link(
            rules.key_of(one),
            offered.name if one.issuer == offered.issuer else host_of(one.issuer),
            one.created_at,
        )
        for one in rules.identities_of(read_session(), who)
    ]


@pages.get("/sign-in/oidc")
@reads(aside=("next",))
@requires(anyone)
def oidc_start(who: Account | None) -> ResponseReturnValue:
    """Leads to the provider's sign-in; of somebody who is signed in, to link it."""
    provider = _provider()
    next_page = safe_next(request.args.get("next"), "")
    back = whole(url_for("accounts.oidc_return"))
    try:
        there = provider.begin(back, next_page, who.id if who else None, current_language())
    except Failed as error:
        return _not_signed_in(error, next_page)
    return redirect(there)


@pages.get("/sign-in/oidc/callback")
@requires(anyone)
def oidc_return(who: Account | None) -> ResponseReturnValue:
    """Where the provider sends people back: signs in, opens an account, or asks its owner to link it."""
    provider = _provider()
    flow = provider.take(request.args.get("state"))
    if flow is None:
        if who is not None:  # Back, or a second click, after signing in
            return redirect(url_for("dashboard.dashboard"))
        # Some say so without the state that they were given; it is a word that nothing comes of.
        denied = request.args.get("error") == "access_denied" and "state" not in request.args
        return _not_signed_in(Failed("denied" if denied else "stale"), "")
    try:
        if (who.id if who else None) != flow.account_id:  # signed in or out on the way
            raise Failed("another" if who else "stale")
        identity = provider.identity(flow, request.args)
        if who is not None:
            return _offer("accounts.oidc_offer", identity, who.id, flow.next)
        return _met(identity, flow.next)
    except Failed as error:
        return _not_signed_in(error, flow.next)


def _met(identity: Identity, next_page: str) -> Response:
    met = rules.meet(read_session(), identity)
    if met.account is None:
        return _offer("accounts.oidc_open", identity, None, next_page)
    if met.how == "linked":
        _enter(met.account)
        return redirect(safe_next(next_page, url_for("dashboard.dashboard")))
    flash(
        _(
            "%(email)s 계정이 이미 있습니다. 그 계정으로 한 번 로그인하면 «%(name)s»을(를) 연결할 수 있습니다.",
            email=met.email,
            name=part(Provider).name,
        )
    )
    return _offer("accounts.oidc_offer", identity, met.account.id, next_page)


def _enter(account: Account) -> None:
    enter(account, guesser_here(account.email))


@pages.route("/sign-in/oidc/new", methods=["GET", "POST"])
@requires(anyone)
def oidc_open(who: Account | None) -> ResponseReturnValue:
    """Opens an account for whoever has come by the provider for the first time."""
    provider = _provider()
    problem: Problem | None = None
    try:
        identity, next_page = _offered(who, url_for("dashboard.dashboard"))
        if request.method == "POST":
            _enter(_opened(identity))
            flash(_("«%(name)s»(으)로 계정을 열었습니다.", name=provider.name))
            return _taken(redirect(next_page))
    except Failed as error:
        return redirect(url_for("dashboard.dashboard")) if who else _not_signed_in(error, "")
    except Problem as error:
        problem = error
    page = render_template(
        "accounts/oidc_open.html",
        identity=identity,
        values=request.form if request.method == "POST" else {"name": identity.name},
        problem=problem,
        longest_name=LONGEST_NAME,
    )
    return page, problem.status if problem else 200


def _opened(identity: Identity) -> Account:
    for last in (False, True):
        try:
            with part(Database).writing() as writing:
                name, consents = request.form.get("name", ""), "consent" in request.form
                return rules.open_account(
                    writing, identity, name, consents=consents, language=current_language()
                )
        except IntegrityError:  # another tab has opened it at this moment
            if last:
                raise
    raise AssertionError


def _provider() -> Provider:
    provider = part(Provider)
    if not provider.name:
        raise NotFound(
            _("이 허브에는 다른 기관의 로그인이 연결되어 있지 않습니다. 비밀번호로 로그인하십시오.")
        )
    return provider


def _not_signed_in(error: Failed, next_page: str) -> Response:
    where = url_for("accounts.oidc_failed", why=error.why, next=next_page or None)
    return redirect(where)


@pages.get("/sign-in/oidc/failed")
@reads("why", aside=("next",))
@requires(anyone)
def oidc_failed(who: Account | None) -> ResponseReturnValue:
    """Why a provider signed nobody in, and the ways on."""
    provider = _provider()
    why = request.args.get("why", "")
    status, said = FAILURES.get(why, FAILURES["stale"])
    page = render_template(
        "accounts/oidc_failed.html",
        said=_(said, name=provider.name),
        next=safe_next(request.args.get("next"), "") or None,
    )
    return page, status


def _offer(page: str, identity: Identity, account_id: int | None, next_page: str) -> Response:
    """To a page that asks first; what it asks about waits in a cookie that this server has signed.

    Not in the session: that is begun anew when an account's owner signs in.

    :param account_id: whom the offer is for; ``None`` for somebody who has no account yet.
    """
    next_page = next_page if len(next_page) <= LONGEST_NEXT else ""
    kept = signer(secrets(), OFFER).dumps(
        {"identity": asdict(identity), "account": account_id, "next": next_page}
    )
    response = redirect(url_for(page))
    response.set_cookie(
        OFFER,
        kept,
        max_age=OFFERED_FOR,
        path=url_for("accounts.oidc_start"),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


def _taken(response: Response) -> Response:
    """Nothing is offered any more."""
    response.delete_cookie(OFFER, path=url_for("accounts.oidc_start"))
    return response


def _offered(who: Account | None, otherwise: str) -> tuple[Identity, str]:
    """What the cookie offers whoever asks, and where to go on.

    :raises Failed: when it offers nothing (any more), or to somebody else.
    """
    try:
        kept = signer(secrets(), OFFER).loads(request.cookies.get(OFFER, ""), max_age=OFFERED_FOR)
    except BadData as error:
        raise Failed("stale") from error
    if kept["account"] != (who.id if who else None):
        raise Failed("another" if who else "stale")
    identity = Identity(**kept["identity"])
    linked = rules.account_of(read_session(), identity)
    if who is not None and linked is not None and linked.id != who.id:
        raise Failed("taken")
    return identity, safe_next(kept["next"], otherwise)


@pages.get("/sign-in/oidc/link")
@requires(signed_in)
def oidc_offer(who: Account) -> ResponseReturnValue:
    """Asks an account's owner whether the provider's sign-in is to open it from now on."""
    _provider()
    try:
        identity, next_page = _offered(who, url_for("accounts.identities"))
    except Failed as error:
        return _not_signed_in(error, "")
    return render_template("accounts/oidc_link.html", who=who, identity=identity, next=next_page)


@pages.post("/sign-in/oidc/link")
@requires(signed_in)
def oidc_link(who: Account) -> ResponseReturnValue:
    """Links it; a second click links nothing more."""
    provider = _provider()
    try:
        identity, next_page = _offered(who, url_for("accounts.identities"))
        with part(Database).writing() as writing:
            rules.link(writing, who, identity, provider.name)
    except Failed as error:
        return _not_signed_in(error, "")
    except IntegrityError:  # another account has taken it at this moment
        return _not_signed_in(Failed("taken"), "")
    flash(_("이제 «%(name)s»(으)로도 이 계정에 로그인할 수 있습니다.", name=provider.name))
    return _taken(redirect(next_page))


@pages.get("/account/identities")
@requires(signed_in)
def identities(who: Account) -> ResponseReturnValue:
    """With which sign-ins of other providers the account can be opened."""
    return render_template("accounts/identities.html", who=who)


@pages.post("/account/identities/remove")
@requires(signed_in)
def unlink_identity(who: Account) -> ResponseReturnValue:
    """Takes such a link away; never the last way in."""
    provider = part(Provider)
    try:
        with part(Database).writing() as writing:
            gone = rules.unlink(
                writing, who, request.form.get("identity", ""), provider.issuer, provider.name or "OpenID"
            )
    except rules.LastWayIn as error:
        return render_template("accounts/identities.html", who=who, problem=error), error.status
    if gone:
        flash(
            _(
                "연결을 끊었습니다. 그 로그인으로 열어 둔 화면은 그대로이니, 남의 손에 있다면 비밀번호를 바꾸십시오."
            )
        )
    return redirect(url_for("accounts.identities"))


FOR_TEMPLATES = (oidc_name, own_links)
