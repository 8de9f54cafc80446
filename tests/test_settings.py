"""Settings come from the environment, keys are kept, weak ones refused, and the README names them all."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from hub.settings import Settings, SettingsError, load_settings, secret_key
from tests.conftest import REPOSITORY


def test_a_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    made = secret_key(settings)
    assert len(made) >= 32
    assert secret_key(Settings(var=tmp_path)) == made
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize("weak", ["short", "a" * 64, "0123456789"])
def test_production_refuses_a_weak_key(tmp_path: Path, weak: str) -> None:
    with pytest.raises(SettingsError, match="HUB_SECRET_KEY"):
        secret_key(Settings(var=tmp_path, secret_key=weak, environment="production"))
    assert secret_key(Settings(var=tmp_path, secret_key=weak)) == weak


def test_an_emptied_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text("")
    with pytest.raises(SettingsError, match="secret-key"):
        secret_key(Settings(var=tmp_path))


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANGUAGE", "fr")
    with pytest.raises(SettingsError, match="HUB_LANGUAGE"):
        load_settings()


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_the_readme_names_every_setting(name: str) -> None:
    assert f"`HUB_{name.upper()}`" in (REPOSITORY / "README.md").read_text()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"OIDC_ISSUER": "https://login.example"}, "HUB_OIDC_CLIENT_ID and HUB_OIDC_CLIENT_SECRET: not set"),
        ({"OIDC_CLIENT_ID": "hub", "OIDC_CLIENT_SECRET": "s"}, "HUB_OIDC_ISSUER: not set"),
        ({"OIDC_NAME": "행정 통합로그인"}, "HUB_OIDC_ISSUER and"),
        ({"OIDC_ISSUER": "http://login.example"}, "HUB_OIDC_ISSUER: it must begin with https://"),
        ({"OIDC_ISSUER": "login.example"}, "HUB_OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://login.example/?realm=city"}, "HUB_OIDC_ISSUER: give the issuer"),
        ({"OIDC_ISSUER": "https://[login"}, "HUB_OIDC_ISSUER"),
        ({"OIDC_NAME": "가" * 41}, "HUB_OIDC_NAME"),
    ],
)
def test_half_a_provider_is_named(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"HUB_{name}", value)
    with pytest.raises(SettingsError, match=re.escape(named)):
        load_settings()


@pytest.mark.parametrize(
    ("issuer", "called"),
    [
        ("https://login.example/realms/city/", "login.example"),
        ("http://127.0.0.1:9400", "127.0.0.1"),
        ("", ""),
    ],
)
def test_a_whole_provider_is_taken_as_it_writes_itself(
    monkeypatch: pytest.MonkeyPatch, issuer: str, called: str
) -> None:
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"HUB_OIDC_{name}", issuer and {"ISSUER": issuer}.get(name, "x"))
    assert (load_settings().oidc_issuer, load_settings().oidc_called) == (issuer, called)
