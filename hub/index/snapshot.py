"""The replica on disk, so that a restart need not read every statement again.

A snapshot is a convenience: one that is missing, damaged, of another database, of another model or
newer than the database is left aside, and the replica is built from the database.
"""

from __future__ import annotations

import json
import logging
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from hub.database import current_revision, database_name
from hub.fields.carried import field_codes
from hub.index.columns import COLUMNS
from hub.index.replica import Replica

LAYOUT = 10  # rises when the arrays of a snapshot change
INDEX, CANDIDATES = "index", "candidates"
# The largest arrays stand in files of their own and are mapped, so that processes share what they read.
MAPPED = ("vectors", "parts_vectors")
RESTORED = "newer than the database, which must have been restored"
Arrays = dict[str, npt.NDArray[Any]]
log = logging.getLogger(__name__)


def _note(folder: Path, what: str) -> Path:
    return folder / f"{what}.json"


def save(replica: Replica, session: Session, folder: Path) -> None:
    """Writes the replica; readers see the old snapshot or the new one, never half of one.

    :raises OSError: when the folder cannot be written; what was there stays.
    """
    packed, revision = replica.copy_out()
    _write(packed, INDEX, session, folder, model=replica.model, revision=revision)


def save_candidates(packed: Arrays, session: Session, folder: Path, *, model: str, revision: int) -> None:
    """Writes the candidates of suggestions, likewise."""
    _write(packed, CANDIDATES, session, folder, model=model, revision=revision)


def load_candidates(replica: Replica, session: Session, folder: Path) -> Arrays | None:
    """The candidates of suggestions, if there are any that fit, with their ``revision`` among them."""
    return _load(CANDIDATES, replica, session, folder)


def time_of_candidates(folder: Path) -> int:
    """When the candidates of suggestions were written, in nanoseconds; 0 where there are none."""
    try:
        return _note(folder, CANDIDATES).stat().st_mtime_ns
    except OSError:
        return 0


def _write(arrays: Arrays, what: str, session: Session, folder: Path, *, model: str, revision: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{what}-{model}-{revision}-{os.getpid()}"
    large = {name: np.ascontiguousarray(array) for name, array in arrays.items() if name in MAPPED}
    small: dict[str, Any] = {name: array for name, array in arrays.items() if name not in MAPPED}
    scratch = {name: folder / f".{stem}.{name}.npy" for name in large} | {"": folder / f".{stem}.npz"}
    try:
        for name, path in scratch.items():
            with path.open("wb") as file:
                if name:
                    np.save(file, large[name])
                else:
                    np.savez(file, **small)
                file.flush()
                os.fsync(file.fileno())
        note = {
            "layout": LAYOUT,
            "file": f"{stem}.npz",
            "mapped": {name: [f"{stem}.{name}.npy", zlib.crc32(array.data)] for name, array in large.items()},
            "model": model,
            "database": database_name(session),
            "revision": revision,
            "fields": list(field_codes()),  # the replica numbers them in this order
            "columns": list(COLUMNS),
        }
        for path in scratch.values():
            os.replace(path, path.with_name(path.name.removeprefix(".")))
        draft = folder / f".{what}-{os.getpid()}.json"
        draft.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
        os.replace(draft, _note(folder, what))
    finally:
        for path in scratch.values():
            path.unlink(missing_ok=True)
    for old in folder.glob(f"{what}-*.np[yz]"):
        if not old.name.startswith(stem):
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
            return _read(folder, note)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        reason = f"damaged ({error})"
    log.warning("The snapshot %s in %s is left aside: %s.", what, folder, reason)
    if reason == RESTORED:  # or it would seem to fit once the database has come as far by another way
        _note(folder, what).unlink(missing_ok=True)
    return None


def _misfit(note: dict[str, object], replica: Replica, session: Session) -> str | None:
    if note["layout"] != LAYOUT or note.get("columns") != list(COLUMNS):
        return "of an older program"
    if note["model"] != replica.model:
        return "of another model"
    if note["database"] != database_name(session):
        return "of another database"
    if note["fields"] != list(field_codes()):
        return "of other technology fields"
    if int(str(note["revision"])) > current_revision(session):
        return RESTORED
    return None


def _read(folder: Path, note: dict[str, Any]) -> Arrays:
    """Every array, checked against its checksum (CRC-32): it finds what a disk or a copy has spoilt."""
    with np.load(folder / note["file"], allow_pickle=False) as arrays:
        read = {**dict(arrays), "revision": np.asarray(int(note["revision"]))}
    for name, (file, checksum) in note["mapped"].items():
        read[name] = np.load(folder / file, mmap_mode="r", allow_pickle=False)
        if zlib.crc32(read[name].data) != checksum:
            raise ValueError(f"{file} is not what was written")
    return read
