"""Every setting, read from the environment with the prefix ``HUB_``."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL

from hub.hosts import LOOPBACK, host_of, parse_hosts, parse_issuer, parse_public_url

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "hub" / "data"  # what the project carries
SHORTEST_KEY = 32


class SettingsError(RuntimeError):
    """A setting is missing or unusable; the message says which and what to do."""


class Settings(BaseSettings):
    """The hub's settings. README.md lists each with its default."""

    model_config = SettingsConfigDict(env_prefix="HUB_", env_ignore_empty=True, frozen=True)

    var: Path = Field(default=ROOT / "var", description="Folder of everything the hub writes")
    database_url: str = Field(
        default="",
        description="Database address, sqlite:///… or postgresql+psycopg://…; SQLite under HUB_VAR",
    )
    model: str = Field(
        default="", description="Sentence-transformers model, a folder or a hub name; the bundled model"
    )
    secret_key: str = Field(
        default="", description="Key that signs sessions, 32 characters or more; made once under HUB_VAR"
    )
    former_secret_keys: str = Field(
        default="",
        description="Keys of before, with commas between them: what they signed or sealed still opens",
    )
    language: Literal["ko", "en"] = Field(
        default="ko", description="Language of commands and of a first visit"
    )
    environment: Literal["development", "production"] = Field(
        default="development", description="In production cookies need HTTPS and a weak key is refused"
    )
    threads: int = Field(default=0, ge=0, description="Threads of the model a worker; 0 shares out the cores")
    public_url: str = Field(
        default="", description="Address that people open, https://hub.example; every whole address begins so"
    )
    allowed_hosts: str = Field(
        default="", description="Further host names that the hub answers to, with commas between them"
    )
    proxies: int = Field(
        default=0, ge=0, le=10, description="Proxies in front whose X-Forwarded-… headers are believed"
    )

    operator: str = Field(
        default="", max_length=120, description="Who runs this hub, as the page about it and every foot say"
    )
    contact: str = Field(
        default="", max_length=200, description="How to reach the operator: office, telephone, e-mail"
    )
    privacy_url: str = Field(
        default="", description="Address of the operator's privacy policy (개인정보 처리방침), https://…"
    )

    mail_server: str = Field(
        default="",
        description="Mail server that sends the hub's mail; without one it is kept under HUB_VAR/outbox",
    )
    mail_port: int = Field(default=587, ge=1, le=65535, description="Its port")
    mail_username: str = Field(default="", description="Who the hub is to the mail server")
    mail_password: str = Field(default="", description="And its password there")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the way to the mail server is protected"
    )
    mail_sender: str = Field(
        default="", max_length=254, description="Address that the hub's mail comes from; hub@ its own host"
    )

    oidc_issuer: str = Field(
        default="",
        max_length=200,
        description="OpenID Connect provider that may sign people in: its issuer, https://…, as it writes it itself",
    )
    oidc_client_id: str = Field(default="", description="Who the hub is to that provider")
    oidc_client_secret: str = Field(default="", description="And its secret there")
    oidc_name: str = Field(
        default="", max_length=40, description="What people call the provider; the host of its issuer"
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _readable_issuer(cls, value: str) -> str:
        return parse_issuer(value)

    @model_validator(mode="after")
    def _whole_provider(self) -> Settings:
        needed = {
            "HUB_OIDC_ISSUER": self.oidc_issuer,
            "HUB_OIDC_CLIENT_ID": self.oidc_client_id,
            "HUB_OIDC_CLIENT_SECRET": self.oidc_client_secret,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing and (self.oidc_name or len(missing) < len(needed)):
            raise ValueError(
                f"{' and '.join(missing)}: not set; signing in by a provider needs {', '.join(needed)}. "
                "Set all three, or none of the HUB_OIDC_… variables"
            )
        return self

    @field_validator("privacy_url")
    @classmethod
    def _followable(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("give the whole address, beginning with https://")
        return value

    @field_validator("public_url")
    @classmethod
    def _readable_url(cls, value: str) -> str:
        return parse_public_url(value)

    @field_validator("allowed_hosts")
    @classmethod
    def _readable_hosts(cls, value: str) -> str:
        return ",".join(parse_hosts(value))

    @model_validator(mode="after")
    def _cookies_arrive(self) -> Settings:
        plain = self.public_url.startswith("http://") and host_of(self.public_url) not in LOOPBACK
        if plain and self.environment == "production":
            raise ValueError(
                "HUB_PUBLIC_URL: it must begin with https:// in production, where cookies go over HTTPS only"
            )
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """The host names that the hub answers to."""
        public = {host_of(self.public_url)} if self.public_url else set()
        return LOOPBACK | public | set(parse_hosts(self.allowed_hosts))

    @field_validator("var", mode="after")
    @classmethod
    def _at_home(cls, var: Path) -> Path:
        """``~`` is the home folder also where no shell has seen to it (a unit file, a container)."""
        return var.expanduser() if var.parts[:1] == ("~",) else var

    @property
    def database(self) -> str | URL:
        """The database address in use: as it was given, or the SQLite file under ``HUB_VAR``.

        The latter is no text: a folder may be called anything, and an address would read ``?`` or ``%20``.
        """
        return self.database_url or URL.create("sqlite", database=str(self.var / "hub.db"))

    @property
    def model_source(self) -> str:
        """The model in use: a folder or a hub name."""
        return self.model or str(self.bundled_model)

    @property
    def bundled_model(self) -> Path:
        """Where set-up builds the default model."""
        return self.var / "models" / "multilingual-e5-small"

    @property
    def mail_host(self) -> str:
        """The host in whose name mail is written."""
        return host_of(self.public_url) if self.public_url else "localhost"

    @property
    def mail_from(self) -> str:
        """The address that mail comes from."""
        return self.mail_sender or f"hub@{self.mail_host}"

    @property
    def oidc_called(self) -> str:
        """What people call the provider that may sign them in; empty where there is none."""
        return self.oidc_name or (host_of(self.oidc_issuer) if self.oidc_issuer else "")

    @property
    def outbox(self) -> Path:
        """Where mail goes while there is no mail server."""
        return self.var / "outbox"

    @property
    def snapshots(self) -> Path:
        """Where the index is kept between runs."""
        return self.var / "snapshots"


def load_settings() -> Settings:
    """The settings of this process.

    :raises SettingsError: naming the variable that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        said = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # what two settings say together names them itself
            raise SettingsError(said) from error
        name = "HUB_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {said} ({first['input']!r})") from error


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: the one given, or one made once and kept under ``HUB_VAR``.

    :raises SettingsError: when the key given is weak and this is production.
    """
    if settings.secret_key:
        weak = len(settings.secret_key) < SHORTEST_KEY or len(set(settings.secret_key)) < 10
        if weak and settings.environment == "production":
            raise SettingsError(
                f"HUB_SECRET_KEY is too weak for production: give {SHORTEST_KEY} or more mixed characters, "
                "or leave it out and one is made and kept under HUB_VAR"
            )
        return settings.secret_key
    path = settings.var / "secret-key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) >= SHORTEST_KEY:
            return kept
        raise SettingsError(f"{path} holds no usable key: delete it and start again") from None
    key = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key
