"""A browser without scripts, signed in as somebody."""

from typing import Any

from flask import g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.accounts.service import begin_session
from app.core.clock import utc_now
from tests.support.work import make_work


class Browser(FlaskClient):
    """Every request begins knowing nobody, though a test keeps one application context open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            vars(g._get_current_object()).clear()
        return super().open(*args, **kwargs)


def sign_in(
    client: FlaskClient, session: Session, user: User, *, is_proven: bool = True
) -> FlaskClient:
    """Give the client a running session of this person, with a second proof unless told."""
    session_id = begin_session(make_work(session, user, utc_now()), user.id, is_proven=is_proven)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(session_id)
        cookie["_fresh"] = True
    return client
