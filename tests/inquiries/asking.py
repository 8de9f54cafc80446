"""An inquiry as the form makes one, without the form."""

from __future__ import annotations

from sqlmodel import Session

from embeddings.encoder import Encoder
from hub.accounts.tables import Account
from hub.inquiries.inquiries import Asking, inquire
from hub.posting.statements import content, encode
from hub.profiles.tables import Inquiry


def ask_about(session: Session, encoder: Encoder, who: Account, text: str) -> Inquiry:
    """A member asks the staff about a new need."""
    written = content(kind="need", text=text, visibility="public", unit_id=who.unit_id)
    return inquire(session, who, Asking(None, written, encode(encoder, written), None))
