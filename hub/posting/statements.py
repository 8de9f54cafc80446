"""What a profile says: write, edit, publish, withdraw. Each rule is one part of one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, delete, select

from hub.database import lock, next_revision, now
from hub.fields.carried import field_codes
from hub.fields.tables import StatementField
from hub.language import _
from hub.problems import Problem
from hub.profiles import read, vectors
from hub.profiles.equipment import Equipment, searched_text
from hub.profiles.limits import LONGEST, SHORTEST
from hub.profiles.script import language_of
from hub.profiles.solved import LONGEST_PROBLEM, MOST, with_wordings
from hub.profiles.tables import Kind, Profile, Source, Statement, Vector, Visibility
from hub.profiles.vectors import Encoded, Said
from hub.search.query import HELP
from hub.text import check_length, clean, one_line

if TYPE_CHECKING:
    from embeddings.encoder import Encoder


class Conflict(Problem):
    """Somebody else saved the statement since it was opened; ``current`` is how it stands now."""

    status = 409

    def __init__(self, current: Statement) -> None:
        super().__init__(
            _("그 사이 다른 사람이 이 글을 고쳤습니다. 아래에서 두 글을 견주고 다시 저장하십시오.")
        )
        self.current = current


@dataclass(frozen=True)
class Content:
    """What a poster wrote. Make it with :func:`content`, which cleans and checks it."""

    kind: Kind
    text: str
    language: str
    visibility: Visibility
    trl: int | None = None
    fields: tuple[str, ...] = ()
    translation: str | None = None
    problems: tuple[tuple[str, ...], ...] = ()
    unit_id: int | None = None  # which of the organisation's units says it; ``None``: the organisation itself
    equipment: dict[str, Any] | None = None  # as Statement.equipment holds it

    @property
    def searched(self) -> str:
        """What it is found by."""
        return searched_text(self.text, self.equipment)


def encode(encoder: Encoder, written: Content) -> Encoded:
    """A statement's vectors; made before the transaction, so that they hold no lock."""
    return vectors.encode(encoder, [Said(written.searched, written.translation, written.problems)])[0]


def content(
    *,
    kind: str,
    text: str,
    visibility: str,
    trl: int | None = None,
    fields: tuple[str, ...] = (),
    translation: str = "",
    problems: Sequence[str] = (),
    known: Mapping[str, Sequence[str]] | None = None,
    unit_id: int | None = None,
    equipment: Equipment | None = None,
) -> Content:
    """Cleans and checks what a poster wrote.

    :param problems: those that it solves, one a line; ``known`` the wordings of those that are known, by each of them.
    :raises Problem: in the reader's language, saying what to change.
    """
    cleaned, language = _text(text)
    if kind not in set(Kind):
        raise Problem(_("등록 종류를 고르십시오: 보유 역량, 수요·애로기술, 사업 내용, 공유 자산."))
    if visibility not in set(Visibility):
        raise Problem(_("공개 범위를 고르십시오."))
    if visibility == Visibility.HIDDEN_NAME and kind != Kind.NEED:
        raise Problem(_("이름을 숨길 수 있는 것은 수요·애로기술뿐입니다."))
    if trl is not None and not 1 <= trl <= 9:
        raise Problem(_("기술성숙도(TRL)는 1에서 9까지입니다."))
    return Content(
        kind=Kind(kind),
        text=cleaned,
        language=language,
        visibility=Visibility(visibility),
        trl=trl,
        fields=tuple(dict.fromkeys(fields)),
        translation=_translation(translation, language) if translation else None,
        problems=_problems(problems, known or {}, kind),
        unit_id=unit_id,
        equipment=_equipment(equipment, kind),
    )


def _text(text: str) -> tuple[str, str]:
    """The text, checked, and its language."""
    cleaned = clean(text)
    if len(cleaned) < SHORTEST:
        raise Problem(
            _(
                "내용이 %(n)d자뿐입니다. 무엇을 할 수 있는지, 무엇이 필요한지 %(least)d자 이상 적어 주십시오.",
                n=len(cleaned),
                least=SHORTEST,
            )
        )
    check_length(_("내용"), cleaned, LONGEST)
    language = language_of(cleaned)
    if language is None:
        raise Problem(_("글자가 없습니다. 숫자나 기호만으로는 찾을 수 없습니다."))
    return cleaned, language


def _equipment(known: Equipment | None, kind: str) -> dict[str, Any] | None:
    """What is said of equipment, checked."""
    stored = known.as_stored() if known else None
    if stored and kind != Kind.ASSET:
        raise Problem(
            _(
                "장비의 모델·이용료 같은 정보는 공유 자산에만 적습니다. 등록 종류를 바꾸거나 그 칸을 비우십시오."
            )
        )
    return stored


def _problems(
    lines: Sequence[str], known: Mapping[str, Sequence[str]], kind: str
) -> tuple[tuple[str, ...], ...]:
    """The problems that it solves, checked."""
    written = [line for line in map(one_line, lines) if line]
    if written and kind not in HELP:
        raise Problem(
            _(
                "푸는 문제는 보유 역량이나 공유 자산에만 적습니다. 등록 종류를 바꾸거나 푸는 문제를 지우십시오."
            )
        )
    for line in written:
        check_length(_("푸는 문제 «%(start)s…»", start=line[:20]), line, LONGEST_PROBLEM)
        if language_of(line) is None:
            raise Problem(_("푸는 문제 «%(line)s»에 글자가 없습니다.", line=line[:20]))
    found = with_wordings(written, known)
    if len(found) > MOST:
        raise Problem(
            _("푸는 문제는 %(most)d개까지 적을 수 있습니다. 지금 %(n)d개입니다.", most=MOST, n=len(found))
        )
    return found


def _translation(text: str, language: str) -> str | None:
    cleaned = clean(text)
    if not cleaned:
        return None
    check_length(_("번역"), cleaned, LONGEST)
    if language_of(cleaned) in (language, None):
        raise Problem(_("번역은 본문과 다른 말로 적으십시오. 본문이 한국어면 영어로, 아니면 한국어로."))
    return cleaned


def _shown_to(session: Session, profile_id: int, wanted: str) -> tuple[str, str | None]:
    """The visibility that a statement gets, and the one that it awaits: nothing of an organisation is published that the
    staff of its region have not seen yet.

    Such an organisation is held to the commit, before any of its statements: what is wanted at the moment at which it is
    seen is published too. Once seen it stays so; then nothing is held.
    """
    if wanted == Visibility.DRAFT or read.profile(session, profile_id).review_asked_at is None:
        return wanted, None
    owner = lock(session, Profile, profile_id)
    return (wanted, None) if owner is None or owner.review_asked_at is None else (Visibility.DRAFT, wanted)


def add(session: Session, profile_id: int, written: Content, encoded: Encoded) -> Statement:
    """A new statement of a profile, with its vector; published at once unless it is a draft or its organisation has not
    been seen yet."""
    visibility, awaited = _shown_to(session, profile_id, written.visibility)
    read.check_unit_of(session, written.unit_id, profile_id)
    added = Statement(
        profile_id=profile_id,
        unit_id=written.unit_id,
        kind=written.kind,
        text=written.text,
        translation=written.translation,
        language=written.language,
        problems=[list(wordings) for wordings in written.problems],
        trl=written.trl,
        visibility=visibility,
        awaited=awaited,
        equipment=written.equipment,
    )
    if added.is_published:
        added.published_at = added.updated_at
    session.add(added)
    session.flush()
    _set_fields(session, added, written.fields)
    _set_vector(session, added, encoded)
    if added.is_published:  # last: whoever renames the profile holds its row and then asks for the number
        added.revision = next_revision(session)
    return added


def edit(session: Session, statement_id: int, version: int, written: Content, encoded: Encoded) -> Statement:
    """Changes a statement that stands at ``version``. The vector changes only with the text.

    What somebody compiled from public information and a member then edits is the member's own.

    :raises Conflict: when the statement has moved on from ``version``.
    """
    owner = read.statement(session, statement_id).profile_id
    visibility, awaited = _shown_to(session, owner, written.visibility)
    edited = read.statement(session, statement_id, held=True)
    if edited.version != version:
        raise Conflict(edited)
    read.check_unit_of(session, written.unit_id, edited.profile_id)
    was_published = edited.is_published
    problems = [list(wordings) for wordings in written.problems]
    stands = (edited.said(0), edited.translation, edited.problems)
    if stands != (written.searched, written.translation, problems):
        _set_vector(session, edited, encoded)
    edited.kind, edited.text, edited.language = written.kind, written.text, written.language
    edited.translation, edited.problems, edited.equipment = written.translation, problems, written.equipment
    edited.trl, edited.unit_id = written.trl, written.unit_id
    edited.visibility, edited.awaited = visibility, awaited
    edited.source, edited.label = Source.MEMBER, None
    if visibility != Visibility.DRAFT:  # whoever publishes what was withdrawn brings it back
        edited.withdrawn_at = None
    edited.version += 1
    edited.updated_at = now()
    if edited.is_published and edited.published_at is None:
        edited.published_at = edited.updated_at
    _set_fields(session, edited, written.fields)
    if was_published or edited.is_published:
        edited.revision = next_revision(session)
    session.add(edited)
    return edited


def withdraw(session: Session, statement_id: int) -> Statement:
    """Takes a statement out of every result. Nothing is deleted; :func:`publish` brings it back."""
    withdrawn = read.statement(session, statement_id, held=True)
    if withdrawn.is_published:
        withdrawn.withdrawn_at = now()
        withdrawn.version += 1
        withdrawn.revision = next_revision(session)
        session.add(withdrawn)
    return withdrawn


def publish(session: Session, statement_id: int) -> Statement:
    """Publishes a draft, or again what was withdrawn; where its organisation has not been seen yet, it awaits that."""
    owner = read.statement(session, statement_id).profile_id
    visibility, awaited = _shown_to(session, owner, Visibility.PUBLIC)
    published = read.statement(session, statement_id, held=True)
    if awaited is not None:
        published.awaited = published.awaited or awaited
    elif not published.is_published:
        if published.visibility == Visibility.DRAFT:
            published.visibility = published.awaited or visibility
        _show(published)
        published.revision = next_revision(session)
    session.add(published)
    return published


def publish_awaited(session: Session, profile_id: int) -> int:
    """Publishes what awaited that an organisation was seen, all in this transaction; how many texts.

    Whoever calls it holds the organisation's row.
    """
    waiting = select(Statement).where(Statement.profile_id == profile_id, col(Statement.awaited).is_not(None))
    waiting = waiting.order_by(col(Statement.id)).with_for_update(key_share=True)
    held = session.exec(waiting.execution_options(populate_existing=True)).all()
    for shown in held:
        shown.visibility = shown.awaited or shown.visibility
        _show(shown)
    if held:
        number = next_revision(session)
        for shown in held:
            shown.revision = number
            session.add(shown)
    return len(held)


def _show(shown: Statement) -> None:
    shown.awaited = shown.withdrawn_at = None
    shown.published_at = shown.published_at or now()
    shown.version += 1


def touch(session: Session, profile_id: int) -> None:
    """Tells every worker that a profile moved or was renamed: its statements change with it."""
    shown = select(Statement).where(Statement.profile_id == profile_id, col(Statement.revision) > 0)
    # The statements before the counter, as an edit takes them: two that wait for each other would both fail.
    held = session.exec(shown.order_by(col(Statement.id)).with_for_update(key_share=True)).all()
    number = next_revision(session)
    for changed in held:
        changed.revision = number
        session.add(changed)


def _set_fields(session: Session, owner: Statement, codes: tuple[str, ...]) -> None:
    unknown = [code for code in codes if code not in field_codes()]
    if unknown:
        raise Problem(_("기술 분야 코드 «%(code)s»은(는) 없습니다.", code=unknown[0][:20]))
    session.exec(delete(StatementField).where(col(StatementField.statement_id) == owner.id))
    session.add_all(StatementField(statement_id=owner.id, field_code=code) for code in codes)


def _set_vector(session: Session, owner: Statement, encoded: Encoded) -> None:
    """Keeps the new vector and drops those of other models: they are of the old text."""
    session.exec(delete(Vector).where(col(Vector.statement_id) == owner.id))
    session.add(encoded.row(owner.id))
