"""The real data that the project carries, as profiles and statements (see hub/data/README.md). Read, not loaded."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from hub.profiles.collections import NAMES
from hub.profiles.homepage import usable
from hub.profiles.names import name_key
from hub.profiles.script import language_of
from hub.profiles.tables import Kind, ProfileKind, Source
from hub.settings import DATA
from hub.text import one_line

LAYS_NOTHING_OUT = frozenset(
    {"기타", "없음", "해당없음", "기타 제품"}
)  # what a list says of what a firm makes


@dataclass(frozen=True)
class SampleProfile:
    """One organisation of the carried data, with what is publicly known that it does."""

    source_key: str
    kind: ProfileKind
    name_ko: str
    region_code: str
    name_en: str | None = None
    homepage: str | None = None
    industry: str | None = None
    market: str | None = None
    listed_on: str | None = None
    address: str | None = None
    ror: str | None = None
    statements: list[SampleStatement] = field(default_factory=list)


@dataclass(frozen=True)
class SampleUnit:
    """A laboratory of one of them."""

    source_key: str
    name_ko: str
    homepage: str | None


@dataclass(frozen=True)
class SampleStatement:
    """One statement of the carried data. ``key`` is the name under which it is recognised when it is loaded again;
    without one it is made of whose it is and the text."""

    kind: Kind
    text: str
    source: Source
    label: str | None = None
    translation: str | None = None
    problems: list[list[str]] = field(default_factory=list)  # as Statement.problems holds them
    key: str | None = None
    trl: int | None = None
    technology: str | None = None  # the national strategic technology, by its Korean name
    unit: SampleUnit | None = None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: one_line(value) for name, value in row.items()}


def sample_profiles(only: Collection[str] = NAMES) -> list[SampleProfile]:
    """The organisations of these collections, one entry an organisation, with what these collections say of each."""
    found = _institutions(with_universities="universities" in only)
    if "compiled" in only:
        _add_capabilities(found)
    if "listed" in only:
        found |= {one.source_key: one for one in _listed_companies()}
    if "ventures" in only:
        _add_venture_firms(found)
    if "offers" in only:
        _add_offers(found)
    if "laboratories" in only:
        _add_laboratories(found)
    return [one for one in found.values() if one.statements or _stands_alone(one, only)]


def _stands_alone(one: SampleProfile, only: Collection[str]) -> bool:
    """Whether an organisation is there by itself, and not for what some collection says of it."""
    if one.kind == ProfileKind.COMPANY:
        return True
    return one.kind == ProfileKind.UNIVERSITY and "universities" in only


def _institutions(*, with_universities: bool) -> dict[str, SampleProfile]:
    """Institutes, universities and colleges, by their key."""
    found: dict[str, SampleProfile] = {}
    ror = {row["name_ko"]: row["ror"] for row in _rows("ror.csv")}
    for row in _rows("research-capabilities.csv"):
        key = f"public:{row['name_ko']}"
        found[key] = SampleProfile(
            key,
            ProfileKind(row["kind"]),
            row["name_ko"],
            row["region_code"],
            row["name_en"] or None,
            ror=ror.get(row["name_ko"]),
        )
    for row in _rows("universities.csv"):
        key = f"public:{row['name_ko']}"
        found[key] = SampleProfile(
            key,
            ProfileKind.UNIVERSITY,
            row["name_ko"],
            row["region_code"],
            row["name_en"] or None,
            homepage=usable(row["homepage"]),
            address=row["address"] or None,
            ror=ror.get(row["name_ko"]),
        )
    for row in _rows("technology-offers.csv"):
        if row["region_code"]:
            key = f"public:{row['holder']}"
            sort, ident = ProfileKind.INSTITUTE, ror.get(row["holder"])
            found[key] = SampleProfile(key, sort, row["holder"], row["region_code"], ror=ident)
    return found


def _add_capabilities(found: dict[str, SampleProfile]) -> None:
    solved = sample_problems()
    for row in _rows("research-capabilities.csv"):
        # `field` is a label: it is kept beside the text and never embedded.
        found[f"public:{row['name_ko']}"].statements.append(
            SampleStatement(
                Kind.CAPABILITY,
                row["capability"],
                Source.SAMPLE,
                row["field"],
                row["capability_en"],
                solved.get(row["capability"], []),
            )
        )


def _listed_companies() -> Iterator[SampleProfile]:
    for row in _rows("listed-companies.csv"):
        yield SampleProfile(
            f"krx:{row['stock_code']}",
            ProfileKind.COMPANY,
            row["name"],
            row["region_code"],
            homepage=row["homepage"] or None,
            industry=row["industry"] or None,
            market=row["market"] or None,
            listed_on=row["listed_on"] or None,
            # Two firms have given a dash for what they make.
            statements=[SampleStatement(Kind.BUSINESS, row["products"], Source.LISTED)]
            if language_of(row["products"])
            else [],
        )


def _company(
    found: dict[str, SampleProfile], companies: dict[str, SampleProfile], stock_code: str
) -> SampleProfile:
    """A listed company of which another collection says something, with or without what the exchange's list says."""
    key = f"krx:{stock_code}"
    return found.setdefault(key, replace(companies[key], statements=[]))


def _add_venture_firms(found: dict[str, SampleProfile]) -> None:
    """Each firm once in its district; one that is a listed company too says what it makes there."""
    placed: dict[tuple[str, str], SampleProfile] = {}
    companies = {one.source_key: one for one in _listed_companies()}
    for row in _rows("venture-firms.csv"):
        key = f"venture:{row['number']}"
        listed = _company(found, companies, row["stock_code"]) if row["stock_code"] else None
        firm = SampleProfile(
            key,
            ProfileKind.COMPANY,
            row["name"],
            row["region_code"],
            industry=row["industry"] or None,
        )
        firm = listed or placed.setdefault((name_key(row["name"]), row["region_code"]), firm)
        if firm.source_key == key:
            found[key] = firm
        makes = row["products"]
        if language_of(makes) and makes not in LAYS_NOTHING_OUT:
            firm.statements.append(SampleStatement(Kind.BUSINESS, makes, Source.LISTED, key=key))


def _add_offers(found: dict[str, SampleProfile]) -> None:
    """Technologies on offer, each with its holder."""
    companies = {one.source_key: one for one in _listed_companies()}
    for row in _rows("technology-offers.csv"):
        if row["stock_code"]:
            holder = _company(found, companies, row["stock_code"])
        else:
            holder = found[f"public:{row['holder']}"]
        title, invention = row["title"], row["invention"]
        same = name_key(title) == name_key(invention) or not invention
        registered = row["registration_no"]
        patent = f"특허 등록 {registered}" if registered else f"특허 출원 {row['application_no']}"
        holder.statements.append(
            SampleStatement(
                Kind.CAPABILITY,
                title if same else f"{title}\n{invention}",
                Source.LISTED,
                patent,
                key=f"offer:{row['id']}",
                trl=int(row["trl"]) if row["trl"] else None,
                technology=row["strategic_technology"],
            )
        )


def _add_laboratories(found: dict[str, SampleProfile]) -> None:
    """Laboratories as units of their university, each with its fields of research."""
    for row in _rows("laboratories.csv"):
        digest = hashlib.sha256(row["laboratory"].encode()).hexdigest()[:12]
        key = f"laboratory:{row['university']}:{digest}"
        unit = SampleUnit(key, row["laboratory"], usable(row["url"]))
        said = ", ".join(part.strip() for part in row["fields"].split("|"))
        found[f"public:{row['university']}"].statements.append(
            SampleStatement(Kind.CAPABILITY, said, Source.LISTED, row["department"], key=key, unit=unit)
        )


@lru_cache(maxsize=1)
def _compiled_institutes() -> frozenset[str]:
    return frozenset(f"public:{row['name_ko']}" for row in _rows("research-capabilities.csv"))


def institute_comes_with(source_key: str) -> str:
    """The collection with which an institute of this key comes: what was compiled of it, or what it offers."""
    return "compiled" if source_key in _compiled_institutes() else "offers"


def sample_problems() -> dict[str, list[list[str]]]:
    """The problems that each carried capability solves, by its text; written for it, by nobody who works there."""
    with (DATA / "sample-problems.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {
        row["capability"]: [[problem[form] for form in ("ko", "typed", "en")] for problem in row["problems"]]
        for row in rows
    }


def background_texts() -> list[str]:
    """Texts against which a model's cosines are measured: every capability compiled, a fifth of the listed products."""
    profiles = sample_profiles(("compiled", "listed"))
    texts = [statement.text for profile in profiles for statement in profile.statements]
    capabilities = sum(1 for _row in _rows("research-capabilities.csv"))
    return texts[:capabilities] + texts[capabilities::5]


def statement_key(profile: SampleProfile, statement: SampleStatement) -> str:
    """The name under which a carried statement is recognised when the data are loaded again."""
    if statement.key is not None:
        return statement.key
    digest = hashlib.sha256(statement.text.encode()).hexdigest()[:12]
    return f"{profile.source_key}:{digest}"
