"""What a reader sees when something fails: what, and what to do; never a trace, never a lost text."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from hub.accounts.gate import account, signed_out
from hub.carrying import destination, given_back
from hub.language import LANGUAGES, N_, _, current_language
from hub.problems import Problem
from hub.search.query import LONGEST_QUERY
from hub.web.request import largest_here, wants_fragment

log = logging.getLogger(__name__)
Handler = Callable[[Any], ResponseReturnValue]
OURS = N_("저희 쪽 오류입니다. 기록해 두었습니다. 잠시 뒤에 다시 하십시오.")


def register(app: Flask) -> None:
    """Adds the handlers to an app."""
    handlers: dict[type[Exception], Handler] = {
        Problem: problem,
        CSRFError: stale_form,
        HTTPException: http_error,
        IntegrityError: collision,
        DataError: unfit_value,
        DBAPIError: no_database,
        OSError: no_disk,
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        app.register_error_handler(kind, _unfailing(handler))


def _unfailing(handler: Handler) -> Handler:
    """A handler that answers even where it fails itself, be it for want of the reader's language."""

    @wraps(handler)
    def safe(error: Any) -> ResponseReturnValue:
        try:
            return handler(error)
        except Exception:
            log.exception("An error's answer failed at %r", request.path)
            return plain_page(said_in_any_case(OURS)), 500

    return safe


def _page(
    status: int, message: str, headers: Mapping[str, str] | None = None, *, stale: bool = False
) -> ResponseReturnValue:
    """The answer that says what failed. It never fails itself: where the page cannot be made, a plain one is."""
    if request.path == "/healthz":
        return jsonify(status="error", message=message), status, headers or {}
    template = "_problem.html" if wants_fragment() else "error.html"
    try:
        page = render_template(
            template,
            status=status,
            message=message,
            longest_query=LONGEST_QUERY,
            **_given_back(status, stale),
        )
    except Exception:
        log.exception("The page of an error failed at %r", request.path)
        page = plain_page(message)
    # A part that was to be picked out of the page that failed is not in this one: show what it says.
    return page, status, {**(headers or {}), **({"HX-Reselect": "unset"} if wants_fragment() else {})}


def _given_back(status: int, stale: bool) -> dict[str, object]:
    """What was sent, for the page; nothing is ever lost to an error, unless it is the error."""
    try:
        return given_back(status, stale=stale)
    except HTTPException:  # what is too large, or no form at all, cannot be read a second time either
        return {"sent": []}


def plain_page(message: str) -> str:
    """An error's page made of nothing that can fail; for htmx only the part that says it."""
    said = f'<p class="notice danger" role="alert">{escape(message)}</p>'
    if wants_fragment():
        return said
    home = escape(request.script_root + "/")
    site, back = (
        escape(said_in_any_case(N_("지역 산학 연계 허브"))),
        escape(said_in_any_case(N_("처음 화면"))),
    )
    return (
        f'<!doctype html>\n<html lang="{escape(_language())}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{site}</title><link rel="stylesheet" href="{home}static/css/krds.css">'
        f'<link rel="stylesheet" href="{home}static/css/hub.css"></head><body>'
        f'<header class="site-header"><div class="inner"><a class="brand" href="{home}">{site}</a></div></header>'
        f'<main id="main" class="inner"><h1>{site}</h1>{said}'
        f'<p><a class="krds-btn secondary" href="{home}">{back}</a></p></main></body></html>'
    )


def said_in_any_case(text: str) -> str:
    """A text in the reader's language, or in Korean where even that cannot be told."""
    try:
        return _(text)
    except Exception:
        log.exception("No language for an error's page")
        return text


def _language() -> str:
    try:
        return current_language()
    except Exception:
        return LANGUAGES[0]


def problem(error: Problem) -> ResponseReturnValue:
    """An error that the reader can mend."""
    return _page(error.status, error.message)


def stale_form(error: CSRFError) -> ResponseReturnValue:
    """A form whose session is gone."""
    if destination() is None:
        return _page(400, _("이 양식은 더 쓸 수 없습니다. 앞 화면을 새로 열고 다시 보내 주십시오."))
    if account() is None:
        return _page(400, signed_out())
    message = _("이 화면을 연 뒤에 로그인이 새로 되었습니다. 아래 내용을 확인하고 다시 보내십시오.")
    return _page(400, message, stale=True)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """404, 405, 413 and their like, with the headers that belong to them (405 says what may be done)."""
    known = {
        400: _("요청을 읽을 수 없습니다. 앞 화면을 새로 열고 다시 해 보십시오."),
        404: _("이 주소에는 아무것도 없습니다. 주소를 확인하거나 처음 화면에서 찾아보십시오."),
        405: _("이 주소에서는 할 수 없는 일입니다."),
        413: _("보내신 내용이 너무 큽니다. %(n)dMB까지 받습니다.", n=largest_here() // 1024**2),
        416: _("파일에 없는 부분을 청했습니다."),
        429: _("짧은 시간에 너무 많이 요청했습니다. 잠시 뒤에 다시 하십시오."),
    }
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _page(status, known.get(status, _("요청을 처리하지 못했습니다.")), headers)


def collision(error: IntegrityError) -> ResponseReturnValue:
    """Two people saved the same thing at the same moment; the database kept one."""
    log.warning("Two writers collided: %s", error.orig)
    return _page(409, _("같은 내용이 방금 저장되었습니다. 화면을 새로 열어 확인해 주십시오."))


def unfit_value(error: DataError) -> ResponseReturnValue:
    """A value that the database cannot hold, such as a text with a zero byte (PostgreSQL)."""
    log.warning("A value that the database refused: %s", error.orig)
    return _page(400, _("보내신 내용에 쓸 수 없는 글자나 수가 있습니다. 고쳐서 다시 보내 주십시오."))


def no_database(error: DBAPIError) -> ResponseReturnValue:
    """The database is missing, locked or full."""
    log.error("The database failed: %s", error.orig)
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        message = _("데이터베이스가 바쁩니다. 저장되지 않았으니 잠시 뒤에 다시 하십시오.")
    elif "full" in str(error.orig):
        message = _("저장 공간이 가득 찼습니다. 저장되지 않았습니다. 운영자에게 알려 주십시오.")
    else:
        message = _("데이터베이스에 닿지 못했습니다. 저장되지 않았으니 잠시 뒤에 다시 하십시오.")
    return _page(503, message)


def no_disk(error: OSError) -> ResponseReturnValue:
    """A file could not be read or written."""
    log.exception("The system refused")
    return _page(503, _("서버가 파일을 읽거나 쓰지 못했습니다. 운영자에게 알려 주십시오."))


def unexpected(error: Exception) -> ResponseReturnValue:
    """A defect of ours."""
    log.exception("Unexpected error at %r", request.path)
    return _page(500, said_in_any_case(OURS))
