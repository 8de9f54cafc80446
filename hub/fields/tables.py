"""Technology fields, and what lies in them: the fields that a poster confirmed, and those that a region chose."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from hub.database import Moment, now


class TechnologyField(SQLModel, table=True):
    """A class of the national science and technology classification, or a strategic technology."""

    __tablename__ = "field"

    code: str = Field(primary_key=True, max_length=4)
    scheme: str = Field(max_length=10)
    name_ko: str = Field(max_length=60)
    name_en: str = Field(max_length=80)


class StatementField(SQLModel, table=True):
    """The technology fields that a statement's poster confirmed."""

    __tablename__ = "statement_field"

    statement_id: int = Field(foreign_key="statement.id", primary_key=True)
    field_code: str = Field(foreign_key="field.code", primary_key=True, max_length=4)


class RegionField(SQLModel, table=True):
    """One field of one region, and who set it when."""

    __tablename__ = "region_field"

    region_code: str = Field(foreign_key="region.code", primary_key=True, max_length=5)
    field_code: str = Field(foreign_key="field.code", primary_key=True, max_length=4)
    account_id: int = Field(foreign_key="account.id")
    set_at: datetime = Field(default_factory=now, sa_type=Moment)  # type: ignore[call-overload]
