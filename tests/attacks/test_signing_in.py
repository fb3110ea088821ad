"""Somebody who would learn who has an account, or guess their way in."""

from datetime import datetime, timedelta

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts import factors, service
from app.accounts.events import FactorChanged
from app.accounts.factors import CLOSED_FOR, MOST_WRONG, new_secret
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.outbox import facts_of
from app.extensions import limiter
from tests.support.builders import a_gemeente, a_user
from tests.support.queries import counted
from tests.support.work import MONDAY, make_work

PAIRS = 200
GUESSES = 100


def code_at(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def test_s2_a_known_and_an_unknown_address_ask_the_same_work(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes the same road takes the same time; `tests/bench/signing_in.py` measures it."""
    monkeypatch.setattr(limiter, "enabled", False)
    home = a_gemeente(session).code
    for number in range(PAIRS):
        a_user(session, email=f"bekend{number:03}@testerdam.example", gemeente_code=home)
    session.commit()

    def road(email: str) -> tuple[list[str], int, list[str], int]:
        client.delete_cookie("dgvn")
        with counted(session) as statements:
            answer = client.post("/inloggen", data={"email": email})
        told = [one for one in statements if "SAVEPOINT" not in one]
        return told, answer.status_code, sorted(answer.headers.keys()), len(answer.data)

    client.get("/inloggen")
    for number in range(PAIRS):
        known = road(f"bekend{number:03}@testerdam.example")
        assert known == road(f"vreemd{number:03}@testerdam.example")


def test_s4_of_a_hundred_guesses_few_are_looked_at_and_the_owner_hears_once(
    session: Session,
) -> None:
    user = a_user(session, Role.BEHEERDER)
    secret = new_secret()
    door = service.begin_session(make_work(session, user), user.id)
    session.flush()
    factors.enrol(make_work(session, user), door, secret, "sealed", code_at(secret, MONDAY))
    other = service.begin_session(make_work(session, user), user.id)
    session.flush()

    looked_at = 0
    for number in range(GUESSES):
        # All within the quarter of an hour.
        moment = MONDAY + CLOSED_FOR * number / GUESSES
        try:
            factors.prove(make_work(session, user, moment), other, secret, f"x{number:05}")
            looked_at += 1
        except Conflict:
            session.expire_all()

    changes = [fact.payload["change"] for fact in facts_of(session, (FactorChanged.name,))]
    assert (looked_at, changes) == (MOST_WRONG, ["enrolled", "closed"])
    # Who was let in before stays in, and who knows the code comes in a quarter of an hour later.
    later = MONDAY + CLOSED_FOR + timedelta(minutes=1)
    assert factors.prove(make_work(session, user), door, secret, "whatever")
    assert factors.prove(make_work(session, user, later), other, secret, code_at(secret, later))
