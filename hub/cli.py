"""The `hub` command. Each command reads its arguments, calls one rule and prints what came back."""

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
from hub.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from hub.matching.engine import Engine


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
    from hub.matching.engine import Engine
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


@cli.command(
    help=_("폴더, 비밀 키, 모델, 데이터베이스 구조, 지역을 마련합니다. 다시 해도 됩니다."),
    **example("hub setup"),
)
def setup() -> None:
    """Makes everything that the hub needs to serve."""
    from hub.setup import set_up

    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        click.echo(text)

    set_up(load_settings(), say)
    if not said:
        click.echo(_("모두 갖추어져 있습니다."))


@cli.group(help=_("자료를 넣습니다."))
def load() -> None:
    """Loads data."""


@load.command(
    "sample",
    help=_("프로젝트에 든 실제 자료를 넣습니다. 끊기면 이어서 하고, 다시 하면 바뀌는 것이 없습니다."),
    **example("hub load sample"),
)
def load_sample() -> None:
    """Loads the data that the project carries."""
    from hub.matching.engine import Engine, open_encoder
    from hub.profiles.sample import load as load_carried
    from hub.setup import open_database

    settings = load_settings()
    database = open_database(settings)
    with bar(_("등록 내용")) as progress:
        added = load_carried(database, lambda: open_encoder(settings), progress=progress)
    if not added.profiles and not added.statements:
        click.echo(_("이미 모두 들어 있습니다. 바뀐 것이 없습니다."))
        return
    Engine(settings, database).save_snapshot()
    click.echo(_("프로필 %(p)d곳과 등록 내용 %(s)d건을 넣었습니다.", p=added.profiles, s=added.statements))


@cli.command(help=_("웹으로 서비스합니다."), **example("hub serve --port 8000 --workers 2"))
@click.option("--host", default="127.0.0.1", show_default=True, help=_("듣는 주소: 이름, IPv4 또는 IPv6"))
@click.option("--port", default=8000, show_default=True, type=Whole(1, 65535), help=_("포트"))
@click.option(
    "--workers",
    default=lambda: min(len(os.sched_getaffinity(0)), 64),
    show_default=_("코어 수"),
    type=Whole(1, 64),
    help=_("프로세스 수"),
)
@click.option("--threads", default=16, show_default=True, type=Whole(1, 64), help=_("프로세스마다 스레드 수"))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serves the pages."""
    from hub import serve as server

    settings = server.with_served_hosts(load_settings(), host)
    with server.listener(host, port) as listener:  # before all else: a port in use is said at once
        click.echo(server.greeting(listener))
        _tell_hosts(settings)
        server.serve(settings, listener, workers=workers, threads=threads)


def _tell_hosts(settings: Settings) -> None:
    if settings.public_url:
        click.echo(_("공개 주소는 %(url)s 입니다.", url=settings.public_url))
    else:
        click.echo(
            _(
                "이 이름으로 온 요청에 답합니다: %(hosts)s. 다른 이름은 HUB_PUBLIC_URL이나 HUB_ALLOWED_HOSTS에 적으십시오.",
                hosts=", ".join(sorted(settings.hosts)),
            )
        )


@cli.command(
    help=_("지금 모델의 벡터가 없는 글을 다시 인코딩합니다. 끊기면 이어서 합니다."),
    **example("HUB_MODEL=/srv/models/bge-m3 hub reindex"),
)
@click.option(
    "--prune", is_flag=True, help=_("다른 모델의 벡터를 지웁니다. 그 모델로 도는 서버가 없을 때만.")
)
def reindex(prune: bool) -> None:
    """Re-encodes under the current model."""
    from embeddings.encoder import fingerprint
    from hub.matching import reindex as rules
    from hub.matching.engine import Engine, model_folder, open_encoder
    from hub.setup import open_database

    settings = load_settings()
    database = open_database(settings)
    model = fingerprint(model_folder(settings))
    with database.reading() as session:
        total = rules.missing(session, model)
    done = made = 0
    with bar(_("등록 내용")) as progress:

        def advance(count: int) -> None:
            nonlocal done
            done += count
            progress(done, max(total, done))

        if total:  # the model is opened only when there is something to encode
            made = rules.reindex(database, open_encoder(settings), advance)
    if made:
        Engine(settings, database).save_snapshot()
        click.echo(_("%(n)d건을 인코딩했습니다.", n=made))
    else:
        click.echo(_("모든 글에 지금 모델의 벡터가 있습니다. 바뀐 것이 없습니다."))
    if prune:
        click.echo(_("다른 모델의 벡터 %(n)d건을 지웠습니다.", n=rules.prune(database, model)))


@cli.command(
    "map",
    help=_("기술 지도를 만듭니다. 지도에 없는 글이 다섯에 하나가 되기 전에는 그대로 둡니다."),
    **example("hub map"),
)
@click.option("--anew", is_flag=True, help=_("지금 있는 지도가 쓸 만해도 새로 만듭니다"))
def make_map(anew: bool) -> None:
    """Places every statement on the technology map."""
    from hub.desk import techmap

    with opened() as (engine, _session):
        maps = techmap.Maps()
        maps.open(engine)
        if not anew and not techmap.is_stale(engine, maps):
            click.echo(_("기술 지도가 이미 있습니다. 바뀐 것이 없습니다."))
            return
        click.echo(_("기술 지도를 만듭니다…"))
        click.echo(_("글 %(n)d건을 지도에 놓았습니다.", n=techmap.make(engine)))


@cli.group(help=_("계정을 다룹니다."))
def account() -> None:
    """Accounts."""


@account.command(
    "add",
    help=_("계정을 만듭니다. 비밀번호는 물어보거나 표준 입력의 첫 줄에서 읽습니다."),
    **example("hub account add staff@busan.example --role staff --region 26"),
)
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["staff", "member", "admin"]), help=_("역할"))
@click.option("--region", metavar="CODE", help=_("담당 지역 (staff)"))
@click.option("--profile", metavar="NAME|ID", help=_("소속 기관의 이름이나 번호 (member)"))
def add_account(email: str, role: str, region: str | None, profile: str | None) -> None:
    """Makes an account."""
    from hub.accounts import sign_in
    from hub.profiles.lookup import find_profile
    from hub.setup import open_database

    database = open_database(load_settings())
    if sys.stdin.isatty():
        password = click.prompt(_("비밀번호"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with database.writing() as session:
        profile_id = find_profile(session, profile).id if profile else None
        made = sign_in.add_account(session, email, password, role, region=region, profile_id=profile_id)
    click.echo(_("%(email)s 계정을 만들었습니다.", email=made.email))


from hub import cli_matching  # noqa: E402, F401 - its commands join the group
