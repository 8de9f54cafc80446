"""What a system's or a database's error means, in the reader's language: what failed, and what to do."""

from __future__ import annotations

import errno
import os

from sqlalchemy.exc import DBAPIError

from hub.language import _
from hub.particles import with_particles
from hub.settings import load_settings

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def of_system(error: OSError) -> str:
    """What an error of the operating system means. It names the file, the program or the address."""
    files = [os.fsdecode(name) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    what = " → ".join(files)
    if error.errno in NO_ROOM:
        return _(
            "저장 공간이 가득 찼습니다%(what)s. 공간을 비우고 다시 실행하십시오.", what=_in_brackets(what)
        )
    why = error.strerror or str(error)
    if not what:
        return _("운영체제가 거절했습니다: %(why)s (%(kind)s).", why=why, kind=type(error).__name__)
    return with_particles(_reason(error.errno) % {"what": what, "why": why})


def _reason(number: int | None) -> str:
    """What happened, with a place for the file and for the system's own words."""
    match number:
        case errno.ENOENT:
            return _("%(what)s이(가) 없습니다. 경로를 확인하십시오.")
        case errno.EACCES | errno.EPERM:
            return _("%(what)s을(를) 읽거나 쓸 권한이 없습니다. 파일과 폴더의 권한을 확인하십시오.")
        case errno.EEXIST | errno.ENOTDIR:
            return _("%(what)s: 폴더가 있어야 할 자리에 파일이 있습니다. 경로를 확인하십시오.")
        case errno.EISDIR:
            return _("%(what)s은(는) 파일이 아니라 폴더입니다. 경로를 확인하십시오.")
        case errno.EROFS:
            return _("%(what)s: 읽기 전용인 디스크에 있습니다. 쓸 수 있는 곳을 지정하십시오.")
    return _("%(what)s을(를) 읽거나 쓰지 못했습니다: %(why)s")


def of_database(error: DBAPIError) -> str:
    """What a database's error means."""
    cause = " ".join(str(error.orig).split())
    if "full" in cause or "No space left" in cause:
        return _(
            "저장 공간이 가득 찼습니다. 여기까지 한 일은 남아 있습니다. 공간을 비우고 다시 실행하면 이어서 합니다."
        )
    if "locked" in cause:
        return _("데이터베이스를 다른 프로그램이 쓰고 있습니다. 잠시 뒤에 다시 실행하십시오.")
    settings = load_settings()
    where = settings.database_url or str(settings.var / "hub.db")
    if "readonly" in cause or "unable to open database file" in cause:
        return _(
            "데이터베이스 %(where)s을(를) 열거나 쓸 권한이 없습니다. 파일과 폴더의 권한을 확인하십시오.",
            where=where,
        )
    if "not a database" in cause or "malformed" in cause:
        return _(
            "%(where)s은(는) SQLite 데이터베이스가 아니거나 손상되었습니다. 백업에서 되살리십시오.",
            where=where,
        )
    return _("데이터베이스에 닿지 못했습니다: %(why)s. HUB_DATABASE_URL을 확인하십시오.", why=cause[:200])


def _in_brackets(what: str) -> str:
    return f" ({what})" if what else ""
