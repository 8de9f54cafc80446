"""An organisation's name as it compares: one firm writes itself in many ways."""

from __future__ import annotations

import re
import unicodedata

from embeddings.lexical import DOTS
from hub.text import one_line

LONGEST_KEY = 160
LONGEST_READ = 400  # letters: no name is longer, and taking forms off takes the square of them

# What the law calls a firm or a foundation, before its name or behind it, the longer words first.
_KOREAN = (
    "유한책임회사|주식회사|유한회사|합자회사|합명회사|농업회사법인|어업회사법인|영농조합법인|영어조합법인|영농법인|농업법인|"
    "사단법인|재단법인|학교법인|의료법인|사회복지법인|공익법인|비영리법인|특수법인|외국법인|"
    "사회적협동조합|(?<!농업)(?<!산업)(?<!축산)(?<!신용)(?<!생활)(?<!기업)협동조합|산학협력단"
)
# Of these only a whole name is made with what stands beside them: 협동조합연합회, 산학협력단협의회.
_GENERAL = "중앙회|연합회|연합|협의회|협회|총회|연구소|연구원|연구회|재단|센터|지원센터|진흥원|연수원|학교|본부|지부|장"
_SIGNS = "주|유|사|재|학|합|의|복|농|협|株|有|社|財|學|協|株式会社|有限会社"
_OPEN, _CLOSE = r"[(\[{〔【〈《「『]", r"[)\]}〕】〉》」』]"
_ENGLISH = (
    r"limited liability company|(?:co(?:mpany|\.)?[\s,]*)?(?:limited|ltd)|(?:co|corp|inc)|incorporated|corporation|company"
    r"|l\.?\s?l\.?\s?[cp]|plc|gmbh|pte\.?\s*ltd|pty\.?\s*ltd"
)
_SIGNED = re.compile(
    rf"{_OPEN}\s*(?:{_KOREAN}|{_SIGNS})\s*{_CLOSE}|^\s*(?:{_SIGNS})\s*{_CLOSE}|{_OPEN}\s*(?:{_SIGNS})[\W_]*$|株式会社|有限会社"
)
_FIRST = re.compile(rf"^[\W_]*(?:{_KOREAN})(?!\s*(?:{_GENERAL})[\W_]*$)")
_LAST = re.compile(rf"(?:{_KOREAN})[\W_]*$")
_LAST_ENGLISH = re.compile(rf"(?<![a-z0-9])(?:{_ENGLISH})\.?(?=\s*(?:[(\[,].*)?$)")
_AND = re.compile(r"(?<=\s)and(?=\s)|^the(?=\s+\S+\s+\S)")
_DOT = re.compile(f"[{DOTS}]")
_UNIVERSITY = re.compile(r"(?<![a-z])univ(?![a-z])")


def name_key(name: str) -> str:
    """The name without legal form, spaces, punctuation and case; one that is only a legal form keeps itself.

    >>> {name_key(n) for n in ("㈜지에스", "( 주 )지에스", "주식회사 지에스", "지에스(주)", "지에스 Co., Ltd.")}
    {'지에스'}
    >>> name_key("한국협동조합연구소")
    '한국협동조합연구소'
    """
    key = _shorter(name[:LONGEST_READ])
    while (shorter := _shorter(key)) != key:  # 농업회사법인 주식회사 지에스
        key = shorter
    return key


def _shorter(name: str) -> str:
    """The name folded and without the forms at its ends."""
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", _DOT.sub(" ", one_line(name))).casefold()
    )
    bare, before = folded, ""
    while bare != before:  # Co., Inc.
        before = bare
        for form in (_SIGNED, _FIRST, _LAST, _LAST_ENGLISH):
            bare = form.sub(" ", bare)
    bare = _UNIVERSITY.sub("university", _AND.sub(" ", bare))
    return (re.sub(r"[\W_]+", "", bare) or re.sub(r"\s+", "", folded))[:LONGEST_KEY]
