"""Ten thousand requests as only broken and hostile clients send them, over every route of the app.

    python -m tests.benchmarks.requests --count 10000 --seed 1

Prints how many answers of each status there were and every answer that is wrong, and ends with 1 if there was any.
"""

from __future__ import annotations

import argparse
import sys

from hub import create_app
from hub.database import Database
from tests.odd_requests import Trials
from tests.serving import sample_hub


def main() -> None:
    """Sets a hub up with the sample data, sends, counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with sample_hub() as (settings, _database):
        app = create_app(settings)
        app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        outcome = Trials(app, asked.seed).run(asked.count)
        app.extensions["hub"][Database].engine.dispose()
    for failure in outcome.failures:
        print(failure)
    counted = ", ".join(f"{status}: {n}" for status, n in sorted(outcome.statuses.items()))
    print(f"{asked.count} requests to {len(outcome.endpoints)} routes in {outcome.seconds:.0f} s – {counted}")
    print(f"{len(outcome.failures)} wrong")
    sys.exit(1 if outcome.failures else 0)


if __name__ == "__main__":
    main()
