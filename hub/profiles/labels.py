"""What pages call a profile, a statement and what is said of them."""

from __future__ import annotations

from datetime import datetime

from hub.language import N_, _, in_language
from hub.profiles.carried import institute_comes_with
from hub.profiles.collections import COLLECTIONS, Collection, as_it_came, collection_of
from hub.profiles.equipment import USERS_NAMES, Users, shown_equipment
from hub.profiles.homepage import usable
from hub.profiles.published import hides_name, place_of, region_of, shown_unit
from hub.profiles.solved import shown_problems
from hub.profiles.tables import Kind, Profile, ProfileKind, Source, Statement, Unit, UnitKind, Visibility

KIND_NAMES = {
    Kind.CAPABILITY: N_("보유 역량"),
    Kind.NEED: N_("수요·애로기술"),
    Kind.BUSINESS: N_("사업 내용"),
    Kind.ASSET: N_("공유 자산"),
}

PROFILE_KIND_NAMES = {
    ProfileKind.UNIVERSITY: N_("대학"),
    ProfileKind.INSTITUTE: N_("연구기관"),
    ProfileKind.COMPANY: N_("기업"),
}

UNIT_KIND_NAMES = {
    UnitKind.LABORATORY: N_("연구실"),
    UnitKind.CENTER: N_("센터"),
    UnitKind.DEPARTMENT: N_("학과"),
    UnitKind.DIVISION: N_("부서"),
}

SIZE_NAMES = {"small": N_("소기업"), "medium": N_("중기업"), "large": N_("대기업")}


def kind_name(kind: str) -> str:
    """A statement's kind."""
    return _(KIND_NAMES[Kind(kind)])


def profile_kind_name(kind: str) -> str:
    """An organisation's kind."""
    return _(PROFILE_KIND_NAMES[ProfileKind(kind)])


def unit_kind_name(kind: str) -> str:
    """A unit's kind."""
    return _(UNIT_KIND_NAMES[UnitKind(kind)])


def unit_name(unit: Unit) -> str:
    """A unit's name, without its organisation's."""
    return in_language(unit.name_ko, unit.name_en)


def users_name(users: str) -> str:
    """Who may use what is shared."""
    return _(USERS_NAMES[Users(users)])


def size_name(size: str) -> str:
    """A firm's size."""
    return _(SIZE_NAMES[size])


def profile_name(profile: Profile) -> str:
    """An organisation's name."""
    return in_language(profile.name_ko, profile.name_en)


def said_by(profile: Profile | None, statement: Statement) -> str:
    """Who says it, in one line: the organisation and, where one of its units does, that; of many laboratories of one
    university each is told by it. As far as readers may know: ``None`` hides its name."""
    if profile is None:
        return _("비공개 기업")
    unit = shown_unit(statement)
    return f"{profile_name(profile)} · {unit_name(unit)}" if unit else profile_name(profile)


def source_note(statement: Statement) -> str | None:
    """What must be said beside a statement that nobody posted."""
    if statement.source == Source.MEMBER:
        return None
    collection = collection_of(statement.source_key)
    note = _(collection.note) if collection and collection.note else _("공개 정보로 작성한 예시")
    # Of an offered technology the number of its patent, to look it up by.
    return f"{note} · {statement.label}" if collection and collection.name == "offers" else note


def told_when(statement: Statement) -> tuple[str, datetime]:
    """What a statement's page says of its time, and the moment: changed, written, entered for somebody, or posted."""
    posted = statement.published_at or statement.created_at
    if statement.version > 1 and statement.updated_at > posted:
        return _("고친 때"), statement.updated_at
    if state_of(statement) == "draft":
        return _("적은 때"), posted
    return (_("올린 때") if statement.source == Source.MEMBER else _("넣은 때")), posted


def profile_source(profile: Profile) -> Collection | None:
    """The collection that says where an organisation is, as long as nobody here has said it anew."""
    key = profile.source_key or ""
    if not as_it_came(profile):
        return None
    if key.startswith("public:"):
        name = "universities" if profile.kind == ProfileKind.UNIVERSITY else institute_comes_with(key)
        return next(one for one in COLLECTIONS if one.name == name)
    return collection_of(key)


def state_of(statement: Statement) -> str:
    """``published``, ``hidden-name``, ``draft`` or ``withdrawn``."""
    if statement.visibility == Visibility.DRAFT:
        return "draft"
    if statement.withdrawn_at is not None:
        return "withdrawn"
    return "hidden-name" if statement.visibility == Visibility.HIDDEN_NAME else "published"


def usable_homepage(kept: str | None) -> str | None:
    """The address of an organisation's page to link to, if the one that it gave can be followed."""
    return usable(kept)


FOR_TEMPLATES = (
    hides_name,
    said_by,
    kind_name,
    profile_kind_name,
    size_name,
    place_of,
    profile_name,
    profile_source,
    region_of,
    shown_unit,
    unit_kind_name,
    unit_name,
    shown_equipment,
    shown_problems,
    source_note,
    state_of,
    told_when,
    usable_homepage,
    users_name,
)
