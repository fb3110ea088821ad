from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.rules import Frequency, Weekday
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

LATER = MONDAY + timedelta(hours=1)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def opgave(session: Session, owner: User) -> Opgave:
    return an_opgave(session, "verkeerskunde", owner=owner)


@pytest.fixture
def profile(session: Session) -> Profile:
    return a_profile(session, "verkeerskunde")


@pytest.fixture(autouse=True)
def told(session: Session, opgave: Opgave, profile: Profile) -> None:
    tell(session, opgave, profile)


def tell(session: Session, opgave: Opgave, profile: Profile, at: datetime = MONDAY) -> None:
    matching.match_opgave(make_work(session), opgave.id)
    service.tell_matches(make_work(session, now=at), opgave.id, [profile.user_id])


def seen_by(session: Session, user: User) -> tuple[int, int, bool, int]:
    """How much there is in the inbox, in the news, whether there is any, and what is unread."""
    session.flush()
    session.expire_all()
    viewer = actor_of(user)
    return (
        len(queries.inbox(session, viewer, TODAY)),
        len(queries.news(session, viewer, None, LATER, TODAY)),
        queries.has_news(session, viewer, None, LATER, TODAY),
        queries.count_unread(session, viewer, TODAY),
    )


def test_both_sides_are_told(session: Session, owner: User, profile: Profile) -> None:
    professional = session.get_one(User, profile.user_id)

    assert (seen_by(session, owner), seen_by(session, professional)) == (
        (1, 1, True, 1),
        (1, 1, True, 1),
    )


def test_a_colleague_who_hides_is_nowhere_not_even_counted(
    session: Session, owner: User, profile: Profile
) -> None:
    profile.visibility = Visibility.HIDDEN

    assert seen_by(session, owner) == (0, 0, False, 0)


def test_a_colleague_who_pauses_is_nowhere(session: Session, owner: User, profile: Profile) -> None:
    profile.state = ProfileState.PAUSED

    assert seen_by(session, owner) == (0, 0, False, 0)


def test_who_is_no_longer_opgavehouder_is_told_of_no_colleague(
    session: Session, owner: User
) -> None:
    owner.grants[0].ended_at = MONDAY

    assert seen_by(session, owner) == (0, 0, False, 0)


def test_who_went_to_another_gemeente_is_told_of_no_colleague(
    session: Session, owner: User
) -> None:
    owner.gemeente_code = a_user(session).gemeente_code

    assert seen_by(session, owner) == (0, 0, False, 0)


@pytest.mark.parametrize("status", [OpgaveStatus.CLOSED, OpgaveStatus.WITHDRAWN])
def test_an_opgave_that_ended_is_told_to_nobody(
    session: Session, owner: User, opgave: Opgave, profile: Profile, status: OpgaveStatus
) -> None:
    opgave.status = status
    professional = session.get_one(User, profile.user_id)

    assert (seen_by(session, owner), seen_by(session, professional)) == ((0, 0, False, 0),) * 2


def test_a_match_that_went_takes_its_notice_along(
    session: Session, opgave: Opgave, profile: Profile
) -> None:
    profile.skills = []
    session.flush()
    matching.match_profile(make_work(session), profile.user_id)

    assert seen_by(session, session.get_one(User, profile.user_id)) == (0, 0, False, 0)


def test_news_is_what_was_told_in_between(session: Session, owner: User) -> None:
    viewer = actor_of(owner)
    moments = (MONDAY - timedelta(seconds=1), MONDAY, LATER)
    between = [(since, until) for since in moments for until in moments if since < until]

    found = [len(queries.news(session, viewer, *window, TODAY)) for window in between]

    assert found == [0, 1, 1]
    assert found == [int(queries.has_news(session, viewer, *window, TODAY)) for window in between]


def test_the_inbox_begins_with_the_newest_and_news_with_the_best(
    session: Session, owner: User, opgave: Opgave
) -> None:
    half = an_opgave(session, "verkeerskunde", "omgevingsrecht", owner=owner, title="Half")
    tell(session, half, session.query(Profile).one(), at=MONDAY + timedelta(minutes=1))
    viewer = actor_of(owner)

    inbox = [one.seen.opgave.title for one in queries.inbox(session, viewer, TODAY)]
    news = [one.seen.opgave.title for one in queries.news(session, viewer, None, LATER, TODAY)]

    assert (inbox, news) == (["Half", opgave.title], [opgave.title, "Half"])


def test_without_a_choice_it_is_every_monday(session: Session, owner: User) -> None:
    assert queries.preference_of(session, owner.id) == (Frequency.WEEKLY, Weekday.MONDAY)
