"""Installs PyTorch into the environment of the Python that runs this, so that it imports. `make setup`

    python embeddings/install_torch.py [pip's options that say where PyTorch comes from]

PyTorch stands beside requirements.lock, because what it needs depends on its build: the CPU build brings
everything, the CUDA build (what the ordinary index offers for x86-64) needs 3 GB of libraries beside it and
cannot be imported without them, on no machine. So the wheel that pip finds is installed by itself, after
what the lock says, and tried; when the import fails, it gets what it asks for, at the lock's versions where
the lock names it. Only the standard library is used: nothing else may be there yet.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path

VERSION = "2.13.0"
LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
GB = 1_000_000_000
# Of version 2.13.0 for Linux on x86-64, in GB: what is downloaded and what it takes on the disk.
CPU_BUILD, CUDA_WHEEL, CUDA_LIBRARIES = (0.2, 0.7), (0.55, 1.2), (2.1, 3.7)
SMALL = 'the small CPU build: make setup TORCH_INDEX="--index-url <PyTorch\'s CPU index>"'


class Trouble(Exception):
    """Why PyTorch cannot be had; one sentence, and what to do."""


def main(options: list[str]) -> int:
    """Ends with 0 when PyTorch imports; else says why on stderr and ends with 1."""
    if not import_error():
        return 0
    try:
        install(options)
    except Trouble as trouble:
        print(f"PyTorch: {trouble}", file=sys.stderr)
        return 1
    return 0


def say(text: str) -> None:
    """A line for the person who waits."""
    print(f"PyTorch: {text}", flush=True)


def import_error() -> str:
    """Why this version of PyTorch does not import, in a process of its own; empty when it does."""
    check = f"import torch; assert torch.__version__.split('+')[0] == {VERSION!r}, torch.__version__"
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-P", "-c", check], capture_output=True, text=True, check=False
    )
    if ended.returncode == 0:
        return ""
    lines = ended.stderr.strip().split("\n")
    return lines[-1] or f"it ended with {ended.returncode}"


def install(options: list[str]) -> None:
    """Downloads the wheel once, installs it, tries it, and brings what it lacks.

    :raises Trouble: when that is not possible. What the lock has installed stays as it is.
    """
    say(
        f"downloading {VERSION}. The CPU build is {CPU_BUILD[0]} GB; the CUDA build, which pip takes from the "
        f"ordinary index, {CUDA_WHEEL[0]} GB and {CUDA_LIBRARIES[0]} GB of libraries. For {SMALL}"
    )
    need_room(CPU_BUILD[0] + CPU_BUILD[1])
    with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="torch-") as folder:
        pip("download", "--no-deps", "--only-binary=:all:", "--dest", folder, *options, f"torch=={VERSION}")
        (wheel,) = Path(folder).glob("torch-*.whl")
        build, unpacked, requirements = look_into(wheel)
        say(f"pip found the {build} build ({wheel.name}, {wheel.stat().st_size / GB:.2f} GB).")
        need_room(unpacked)
        pip("install", "--no-deps", "--no-index", "--force-reinstall", str(wheel))
    reason = import_error()
    if reason:
        say(f"it does not import by itself ({reason}). It gets what it asks for.")
        if build == "CUDA":
            say(f"that is {CUDA_LIBRARIES[0]} GB to download and {CUDA_LIBRARIES[1]} GB on the disk.")
            need_room(sum(CUDA_LIBRARIES))
        bring(requirements, options)
        reason = import_error()
    if reason:
        raise Trouble(f"{VERSION} is installed and does not import: {reason}. Take {SMALL}")
    say(f"{VERSION} imports ({build} build).")


def look_into(wheel: Path) -> tuple[str, float, list[str]]:
    """Which build a wheel is, how many GB it takes, and what it asks for."""
    with zipfile.ZipFile(wheel) as packed:
        name = next(n for n in packed.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(packed.read(name).decode("utf-8"))
        unpacked = sum(part.file_size for part in packed.infolist()) / GB
    requirements = [str(one) for one in metadata.get_all("Requires-Dist") or []]
    cuda = any(re.match(r"(nvidia|cuda)[-_]", one) for one in requirements)
    return ("CUDA" if cuda else "CPU"), unpacked, requirements


def bring(requirements: list[str], options: list[str]) -> None:
    """Installs what the wheel asks for; what the lock names stays at the lock's version."""
    with tempfile.TemporaryDirectory() as folder:
        wanted, held = Path(folder) / "wanted.txt", Path(folder) / "held.txt"
        wanted.write_text("".join(f"{one}\n" for one in requirements if "extra ==" not in one))
        held.write_text("".join(f"{line}\n" for line in locked()))
        pip("install", *options, "--constraint", str(held), "--requirement", str(wanted))


def locked() -> list[str]:
    """The lock's versions, without their hashes: beside hashes pip would take nothing that has none."""
    text = LOCK.read_text(encoding="utf-8") if LOCK.is_file() else ""
    return [line.rstrip("\\").strip() for line in text.split("\n") if re.match(r"[A-Za-z0-9]\S*==", line)]


def pip(*arguments: str) -> None:
    """Runs pip, which says itself what it downloads and how large that is.

    What it downloads lies on the environment's disk, whose room is known; /tmp is often a small one.
    """
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    with tempfile.TemporaryDirectory(dir=sys.prefix, prefix="pip-") as folder:
        ended = subprocess.run(command, check=False, env={**os.environ, "TMPDIR": folder})
    if ended.returncode:
        raise Trouble(f"`pip {arguments[0]}` failed, its reason stands above. If no build was found: {SMALL}")


def need_room(gigabytes: float) -> None:
    """:raises Trouble: when the environment's disk has less room than this."""
    free = shutil.disk_usage(sys.prefix).free / GB
    if free < gigabytes:
        raise Trouble(
            f"{gigabytes:.1f} GB are needed in {sys.prefix}, {free:.1f} GB are free. Make room, or take {SMALL}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
