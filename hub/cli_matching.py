"""The `hub` command's part that searches, suggests and measures."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import Whole, bar, cli, example, opened, show
from hub.language import STRENGTH_NAMES, _, alike_title
from hub.problems import Problem

if TYPE_CHECKING:
    from hub.matching.answers import Answer
    from hub.matching.suggest import Suggested


@cli.command(
    help=_("글에 답하는 기관을 찾습니다."),
    **example('hub search "김치가 과발효로 포장이 부풀어요" --limit 5'),
)
@click.argument("text")
@click.option("--region", metavar="CODE", help=_("이 지역 안에서만: 시도 2자리나 시군구 5자리"))
@click.option(
    "--kind",
    metavar="KIND",
    help=_(
        "capability, asset, business, need, alike(사업·수요), any 가운데 하나. 없으면 도울 수 있는 곳(capability와 asset)"
    ),
)
@click.option("--profile-kind", metavar="KIND", help=_("university, institute, company 가운데 하나"))
@click.option("--size", metavar="SIZE", help=_("small, medium, large 가운데 하나"))
@click.option("--field", metavar="CODE", help=_("기술 분야 코드"))
@click.option("--trl-from", metavar="N", help=_("기술성숙도(TRL) N부터"))
@click.option("--trl-to", metavar="N", help=_("기술성숙도(TRL) N까지"))
@click.option("--language", metavar="LANG", help=_("ko나 en으로 적힌 것만"))
@click.option("--limit", default=10, show_default=True, type=Whole(1, 100), help=_("기관 수"))
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
def search(text: str, limit: int, as_json: bool, **chosen: str | None) -> None:
    """Finds who answers a text."""
    from hub.matching import search as matching
    from hub.matching.as_json import results_as_json
    from hub.matching.meant import did_you_mean, offer

    filters = matching.parse_filters(**chosen)
    matching.clean_query(text)
    with opened() as (engine, session):
        results = matching.search(engine, session, text, filters, limit=limit)
        meant = did_you_mean(engine, session, results.query)
    if as_json:
        show({"did_you_mean": meant, **results_as_json(results)})
        return
    if meant:
        click.echo(offer(meant), err=True)
    if not results.answers:
        click.echo(_("이 조건에 맞는 등록이 없습니다."))
    _show_answers(results.answers)
    if results.alike:
        click.echo()
        click.echo(alike_title(results.alike_total, results.alike_more))
        _show_answers(results.alike)


def _show_answers(answers: list[Answer]) -> None:
    for number, answer in enumerate(answers, start=1):
        hit, best = answer.best.hit, answer.best
        name = answer.profile.name_ko if answer.profile else _("비공개 기업")
        away = "" if hit.distance_km is None else f" · {hit.distance_km:.0f} km"
        click.echo(f"{number:2}. {name}  {hit.strength} {_(STRENGTH_NAMES[hit.word])}{away}")
        click.echo(
            f"    {best.why.sentence}" + (f"  [{', '.join(best.why.shared)}]" if best.why.shared else "")
        )


@cli.command(
    help=_("지역의 추천 협력: 어느 기업이 어느 연구실을 만나면 좋은지."),
    **example("hub suggest --region 26 --limit 20"),
)
@click.option("--region", metavar="CODE", help=_("시도 2자리나 시군구 5자리 코드"))
@click.option("--all", "everywhere", is_flag=True, help=_("모든 지역을 한 번에 마련해 둡니다"))
@click.option("--limit", default=30, show_default=True, type=Whole(1, 200), help=_("짝의 수"))
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
def suggest(region: str | None, everywhere: bool, limit: int, as_json: bool) -> None:
    """Suggests who of a region should meet whom."""
    from hub.matching.suggest import Suggestions
    from hub.matching.suggest import suggest as suggest_pairs
    from hub.regions.atlas import place

    if (region is None) == (not everywhere):
        raise Problem(_("--region CODE나 --all 가운데 하나를 주십시오."))
    if region is None:
        _suggest_everywhere(as_json)
        return
    place(region)
    with opened() as (engine, session):
        suggestions = Suggestions()
        suggestions.open(engine, session)
        found = suggest_pairs(engine, session, suggestions, region, limit=limit)
    _show_suggestions(region, found, as_json)


def _suggest_everywhere(as_json: bool) -> None:
    from hub.matching.suggest import Suggestions

    start = time.perf_counter()
    with opened() as (engine, session), bar(_("기업의 글")) as progress:
        suggestions = Suggestions()
        suggestions.open(engine, session)
        chosen = suggestions.prepare(engine, session, None, progress)
        suggestions.keep(engine, session)
    seconds = time.perf_counter() - start
    pairs = sum(len(one.pairs) for one in chosen.values())
    if as_json:
        show({"regions": len(chosen), "pairs": pairs, "seconds": round(seconds, 2)})
        return
    click.echo(
        _("지역 %(n)d곳의 추천 %(p)d쌍을 %(s).1f초에 마련했습니다.", n=len(chosen), p=pairs, s=seconds)
    )


def _show_suggestions(region: str, found: Suggested, as_json: bool) -> None:
    from hub.dates import machine_time
    from hub.matching.as_json import suggestion_as_json

    if as_json:
        pairs = [suggestion_as_json(s) for s in found.shown]
        show({"region": region, "total": found.total, "at": machine_time(found.at), "pairs": pairs})
        return
    if not found.shown:
        click.echo(_("이 지역에 등록된 기업의 수요나 사업 내용이 아직 없습니다."))
    for number, s in enumerate(found.shown, start=1):
        firm = s.firm.name_ko if s.firm else _("비공개 기업")
        click.echo(
            f"{number:2}. {firm} × {s.lab.name_ko}  {s.pair.strength} {_(STRENGTH_NAMES[s.pair.word])}"
            f" · {s.distance_km:.0f} km"
        )
        shared = f"  [{', '.join(s.why.shared)}]" if s.why.shared else ""
        click.echo(f"    {s.firm_statement.text} — {s.why.sentence}{shared}")


@cli.command(
    help=_("채점된 수요로 검색의 질을 잽니다: nDCG@10과 첫 답의 정확도."),
    **example("hub evaluate needs.jsonl --json"),
)
@click.argument("needs", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
def evaluate(needs: Path, as_json: bool) -> None:
    """Measures the quality of search."""
    from hub.matching import evaluate as evaluation

    read = evaluation.read_needs(needs)
    with opened() as (engine, session):
        score = evaluation.evaluate(engine, session, read)
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
    from hub.matching import bench as benchmark

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
