"""OpenID Connect providers of the tests' own: a real one in a process of its own, and one that misbehaves on demand."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlmodel import Session

from hub.accounts.passwords import add_newcomer, hash_of
from hub.accounts.tables import Account
from hub.database import now
from tests.conftest import PASSWORD
from tests.serving import free_port

CLIENT, SECRET, NAME = "hub", "provider-secret", "행정 통합로그인"
CALLBACK = "/sign-in/oidc/callback"


def variables(issuer: str) -> dict[str, str]:
    """What a hub is told of a provider."""
    return {
        "HUB_OIDC_ISSUER": issuer,
        "HUB_OIDC_CLIENT_ID": CLIENT,
        "HUB_OIDC_CLIENT_SECRET": SECRET,
        "HUB_OIDC_NAME": NAME,
    }


def member(session: Session, email: str) -> Account:
    """Somebody who has opened an account with :data:`PASSWORD` and belongs to no organisation yet."""
    made = add_newcomer(session, email, hash_of(PASSWORD, email))
    made.confirmed_at = now()
    return made


@dataclass
class RealProvider:
    """`oidc_provider_mock`, which signs whoever one says in."""

    issuer: str
    process: subprocess.Popen[bytes]

    def knows(self, subject: str, **claims: object) -> None:
        """Sets what it says of somebody."""
        body = json.dumps(claims).encode()
        asked = urllib.request.Request(
            f"{self.issuer}/users/{quote(subject)}", body, {"Content-Type": "application/json"}, method="PUT"
        )
        urllib.request.urlopen(asked, timeout=10).close()

    def stop(self) -> None:
        """It is down."""
        self.process.kill()
        self.process.wait(timeout=10)


@contextmanager
def real_provider(port: int | None = None) -> Iterator[RealProvider]:
    """A provider in a process of its own."""
    port = port or free_port()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"],
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
        provider = RealProvider(f"http://127.0.0.1:{port}", process)
        try:
            for _time in range(300):
                try:
                    urllib.request.urlopen(provider.issuer, timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    if process.poll() is not None:
                        log.seek(0)
                        raise RuntimeError(log.read().decode()) from None
                    time.sleep(0.1)
            yield provider
        finally:
            provider.stop()


@dataclass
class OddProvider:
    """A provider that keeps to the rules, but for what a test has it do otherwise.

    ``claims`` and ``header`` are put into the token in place of the right ones, ``None`` takes one out; ``document`` into
    the discovery document; ``answers`` says status and text of an address, in place of what would be answered there.
    """

    port: int = field(default_factory=free_port)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    told: dict[str, Any] = field(
        default_factory=lambda: {"email": "kim@firm.example", "email_verified": True}
    )
    delay: float = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signed_with: RSAKey | None = None
    token: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def lets_in(self, there: str, subject: str = "7") -> str:
        """What its sign-in page would do: the address with which it sends the browser back."""
        sent = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        assert sent["response_type"] == "code"
        assert sent["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**sent, "sub": subject}
        return f"{urlsplit(sent['redirect_uri']).path}?" + urlencode({"code": code, "state": sent["state"]})

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, str]:
        """Status and text."""
        self.asked.append(path)
        time.sleep(self.delay)
        if path in self.answers:
            return self.answers[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._document() | self.document)
        if path == "/jwks":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]})
        if path == "/token":
            return self._token(form, authorization)
        if path == "/userinfo":
            return 200, json.dumps({"sub": "7", **self.told})
        return 404, "{}"

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, str]:
        sent = self.codes.pop(form.get("code", ""), None)
        if sent is None or form.get("redirect_uri") != sent["redirect_uri"]:
            return 400, json.dumps({"error": "invalid_grant"})
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge.rstrip(b"=").decode() != sent["code_challenge"]:
            return 400, json.dumps({"error": "invalid_grant", "error_description": "PKCE"})
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if [unquote(part) for part in given.split(":")] != [CLIENT, SECRET]:
            return 401, json.dumps({"error": "invalid_client"})
        said = {"access_token": "at", "token_type": "Bearer", "expires_in": 60}
        return 200, json.dumps({**said, "id_token": self.token or self._signed(sent)})

    def _signed(self, sent: dict[str, str]) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": sent["sub"],
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": sent["nonce"],
            **self.told,
            **self.claims,
        }
        header = {"alg": "RS256", **({"kid": self.key.kid} if self.key.kid else {}), **self.header}
        chosen = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, chosen, self.signed_with or self.key)


@contextmanager
def odd_provider() -> Iterator[OddProvider]:
    """A provider in this process, to be told what to do wrong."""
    provider = OddProvider()

    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, text = provider.answer(
                urlsplit(self.path).path, form, self.headers.get("Authorization") or ""
            )
            self.send_response(status)
            if status == 302:
                self.send_header("Location", text)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            with suppress(BrokenPipeError):  # whoever asked has not waited
                self.end_headers()
                self.wfile.write(text.encode())

        do_GET = do_POST = _reply  # noqa: N815

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", provider.port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
