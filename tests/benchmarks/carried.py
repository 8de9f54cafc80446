"""Writes the carried lists of hub/data anew from the public lists that they are facts of.

    python -m tests.benchmarks.carried FOLDER [--to FOLDER]

FOLDER holds the public lists as hub/data/README.md names them: `venture-list.csv`, `technology-offers.csv`,
`laboratories.csv`, `universities-full.csv` and `ror-korea.csv`. What no list says (that two firms of one name are one,
where an institute sits) stands here, and is checked by hand. They are written to hub/data, or where `--to` says.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.profiles.names import name_key
from hub.profiles.script import language_of
from hub.regions.addresses import region_of_address
from hub.regions.atlas import is_district_known, province_of
from hub.settings import DATA
from hub.text import one_line

Row = dict[str, str]
SAME_FIRM = {"제일엠앤에스"}  # mixers for batteries, written in other words
CAMPUS = {
    "건국대학교(글로컬)": "건국대학교 글로컬캠퍼스",
    "고려대학교(세종)": "고려대학교 세종캠퍼스",
    "동국대학교(WISE)": "동국대학교 WISE캠퍼스",
    "연세대학교(미래)": "연세대학교 미래캠퍼스",
    "한양대학교(ERICA)": "한양대학교 ERICA",
    "국립안동대학교": "국립경국대학교(안동)",  # one university since 2025
}
# A holder as the list writes it → as it is called here. Of two holders the first; a university's new name.
HOLDER = {
    "군산대학교": "국립군산대학교",
    "창원대학교": "국립창원대학교",
    "목포대학교": "국립목포대학교",
    "한국해양대학교": "국립한국해양대학교",
    "한밭대학교": "국립한밭대학교",
    "금오공과대학교": "국립금오공과대학교",
    "한양대학교 에리카캠퍼스": "한양대학교 ERICA",
    "한국식품연구원 세계김치연구소": "세계김치연구소",
    "한국식품연구원세계김치연구소": "세계김치연구소",
    "대한민국(국립수산과학원)": "국립수산과학원",
    "한국전력공사": "한국전력",
    "한국전력공사,한국광기술원": "한국전력",
    "한국전력기술 주식회사": "한전기술",
    "서울대학교 산학협력단,경상국립대학교": "서울대학교",
}
# Where the institutes sit that no other list names.
INSTITUTE = {
    "한국과학기술연구원": "11290",
    "국립수산과학원": "26710",
    "건설기계부품연구원": "52130",
    "자동차융합기술원": "52130",
    "전북바이오융합산업진흥원": "52110",
    "경북IT융합산업기술원": "47290",
    "대구기계부품연구원": "27290",
    "전남바이오산업진흥원": "46",
    "한국마이크로의료로봇연구원": "29170",
}


def rows(file: Path) -> Iterator[Row]:
    """The rows of a list, cleaned."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            yield {name: one_line(value or "") for name, value in row.items()}


def write(name: str, fields: Sequence[str], made: Sequence[Row], to: Path) -> None:
    """One list of hub/data."""
    held = (DATA / name).read_bytes() if (DATA / name).exists() else b""
    ends = "\r\n" if b"\r\n" in held else "\n"  # as they are: a change shows as what it is
    with (to / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator=ends, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(made)
    print(f"{name}: {len(made)}")


def venture_firms(folder: Path, to: Path) -> None:
    """Every firm in its district; ``stock_code`` where it is a listed one: of the same name and province, and what it
    makes is found in what the listed one makes or is."""
    listed: dict[str, list[Row]] = {}
    for row in rows(DATA / "listed-companies.csv"):
        listed.setdefault(name_key(row["name"]), []).append(row)
    made, refused, places = [], [], {}
    for row in rows(folder / "venture-list.csv"):
        region = region_of_address(row["간략주소"])
        name = row["업체명"]
        if region is None or not is_district_known(region) or language_of(name) is None:
            refused.append(row)
            continue
        products = row["주생산품"] if language_of(row["주생산품"]) else ""
        same = [one for one in listed.get(name_key(name), ()) if _is_it(one, region, products)]
        if same:
            places[same[0]["stock_code"]] = region
        made.append(
            {
                "number": row["연번"],
                "name": name,
                "region_code": region,
                "industry": row["업종명(11차)"],
                "products": products,
                "valid_to": row["벤처유효종료일"],
                "stock_code": same[0]["stock_code"] if same else "",
            }
        )
    fields = ("number", "name", "region_code", "industry", "products", "valid_to", "stock_code")
    write("venture-firms.csv", fields, made, to)
    print(f"  {len(places)} joined with a listed company, {len(refused)} refused")
    companies = list(rows(DATA / "listed-companies.csv"))
    for row in companies:
        row["region_code"] = places.get(row["stock_code"], row["region_code"])
    write("listed-companies.csv", tuple(companies[0]), companies, to)


def _is_it(listed: Row, region: str, products: str) -> bool:
    if province_of(listed["region_code"]).code != province_of(region).code:
        return False
    if name_key(listed["name"]) in SAME_FIRM:
        return True
    known = listed["products"] + listed["industry"]
    return any(word in known for word in _pieces(products))


def _pieces(products: str) -> set[str]:
    """What may tell two firms of one name apart: runs of three letters, or a whole word of two."""
    found = set()
    for word in re.findall(r"[가-힣A-Za-z0-9]+", re.sub(r"제조|판매|장치|기타|외$", " ", products)):
        found |= {word[at : at + 3] for at in range(len(word) - 2)} or {word}
    return {piece for piece in found if len(piece) > 1}


def universities(folder: Path, to: Path) -> dict[str, Row]:
    """All open universities and colleges, where their main campus is; those that are carried keep their English name."""
    known = {row["name_ko"]: row for row in rows(DATA / "universities.csv")}
    made: dict[str, Row] = {}
    for row in rows(folder / "universities-full.csv"):
        if row["본분교"] not in ("본교", "분교"):
            continue
        name = CAMPUS.get(row["학교명"], row["학교명"])
        region = region_of_address(row["주소"])
        assert region is not None, row
        made[name] = {
            "name_ko": name,
            "name_en": known.get(name, {}).get("name_en") or row["학교명(영문)"],
            "region_code": region,
            "address": re.sub(r"\s*\(.*$", "", row["주소"]),
            "homepage": row["학교홈페이지"].strip("/ "),
            "sort": "college" if row["학교구분"] == "전문대학" else "university",
        }
    lost = [name for name in known if name not in made]
    assert not lost, lost
    listed = sorted(made.values(), key=lambda row: row["name_ko"])
    write(
        "universities.csv", ("name_ko", "name_en", "region_code", "address", "homepage", "sort"), listed, to
    )
    return made


def capabilities(found: dict[str, Row], to: Path) -> set[str]:
    """Moves the carried capabilities of universities to where their addresses are; the names of all institutes."""
    held = list(rows(DATA / "research-capabilities.csv"))
    for row in held:
        row["name_ko"] = HOLDER.get(row["name_ko"], row["name_ko"])
        if row["kind"] == "university":
            row["region_code"] = found[row["name_ko"]]["region_code"]
    write("research-capabilities.csv", tuple(held[0]), held, to)
    return {row["name_ko"] for row in held if row["kind"] == "institute"}


def offers(folder: Path, known: set[str], to: Path) -> None:
    """Technologies on offer, by who holds them as it is called here."""
    companies = {row["name"]: row for row in rows(DATA / "listed-companies.csv")}
    made = []
    for row in rows(folder / "technology-offers.csv"):
        holder = HOLDER.get(row["holder"], row["holder"])
        assert holder in known or holder in INSTITUTE or holder in companies, holder
        made.append(
            row
            | {
                "holder": holder,
                "region_code": INSTITUTE.get(holder, ""),
                "stock_code": companies[holder]["stock_code"] if holder in companies else "",
            }
        )
    fields = (
        *("id", "title", "invention", "holder", "region_code", "stock_code", "strategic_technology", "trl"),
        *("application_no", "registration_no"),
    )
    write("technology-offers.csv", fields, made, to)


def laboratories(folder: Path, to: Path) -> None:
    """Laboratories, each name once in its university."""
    made: dict[tuple[str, str], Row] = {}
    for row in rows(folder / "laboratories.csv"):
        key = (row["university"], name_key(row["laboratory"]))
        if key in made:  # one group under two professors: the fields of both
            held = made[key]["fields"].split(" | ")
            made[key]["fields"] = " | ".join(dict.fromkeys([*held, *row["fields"].split(" | ")]))
        else:
            made[key] = row
    write(
        "laboratories.csv",
        ("university", "department", "laboratory", "fields", "url"),
        list(made.values()),
        to,
    )


def ror(folder: Path, known: set[str], to: Path) -> None:
    """The ROR identifier of every organisation whose Korean name is there once and only there."""
    found: dict[str, list[str]] = {}
    for row in rows(folder / "ror-korea.csv"):
        if row["status"] == "active":
            for name in row["name_ko"].split("|"):
                found.setdefault(name_key(name), []).append(row["ror"])
    made = []
    for name in sorted(known):
        keys = {name_key(name), name_key(re.sub("^국립", "", name))}
        ids = {one for key in keys for one in found.get(key, ())}
        if len(ids) == 1:
            made.append({"name_ko": name, "ror": ids.pop().rsplit("/", 1)[1]})
    write("ror.csv", ("name_ko", "ror"), made, to)


def main() -> None:
    """All of them."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, default=DATA)
    options = parser.parse_args()
    folder, to = options.folder, options.to
    venture_firms(folder, to)
    found = universities(folder, to)
    institutes = capabilities(found, to)
    offers(folder, set(found) | institutes, to)
    laboratories(folder, to)
    ror(folder, set(found) | institutes | set(INSTITUTE), to)


if __name__ == "__main__":
    main()
