"""One frozen Settings, from DELPHI_* variables and the instance folder; a missing secret stops the start.

`delphi init` writes instance/settings.toml with a fresh secret. Variables win over the file, so that
a server can keep its secrets outside the folder.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from delphi.domain.errors import InvalidInput
from delphi.paths import instance_folder

SETTINGS_FILE = "settings.toml"
KNOWN = ("secret_key", "database_url", "base_url", "mail_url", "mail_sender", "host", "port", "threads")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the platform needs to know about where it runs."""

    instance: Path
    secret_key: str
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = ""
    mail_sender: str = "delphi@localhost"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8

    @property
    def is_sqlite(self) -> bool:
        """Whether the study data lies in a SQLite file."""
        return self.database_url.startswith("sqlite")

    def with_port(self, host: str, port: int) -> Settings:
        """The same settings on another address, with links that point there."""
        return replace(self, host=host, port=port, base_url=f"http://{host}:{port}")


def initialise(instance: Path) -> bool:
    """Make the instance folder and its settings file; False when one is there already."""
    instance.mkdir(parents=True, exist_ok=True)
    file = instance / SETTINGS_FILE
    if file.exists():
        return False
    text = (
        "# Settings of this Delphi. Keep this file secret: the key signs everybody's sign-in.\n"
        f'secret_key = "{secrets.token_urlsafe(48)}"\n'
        "# Other settings, with what holds without them:\n"
        '# database_url = "postgresql://user:password@host/name"   (a SQLite file in this folder)\n'
        '# base_url = "http://127.0.0.1:8000"   (the address in messages to the panel)\n'
        '# mail_url = "smtp://user:password@host:587"   (messages are written to files in mail/)\n'
        '# mail_sender = "team@example.org"\n'
    )
    with file.open("x", encoding="utf-8") as handle:
        file.chmod(0o600)
        handle.write(text)
    return True


def load_settings(
    instance: Path | None = None, environ: Mapping[str, str] | None = None, **overrides: Any
) -> Settings:
    """Read the settings; InvalidInput with a sentence when the secret is missing or a value is wrong."""
    environ = os.environ if environ is None else environ
    folder = instance or Path(environ.get("DELPHI_INSTANCE") or instance_folder())
    values = _from_file(folder / SETTINGS_FILE)
    for name in KNOWN:
        given = environ.get(f"DELPHI_{name.upper()}")
        if given:
            values[name] = given
    values |= overrides
    if not values.get("secret_key"):
        raise InvalidInput(
            f"There is no secret key yet. Run “delphi init”, which writes {folder / SETTINGS_FILE}, "
            "or set DELPHI_SECRET_KEY."
        )
    for name in ("port", "threads"):
        if name in values:
            values[name] = _whole_number(name, values[name])
    values["database_url"] = _driver(
        values.get("database_url") or f"sqlite:///{folder.resolve() / 'delphi.sqlite'}"
    )
    values.setdefault("mail_url", f"file:{folder.resolve() / 'mail'}")
    return Settings(instance=folder, **values)


def _from_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{file} cannot be read: {error}. Correct that line and start again.") from error
    unknown = sorted(set(values) - set(KNOWN))
    if unknown:
        raise InvalidInput(f"{file}: {unknown[0]} is not a setting. Known settings are {', '.join(KNOWN)}.")
    return values


def _whole_number(name: str, value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise InvalidInput(f"The setting {name} must be a whole number; it is {value!r}.") from None


def _driver(url: str) -> str:
    """Name the one PostgreSQL driver we use, whichever common spelling was given; InvalidInput for others."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            url = "postgresql+psycopg://" + url.removeprefix(prefix)
    if not (url.startswith(("sqlite://", "postgresql+psycopg://")) and _is_address(url)):
        # Never the address itself: a password stands in it.
        raise InvalidInput(
            "The setting database_url must be postgresql://user:password@host/name, with %40 for an @, %3A "
            "for a : and %2F for a / in the password. Without it, study data is kept in a SQLite file."
        )
    return url


def _is_address(url: str) -> bool:
    """Whether its parts can be told apart: an @ or / in a password makes a port that is no number."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True
