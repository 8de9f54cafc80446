"""The public lists, as far as the carried ones tell them: what `tests.benchmarks.carried` reads, in small."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from hub.regions.atlas import atlas
from hub.settings import DATA
from tests.benchmarks.carried import CAMPUS, rows


def write_lists(folder: Path) -> None:
    """Each public list with the columns that are read of it."""
    schools = {ours: theirs for theirs, ours in CAMPUS.items()}
    ventures = (
        {
            "연번": row["number"],
            "업체명": row["name"],
            "간략주소": atlas()[row["region_code"]].full_name,
            "업종명(11차)": row["industry"],
            "주생산품": row["products"],
            "벤처유효종료일": row["valid_to"],
        }
        for row in rows(DATA / "venture-firms.csv")
    )
    universities = (
        {
            "학교구분": "전문대학" if row["sort"] == "college" else "대학",
            "학교명": schools.get(row["name_ko"], row["name_ko"]),
            "본분교": "본교",
            "학교명(영문)": row["name_en"],
            "주소": f"{row['address']} (어느 동)",
            "학교홈페이지": row["homepage"],
        }
        for row in rows(DATA / "universities.csv")
    )
    identifiers = (
        {"ror": f"https://ror.org/{row['ror']}", "status": "active", "name_ko": row["name_ko"]}
        for row in rows(DATA / "ror.csv")
    )
    _write(folder / "venture-list.csv", ventures)
    _write(folder / "universities-full.csv", universities)
    _write(folder / "technology-offers.csv", rows(DATA / "technology-offers.csv"))
    _write(folder / "laboratories.csv", rows(DATA / "laboratories.csv"))
    _write(folder / "ror-korea.csv", identifiers)


def _write(file: Path, lines: Iterable[dict[str, str]]) -> None:
    listed = list(lines)
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, listed[0])
        writer.writeheader()
        writer.writerows(listed)
