"""The form in which a statement is written, checked while it is, changed, withdrawn and published again."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session, col, select

from hub.accounts.gate import requires
from hub.accounts.once import UsedUp, sent_once
from hub.accounts.policy import can_edit_profile, can_edit_statement, can_post, check_unit
from hub.accounts.tables import Account
from hub.database import Database
from hub.fields.nearest import proposed_fields
from hub.fields.read import fields_of
from hub.fields.tables import TechnologyField
from hub.index.engine import Engine
from hub.language import _
from hub.numbers import whole_number
from hub.posting import statements
from hub.posting.advice import advice
from hub.posting.photos import LARGEST, LONGEST_DESCRIPTION, description, keep_photo, picture
from hub.posting.photos import remove_photo as take_out_photo
from hub.posting.referral_forms import pages
from hub.posting.removal import remove_statement as take_out
from hub.problems import Problem
from hub.profiles import limits, read
from hub.profiles.equipment import LABELS as EQUIPMENT_LABELS
from hub.profiles.equipment import LIMITS as EQUIPMENT_LIMITS
from hub.profiles.equipment import Equipment, Users, equipment, searched_text
from hub.profiles.known_names import other_names
from hub.profiles.photos import photos_of
from hub.profiles.script import language_of
from hub.profiles.solved import MOST, shown_problems
from hub.profiles.tables import Kind, Profile, Statement, Unit, Visibility
from hub.search.neighbours import finders, similar
from hub.search.query import HELP
from hub.text import clean, too_long
from hub.web.addresses import reads
from hub.web.request import part, read_session, takes

PROPOSED_PROBLEMS = 5


def _all_fields() -> list[TechnologyField]:
    order = (col(TechnologyField.scheme).desc(), col(TechnologyField.code))
    return list(read_session().exec(select(TechnologyField).order_by(*order)))


def _written(who: Account, profile_id: int, edited: Statement | None = None) -> statements.Content:
    """The statement form as it was sent; the button says whether it is published.

    :param edited: what stands, whose problems keep their other wordings.
    """
    form = request.form
    unit_id = _chosen_unit(edited.unit_id if edited else who.unit_id)
    check_unit(who, read_session(), profile_id, unit_id)
    stands: dict[str, Sequence[str]] = {
        wording: problem for problem in (edited.problems if edited else ()) for wording in problem
    }
    draft = form.get("action") == "draft"
    return statements.content(
        kind=form.get("kind", ""),
        text=form.get("text", ""),
        visibility=Visibility.DRAFT if draft else form.get("visibility", ""),
        trl=limits.trl_of(form.get("trl")),
        fields=tuple(form.getlist("fields")),
        translation=form.get("translation", ""),
        problems=[*form.get("problems", "").splitlines(), *form.getlist("solves")],
        known=ChainMap(stands, part(Engine).bank.wordings),
        unit_id=unit_id,
        equipment=equipment(form),
    )


@pages.route("/profiles/<int:profile_id>/statements/new", methods=["GET", "POST"])
@reads("kind", "text", "unit")
@requires(can_post)
def add_statement(who: Account, profile_id: int) -> ResponseReturnValue:
    """The posting form."""
    owner = read.profile(read_session(), profile_id)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            written = _written(who, profile_id)
            encoded = statements.encode(part(Engine).encoder, written)
            with part(Database).writing() as session:
                number = sent_once(
                    session,
                    who,
                    lambda: statements.add(session, profile_id, written, encoded).id,
                    of=Statement,
                )
                added = read.statement(session, number)
            _tell(added, owner, edited=False)
            return redirect(_address(added))
        except Problem as error:
            problem = error
    default_kind = Kind.NEED if owner.kind == "company" else Kind.CAPABILITY
    values: Mapping[str, object] = request.form
    if request.method == "GET":  # a search hands over what was looked for
        kind = request.args.get("kind", "")
        text = request.args.get("text", "")
        values = {
            "kind": kind if kind in set(Kind) else default_kind,
            "text": text,
            "visibility": "public",
            "unit": request.args.get("unit", ""),
        }
    return _form(who, owner, values, problem, None)


@pages.post("/profiles/<int:profile_id>/statements/check")
@requires(can_post)
def check_statement(who: Account, profile_id: int) -> ResponseReturnValue:
    """While somebody writes: what says nearly the same already, and what the text leaves open."""
    form = request.form
    kind = form.get("kind", "")
    known = kind in set(Kind)
    apart_from = whole_number(form.get("statement_id"))
    text = form.get("text", "")
    length = len(clean(text))
    searched = searched_text(text, _equipment_so_far(kind))
    engine, session = part(Engine), read_session()
    owner = read.profile(session, profile_id)
    fits = length <= limits.LONGEST  # what cannot be posted is not looked for
    enough = known and fits and length >= limits.SHORTEST
    return render_template(
        "posting/_advice.html",
        kind=kind,
        found=finders(engine, session, searched, kind, owner, place=_place_of_unit(session, who))
        if enough
        else [],
        doubles=similar(engine, session, searched, kind, profile_id, apart_from=apart_from)
        if known and fits
        else [],
        advice=advice(kind, text, form.get("trl", "")) if fits else [],
        too_long=too_long(_("내용"), text, limits.LONGEST),
        proposed=proposed_fields(engine.encoder, engine.subclasses, text) if enough else [],
        chosen=form.getlist("fields"),
        fields=_all_fields(),
        profile_id=profile_id,
        nearest_problems=_proposed(kind, text) if enough else [],
        picked_problems=form.getlist("solves"),
    )


def _chosen_unit(otherwise: int | None) -> int | None:
    """The unit that the form names; ``otherwise`` where it offers no choice: its writer has none, or there are none."""
    return whole_number(request.form.get("unit")) if "unit" in request.form else otherwise


def _place_of_unit(session: Session, who: Account) -> str | None:
    """Where the unit is for which the form is written, as far as it says so itself."""
    number = _chosen_unit(who.unit_id)
    found = session.get(Unit, number) if number is not None else None
    return found.region_code if found else None


def _equipment_so_far(kind: str) -> dict[str, Any] | None:
    """What the form says of equipment, as far as it can be kept as it stands."""
    try:
        return equipment(request.form).as_stored() if kind == Kind.ASSET else None
    except Problem:  # it is said when the form is sent
        return None


def _proposed(kind: str, text: str) -> list[str]:
    """Problems of the bank that what is being written may solve; the poster says which."""
    if kind not in HELP:
        return []
    engine = part(Engine)
    found = engine.bank.like(engine.encoder.encode_one(clean(text)), PROPOSED_PROBLEMS)
    return shown_problems(found, language_of(text) or "ko")


@pages.route("/statements/<int:statement_id>/edit", methods=["GET", "POST"])
@requires(can_edit_statement)
def edit_statement(who: Account, statement_id: int) -> ResponseReturnValue:
    """The same form over what stands; the second of two editors is shown both texts."""
    session = read_session()
    edited = read.statement(session, statement_id)
    owner = read.profile(session, edited.profile_id)
    problem: Problem | None = None
    values: Mapping[str, object]
    if request.method == "POST":
        version = whole_number(request.form.get("version")) or 0  # 0 stands for none: a conflict
        try:
            written = _written(who, owner.id, edited)
            encoded = statements.encode(part(Engine).encoder, written)
            with part(Database).writing() as writing:
                sent_once(
                    writing,
                    who,
                    lambda: statements.edit(writing, statement_id, version, written, encoded).id,
                    changes=True,
                )
                saved = read.statement(writing, statement_id)
            _tell(saved, owner, edited=edited.is_published)
            return redirect(_address(saved))
        except Problem as error:
            problem = error
        values = request.form
    else:
        chosen = fields_of(session, [statement_id])[statement_id]
        values = {
            "kind": edited.kind,
            "text": edited.text,
            "translation": edited.translation or "",
            "problems": "\n".join(shown_problems(edited.problems, edited.language)),
            "trl": str(edited.trl or ""),
            "visibility": edited.awaited
            or ("public" if edited.visibility == Visibility.DRAFT else edited.visibility),
            "fields": [field.code for field in chosen],
            "version": str(edited.version),
            "unit": str(edited.unit_id or ""),
            **vars(Equipment(**(edited.equipment or {}))),
        }
    return _form(who, owner, values, problem, edited)


def _form(
    who: Account,
    owner: Profile,
    values: Mapping[str, object],
    problem: Problem | None,
    edited: Statement | None,
) -> ResponseReturnValue:
    current = problem.current if isinstance(problem, statements.Conflict) else None
    chosen = request.form.getlist("fields") if request.method == "POST" else None
    text = str(values.get("text") or "")
    page = render_template(
        "posting/statement_form.html",
        profile=owner,
        units=read.units_of(read_session(), owner.id)
        if can_edit_profile(who, read_session(), owner.id)
        else [],
        statement=edited,
        own_unit=read.unit(read_session(), who.unit_id) if who.unit_id else None,
        values=values,
        chosen=chosen,
        problem=problem,
        current=current,
        made=_address_of(problem.made_id) if isinstance(problem, UsedUp) else None,
        fields=_all_fields(),
        proposed=proposed_fields(part(Engine).encoder, part(Engine).subclasses, text)
        if limits.SHORTEST <= len(text) <= limits.LONGEST
        else [],
        nearest_problems=[],
        picked_problems=request.form.getlist("solves"),
        most_problems=MOST,
        equipment_labels=EQUIPMENT_LABELS,
        equipment_limits=EQUIPMENT_LIMITS,
        equipment_given=any(values.get(name) for name in EQUIPMENT_LABELS),
        users=list(Users),
        shortest=limits.SHORTEST,
        longest=limits.LONGEST,
    )
    return page, problem.status if problem else 200


def _tell(saved: Statement, owner: Profile, *, edited: bool) -> None:
    """What became of it, said at the text itself; with its form's key, for the browser to forget that draft."""
    accepted = f"at {saved.id} accepted {request.form.get('once', '')[:64]}"
    warning = f"at {saved.id} warning"
    if saved.awaited is not None:
        flash(_("저장했습니다. 담당자가 기관을 확인하면 바로 게시됩니다."), accepted)
    elif not saved.is_published:
        flash(_("임시 저장했습니다. 게시하기 전에는 다른 사람이 볼 수 없습니다."), accepted)
    elif edited and saved.visibility == Visibility.PUBLIC:
        flash(_("고쳤습니다. 지금부터 고친 글로 검색됩니다."), accepted)
    elif saved.visibility == Visibility.HIDDEN_NAME:
        flash(
            _("고쳤습니다. 내용은 검색되지만 기관 이름과 시군구는 지역 담당자에게만 보입니다.")
            if edited
            else _("게시했습니다. 내용은 검색되지만 기관 이름과 시군구는 지역 담당자에게만 보입니다."),
            accepted,
        )
        if names_itself(f"{saved.text}\n{saved.translation or ''}", owner, saved.unit_id):
            flash(_("글 안에 기관 이름이 들어 있습니다. 숨기려면 글에서도 지우십시오."), warning)
    else:
        flash(_("게시했습니다. 지금부터 검색됩니다."), accepted)
    if saved.language not in ("ko", "en"):
        flash(
            _(
                "한국어나 영어가 아닌 글로 보입니다. 검색은 되지만 한국어나 영어를 함께 적으면 더 많은 분이 읽습니다."
            ),
            warning,
        )


def _address_of(statement_id: int) -> str:
    with part(Database).reading() as session:  # it may have been made since this request began
        return _address(read.statement(session, statement_id))


def names_itself(text: str, owner: Profile, unit_id: int | None) -> bool:
    """Whether a text tells whose it is, by any name of the organisation or its unit."""
    said = text.casefold()
    names = [owner.name_ko, owner.name_en, *(row.name for row in other_names(read_session(), owner.id))]
    if unit_id is not None:
        own = read.unit(read_session(), unit_id)
        names += [own.name_ko, own.name_en, own.head]
    return any(name and len(name) > 1 and name.casefold() in said for name in names)


def _address(saved: Statement) -> str:
    if saved.unit_id is not None:
        return url_for("posting.unit", unit_id=saved.unit_id, _anchor=f"statement-{saved.id}")
    return url_for("posting.profile", profile_id=saved.profile_id, _anchor=f"statement-{saved.id}")


@pages.post("/statements/<int:statement_id>/withdraw")
@requires(can_edit_statement)
def withdraw_statement(who: Account, statement_id: int) -> ResponseReturnValue:
    """Takes a statement out of every result at once; it can be published again."""
    with part(Database).writing() as session:
        withdrawn = statements.withdraw(session, statement_id)
    flash(
        _("내렸습니다. 더는 검색되지 않습니다. «다시 게시»로 되돌릴 수 있습니다."), f"at {statement_id} done"
    )
    return redirect(_address(withdrawn))


@pages.post("/statements/<int:statement_id>/publish")
@requires(can_edit_statement)
def publish_statement(who: Account, statement_id: int) -> ResponseReturnValue:
    """Publishes a draft, or again what was withdrawn."""
    with part(Database).writing() as session:
        published = statements.publish(session, statement_id)
    shown = _("게시했습니다. 지금부터 검색됩니다.")
    if published.awaited is not None:
        shown = _("저장했습니다. 담당자가 기관을 확인하면 바로 게시됩니다.")
    flash(shown, f"at {statement_id} done")
    return redirect(_address(published))


@pages.post("/statements/<int:statement_id>/remove")
@requires(can_edit_statement)
def remove_statement(who: Account, statement_id: int) -> ResponseReturnValue:
    """Takes a draft or what was withdrawn out for good."""
    with part(Database).writing() as session:
        gone = take_out(session, statement_id)
    flash(_("글을 지웠습니다."))
    if gone.unit_id is not None:
        return redirect(url_for("posting.unit", unit_id=gone.unit_id))
    return redirect(url_for("posting.profile", profile_id=gone.profile_id))


@pages.route("/statements/<int:statement_id>/photo/edit", methods=["GET", "POST"])
@takes(LARGEST)
@requires(can_edit_statement)
def edit_photo(who: Account, statement_id: int) -> ResponseReturnValue:
    """Puts a photograph beside what is shared, in place of the one that was there."""
    problem: Problem | None = None
    shown = url_for("posting.statement", statement_id=statement_id)
    if request.method == "POST":
        file = request.files.get("photo")
        try:
            described = description(request.form.get("described", ""))
            kept = picture(file.read() if file else b"")
            with part(Database).writing() as session:
                keep_photo(session, statement_id, kept, described)
            flash(_("사진을 넣었습니다."))
            return redirect(shown)
        except Problem as error:
            problem = error
    said = read.statement(read_session(), statement_id)
    if said.kind != Kind.ASSET and problem is None:
        return redirect(shown)
    page = render_template(
        "posting/photo_form.html",
        statement=said,
        photos=photos_of(read_session(), [said]),
        problem=problem,
        described=request.form.get("described", ""),
        largest_photo=LARGEST,
        longest_description=LONGEST_DESCRIPTION,
    )
    return page, problem.status if problem else 200


@pages.post("/statements/<int:statement_id>/photo/remove")
@requires(can_edit_statement)
def remove_photo(who: Account, statement_id: int) -> ResponseReturnValue:
    """Takes the photograph out."""
    with part(Database).writing() as session:
        take_out_photo(session, statement_id)
    flash(_("사진을 지웠습니다."))
    return redirect(url_for("posting.statement", statement_id=statement_id))
