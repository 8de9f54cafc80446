"""Profile and statement, the names of the one and the vectors of the other."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Field, SQLModel

from hub.database import Moment, now
from hub.profiles.equipment import searched_text


class ProfileKind(StrEnum):
    """What sort of organisation a profile is."""

    UNIVERSITY = "university"
    INSTITUTE = "institute"
    COMPANY = "company"


SIZES = ("small", "medium", "large")


class Kind(StrEnum):
    """What a statement says of its profile."""

    CAPABILITY = "capability"
    NEED = "need"
    BUSINESS = "business"
    ASSET = "asset"


class Visibility(StrEnum):
    """Who learns what of a statement. Only a need may hide its name."""

    PUBLIC = "public"
    HIDDEN_NAME = "hidden-name"
    DRAFT = "draft"


class Source(StrEnum):
    """Where a statement comes from."""

    MEMBER = "member"
    SAMPLE = "sample"  # compiled from public information, and shown as such
    LISTED = "listed"  # as a public list or page has it; which one says hub/profiles/collections.py


def _one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


class Profile(SQLModel, table=True):
    """One organisation. Known by its name and region; ``name_key`` is the name as it compares.

    ``ror`` is its identifier in the Research Organization Registry, without the address before it.
    ``review_asked_at`` stands while an organisation that its first member entered has not been seen by the staff of its
    region: until then nothing of it is published. ``review_answer`` is what they want mended.
    """

    __table_args__ = (
        sa.UniqueConstraint("name_key", "region_code"),
        _one_of("kind", ProfileKind),
        sa.CheckConstraint("size IN ('small', 'medium', 'large')", name="size"),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    kind: str = Field(max_length=10, index=True)
    size: str | None = Field(default=None, max_length=6)
    name_ko: str = Field(max_length=120)
    name_en: str | None = Field(default=None, max_length=160)
    name_key: str = Field(max_length=120)
    region_code: str = Field(foreign_key="region.code", max_length=5, index=True)
    homepage: str | None = Field(default=None, max_length=300)
    industry: str | None = Field(default=None, max_length=120)
    market: str | None = Field(default=None, max_length=20)
    listed_on: str | None = Field(default=None, max_length=10)
    address: str | None = Field(default=None, max_length=200)
    ror: str | None = Field(default=None, max_length=9)
    source_key: str | None = Field(default=None, max_length=160, unique=True)
    review_asked_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    review_answer: str | None = Field(default=None, sa_type=sa.Text)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    updated_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class NameKind(StrEnum):
    """How an organisation comes by a name. ``usual`` ones follow from its name (부산대) and are not shown."""

    KOREAN = "korean"
    ENGLISH = "english"
    SHORT = "short"
    FORMER = "former"
    OTHER = "other"
    USUAL = "usual"


class ProfileName(SQLModel, table=True):
    """One of the names that an organisation is found by; ``name_key`` is the name as it compares."""

    __tablename__ = "profile_name"
    __table_args__ = (_one_of("kind", NameKind),)

    profile_id: int = Field(foreign_key="profile.id", primary_key=True)
    name_key: str = Field(max_length=160, primary_key=True, index=True)
    name: str = Field(max_length=160)
    kind: str = Field(max_length=7)


class Contact(SQLModel, table=True):
    """Whom to speak to in an organisation, as the staff of its region have noted it for themselves: nobody else reads it,
    not those of another region either to which it moves."""

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    profile_id: int = Field(foreign_key="profile.id", index=True)
    region_code: str = Field(
        foreign_key="region.code", max_length=5, index=True
    )  # where it was when this was noted
    name: str = Field(max_length=60)
    reach: str = Field(max_length=120)  # a telephone number, an e-mail address
    note: str = Field(sa_type=sa.Text)
    account_id: int = Field(foreign_key="account.id", index=True)  # who noted it
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class Referral(SQLModel, table=True):
    """An organisation that the staff of one region hand over to those of the region where it is.

    It waits until these enter it (``profile_id``) or say why not (``answer``). Then its contact is theirs and leaves the
    referral, or is read again by whoever handed it over alone.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    region_code: str = Field(foreign_key="region.code", max_length=5, index=True)  # to whose staff
    account_id: int = Field(foreign_key="account.id", index=True)  # by whom
    name_ko: str = Field(max_length=120)
    kind: str = Field(max_length=10)
    homepage: str | None = Field(default=None, max_length=300)
    contact_name: str = Field(max_length=60)
    contact_reach: str = Field(max_length=120)
    contact_note: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    profile_id: int | None = Field(default=None, foreign_key="profile.id", index=True)
    answer: str | None = Field(default=None, sa_type=sa.Text)
    answered_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None


class Inquiry(SQLModel, table=True):
    """A need that its organisation brings to the staff of its region, because nothing answers it (담당자에게 물어보기) or
    because somebody may: then ``partner_statement_id`` says who.

    It waits until the staff answer, with the numbers of up to three statements that they propose. What it speaks of may be
    taken out for good: a need that is gone leaves no number, a partner ``partner_gone``, and what was proposed a 0.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(default=None, primary_key=True)  # the database gives it
    statement_id: int | None = Field(default=None, foreign_key="statement.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)  # who asks
    partner_statement_id: int | None = Field(default=None, foreign_key="statement.id", index=True)
    partner_gone: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    answered_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answer: str | None = Field(default=None, sa_type=sa.Text)
    proposed: list[int] = Field(
        default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False, server_default="[]")
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None and self.withdrawn_at is None


class UnitKind(StrEnum):
    """What a unit calls itself."""

    LABORATORY = "laboratory"
    CENTER = "center"
    DEPARTMENT = "department"
    DIVISION = "division"


class Unit(SQLModel, table=True):
    """A part of an organisation that posts by itself: a laboratory, a center, a department, a division.

    ``head`` is who leads it, where it wants to say so; ``region_code`` where it is, if not where the organisation is.
    """

    __table_args__ = (sa.UniqueConstraint("profile_id", "name_key"), _one_of("kind", UnitKind))

    id: int = Field(default=None, primary_key=True)  # the database gives it
    profile_id: int = Field(foreign_key="profile.id", index=True)
    kind: str = Field(max_length=10)
    name_ko: str = Field(max_length=120)
    name_en: str | None = Field(default=None, max_length=160)
    name_key: str = Field(max_length=120, index=True)
    head: str | None = Field(default=None, max_length=60)
    homepage: str | None = Field(default=None, max_length=300)
    region_code: str | None = Field(default=None, foreign_key="region.code", max_length=5)
    source_key: str | None = Field(default=None, max_length=160, unique=True, index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    updated_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class Statement(SQLModel, table=True):
    """One thing that a profile says in its own words, or that one of its units does.

    ``translation`` says the same in the other language (English beside Korean, or Korean beside
    anything else); readers of either find it and read it in their own.
    ``problems`` are those that it solves, in its visitors' own words: of each the wordings, first the one
    that is shown, then the same as people type it or in the other language.
    ``equipment`` is what is said beside the text of what others may use (:mod:`hub.profiles.equipment`).
    ``awaited`` is the visibility that a draft gets once its organisation has been seen by the staff of its region.
    ``version`` counts edits, so that a second editor is told instead of overwriting.
    ``revision`` is the number of the last change to what the public sees of it; 0 before any.
    """

    __table_args__ = (
        _one_of("kind", Kind),
        _one_of("visibility", Visibility),
        _one_of("source", Source),
        sa.CheckConstraint("trl BETWEEN 1 AND 9", name="trl"),
        sa.CheckConstraint("visibility <> 'hidden-name' OR kind = 'need'", name="hidden_need"),
    )

    id: int = Field(default=None, primary_key=True)  # the database gives it
    profile_id: int = Field(foreign_key="profile.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    kind: str = Field(max_length=10)
    text: str = Field(sa_type=sa.Text)
    translation: str | None = Field(default=None, sa_type=sa.Text)
    language: str = Field(max_length=2)
    trl: int | None = Field(default=None)
    visibility: str = Field(max_length=11)
    awaited: str | None = Field(default=None, max_length=11)
    source: str = Field(default=Source.MEMBER, max_length=6)
    source_key: str | None = Field(default=None, max_length=160, unique=True)
    label: str | None = Field(default=None, max_length=40)
    problems: list[list[str]] = Field(
        default_factory=list, sa_column=sa.Column(sa.JSON, nullable=False, server_default="[]")
    )
    equipment: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))  # type: ignore[call-overload]
    version: int = Field(default=1)
    revision: int = Field(default=0, index=True)
    created_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    updated_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
    published_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)  # type: ignore[call-overload]

    if TYPE_CHECKING:  # the mapper adds it, see below

        @property
        def unit(self) -> Unit | None:
            """Which of the organisation's units says it."""

    def said(self, wording: int) -> str:
        """What it is found by: the text, with what is said of equipment (0), or its translation (1)."""
        if wording and self.translation:
            return self.translation
        return searched_text(self.text, self.equipment)

    @property
    def is_published(self) -> bool:
        """Whether readers find it, with or without its name; ``profiles.published.PUBLISHED`` asks the database."""
        return self.visibility != Visibility.DRAFT and self.withdrawn_at is None


# Loaded when it is asked for; where many statements are read it is read with them (``joinedload(UNIT_OF)``). Not always
# by a join: a row that is locked must not be the outer side of one.
sa.inspect(Statement).add_property("unit", sqlalchemy.orm.relationship(Unit, viewonly=True))
UNIT_OF: Any = Statement.unit


class Vector(SQLModel, table=True):
    """A statement's vectors under one model: float16 numbers, little-endian, unit length.

    ``data`` holds the whole text's vector, then those of its phrases; ``translation_data`` the same
    of the translation; ``problem_data`` one of each problem that it solves, the mean of its wordings'.
    """

    statement_id: int = Field(foreign_key="statement.id", primary_key=True)
    model: str = Field(primary_key=True, max_length=16)
    data: bytes = Field(sa_type=sa.LargeBinary)
    translation_data: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    problem_data: bytes | None = Field(default=None, sa_type=sa.LargeBinary)


class Photo(SQLModel, table=True):
    """The photograph of what a statement offers, as it is shown: WebP, without what the camera noted in it."""

    statement_id: int = Field(foreign_key="statement.id", primary_key=True)
    data: bytes = Field(sa_type=sa.LargeBinary)
    width: int
    height: int
    described: str = Field(max_length=200)
    updated_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]


class RemovedStatement(SQLModel, table=True):
    """A statement that is gone, and the number of the change that took it: whoever keeps something of it learns so."""

    __tablename__ = "removed_statement"

    statement_id: int = Field(primary_key=True)
    revision: int = Field(index=True)
