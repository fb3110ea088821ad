"""How far opgaven came, counted from what they left in the outbox."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations.models import AwaitedAnswer
from app.core.actor import Role
from app.core.clock import AMSTERDAM
from app.insight import queries
from app.insight.rules import Stage
from app.opgaven import life, service
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState
from app.people.service import pause_profile
from tests.conversations.builders import Talk, a_question, a_talk
from tests.responses.builders import a_fitting_person, was_invited
from tests.support.builders import a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work

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

    own = queries.funnel(session, LATER, [owner.gemeente_code])
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


def test_the_spread_counts_who_is_available_and_the_last_year(session: Session) -> None:
    people = [a_fitting_person(session) for _ in range(5)]
    a_fitting_person(session, state=ProfileState.PAUSED)
    yesterday = MONDAY - timedelta(days=1)
    made = [
        was_invited(session, an_opgave(session, "wonen"), person, yesterday)
        for person in (*people, people[0])
    ]
    was_invited(session, an_opgave(session), people[0], MONDAY - timedelta(days=366))
    # What closed weeks ago is kept no longer, and still was an invitation of this year.
    session.delete(made[0])
    session.flush()

    found = queries.spread(session, MONDAY)

    assert (found.invitations, found.people) == (6, 5)
    assert found.gini == pytest.approx(2 / 15)


def test_a_spread_over_few_is_not_told(session: Session) -> None:
    for person in [a_fitting_person(session) for _ in range(4)]:
        for _ in range(2):
            was_invited(session, an_opgave(session), person, MONDAY - timedelta(days=1))

    assert queries.spread(session, MONDAY).gini is None


def an_awaited_answer(session: Session, talk: Talk, settled_at: datetime | None) -> None:
    """A wait of last month, besides the one that runs."""
    session.add(
        AwaitedAnswer(
            id=uuid4(),
            conversation_id=talk.id,
            since=MONDAY - timedelta(days=30),
            answer_before=TODAY - timedelta(days=22),
            settled_at=settled_at or MONDAY,
        )
    )
    session.flush()


def test_whose_time_is_over_counts_as_answered_in_time_or_not(session: Session) -> None:
    talk = a_question(session)
    last_moment = datetime.combine(TODAY - timedelta(days=23), time(23, 59), AMSTERDAM)
    moments = (MONDAY - timedelta(days=25), last_moment, last_moment + timedelta(minutes=2), None)
    for moment in moments:
        an_awaited_answer(session, talk, moment)

    own = queries.answering(session, MONDAY, [talk.owner.gemeente_code])

    assert (own.awaited, own.in_time) == (4, 2)
    assert queries.answering(session, MONDAY) == own
    nobody = queries.answering(session, MONDAY, [talk.professional.gemeente_code])
    assert (nobody.awaited, nobody.in_time) == (0, 0)


def test_what_is_longer_ago_than_a_year_or_still_runs_is_not_counted(session: Session) -> None:
    talk = a_question(session)
    an_awaited_answer(session, talk, None)

    later = queries.answering(session, MONDAY + timedelta(days=340))

    assert later.awaited == 1


def test_who_hides_without_a_word_is_answered_by_nobody_and_does_not_count(
    session: Session,
) -> None:
    talk = a_talk(session)
    pause_profile(make_work(session, talk.professional))
    session.flush()

    assert queries.answering(session, LATER).awaited == 0


@pytest.mark.parametrize("count", [1, 3])
def test_any_number_is_asked_for_in_one_question(session: Session, count: int) -> None:
    talk = a_question(session)
    for _ in range(count):
        an_awaited_answer(session, talk, None)

    with counted(session) as asked:
        queries.answering(session, MONDAY, [talk.owner.gemeente_code])

    assert len(asked) == 1
