"""The commands: their help, their answers, their exit codes, and no trace for any mistake."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from subprocess import CompletedProcess

import click
import pytest

from hub.cli import cli
from hub.settings import Settings
from tests.conftest import PASSWORD, REPOSITORY

Run = Callable[..., CompletedProcess[str]]


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in cli.commands.items():
        if isinstance(command, click.Group):
            found += [(name, inner) for inner in command.commands]
        else:
            found.append((name,))
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_has_help_with_an_example_and_stands_in_the_readme(
    command: tuple[str, ...], run_hub: Run
) -> None:
    ended = run_hub(*command, "--help")
    assert ended.returncode == 0
    assert f"hub {' '.join(command)}" in ended.stdout.split("예:")[-1]
    english = run_hub(*command, "--help", HUB_LANGUAGE="en")
    assert "Example:" in english.stdout
    assert f"hub {' '.join(command)}" in (REPOSITORY / "README.md").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", ""),
        ("search", "김치", "--region", "99"),
        ("search", "김치", "--kind", "wish"),
        ("search", "김치", "--limit", "0"),
        ("search", "가" * 10_000),
        ("suggest",),
        ("suggest", "--region", "99"),
        ("evaluate", "no-such-file.jsonl"),
        ("serve", "--port", "99999"),
        ("account", "add", "a@b.example"),
        ("nonsense",),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_wrong_use_ends_with_2_and_says_why(arguments: tuple[str, ...], run_hub: Run) -> None:
    ended = run_hub(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.strip()
    assert not ended.stdout
    assert "Traceback" not in ended.stderr


def test_search_and_suggest_as_json(sqlite_loaded: Settings, run_hub: Run) -> None:
    ended = run_hub("search", "김치가 과발효로 포장이 부풀어요", "--json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    first = json.loads(ended.stdout)["results"][0]
    assert first["name"] == "세계김치연구소"
    assert first["word"] in ("very-high", "high")
    assert first["why"]["shared"]
    glp = json.loads(run_hub("search", "We need a lab for GLP toxicology studies", "--json").stdout)
    assert "안전성평가연구소" in [result["name"] for result in glp["results"][:3]]
    pairs = json.loads(run_hub("suggest", "--region", "26", "--json").stdout)["pairs"]
    assert len(pairs) >= 20
    assert {"strength", "distance_km", "reason", "firm", "lab"} <= set(pairs[0])
    plain = run_hub("suggest", "--region", "26", "--limit", "3")
    assert plain.stdout.count("×") == 3
    assert " km" not in plain.stdout  # of listed firms the province alone is known


def test_evaluate(sqlite_loaded: Settings, run_hub: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("needs") / "needs.jsonl"
    grades = {"김치 유산균, 발효 제어, 김치 포장과 유통기한 연장 기술": 3}
    file.write_text(json.dumps({"need": "김치 포장", "relevant": grades}), encoding="utf-8")
    ended = run_hub("evaluate", str(file), "--json")
    assert json.loads(ended.stdout) == {"n": 1, "ndcg@10": 1.0, "top1": 1.0}


def test_an_account_from_the_command_line(sqlite_loaded: Settings, run_hub: Run) -> None:
    made = run_hub(
        "account", "add", "kim@hub.example", "--role", "member", "--profile", "세계김치연구소", stdin=PASSWORD
    )
    assert made.returncode == 0, made.stderr
    again = run_hub("account", "add", "kim@hub.example", "--role", "admin", stdin=PASSWORD)
    assert again.returncode == 1
    assert "이미" in again.stderr
    nobody = run_hub(
        "account", "add", "b@hub.example", "--role", "member", "--profile", "없는곳", stdin=PASSWORD
    )
    assert nobody.returncode == 2


def test_before_setting_up_every_command_says_what_to_run(run_hub: Run, settings: Settings) -> None:
    for arguments in (
        ("search", "김치"),
        ("suggest", "--region", "26"),
        ("load", "sample"),
        ("serve",),
        ("reindex",),
    ):
        ended = run_hub(*arguments)
        assert ended.returncode == 1, arguments
        assert "hub setup" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_half_written_model_is_said(
    sqlite_loaded: Settings, run_hub: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    half = tmp_path_factory.mktemp("half") / "model"
    shutil.copytree(sqlite_loaded.model, half)
    with (half / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    ended = run_hub("search", "김치", HUB_MODEL=str(half))
    assert ended.returncode == 1
    assert "모델을 열 수 없습니다" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_locked_database_is_said(
    sqlite_loaded: Settings, run_hub: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = sqlite3.connect(sqlite_loaded.var / "hub.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        ended = run_hub("account", "add", "kim@hub.example", "--role", "admin", stdin=PASSWORD)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert ended.returncode == 1
    assert "다른 프로그램이 쓰고 있습니다" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_that_does_not_answer_is_said(settings: Settings, run_hub: Run) -> None:
    ended = run_hub("search", "김치", HUB_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert ended.returncode == 1
    assert "HUB_DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
