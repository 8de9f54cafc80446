"""What a reader sees when something fails: what, and what to do; never a trace, never a lost text."""

from __future__ import annotations

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from hub.language import _
from hub.problems import Problem
from hub.web import wants_fragment

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Adds the handlers to an app."""
    app.register_error_handler(Problem, problem)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(IntegrityError, collision)
    app.register_error_handler(DBAPIError, no_database)
    app.register_error_handler(OSError, no_disk)
    app.register_error_handler(Exception, unexpected)


def _page(status: int, message: str) -> ResponseReturnValue:
    if request.path == "/healthz":
        return jsonify(status="error", message=message), status
    # What was sent is shown back, so that it can be copied: a text is never lost to an error.
    kept = request.form.get("text", "") if request.method == "POST" else ""
    template = "_problem.html" if wants_fragment() else "error.html"
    return render_template(template, status=status, message=message, kept=kept), status


def problem(error: Problem) -> ResponseReturnValue:
    """An error that the reader can mend."""
    return _page(error.status, error.message)


def stale_form(error: CSRFError) -> ResponseReturnValue:
    """A form whose session is gone."""
    return _page(400, _("이 양식은 더 쓸 수 없습니다. 앞 화면을 새로 열고 다시 보내 주십시오."))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """404, 405, 413 and their like."""
    known = {
        404: _("이 주소에는 아무것도 없습니다. 주소를 확인하거나 처음 화면에서 찾아보십시오."),
        405: _("이 주소에서는 할 수 없는 일입니다."),
        413: _("보내신 내용이 너무 큽니다. 1MB까지 받습니다."),
        429: _("짧은 시간에 너무 많이 요청했습니다. 잠시 뒤에 다시 하십시오."),
    }
    status = error.code or 500
    return _page(status, known.get(status, error.description or _("요청을 처리하지 못했습니다.")))


def collision(error: IntegrityError) -> ResponseReturnValue:
    """Two people saved the same thing at the same moment; the database kept one."""
    log.warning("Two writers collided: %s", error.orig)
    return _page(409, _("같은 내용이 방금 저장되었습니다. 화면을 새로 열어 확인해 주십시오."))


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
    log.exception("Unexpected error at %s", request.path)
    return _page(500, _("저희 쪽 오류입니다. 기록해 두었습니다. 잠시 뒤에 다시 하십시오."))
