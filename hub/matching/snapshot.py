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
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from hub.database import current_revision, database_name
from hub.matching.replica import Replica
from hub.profiles.fields import field_codes

LAYOUT = 3  # rises when the arrays of a snapshot change
INDEX, CANDIDATES = "index", "candidates"
Arrays = dict[str, npt.NDArray[Any]]
log = logging.getLogger(__name__)


class DamagedSnapshot(RuntimeError):
    """The file is not what was written."""


def _note(folder: Path, what: str) -> Path:
    return folder / f"{what}.json"


def save(replica: Replica, session: Session, folder: Path) -> None:
    """Writes the replica; readers see the old snapshot or the new one, never half of one.

    :raises OSError: when the folder cannot be written; what was there stays.
    """
    _write(replica.pack(), INDEX, replica, session, folder)


def save_candidates(packed: Arrays, replica: Replica, session: Session, folder: Path) -> None:
    """Writes the candidates of suggestions, likewise."""
    _write(packed, CANDIDATES, replica, session, folder)


def load_candidates(replica: Replica, session: Session, folder: Path) -> Arrays | None:
    """The candidates of suggestions, if there are any that fit, with their ``revision`` among them."""
    return _load(CANDIDATES, replica, session, folder)


def _write(arrays: Arrays, what: str, replica: Replica, session: Session, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{what}-{replica.model}-{replica.revision}-{os.getpid()}.npz"
    scratch = folder / f".{name}"
    try:
        with scratch.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        note = {
            "layout": LAYOUT,
            "file": name,
            "sha256": _digest(scratch),
            "model": replica.model,
            "database": database_name(session),
            "revision": replica.revision,
            "fields": list(field_codes()),  # the replica numbers them in this order
        }
        os.replace(scratch, folder / name)
        draft = folder / f".{what}-{os.getpid()}.json"
        draft.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
        os.replace(draft, _note(folder, what))
    finally:
        scratch.unlink(missing_ok=True)
    for old in folder.glob(f"{what}-*.npz"):
        if old.name != name:
            old.unlink(missing_ok=True)


def load(replica: Replica, session: Session, folder: Path) -> bool:
    """Fills an empty replica from the snapshot, if there is one that fits.

    :return: whether it did. What did not fit is logged with its reason.
    """
    arrays = _load(INDEX, replica, session, folder)
    if arrays is None:
        return False
    replica.unpack(arrays, int(arrays["revision"]))
    return True


def _load(what: str, replica: Replica, session: Session, folder: Path) -> Arrays | None:
    """The arrays of a snapshot that fits, with its ``revision`` among them."""
    try:
        note = json.loads(_note(folder, what).read_text(encoding="utf-8"))
        reason = _misfit(note, replica, session)
        if reason is None:
            return _read(folder / note["file"], note)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, DamagedSnapshot) as error:
        reason = f"damaged ({error})"
    log.warning("The snapshot %s in %s is left aside: %s.", what, folder, reason)
    return None


def _misfit(note: dict[str, object], replica: Replica, session: Session) -> str | None:
    if note["layout"] != LAYOUT:
        return "of an older program"
    if note["model"] != replica.model:
        return "of another model"
    if note["database"] != database_name(session):
        return "of another database"
    if note["fields"] != list(field_codes()):
        return "of other technology fields"
    if int(str(note["revision"])) > current_revision(session):
        return "newer than the database, which must have been restored"
    return None


def _read(path: Path, note: dict[str, object]) -> Arrays:
    found = _digest(path)
    if found != note["sha256"]:
        raise DamagedSnapshot(f"checksum {found[:12]}… instead of {str(note['sha256'])[:12]}…")
    with np.load(path, allow_pickle=False) as arrays:
        return {**dict(arrays), "revision": np.asarray(int(str(note["revision"])))}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
