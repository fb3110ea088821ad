"""`flask digest simulate` measures a morning and leaves nothing behind."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.engine import Engine

from app.core.clock import Stopwatch
from tests.conftest import AppMaker, DatabaseMaker
from workers import simulate as simulating
from workers.simulate import simulate


@pytest.fixture
def product(new_app: AppMaker, new_database: DatabaseMaker) -> Iterator[Flask]:
    app = new_app(new_database())
    with app.app_context():
        yield app


def scratches(product: Flask) -> int:
    url = make_url(product.extensions["settings"].database_url)
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(
            text("SELECT count(*) FROM pg_database WHERE starts_with(datname, :own)"),
            {"own": f"{url.database}_proef_"},
        )
    engine.dispose()
    return int(found or 0)


def test_a_small_morning_is_measured_and_gone(product: Flask) -> None:
    result = CliRunner().invoke(simulate, ["--people", "30"], catch_exceptions=False)

    assert result.exit_code == 0
    assert "Mensen: 30. Overzichten: 30." in result.output
    assert re.search(r"  versturen: \d+,\d s\n", result.output)
    assert "met één verzender." in result.output
    assert re.search(r"Verstuurd als proef: 30, \d+ mails per seconde", result.output)
    assert scratches(product) == 0


def test_what_no_real_morning_does_is_not_counted_as_sending(
    product: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    spent: dict[str, list[str]] = {}

    class Watch(Stopwatch):
        def note(self, part: str) -> None:
            super().note(part)
            spent[part] = asked.copy()
            asked.clear()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    monkeypatch.setattr(simulating, "Stopwatch", Watch)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        CliRunner().invoke(simulate, ["--people", "5"], catch_exceptions=False)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    putting_off = [
        part
        for part, told in spent.items()
        if any(one.startswith("UPDATE") and "NOT IN" in one for one in told)
    ]
    assert "proef kiezen" in putting_off
    assert "versturen" not in putting_off


def test_an_interrupted_one_is_gone_as_well(
    product: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulating, "_plan", interrupted)

    result = CliRunner().invoke(simulate, ["--people", "5"])

    assert result.exit_code == 1
    assert scratches(product) == 0
