"""The collections of real data that the project carries: what each is, from where, of when, and how it is marked.

One truth for loading, unloading, the page about the data, and the note beside each statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hub.language import N_


@dataclass(frozen=True)
class Collection:
    """One of them. ``prefix`` is how the keys of its statements begin; none where it has organisations alone.

    ``as_of`` is the month of the list, or the month in which it was copied where the list gives none.
    """

    name: str
    title: str
    source: str
    as_of: str
    terms: str
    prefix: str | None = None
    note: str | None = None


COLLECTIONS = (
    Collection(
        "compiled",
        N_("대학·연구기관의 보유 역량 예시"),
        N_("각 기관이 널리 알려진 바를 이 사업을 위해 정리"),
        "2026-11",
        N_(
            "기관이 직접 올린 글이 아니며, 보이는 곳마다 «공개 정보로 작성한 예시»라고 밝힙니다. 기관이 가입하면 그 프로필을 넘겨받습니다."
        ),
        "public:",
        N_("공개 정보로 작성한 예시"),
    ),
    Collection(
        "universities",
        N_("대학과 전문대학"),
        N_("대학알리미 학교 목록(공공데이터포털)"),
        "2026-11",
        N_("이름, 주소, 누리집. 출처를 밝히고 자유로이 이용"),
    ),
    Collection(
        "listed",
        N_("상장회사"),
        N_("한국거래소 상장공시시스템(KIND)의 공개 회사 목록, FinanceData/fdr_krx_data_cache에서 모음"),
        "2026-03",
        N_("사실만 옮겼습니다. 대표자 이름은 넣지 않았습니다."),
        "krx:",
        N_("상장회사 공개 정보"),
    ),
    Collection(
        "ventures",
        N_("벤처기업"),
        N_("벤처기업협회 벤처기업명단(공공데이터포털 15084581)"),
        "2026-03",
        N_("사실만 옮겼습니다: 이름, 시군구, 업종, 주생산품. 대표자와 전자우편은 넣지 않았습니다."),
        "venture:",
        N_("벤처기업명단 공개 정보"),
    ),
    Collection(
        "offers",
        N_("이전할 수 있는 기술"),
        N_("연구개발특구진흥재단 유망기술 목록(공공데이터포털)"),
        "2026-11",
        N_("출처를 밝히고 자유로이 이용. 그 사이 권리가 소멸한 특허가 있을 수 있습니다."),
        "offer:",
        N_("공개 목록 기준"),
    ),
    Collection(
        "laboratories",
        N_("대학의 연구실"),
        N_("대구경북과학기술원 공식 누리집의 연구실 소개"),
        "2026-11",
        N_("사실만 옮겼습니다: 연구실 이름, 연구 분야, 주소. 연구실이 가입하면 그 페이지를 넘겨받습니다."),
        "laboratory:",
        N_("공식 홈페이지 공개 정보로 작성한 예시"),
    ),
)
NAMES = tuple(one.name for one in COLLECTIONS)


class _Dated(Protocol):
    created_at: datetime
    updated_at: datetime


def as_it_came(row: _Dated) -> bool:
    """Whether nobody has edited an organisation or a unit since it was loaded: its two moments are of one moment."""
    return abs(row.updated_at - row.created_at) < timedelta(seconds=1)


def collection_of(source_key: str | None) -> Collection | None:
    """The collection that a statement of this key came with."""
    return next(
        (one for one in COLLECTIONS if one.prefix and (source_key or "").startswith(one.prefix)), None
    )
