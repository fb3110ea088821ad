"""What the application asks of its database."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from app.extensions import db
from tests.conftest import AppMaker


def test_a_page_waits_no_longer_than_five_seconds_for_a_statement(
    new_app: AppMaker, database: URL
) -> None:
    with new_app(database).app_context():
        found = db.session.scalar(text("SHOW statement_timeout"))

    assert found == "5s"


def test_a_statement_that_takes_longer_than_it_may_is_ended(
    new_app: AppMaker, database: URL
) -> None:
    with (
        new_app(database, statement="50ms").app_context(),
        pytest.raises(OperationalError, match="statement timeout"),
    ):
        db.session.execute(text("SELECT pg_sleep(10)"))
