"""What every command of `hub` shares: the group it joins, whole numbers, the progress bar, how a failure is said."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.exc import DBAPIError

from hub import trouble
from hub.language import _
from hub.numbers import whole_number
from hub.problems import Problem
from hub.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from hub.index.engine import Engine


def main() -> None:
    """Runs the command; what a person can mend is one line on stderr and exit code 1, never a trace."""
    # A pipe that was opened with another locale still gets Korean.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        cli(prog_name="hub")
    except Problem as problem:
        # What the reader asked for cannot be (400, 404): wrong use, like a wrong option.
        fail(problem.message, 2 if problem.status in (400, 404) else 1)
    except SettingsError as error:
        fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except DBAPIError as error:
        fail(trouble.of_database(error))
    except OSError as error:
        fail(trouble.of_system(error))


def fail(message: str, code: int = 1) -> None:
    """Says what is wrong and stops."""
    click.echo(f"hub: {message}", err=True)
    sys.exit(code)


def example(text: str) -> dict[str, Any]:
    """The example that ends a command's help."""
    return {"epilog": "\b\n" + _("예") + ":\n  " + text}


class Whole(click.IntRange):
    """A whole number in a range, read as everywhere else."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; click says which range it missed."""
        if isinstance(value, str) and whole_number(value) is None:
            self.fail(_("«%(value)s»은(는) 쓸 수 있는 수가 아닙니다.", value=value[:20]), param, ctx)
        return super().convert(value, param, ctx)


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr; call it with what is done and what there is to do."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    task = progress.add_task(label, total=None)

    def advance(done: int, total: int) -> None:
        progress.start()  # only now: a command with nothing to do draws no bar
        progress.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        if progress.live.is_started:
            progress.stop()


@contextmanager
def opened() -> Iterator[tuple[Engine, Session]]:
    """The engine over the hub's database and a session for reading."""
    from hub.index.engine import Engine
    from hub.setup import open_database

    settings = load_settings()
    engine = Engine(settings, open_database(settings))
    with engine.database.reading() as session:
        yield engine, session


def show(value: object) -> None:
    """Prints a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


class CleanCommand(click.Command):
    """A command whose every text has passed :func:`hub.text.clean`, as on the pages."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs it with what is left of its texts."""
        from hub.text import clean

        ctx.params = {
            name: clean(value) if isinstance(value, str) else value for name, value in ctx.params.items()
        }
        return super().invoke(ctx)


class CleanGroup(click.Group):
    """A group of such commands and groups."""

    command_class = CleanCommand
    group_class = type


@click.group(
    cls=CleanGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="hub")
def cli() -> None:
    """지역 산학 연계 허브 · Regional industry-academia hub"""
