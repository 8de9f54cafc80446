"""Whether an e-mail address is one of an organisation's own domain, as its homepage says it.

The registrable domain is read from the Public Suffix List that the package ``publicsuffixlist`` carries: ``ee.pusan.ac.kr``
and ``www.pusan.ac.kr`` are both of ``pusan.ac.kr``, and ``ac.kr`` is nobody's.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from urllib.parse import urlsplit

import sqlalchemy as sa
from publicsuffixlist import PublicSuffixList
from sqlmodel import Session, col, select

from hub.hosts import plain_name
from hub.profiles.homepage import usable
from hub.profiles.published import KNOWN
from hub.profiles.tables import Profile, Unit
from hub.settings import DATA
from hub.text import email_form


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=1)
def shared_domains() -> frozenset[str]:
    """The domains that nobody is told by: mail providers, platforms for pages, networks (hub/data/shared-domains.txt)."""
    lines = (DATA / "shared-domains.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def domain_of(host: str) -> str | None:
    """The registrable domain of a host, in the letters that the network knows; ``None`` where it tells nobody: an address
    in numbers, a name without a known ending, a suffix itself, what many share.

    >>> domain_of("EE.Pusan.ac.kr"), domain_of("www.부산.kr"), domain_of("blog.naver.com"), domain_of("co.kr")
    ('pusan.ac.kr', 'xn--or3bi2d.kr', None, None)
    """
    name = plain_name(host)
    if name is None or name.startswith("["):
        return None
    found = _suffixes().privatesuffix(name)
    labels = name.split(".")
    above = {".".join(labels[start:]) for start in range(len(labels))}
    return None if found is None or above & shared_domains() else str(found)


def domain_of_address(email: str) -> str | None:
    """The domain of an e-mail address, as :func:`domain_of` has it."""
    _person, sign, host = email_form(email).rpartition("@")
    return domain_of(host) if sign else None


def domain_of_homepage(homepage: str | None) -> str | None:
    """The domain of an organisation's page, as :func:`domain_of` has it."""
    address = usable(homepage)
    try:
        return domain_of(urlsplit(address or "").hostname or "")
    except ValueError:
        return None


def own_domain(email: str, homepage: str | None) -> bool:
    """Whether an address is of the domain of this page."""
    domain = domain_of_address(email)
    return domain is not None and domain == domain_of_homepage(homepage)


def is_shared(session: Session, domain: str, profile_id: int) -> bool:
    """Whether another organisation that readers know has its page, or one of its units has, under this domain: a group of
    firms, the offices of a city. Others do not count: whether a claim waits would tell a colleague that they are here."""
    written = {domain}
    with suppress(UnicodeError):
        written.add(domain.encode("ascii").decode("idna"))
    of_profile = (
        select(Profile.homepage)
        .where(Profile.id != profile_id, KNOWN)
        .where(sa.or_(*(sa.func.lower(Profile.homepage).contains(one, autoescape=True) for one in written)))
    )
    of_unit = (
        select(Unit.homepage)
        .join(Profile, col(Profile.id) == Unit.profile_id)
        .where(Unit.profile_id != profile_id, KNOWN)
        .where(sa.or_(*(sa.func.lower(Unit.homepage).contains(one, autoescape=True) for one in written)))
    )
    homepages = [*session.exec(of_profile), *session.exec(of_unit)]
    return any(domain_of_homepage(one) == domain for one in homepages)
