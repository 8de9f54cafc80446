"""The `hub` command's part that measures: the quality of search, and speed beside a peer."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.common import Whole, bar, cli, example, opened, show
from hub.language import _


@cli.command(
    help=_("채점된 수요로 검색의 질을 잽니다: nDCG@10과 첫 답의 정확도."),
    **example("hub evaluate needs.jsonl --json"),
)
@click.argument("needs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source",
    metavar="SOURCE",
    help=_(
        "이 출처의 등록 내용만 놓고 봅니다: member, sample(공개 정보로 작성한 예시), listed 가운데 하나. 채점에 쓰이지 않은 등록이 많은 허브에서 씁니다."
    ),
)
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
def evaluate(needs: Path, source: str | None, as_json: bool) -> None:
    """Measures the quality of search."""
    from hub.choices import one_of
    from hub.measure import quality as evaluation
    from hub.profiles.tables import Source

    source = one_of(source, Source, "--source")
    read = evaluation.read_needs(needs)
    with opened() as (engine, session):
        score = evaluation.evaluate(engine, session, read, source)
    if as_json:
        show({"n": score.n, "ndcg@10": round(score.ndcg_at_10, 4), "top1": round(score.top1, 4)})
    else:
        click.echo(f"n {score.n}   nDCG@10 {score.ndcg_at_10:.3f}   top-1 {score.top1:.2f}")


@cli.command(
    help=_("속도, 재현율, 기동 시간과 메모리를 같은 실행의 비교 대상과 함께 잽니다."),
    **example("hub bench --json"),
)
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
@click.option(
    "--statements",
    "sizes",
    multiple=True,
    default=(10_000, 100_000),
    show_default=True,
    type=Whole(1000, 5_000_000),
    help=_("이만한 허브를 지어 잽니다. 여러 번 줄 수 있습니다"),
)
@click.option("--no-servers", is_flag=True, help=_("기동 시간, 메모리, 부하는 재지 않습니다"))
@click.option("--seconds", default=60, show_default=True, type=Whole(1, 3600), help=_("부하를 거는 시간(초)"))
def bench(as_json: bool, sizes: tuple[int, ...], no_servers: bool, seconds: int) -> None:
    """Measures speed beside a peer."""
    from hub.measure import bench as benchmark

    with opened() as (engine, session), bar(_("측정")) as progress:
        figures = benchmark.run(
            engine, session, sorted(set(sizes)), servers=not no_servers, seconds=seconds, progress=progress
        )
    if as_json:
        show(figures)
        return
    for group, rows in figures.items():
        click.echo(group)
        for name, value in rows.items():
            click.echo(f"  {name:<44} {value}")
