"""What the hub has written to people, for whoever runs it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import col, select

from hub.accounts.gate import requires
from hub.accounts.policy import can_run_hub
from hub.accounts.registration_pages import pages
from hub.accounts.tables import Account
from hub.database import Database
from hub.language import _
from hub.mail import outbox
from hub.mail.tables import Mail
from hub.settings import Settings
from hub.web.request import part, read_session

MOST_SHOWN = 100


@pages.get("/mails")
@requires(can_run_hub)
def mails(who: Account) -> ResponseReturnValue:
    """The newest mails: to whom, about what, whether they are on their way; their words only where nothing sends them."""
    newest = select(Mail).order_by(col(Mail.id).desc()).limit(MOST_SHOWN)
    settings = part(Settings)
    return render_template(
        "accounts/mails.html",
        mails=list(read_session().exec(newest)),
        server=settings.mail_server,
        outbox=settings.outbox,
        most=MOST_SHOWN,
        most_tries=outbox.MOST_TRIES,
    )


@pages.post("/mails/<int:mail_id>/send")
@requires(can_run_hub)
def send_again(who: Account, mail_id: int) -> ResponseReturnValue:
    """Sends a mail again that could not be sent."""
    with part(Database).writing() as session:
        found = outbox.begin_anew(session, mail_id)
    if found:
        sent, refused = outbox.send(part(Database), part(Settings))
        if refused:
            flash(_("메일 서버가 받지 않았습니다. 까닭은 아래에 있습니다."), "warning")
        elif sent:
            flash(_("메일을 보냈습니다."))
    return redirect(url_for("accounts.mails"))
