"""Writing mail and sending it: written in the transaction of what it tells of, sent once that is kept.

A mail is sent at least once, and only as often as it takes: of two processes that send at the same moment one gets it, and
what was cut off in between is sent again under the same ``Message-ID``, so that a mail server takes it for the same mail.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPAuthenticationError, SMTPConnectError, SMTPException, SMTPServerDisconnected
from threading import Lock
from time import monotonic
from typing import Any

from flask import Flask, Response, current_app, g, render_template
from flask_mailman import EmailMessage
from flask_mailman import Mail as Mailman
from sqlmodel import Session, col, delete, func, select

from hub.database import Database, now
from hub.language import speaking
from hub.mail.tables import Mail
from hub.settings import Settings
from hub.web.request import part

HELD = timedelta(minutes=5)  # a process that has taken a mail and says nothing for so long is gone
KEPT = timedelta(days=90)  # to whom what was written, in case somebody asks where it is
MOST_TRIES = 8  # the last one some ten hours after the first
AT_ONCE = 50

LOOKED_FOR = 60.0  # seconds: so often a request looks for mail that waits, be it none that it has written

log = logging.getLogger(__name__)
mailman = Mailman()
_sending = Lock()  # one thread of a process sends; a mail server that hangs must not hold them all
_looked = [0.0]


def write(session: Session, recipient: str, language: str, template: str, **values: Any) -> Mail:
    """Writes a mail, to be sent when this transaction is kept and the request is answered.

    :param template: ``templates/mail/<template>.txt``; its first line is the subject.
    :param language: the reader's, not that of whoever caused it.
    """
    with speaking(language):
        text = render_template(f"mail/{template}.txt", **values).strip()
    subject, _line, body = text.partition("\n")
    mail = Mail(recipient=recipient, subject=" ".join(subject.split())[:200], body=body.strip() + "\n")
    session.add(mail)
    session.flush()
    g.mail_written = True
    return mail


def _send_afterwards(response: Response) -> Response:
    """After a request that has written a mail; and now and then after any, for what could not be sent before."""
    if g.get("mail_written") or monotonic() - _looked[0] > LOOKED_FOR:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(lambda: _send_quietly(app))  # nobody waits for a mail server
    return response


def _send_quietly(app: Flask) -> None:
    """Sends, unless another thread does: that one, or a later request, finds what this one leaves."""
    if not _sending.acquire(blocking=False):
        _looked[0] = 0.0
        return
    try:
        _looked[0] = monotonic()
        with app.app_context():
            send(part(Database), part(Settings))
    except Exception:
        log.exception("Mails could not be sent; they are kept and sent later")
    finally:
        _sending.release()


def send(database: Database, settings: Settings) -> tuple[int, int]:
    """Sends what is due; returns how many mails were sent and how many were refused."""
    sent = refused = 0
    if _is_any(database, col(Mail.created_at) < now() - KEPT):
        with database.writing() as session:
            session.exec(delete(Mail).where(col(Mail.created_at) < now() - KEPT))
    if not _is_any(database, *_due()):
        return 0, 0
    for _time in range(AT_ONCE):
        mail = _take(database)
        if mail is None:
            break
        try:
            _message(mail, settings).send()
        except Exception as error:
            log.warning("Mail %d was not sent: %s", mail.id, error)
            _note(database, mail.id, error=f"{type(error).__name__}: {error}"[:500])
            refused += 1
            if _is_out_of_reach(error):
                break  # the next would wait for it as long
        else:
            _note(database, mail.id, keep=not settings.mail_server)
            sent += 1
    return sent, refused


def _due() -> tuple[Any, ...]:
    return col(Mail.sent_at).is_(None), col(Mail.due_at) <= now(), col(Mail.tries) < MOST_TRIES


def _is_any(database: Database, *conditions: Any) -> bool:
    with database.reading() as session:
        return session.exec(select(Mail.id).where(*conditions).limit(1)).first() is not None


def _is_out_of_reach(error: Exception) -> bool:
    """Whether the server failed, and not this one mail: smtplib's own errors are errors of the system too."""
    server = (SMTPConnectError, SMTPServerDisconnected, SMTPAuthenticationError)
    return isinstance(error, server) or (isinstance(error, OSError) and not isinstance(error, SMTPException))


def begin_anew(session: Session, number: int) -> bool:
    """Has a mail that was not sent tried again at once; whether there is such a one."""
    mail = session.get(Mail, number)
    if mail is None or mail.sent_at is not None:
        return False
    mail.tries, mail.due_at = 0, now()
    return True


def _take(database: Database) -> Mail | None:
    """The mail that has waited longest, held for this process."""
    with database.writing() as session:
        due = select(Mail).where(*_due())
        mail = session.exec(due.order_by(col(Mail.due_at)).limit(1).with_for_update(skip_locked=True)).first()
        if mail is not None:
            mail.due_at = now() + HELD
        return mail


def _note(database: Database, number: int, *, error: str | None = None, keep: bool = False) -> None:
    with database.writing() as session:
        mail = session.get(Mail, number)
        if mail is None:  # its account was closed meanwhile
            return
        mail.error = error
        if error is None:
            mail.sent_at = now()
            mail.body = mail.body if keep else ""
        else:
            mail.tries += 1
            mail.due_at = now() + timedelta(minutes=5 * 2 ** (mail.tries - 1))


def _message(mail: Mail, settings: Settings) -> EmailMessage:
    headers = {
        "Message-ID": f"<mail-{mail.id}-{int(mail.created_at.timestamp())}@{settings.mail_host}>",
        "X-Hub-Mail": str(mail.id),
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(
        mail.subject, mail.body, from_email=settings.mail_from, to=[mail.recipient], headers=headers
    )


def waiting(database: Database) -> int:
    """How many mails are not sent yet."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Mail).where(col(Mail.sent_at).is_(None))).one()


def configuration(settings: Settings) -> dict[str, object]:
    """What Flask-Mailman is told."""
    return {
        "MAIL_BACKEND": "smtp" if settings.mail_server else "hub.mail.folder",
        "MAIL_FILE_PATH": str(settings.outbox),
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password or None,
        "MAIL_USE_TLS": settings.mail_security == "starttls",
        "MAIL_USE_SSL": settings.mail_security == "tls",
        "MAIL_DEFAULT_SENDER": settings.mail_from,
        "MAIL_TIMEOUT": 15,
    }


def register(app: Flask, settings: Settings) -> None:
    """Adds sending to an app."""
    app.config.update(configuration(settings))
    app.after_request(_send_afterwards)
    mailman.init_app(app)
