"""Whose domain an address is of: what a page says, what many share, what nobody owns."""

from __future__ import annotations

import pytest
from flask import Flask

from hub.database import Database
from hub.membership.domains import domain_of, is_shared, own_domain, shared_domains
from tests.membership.asking import FIRM, UNIVERSITY, has_page


@pytest.mark.parametrize(
    ("email", "homepage", "own"),
    [
        ("kim@pusan.ac.kr", "https://www.pusan.ac.kr", True),
        ("kim@ee.pusan.ac.kr", "https://www.pusan.ac.kr/kor/Main.do", True),  # below it
        ("kim@pusan.ac.kr", "http://ee.pusan.ac.kr", True),  # above it
        ("KIM@EE.PUSAN.AC.KR", "HTTPS://WWW.Pusan.ac.kr", True),
        ("kim＠pusan.ac.kr", "www.pusan.ac.kr", True),
        ("kim@haedam.co.kr", "https://haedam.co.kr", True),
        ("kim@metro.busan.kr", "https://www.metro.busan.kr", True),
        ("김@부산정밀.한국", "https://부산정밀.한국/회사", True),
        ("kim@xn--9t4b11yi5a.com", "https://테스트.com", True),
        ("kim@evilpusan.ac.kr", "https://www.pusan.ac.kr", False),
        ("kim@pusan.ac.kr.evil.com", "https://www.pusan.ac.kr", False),
        ("pusan.ac.kr@evil.com", "https://www.pusan.ac.kr", False),
        ("kim@evil.com", "https://www.pusan.ac.kr@evil.com/", False),  # no page at all
        ("kim@other.co.kr", "https://haedam.co.kr", False),  # one suffix is no domain
        ("kim@co.kr", "https://co.kr", False),
        ("kim@other.busan.kr", "https://haedam.busan.kr", False),
        ("kim@naver.com", "https://blog.naver.com/haedam", False),
        ("kim@naver.com", "https://smartstore.naver.com/haedam", False),
        ("kim@gmail.com", "https://sites.google.com/view/lab", False),
        ("kim@google.com", "https://sites.google.com/view/lab", False),
        ("kim@haedam.github.io", "https://haedam.github.io", False),
        ("kim@haedam.cafe24.com", "https://haedam.cafe24.com", False),
        ("kim@haedam.tistory.com", "https://haedam.tistory.com", False),
        ("kim@haedam.notion.site", "https://haedam.notion.site", False),
        ("kim@korea.kr", "https://www.korea.kr", False),
        ("kim@192.0.2.1", "https://192.0.2.1", False),
        ("kim@localhost", "https://localhost", False),
        ("kim", "https://www.pusan.ac.kr", False),
        ("", "", False),
        ("kim@pusan.ac.kr", None, False),
        ("kim@pusan.ac.kr", "https://[bad", False),
    ],
)
def test_an_address_of_the_domain_of_the_page(email: str, homepage: str | None, own: bool) -> None:
    assert own_domain(email, homepage) is own


def test_every_shared_domain_tells_nobody() -> None:
    assert len(shared_domains()) > 100
    for domain in shared_domains():
        assert domain_of(domain) is None, domain
        assert domain_of(f"haedam.{domain}") is None, domain
        assert not own_domain(f"kim@{domain}", f"https://{domain}/haedam"), domain


def test_a_domain_that_two_organisations_share_tells_neither(sqlite_app: Flask) -> None:
    firm = has_page(sqlite_app, FIRM, "https://www.haedam-group.co.kr")
    database = sqlite_app.extensions["hub"][Database]
    with database.reading() as session:
        assert not is_shared(session, "haedam-group.co.kr", firm)
        assert not is_shared(session, "dam-group.co.kr", firm)
    has_page(sqlite_app, UNIVERSITY, "http://RnD.Haedam-Group.co.kr/lab")
    with database.reading() as session:
        assert is_shared(session, "haedam-group.co.kr", firm)
        assert not is_shared(session, "dam-group.co.kr", firm)  # it stands in the other, and is another
