"""The `hub` command's part that keeps the hub: set-up, data, model, maps, accounts, serving."""

from __future__ import annotations

import os
import sys

import click

from hub.cli.common import Whole, bar, cli, example, opened
from hub.language import _
from hub.problems import Problem
from hub.profiles import collections
from hub.settings import Settings, load_settings


@cli.command(
    help=_("폴더, 비밀 키, 모델, 데이터베이스 구조, 지역을 마련합니다. 다시 해도 됩니다."),
    **example("hub setup"),
)
def setup() -> None:
    """Makes everything that the hub needs to serve."""
    from hub.index.engine import prepare_model
    from hub.setup import set_up

    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        click.echo(text)

    settings = load_settings()
    set_up(settings, say)
    prepare_model(settings, say)
    if not said:
        click.echo(_("모두 갖추어져 있습니다."))


@cli.group(help=_("자료를 넣습니다."))
def load() -> None:
    """Loads data."""


@load.command(
    "sample",
    help=_("프로젝트에 든 실제 자료를 넣습니다. 끊기면 이어서 하고, 다시 하면 바뀌는 것이 없습니다."),
    **example("hub load sample --only laboratories"),
)
@click.option(
    "--only", multiple=True, type=click.Choice(collections.NAMES), help=_("이 묶음만 (여러 번 쓸 수 있음)")
)
def load_sample(only: tuple[str, ...]) -> None:
    """Loads the data that the project carries."""
    from hub.index.engine import Engine, open_encoder
    from hub.intake.sample import load as load_carried
    from hub.setup import open_database

    settings = load_settings()
    database = open_database(settings)
    with bar(_("등록 내용")) as progress:
        added = load_carried(
            database,
            lambda: open_encoder(settings, alone=True),
            only=only or collections.NAMES,
            progress=progress,
        )
    if not added.profiles and not added.statements and not added.problems:
        click.echo(_("이미 모두 들어 있습니다. 바뀐 것이 없습니다."))
        return
    Engine(settings, database).save_snapshot()
    if added.profiles or added.statements:
        click.echo(
            _("프로필 %(p)d곳과 등록 내용 %(s)d건을 넣었습니다.", p=added.profiles, s=added.statements)
        )
    if added.problems:
        click.echo(_("등록 내용 %(n)d건에 푸는 문제를 더했습니다.", n=added.problems))


@cli.command(
    help=_(
        "넣은 자료 묶음을 도로 뺍니다. 기관이 직접 고치거나 내린 글과 계정이 있는 기관은 그대로 둡니다. 뺀 글에 대한 평가와 담당자의 결정은 함께 지웁니다."
    ),
    **example("hub unload laboratories"),
)
@click.argument("collection", type=click.Choice(collections.NAMES))
def unload(collection: str) -> None:
    """Takes a collection of carried data out again."""
    from hub.intake.unload import unload as take_out
    from hub.setup import open_database

    gone = take_out(open_database(load_settings()), collection)
    if not (gone.statements or gone.units or gone.profiles):
        click.echo(_("이 묶음은 들어 있지 않습니다. 바뀐 것이 없습니다."))
    else:
        click.echo(
            _(
                "등록 내용 %(s)d건, 연구실 %(u)d곳, 프로필 %(p)d곳을 뺐습니다.",
                s=gone.statements,
                u=gone.units,
                p=gone.profiles,
            )
        )
    if gone.judged:
        click.echo(_("뺀 글에 대한 평가와 담당자의 결정 %(n)d건도 함께 지웠습니다.", n=gone.judged))
    if gone.kept:
        click.echo(_("기관이 직접 고치거나 내린 글 %(n)d건은 그대로 두었습니다.", n=gone.kept))


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
    from hub.index import reindex as rules
    from hub.index.engine import Engine, model_folder, open_encoder
    from hub.search import feedback
    from hub.setup import open_database

    settings = load_settings()
    database = open_database(settings)
    model = fingerprint(model_folder(settings))
    with database.reading() as session:
        total = rules.missing(session, model)
        judged = bool(feedback.lacking_vector(session, model, 1))
    done = made = 0
    with bar(_("등록 내용")) as progress:

        def advance(count: int) -> None:
            nonlocal done
            done += count
            progress(done, max(total, done))

        if total or judged:  # the model is opened only when there is something to encode
            encoder = open_encoder(settings, alone=True)
            made = rules.reindex(database, encoder, advance)
            feedback.remember_all(database, encoder)
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


@cli.command(
    "send-mail",
    help=_("기다리는 메일을 보냅니다. 서버가 돌면 저절로 보내므로, 메일 서버가 쉬었던 뒤에만 씁니다."),
    **example("hub send-mail"),
)
def send_mail() -> None:
    """Sends the mails that are due."""
    from flask import Flask

    from hub.mail import outbox
    from hub.setup import open_database

    settings = load_settings()
    database = open_database(settings)
    app = Flask("hub")
    outbox.register(app, settings)
    with app.app_context():
        sent, refused = outbox.send(database, settings)
    click.echo(_("메일 %(n)d통을 보냈습니다.", n=sent))
    if left := outbox.waiting(database):
        click.echo(
            _("%(n)d통이 기다립니다. 이번에 %(refused)d통을 서버가 받지 않았습니다.", n=left, refused=refused)
        )


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
@click.option("--unit", metavar="NAME|ID", help=_("그 기관 안의 연구실·부서 (그것만 맡는 member)"))
def add_account(email: str, role: str, region: str | None, profile: str | None, unit: str | None) -> None:
    """Makes an account."""
    from hub.accounts import passwords
    from hub.profiles.lookup import find_profile, find_unit
    from hub.setup import open_database

    if role == "member" and profile is None:
        raise Problem(_("기관 구성원(member)에게는 반드시 프로필을 정합니다."))
    database = open_database(load_settings())
    if sys.stdin.isatty():
        password = click.prompt(_("비밀번호"), hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with database.writing() as session:
        profile_id = find_profile(session, profile).id if profile else None
        unit_id = find_unit(session, profile_id, unit).id if unit else None
        made = passwords.add_account(
            session, email, password, role, region=region, profile_id=profile_id, unit_id=unit_id
        )
    click.echo(_("%(email)s 계정을 만들었습니다.", email=made.email))


@account.command(
    "reset-second-factor",
    help=_(
        "휴대전화와 복구 코드를 모두 잃은 사람의 2단계 인증을 풉니다. 본인인지 먼저 확인하십시오. 로그인한 곳은 모두 로그아웃됩니다."
    ),
    **example("hub account reset-second-factor staff@busan.example"),
)
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Takes an account's second factor away."""
    from hub.accounts import passwords, second_factor
    from hub.problems import NotFound
    from hub.setup import open_database

    database = open_database(load_settings())
    with database.writing() as session:
        found = passwords.named(session, email)
        if found is None:
            raise NotFound(_("«%(email)s» 계정이 없습니다.", email=email[:80]))
        had, address = second_factor.reset(session, found.id), found.email
    if had:
        click.echo(
            _(
                "%(email)s 계정의 2단계 인증을 풀고 모두 로그아웃했습니다. 담당자와 운영자는 다음에 로그인할 때 새로 켭니다.",
                email=address,
            )
        )
    else:
        click.echo(_("%(email)s 계정은 2단계 인증을 쓰지 않습니다. 바뀐 것이 없습니다.", email=address))


@account.command(
    "invite",
    help=_("지역의 담당자를 전자우편으로 초대합니다. 받은 사람이 링크를 열어 비밀번호를 정합니다."),
    **example("hub account invite kim@busan.example --role staff --region 26"),
)
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(["staff"]), help=_("역할"))
@click.option("--region", required=True, metavar="CODE", help=_("담당 지역 (staff)"))
def invite_staff(email: str, role: str, region: str) -> None:
    """Invites the staff of a region, the first one above all: whoever comes later is invited on the pages."""
    from hub import mailing_app
    from hub.accounts.invitations import NoneSent, Offer, invite
    from hub.database import Database
    from hub.mail import outbox
    from hub.regions.atlas import place

    settings, code = load_settings(), place(region).code
    app = mailing_app(settings)
    database: Database = app.extensions["hub"][Database]
    with app.test_request_context(base_url=settings.public_url or "http://127.0.0.1:8000"):
        try:
            with database.writing() as session:
                invite(session, None, Offer(region_code=code), [email])
        except NoneSent as none:
            raise Problem(f"{email[:80]}: {none.outcomes[0].said}", status=409) from none
        sent, _refused = outbox.send(database, settings)
    if not settings.mail_server:
        click.echo(
            _("메일 서버가 정해져 있지 않아 초대 메일을 %(folder)s에 두었습니다.", folder=settings.outbox)
        )
    elif sent:
        click.echo(_("%(email)s 님에게 초대 메일을 보냈습니다.", email=email))
    else:
        click.echo(_("초대 메일을 적어 두었지만 지금은 보내지 못했습니다. 서버가 다시 보냅니다."))
