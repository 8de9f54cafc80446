"""Accounts that belong to no organisation yet, and what they are shown and sent."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from hub.accounts.passwords import add_account
from hub.accounts.tables import Account, Claim
from hub.database import Database
from hub.mail.tables import Mail
from hub.profiles.lookup import find_profile
from hub.profiles.tables import Profile, Statement
from tests.conftest import PASSWORD, signed_in

FIRM = "토탈소프트"  # of Busan; its page is www.tsb.co.kr
UNIVERSITY = "부산대학교"
STAFF, FAR_STAFF, ADMIN = "s@hub.example", "f@hub.example", "a@hub.example"


def person(app: Flask, email: str, language: str = "ko", **belonging: object) -> FlaskClient:
    """A member, of no organisation unless one is given, who is signed in."""
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, email, PASSWORD, "member", **belonging).language = language  # type: ignore[arg-type]
    return signed_in(app, email)


def staff_of(app: Flask, region: str, email: str = STAFF) -> FlaskClient:
    """The staff of a region."""
    with app.extensions["hub"][Database].writing() as session:
        add_account(session, email, PASSWORD, "staff", region=region)
    return signed_in(app, email)


def number_of(app: Flask, name: str) -> int:
    """An organisation's number."""
    with app.extensions["hub"][Database].reading() as session:
        return find_profile(session, name).id


def has_page(app: Flask, name: str, homepage: str, **changed: object) -> int:
    """Gives an organisation this page; its number."""
    with app.extensions["hub"][Database].writing() as session:
        found = find_profile(session, name)
        found.homepage = homepage
        for key, value in changed.items():
            setattr(found, key, value)
        session.add(found)
        return found.id


def account_of(app: Flask, email: str) -> Account:
    """The account of an address as it stands."""
    with app.extensions["hub"][Database].reading() as session:
        return session.exec(select(Account).where(Account.email == email)).one()


def claims_of(app: Flask, email: str) -> list[Claim]:
    """The claims of an account, oldest first."""
    with app.extensions["hub"][Database].reading() as session:
        own = select(Claim).join(Account, Account.id == Claim.account_id).where(Account.email == email)  # type: ignore[arg-type]
        return list(session.exec(own.order_by(Claim.id)))  # type: ignore[arg-type]


def mails_to(app: Flask, email: str) -> list[Mail]:
    """What was written to an address, oldest first."""
    with app.extensions["hub"][Database].reading() as session:
        return list(session.exec(select(Mail).where(Mail.recipient == email).order_by(Mail.id)))  # type: ignore[arg-type]


def profile_of(app: Flask, number: int) -> Profile | None:
    """An organisation as it stands; ``None`` when it is gone."""
    with app.extensions["hub"][Database].reading() as session:
        return session.get(Profile, number)


def statements_of(app: Flask, number: int) -> list[Statement]:
    """What an organisation has, oldest first."""
    with app.extensions["hub"][Database].reading() as session:
        own = select(Statement).where(Statement.profile_id == number)
        return list(session.exec(own.order_by(Statement.id)))  # type: ignore[arg-type]


def ask(client: FlaskClient, profile: int, **fields: object) -> int:
    """Claims an organisation, all of it unless ``part`` says otherwise; the answer's status."""
    return client.post(f"/organisation/claim/{profile}", data={"part": "whole", **fields}).status_code
