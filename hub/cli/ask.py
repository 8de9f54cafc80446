"""The `hub` command's part that asks: search and suggestions."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hub.cli.common import CleanCommand, Whole, bar, cli, example, opened, show
from hub.language import _
from hub.problems import Problem

if TYPE_CHECKING:
    from hub.search.answers import Answer
    from hub.suggestions.suggestions import Suggested


class QueryCommand(CleanCommand):
    """With an option for whatever a search can be given: hub/search/query.py says what that is.

    They are made when they are asked for, since reading that file takes longer than many a command does.
    """

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options of a query, then the command's own."""
        from hub.search.query import PARAMETERS

        of_query = [
            click.Option([f"--{one.name.replace('_', '-')}"], metavar=one.metavar or None, help=_(one.help))
            for one in PARAMETERS
            if one.help
        ]
        return [*of_query, *super().get_params(ctx)]


@cli.command(
    cls=QueryCommand,
    help=_("글에 답하는 기관을 찾습니다."),
    **example('hub search "김치가 과발효로 포장이 부풀어요" --limit 5'),
)
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=Whole(1, 100), help=_("기관 수"))
@click.option("--weak", is_flag=True, help=_("답일 가능성이 낮은 것도"))
@click.option("--json", "as_json", is_flag=True, help=_("JSON으로"))
def search(text: str, limit: int, weak: bool, as_json: bool, **chosen: str | None) -> None:
    """Finds who answers a text."""
    from hub.search import search as rules
    from hub.search.as_json import results_as_json
    from hub.search.labels import alike_title
    from hub.search.meant import did_you_mean, offer
    from hub.search.query import TEXT, Query

    query = replace(Query.of({TEXT: text, **chosen}), shown=limit, weak=weak).checked()
    with opened() as (engine, session):
        results = rules.search(engine, session, query)
        meant = did_you_mean(engine, session, query.text)
    if as_json:
        show({"did_you_mean": meant, **results_as_json(results)})
        return
    if meant:
        click.echo(offer(meant), err=True)
    if not results.answers:
        told = _("«%(q)s»에 맞는 곳을 찾지 못했습니다.", q=query.text)
        click.echo(told if results.weak_total else _("이 조건에 맞는 등록이 없습니다."))
    _show_answers(results.answers)
    if results.weak:
        click.echo()
        click.echo(_("약한 것"))
        _show_answers(results.weak)
    elif results.weak_total and not results.more:
        click.echo(_("약한 것 %(n)d곳은 --weak로 봅니다.", n=results.weak_total))
    if results.alike:
        click.echo()
        click.echo(alike_title(results.alike_total, results.alike_more))
        _show_answers(results.alike)


def _show_answers(answers: list[Answer]) -> None:
    from hub.profiles.published import shown_unit
    from hub.search.labels import STRENGTH_NAMES

    for number, answer in enumerate(answers, start=1):
        hit, best = answer.best.hit, answer.best
        unit = shown_unit(best.statement)
        name = answer.profile.name_ko if answer.profile else _("비공개 기업")
        name += f" · {unit.name_ko}" if unit else ""
        away = "" if hit.distance_km is None else f" · {hit.distance_km:.0f} km"
        click.echo(f"{number:2}. {name}  {hit.strength} {_(STRENGTH_NAMES[hit.word])}{away}")
        click.echo(
            f"    {best.why.sentence}"
            + (f"  [{', '.join(best.why.shared)}]" if best.why.shared else "")
            + (f"\n    {_('푸는 문제')}: {best.solves}" if best.solves else "")
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
    from hub.regions.atlas import place
    from hub.suggestions.suggestions import Suggestions
    from hub.suggestions.suggestions import suggest as suggest_pairs

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
    from hub.suggestions.suggestions import Suggestions

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
    from hub.profiles.published import shown_unit
    from hub.search.labels import STRENGTH_NAMES
    from hub.suggestions.as_json import suggestion_as_json

    if as_json:
        pairs = [suggestion_as_json(s) for s in found.shown]
        show({"region": region, "total": found.total, "at": machine_time(found.at), "pairs": pairs})
        return
    if not found.shown:
        click.echo(_("이 지역에 등록된 기업의 수요나 사업 내용이 아직 없습니다."))
    for number, s in enumerate(found.shown, start=1):
        firm = s.firm.name_ko if s.firm else _("비공개 기업")
        unit = shown_unit(s.lab_statement)
        lab = s.lab.name_ko + (f" · {unit.name_ko}" if unit else "")
        click.echo(
            f"{number:2}. {firm} × {lab}  {s.pair.strength} {_(STRENGTH_NAMES[s.pair.word])}"
            + ("" if s.distance_km is None else f" · {s.distance_km:.0f} km")
        )
        shared = f"  [{', '.join(s.why.shared)}]" if s.why.shared else ""
        click.echo(f"    {s.firm_statement.text} — {s.why.sentence}{shared}")
