"""Every name that an organisation is known by: its own, the English one, short and former ones."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from functools import lru_cache

from sqlmodel import Session, col, select

from hub.language import _
from hub.problems import Problem
from hub.profiles.names import name_key
from hub.profiles.tables import NameKind, Profile, ProfileKind, ProfileName
from hub.regions.atlas import inside, province_of
from hub.settings import DATA
from hub.text import clean, has_words

LONGEST = 160
MOST = 20
Others = Iterable[tuple[NameKind, str]]
SHOWN = (NameKind.SHORT, NameKind.OTHER, NameKind.FORMER)
# A comma parts names, unless what follows is the rest of one: Co., Ltd.
_BETWEEN = re.compile(r"[;；]|[,，、](?!\s*(?:ltd|limited|inc|llc|co)\b)", re.IGNORECASE)
_ABBREVIATED = (
    ("과학기술", "과기"),
    ("여자", "여"),
    ("외국어", "외"),
    ("교육", "교"),
    ("공과", "공"),
    ("", ""),
)
_UNIVERSITY = r"대학교(?![가-힣])"


@lru_cache(maxsize=1)
def carried_names() -> Mapping[str, Sequence[tuple[NameKind, str]]]:
    """The other names that the project carries, by the organisation's name."""
    found: dict[str, list[tuple[NameKind, str]]] = defaultdict(list)
    with (DATA / "organisation-names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["name_ko"]].append((NameKind(row["kind"]), row["name"]))
    return found


def usual_names(name: str) -> list[str]:
    """What everybody calls a university for short.

    >>> usual_names("국립부경대학교")
    ['부경대학교', '국립부경대', '부경대']
    >>> usual_names("서울과학기술대학교")
    ['서울과기대', '서울과학기술대']
    """
    whole = re.sub(r"\s*\([^()]*\)$", "", name)
    plain = re.sub(r"^국립\s*(?=\S{2,}대학교)", "", whole)
    found = [whole, plain]
    for known in (whole, plain):
        for long, short in _ABBREVIATED:
            found.append(re.sub(f"(?<=[가-힣]){long}{_UNIVERSITY}", f"{short}대", known))
        found.append(re.sub("과학기술원$", "과기원", known))
    return [known for known in dict.fromkeys(found) if known != name]


def names_of(profile: Profile, others: Others) -> list[ProfileName]:
    """The rows of a profile's names, each key once; of names alike the first kind counts."""
    named: list[tuple[NameKind, str]] = [(NameKind.KOREAN, profile.name_ko)]
    if profile.name_en:
        named.append((NameKind.ENGLISH, profile.name_en))
    named.extend(others)
    if profile.kind == ProfileKind.UNIVERSITY:
        named.extend((NameKind.USUAL, name) for name in usual_names(profile.name_ko))
    rows: dict[str, ProfileName] = {}
    for kind, name in named:
        key = name_key(name)
        if key:
            rows.setdefault(key, ProfileName(profile_id=profile.id, name_key=key, name=name, kind=kind))
    return list(rows.values())


def other_names(session: Session, profile_id: int) -> list[ProfileName]:
    """The names that a profile has beside its Korean and its English one: short ones, then former ones last."""
    rows = session.exec(
        select(ProfileName).where(ProfileName.profile_id == profile_id, col(ProfileName.kind).in_(SHOWN))
    )
    return sorted(rows, key=lambda row: (SHOWN.index(NameKind(row.kind)), row.name))


def written_names(text: str, standing: Container[str] = ()) -> list[str]:
    """The names in a text: one a line, or between commas.

    :param standing: the keys of names that a comma in them does not part.
    """
    parts: list[str] = []
    for line in clean(text).split("\n"):
        parts.extend([line] if name_key(line) in standing else _BETWEEN.split(line))
    names = [name for name in dict.fromkeys(part.strip() for part in parts) if has_words(name)]
    if len(names) > MOST or any(len(name) > LONGEST for name in names):
        raise Problem(
            _("다른 이름은 %(most)d개까지, 하나에 %(longest)d자까지입니다.", most=MOST, longest=LONGEST)
        )
    return names


def called(session: Session, keys: Iterable[str]) -> list[Profile]:
    """The organisations that have one of these keys among their names, the oldest first."""
    owners = select(ProfileName.profile_id).where(col(ProfileName.name_key).in_(set(keys)))
    return list(session.exec(select(Profile).where(col(Profile.id).in_(owners)).order_by(col(Profile.id))))


def names_among(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of these keys by which some organisation is known."""
    return set(session.exec(select(ProfileName.name_key).where(col(ProfileName.name_key).in_(set(keys)))))


def same_place(one: str, other: str) -> bool:
    """Whether two regions are one or one lies in the other: 부산 and 부산 해운대구."""
    return one in inside(other) or other in inside(one)


def taken_keys(session: Session) -> set[tuple[str, str]]:
    """Name and region of every organisation there is.

    One that registered by itself takes all of its names, in its own region and those around and in it.
    """
    taken = set(session.exec(select(Profile.name_key, Profile.region_code)))
    own = select(ProfileName.name_key, Profile.region_code).join(
        Profile, col(Profile.id) == ProfileName.profile_id
    )
    for key, region in session.exec(own.where(col(Profile.source_key).is_(None))):
        taken.update((key, near) for near in inside(region) | {province_of(region).code})
    return taken
