"""What `hub setup` does: folders, key, model, migrations, regions. Each step changes nothing when done."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlmodel import Session, select

from embeddings import bundle
from embeddings.encoder import ModelError, export, resolve
from embeddings.quiet import quieten
from embeddings.weight_file import BundleError
from hub import migrations
from hub.database import Database, Revision
from hub.fields.carried import carried_fields
from hub.fields.tables import TechnologyField
from hub.language import _
from hub.problems import Unavailable
from hub.regions.atlas import atlas
from hub.regions.tables import Region
from hub.settings import Settings, secret_key


def set_up(settings: Settings, say: Callable[[str], None]) -> None:
    """Makes everything that the hub needs to serve.

    :param say: told each step that changed something, in the reader's language.
    :raises Unavailable: when the model can neither be built nor found.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    secret_key(settings)
    set_up_model(settings, say)
    database = Database(settings.database, create=True)
    if migrations.current(database) != migrations.head():
        migrations.upgrade(database)
        say(_("데이터베이스를 최신 구조로 맞췄습니다 (%(head)s).", head=migrations.head()))
    with database.writing() as session:
        changed = set_up_reference(session)
    if changed:
        say(_("지역 %(regions)d곳과 기술 분야를 넣었습니다.", regions=len(atlas())))
    database.engine.dispose()


def set_up_model(settings: Settings, say: Callable[[str], None]) -> None:
    """Builds the bundled model, or fetches the one that ``HUB_MODEL`` names; then its faster export."""
    try:
        folder = settings.bundled_model
        if settings.model:
            folder = resolve(settings.model, download=True)
        elif not bundle.is_current(folder):
            say(_("모델을 만듭니다…"))
            quieten()
            cosine = bundle.build(folder)
            say(_("모델을 만들었습니다. 원본 엔진과의 코사인 %(cosine).4f.", cosine=cosine))
        agreement = export(folder)
        if agreement is not None:
            say(_("빠른 실행본(ONNX)을 만들었습니다. 모델과의 코사인 %(cosine).6f.", cosine=agreement))
    except (ModelError, BundleError) as error:
        raise Unavailable(_("모델을 준비할 수 없습니다: %(why)s", why=str(error))) from error


def set_up_reference(session: Session) -> bool:
    """Regions, technology fields and the database's own name; returns whether anything was missing."""
    held = set(session.exec(select(Region.code)))
    missing = [place for place in atlas().values() if place.code not in held]
    for level in ("province", "district"):  # a district refers to its province
        session.add_all(
            Region(
                code=place.code,
                level=place.level,
                parent_code=place.parent_code,
                name_ko=place.name_ko,
                name_en=place.name_en,
                latitude=place.latitude,
                longitude=place.longitude,
            )
            for place in missing
            if place.level == level
        )
        session.flush()
    known = set(session.exec(select(TechnologyField.code)))
    fields = [TechnologyField(**f.model_dump()) for f in carried_fields() if f.code not in known]
    session.add_all(fields)
    if session.get(Revision, 1) is None:
        session.add(Revision(id=1, number=0, database=str(uuid.uuid4())))
    return bool(missing or fields)


def open_database(settings: Settings) -> Database:
    """The database, made sure that it is there and stands at the newest migration.

    :raises Unavailable: in the reader's language, saying what to run.
    """
    database = Database(settings.database)
    if database.file is not None and not database.file.is_file():
        raise Unavailable(
            _("데이터베이스 %(file)s이(가) 없습니다. `hub setup`을 실행하십시오.", file=str(database.file))
        )
    if migrations.current(database) != migrations.head():
        raise Unavailable(_("데이터베이스 구조가 프로그램과 다릅니다. `hub setup`을 실행하십시오."))
    return database
