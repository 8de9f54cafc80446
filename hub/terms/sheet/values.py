"""The sheet's values: read from what people type, Korean or English, and shown. Nothing here is a float.

What cannot be told for certain is asked again and never guessed: «1» may be 1 % or all of it, «3/4/2027» is the
third of April or the fourth of March, and a business day depends on holidays that the hub does not know.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from babel.dates import format_date

from hub.language import _, current_language
from hub.problems import Problem
from hub.text import check_length, clean, one_line

MOST_WON = 10**15
MOST_PARTS = 1_000_000  # the largest denominator of a share: four decimals of a percent
MOST_TEXT = 2000

Emptiness = Literal["open", "none", "n/a"]
_EMPTY_WORDS: dict[Emptiness, tuple[str, ...]] = {
    "open": ("", "미정", "아직 정하지 않음", "tbd", "undecided", "open"),
    "none": ("없음", "없음으로 합의", "none"),
    "n/a": ("해당 없음", "해당없음", "해당 사항 없음", "n/a", "not applicable"),
}
_EMPTY = {word: kind for kind, words in _EMPTY_WORDS.items() for word in words}
_YES = {
    "예": True,
    "네": True,
    "yes": True,
    "true": True,
    "아니요": False,
    "아니오": False,
    "no": False,
    "false": False,
}

_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4, "": 1}
_SMALL = {"천": 1000, "백": 100, "십": 10, "": 1}
_ENGLISH = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9, "trillion": 10**12}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}

# A citizen's number is a birthday and seven digits, of which the first says the century; a company's registration
# number (110111-1234567) has the same shape, and mostly no birthday that anybody living has.
_CITIZEN = re.compile(
    r"(?<!\d)(?:[2-9]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?[-–]? ?[1256]"
    r"|[0-2]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?[-–]? ?[3478])\d{6}(?!\d)"
)
_BANK = re.compile(r"은행|뱅크|농협|수협|신협|새마을금고|우체국|계좌|bank|account", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\d-])(?:\d{2,6}-){1,3}\d{2,8}(?![\d-])|(?<![\d,.-])\d{10,14}(?![\d,.-])")
# A telephone, a business registration number, an application for a patent: as many digits, and no account.
_NO_ACCOUNT = re.compile(r"0\d{1,2}-\d{3,4}-\d{4}|\d{3}-\d{2}-\d{5}|[1-4]0-\d{4}-\d{7}|\d{6}-\d{7}")


def emptiness(text: str) -> Emptiness | None:
    """Which of the three kinds of empty somebody typed; ``None`` where it is a value.

    >>> emptiness("  "), emptiness("없음"), emptiness("해당 없음"), emptiness("0")
    ('open', 'none', 'n/a', None)
    """
    return _EMPTY.get(_folded(text).casefold())


def _folded(text: str) -> str:
    return one_line(unicodedata.normalize("NFKC", text))


def _refused(text: str, how: str) -> Problem:
    return Problem(_("«%(text)s»: 읽을 수 없습니다. %(how)s", text=text[:40], how=how))


def parse_won(text: str) -> int:
    """An amount in won: «12,345,678원», «1억 2,000만», «3천만 원», «12.5억», «KRW 30 million».

    :raises Problem: when it is none, has parts of a won, is below nothing or above 10^15.
    """
    said = _folded(text).casefold()
    said = re.sub(r"^(?:krw|₩|won|금) ?| ?(?:원정?|krw|won)$", "", said).strip()
    if said in ("무상", "무료", "free"):
        return 0
    if re.match(r"[-−△▲(]", said):
        raise Problem(_("«%(text)s»: 금액은 0원 이상으로 적으십시오.", text=text[:40]))
    amount = _english_amount(said) if said.isascii() else _korean_amount(said)
    if amount is None:
        raise _refused(text, _("«12,345,678» 또는 «1억 2,000만»처럼 적으십시오."))
    if amount.denominator != 1:
        raise Problem(_("«%(text)s»: 원 단위까지만 적으십시오.", text=text[:40]))
    return check_won(int(amount))


def check_won(amount: int) -> int:
    """The amount, if it is one that the sheet holds.

    :raises Problem: when it is below nothing or above 10^15.
    """
    if not 0 <= amount <= MOST_WON:
        raise Problem(_("금액은 0원에서 %(most)s까지 적을 수 있습니다.", most=show_won(MOST_WON)))
    return amount


def _number(digits: str) -> Fraction | None:
    if not re.fullmatch(_DIGITS, digits, re.ASCII) or len(digits) > 30:
        return None
    return Fraction(digits.replace(",", ""))


def _english_amount(said: str) -> Fraction | None:
    digits, _blank, unit = said.partition(" ")
    if not unit and digits.endswith("bn"):
        digits, unit = digits[:-2], "bn"
    number = _number(digits)
    if number is None or (unit and unit not in _ENGLISH):
        return None
    return number * _ENGLISH.get(unit, 1)


def _korean_amount(said: str) -> Fraction | None:
    """1억 2,000만: sections of thousands, each before its unit, the larger units first."""
    total, rest, last = Fraction(0), said, None
    for unit, worth in _LARGE.items():
        before, found, after = rest.partition(unit) if unit else (rest, rest, "")
        if not found:
            continue
        section = _section(before.strip()) if before or last else Fraction(1)  # «만 원» is one of them
        if section is None or (last and section * worth >= last):
            return None
        total, rest, last = total + section * worth, after.strip(), worth
    return total


def _section(said: str) -> Fraction | None:
    """2천5백, 2,000 or 12.5; ``None`` where it is none of these."""
    total, rest, last = Fraction(0), said, MOST_WON * 10
    while rest:
        found = re.match(rf"({_DIGITS})? ?([천백십]?) ?", rest, re.ASCII)
        number = _number(found[1]) if found and found[1] else Fraction(1)
        if not found or not found[0].strip() or number is None:
            return None
        worth = _SMALL[found[2]]
        if number * worth >= last or worth >= last:
            return None
        total, rest, last = total + number * worth, rest[found.end() :], worth
    return total if said else None


def parse_share(text: str) -> Fraction:
    """A share of a whole: «33.3 %», «1/3», «3분의 1», «절반», «전부». Exact: 33.3 % is 333/1000 and no third.

    :raises Problem: when it is none, is ambiguous («1», «0.5») or finer than four decimals of a percent.
    """
    said = _folded(text).casefold()
    words = {"전부": Fraction(1), "all": Fraction(1), "절반": Fraction(1, 2), "half": Fraction(1, 2)}
    if said in words:
        return words[said]
    if found := re.fullmatch(r"(\d{1,7}) ?/ ?(\d{1,7})", said, re.ASCII):
        return _part_of(text, int(found[1]), int(found[2]))
    if found := re.fullmatch(r"(\d{1,7}) ?분의 ?(\d{1,7})", said, re.ASCII):
        return _part_of(text, int(found[2]), int(found[1]))
    found = re.fullmatch(r"(\d{1,3}(?:\.\d{1,9})?) ?(%|퍼센트|percent|per cent)?", said, re.ASCII)
    if not found:
        raise _refused(text, _("«33.3 %» 또는 «1/3»처럼 적으십시오."))
    percent = Fraction(found[1])
    if not found[2] and 0 < percent <= 1:
        raise _refused(text, _("퍼센트라면 %를 붙이고, 아니라면 «1/2»처럼 적으십시오."))
    return check_share(percent / 100)


def _part_of(text: str, part: int, whole: int) -> Fraction:
    if whole == 0:
        raise _refused(text, _("«33.3 %» 또는 «1/3»처럼 적으십시오."))
    return check_share(Fraction(part, whole))


def check_share(share: Fraction) -> Fraction:
    """The share, if it is one that the sheet holds.

    :raises Problem: when it is not between nothing and all, or finer than a millionth.
    """
    if not 0 <= share <= 1:
        raise Problem(
            _("비율은 0 %%에서 100 %%까지 적을 수 있습니다. 적은 값: %(share)s.", share=show_share(share))
        )
    if share.denominator > MOST_PARTS:
        raise Problem(_("비율의 분모는 %(most)s까지 적을 수 있습니다.", most=f"{MOST_PARTS:,}"))
    return share


def parse_decimal(text: str, *, places: int, most: int) -> Decimal:
    """A number with decimals, such as a rate of 3.5 % or 1.25 person-months; the sign of percent may be left out.

    :raises Problem: when it is none, has more decimals than ``places``, or is above ``most``.
    """
    said = re.sub(r" ?(?:%|퍼센트|percent|시간|인월|개월|hours?|배)$", "", _folded(text).casefold())
    if not re.fullmatch(_DIGITS, said, re.ASCII) or len(said) > 20:
        raise _refused(text, _("«3.5»처럼 숫자로 적으십시오."))
    return check_decimal(Decimal(said.replace(",", "")), places=places, most=most)


def check_decimal(number: Decimal, *, places: int, most: int) -> Decimal:
    """The number in its shortest form, so that 3.50 and 3.5 are the same.

    :raises Problem: when it has more decimals than ``places``, or is not between 0 and ``most``.
    """
    if not 0 <= number <= most:
        raise Problem(_("0에서 %(most)s까지 적을 수 있습니다.", most=f"{most:,}"))
    if number != round(number, places):
        raise Problem(_("소수점 아래 %(places)d자리까지 적을 수 있습니다.", places=places))
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def parse_day(text: str) -> date:
    """A day: «2027-01-04», «2027. 1. 4.», «2027년 1월 4일», «20270104», «4 January 2027», «Jan 4, 2027».

    :raises Problem: when it is none, or could be two days («1/4/2027»).
    """
    said = _folded(text).casefold().removesuffix(".")
    parts: tuple[str, str, str] | None = None
    if (found := re.fullmatch(r"(\d{4})(?:[-./년] ?)(\d{1,2})(?:[-./월] ?)(\d{1,2})일?", said, re.ASCII)) or (
        found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said, re.ASCII)
    ):
        parts = (found[1], found[2], found[3])
    elif found := re.fullmatch(r"(\d{1,2}) ([a-z]{3,9})\.?,? (\d{4})", said, re.ASCII):
        parts = (found[3], str(_MONTHS.get(found[2][:3], 0)), found[1])
    elif found := re.fullmatch(r"([a-z]{3,9})\.? (\d{1,2}),? (\d{4})", said, re.ASCII):
        parts = (found[3], str(_MONTHS.get(found[1][:3], 0)), found[2])
    if parts is not None:
        try:
            return date(*map(int, parts))
        except ValueError:
            raise Problem(_("«%(text)s»은(는) 달력에 없는 날입니다.", text=text[:40])) from None
    raise _refused(text, _("«2027-01-04»처럼 연월일로 적으십시오."))


def read_day(text: str) -> date:
    """A day as it is kept, ``2027-01-04``.

    :raises Problem: when it is written otherwise.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise _refused(text, _("«2027-01-04»처럼 연월일로 적으십시오."))
    return parse_day(text)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last.

    >>> months_later(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse_days(text: str) -> int:
    """A number of calendar days: «60», «60일», «8주», «60 days».

    :raises Problem: when it is none, or counts business days or months, which are no number of days.
    """
    said = _folded(text).casefold()
    if re.search(r"영업|근무일|business|working", said):
        raise Problem(
            _("«%(text)s»: 영업일은 휴일에 따라 달라집니다. 달력의 날수로 적으십시오.", text=text[:40])
        )
    found = re.fullmatch(r"(\d{1,5}) ?(일|days?|주|주일|weeks?)?(?: ?이내)?", said, re.ASCII)
    if not found:
        raise _refused(text, _("«60일»처럼 달력의 날수로 적으십시오."))
    return int(found[1]) * (7 if (found[2] or "").startswith(("주", "week")) else 1)


def parse_count(text: str, *, most: int) -> int:
    """A whole number of things: «25,500주», «3».

    :raises Problem: when it is none, or above ``most``.
    """
    said = re.sub(r" ?(?:주|개|명|건|년|회|shares?|years?)$", "", _folded(text).casefold())
    if not re.fullmatch(r"\d{1,3}(?:,\d{3})+|\d{1,16}", said, re.ASCII):
        raise _refused(text, _("«25,500»처럼 숫자로 적으십시오."))
    return check_count(int(said.replace(",", "")), most=most)


def check_count(count: int, *, most: int) -> int:
    """The number, if it is one that the field holds.

    :raises Problem: when it is not between 0 and ``most``.
    """
    if not 0 <= count <= most:
        raise Problem(_("0에서 %(most)s까지 적을 수 있습니다.", most=f"{most:,}"))
    return count


def parse_yes(text: str) -> bool:
    """네 (or 예) or 아니요.

    :raises Problem: when it is neither.
    """
    said = _folded(text).casefold()
    if said not in _YES:
        raise _refused(text, _("«네»나 «아니요»로 적으십시오."))
    return _YES[said]


def parse_text(text: str, what: str, most: int = MOST_TEXT) -> str:
    """Words, composed and trimmed.

    :param what: the field's name, as its label has it.
    :raises Problem: when they are too long, or hold a person's number or a bank account: the sheet is read by all
        parties and kept for years.
    """
    cleaned = clean(text)
    check_length(what, cleaned, most)
    plain = unicodedata.normalize("NFKC", cleaned)
    if _CITIZEN.search(plain):
        raise Problem(
            _(
                "%(what)s: 주민등록번호로 보이는 번호가 있습니다. 지우고 저장하십시오. 법인등록번호는 당사자의 등록번호 칸에 적습니다.",
                what=what,
            )
        )
    if _BANK.search(plain) and any(map(_is_account, _ACCOUNT.findall(plain))):
        raise Problem(_("%(what)s: 계좌번호로 보이는 번호가 있습니다. 지우고 저장하십시오.", what=what))
    return cleaned


def _is_account(digits: str) -> bool:
    return len(digits.replace("-", "")) >= 10 and not _NO_ACCOUNT.fullmatch(digits)


def show_won(amount: int) -> str:
    """``12,345,678원``, in the reader's language."""
    return _("%(amount)s원", amount=f"{amount:,}")


def show_share(share: Fraction) -> str:
    """Percent with two decimals; the fraction itself where these would say nothing or all, and it is neither.

    >>> show_share(Fraction(1, 3)), show_share(Fraction(1, 1_000_000))
    ('33.33 %', '1/1000000')
    """
    hundredths = (abs(share) * 10_000 + Fraction(1, 2)) // 1
    if share.denominator != 1 and hundredths % 10_000 == 0:
        return str(share)
    sign = "-" if share < 0 else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d} %"


def show_day(day: date) -> str:
    """The day as the reader's language writes it."""
    return str(format_date(day, format="medium", locale=current_language()))


def show_yes(said: bool) -> str:
    """네 or 아니요, in the reader's language."""
    return _("네") if said else _("아니요")
