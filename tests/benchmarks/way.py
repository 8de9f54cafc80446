"""The way of one search and of one posting through the project's own code: functions, files, calls.

    python -m tests.benchmarks.way

Over a copy of the database under HUB_VAR (`make setup` first). Each request is sent once to warm up and then
once more under Python's profiler hook, so what is cached is cached. Of the search it also counts the functions
that are handed its text, by itself or inside a query, and under which names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = "김치가 과발효로 포장이 부풀어요"
STATEMENT = "배추김치의 과발효를 막는 포장 필름을 설계하고 저장 시험을 합니다."
PASSWORD = "a long enough password"


@dataclass
class Way:
    """What was entered, and how often; ``passes`` are the functions that were handed the text, by the name it had."""

    calls: Counter[CodeType] = field(default_factory=Counter)
    passes: dict[CodeType, set[str]] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """The figures."""
        names = Counter(name for found in self.passes.values() for name in found)
        return {
            "functions": len(self.calls),
            "files": len({code.co_filename for code in self.calls}),
            "calls": self.calls.total(),
            "functions_given_the_text": len(self.passes),
            "files_given_the_text": len({code.co_filename for code in self.passes}),
            "names_of_the_text": dict(names.most_common()),
        }


def is_ours(code: CodeType) -> bool:
    """Whether a function is written in the project: no lambda's or comprehension's frame, no template's."""
    return code.co_filename.startswith((f"{ROOT}/hub/", f"{ROOT}/embeddings/")) and code.co_name[0] != "<"


def name_of(value: object, text: str, name: str) -> str | None:
    """Under which name a value is the text or holds it, one step down."""
    if isinstance(value, str):
        return name if value == text else None
    inside = getattr(value, "__dict__", None)
    if isinstance(inside, dict) and type(value).__module__.startswith(("hub.", "embeddings.")):
        return next((f"{name}.{key}" for key, v in inside.items() if isinstance(v, str) and v == text), None)
    if isinstance(value, dict):
        return next((f"{name}[{key}]" for key, v in value.items() if isinstance(v, str) and v == text), None)
    if isinstance(value, list | tuple):
        return next((found for one in value[:4] if (found := name_of(one, text, f"{name}[]"))), None)
    return None


@contextmanager
def walked(text: str | None = None) -> Iterator[Way]:
    """Notes every function of the project that is entered in this block, in this thread."""
    way = Way()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or not is_ours(code):
            return
        way.calls[code] += 1
        if text is None:
            return
        for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
            found = name_of(frame.f_locals.get(name), text, name)
            if found:
                way.passes.setdefault(code, set()).add(found)

    sys.setprofile(note)
    try:
        yield way
    finally:
        sys.setprofile(None)


def hub(*arguments: str, var: Path, stdin: str = "") -> None:
    """Runs a command over the copy."""
    environment = {**os.environ, "HUB_VAR": str(var), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "hub", *arguments]
    subprocess.run(command, input=stdin, text=True, check=True, env=environment, stdout=subprocess.DEVNULL)


def main() -> None:
    """Prints the figures as JSON."""
    from hub import create_app
    from hub.database import Database
    from hub.settings import Settings
    from tests.signing import session_cookie

    own = Settings()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        shutil.copy(own.var / "hub.db", var / "hub.db")
        hub("account", "add", "admin@hub.example", "--role", "admin", var=var, stdin=PASSWORD + "\n")
        app = create_app(Settings(var=var, model=own.model_source))
        app.config["WTF_CSRF_ENABLED"] = False
        visitor, admin = app.test_client(), app.test_client()
        database = app.extensions["hub"][Database]
        admin.set_cookie("session", session_cookie(database, str(app.secret_key), "admin@hub.example"))
        visitor.get("/search", query_string={"q": TEXT})
        with walked(TEXT) as search:
            assert visitor.get("/search", query_string={"q": TEXT}).status_code == 200
        form = {"kind": "capability", "visibility": "public", "action": "publish"}
        for turn in (1, 2):
            with walked() as posting:
                sent = {**form, "text": f"{STATEMENT} {turn}"}
                assert admin.post("/profiles/1/statements/new", data=sent).status_code == 302
                assert visitor.get("/healthz").status_code == 200
    print(
        json.dumps({"search": search.summary(), "posting": posting.summary()}, ensure_ascii=False, indent=2)
    )


if __name__ == "__main__":
    main()
