"""The source texts are Korean, so the Korean catalogue says what they say. Run by `make catalogues`."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po, write_po

path = Path(__file__).parent / "ko" / "LC_MESSAGES" / "messages.po"
with path.open(encoding="utf-8") as file:
    catalogue = read_po(file, locale="ko")
for message in catalogue:
    if message.id:
        message.string = message.id
with path.open("wb") as file:
    write_po(file, catalogue, omit_header=True, sort_output=True, no_location=True, width=110)
