"""Who reads what people say: they themselves, and who looks after the opgave."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.core.errors import NotFound
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses import queries, service
from app.responses.queries import Interested
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work

AN_HOUR = timedelta(hours=1)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def opgave(session: Session, owner: User) -> Opgave:
    return an_opgave(session, "inkoop", owner=owner)


def somebody_interested(session: Session, opgave: Opgave, **profile: object) -> User:
    user = a_user(session)
    a_profile(session, "inkoop", user=user, **profile)
    service.show_interest(make_work(session, user), opgave.id)
    session.flush()
    return user


def interested(session: Session, viewer: User, opgave: Opgave) -> list[Interested]:
    return queries.interested_in(session, make_work(session, viewer).actor, opgave.id, TODAY)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_the_opgavehouder_reads_who_it_is_and_why_they_fit(
    session: Session, owner: User, opgave: Opgave, visibility: Visibility
) -> None:
    user = somebody_interested(session, opgave, visibility=visibility)

    [found] = interested(session, owner, opgave)

    assert (found.colleague.name, found.colleague.email) == (user.name, user.email)
    assert found.colleague.gemeente_name.startswith("Testerdam")
    assert found.shown_at == MONDAY
    assert found.score is not None
    assert [reason.offered for reason in found.score.reasons] == ["inkoop"]


def test_who_takes_it_back_is_gone_at_once(session: Session, owner: User, opgave: Opgave) -> None:
    user = somebody_interested(session, opgave)

    service.withdraw(make_work(session, user), opgave.id)
    session.flush()

    assert interested(session, owner, opgave) == []


def test_who_says_later_or_pauses_is_not_among_them(
    session: Session, owner: User, opgave: Opgave
) -> None:
    later = somebody_interested(session, opgave)
    service.say_later(make_work(session, later), opgave.id)
    paused = somebody_interested(session, opgave)
    session.get_one(Profile, paused.id).state = ProfileState.PAUSED
    session.flush()

    assert interested(session, owner, opgave) == []


@pytest.mark.parametrize("roles", [(), (Role.OPGAVEHOUDER,), (Role.BEHEERDER,)])
def test_nobody_of_another_gemeente_reads_who_is_interested(
    session: Session, opgave: Opgave, roles: tuple[Role, ...]
) -> None:
    somebody_interested(session, opgave)

    with pytest.raises(NotFound):
        interested(session, a_user(session, *roles), opgave)


def test_the_last_who_shows_interest_comes_first_at_the_same_cost(
    session: Session, owner: User, opgave: Opgave
) -> None:
    costs = []
    reader, opgave_id = make_work(session, owner).actor, opgave.id
    for hours in (1, 2, 3):
        user = a_user(session, name=f"na {hours} uur")
        a_profile(session, "inkoop", user=user)
        service.show_interest(make_work(session, user, MONDAY + hours * AN_HOUR), opgave_id)
        with counted(session) as statements:
            found = queries.interested_in(session, reader, opgave_id, TODAY)
        costs.append(len(statements))

    assert [one.colleague.name for one in found] == ["na 3 uur", "na 2 uur", "na 1 uur"]
    assert costs[1:] == costs[:1] * 2


def test_people_read_their_own_answers_the_last_first(session: Session) -> None:
    user = a_user(session)
    a_profile(session, "inkoop", user=user)
    first, last, unanswered = (an_opgave(session, "inkoop") for _ in range(3))
    service.say_later(make_work(session, user), first.id)
    service.show_interest(make_work(session, user, MONDAY + AN_HOUR), last.id)
    somebody_interested(session, unanswered)
    viewer = make_work(session, user).actor

    found = [one.seen and one.seen.opgave for one in queries.all_own(session, viewer)]
    assert found == [last, first]
    assert set(queries.own(session, viewer, [first.id, unanswered.id])) == {first.id}


def test_of_an_opgave_that_is_no_longer_for_them_people_read_their_answer_alone(
    session: Session,
) -> None:
    far = a_gemeente(session, province="Limburg").code
    user, opgave = a_user(session, gemeente_code=far), an_opgave(session, "inkoop")
    service.say_later(make_work(session, user), opgave.id)
    opgave.audience = Audience.PROVINCE
    session.flush()

    [found] = queries.all_own(session, make_work(session, user).actor)

    assert (found.response.opgave_id, found.seen) == (opgave.id, None)
