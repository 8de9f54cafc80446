"""An organisation's own address: easy slips are mended, the rest is refused in a sentence, and no page falls over it."""

from __future__ import annotations

import json
import re
import unicodedata
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.database import Database
from hub.index.engine import Engine
from hub.intake.sample import sample_profiles
from hub.problems import Problem
from hub.profiles.homepage import usable, web_address
from hub.profiles.limits import LIMITS
from hub.profiles.lookup import find_profile
from tests.conftest import account_for, signed_in
from tests.posting.test_organisations import save

MENDED = {
    "https://www.example.kr": "https://www.example.kr",
    "https：//www.example.kr": "https://www.example.kr",
    "ｈｔｔｐｓ：／／ｗｗｗ．ｅｘａｍｐｌｅ．ｋｒ": "https://www.example.kr",
    "https://www。example｡kr": "https://www.example.kr",
    "example.kr": "https://example.kr",
    "  www.example.kr/회사?a=[1]#위 \r\n": "https://www.example.kr/회사?a=[1]#위",
    "HTTPS://WWW.Example.KR/About": "https://www.example.kr/About",
    "http:/example.kr": "http://example.kr",
    "http:///example.kr": "http://example.kr",
    "https//example.kr": "https://example.kr",
    "https;//example.kr": "https://example.kr",
    "https:\\\\example.kr\\about": "https://example.kr/about",
    "//example.kr": "https://example.kr",
    "http://https://example.kr/": "https://example.kr/",
    "http:// http://example.kr": "http://example.kr",
    "www,example.kr": "https://www.example.kr",
    "https://www.example.kr.": "https://www.example.kr",
    "\ufeffhttps://exam\u200bple.kr": "https://example.kr",
    "example.kr:8080": "https://example.kr:8080",
    "http://example.kr:8080/a": "http://example.kr:8080/a",
    "example.kr:": "https://example.kr",
    "한국.kr": "https://한국.kr",
    "https://한국.한국/회사": "https://한국.한국/회사",
    unicodedata.normalize(
        "NFD", "회사.한국"
    ): "https://회사.한국",  # letters in parts, as some systems copy them
    "xn--3e0b707e.kr": "https://xn--3e0b707e.kr",
    "my_lab.example.kr": "https://my_lab.example.kr",
    'example.kr/"><script>': "https://example.kr/%22%3E%3Cscript%3E",
    "": None,
    "  \n ": None,
    "\u200b": None,
}
REFUSED = [
    *("https://[bad", "http://[::1", "http://[::1]/", "https://[::1]:80", "[", "]", "https://a]b.kr"),
    *(
        "javascript:alert(1)",
        "JavaScript:alert(1)//x.kr",
        "java\tscript:alert(1)",
        "data:text/html,x.kr",
        "ftp://x.kr",
    ),
    *(
        "mailto:kim@example.kr",
        "kim@example.kr",
        "https://user:pass@example.kr",
        "https://www.good.kr@evil.kr",
    ),
    *(
        "nowhere",
        "https://localhost",
        "https://",
        "https://.",
        "https://..",
        "https://a..kr",
        "https://.kr",
        "http://kr.",
    ),
    *(
        "https://exa mple.kr",
        "https://exa\x00mple.kr",
        "https://example.kr/a\nb",
        "a.kr b.kr",
        "https://exam\x1bple.kr",
    ),
    *(
        "https://example.kr:99999",
        "https://example.kr:0",
        "https://example.kr:²",
        "https://example.kr:" + "9" * 5000,
    ),
    *(
        "https://-example.kr",
        "https://example-.kr",
        "https://" + "a" * 64 + ".kr",
        "https://1.2.3.4",
        "https://1.1",
    ),
    *(
        "https://a.kr,b.kr",
        "https://😀",
        "https://exa%6dple.kr",
        "https://exam!ple.kr",
        "?a.kr",
        "#a.kr",
    ),
    *(
        "https://" + "a." * 200 + "kr",
        "https://www.example.kr/" + "a" * 300,
        "https://",
        "http:",
        "https://.kr\ud800",
    ),
]


@pytest.mark.parametrize("typed", MENDED)
def test_an_easy_slip_is_mended(typed: str) -> None:
    address = web_address(typed)
    assert address == MENDED[typed]
    assert web_address(address or "") == address  # and what was mended stays as it is


@pytest.mark.parametrize("typed", REFUSED, ids=lambda typed: repr(typed)[:30])
def test_what_no_browser_opens_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(Problem, match="누리집"):
        web_address(typed)
    assert usable(typed) is None


@given(
    st.one_of(
        st.text(
            alphabet=st.one_of(st.sampled_from("htps:/.kr@[]\\?#%,; \t\n：．。가a1-"), st.characters()),
            max_size=40,
        ),
        st.sampled_from(["https://", "http:", "//", ""]).flatmap(
            lambda start: st.text(max_size=20).map(start.__add__)
        ),
        st.text(max_size=20).map(lambda end: f"https://www.example.kr{end}"),
    )
)
@example("https://example.kr\\[")
@settings(max_examples=1500, deadline=None)
def test_any_text_is_an_address_or_a_problem(typed: str) -> None:
    try:
        address = web_address(typed)
    except Problem:
        return
    if address is None:
        return
    parts = urlsplit(address)  # which raises where a browser would be at a loss
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert "." in parts.hostname
    assert parts.username is None
    assert parts.port is None or 0 < parts.port < 65536
    assert len(address) <= LIMITS["homepage"]
    assert not re.search(r'[\s\x00-\x1f"<>\\]', address)
    assert web_address(address) == address


def test_every_listed_firm_has_an_address_that_can_be_followed_or_none() -> None:
    """The public list holds each slip there is: http://https://…, http:///…, www,…"""
    given_ = [profile.homepage for profile in sample_profiles() if profile.homepage]
    assert len(given_) > 2000
    lost = [homepage for homepage in given_ if usable(homepage) is None]
    assert lost == ["http://www.gnco.co.kr,www.thursdayisland.com"]  # two in one


def test_the_form_mends_and_refuses(hub_engine: Engine) -> None:
    number = save(hub_engine, homepage="https：//www.example.kr")
    with hub_engine.database.reading() as session:
        assert find_profile(session, str(number)).homepage == "https://www.example.kr"
    for typed in ("https://[bad", "http://[::1", "javascript:alert(1)"):
        with pytest.raises(Problem, match="누리집"):
            save(hub_engine, profile_id=number, homepage=typed)


def test_a_kept_address_that_leads_nowhere_is_shown_and_not_linked(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "m@hub.example", "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, "m@hub.example")
    for kept, link in (
        ("https://[bad", None),
        ("javascript:alert(1)", None),
        ("http://[::1", None),
        ("http://https://example.kr", "https://example.kr"),
    ):
        with sqlite_app.extensions["hub"][Database].writing() as session:
            owner = find_profile(session, str(number))
            owner.homepage = kept
            session.add(owner)
        page = client.get(f"/profiles/{number}")
        assert page.status_code == 200
        block = re.search(r'type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
        assert block is not None
        assert json.loads(block.group(1)).get("sameAs") == link
        assert f'href="{kept}"' not in page.text
        assert (kept in page.text) == (link is None)
        if link:
            assert f'href="{link}"' in page.text
        assert f'value="{kept}"' in client.get(f"/profiles/{number}/edit").text
        found = re.findall(r'name="s" value="(\d+)"', client.get("/search?q=김치 발효&kind=capability").text)
        compared = client.get("/compare?q=김치 발효&" + "&".join(f"s={one}" for one in found[:2]))
        assert compared.status_code == 200
        assert f'href="{kept}"' not in compared.text
        assert link is None or f'href="{link}"' in compared.text


def test_the_form_shows_what_was_typed_beside_what_is_wrong_with_it(sqlite_app: Flask) -> None:
    number = account_for(sqlite_app, "m@hub.example", "member", profile="세계김치연구소")
    client = signed_in(sqlite_app, "m@hub.example")
    form = {"name_ko": "세계김치연구소", "kind": "institute", "region_code": "29"}
    for typed in ("https://[bad", "http://[::1", "nowhere"):
        answer = client.post(f"/profiles/{number}/edit", data={**form, "homepage": typed})
        assert answer.status_code == 400
        assert "누리집 주소" in answer.text
        assert f'value="{typed}"' in answer.text
    assert (
        client.post(
            f"/profiles/{number}/edit", data={**form, "homepage": "https：//wikim.example.kr"}
        ).status_code
        == 302
    )
    assert 'href="https://wikim.example.kr"' in client.get(f"/profiles/{number}").text
