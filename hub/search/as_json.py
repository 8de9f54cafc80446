"""Answers as JSON values. Nothing in them tells who a hidden name is."""

from __future__ import annotations

from typing import Any

from hub.profiles.published import shown_unit
from hub.search.answers import Answer
from hub.search.search import Results


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """An answer; nothing in it tells who a hidden name is."""
    best = answer.best
    profile = answer.profile
    unit = shown_unit(best.statement)
    return {
        "name": profile.name_ko if profile else None,
        "name_en": profile.name_en if profile else None,
        "profile": profile.id if profile else None,
        "unit": unit.name_ko if unit else None,
        "profile_kind": profile.kind if profile else None,
        "region": best.hit.region_code,
        "strength": best.hit.strength,
        "word": best.hit.word,
        "distance_km": None if best.hit.distance_km is None else round(best.hit.distance_km, 1),
        "statement": {
            "id": best.statement.id,
            "kind": best.statement.kind,
            "text": best.statement.text,
            "source": best.statement.source,
        },
        "why": {
            "sentence": best.why.sentence,
            "nearest": best.why.nearest,
            "shared": list(best.why.shared),
            "solves": best.solves or None,
            "fields": list(best.fields),
        },
        "others": [match.statement.text for match in answer.matches[1:]],
    }


def results_as_json(results: Results) -> dict[str, Any]:
    """What was found; ``weak``, what hardly answers and how much of it there is; and beside those who can help,
    ``alike``, who does the like and how many do."""
    return {
        "query": results.query.text,
        "results": [answer_as_json(answer) for answer in results.answers],
        "weak": {
            "total": results.weak_total,
            "results": [answer_as_json(answer) for answer in results.weak],
        },
        "alike": {
            "total": results.alike_total,
            "more": results.alike_more,
            "results": [answer_as_json(answer) for answer in results.alike],
        },
    }
