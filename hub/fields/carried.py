"""Technology fields: classes of the national classification, and national strategic technologies."""

from __future__ import annotations

import csv
from functools import lru_cache

from hub.fields.tables import TechnologyField
from hub.language import in_language
from hub.settings import DATA

# What the carried capabilities are labelled with, in the fields that a poster could have confirmed.
# Labels that no single field covers have none.
FIELDS_OF_LABEL = {
    "aerospace": ("S06",),
    "agriculture": ("LB",),
    "automotive": ("EA", "S03"),
    "battery": ("EF", "S02"),
    "bio": ("LA", "S05"),
    "chemistry": ("EC",),
    "construction": ("EI",),
    "display": ("ED", "S01"),
    "energy": ("EF",),
    "food": ("LB",),
    "ict": ("EE",),
    "machinery": ("EA",),
    "materials": ("EB",),
    "measurement": ("NB",),
    "medical": ("LC",),
    "ocean": ("S06",),
    "photonics": ("ED",),
    "power": ("ED",),
    "railway": ("EI",),
    "resources": ("EF",),
    "robotics": ("EA", "S11"),
    "semiconductor": ("ED", "S01"),
    "shipbuilding": ("EA",),
    "telecom": ("EE", "S10"),
    "textile": ("EB",),
}


@lru_cache(maxsize=1)
def carried_fields() -> tuple[TechnologyField, ...]:
    """The fields that the project carries; read once, and belonging to no session."""
    with (DATA / "technology-fields.csv").open(encoding="utf-8", newline="") as file:
        return tuple(TechnologyField(**row) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def codes_of_strategic_technologies() -> dict[str, str]:
    """The code of each national strategic technology by its Korean name, written with blanks or without."""
    return {
        field.name_ko.replace(" ", ""): field.code
        for field in carried_fields()
        if field.scheme == "strategic"
    }


@lru_cache(maxsize=1)
def field_codes() -> tuple[str, ...]:
    """Their codes, in the order of the file."""
    return tuple(field.code for field in carried_fields())


def field_name(code: str) -> str:
    """The field of this code by name, in the reader's language."""
    return next(in_language(one.name_ko, one.name_en) for one in carried_fields() if one.code == code)
