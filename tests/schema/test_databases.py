"""The tests' own databases: named apart, gone afterwards, and honest about what is missing."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url

from tests.support import databases


def test_each_is_new_and_gone_afterwards(database_kind: str, tmp_path: Path) -> None:
    with (
        databases.fresh_database(database_kind, tmp_path) as one,
        databases.fresh_database(database_kind, tmp_path, tables=True) as two,
    ):
        assert one != two
        with databases.engine(one) as empty, databases.engine(two) as full:
            assert inspect(empty).get_table_names() == []
            assert "tblclients" in inspect(full).get_table_names()
    if database_kind != "sqlite":
        with pytest.raises(Exception, match=make_url(one).database), databases.engine(one) as gone:
            gone.connect()


def test_a_missing_server_skips_unless_it_is_required(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    databases._server.cache_clear()
    monkeypatch.setenv("MODULEHOST_TEST_MARIADB", "mysql://root@127.0.0.1:1/")
    try:
        reason = databases.available("mariadb")
        assert reason
        assert reason.startswith("no mariadb server answers (")
        assert "MODULEHOST_TEST_MARIADB" in reason
        monkeypatch.setenv("MODULEHOST_REQUIRE", "chromium")
        with pytest.raises(pytest.skip.Exception), databases.fresh_database("mariadb", tmp_path):
            pass
        monkeypatch.setenv("MODULEHOST_REQUIRE", "chromium, mariadb")
        with pytest.raises(pytest.fail.Exception, match="MODULEHOST_REQUIRE names mariadb"):
            databases.need("mariadb", reason)
    finally:
        databases._server.cache_clear()
