"""The environment as typed settings: PASSERELLE_NAME, or PASSERELLE_NAME_FILE for a value kept in a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language
from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[3]
SHORTEST_FALLBACK = 20  # characters; shorter is a piece of a key, or one that anybody can guess
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class _FromFiles(PydanticBaseSettingsSource):
    """Reads PASSERELLE_NAME_FILE where PASSERELLE_NAME is not set."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"PASSERELLE_{field_name.upper()}_FILE", "")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {}
        for name, field in self.settings_cls.model_fields.items():
            value, key, _ = self.get_field_value(field, name)
            if value is not None:
                found[key] = value
        return found


class Environment(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PASSERELLE_", extra="ignore")

    secret_key: str = ""
    secret_key_fallbacks: str = ""
    base_url: str = "http://localhost:8000"
    database_url: str = ""
    cache_url: str = ""
    email_url: str = ""
    storage_url: str = ""
    clamd_url: str = ""
    brand: Path = ROOT / "brands" / "demo"
    trusted_proxies: str = ""
    limits_factor: float = Field(default=1.0, gt=0)
    hashes: int = Field(default=0, ge=0)
    web_threads: int = Field(default=48, ge=1)
    debug: bool = False
    demo: bool = False
    data_dir: Path = ROOT / "var"
    metrics_token: str = ""
    staff_oidc_issuer: str = ""
    staff_oidc_client_id: str = ""
    staff_oidc_client_secret: str = ""
    log_format: str = "json"

    @field_validator("base_url")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("PASSERELLE_BASE_URL must look like https://portal.example")
        return value.rstrip("/")

    @field_validator("hashes", "web_threads", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        return value if value != "" else cls.model_fields[str(info.field_name)].default

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FromFiles(settings_cls)


def secret_key(env: Environment) -> str:
    """The secret key: given, or made once and kept in the data folder (mode 600)."""
    if env.secret_key:
        return env.secret_key
    path = env.data_dir / "secret_key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        env.data_dir.mkdir(parents=True, exist_ok=True)
        value = secrets.token_urlsafe(50)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(value)
        except FileExistsError:  # another process was faster: its key is the key
            return path.read_text(encoding="ascii").strip()
        return value


def secret_key_fallbacks(env: Environment, key: str) -> list[str]:
    """The former secret keys, newest first: separated by commas, or one a line, which lets a key hold commas."""
    given = env.secret_key_fallbacks.strip()
    found = [part.strip() for part in (given.splitlines() if "\n" in given else given.split(","))]
    kept = [part for part in dict.fromkeys(found) if part]
    if key in kept:
        raise ValueError("PASSERELLE_SECRET_KEY_FALLBACKS holds PASSERELLE_SECRET_KEY itself; name former keys only")
    if any(len(part) < SHORTEST_FALLBACK for part in kept):
        raise ValueError(
            f"PASSERELLE_SECRET_KEY_FALLBACKS holds a key of less than {SHORTEST_FALLBACK} characters; write keys "
            "whole, separated by commas, or one a line if a key holds a comma"
        )
    return kept


def database(env: Environment) -> dict[str, Any]:
    """Django's settings of the database from PASSERELLE_DATABASE_URL; SQLite in the data folder by default."""
    url = env.database_url
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        path = Path(unquote(parts.path)) if url else env.data_dir / "passerelle.sqlite3"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "CONN_MAX_AGE": 600,  # opening the file costs a page as much as all its questions
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
            },
        }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("PASSERELLE_DATABASE_URL must begin with postgresql:// or sqlite:///")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    pool_size = int(options.pop("pool", "8"))
    if pool_size:
        # The pool's own pauses between two looks at a database that is away double without end: after 40 seconds
        # it came back 23 seconds late. Giving each look up after 2 seconds makes the next request look again at once.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10, "reconnect_timeout": 2}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }


def cache(env: Environment) -> dict[str, Any]:
    if env.cache_url.startswith(("redis://", "rediss://")):
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.cache_url}
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "passerelle_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }


def languages(folders: Sequence[Path]) -> list[tuple[str, str]]:
    """The languages of the portal: English, in which the source is written, and each that a catalogue is there for.

    A third language is a translation file and no code (A3): `locale/de/LC_MESSAGES/django.po`, ours or the brand's.
    Languages are named in themselves.
    """
    found = {
        to_language(path.parent.parent.name) for folder in folders for path in folder.glob("*/LC_MESSAGES/django.[mp]o")
    }
    return [(code, _own_name(code)) for code in ["en", *sorted(found - {"en"})]]


def _own_name(code: str) -> str:
    name = LANG_INFO.get(code, LANG_INFO.get(code.partition("-")[0], {})).get("name_local", code)
    return f"{name[:1].upper()}{name[1:]}"


def storage(env: Environment) -> dict[str, Any]:
    """Where uploaded files go, from PASSERELLE_STORAGE_URL; the data folder by default."""
    url = env.storage_url
    parts = urlsplit(url)
    if not url:
        folder = env.data_dir / "files"
    elif parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.strip("/"):
        folder = Path(unquote(parts.path))
    elif parts.scheme == "s3":
        raise ValueError("PASSERELLE_STORAGE_URL: s3:// is not served yet; name a folder, file:///srv/passerelle/files")
    else:
        raise ValueError("PASSERELLE_STORAGE_URL must name a folder in full, such as file:///srv/passerelle/files")
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}


def staff_provider(env: Environment) -> tuple[str, str, str]:
    """Issuer, client id and secret of the group's own OpenID provider; three empty texts where none is set."""
    given = (env.staff_oidc_issuer.strip(), env.staff_oidc_client_id.strip(), env.staff_oidc_client_secret.strip())
    if not any(given):
        return given
    if not all(given):
        raise ValueError("PASSERELLE_STAFF_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET: set all three, or none")
    parts = urlsplit(given[0])
    local = parts.hostname in LOCAL
    if parts.scheme not in ({"https", "http"} if local else {"https"}) or not parts.hostname:
        raise ValueError("PASSERELLE_STAFF_OIDC_ISSUER must look like https://accounts.group.example")
    if parts.query or parts.fragment or "@" in parts.netloc or len(given[0]) > 300:
        raise ValueError("PASSERELLE_STAFF_OIDC_ISSUER is a short address without a query, a fragment and a user")
    if parts.scheme == "http" and urlsplit(env.base_url).hostname not in LOCAL:
        raise ValueError("PASSERELLE_STAFF_OIDC_ISSUER is in clear on this machine, and PASSERELLE_BASE_URL is public")
    return given


def email(env: Environment) -> dict[str, Any]:
    """Django's mail settings from PASSERELLE_EMAIL_URL; empty: the mailbox page only, nothing leaves."""
    parts = urlsplit(env.email_url)
    if not env.email_url:
        return {}
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"}:
        raise ValueError("PASSERELLE_EMAIL_URL must begin with smtp://, smtp+starttls:// or smtps://")
    return {
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+starttls",
    }
