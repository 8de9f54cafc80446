"""Inviting: people bring people. A member asks colleagues in, an administrator or a province the staff of a region.

The link in the mail is the proof that the address is this person's; only its digest is kept. Sending again makes a new
invitation and withdraws the one before, so of several mails to a person only the last opens anything.

Whatever changes an invitation holds the accounts that it concerns before it: whoever leaves or closes theirs ends those that
they sent.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from sqlmodel import Session, col, select, update

from hub.accounts.passwords import email_address, named
from hub.accounts.policy import Forbidden, can_send, may_accept
from hub.accounts.tables import Account, Invitation
from hub.database import lock, now
from hub.language import LANGUAGES, _, speaking
from hub.mail.outbox import write
from hub.problems import NotFound, Problem
from hub.profiles import read
from hub.profiles.tables import Profile, Unit
from hub.regions.tables import Region

VALID = timedelta(days=14)
DAY = timedelta(days=1)
AT_ONCE = 20
A_DAY = 60  # of one person
TO_ONE_ADDRESS = 3  # a day, whoever invites it
LONGEST_LIST = 10_000
_NAMED = re.compile(r"[^<>,;\n]*<([^<>]*)>")  # 김하나 <kim@wikim.example>
_BETWEEN = re.compile(r"[\s,;，；、]+")


@dataclass(frozen=True)
class Offer:
    """What an invitation is to: a region's staff, or else an organisation or one of its units."""

    region_code: str | None = None
    profile_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one address."""

    typed: str
    sent: bool
    said: str


class NoneSent(Problem):
    """Of all addresses none got a mail; each says why."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__(_("아무에게도 보내지 않았습니다. 주소마다 까닭을 위에 적었습니다."))
        self.outcomes = outcomes


class Unknown(NotFound):
    """There never was one, or it has been withdrawn: nobody can tell which."""


class Used(Problem):
    """The invitation has been accepted."""

    status = 410

    def __init__(self, accepted_by: int | None) -> None:
        super().__init__(_("이미 수락한 초대입니다. 초대받은 주소로 로그인하십시오."))
        self.accepted_by = accepted_by


class Expired(Problem):
    """Nobody accepted it in time."""

    status = 410


OVER = (Unknown, Used, Expired)  # what :func:`find` says of one that cannot be accepted


def addresses(text: str) -> list[str]:
    """What was typed or pasted as a list, each once: with commas, blanks or lines between, names before ``<…>`` left out.

    :raises Problem: when there is none, or more than go at once.
    """
    if len(text) > LONGEST_LIST:
        raise Problem(_("너무 깁니다. 한 번에 %(most)d명까지 초대할 수 있습니다.", most=AT_ONCE))
    bare = _NAMED.sub(r" \1 ", text)
    found = list({_key(one): one for one in reversed(_BETWEEN.split(bare)) if one}.values())[::-1]
    if not found:
        raise Problem(_("초대할 사람의 전자우편 주소를 적어 주십시오."))
    if len(found) > AT_ONCE:
        raise Problem(
            _(
                "주소가 %(n)d개입니다. 한 번에 %(most)d명까지 초대할 수 있으니 나누어 보내 주십시오.",
                n=len(found),
                most=AT_ONCE,
            )
        )
    return found


def _key(typed: str) -> str:
    try:
        return email_address(typed)
    except Problem:
        return typed


def invite(session: Session, who: Account | None, offer: Offer, listed: Iterable[str]) -> list[Outcome]:
    """Sends an invitation to each address that may have one.

    :param who: ``None`` for the operator, who invites by the command.
    :raises NoneSent: when none got any; nothing is kept then.
    :raises Problem: when nobody may be invited there, at least not by this account.
    """
    _hold(session, who, offer)
    left = A_DAY - _sent_today(session, Invitation.invited_by == who.id) if who is not None else AT_ONCE
    outcomes = []
    for typed in listed:
        try:
            email = email_address(typed)
            _check_address(session, who, offer, email)
            if left <= 0:
                raise Problem(_("하루에 %(most)d명까지 초대할 수 있습니다. 내일 다시 하십시오.", most=A_DAY))
        except Problem as problem:
            outcomes.append(Outcome(typed, False, problem.message))
            continue
        _clear_expired(session, offer, email)
        send(session, who, offer, email)
        left -= 1
        outcomes.append(Outcome(email, True, _("초대 메일을 보냈습니다.")))
    if not any(one.sent for one in outcomes):
        raise NoneSent(outcomes)
    return outcomes


def _hold(session: Session, who: Account | None, offer: Offer) -> None:
    """Others who invite to the same place wait; what this account may is asked as it stands now."""
    read.check_unit_of(session, offer.unit_id, offer.profile_id)
    asks = lock(session, Account, who.id) if who is not None else None
    if who is not None and not can_send(asks, session, _drafted(offer, who, "")):
        raise Forbidden(_("여기에 사람을 초대할 수 있는 계정이 아닙니다."))
    if offer.region_code is not None:
        lock(session, Region, offer.region_code)
        return
    owner = lock(session, Profile, offer.profile_id)
    if owner is not None and owner.review_asked_at is not None:
        raise Problem(
            _("담당자가 기관을 확인하고 있습니다. 확인이 끝나면 동료를 초대할 수 있습니다."), status=409
        )


def _check_address(session: Session, who: Account | None, offer: Offer, email: str) -> None:
    """That an address may get one. Of accounts elsewhere nothing is said: whoever invites may not know of them.

    :raises Problem: saying why not.
    """
    if who is not None and email == who.email:
        raise Problem(_("회원님 자신의 주소입니다."))
    found = named(session, email)
    if found is not None and _is_here(found, offer):
        raise Problem(_("이미 여기 사람입니다."))
    waiting = select(Invitation.id).where(Invitation.email == email, *_same_place(offer), *is_open())
    if session.exec(waiting).first() is not None:
        raise Problem(_("이미 초대했습니다. 다시 보내거나 바꾸려면 «기다리는 초대»에서 하십시오."))
    if _sent_today(session, Invitation.email == email) >= TO_ONE_ADDRESS:
        raise Problem(_("이 주소로는 오늘 더 보내지 않습니다. 내일 다시 하십시오."))


def _clear_expired(session: Session, offer: Offer, email: str) -> None:
    """One that nobody accepted in time makes room in the list for the new one."""
    before = Invitation.email == email, *_same_place(offer), col(Invitation.ended_at).is_(None)
    session.exec(update(Invitation).where(*before).values(ended_at=now()))


def _is_here(found: Account, offer: Offer) -> bool:
    if offer.region_code is not None:
        return found.region_code == offer.region_code
    return found.profile_id == offer.profile_id and not may_accept(found, _drafted(offer, None, ""))


def _same_place(offer: Offer) -> tuple[Any, ...]:
    if offer.region_code is not None:
        return (Invitation.region_code == offer.region_code,)
    return (Invitation.profile_id == offer.profile_id,)


def is_open(at: datetime | None = None) -> tuple[Any, ...]:
    """That an invitation still waits: conditions for a query."""
    return col(Invitation.ended_at).is_(None), col(Invitation.expires_at) > (at or now())


def _sent_today(session: Session, of: Any) -> int:
    recent = select(Invitation.id).where(of, col(Invitation.created_at) > now() - DAY)
    return len(session.exec(recent).all())


def _drafted(offer: Offer, who: Account | None, email: str) -> Invitation:
    return Invitation(
        token_key="",
        email=email,
        role="staff" if offer.region_code is not None else "member",
        region_code=offer.region_code,
        profile_id=offer.profile_id,
        unit_id=offer.unit_id,
        invited_by=who.id if who is not None else None,
        expires_at=now() + VALID,
    )


def send(session: Session, who: Account | None, offer: Offer, email: str) -> Invitation:
    """Writes an invitation and its mail, without asking whether it may be."""
    token = secrets.token_urlsafe(32)
    made = _drafted(offer, who, email)
    made.token_key = _digest(token)
    session.add(made)
    session.flush()
    values = {"token": token, "inviter": who, "invitation": made, **place_of(session, made)}
    worded = []
    for language in LANGUAGES:
        with speaking(language):
            subject, _end, body = render_template("mail/_invitation.txt", **values).partition("\n")
        worded.append((subject, body.strip()))
    write(session, email, LANGUAGES[0], "invitation", worded=worded)
    return made


def place_of(session: Session, sent: Invitation) -> dict[str, Profile | Unit | str | None]:
    """What an invitation is to, for a page: ``region`` (its code), ``profile`` and ``unit``."""
    return {
        "region": sent.region_code,
        "profile": session.get(Profile, sent.profile_id) if sent.profile_id is not None else None,
        "unit": session.get(Unit, sent.unit_id) if sent.unit_id is not None else None,
    }


def send_again(session: Session, who: Account, invitation_id: int) -> Invitation:
    """A new mail with a new link; the one before opens nothing any more.

    :raises Problem: when it has been accepted or withdrawn, or enough was sent today.
    """
    read_first = session.get(Invitation, invitation_id)
    if read_first is None:
        raise _ended(None)
    offer = Offer(read_first.region_code, read_first.profile_id, read_first.unit_id)
    _hold(session, who, offer)
    before = lock(session, Invitation, invitation_id)
    if before is None or before.ended_at is not None:
        raise _ended(before)
    if _sent_today(session, Invitation.email == before.email) >= TO_ONE_ADDRESS:
        raise Problem(_("이 주소로는 오늘 더 보내지 않습니다. 내일 다시 하십시오."), status=429)
    if _sent_today(session, Invitation.invited_by == who.id) >= A_DAY:
        raise Problem(
            _("하루에 %(most)d명까지 초대할 수 있습니다. 내일 다시 하십시오.", most=A_DAY), status=429
        )
    before.ended_at = now()
    return send(session, who, offer, before.email)


def withdraw(session: Session, invitation_id: int) -> Invitation:
    """The link in the mail opens nothing any more.

    :raises Problem: when it has been accepted or withdrawn.
    """
    sent = lock(session, Invitation, invitation_id)
    if sent is None or sent.ended_at is not None:
        raise _ended(sent)
    sent.ended_at = now()
    return sent


def _ended(sent: Invitation | None) -> Problem:
    if sent is not None and sent.accepted_by is not None:
        return Problem(_("%(email)s 님이 이미 수락했습니다.", email=sent.email), status=409)
    return Problem(_("이미 거둔 초대입니다."), status=409)


def withdraw_all_of(session: Session, account_id: int) -> None:
    """Whoever leaves leaves no invitations open."""
    of_it = col(Invitation.invited_by) == account_id, col(Invitation.ended_at).is_(None)
    session.exec(update(Invitation).where(*of_it).values(ended_at=now()))


def find(session: Session, token: str, *, held: bool = False) -> Invitation:
    """The invitation of a link, as long as it waits.

    :param held: it is going to be accepted: whoever wants the same next waits.
    :raises Unknown: in the same words whether there never was one or it has been withdrawn.
    :raises Used: when it has been accepted.
    :raises Expired: when it is too late.
    """
    asked = select(Invitation).where(Invitation.token_key == _digest(token))
    if held:
        asked = asked.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.exec(asked).first()
    if found is not None and found.accepted_by is not None:
        raise Used(found.accepted_by)
    if found is None or found.ended_at is not None or not _is_still_meant(session, found):
        raise Unknown(
            _(
                "쓸 수 없는 초대 링크입니다. 메일을 여러 번 받았다면 가장 나중에 온 것을 여십시오. 그래도 열리지 않으면 초대한 분에게 다시 보내 달라고 하십시오."
            )
        )
    if found.expires_at <= now():
        raise Expired(
            _(
                "%(days)d일이 지나 쓸 수 없는 초대입니다. 초대한 분에게 다시 보내 달라고 하십시오.",
                days=VALID.days,
            )
        )
    return found


def _is_still_meant(session: Session, sent: Invitation) -> bool:
    """Whether whoever invited could do so still."""
    if sent.invited_by is None:
        return True
    inviter = session.get(Account, sent.invited_by)
    return inviter is not None and inviter.closed_at is None and can_send(inviter, session, sent)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
