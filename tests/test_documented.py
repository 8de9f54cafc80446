"""Every command that the README, a docstring, a help text or a message names is one, and runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import click
import pytest
from flask import Flask

from hub.accounts.policy import anyone
from hub.cli import cli
from hub.settings import Settings
from tests.browser.conftest import CHROMIUM
from tests.conftest import PASSWORD, REPOSITORY, environment_of, lacking
from tests.serving import Client, free_port

Run = Callable[..., CompletedProcess[str]]
PROGRAMS = r"(?:HUB_\w+=\S+ )?(?:\.venv/bin/)?(?:hub|make|python(?= -m | \w+/)|gunicorn) "
# In `backticks`, or on an indented line or a line of a block of its own.
WRITTEN = re.compile(rf"`+({PROGRAMS}[^`\n]+)`+|^(?: {{2,}})?({PROGRAMS}.+)$", re.MULTILINE)
SOURCES = (
    "hub/**/*.py",
    "embeddings/**/*.py",
    "tests/**/*.py",
    "templates/**/*.html",
    "*.py",
    "*.md",
    "Makefile",
    "hub/data/*.md",
    "docs/**/*.md",
)

# What runs each, here or (with the file that does) elsewhere.
IN_A_COPY = {
    "make help", "make setup", "make run", "make fix", "make shell", "make catalogues", "make styles", "make clean",
}  # fmt: skip
# These run this very test, or take minutes, or need a network: the recipe is only expanded.
EXPANDED = {"make test", "make check", "make lint", "make lock", "make screenshots"}
CODE = {".py", ".html", ".js"}
OF_FLASK = {"static": "styles, scripts, fonts and pictures"}
ELSEWHERE = {"make test": (".ci/run", "make test"), "make lint": ("Makefile", "test: setup lint")}
MODULES = {
    "tests.benchmarks.adapter": ["--small"],
    "tests.benchmarks.way": [],
    "tests.benchmarks.requests": ["--count", "60"],
    "tests.benchmarks.threads": ["--small"],
    "tests.benchmarks.calibrate": ["--small"],
    "tests.benchmarks.industry": ["--small"],
    "tests.benchmarks.carried": [],  # see tests/intake/test_collections.py
    "tests.benchmarks.workers": ["--workers", "2", "--clients", "2", "--statements", "12"],
    "tests.benchmarks.first_page": ["--queries", "4"],
    "tests.benchmarks.lighthouse": ["--runs", "1", "--json"],
    "tests.browser.screenshots": ["--small"],
}
NEED_CHROMIUM = ("tests.benchmarks.first_page", "tests.benchmarks.lighthouse", "tests.browser.screenshots")


def written() -> Iterator[tuple[str, str]]:
    """Each command line that is written anywhere, and the file."""
    for pattern in SOURCES:
        for file in sorted(REPOSITORY.glob(pattern)):
            if file == Path(__file__):
                continue
            for match in WRITTEN.finditer(file.read_text(encoding="utf-8")):
                line = (match[1] or match[2]).split("  #")[0].strip().removeprefix(".venv/bin/")
                yield re.sub(r"^HUB_\w+=\S+ ", "", line), str(file.relative_to(REPOSITORY))


def name_of(line: str) -> str | None:
    """`hub load sample`, `make run`, `python -m tests.x`: the part that says what is run."""
    words = line.split()
    if words[0] == "hub":
        command = cli.commands.get(words[1])
        return " ".join(words[: 3 if isinstance(command, click.Group) else 2])
    if words[0] == "make":
        return " ".join(words[:2])
    if words[:2] == ["python", "-m"]:
        return " ".join(words[:3])
    return line


def hub_commands() -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        found.update({f"hub {name} {sub}".strip(): one for sub, one in inner.items()})
    return found


def test_what_is_written_is_a_command_and_some_test_runs_it() -> None:
    run = {
        *hub_commands(),  # see test_every_hub_command_runs
        *IN_A_COPY,
        *EXPANDED,
        *(f"python -m {name}" for name in MODULES),
        "python -m hub",
        "gunicorn wsgi:app",
        "python embeddings/install_torch.py [pip's options that say where PyTorch comes from]",  # test_install_torch
    }
    found = {name_of(line): (line, file) for line, file in written()}
    assert {"hub bench", "make run", "python -m tests.benchmarks.industry"} <= set(found)
    unknown = {
        name: where for name, where in found.items() if name not in run and name != "make PYTHON=python3.12"
    }
    assert unknown == {}
    targets = set(re.findall(r"^([a-z]+):.*##", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    assert {f"make {target}" for target in targets} == IN_A_COPY | EXPANDED
    for file, text in ELSEWHERE.values():
        assert text in (REPOSITORY / file).read_text()


def documentation() -> str:
    """All that is written for people who use, run or change the hub."""
    files = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_every_command_and_every_make_target_stands_in_the_documentation() -> None:
    said = documentation()
    targets = re.findall(r"^([a-z]+):.*##", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    wanted = [*hub_commands(), *(f"make {target}" for target in targets)]
    assert [name for name in wanted if not re.search(rf"`{name}\b", said)] == []


def test_every_route_stands_in_the_documentation(sqlite_app: Flask) -> None:
    said = (REPOSITORY / "docs" / "routes.md").read_text(encoding="utf-8")
    rows = {
        tuple(cell.strip(" `") for cell in row.split("|")[1:6]) for row in said.split("\n") if "| `/" in row
    }
    routes = set()
    for rule in sqlite_app.url_map.iter_rules():
        view = sqlite_app.view_functions[rule.endpoint]
        who = getattr(view, "rule", anyone).__name__
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        what = OF_FLASK.get(rule.endpoint) or str(view.__doc__).split("\n\n")[0]
        routes.add((rule.rule, methods, who, rule.endpoint, " ".join(what.replace("``", "").split())))
    assert rows == routes


def test_what_the_documentation_names_is_there() -> None:
    """Files; what a `file:name` is said to hold; and the names in the code that a decision points to."""
    folders = [REPOSITORY / name for name in ("hub", "embeddings", "templates", "static", "tests")]
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in CODE]
    called = {file.name for folder in folders for file in folder.rglob("*")} | {"wsgi.py", "_name.html"}
    code = "\n".join(file.read_text(encoding="utf-8") for file in files if "vendor" not in file.parts)
    gone = []

    def holds(text: str, name: str) -> bool:
        return all(re.search(rf"\b{part}\b", text) for part in name.split("."))

    for named in set(re.findall(r"`([^`\n]+)`", documentation())):
        path = re.match(r"((?:hub|embeddings|templates|static|tests|docs)/[\w./-]+)(?::([\w.]+))?$", named)
        if path is None:
            if re.match(r"\w+\.(py|html|js|css)$", named) and named not in called:
                gone.append(named)
        elif not (REPOSITORY / path[1]).exists() or (
            path[2] and not holds((REPOSITORY / path[1]).read_text(encoding="utf-8"), path[2])
        ):
            gone.append(named)
    for file in (REPOSITORY / "docs" / "decisions").glob("*.md"):
        where = file.read_text(encoding="utf-8").split("## Where it stands")[-1]
        names = [
            one for one in re.findall(r"`([\w.]+)`", where) if not re.search(r"\.(py|html|js|css|md)$", one)
        ]
        gone += [f"{file.name}: {one}" for one in names if not holds(code, one)]
    assert not gone, gone


def test_every_option_that_is_written_beside_a_command_is_one_of_its_own() -> None:
    commands = hub_commands()
    rows = [line for line in (REPOSITORY / "README.md").read_text().split("\n") if line.startswith("| `hub ")]
    for line in [line for line, _file in written() if line.startswith("hub ")] + [row[3:] for row in rows]:
        command = commands[str(name_of(line.replace("`", " ")))]
        known = {option for one in command.get_params(click.Context(command)) for option in one.opts}
        assert set(re.findall(r"(?<!\S)`?(--[a-z-]+)", line)) <= known | {"--help"}, line


@pytest.mark.slow
def test_every_hub_command_runs(sqlite_loaded: Settings, run_hub: Run, tmp_path: Path) -> None:
    """Each help's own example, where it can be: of a long one its small form, of a server see below."""
    needs = tmp_path / "needs.jsonl"
    shutil.copy(REPOSITORY / "tests" / "benchmarks" / "needs-train.jsonl", needs)
    needs.write_text("\n".join(needs.read_text(encoding="utf-8").split("\n")[:3]), encoding="utf-8")
    apart = {"hub serve", "hub bench", "hub map"}
    for name, command in hub_commands().items():
        if name in apart:
            continue
        example = shlex.split(str(command.epilog).split("hub ", 1)[1].replace("needs.jsonl", str(needs)))
        ended = run_hub(*example, stdin=PASSWORD)
        assert ended.returncode == 0, (name, ended.stderr)
        assert ended.stdout.strip(), name
    for line in ("suggest --all", "account add kim@wikim.example --role member --profile 세계김치연구소"):
        assert f"hub {line}" in (REPOSITORY / "README.md").read_text()
        assert run_hub(*line.split(), stdin=PASSWORD).returncode == 0


@pytest.mark.slow
def test_a_small_hub_gets_its_map(sqlite_loaded: Settings, run_hub: Run) -> None:
    """A tenth of the sample data: the whole takes minutes on a busy machine, and shows no more."""
    with sqlite3.connect(sqlite_loaded.var / "hub.db") as connection:
        for table, column in (
            ("statement_field", "statement_id"),
            ("vector", "statement_id"),
            ("statement", "id"),
        ):
            connection.execute(f"DELETE FROM {table} WHERE {column} % 10")
    connection.close()
    first = run_hub("map")
    assert first.returncode == 0, first.stderr
    assert "지도에 놓았습니다" in first.stdout
    assert "바뀐 것이 없습니다" in run_hub("map").stdout


@pytest.mark.slow
def test_bench_measures_everything_in_small(sqlite_loaded: Settings, run_hub: Run) -> None:
    assert "hub bench --statements 1000 --seconds 2" in (REPOSITORY / "README.md").read_text()
    ended = run_hub("bench", "--statements", "1000", "--seconds", "2", "--json")
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["server 1"]["workers_seen"] == 1
    assert figures["server 4"]["workers_seen"] == 4
    assert figures["server 4"]["memory_pss_mb"] > 100
    small = figures["1000 statements"]
    assert small["http_answers"] > 0
    assert small["http_errors"] == 0
    assert small["one_district_kept"] > 0
    assert {small[f"{kept}_recall@20"] for kept in ("all", "capabilities", "one_district")} == {1.0}


@pytest.mark.slow
def test_bench_passes_on_what_its_server_said(sqlite_loaded: Settings, run_hub: Run) -> None:
    small = ("bench", "--statements", "1000", "--seconds", "1")
    ended = run_hub(*small, HUB_ENVIRONMENT="production", HUB_SECRET_KEY="short")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert re.fullmatch(
        r"hub: .*hub serve.*HUB_SECRET_KEY is too weak.*", ended.stderr.strip().split("\n")[-1]
    )


def test_bench_of_an_empty_hub_says_what_to_do(run_hub: Run, settings: Settings) -> None:
    assert run_hub("setup").returncode == 0
    ended = run_hub("bench")
    assert ended.returncode == 1
    assert "hub load sample" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_wsgi_application_loads_in_plain_gunicorn(sqlite_loaded: Settings) -> None:
    ended = subprocess.run(
        [Path(sys.executable).with_name("gunicorn"), "--check-config", "wsgi:app"],
        cwd=REPOSITORY, env={**os.environ, **environment_of(sqlite_loaded)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr


STANDS_IN = """
    import json, sys, urllib.request
    options = dict(word.split("=", 1) for word in sys.argv if "=" in word and word.startswith("--"))
    headers = json.loads(options.get("--extra-headers", "{}"))
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers=headers), timeout=60).read()
    names = options["--only-categories"].split(",")
    report = {"categories": {n: {"id": n, "score": 0.9, "auditRefs": []} for n in names}, "audits": {}}
    open(options["--output-path"], "w").write(json.dumps(report))
"""


def lighthouse(folder: Path) -> str:
    """npm's own where it is installed; else a program that opens the page and reports as it does."""
    if found := shutil.which("lighthouse"):
        return found
    program = folder / "lighthouse"
    program.write_text(f"#!{sys.executable}\n{textwrap.dedent(STANDS_IN)}")
    program.chmod(0o755)
    return str(program)


def run_module(name: str, settings: Settings, *arguments: str) -> CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=REPOSITORY, env={**os.environ, **environment_of(settings)}, capture_output=True, text=True, check=False,
        timeout=600,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in MODULES if name != "tests.benchmarks.carried"])
def test_what_is_measured_by_hand_runs_in_small(name: str, sqlite_loaded: Settings, tmp_path: Path) -> None:
    if name in NEED_CHROMIUM and not Path(CHROMIUM).exists():
        lacking("Chromium (Debian package chromium)")
    extra = {
        "tests.benchmarks.lighthouse": ["--lighthouse", lighthouse(tmp_path)],
        "tests.browser.screenshots": [str(tmp_path / "shots")],
    }
    kept = {
        path: path.read_bytes() for path in (REPOSITORY / "embeddings" / "data").iterdir() if path.is_file()
    }
    ended = run_module(name, sqlite_loaded, *MODULES[name], *extra.get(name, []))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()
    assert kept == {path: path.read_bytes() for path in kept}
    if name == "tests.browser.screenshots":
        assert len(list((tmp_path / "shots").rglob("*.png"))) > 4


def test_without_lighthouse_its_script_says_what_is_missing(settings: Settings) -> None:
    ended = run_module("tests.benchmarks.lighthouse", settings, "--lighthouse", "no-such-lighthouse")
    assert ended.returncode == 1
    assert "npm install lighthouse" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of its own beside this environment."""
    folder = tmp_path / "check out"  # a blank in the path, as people have
    left_out = (
        ".git",
        ".venv",
        "var",
        "build",
        "node_modules",
        "__pycache__",
        ".*_cache",
        ".hypothesis",
        "*.egg-info",
    )
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*left_out))
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.fixture
def as_set_up(sqlite_loaded: Settings) -> Settings:
    """A copy of what `make setup` has made on this machine, where it has: the map takes its time."""
    made = Settings().var
    for name in ("hub.db", "snapshots"):
        if (made / "snapshots").is_dir() and (made / "hub.db").is_file():
            copy = shutil.copytree if (made / name).is_dir() else shutil.copy
            copy(made / name, sqlite_loaded.var / name)
    return sqlite_loaded


def make(copy: Path, settings: Settings, *arguments: str, typed: str = "") -> CompletedProcess[str]:
    """Runs make there; never does it install anything into this environment (-o)."""
    return subprocess.run(
        ["make", "-o", ".venv/.installed", *arguments],
        cwd=copy, env={**os.environ, **environment_of(settings), "PYTHONPATH": str(copy)}, input=typed,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_make_help_lists_every_target_and_each_expands(copy: Path, settings: Settings) -> None:
    listed = make(copy, settings, "help").stdout
    for target in IN_A_COPY | EXPANDED:
        assert f"{target} " in listed
        assert make(copy, settings, "-n", target.removeprefix("make ")).returncode == 0


@pytest.mark.slow
def test_make_runs_in_a_copy(copy: Path, as_set_up: Settings) -> None:
    for target in ("setup", "catalogues", "styles", "fix"):
        ended = make(copy, as_set_up, target)
        assert ended.returncode == 0, ended.stderr
    asked = make(
        copy, as_set_up, "shell", typed="print(app.name, len(engine.store) > 0, session.is_active)\n"
    )
    assert "hub True True" in asked.stdout, asked.stderr
    assert (copy / "hub/translations/en/LC_MESSAGES/messages.mo").is_file()
    css = "static/css/krds.css"
    assert (copy / css).stat().st_size == pytest.approx((REPOSITORY / css).stat().st_size, rel=0.1)
    port = free_port()
    server = subprocess.Popen(
        ["make", "-o", ".venv/.installed", "run", f"PORT={port}"],
        cwd=copy, env={**os.environ, **environment_of(as_set_up), "PYTHONPATH": str(copy)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        said = []
        for line in server.stdout:
            said.append(line)
            if "Booting worker" in line:
                break
        assert f"http://127.0.0.1:{port} " in "".join(said)
        assert Client(port).get("/healthz")[0] == 200
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    (copy / ".venv").unlink()  # this environment's; what clean removes is a folder of its own
    (copy / ".venv" / "bin").mkdir(parents=True)
    assert make(copy, as_set_up, "clean").returncode == 0
    assert not (copy / ".venv").exists()
    assert not list(copy.rglob("*.mo"))
    assert (Path(sys.prefix) / "bin").is_dir()
