"""The second factor: a code of six digits that a telephone shows and that changes every thirty seconds (TOTP, RFC 6238).

The secret behind the codes is sealed in the database (hub/accounts/sealing.py). Each code is good once, and half a minute
early or late. Ten recovery codes stand in for a lost telephone, each once; only their digests are kept.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import pyotp
import segno
from sqlmodel import Session, col, delete, func, select

from hub.accounts import guesses, sessions
from hub.accounts.guesses import Guesser
from hub.accounts.sealing import Sealer
from hub.accounts.tables import Account, RecoveryCode
from hub.database import now
from hub.keyboard import to_latin
from hub.language import _
from hub.problems import Problem
from hub.text import one_line

SECONDS = 30  # that a code lasts
DRIFT = 1  # so many codes before and after the present one are taken too: clocks differ
RECOVERY_CODES = 10
FEW = 3  # so many left are worth a word
# Sixteen of these, which nobody takes for one another, are 79 bits: their digest tells nobody the code.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP, _GROUPS = 4, 4
_OF_CODE = re.compile(r"\d{6}", re.ASCII)
_CODE_LIKE = re.compile(rf"\d{{6}}|[a-z0-9]{{{_GROUP * _GROUPS}}}", re.ASCII)

log = logging.getLogger(__name__)


class Answer(Enum):
    """What became of a code that was given."""

    RIGHT = "right"
    RECOVERY = "recovery"  # right, and one recovery code fewer
    WRONG = "wrong"
    USED = "used"  # right, but it has been given before
    SLOWED = "slowed"  # not looked at
    UNREADABLE = "unreadable"  # the secret cannot be opened any more: recovery codes alone are good


@dataclass(frozen=True)
class Given:
    """The answer, and for how many seconds no further code is taken."""

    answer: Answer
    wait: int = 0

    @property
    def is_right(self) -> bool:
        """Whether it stands for the second factor."""
        return self.answer in (Answer.RIGHT, Answer.RECOVERY)


def new_secret() -> str:
    """A secret for a telephone, as it is typed there: 160 bits in 32 letters."""
    return pyotp.random_base32()


def address(secret: str, email: str, issuer: str) -> str:
    """What the picture says to the telephone: whose codes these are, and where."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def picture(text: str) -> str:
    """The picture that a telephone reads (QR), black on white whatever the page's colours, as the address of an image."""
    return segno.make(text, error="l", micro=False).svg_data_uri(scale=4, light="#fff", dark="#000")


def enrol(session: Session, account_id: int, secret: str, typed: str, sealer: Sealer) -> list[str]:
    """Makes a telephone the account's second factor once it has shown a right code; returns new recovery codes.

    A telephone that was it before is so no more, and recovery codes of before are void.

    :raises Problem: when the code is not right.
    """
    account = sessions.hold(session, account_id)
    step = _step_of(secret, typed, now())
    if step is None:
        raise Problem(
            _(
                "인증 코드가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리를 넣고, 휴대전화의 시각이 자동으로 맞춰지는지 확인하십시오."
            )
        )
    account.totp_secret = sealer.seal(_purpose(account_id), secret)
    account.totp_step = step
    return new_recovery_codes(session, account_id)


def give(session: Session, account_id: int, typed: str, sealer: Sealer, who: Guesser) -> Given:
    """What a code is worth: one of the telephone's, or a recovery code. A right one is used up by this.

    Guesses are counted under the account's row lock, so of many that come at one moment no more are looked at than may be.

    :param who: counts wrong ones, see :func:`hub.accounts.guesses.guesser` with ``code``.
    """
    account = sessions.hold(session, account_id)
    if wait := guesses.wait(session, who):
        return Given(Answer.SLOWED, wait)
    if not _CODE_LIKE.fullmatch(_plain(typed)):
        return Given(Answer.WRONG)  # a slip of the finger is no guess
    answer = _answer(session, account, typed, sealer)
    if answer in (Answer.RIGHT, Answer.RECOVERY):
        return Given(answer)
    guesses.note(session, who)
    return Given(answer, guesses.wait(session, who))


def _answer(session: Session, account: Account, typed: str, sealer: Sealer) -> Answer:
    if _use_recovery_code(session, account.id, typed):
        return Answer.RECOVERY
    secret = sealer.open(_purpose(account.id), account.totp_secret or "")
    if secret is None:
        log.error("The second factor of account %d cannot be read: it was sealed by another key", account.id)
        return Answer.UNREADABLE
    step = _step_of(secret, typed, now())
    if step is None:
        return Answer.WRONG
    if account.totp_step is not None and step <= account.totp_step:
        return Answer.USED
    account.totp_step = step
    return Answer.RIGHT


def _step_of(secret: str, typed: str, at: datetime) -> int | None:
    """Which thirty seconds a code belongs to; ``None`` of one that is none of now."""
    code = _plain(typed)
    if not _OF_CODE.fullmatch(code):
        return None
    codes, present = pyotp.TOTP(secret), int(at.timestamp()) // SECONDS
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        if secrets.compare_digest(codes.generate_otp(step), code):
            found = step
    return found


def new_recovery_codes(session: Session, account_id: int) -> list[str]:
    """Ten new recovery codes, as they are shown this once; those of before are void."""
    sessions.hold(session, account_id)
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    made: set[str] = set()
    while len(made) < RECOVERY_CODES:
        groups = ("".join(secrets.choice(_LETTERS) for _n in range(_GROUP)) for _m in range(_GROUPS))
        made.add("-".join(groups))
    codes = sorted(made)
    session.add_all(RecoveryCode(account_id=account_id, code_key=_digest(account_id, one)) for one in codes)
    session.flush()
    return codes


def _use_recovery_code(session: Session, account_id: int, typed: str) -> bool:
    used = delete(RecoveryCode).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.code_key) == _digest(account_id, typed)
    )
    return bool(session.exec(used).rowcount)


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes an account has not used."""
    counted = select(func.count()).select_from(RecoveryCode)
    return session.exec(counted.where(col(RecoveryCode.account_id) == account_id)).one()


def turn_off(session: Session, account_id: int) -> None:
    """An account without a second factor, as it was before it had one."""
    account = sessions.hold(session, account_id)
    account.totp_secret = account.totp_step = None
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))


def reset(session: Session, account_id: int) -> bool:
    """The same for somebody who has lost the telephone: every browser is signed out too, for another may have it.

    ``False`` where there was none, and nothing is changed.
    """
    if sessions.hold(session, account_id).totp_secret is None:
        return False
    turn_off(session, account_id)
    sessions.end_all(session, account_id)
    return True


def _purpose(account_id: int) -> str:
    return f"second factor of account {account_id}"


def _digest(account_id: int, typed: str) -> str:
    return hashlib.sha256(f"{account_id} {_plain(typed)}".encode()).hexdigest()


def _plain(typed: str) -> str:
    """A code as it was meant: with or without hyphens and blanks, in capitals, full-width, with the Korean keyboard on."""
    narrow = unicodedata.normalize("NFKC", to_latin(one_line(typed)))
    return re.sub(r"[\s-]", "", narrow.lower())
