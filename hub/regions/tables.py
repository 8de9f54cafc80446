"""Region: a province (시도) or a district (시군구) with its official code."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class Region(SQLModel, table=True):
    """Rows come from ``hub/data/regions.csv``; other tables refer to them by code."""

    __table_args__ = (sa.CheckConstraint("level IN ('province', 'district')", name="level"),)

    code: str = Field(primary_key=True, max_length=5)
    level: str = Field(max_length=8)
    parent_code: str | None = Field(default=None, foreign_key="region.code", max_length=5, index=True)
    name_ko: str = Field(max_length=40)
    name_en: str = Field(max_length=60)
    latitude: float
    longitude: float
