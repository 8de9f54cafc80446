"""Fits the strength of a match and prints how often each of its words is right.

    python -m tests.benchmarks.calibrate

On the project's own graded needs (needs-train.jsonl) and on queries that nothing here answers
(nonsense.txt), through the search that pages use. A match is right when its grade is 2 or 3; what
nobody graded counts as wrong. The table is of needs that the fit had not seen (five folds).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from embeddings.calibration import BOUNDS, WORDS
from hub.database import Database
from hub.matching.engine import Engine
from hub.matching.evaluate import read_needs
from hub.matching.replica import Filters
from hub.matching.search import search
from hub.settings import Settings

HERE = Path(__file__).parent
DEPTH = 10
FOLDS = 5


def main() -> None:
    """Prints the constants of embeddings/calibration.py and the reliability table."""
    settings = Settings()
    engine = Engine(settings, Database(settings.database))
    needs = [(need.text, need.grades) for need in read_needs(HERE / "needs-train.jsonl")]
    nonsense = (HERE / "nonsense.txt").read_text(encoding="utf-8").split("\n")
    asked = needs + [(text, {}) for text in nonsense if text]
    features, right, owner = [], [], []
    with engine.database.reading() as session:
        for number, (text, grades) in enumerate(asked):
            found = search(engine, session, text, Filters(kinds=frozenset({"capability"})), limit=DEPTH)
            for answer in found.answers:
                features.append((answer.best.hit.score, answer.best.hit.level))
                right.append(grades.get(answer.best.statement.text, 0) >= 2)
                owner.append(number)
    x, y, group = np.asarray(features), np.asarray(right), np.asarray(owner)
    whole = LogisticRegression(C=1e4, max_iter=5000).fit(x, y)
    print(f"OFFSET = {whole.intercept_[0]:.3f}")
    print(f"RELATIVE = {whole.coef_[0, 0]:.4f}")
    print(f"ABSOLUTE = {whole.coef_[0, 1]:.4f}")
    fold = np.random.default_rng(0).permutation(len(asked))[group] % FOLDS
    chance = np.zeros(len(y))
    for number in range(FOLDS):
        seen = fold != number
        fitted = LogisticRegression(C=1e4, max_iter=5000).fit(x[seen], y[seen])
        chance[~seen] = fitted.predict_proba(x[~seen])[:, 1]
    table = []
    upper = 101
    for word, lower in zip(WORDS, (*BOUNDS, 0), strict=True):
        here = (100 * chance >= lower) & (100 * chance < upper)
        table.append(
            {
                "word": word,
                "from": lower,
                "matches": int(here.sum()),
                "right": round(float(y[here].mean()), 3) if here.any() else None,
                "of_nonsense": int((here & (group >= len(needs))).sum()),
            }
        )
        upper = lower
    print(json.dumps(table, indent=2))


if __name__ == "__main__":
    main()
