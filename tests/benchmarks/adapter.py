"""Learns embeddings/data/adapter.safetensors anew, from embeddings/data/pairs.tsv.

    python -m tests.benchmarks.adapter [--small]

The pairs are the project's own, written for this; the carried statements and their translations are
drawn beside them. Nothing is learnt from graded needs nor from the industries of the carried companies. Then run `hub setup`, `hub reindex` and
`python -m tests.benchmarks.calibrate`. With --small a few pairs are learnt once, to see that it runs, and
nothing is written.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from pathlib import Path

from safetensors.numpy import save_file

from embeddings import adapter, bundle
from embeddings.quiet import quieten
from hub.settings import DATA


def main() -> None:
    """Writes the adapter and says how large it is."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--small", action="store_true", help="a few pairs, once; nothing is written")
    small = parser.parse_args().small
    quieten()
    recipe = adapter.Recipe(runs=1, epochs=1) if small else adapter.Recipe()
    most = 2 * recipe.batch if small else None
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain"
        bundle.build(plain, adapted=False)
        learnt = adapter.train(plain, groups()[:most], kept()[:most], recipe, print)
        file = Path(scratch) / adapter.FILE.name if small else adapter.FILE
        save_file(learnt, file)
        print(f"{file.name}: {file.stat().st_size / 1e6:.2f} MB{', not kept' if small else ''}")


def groups() -> list[list[str]]:
    """The project's pairs, and each carried capability with its translation."""
    with (DATA / "research-capabilities.csv").open(encoding="utf-8", newline="") as file:
        carried = [[row["capability"], row["capability_en"]] for row in csv.DictReader(file)]
    return adapter.read_pairs() + carried


def kept() -> list[str]:
    """What listed companies make: those vectors should stay where they were."""
    with (DATA / "listed-companies.csv").open(encoding="utf-8", newline="") as file:
        return [row["products"] for row in csv.DictReader(file) if row["products"]]


if __name__ == "__main__":
    main()
