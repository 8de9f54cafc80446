"""What readers may see: which statements are published, and whose name and place may be shown.

Asked of the database's own row at the moment of showing. Nothing that is kept (an index, a list of
pairs, a map) may answer in its place: a name that was public a minute ago may be hidden now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlmodel import Session, col, select

from hub.profiles.collections import COLLECTIONS
from hub.profiles.tables import UNIT_OF, Kind, Profile, ProfileKind, Source, Statement, Unit, Visibility
from hub.regions.atlas import inside, province_of

PUBLISHED = sa.and_(col(Statement.visibility) != Visibility.DRAFT, col(Statement.withdrawn_at).is_(None))
# Under its own name: what may be said of an organisation by name is chosen by this.
NAMED = sa.and_(PUBLISHED, col(Statement.visibility) != Visibility.HIDDEN_NAME)
# Which organisations readers know. One that was entered here and says nothing under its own name is known to its own people
# and the staff of its region alone: beside a need that hides its name it would tell whose that is.
KNOWN = sa.or_(
    col(Profile.source_key).is_not(None),
    sa.exists().where(col(Statement.profile_id) == col(Profile.id), NAMED).correlate(Profile),
)
AT_ONCE = 5_000  # databases limit how many values one query may name


def is_known(session: Session, profile_id: int) -> bool:
    """Whether readers know an organisation; ``KNOWN`` asks the database of many."""
    held = session.get(Profile, profile_id)
    if held is None or held.source_key is not None:
        return held is not None
    return session.exec(select(Profile.id).where(Profile.id == profile_id, KNOWN)).first() is not None


def hides_name(visibility: str) -> bool:
    """Whether a statement of this visibility is found without telling whose it is."""
    return visibility == Visibility.HIDDEN_NAME


def shown_profile(statement: Statement, owner: Profile) -> Profile | None:
    """Whose a statement is, as readers may know; ``None`` while it hides its name."""
    return None if hides_name(statement.visibility) else owner


def shown_region(visibility: str, region_code: str) -> str:
    """Where a statement is placed, in lists, on maps and in every distance.

    A district can have one firm of its trade: a hidden name is placed in its province only.
    """
    return province_of(region_code).code if hides_name(visibility) else region_code


def shown_facts(
    visibility: str, region_code: str, profile_kind: str, size: str | None
) -> tuple[str, str, str | None]:
    """The region, the sort of organisation and the firm's size by which a statement is found.

    A hidden name is called a firm, whatever it is, and its size is not told: few firms of a province are large.
    """
    if not hides_name(visibility):
        return region_code, profile_kind, size
    return shown_region(visibility, region_code), ProfileKind.COMPANY, None


def shown_unit(statement: Statement) -> Unit | None:
    """Which unit says it, as readers may know; ``None`` where none does and while it hides its name."""
    return None if hides_name(statement.visibility) else statement.unit


def region_of(unit: Unit | None, owner: Profile) -> str:
    """The code of the region in which a unit is, or its organisation where the unit does not say."""
    return (unit.region_code if unit else None) or owner.region_code


def place_of(statement: Statement, owner: Profile) -> str:
    """The code of the region in which readers may know a statement: of its unit, where that says, or its owner."""
    return shown_region(statement.visibility, region_of(statement.unit, owner))


def read_published(session: Session, ids: Iterable[int]) -> dict[int, tuple[Statement, Profile]]:
    """Statements by number, with their profiles. One withdrawn this very moment is left out."""
    listed = sorted(set(ids))
    found: dict[int, tuple[Statement, Profile]] = {}
    for start in range(0, len(listed), AT_ONCE):
        rows = session.exec(
            select(Statement, Profile)
            .join(Profile, col(Profile.id) == Statement.profile_id)
            .where(col(Statement.id).in_(listed[start : start + AT_ONCE]), PUBLISHED)
            .options(joinedload(UNIT_OF))
        )
        found |= {statement.id: (statement, profile) for statement, profile in rows}
    return found


def count_published(session: Session) -> int:
    """How many statements readers can find."""
    return int(session.exec(select(sa.func.count()).select_from(Statement).where(PUBLISHED)).one())


def counts_of_collections(session: Session) -> dict[str, int]:
    """Of each collection of carried data how many statements readers can find, as nobody has edited them since;
    of one that has organisations alone, how many of these."""
    found = {}
    for one in COLLECTIONS:
        if one.prefix is None:
            universities = (
                Profile.kind == ProfileKind.UNIVERSITY,
                col(Profile.source_key).startswith("public:"),
            )
            query = select(sa.func.count()).select_from(Profile).where(*universities)
        else:
            of_it = col(Statement.source_key).startswith(one.prefix)
            query = (
                select(sa.func.count())
                .select_from(Statement)
                .where(PUBLISHED, of_it, col(Statement.source) != Source.MEMBER)
            )
        found[one.name] = int(session.exec(query).one())
    return found


def statements_of(session: Session, profile_id: int, *, as_editor: bool) -> list[Statement]:
    """A profile's statements on its own page, newest first: all for its editors; for others what shows its name."""
    query = select(Statement).where(Statement.profile_id == profile_id).options(joinedload(UNIT_OF))
    if not as_editor:
        query = query.where(NAMED)
    return list(session.exec(query.order_by(col(Statement.updated_at).desc(), col(Statement.id))))


def is_named(statement: Statement) -> bool:
    """Whether a statement is published under its own name."""
    return statement.is_published and not hides_name(statement.visibility)


def names_of_statements(session: Session, ids: Iterable[int]) -> dict[int, tuple[int, str, str | None]]:
    """Of statements under their own name: whose each is, by number, Korean and English name."""
    listed = list(ids)
    found: dict[int, tuple[int, str, str | None]] = {}
    for start in range(0, len(listed), AT_ONCE):
        query = (
            sa.select(Statement.id, Profile.id, Profile.name_ko, Profile.name_en)  # type: ignore[call-overload]
            .join(Profile, col(Profile.id) == Statement.profile_id)
            .where(NAMED, col(Statement.id).in_(listed[start : start + AT_ONCE]))
        )
        for number, *whose in session.connection().execute(query):
            found[number] = tuple(whose)
    return found


def hidden_needs(session: Session, region: str) -> list[tuple[Statement, Profile]]:
    """The published needs of a region that hide their name, newest first, with whose they are: for its own staff alone
    (:func:`hub.accounts.policy.can_keep_desk`)."""
    query = (
        select(Statement, Profile)
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .outerjoin(Unit, col(Unit.id) == Statement.unit_id)
        .where(
            PUBLISHED,
            Statement.visibility == Visibility.HIDDEN_NAME,
            sa.func.coalesce(Unit.region_code, Profile.region_code).in_(inside(region)),
        )
        .options(joinedload(UNIT_OF))
        .order_by(col(Statement.updated_at).desc(), col(Statement.id).desc())
    )
    return list(session.exec(query).all())


def profiles_that_share(session: Session, profile_ids: Iterable[int]) -> set[int]:
    """Those of these profiles that have posted an asset for others to use."""
    profile_ids = list(profile_ids)
    if not profile_ids:
        return set()
    own = col(Statement.profile_id).in_(profile_ids)
    return set(session.exec(select(Statement.profile_id).where(own, Statement.kind == Kind.ASSET, NAMED)))


def newest(session: Session, limit: int = 6) -> list[tuple[Statement, Profile]]:
    """What members published last under their own name; what was compiled or taken from a list is not news."""
    query = (
        select(Statement, Profile)
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .where(NAMED, Statement.source == Source.MEMBER)
        .options(joinedload(UNIT_OF))
        .order_by(col(Statement.published_at).desc(), col(Statement.id).desc())
        .limit(limit)
    )
    return list(session.exec(query).all())


def is_new(statement: Statement, since: datetime | None) -> bool:
    """Whether a member has published it since; what was compiled or taken from a list is not news."""
    posted = statement.published_at
    return since is not None and statement.source == Source.MEMBER and posted is not None and posted > since


def posted_since(
    session: Session,
    since: datetime | None,
    *,
    region: str | None = None,
    apart_from: int | None = None,
    limit: int,
) -> list[tuple[Statement, Profile]]:
    """The published statements that :func:`is_new` says yes to, newest first, with whose they are.

    :param region: only those of organisations and units here.
    :param apart_from: not those of this organisation.
    """
    if since is None:
        return []
    query = (
        select(Statement, Profile)
        .join(Profile, col(Profile.id) == Statement.profile_id)
        .where(PUBLISHED, Statement.source == Source.MEMBER, col(Statement.published_at) > since)
        .options(joinedload(UNIT_OF))
        .order_by(col(Statement.published_at).desc(), col(Statement.id).desc())
    )
    if apart_from is not None:
        query = query.where(Statement.profile_id != apart_from)
    if region is not None:
        place = sa.func.coalesce(Unit.region_code, Profile.region_code)
        query = query.outerjoin(Unit, col(Unit.id) == Statement.unit_id).where(place.in_(inside(region)))
    return list(session.exec(query.limit(limit)).all())


def profiles_with_statements(session: Session) -> list[tuple[int, datetime]]:
    """The profiles that say something under their own name, and when they last changed it."""
    return _last_changes(session, col(Statement.profile_id))


def units_with_statements(session: Session) -> list[tuple[int, datetime]]:
    """The units that do."""
    return _last_changes(session, col(Statement.unit_id))


def _last_changes(session: Session, whose: Any) -> list[tuple[int, datetime]]:
    query = select(whose, sa.func.max(Statement.updated_at)).where(NAMED, whose.is_not(None))
    return [(number, when) for number, when in session.exec(query.group_by(whose).order_by(whose))]
