"""Without a database, or without tables, an operator reads a plain sentence."""

from app.extensions import db
from app.factory import create_app
from tests.conftest import server_url, settings_for


def test_a_database_that_is_away_is_said() -> None:
    app = create_app(settings_for(server_url().set(database="bestaat_niet")))

    result = app.test_cli_runner().invoke(args=["outbox", "show"])

    assert (result.exit_code, result.stderr) == (1, "De database is niet bereikbaar.\n")


def test_tables_that_are_not_there_are_said() -> None:
    app = create_app(settings_for(server_url()))

    result = app.test_cli_runner().invoke(args=["outbox", "show"])
    with app.app_context():
        db.engine.dispose()

    assert (result.exit_code, result.stderr) == (
        1,
        "De tabellen zijn niet bij. Draai eerst: flask db upgrade\n",
    )
