"""Set-up ends with a PyTorch that imports, whatever build pip finds; tiny wheels of the same name stand in."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from embeddings import install_torch
from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "embeddings" / "install_torch.py"
Install = Callable[..., CompletedProcess[str]]
CPU_METADATA = "Requires-Dist: typing-extensions>=4"
CUDA_METADATA = (
    'Requires-Dist: nvidia-tiny==1.0; platform_system == "Linux"\nRequires-Dist: mpmath\n'
    'Requires-Dist: opt-einsum>=3.3; extra == "opt-einsum"'
)


def wheel(folder: Path, name: str, version: str, source: str, metadata: str = "") -> None:
    """A wheel with one module."""
    module = name.replace("-", "_")
    stem = f"{module}-{version}"
    files = {
        f"{module}/__init__.py": source,
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for path, text in files.items()
    )
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as packed:
        for path, text in files.items():
            packed.writestr(path, text)
        packed.writestr(f"{stem}.dist-info/RECORD", record + f"{stem}.dist-info/RECORD,,\n")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder that stands in for an index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for version in ("1.3.0", "9.0"):  # the first is the lock's
        wheel(folder, "mpmath", version, f"__version__ = {version!r}")
    return folder


@pytest.fixture
def install(tmp_path: Path, wheels: Path) -> Install:
    """Runs the script in an environment of its own, as `make` does."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)

    def run(*options: str, python: str = "-P") -> CompletedProcess[str]:
        cleared = {k: v for k, v in os.environ.items() if not k.startswith("PIP_") and k != "PYTHONPATH"}
        return subprocess.run(
            [environment / "bin" / "python", python, SCRIPT, *(options or ("--no-index", "--find-links", wheels))],
            env={**cleared, "PIP_CONFIG_FILE": os.devnull},
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def version_of(tmp_path: Path, module: str) -> str:
    """What an environment imports."""
    python = tmp_path / "environment" / "bin" / "python"
    code = f"import {module}; print({module}.__version__)"
    return subprocess.run(
        [python, "-P", "-c", code], capture_output=True, text=True, check=False
    ).stdout.strip()


def test_a_build_that_needs_libraries_gets_them_at_the_locks_versions(
    install: Install, wheels: Path, tmp_path: Path
) -> None:
    wheel(
        wheels,
        "torch",
        install_torch.VERSION,
        f"import nvidia_tiny, mpmath\n__version__ = '{install_torch.VERSION}+cu0'",
        CUDA_METADATA,
    )
    wheel(wheels, "nvidia-tiny", "1.0", "")
    ended = install()
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert "pip found the CUDA build" in ended.stdout
    assert "No module named 'nvidia_tiny'" in ended.stdout  # why it gets more
    assert "TORCH_INDEX" in ended.stdout.split("Collecting", 1)[0].split("Looking", 1)[0]  # said beforehand
    assert version_of(tmp_path, "torch") == f"{install_torch.VERSION}+cu0"
    assert version_of(tmp_path, "mpmath") == "1.3.0"
    assert install("--no-index").stdout == ""  # again: nothing to do, and nothing is said


def test_a_build_that_imports_by_itself_gets_nothing_else(
    install: Install, wheels: Path, tmp_path: Path
) -> None:
    wheel(
        wheels, "torch", install_torch.VERSION, f"__version__ = '{install_torch.VERSION}+cpu'", CPU_METADATA
    )
    ended = install()
    assert ended.returncode == 0, ended.stderr
    assert "pip found the CPU build" in ended.stdout
    assert "gets what it asks for" not in ended.stdout
    assert not list((tmp_path / "environment").glob("pip-*")) + list(
        (tmp_path / "environment").glob("torch-*")
    )


@pytest.mark.parametrize("broken", ["it asks for what there is not", "it imports never", "there is none"])
def test_what_cannot_be_mended_is_said_and_ends_with_1(install: Install, wheels: Path, broken: str) -> None:
    if broken != "there is none":
        wheel(
            wheels,
            "torch",
            install_torch.VERSION,
            "import nvidia_tiny\nraise ImportError('libnothing.so')",
            CUDA_METADATA,
        )
    if broken == "it imports never":
        wheel(wheels, "nvidia-tiny", "1.0", "")
    ended = install()
    assert ended.returncode == 1
    last = ended.stderr.strip().split("\n")[-1]
    assert last.startswith("PyTorch: ")
    assert "TORCH_INDEX" in last
    assert ("libnothing.so" in last) == (broken == "it imports never")
    assert "Traceback" not in ended.stderr


def test_another_version_is_replaced(install: Install, wheels: Path, tmp_path: Path) -> None:
    wheel(wheels, "torch", "1.0", "__version__ = '1.0'")
    subprocess.run(
        [tmp_path / "environment" / "bin" / "pip", "install", "-q", "--no-index", wheels / "torch-1.0-py3-none-any.whl"],
        check=True,
    )  # fmt: skip
    wheel(wheels, "torch", install_torch.VERSION, f"__version__ = '{install_torch.VERSION}'")
    assert install().returncode == 0
    assert version_of(tmp_path, "torch") == install_torch.VERSION


def test_a_disk_that_is_too_small_is_said_before_anything_is_downloaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one thing that is not real here: how much room the disk has."""
    monkeypatch.setattr(install_torch, "import_error", lambda: "not there")
    monkeypatch.setattr(install_torch, "pip", lambda *_arguments: pytest.fail("it went on"))
    usage = shutil.disk_usage(sys.prefix)
    monkeypatch.setattr(install_torch.shutil, "disk_usage", lambda _path: usage._replace(free=500_000_000))
    assert install_torch.main([]) == 1
    assert "0.5 GB are free" in capsys.readouterr().err


def test_the_version_is_the_one_that_the_project_declares() -> None:
    assert f'"torch=={install_torch.VERSION}"' in (REPOSITORY / "pyproject.toml").read_text()
    assert "mpmath==1.3.0" in install_torch.locked()
    assert all("--hash" not in line and "\\" not in line for line in install_torch.locked())
