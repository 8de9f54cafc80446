"""Companies of the same industry, found from their product line alone.

    python -m tests.benchmarks.industry [--small]

Every listed company that has at least one peer asks with its own product line; a company found is
right when the exchange puts it in the same industry. Industry names are not indexed. P@10, leaving
the asking company out, of the hub's ranking of peers and, beside it, of the plain vectors. The
constants of that ranking were chosen on every second company; the other half had no part in it.
With --small 100 companies ask, to see that it runs.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

import numpy as np
from sqlmodel import col, select

from hub.index.engine import Engine
from hub.index.filters import Filters
from hub.index.store import Texts
from hub.profiles.tables import Kind, Profile, Source, Statement
from hub.search.query import Query
from hub.search.ranking import rank
from hub.settings import Settings
from hub.setup import open_database

K = 10


def main() -> None:
    """Prints both figures."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--small", action="store_true", help="100 companies")
    most = 100 if parser.parse_args().small else None
    settings = Settings()
    engine = Engine(settings, open_database(settings))
    with engine.database.reading() as session:
        rows = session.exec(
            select(Statement.id, Statement.text, Profile.industry)
            .join(Profile, col(Profile.id) == Statement.profile_id)
            .where(Statement.kind == Kind.BUSINESS, Statement.source == Source.LISTED)
            .order_by(col(Statement.id))
        ).all()
    industry = {number: name for number, _text, name in rows}
    sizes = Counter(industry.values())
    filters = Filters(kinds=frozenset({Kind.BUSINESS}))
    vectors = engine.store.vectors(Texts.own(number for number, _text, _name in rows))
    ours, unseen, vectors_alone = [], [], []
    for place, (number, text, name) in enumerate(rows[:most]):
        vector = vectors[place]
        if sizes[name] < 2 or not vector.any():
            continue
        query = Query(text, filters, like=number).encoded(engine.encoder, vector)
        hits = rank(engine, query, K + 1)
        found = [hit.statement_id for hit in hits if hit.statement_id != number][:K]
        ours.append(np.mean([industry[other] == name for other in found]))
        if place % 2:
            unseen.append(ours[-1])
        ((_cosines, near),) = engine.store.neighbours(vector[None], filters, K + 1, whole=True)
        others = [other for other in near.ids.tolist() if other != number][:K]
        vectors_alone.append(np.mean([industry[other] == name for other in others]))
    figures = {
        "n": len(ours),
        "P@10": round(float(np.mean(ours)), 4),
        "P@10_of_the_half_not_chosen_on": round(float(np.mean(unseen)), 4),
        "P@10_vectors_alone": round(float(np.mean(vectors_alone)), 4),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
