"""Engine: the parts that searching needs, opened once a process."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from embeddings.calibration import Background
from embeddings.encoder import Encoder, ModelError, fingerprint, resolve, use_threads
from hub.database import Database, current_revision
from hub.fields.nearest import encode_subclasses, subclasses
from hub.index import changes, snapshot
from hub.index.bank import ProblemBank, bank_digest, encode_bank
from hub.index.replica import Replica
from hub.language import _
from hub.problems import Unavailable
from hub.profiles.carried import background_texts
from hub.settings import Settings

MOST_WITHOUT_VECTOR = 100
LEAST_REMOVED = 512  # removed rows that are worth reclaiming
SYNCED = "synced"  # under which a session remembers that it has asked
Arrays = dict[str, npt.NDArray[np.float32]]
log = logging.getLogger(__name__)


class Engine:
    """Encoder, background and store over one database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.encoder = open_encoder(settings)
        self.background = load_background(self.encoder, settings.var / "models")
        self.subclasses = load_subclasses(self.encoder, settings.var / "models")
        self.bank = load_bank(self.encoder, settings.var / "models")
        self._threads = 1
        self._syncing = threading.Lock()  # one thread at a time asks the database what is new
        self._compacting = threading.Lock()
        self.store = Replica(self.encoder.dimension, self.encoder.fingerprint)
        with database.reading() as session:
            self._check_vectors(session)
            restored = snapshot.load(self.store, session, settings.snapshots)
            changes.sync(session, self.store, self.encoder, self.subclasses)
            if not restored or self.store.revision == 0:
                self._keep(session)
        if self._is_due():  # at once: a thread must not cross a fork
            self.compact()

    def _check_vectors(self, session: Session) -> None:
        """A few statements without a vector are encoded as they come; a whole hub of them is not."""
        lacking = changes.count_without_vector(session, self.encoder.fingerprint)
        if lacking > MOST_WITHOUT_VECTOR:
            raise Unavailable(
                _("지금 모델의 벡터가 없는 글이 %(n)d건입니다. `hub reindex`를 실행하십시오.", n=lacking)
            )

    def use_threads(self, count: int) -> None:
        """How many threads the model and the index may use in this process. Not before a fork."""
        use_threads(count)
        self.encoder.use_threads(count)
        self._threads = count
        self.store.use_threads(count)

    def sync(self, session: Session) -> None:
        """Brings the store up to the newest committed revision. Call before each answer.

        A session asks the database once: what it answers is as of then.
        """
        if session.info.get(SYNCED) is self:
            return
        if current_revision(session) > self.store.revision:
            with self._syncing:
                changes.sync(session, self.store, self.encoder, self.subclasses)
            if self._is_due() and not self._compacting.locked():
                threading.Thread(target=self.compact, name="compact", daemon=True).start()
        session.info[SYNCED] = self

    def _is_due(self) -> bool:
        """Whether so many rows hold nothing any more that they are worth reclaiming."""
        return self.store.removed > max(LEAST_REMOVED, len(self.store) // 4)

    def compact(self) -> None:
        """Puts a replica without removed rows in the place of this one.

        Whoever is searching goes on in the old one; nobody waits longer than for one block of rows.
        """
        if not self._compacting.acquire(blocking=False):
            return
        try:
            arrays, revision = self.store.copy_out()
            fresh = Replica(self.encoder.dimension, self.encoder.fingerprint)
            fresh.unpack(arrays, revision)
            fresh.use_threads(self._threads)
            # Nobody brings the old one further meanwhile, so the new one lacks nothing that was answered.
            with self._syncing, self.database.reading() as session:
                changes.sync(session, fresh, self.encoder, self.subclasses)
                self.store = fresh
        except Exception:  # the old one goes on serving; the next change tries again
            log.exception("The index could not be compacted")
        finally:
            self._compacting.release()

    def save_snapshot(self) -> None:
        """Brings the store up to date and keeps it for the next start."""
        with self.database.reading() as session:
            self.sync(session)
            self._keep(session)

    def _keep(self, session: Session) -> None:
        if not self.store.revision:
            return
        try:
            snapshot.save(self.store, session, self.settings.snapshots)
        except OSError as error:  # a full disk costs a slower restart, not the hub
            log.warning("The index snapshot could not be written: %s", error)


def model_folder(settings: Settings) -> Path:
    """The folder of the model that the settings name.

    :raises Unavailable: in the reader's language, when it is missing or half written.
    """
    try:
        return resolve(settings.model_source)
    except ModelError as error:
        raise _unusable(error) from error


def open_encoder(settings: Settings, *, alone: bool = False) -> Encoder:
    """The encoder that the settings name.

    :param alone: nothing else wants the cores: it may use them all.
    :raises Unavailable: in the reader's language, when it cannot be opened.
    """
    try:
        encoder = Encoder(model_folder(settings))
        if alone:
            encoder.use_threads(len(os.sched_getaffinity(0)), spinning=True)
        return encoder
    except ModelError as error:
        raise _unusable(error) from error


def _unusable(error: ModelError) -> Unavailable:
    return Unavailable(_("모델을 열 수 없습니다: %(why)s. `hub setup`을 실행하십시오.", why=str(error)))


def prepare_model(settings: Settings, say: Callable[[str], None]) -> None:
    """Makes what is made once of a model, at set-up, with all cores, rather than when the first page waits for it.

    :param say: told, in the reader's language, when there is something to make.
    :raises Unavailable: when the model cannot be opened.
    """
    folder = settings.var / "models"
    model = fingerprint(model_folder(settings))
    if (folder / _bank_file(model)).is_file():
        return
    say(_("문제 은행을 인코딩합니다…"))
    encoder = open_encoder(settings, alone=True)
    load_background(encoder, folder)
    load_subclasses(encoder, folder)
    load_bank(encoder, folder)


def load_background(encoder: Encoder, folder: Path) -> Background:
    """The background of this model, made once from the texts that the project carries.

    It is fixed, not drawn from the database, so that a match keeps its strength while others post.
    """

    def make() -> Arrays:
        made = Background.of(encoder.encode(background_texts()))
        return {"mean": made.mean, "covariance": made.covariance}

    name = f"background-{encoder.fingerprint}.npz"
    kept = _made_once(encoder, folder, name, ("mean", "covariance"), make)
    return Background(kept["mean"], kept["covariance"])


def load_subclasses(encoder: Encoder, folder: Path) -> npt.NDArray[np.float32]:
    """The vectors of the technology fields' subclasses, made once a model."""
    digest = hashlib.sha256(repr(subclasses()).encode()).hexdigest()[:8]
    name = f"subclasses-{encoder.fingerprint}-{digest}.npz"
    made = _made_once(encoder, folder, name, ("vectors",), lambda: {"vectors": encode_subclasses(encoder)})
    return made["vectors"]


def load_bank(encoder: Encoder, folder: Path) -> ProblemBank:
    """The problem bank as this model sees it, encoded once."""
    names = ("problems", "capabilities", "elsewhere")
    return ProblemBank(
        **_made_once(encoder, folder, _bank_file(encoder.fingerprint), names, lambda: encode_bank(encoder))
    )


def _bank_file(model: str) -> str:
    return f"bank-{model}-{bank_digest()}.npz"


def _made_once(
    encoder: Encoder, folder: Path, file: str, names: tuple[str, ...], make: Callable[[], Arrays]
) -> Arrays:
    """Arrays from a file, or made and kept there for the next start.

    A hub whose model another one's set-up has built finds them beside the model.
    """
    for path in (folder / file, encoder.folder.parent / file):
        with suppress(OSError, ValueError, KeyError), np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    made = make()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / f".{Path(file).stem}-{id(made)}.npz"
        np.savez(scratch, **made)  # type: ignore[arg-type]
        scratch.replace(folder / file)
    except OSError as error:
        log.warning("What is made once of the model could not be kept: %s", error)
    return made
