"""How far opgaven came, counted from what they left in the outbox."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.insight import queries
from app.insight.rules import Stage
from app.opgaven import life, service
from app.opgaven.rules import OpgaveStatus
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, make_work

LATER = MONDAY + timedelta(days=10)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


def opened(session: Session, owner: User) -> None:
    """One that opened and was withdrawn."""
    opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)
    service.publish_opgave(make_work(session, owner), opgave.id)
    life.withdraw(make_work(session, owner), opgave.id)


def done(session: Session, owner: User) -> None:
    """One that opened and was filled ten days later, twice, and went on to the end."""
    opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)
    service.publish_opgave(make_work(session, owner), opgave.id)
    life.begin_talking(make_work(session, owner, LATER), opgave.id)
    life.fill(make_work(session, owner, LATER), opgave.id)
    life.reopen(make_work(session, owner, LATER), opgave.id, opgave.closes_on, 2)
    for deed in (life.fill, life.start, life.finish):
        deed(make_work(session, owner, LATER + timedelta(days=1)), opgave.id)


def test_each_opgave_counts_once_for_every_stage_that_it_reached(
    session: Session, owner: User
) -> None:
    opened(session, owner)
    for _ in range(5):
        done(session, owner)
    done(session, a_user(session, Role.OPGAVEHOUDER))

    own = queries.funnel(session, LATER, owner.gemeente_code)
    country = queries.funnel(session, LATER)

    assert dict(own.counts) == {
        Stage.PUBLISHED: 6,
        Stage.INTEREST: 0,
        Stage.TALKING: 5,
        Stage.FILLED: 5,
        Stage.STARTED: 5,
        Stage.DONE: 5,
    }
    assert (own.days_to_fill, country.counts[Stage.PUBLISHED]) == (10, 7)


def test_what_opened_longer_than_a_year_ago_counts_no_more(session: Session, owner: User) -> None:
    opened(session, owner)

    found = queries.funnel(session, MONDAY + timedelta(days=366))

    assert set(found.counts.values()) == {0}
    assert found.days_to_fill is None
