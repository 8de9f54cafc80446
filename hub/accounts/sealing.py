"""What the database keeps but nobody may read there: sealed under a key that is derived from the app's secret key.

Each purpose has a key of its own, so that what was sealed for one account or one page opens for no other. After the secret
key has been exchanged, what the former one sealed still opens, and :meth:`Sealer.renew` seals it anew.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Sealer:
    """Seals with the first of these secret keys, opens with any of them."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secrets)

    def seal(self, purpose: str, text: str) -> str:
        """The text as only this hub can read it, and for this purpose alone."""
        return self._keys(purpose).encrypt(text.encode()).decode()

    def open(self, purpose: str, sealed: str, seconds: int | None = None) -> str | None:
        """What was sealed; ``None`` where it was for something else, by other keys, or more than so long ago."""
        try:
            return self._keys(purpose).decrypt(sealed.encode(), seconds).decode()
        except (InvalidToken, UnicodeEncodeError):
            return None

    def renew(self, purpose: str, sealed: str) -> str | None:
        """The same, sealed with the first key; ``None`` where none of them opens it."""
        try:
            return self._keys(purpose).rotate(sealed.encode()).decode()
        except InvalidToken:
            return None

    def _keys(self, purpose: str) -> MultiFernet:
        return MultiFernet([Fernet(_derived(secret, purpose)) for secret in self._secrets])


def _derived(secret: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"hub {purpose}".encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
