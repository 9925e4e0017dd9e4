"""Wiring only: settings, extensions, pages, commands. `delphi` on the command line starts in `main`."""

from __future__ import annotations

from flask import Flask

from delphi import models
from delphi.config import Settings, load_settings
from delphi.extensions import Migrations, db, engine_options
from delphi.models.base import speak_postgresql
from delphi.paths import migrations_folder, static_folder, templates_folder
from delphi.web import status
from delphi.web.assets import set_up_assets
from delphi.web.errors import set_up_errors
from delphi.web.headers import set_up_headers
from delphi.web.taking_part import set_up_panel_site
from delphi.web.url_rules import DelphiFlask

__all__ = ["create_app", "main", "models"]


def create_app(settings: Settings | None = None, *, with_team: bool = True) -> Flask:
    """Build the application; raises InvalidInput when the settings are missing or wrong.

    Without the team's side it starts sooner: see web/late_team.py.
    """
    settings = settings or load_settings()
    app = DelphiFlask("delphi", template_folder=str(templates_folder()), static_folder=str(static_folder()))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
    )
    app.extensions["delphi_settings"] = settings
    if not settings.is_sqlite:
        speak_postgresql()
    db.init_app(app)
    app.extensions["migrate"] = Migrations(app, migrations_folder())
    set_up_headers(app, settings)
    set_up_assets(app)
    set_up_errors(app)
    app.register_blueprint(status.blueprint)
    set_up_panel_site(app)
    if with_team:
        from delphi.web.team_site import set_up_team_site

        set_up_team_site(app)
    return app


def settings_of(app: Flask) -> Settings:
    """The settings an application was built with."""
    settings: Settings = app.extensions["delphi_settings"]
    return settings


def main() -> None:
    """Run the `delphi` command."""
    from delphi.cli.main import run

    run(create_app)
