"""The replica on disk, so that a restart need not read every statement again.

A snapshot is a convenience: one that is missing, damaged, of another database, of another model or
newer than the database is left aside, and the replica is built from the database.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import zipfile
from pathlib import Path

import numpy as np
from sqlmodel import Session

from hub.database import current_revision, database_name
from hub.matching.replica import Replica

LAYOUT = 2  # rises when the arrays of a snapshot change
log = logging.getLogger(__name__)


class DamagedSnapshot(RuntimeError):
    """The file is not what was written."""


def _note(folder: Path) -> Path:
    return folder / "current.json"


def save(replica: Replica, session: Session, folder: Path) -> None:
    """Writes the replica; readers see the old snapshot or the new one, never half of one.

    :raises OSError: when the folder cannot be written; what was there stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{replica.model}-{replica.revision}-{os.getpid()}.npz"
    scratch = folder / f".{name}"
    try:
        with scratch.open("wb") as file:
            np.savez(file, **replica.pack())  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        note = {
            "layout": LAYOUT,
            "file": name,
            "sha256": _digest(scratch),
            "model": replica.model,
            "database": database_name(session),
            "revision": replica.revision,
        }
        os.replace(scratch, folder / name)
        draft = folder / f".current-{os.getpid()}.json"
        draft.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
        os.replace(draft, _note(folder))
    finally:
        scratch.unlink(missing_ok=True)
    for old in folder.glob("*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def load(replica: Replica, session: Session, folder: Path) -> bool:
    """Fills an empty replica from the snapshot, if there is one that fits.

    :return: whether it did. What did not fit is logged with its reason.
    """
    try:
        note = json.loads(_note(folder).read_text(encoding="utf-8"))
        reason = _misfit(note, replica, session)
        if reason is None:
            _read(replica, folder / note["file"], note)
            return True
    except FileNotFoundError:
        return False
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, DamagedSnapshot) as error:
        reason = f"damaged ({error})"
    log.warning("The index snapshot in %s is left aside: %s. Reading the database instead.", folder, reason)
    return False


def _misfit(note: dict[str, object], replica: Replica, session: Session) -> str | None:
    if note["layout"] != LAYOUT:
        return "of an older program"
    if note["model"] != replica.model:
        return "of another model"
    if note["database"] != database_name(session):
        return "of another database"
    if int(str(note["revision"])) > current_revision(session):
        return "newer than the database, which must have been restored"
    return None


def _read(replica: Replica, path: Path, note: dict[str, object]) -> None:
    found = _digest(path)
    if found != note["sha256"]:
        raise DamagedSnapshot(f"checksum {found[:12]}… instead of {str(note['sha256'])[:12]}…")
    with np.load(path, allow_pickle=False) as arrays:
        replica.unpack(dict(arrays), int(str(note["revision"])))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
