"""An inquiry as the form makes one, without the form."""

from __future__ import annotations

from functools import lru_cache

from sqlmodel import Session

from embeddings.encoder import Encoder
from hub.accounts.tables import Account
from hub.inquiries.inquiries import Asking, inquire
from hub.posting.statements import content, encode
from hub.profiles.tables import Inquiry
from hub.settings import Settings


@lru_cache(maxsize=1)
def _encoder() -> Encoder:
    return Encoder(Settings().bundled_model)


def ask_about(
    session: Session, who: Account, text: str, *, visibility: str = "public", partner: int | None = None
) -> Inquiry:
    """A member asks the staff about a new need."""
    written = content(kind="need", text=text, visibility=visibility, unit_id=who.unit_id)
    return inquire(session, who, Asking(None, written, encode(_encoder(), written), partner))
