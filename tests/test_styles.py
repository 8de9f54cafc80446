"""KRDS's styles are cut to what the pages use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hub.settings import ROOT


def test_the_styles_are_cut_to_what_the_pages_use(tmp_path: Path) -> None:
    """`make styles` was run after the last change of a class."""
    folder = ROOT / "static" / "vendor" / "krds-uiux-1.1.0"
    made = subprocess.run(
        [sys.executable, "-c", "import cut; print(cut.cut(), end='')"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ROOT / "static" / "css" / "krds.css").read_text(encoding="utf-8") == made.stdout, (
        "run `make styles`"
    )
