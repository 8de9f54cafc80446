"""Cuts Pretendard GOV into slices that a page loads as it needs them: python slices.py FOLDER

FOLDER holds KRDS's PretendardGOV-{Regular,Bold}.subset.woff2 (npm krds-uiux, resources/fonts); fonttools
and brotli are needed. A page of this hub in Korean needs about 600 of the 2,780 syllables. The first slice
has what its own texts use and what its data use most, the others the rest in the order of their frequency.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
WEIGHTS = {400: "PretendardGOV-Regular.subset.woff2", 700: "PretendardGOV-Bold.subset.woff2"}
FAMILY = "Hub Sans"
FIRST = 540  # syllables of the first slice: those of the pages' own texts, and the commonest of the data
NEXT = 260  # and of each further one
OWN = ["hub/translations/ko/LC_MESSAGES/messages.po", "hub/data/regions.csv"]
DATA = ["hub/data/listed-companies.csv", "hub/data/research-capabilities.csv", "hub/data/universities.csv"]


def text(paths: list[str]) -> str:
    return "".join((ROOT / path).read_text(encoding="utf-8") for path in paths)


def slices(there: set[int]) -> list[list[int]]:
    """The code points of each slice: Hangul by use; Latin with the first, other signs by themselves."""
    syllables = {point for point in there if 0xAC00 <= point <= 0xD7A3}
    used = Counter(ord(letter) for letter in text(DATA) if ord(letter) in syllables)
    own = {ord(letter) for letter in text(OWN)} & there
    order = sorted(syllables, key=lambda point: (point not in own, -used[point], point))
    latin = {point for point in there if 0x20 <= point < 0x7F} | (own - syllables)
    cut = [sorted(latin | set(order[:FIRST]))]
    cut += [sorted(order[start : start + NEXT]) for start in range(FIRST, len(order), NEXT)]
    return [*cut, sorted(there - syllables - latin)]


def ranges(points: list[int]) -> str:
    """Code points as CSS writes them: U+AC00-AC01, U+AC04."""
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return ", ".join(f"U+{low:X}" if low == high else f"U+{low:X}-{high:X}" for low, high in runs)


def main(folder: Path) -> None:
    rules = ["/* Written by slices.py. */"]
    for old in HERE.glob("*.woff2"):
        old.unlink()
    for weight, name in WEIGHTS.items():
        there = set(TTFont(folder / name).getBestCmap())
        for number, points in enumerate(slices(there)):
            font = TTFont(folder / name)
            options = Options(
                flavor="woff2", layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], hinting=False
            )
            subsetter = Subsetter(options)
            subsetter.populate(unicodes=points)
            subsetter.subset(font)
            for record in font["name"].names:  # the licence keeps the name Pretendard for unchanged fonts
                if record.nameID in (1, 3, 4, 6, 16):
                    record.string = (
                        record.toUnicode()
                        .replace("Pretendard GOV", FAMILY)
                        .replace("PretendardGOV", "HubSans")
                    )
            file = f"hub-sans-{weight}-{number}.woff2"
            font.flavor = "woff2"
            font.save(HERE / file)
            # optional: a first visit over a slow line keeps the system's font, and nothing moves under the reader.
            rules.append(
                f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; font-display: optional; '
                f'src: url("{file}") format("woff2"); unicode-range: {ranges(points)}; }}'
            )
    (HERE / "hub-sans.css").write_text("\n".join(rules) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
