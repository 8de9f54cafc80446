"""Suggestions as JSON values. Nothing in them tells who a hidden name is."""

from __future__ import annotations

from typing import Any

from hub.profiles.published import place_of, shown_unit
from hub.suggestions.read import Suggestion


def suggestion_as_json(suggestion: Suggestion) -> dict[str, Any]:
    """A pair; nothing in it tells who a hidden name is."""
    firm, unit = suggestion.firm, shown_unit(suggestion.lab_statement)
    place = place_of(suggestion.firm_statement, firm) if firm else None
    return {
        "firm": None if firm is None else {"id": firm.id, "name": firm.name_ko, "region": place},
        "lab": {
            "id": suggestion.lab.id,
            "name": suggestion.lab.name_ko,
            "kind": suggestion.lab.kind,
            "unit": unit.name_ko if unit else None,
            "region": place_of(suggestion.lab_statement, suggestion.lab),
        },
        "strength": suggestion.pair.strength,
        "word": suggestion.pair.word,
        "distance_km": None if suggestion.distance_km is None else round(suggestion.distance_km, 1),
        "reason": {
            "firm_says": suggestion.firm_statement.text,
            "lab_says": suggestion.why.sentence,
            "nearest": suggestion.why.nearest,
            "solves": suggestion.solves or None,
            "shared": list(suggestion.why.shared),
            "fields": list(suggestion.fields),
        },
    }
