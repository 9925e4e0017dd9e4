"""A web server starts light: what only an analysis needs is not there."""

from __future__ import annotations

from bench import start
from bench.servers import answers, free_port, requests_per_second, started


def test_a_web_worker_imports_neither_scipy_nor_numpy():
    assert start.heavy_imports() == []


def test_a_server_on_sqlite_imports_no_other_dialect():
    assert start.heavy_imports(("psycopg", "sqlalchemy.dialects.postgresql", "alembic")) == []


def test_an_import_that_does_happen_is_seen():
    assert start.heavy_imports(("flask", "scipy")) == ["flask"]


def test_the_imports_are_told_by_package():
    times = start.import_times()
    assert {"delphi", "flask", "sqlalchemy"} <= times.keys()
    assert list(times.values()) == sorted(times.values(), reverse=True)


def test_the_limit_answers_and_ends_with_the_benchmark(tmp_path):
    with started(["-m", "bench.limit_app", "--database", str(tmp_path / "x")], "/readyz") as server:
        assert answers(server.port, "/page")
        assert not answers(server.port, "/no-such-page")
        assert requests_per_second(server.port, "/hello", 0.05) > 0
    assert not answers(server.port, "/readyz")
    assert free_port() > 0
