"""What templates may call: names in the reader's language, distances, addresses of the same page."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, format_decimal, format_timedelta
from markupsafe import Markup, escape

from hub.accounts.once import once_key
from hub.accounts.policy import account
from hub.database import now
from hub.dates import in_korea, machine_time
from hub.fields.carried import carried_fields
from hub.language import N_, STRENGTH_NAMES, _, alike_title, current_language, in_language
from hub.profiles.homepage import usable
from hub.profiles.tables import SIZES, Kind, Profile, ProfileKind, ProfileName, Source, Statement, Visibility
from hub.regions.atlas import atlas, districts, province_of, provinces
from hub.regions.outlines import labels as map_labels
from hub.settings import ROOT
from hub.web.addresses import same_page
from hub.web.public_address import whole
from hub.web.request import nonce, wants_fragment

KIND_NAMES = {
    Kind.CAPABILITY: N_("보유 역량"),
    Kind.NEED: N_("수요·애로기술"),
    Kind.BUSINESS: N_("사업 내용"),
    Kind.ASSET: N_("공유 자산"),
}
# What a search may be about, beside the single kinds.
SCOPE_NAMES = {
    "": N_("도울 수 있는 곳"),
    "alike": N_("비슷한 사업·수요"),
    "any": N_("모든 종류"),
}
PROFILE_KIND_NAMES = {
    ProfileKind.UNIVERSITY: N_("대학"),
    ProfileKind.INSTITUTE: N_("연구기관"),
    ProfileKind.COMPANY: N_("기업"),
}
SIZE_NAMES = {"small": N_("소기업"), "medium": N_("중기업"), "large": N_("대기업")}
STRENGTH_BADGES = {
    "very-high": "bg-light-success",
    "high": "bg-light-primary",
    "medium": "bg-light-gray",
    "low": "bg-light-gray",
}


def kind_name(kind: str) -> str:
    """A statement's kind."""
    return _(KIND_NAMES[Kind(kind)])


def scope_name(kind: str) -> str:
    """What a search is about: a statement's kind, or several; an unknown one as it was written."""
    if kind in SCOPE_NAMES:
        return _(SCOPE_NAMES[kind])
    return kind_name(kind) if kind in set(Kind) else kind


def profile_kind_name(kind: str) -> str:
    """An organisation's kind."""
    return _(PROFILE_KIND_NAMES[ProfileKind(kind)])


def size_name(size: str) -> str:
    """A firm's size."""
    return _(SIZE_NAMES[size])


def strength_name(word: str) -> str:
    """A strength in words."""
    return _(STRENGTH_NAMES[word])


def profile_name(profile: Profile) -> str:
    """An organisation's name."""
    return in_language(profile.name_ko, profile.name_en)


def region_name(code: str) -> str:
    """A region's name with its province."""
    return atlas()[code].full_name


def province_name(code: str) -> str:
    """The province that a region lies in."""
    return province_of(code).name


def region_options(selected: str | None) -> Markup:
    """Every region as the options of a list."""
    return _marked(_region_options(current_language()), [selected])


@lru_cache
def _region_options(language: str) -> str:
    parts: list[str] = []
    for province in provinces():
        options = [(province.code, province.name), *((d.code, d.full_name) for d in districts(province.code))]
        parts.append(f'<optgroup label="{escape(province.name)}">{_listed(options)}</optgroup>')
    return "".join(parts)


def search_options(name: str, chosen: Iterable[str | None]) -> Markup:
    """What a search may be narrowed to, as the options of a list; made once a language."""
    return _marked(_search_options(name, current_language()), chosen)


@lru_cache
def _search_options(name: str, language: str) -> str:
    listed: dict[str, list[tuple[str, str]]] = {
        "kind": [
            ("", scope_name("")),
            *((kind, scope_name(kind)) for kind in (*Kind, *filter(None, SCOPE_NAMES))),
        ],
        "profile_kind": [("", _("모든 기관")), *((kind, profile_kind_name(kind)) for kind in ProfileKind)],
        "size": [("", _("모든 규모")), *((size, size_name(size)) for size in SIZES)],
        "field": [
            ("", _("모든 분야")),
            *((field.code, in_language(field.name_ko, field.name_en)) for field in carried_fields()),
        ],
        "trl": [("", _("정하지 않음")), *((str(level), str(level)) for level in range(1, 10))],
        "language": [("", _("모든 언어")), ("ko", _("한국어")), ("en", _("영어"))],
        "visibility": [
            ("", _("모두")),
            (Visibility.PUBLIC, _("이름을 밝힌 곳")),
            (Visibility.HIDDEN_NAME, _("이름을 숨긴 곳")),
        ],
        "sort": [("", _("적합도순")), ("distance", _("가까운 순")), ("newest", _("새 글 순"))],
    }
    return _listed(listed[name])


def _listed(options: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)


def _marked(options: str, chosen: Iterable[str | None]) -> Markup:
    for value in chosen:
        if value and value.isascii() and value.replace("-", "").isalnum():  # codes are
            options = options.replace(f'value="{value}"', f'value="{value}" selected', 1)
    return Markup(options)  # noqa: S704 - codes and names are the project's own


def distance(kilometres: float | None) -> str:
    """A distance in km; regions are points here, so a small one is said in words."""
    if kilometres is None:
        return ""
    if kilometres < 1:
        return _("같은 지역")
    return _("약 %(km)s km", km=format_decimal(round(kilometres)))


def number(count: int) -> str:
    """A count as the reader's language groups it."""
    return str(format_decimal(count))


def source_note(statement: Statement) -> str | None:
    """What must be said beside a statement that nobody posted."""
    if statement.source == Source.SAMPLE:
        return _("공개 정보로 작성한 예시")
    if statement.source == Source.LISTED:
        return _("상장회사 공개 정보")
    return None


def state_of(statement: Statement) -> str:
    """``published``, ``hidden-name``, ``draft`` or ``withdrawn``."""
    if statement.visibility == Visibility.DRAFT:
        return "draft"
    if statement.withdrawn_at is not None:
        return "withdrawn"
    return "hidden-name" if statement.visibility == Visibility.HIDDEN_NAME else "published"


def ago(moment: datetime) -> str:
    """How long ago, or the day in Korea once that says more."""
    past = now() - moment
    if past.days >= 7:
        return format_date(in_korea(moment).date())
    return format_timedelta(-past, add_direction=True)


def moment(when: datetime) -> str:
    """A date and time, in Korean time."""
    return str(format_datetime(in_korea(when), "yyyy-MM-dd HH:mm", rebase=False))


def short_digest(text: str) -> str:
    """A few letters that stand for a text, for the name of an element that must be the same the next time."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def page_here() -> str:
    """The page on which a form stands, to come back to; a part that a form is answered with stands on the same."""
    return request.form.get("next", "") if request.method == "POST" else same_page(after=None)


def other_language() -> str:
    """This page's address in the other language."""
    return same_page(lang="en" if current_language() == "ko" else "ko")


def this_address(**changes: Any) -> str:
    """This page's own whole address, by which others name it: without what only says how it is shown."""
    if request.endpoint is None:
        return whole(quote(request.path))
    return whole(same_page(**{"lang": None, "show": None, "after": None, "next": None, **changes}))


def site_data() -> dict[str, Any]:
    """The site for search engines (schema.org WebSite)."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": _("지역 산학 연계 허브"),
        "url": whole(url_for("home.index")),
        "inLanguage": ["ko", "en"],
        "potentialAction": {
            "@type": "SearchAction",
            "target": whole(url_for("search.find")) + "?q={query}",
            "query-input": "required name=query",
        },
    }


SCHEMA_TYPES = {
    ProfileKind.UNIVERSITY: "CollegeOrUniversity",
    ProfileKind.INSTITUTE: "ResearchOrganization",
    ProfileKind.COMPANY: "Corporation",
}


def profile_data(
    profile: Profile, public: list[Statement], others: Sequence[ProfileName] = ()
) -> dict[str, Any]:
    """A profile for search engines (schema.org Organization); of what it says only what everybody sees."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": SCHEMA_TYPES[ProfileKind(profile.kind)],
        "name": profile.name_ko,
        "url": whole(url_for("posting.profile", profile_id=profile.id)),
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "KR",
            "addressRegion": region_name(profile.region_code),
        },
    }
    names = [name for name in (profile.name_en, *(other.name for other in others)) if name]
    if names:
        data["alternateName"] = names if len(names) > 1 else names[0]
    if homepage := usable(profile.homepage):
        data["sameAs"] = homepage
    knows = [s.text for s in public if s.kind == Kind.CAPABILITY]
    if knows:
        data["knowsAbout"] = knows
    seeks = [{"@type": "Demand", "description": s.text} for s in public if s.kind == Kind.NEED]
    if seeks:
        data["seeks"] = seeks
    offers = [{"@type": "Offer", "description": s.text} for s in public if s.kind == Kind.ASSET]
    if offers:
        data["makesOffer"] = offers
    return data


def asset(path: str) -> str:
    """The address of a static file, with its time, so that browsers may keep it for long."""
    return _asset(path, int(time.monotonic()))


@lru_cache(maxsize=256)
def _asset(path: str, _second: int) -> str:
    """The same, looked up once a second: each page asks for a dozen."""
    return url_for("static", filename=path, v=format(int((ROOT / "static" / path).stat().st_mtime), "x"))


def register(app: Flask) -> None:
    """Gives templates the above."""
    tools = (
        kind_name,
        scope_name,
        profile_kind_name,
        size_name,
        strength_name,
        profile_name,
        region_name,
        province_name,
        region_options,
        search_options,
        distance,
        number,
        source_note,
        state_of,
        ago,
        moment,
        machine_time,
        once_key,
        short_digest,
        same_page,
        other_language,
        page_here,
        this_address,
        site_data,
        profile_data,
        asset,
        whole,
        account,
        current_language,
        nonce,
        wants_fragment,
        alike_title,
    )
    app.jinja_env.globals.update({tool.__name__: tool for tool in tools}, _=_)
    app.jinja_env.globals["strength_badge"] = STRENGTH_BADGES.get
    app.jinja_env.globals.update(in_language=in_language, map_labels=map_labels, usable_homepage=usable)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
