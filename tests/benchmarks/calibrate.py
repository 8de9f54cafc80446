"""Fits the strength of a match and prints how often each of its words is right.

    python -m tests.benchmarks.calibrate [--small]

Twice, through the search that pages use. What somebody can do: on the project's own graded needs
(needs-train.jsonl and needs-hard-*.jsonl; right is grade 2 or 3, what nobody graded counts as wrong). What firms make: every
fifth listed company asks with its product line; right is another one that the exchange puts in the same
industry. Beside either stand queries that nothing answers (nonsense.txt and service.txt for capabilities, absurd.txt
for both). The tables are of queries that the fit had not seen (five folds).
With --small a part of the queries is asked, to see that it runs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sqlmodel import Session, col, select

from embeddings.calibration import BOUNDS, WORDS
from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.measure.quality import read_needs
from hub.profiles.tables import Kind, Profile, Source, Statement
from hub.search.query import Query
from hub.search.search import search
from hub.settings import Settings
from hub.setup import open_database

HERE = Path(__file__).parent
DEPTH = 10
FOLDS = 5

Case = tuple[str, dict[str, float]]  # a query, and the grade of each text that answers it


def lines(name: str) -> list[Case]:
    """Queries that nothing answers."""
    return [(text, {}) for text in (HERE / name).read_text(encoding="utf-8").split("\n") if text]


def product_lines(session: Session) -> list[Case]:
    """Every fifth listed company and the product lines of its industry."""
    rows = session.exec(
        select(Statement.text, Profile.industry)
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .where(Statement.kind == Kind.BUSINESS, Statement.source == Source.LISTED)
        .order_by(col(Statement.id))
    ).all()
    return [
        (text, {other: 3.0 for other, its in rows if its == industry and other != text})
        for text, industry in rows[::5]
    ]


def main() -> None:
    """Prints the constants of embeddings/calibration.py and the two reliability tables."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--small", action="store_true", help="a part of the queries")
    most = 40 if parser.parse_args().small else None
    settings = Settings()
    engine = Engine(settings, open_database(settings))
    needs = [
        (need.text, need.grades)
        for name in ("train", "hard-form", "hard-english", "hard-typed")
        for need in read_needs(HERE / f"needs-{name}.jsonl")[:most]
    ]
    with engine.database.reading() as session:
        for name, kind, cases, none in (
            (
                "SAID",
                Kind.CAPABILITY,
                needs,
                lines("nonsense.txt") + lines("service.txt") + lines("absurd.txt"),
            ),
            ("MADE", Kind.BUSINESS, product_lines(session), lines("absurd.txt")),
        ):
            x, right, owner = features(engine, session, kind, cases[:most] + none[:most])
            if kind == Kind.BUSINESS:
                x[:, 0] = 0  # beside the level the score told nothing more of these
            fit(name, x, right, owner, len(cases[:most]))


def features(
    engine: Engine, session: Session, kind: Kind, cases: list[Case]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Score and level of each answer, whether it is right, and the number of its query."""
    rows, right, owner = [], [], []
    for number, (text, grades) in enumerate(cases):
        for answer in search(
            engine, session, Query(text, Filters(kinds=frozenset({kind})), shown=DEPTH + 1)
        ).answers:
            if answer.best.statement.text != text:
                rows.append((answer.best.hit.score, answer.best.hit.level))
                right.append(grades.get(answer.best.statement.text, 0) >= 2)
                owner.append(number)
    return np.asarray(rows), np.asarray(right), np.asarray(owner)


def fit(
    name: str,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.bool_],
    group: npt.NDArray[np.int64],
    answered: int,
) -> None:
    """Prints the constants and the table; queries from number ``answered`` on are answered by nothing."""
    whole = LogisticRegression(C=1e4, max_iter=5000).fit(x, y)
    print(f"{name} = Platt({whole.intercept_[0]:.3f}, {whole.coef_[0, 0]:.4f}, {whole.coef_[0, 1]:.4f})")
    fold = np.random.default_rng(0).permutation(int(group.max()) + 1)[group] % FOLDS
    chance = np.zeros(len(y))
    for number in range(FOLDS):
        seen = fold != number
        fitted = LogisticRegression(C=1e4, max_iter=5000).fit(x[seen], y[seen])
        chance[~seen] = fitted.predict_proba(x[~seen])[:, 1]
    table = []
    upper = 101
    for word, lower in zip(WORDS, (*BOUNDS, 0), strict=True):
        here = (np.round(100 * chance) >= lower) & (np.round(100 * chance) < upper)
        table.append(
            {
                "word": word,
                "from": lower,
                "matches": int(here.sum()),
                "right": round(float(y[here].mean()), 3) if here.any() else None,
                "nonsense_queries": len(set(group[here & (group >= answered)].tolist())),
            }
        )
        upper = lower
    print(json.dumps(table, indent=2))


if __name__ == "__main__":
    main()
