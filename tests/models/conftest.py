"""One empty database for all tests of this folder: each of them leaves it as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from delphi.app import create_app
from delphi.config import Settings
from delphi.extensions import db
from tools.databases import Databases


@pytest.fixture(scope="package")
def models_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on an empty database that nobody may commit to."""
    url = databases.migrated()
    instance = tmp_path_factory.mktemp("models")
    application = create_app(Settings(instance=instance, secret_key="only-for-tests", database_url=url))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)
