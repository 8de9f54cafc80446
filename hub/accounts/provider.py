"""The OpenID Connect provider that may sign people in: Authlib's client, held to what this hub believes.

Authorization code with PKCE, state and nonce; addresses and keys from the provider's own discovery document, which
must call itself what ``HUB_OIDC_ISSUER`` says. Nothing here asks any host unless that is set, and then the provider
alone: no redirect is followed. What a person is to the hub is decided in hub/accounts/oidc.py.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App, OAuth, OAuthError
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, current_app, session
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from requests import HTTPError, RequestException

from hub.accounts.oidc import Failed, Identity
from hub.hosts import LOOPBACK, host_of
from hub.settings import Settings
from hub.text import one_line

FLOW = 30 * 60  # seconds between leaving for the provider and coming back
MOST_FLOWS = 3  # of one browser at a time: tabs, and who has clicked again
LARGEST_COOKIE = 3500  # browsers drop one of 4,096 characters, and with it the session
TIMEOUT = 10  # seconds that the provider has for each answer
SKEW = 120  # seconds by which its clock may be wrong
FRESH = 5 * 60  # seconds for which its discovery document is believed
PAUSE = 10  # seconds for which a provider that did not answer is not asked again
MOST_WAITING = 3  # threads of a worker that wait for it; the rest go on serving pages
# Signatures that only the provider can make: none that the client's secret, or nothing at all, is enough for.
ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Flow:
    """One way to the provider and back: what only the browser that began it holds."""

    nonce: str
    code_verifier: str
    redirect_uri: str
    next: str = ""
    account_id: int | None = None  # who was signed in when it began, to link a further way in


class _Flows(FlaskIntegration):
    """Where Authlib keeps what it must find again: in the session's cookie, and never more than fits into it."""

    def get_state_data(self, kept: Any, state: str | None) -> dict[str, Any] | None:
        flow = kept.get("oidc", {}).get(state or "")
        return flow["data"] if flow and flow["until"] > time.time() else None

    def set_state_data(self, kept: Any, state: str, data: dict[str, Any]) -> None:
        made = {"data": data, "until": time.time() + FLOW}
        alive = {name: flow for name, flow in kept.get("oidc", {}).items() if flow["until"] > time.time()}
        newest = sorted(alive, key=lambda name: alive[name]["until"])[1 - MOST_FLOWS :]
        for held in range(len(newest) + 1):  # as many as fit, the newest of all in any case
            kept["oidc"] = {state: made, **{name: alive[name] for name in newest[held:]}}
            if _size(kept) <= LARGEST_COOKIE:
                return
        data["next"] = ""  # an address that long is lost; the person is not

    def clear_state_data(self, kept: Any, state: str | None) -> None:
        kept["oidc"] = {name: flow for name, flow in kept.get("oidc", {}).items() if name != state}


def _size(kept: Any) -> int:
    interface: Any = current_app.session_interface
    serializer = interface.get_signing_serializer(current_app)
    return len(serializer.dumps(dict(kept)))


class _Asking(OAuth2Session):
    """A request to the provider: it leads nowhere else."""

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        kwargs.setdefault("allow_redirects", False)
        return super().request(method, url, **kwargs)


class _Client(FlaskOAuth2App):
    """Authlib's client, which by itself believes whatever the discovery document says, for ever."""

    client_cls = _Asking
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        known = self.server_metadata
        if time.time() - known.get("_loaded_at", 0) >= FRESH:
            with self._get_session() as asking:
                answer = asking.request("GET", self._server_metadata_url, withhold_token=True)
                answer.raise_for_status()
                self.server_metadata = _believed(answer.json(), known["issuer"]) | {"_loaded_at": time.time()}
        return self.server_metadata

    def parse_id_token(self, token: Any, nonce: str, **options: Any) -> Any:
        try:
            return super().parse_id_token(token, nonce, **options)
        except ClaimError:
            raise
        except (JoseError, ValueError):  # signed with a key that was not there yet when the keys were fetched
            self.fetch_jwk_set(force=True)
            return super().parse_id_token(token, nonce, **options)


class _Clients(OAuth):
    oauth2_client_cls = _Client
    framework_integration_cls = _Flows


def _believed(said: Any, issuer: str) -> dict[str, Any]:
    """What the hub takes from a discovery document.

    :raises Failed: when it is not this provider's, or leads where anybody on the way could listen.
    """
    if not isinstance(said, dict) or said.get("issuer") != issuer:
        found = said.get("issuer") if isinstance(said, dict) else said
        log.error("HUB_OIDC_ISSUER is %r, and the provider there calls itself %r", issuer, str(found)[:200])
        raise Failed("misfit")
    endpoints = {name: said[name] for name in _ENDPOINTS if said.get(name)}
    unsafe = [name for name, url in endpoints.items() if not _is_safe(url)]
    if unsafe or len({*_ENDPOINTS[:3]} & {*endpoints}) < 3:
        log.error("The provider %s names no safe address for %s", issuer, unsafe or _ENDPOINTS[:3])
        raise Failed("misfit")
    offered = said.get("id_token_signing_alg_values_supported")
    algorithms = [name for name in ALGORITHMS if isinstance(offered, list) and name in offered]
    by_header = "client_secret_basic" in said.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    )
    return {
        "issuer": issuer,
        **endpoints,
        "id_token_signing_alg_values_supported": algorithms or ["RS256"],
        "token_endpoint_auth_method": "client_secret_basic" if by_header else "client_secret_post",
    }


def _is_safe(url: Any) -> bool:
    if not isinstance(url, str):
        return False
    return url.startswith("https://") or (url.startswith("http://") and host_of(url) in LOOPBACK)


class Provider:
    """The provider of this hub; ``name`` is what people call it, empty where there is none."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.name, self.issuer = settings.oidc_called, settings.oidc_issuer
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._pause_until = 0.0
        if not self.issuer:
            return
        self._client_id = settings.oidc_client_id
        self._client: Any = _Clients(
            app
        ).register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=self.issuer.rstrip("/") + "/.well-known/openid-configuration",
            issuer=self.issuer,
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT,
                "leeway": 0,  # an access token that is over in a minute is good for the one question that we ask
            },
        )

    def begin(self, redirect_uri: str, next_page: str, account_id: int | None, language: str) -> str:
        """The provider's address to send this browser to, which is remembered as having gone there.

        :raises Failed: when the provider cannot be reached.
        """
        with self._asked():
            made = self._client.create_authorization_url(redirect_uri, ui_locales=language)
        flow = Flow(made["nonce"], made["code_verifier"], redirect_uri, next_page, account_id)
        self._client.save_authorize_data(state=made["state"], **vars(flow))
        return str(made["url"])

    def take(self, state: str | None) -> Flow | None:
        """What this browser went with, once; ``None`` when it did not, or too long ago, or has come back already."""
        flows = self._client.framework
        data = flows.get_state_data(session, state)
        flows.clear_state_data(session, state)
        return Flow(**data) if data else None

    def identity(self, flow: Flow, answer: Mapping[str, str]) -> Identity:
        """Who the provider says has come back.

        :param answer: what stands in the address with which the provider sent the browser back.
        :raises Failed: when it says nobody, or what it says cannot be believed.
        """
        if answer.get("iss", self.issuer) != self.issuer:
            raise Failed("unbelieved")
        if "error" in answer or not answer.get("code"):
            log.warning("The provider sent somebody back with %r", answer.get("error", "")[:100])
            raise Failed({"access_denied": "denied", None: "unbelieved"}.get(answer.get("error"), "refused"))
        with self._asked():
            token = self._client.fetch_access_token(
                code=answer["code"], redirect_uri=flow.redirect_uri, code_verifier=flow.code_verifier
            )
            believed = {"iss": self.issuer, "aud": self._client_id}
            options = {name: {"essential": True, "value": value} for name, value in believed.items()}
            claims = self._client.parse_id_token(token, flow.nonce, claims_options=options, leeway=SKEW)
            if claims is None:
                raise Failed("unbelieved")
            if "email" not in claims and "userinfo_endpoint" in self._client.load_server_metadata():
                told = self._client.userinfo(token=token)
                claims = told if told.get("sub") == claims["sub"] else claims
        return _identity(self.issuer, claims)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Around what asks the provider: what goes wrong becomes one of the ways of failing, and the log has the rest."""
        if time.monotonic() < self._pause_until or not self._waiting.acquire(timeout=1):
            raise Failed("silent")
        try:
            yield
        except Failed:
            raise
        except Exception as error:
            log.warning("Signing in by %s failed: %s: %.300s", self.issuer, type(error).__name__, error)
            why = _why(error)
            if why == "silent":
                self._pause_until = time.monotonic() + PAUSE
            raise Failed(why) from error
        finally:
            self._waiting.release()


def _why(error: Exception) -> str:
    if isinstance(error, HTTPError) and error.response is not None and error.response.status_code < 500:
        return "misfit"
    if isinstance(error, RequestException):
        return "silent"
    if isinstance(error, OAuthError):
        return "stale" if error.error == "invalid_grant" else "misfit"
    if isinstance(error, ExpiredTokenError) or getattr(error, "claim", "") in ("exp", "iat", "nbf"):
        return "clock"
    return (
        "unbelieved"  # a claim that is another's, a signature that is nobody's, or nothing that can be read
    )


def _identity(issuer: str, claims: Mapping[str, Any]) -> Identity:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Failed("unbelieved")
    email, name = claims.get("email"), claims.get("name")
    return Identity(
        issuer,
        subject,
        email if isinstance(email, str) else "",
        claims.get("email_verified") in (True, "true"),  # some write it as a text
        one_line(name)[:60].strip() if isinstance(name, str) else "",
    )


def register(app: Flask, settings: Settings) -> None:
    """Adds the provider to an app's parts, whether there is one or not."""
    app.extensions["hub"][Provider] = Provider(app, settings)
