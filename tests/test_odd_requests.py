"""No request brings a page down: every route, every method, with what only broken and hostile clients send."""

from __future__ import annotations

from flask import Flask

from tests.odd_requests import Trials

HERE = 600  # requests to each database; `python -m tests.benchmarks.requests` sends ten thousand


def test_no_request_brings_a_page_down(app: Flask) -> None:
    trials = Trials(app, seed=20)
    outcome = trials.run(HERE)
    assert not outcome.failures, "\n".join(outcome.failures)
    assert sum(outcome.statuses.values()) == HERE
    # Of every kind of answer there were some, and no route was left out.
    assert {200, 302, 400, 401, 403, 404, 405} <= set(outcome.statuses)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} <= set(outcome.endpoints)
