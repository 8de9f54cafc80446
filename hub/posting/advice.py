"""What a reviewer of a partnering network would ask of a text: shown while it is written, never in the way."""

from __future__ import annotations

import re

from hub.language import _
from hub.profiles.tables import Kind
from hub.text import clean

ENOUGH = 40
_PERSONAL = re.compile(
    r"(?<!\d)0\d{1,2}[-.) ]{1,2}\d{3,4}[-. ]\d{4}(?!\d)|(?<!\d)01\d{8,9}(?!\d)|[\w.+-]+@[\w-]+\.[\w.-]+"
)
_FIGURE = re.compile(r"\d")
_PARTNER = re.compile(
    r"찾|필요|원하|원합|구하|구합|의뢰|함께|협력|도움|look|need|seek|want|partner", re.IGNORECASE
)
_EFFECT = re.compile(
    r"줄이|줄여|높이|높여|늘리|늘려|향상|개선|절감|방지|예방|예측|평가|분석|시험|측정|제작|설계|생산|회수|재활용|자동"
    r"|막[아는습]|낮추|낮춰|낮춥|없애|없앱|제거|진단|검출|찾아냅|잽니|빠르게|절약"
    r"|detect|protect|lower|remov|reduc|increas|improv|prevent|predict|test|measur|design|produc|recover|recycl|automat",
    re.IGNORECASE,
)


def advice(kind: str, text: str, trl: str) -> list[str]:
    """What the text leaves open, in the reader's language; nothing of an empty one."""
    written = clean(text)
    if not written:
        return []
    said = []
    if _PERSONAL.search(written):
        said.append(
            _("글 속의 전화번호나 전자우편은 누구나 봅니다. «예약 담당» 칸에 적으면 담당자에게만 보입니다.")
            if kind == Kind.ASSET
            else _("글 속의 전화번호나 전자우편은 누구나 봅니다. 지우는 것이 좋습니다.")
        )
    if len(written) < ENOUGH:
        said.append(
            _(
                "한 문장 더 적어 보십시오. 무엇이 문제이고 어떤 조건에서 생기는지, 무엇을 어디까지 해 보았는지."
            )
        )
    if not _FIGURE.search(written):
        said.append(_("온도, 크기, 불량률처럼 수치가 하나라도 있으면 더 정확히 찾습니다."))
    if kind == Kind.NEED and not _PARTNER.search(written):
        said.append(_("어떤 상대를 찾는지 적어 보십시오: 시험, 공동 개발, 기술 이전, 자문."))
    if kind == Kind.CAPABILITY and not _EFFECT.search(written):
        said.append(_("그 기술로 무엇이 나아지는지 적어 보십시오: 무엇을 줄이고, 높이고, 막고, 재는지."))
    if kind in (Kind.CAPABILITY, Kind.NEED) and not trl:
        said.append(_("기술성숙도(TRL)를 고르면 상대가 어느 단계인지 압니다."))
    return said
