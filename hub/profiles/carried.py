"""The real data that the project carries, as profiles and statements (see hub/data/README.md). Read, not loaded."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.profiles.script import language_of
from hub.profiles.tables import Kind, ProfileKind, Source
from hub.settings import DATA
from hub.text import one_line


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
    statements: list[SampleStatement] = field(default_factory=list)


@dataclass(frozen=True)
class SampleStatement:
    """One statement of the carried data."""

    kind: Kind
    text: str
    source: Source
    label: str | None = None
    translation: str | None = None
    problems: list[list[str]] = field(default_factory=list)  # as Statement.problems holds them


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: one_line(value) for name, value in row.items()}


def sample_profiles() -> list[SampleProfile]:
    """Universities, institutes and listed companies; one entry an organisation."""
    found = _laboratories()
    for row in _rows("universities.csv"):
        key = f"public:{row['name_ko']}"
        found.setdefault(
            key,
            SampleProfile(
                key, ProfileKind.UNIVERSITY, row["name_ko"], row["region_code"], row["name_en"] or None
            ),
        )
    for row in _rows("listed-companies.csv"):
        key = f"krx:{row['stock_code']}"
        found[key] = SampleProfile(
            key,
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
    return list(found.values())


def _laboratories() -> dict[str, SampleProfile]:
    """Those whose capabilities are carried, by their key."""
    found: dict[str, SampleProfile] = {}
    solved = sample_problems()
    for row in _rows("research-capabilities.csv"):
        key = f"public:{row['name_ko']}"
        owner = found.setdefault(
            key,
            SampleProfile(
                key, ProfileKind(row["kind"]), row["name_ko"], row["region_code"], row["name_en"] or None
            ),
        )
        # `field` is a label: it is kept beside the text and never embedded.
        owner.statements.append(
            SampleStatement(
                Kind.CAPABILITY,
                row["capability"],
                Source.SAMPLE,
                row["field"],
                row["capability_en"],
                solved.get(row["capability"], []),
            )
        )
    return found


def sample_problems() -> dict[str, list[list[str]]]:
    """The problems that each carried capability solves, by its text; written for it, by nobody who works there."""
    with (DATA / "sample-problems.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return {
        row["capability"]: [[problem[form] for form in ("ko", "typed", "en")] for problem in row["problems"]]
        for row in rows
    }


def background_texts() -> list[str]:
    """Texts against which a model's cosines are measured: every capability, a fifth of the products."""
    texts = [statement.text for profile in sample_profiles() for statement in profile.statements]
    capabilities = sum(1 for _row in _rows("research-capabilities.csv"))
    return texts[:capabilities] + texts[capabilities::5]


def statement_key(profile: SampleProfile, statement: SampleStatement) -> str:
    """The name under which a carried statement is recognised when the data are loaded again."""
    digest = hashlib.sha256(statement.text.encode()).hexdigest()[:12]
    return f"{profile.source_key}:{digest}"
