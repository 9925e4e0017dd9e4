"""Where templates, migrations, static files, the demo and the local data lie, in a checkout and in a wheel.

A checkout keeps templates/ and migrations/ beside the package; a built wheel carries them inside it, as
delphi/_data/. Nobody else may build these paths.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """The Jinja templates of pages, mails and reports."""
    return _packed_or_beside("templates")


def migrations_folder() -> Path:
    """The Alembic environment and its numbered revisions."""
    return _packed_or_beside("migrations")


def static_folder() -> Path:
    """Style sheets, scripts and fonts, served as they are."""
    return PACKAGE / "static"


def demo_folder() -> Path:
    """The built-in demo study: its study file, texts, pictures and script."""
    return PACKAGE / "demo"


def instance_folder() -> Path:
    """Where this installation keeps its database, settings and files unless DELPHI_INSTANCE says otherwise.

    In a checkout that is the checkout's own instance/, wherever it is run from; an installed package has no
    folder of its own to write to and uses instance/ in the current folder.
    """
    return Path.cwd() / "instance" if _is_installed() else PACKAGE.parent / "instance"


def _is_installed() -> bool:
    return (PACKAGE / "_data").is_dir()


def _packed_or_beside(name: str) -> Path:
    return PACKAGE / "_data" / name if _is_installed() else PACKAGE.parent / name
