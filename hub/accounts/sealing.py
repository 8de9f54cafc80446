"""What the database keeps but nobody may read there: sealed under a key that is derived from the app's secret key. And what
goes out and must come back as it was: signed with that key.

Each purpose has a key of its own, so that what was sealed for one account or one page opens for no other. After the secret
key has been exchanged, what the former one sealed still opens, and :meth:`Sealer.renew` seals it anew.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import URLSafeTimedSerializer


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


def signer(secrets: Sequence[str], purpose: str) -> URLSafeTimedSerializer:
    """Signs what stands in a link or a cookie, for one purpose alone, and tells its age when it comes back.

    :param secrets: the present secret key, and then those of before: what these signed still holds.
    """
    return URLSafeTimedSerializer([*reversed(secrets)], salt=purpose, signer_kwargs={"digest_method": sha256})


def _derived(secret: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"hub {purpose}".encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
