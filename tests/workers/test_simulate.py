"""`flask digest simulate` measures a morning and leaves nothing behind."""

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from app.factory import create_app
from tests.conftest import DatabaseMaker, settings_for
from workers import simulate as simulating
from workers.simulate import simulate


@pytest.fixture
def product(new_database: DatabaseMaker) -> Iterator[Flask]:
    app = create_app(settings_for(new_database()))
    with app.app_context():
        yield app


def scratches(url: URL) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.scalar(
            text("SELECT count(*) FROM pg_database WHERE datname LIKE 'dgvn_proef_%'")
        )
    engine.dispose()
    return int(found or 0)


def test_a_small_morning_is_measured_and_gone(product: Flask, database: URL) -> None:
    result = CliRunner().invoke(simulate, ["--people", "30"], catch_exceptions=False)

    assert result.exit_code == 0
    assert "Mensen: 30. Overzichten: 30." in result.output
    assert re.search(r"Verstuurd als proef: 30, \d+ mails per seconde", result.output)
    assert scratches(database) == 0


def test_an_interrupted_one_is_gone_as_well(
    product: Flask, database: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulating, "_plan", interrupted)

    result = CliRunner().invoke(simulate, ["--people", "5"])

    assert result.exit_code == 1
    assert scratches(database) == 0
