"""What people say to an opgave: the last answer wins, twice is once, and only what may be said."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import ANYONE, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.rules import ProfileState
from app.responses import service
from app.responses.models import Response
from app.responses.rules import Answer
from app.responses.service import ENDED, NO_PROFILE, OF_OWN_GEMEENTE
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
Say = Callable[[Work, UUID], object]
ANSWERS: list[Say] = [service.show_interest, service.say_later]


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def opgave(session: Session) -> Opgave:
    return an_opgave(session, "inkoop", closes_on=TODAY + timedelta(days=60))


@pytest.fixture
def professional(session: Session) -> User:
    return a_profile_owner(session)


def a_profile_owner(session: Session, **changed: Any) -> User:
    user = a_user(session)
    a_profile(session, "inkoop", user=user, **changed)
    return user


def said(session: Session) -> list[tuple[Answer, date | None]]:
    session.flush()
    return [(row.answer, row.again_on) for row in session.scalars(select(Response))]


def told(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def test_interest_is_kept_and_told(session: Session, opgave: Opgave, professional: User) -> None:
    service.show_interest(make_work(session, professional), opgave.id)

    session.flush()
    row = session.scalars(select(Response)).one()
    fact = session.scalars(select(OutboxMessage)).one()
    assert (row.user_id, row.opgave_id, row.answer, row.again_on, row.answered_at) == (
        *(professional.id, opgave.id, Answer.INTERESTED),
        *(None, MONDAY),
    )
    assert fact.name == "interest.shown"
    assert fact.payload == {"user_id": str(professional.id), "opgave_id": str(opgave.id)}


def test_later_is_two_weeks_on(session: Session, opgave: Opgave, professional: User) -> None:
    service.say_later(make_work(session, professional), opgave.id)

    assert said(session) == [(Answer.LATER, TODAY + 14 * A_DAY)]
    assert told(session) == ["later.said"]


@pytest.mark.parametrize("say", ANSWERS)
def test_of_two_equal_answers_at_once_the_second_finds_the_first(
    shared: SharedDatabase, say: Say
) -> None:
    with shared.work() as work:
        actor = actor_of(a_profile_owner(work.session))
        opgave_id = an_opgave(work.session, "inkoop").id

    def post(work: Work) -> None:
        say(work, opgave_id)

    assert shared.overlap(post, post, actor) == (None, None)

    with shared.work() as work:
        facts = work.session.scalars(
            select(OutboxMessage).where(OutboxMessage.actor_id == actor.user_id)
        )
        assert len(facts.all()) == 1


@pytest.mark.parametrize("say", ANSWERS)
def test_saying_it_twice_is_saying_it_once(
    session: Session, opgave: Opgave, professional: User, say: Say
) -> None:
    say(make_work(session, professional), opgave.id)
    before = said(session)

    say(make_work(session, professional, MONDAY + A_DAY), opgave.id)

    assert (said(session), len(told(session))) == (before, 1)
    assert session.scalars(select(Response.answered_at)).one() == MONDAY


def test_the_last_answer_wins(session: Session, opgave: Opgave, professional: User) -> None:
    work = make_work(session, professional)

    service.show_interest(work, opgave.id)
    service.say_later(work, opgave.id)
    service.show_interest(work, opgave.id)

    assert said(session) == [(Answer.INTERESTED, None)]
    assert sorted(told(session)) == [
        *("interest.shown", "interest.shown", "interest.withdrawn", "later.said"),
    ]


def test_who_hears_of_it_again_may_say_later_again(
    session: Session, opgave: Opgave, professional: User
) -> None:
    service.say_later(make_work(session, professional), opgave.id)

    service.say_later(make_work(session, professional, MONDAY + 14 * A_DAY), opgave.id)

    assert said(session) == [(Answer.LATER, TODAY + 28 * A_DAY)]


@pytest.mark.parametrize(
    ("open_for", "waits"), [(60, 14), (17, 14), (16, 13), (5, 2), (4, 1), (3, 1), (0, 1)]
)
def test_who_said_later_hears_in_time_of_an_opgave_that_closes_earlier(
    session: Session, opgave: Opgave, professional: User, open_for: int, waits: int
) -> None:
    service.say_later(make_work(session, professional), opgave.id)
    service.show_interest(make_work(session, a_profile_owner(session)), opgave.id)
    opgave.closes_on = TODAY + open_for * A_DAY

    service.hear_in_time(make_work(session), opgave.id)

    session.expire_all()
    assert sorted(said(session)) == [
        (Answer.INTERESTED, None),
        (Answer.LATER, TODAY + waits * A_DAY),
    ]


def test_later_is_not_taken_when_it_would_be_too_late(session: Session, professional: User) -> None:
    opgave = an_opgave(session, "inkoop", closes_on=TODAY + 3 * A_DAY)

    with pytest.raises(Conflict) as refused:
        service.say_later(make_work(session, professional), opgave.id)

    assert "Reageren kan tot en met 26 november 2026." in refused.value.said
    assert (said(session), told(session)) == ([], [])


def test_what_is_taken_back_is_gone(session: Session, opgave: Opgave, professional: User) -> None:
    work = make_work(session, professional)
    service.show_interest(work, opgave.id)

    service.withdraw(work, opgave.id)
    service.withdraw(work, opgave.id)

    assert said(session) == []
    assert sorted(told(session)) == ["interest.shown", "interest.withdrawn"]


def test_an_answer_can_be_taken_back_when_the_opgave_has_ended(
    session: Session, opgave: Opgave, professional: User
) -> None:
    service.show_interest(make_work(session, professional), opgave.id)
    opgave.status = OpgaveStatus.WITHDRAWN
    session.flush()

    service.withdraw(make_work(session, professional), opgave.id)

    assert said(session) == []


def test_taking_back_leaves_what_others_said(
    session: Session, opgave: Opgave, professional: User
) -> None:
    service.show_interest(make_work(session, professional), opgave.id)

    service.withdraw(make_work(session, a_profile_owner(session)), opgave.id)

    assert said(session) == [(Answer.INTERESTED, None)]


@pytest.mark.parametrize("profile", [None, ProfileState.CONCEPT, ProfileState.PAUSED])
def test_interest_asks_for_a_published_profile_and_says_how(
    session: Session, opgave: Opgave, profile: ProfileState | None
) -> None:
    user = a_profile_owner(session, state=profile) if profile else a_user(session)

    with pytest.raises(Conflict) as refused:
        service.show_interest(make_work(session, user), opgave.id)

    assert refused.value.said == NO_PROFILE
    assert said(session) == []


SPOILT: list[dict[str, Any]] = [
    {"status": OpgaveStatus.DONE},
    {"status": OpgaveStatus.WITHDRAWN},
    {"closes_on": TODAY - A_DAY},
]


@pytest.mark.parametrize("say", ANSWERS)
@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_over_takes_no_answer(
    session: Session, professional: User, spoilt: dict[str, Any], say: Say
) -> None:
    opgave = an_opgave(session, "inkoop", **spoilt)

    with pytest.raises(Conflict) as refused:
        say(make_work(session, professional), opgave.id)

    assert (refused.value.said, said(session)) == (ENDED, [])


@pytest.mark.parametrize("say", ANSWERS)
def test_an_opgave_of_the_own_gemeente_takes_no_answer(session: Session, say: Say) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "inkoop", owner=owner)
    user = a_user(session, gemeente_code=owner.gemeente_code)
    a_profile(session, "inkoop", user=user)

    with pytest.raises(Conflict) as refused:
        say(make_work(session, user), opgave.id)

    assert (refused.value.said, said(session)) == (OF_OWN_GEMEENTE, [])


@pytest.mark.parametrize("say", ANSWERS)
def test_what_somebody_may_not_read_does_not_exist_for_them(session: Session, say: Say) -> None:
    far = a_gemeente(session, province="Limburg").code
    user = a_user(session, gemeente_code=far)
    a_profile(session, "inkoop", user=user)
    concept = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)
    of_province = an_opgave(session, "inkoop", audience=Audience.PROVINCE)

    for opgave in (concept, of_province):
        with pytest.raises(NotFound):
            say(make_work(session, user), opgave.id)

    assert said(session) == []


@pytest.mark.parametrize("say", [*ANSWERS, service.withdraw])
def test_who_is_not_signed_in_answers_nothing(session: Session, opgave: Opgave, say: Say) -> None:
    with pytest.raises(NotAllowed):
        say(make_work(session, ANYONE), opgave.id)
