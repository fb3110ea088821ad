"""Without a database, or without tables, an operator reads a plain sentence."""

from tests.conftest import AppMaker, server_url


def test_a_database_that_is_away_is_said(new_app: AppMaker) -> None:
    app = new_app(server_url().set(database="bestaat_niet"))

    result = app.test_cli_runner().invoke(args=["outbox", "show"])

    assert (result.exit_code, result.stderr) == (1, "De database is niet bereikbaar.\n")


def test_tables_that_are_not_there_are_said(new_app: AppMaker) -> None:
    app = new_app(server_url())

    result = app.test_cli_runner().invoke(args=["outbox", "show"])

    assert (result.exit_code, result.stderr) == (
        1,
        "De tabellen zijn niet bij. Draai eerst: flask db upgrade\n",
    )
