"""Another model takes over while the old one serves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from sqlmodel import func, select

from embeddings.encoder import Encoder
from hub.accounts.passwords import add_account
from hub.database import Database
from hub.index.engine import Engine
from hub.index.reindex import missing, prune, reindex
from hub.intake import sample
from hub.problems import Unavailable
from hub.profiles.tables import Vector
from hub.search import feedback
from hub.search.feedback import Feedback
from hub.settings import Settings
from hub.setup import set_up
from tests.conftest import PASSWORD
from tests.posting.test_statements import TEXT, found, post
from tests.remembering import Remembering

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def small(settings: Settings, remembering: Remembering) -> Settings:
    """A hub of the hundred compiled statements: more than one batch, and soon encoded anew."""
    set_up(settings, print)
    database = Database(settings.database)
    sample.load(database, lambda: remembering, only=("compiled",))  # type: ignore[arg-type, return-value]
    database.engine.dispose()
    return settings


@pytest.fixture
def other_model(tmp_path: Path, model_folder: Path) -> Path:
    """Another real sentence-transformers model: the default one's words without its layers, soon run over the
    problem bank."""
    whole = SentenceTransformer(str(model_folder), device="cpu")
    body = whole[0]
    assert isinstance(body, Transformer)
    bert = body.model
    bert.encoder.layer = bert.encoder.layer[:0]
    bert.config.num_hidden_layers = 0
    folder = tmp_path / "other"
    SentenceTransformer(modules=[body, Pooling(384, pooling_mode="mean"), Normalize()], device="cpu").save(
        str(folder), create_model_card=False
    )
    return folder


def test_another_model_takes_over_while_the_old_one_serves(
    small: Settings, other_model: Path, run_hub: Run
) -> None:
    old = Engine(small, Database(small.database))
    new_settings = small.model_copy(update={"model": str(other_model)})
    with pytest.raises(Unavailable, match="hub reindex"):
        Engine(new_settings, Database(new_settings.database))

    encoder = Encoder(other_model)
    database = Database(new_settings.database)
    done: list[int] = []

    def interrupt(count: int) -> None:
        done.append(count)
        if len(done) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(database, encoder, interrupt)
    posted = post(old, "국립목포대학교")  # the old model goes on serving and taking postings
    assert found(old, TEXT)[0] == posted.id
    with database.reading() as session:
        assert missing(session, encoder.fingerprint) == 101 + 1 - 64
    assert reindex(database, encoder) == 101 + 1 - 64
    assert reindex(database, encoder) == 0

    new = Engine(new_settings, Database(new_settings.database))
    assert new.store.model != old.store.model
    assert found(new, TEXT)[0] == posted.id
    late = post(old, "국립목포대학교", TEXT + " 나중에 올린 글")  # posted after the re-encoding
    assert late.id in found(new, TEXT)
    with database.reading() as session:
        before = session.exec(select(func.count()).select_from(Vector)).one()
    assert prune(database, encoder.fingerprint) == before - 102
    assert found(new, TEXT)[0] in (posted.id, late.id)

    with old.database.writing() as session:
        who = add_account(session, "a@hub.example", PASSWORD, "staff", region="26").id
        feedback.say(session, old.encoder, who, posted.id, "김치 포장", verdict="right", word="high")
    again = run_hub("reindex", HUB_MODEL=str(other_model))
    assert again.returncode == 0, again.stderr
    assert "1건을 인코딩했습니다" in again.stdout
    with database.reading() as session:  # what people said counts under the new model too
        assert session.exec(select(Feedback.model)).all() == [encoder.fingerprint]
        assert feedback.lacking_vector(session, encoder.fingerprint, 1) == []
    assert "바뀐 것이 없습니다" in run_hub("reindex", HUB_MODEL=str(other_model)).stdout
