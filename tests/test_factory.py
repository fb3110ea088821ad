"""What the application asks of its database."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.factory import create_app
from tests.conftest import settings_for


def test_a_page_waits_no_longer_than_five_seconds_for_a_statement(database: URL) -> None:
    with create_app(settings_for(database)).app_context():
        found = db.session.scalar(text("SHOW statement_timeout"))
        db.session.remove()
        db.engine.dispose()

    assert found == "5s"


def test_a_statement_that_takes_longer_than_it_may_is_ended(database: URL) -> None:
    with create_app(settings_for(database), "50ms").app_context():
        with pytest.raises(OperationalError, match="statement timeout"):
            db.session.execute(text("SELECT pg_sleep(10)"))
        db.session.remove()
        db.engine.dispose()
