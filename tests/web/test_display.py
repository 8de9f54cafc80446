"""How pages are shown: palettes and text sizes."""

from __future__ import annotations

from flask import Flask


def test_how_pages_are_shown_is_kept_and_stays_out_of_the_address(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    assert 'data-krds-mode="theme"' in client.get("/").text
    chosen = client.get("/search?q=김치&mode=dark&text_size=xlarge")
    assert chosen.status_code == 302
    assert "mode" not in chosen.location
    assert "q=" in chosen.location
    page = client.get(chosen.location).text
    assert 'data-krds-mode="dark"' in page
    assert 'class="text-xlarge"' in page
    assert client.get("/?mode=purple").status_code == 200
    assert 'data-krds-mode="dark"' in client.get("/").text
