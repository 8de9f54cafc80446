"""An error says what failed: the file, in the reader's language, and never that files are to blame for all."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from hub import trouble
from hub.settings import Settings
from tests.conftest import environment_of

FILE = "/srv/허브 {1}/100%s.db"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOENT, "없습니다"),
        (errno.EACCES, "권한"),
        (errno.EPERM, "권한"),
        (errno.EROFS, "읽기 전용"),
        (errno.EEXIST, "폴더가 있어야"),
        (errno.ENOTDIR, "폴더가 있어야"),
        (errno.EISDIR, "폴더입니다"),
        (errno.ENOSPC, "저장 공간"),
        (errno.EDQUOT, "저장 공간"),
        (errno.EMFILE, os.strerror(errno.EMFILE)),
        (errno.EIO, os.strerror(errno.EIO)),
        (errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)),
    ],
)
def test_the_file_is_named_with_what_happened_to_it(number: int, says: str) -> None:
    said = trouble.of_system(OSError(number, os.strerror(number), FILE))
    assert FILE in said
    assert says in said
    assert FILE in trouble.of_system(OSError(number, os.strerror(number), os.fsencode(FILE)))
    both = trouble.of_system(OSError(number, os.strerror(number), FILE, None, "/other"))
    assert FILE in both
    assert "/other" in both


def test_without_a_file_none_is_blamed() -> None:
    for error in (
        ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
        TimeoutError("timed out"),
        OSError(),
    ):
        said = trouble.of_system(error)
        assert "파일" not in said
        assert type(error).__name__ in said
    assert "저장 공간" in trouble.of_system(OSError(errno.ENOSPC, "No space left on device"))


def test_a_file_that_may_not_grow_stands_in_for_a_full_disk(settings: Settings, tmp_path: Path) -> None:
    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(
        [sys.executable, "-m", "hub", "setup"],
        env={**os.environ, **environment_of(settings), "HUB_MODEL": "", "HUB_VAR": str(tmp_path / "new")},
        preexec_fn=limited, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "모델을 준비할 수 없습니다" in ended.stderr
    assert str(tmp_path / "new") in ended.stderr
    assert ended.stderr.count("\n") == 1
