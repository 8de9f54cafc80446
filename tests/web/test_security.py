"""What every answer carries: the headers that keep it to itself, and its compression."""

from __future__ import annotations

import re

from flask import Flask


def test_only_scripts_of_the_answer_run(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    nonces = set()
    for path in ("/", "/search?q=김치", "/regions/26/network"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([^']+)'", policy)
        assert nonce is not None
        nonces.add(nonce.group(1))
        assert "unsafe" not in policy
        assert "http" not in policy
        scripts = re.findall(r"<script[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce.group(1)}"' in script for script in scripts)
        assert not re.search(r"<[^>]+\son\w+=", answer.text)
    assert len(nonces) == 3


def test_answers_are_compressed(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for path in ("/search?q=김치", "/static/css/krds.css", "/regions/26/network.json"):
        for wanted in ("br", "gzip"):
            answer = client.get(path, headers={"Accept-Encoding": wanted})
            assert answer.headers["Content-Encoding"] == wanted
            assert "Accept-Encoding" in answer.headers["Vary"]
