"""A browser without scripts, signed in as somebody."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.service import begin_session
from app.core.clock import utc_now
from tests.support.work import make_work


def sign_in(client: FlaskClient, session: Session, user: User) -> FlaskClient:
    """Give the client a running session of this person."""
    session_id = begin_session(make_work(session, user, utc_now()), user.id)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = str(session_id)
        cookie["_fresh"] = True
    return client
