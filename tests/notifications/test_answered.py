"""Who answered an opgave gets no news of it; who said "later" gets it once more on that day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.notifications import queries, service
from app.notifications.models import Notice
from app.notifications.queries import Readers
from app.notifications.rules import DeliveryState, morning_of
from app.responses import service as responses
from tests.notifications.builders import Told, a_delivery, a_told_match
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
AGAIN_ON = 14


@pytest.fixture
def told(session: Session) -> Told:
    return a_told_match(session, closes_on=TODAY + 60 * A_DAY, ends_on=TODAY + 120 * A_DAY)


def stands(session: Session, user: User, days: int = 0) -> tuple[int, int, int, bool]:
    """On that day: how much in the inbox, unread and news since ever; whether a digest is due."""
    session.flush()
    reader, today = actor_of(user), TODAY + days * A_DAY
    until = morning_of(today + A_DAY)
    due = queries.due_for_digest(session, Readers(None, None), None, until, today)
    return (
        len(queries.inbox(session, reader, today)),
        queries.count_unread(session, reader, today),
        len(queries.news(session, reader, None, until, today)),
        user.id in dict(due),
    )


NOTHING = (0, 0, 0, False)
ONE = (1, 1, 1, True)


def test_who_shows_interest_needs_no_more_news_of_it(session: Session, told: Told) -> None:
    responses.show_interest(make_work(session, told.professional), told.opgave.id)

    assert stands(session, told.professional) == NOTHING
    assert stands(session, told.professional, 50) == NOTHING
    assert stands(session, told.owner) == ONE


def test_who_said_later_gets_no_news_until_that_day(session: Session, told: Told) -> None:
    service.mark_all_read(make_work(session, told.professional))
    responses.say_later(make_work(session, told.professional), told.opgave.id)

    found = [stands(session, told.professional, days) for days in (0, AGAIN_ON - 1, AGAIN_ON)]

    assert found == [NOTHING, NOTHING, ONE]


def test_who_takes_it_back_finds_it_in_the_inbox_again(session: Session, told: Told) -> None:
    for say in (responses.show_interest, responses.say_later):
        say(make_work(session, told.professional), told.opgave.id)
        responses.withdraw(make_work(session, told.professional), told.opgave.id)

        assert stands(session, told.professional) == ONE


def test_an_answer_hides_no_news_of_others(session: Session, told: Told) -> None:
    another = a_told_match(session)

    responses.show_interest(make_work(session, told.professional), told.opgave.id)

    assert stands(session, another.professional) == ONE


def test_what_is_news_again_can_be_read_again(session: Session, told: Told) -> None:
    user = told.professional
    service.mark_all_read(make_work(session, user))
    responses.say_later(make_work(session, user), told.opgave.id)
    then = make_work(session, user, MONDAY + AGAIN_ON * A_DAY)

    [line] = queries.inbox(session, then.actor, then.today)
    service.mark_line(then, line.notice.id, is_read=True)

    assert (line.is_unread, line.told_at) == (True, MONDAY + AGAIN_ON * A_DAY - timedelta(hours=9))
    assert queries.count_unread(session, then.actor, then.today) == 0
    service.mark_line(then, line.notice.id, is_read=False)
    assert queries.count_unread(session, then.actor, then.today) == 1
    service.mark_all_read(then)
    assert queries.count_unread(session, then.actor, then.today) == 0


def days_told(session: Session, user: User, every: int, days: int) -> list[int]:
    """On which days the digest that comes every so many days told something."""
    found = []
    for day in range(1, days, every):
        until, today = morning_of(TODAY + day * A_DAY), TODAY + day * A_DAY
        due = dict(queries.due_for_digest(session, Readers(None, None), None, until, today))
        if user.id in due:
            assert len(queries.news(session, actor_of(user), due[user.id], until, today)) == 1
            found.append(day)
        # A digest with other news was accepted, whether or not it told of this.
        a_delivery(session, user, state=DeliveryState.ACCEPTED, news_until=until)
    return found


@pytest.mark.parametrize("every", [1, 2, 7])
@pytest.mark.parametrize("answered", [0, 3])
def test_later_is_told_exactly_once_more_whatever_digests_passed(
    session: Session, told: Told, every: int, answered: int
) -> None:
    user = told.professional
    first = days_told(session, user, every, answered + 1) if answered else []
    answered_at = MONDAY + answered * A_DAY
    responses.say_later(make_work(session, user, answered_at), told.opgave.id)
    session.flush()

    then = days_told(session, user, every, 40)

    again = answered + AGAIN_ON
    assert first == ([1] if answered else [])
    assert then == [next(day for day in range(1, 40, every) if day >= again)]


def test_a_digest_that_ends_before_that_day_leaves_it_to_the_next_one(
    session: Session, told: Told
) -> None:
    user, until = told.professional, morning_of(TODAY + (AGAIN_ON - 1) * A_DAY)
    responses.say_later(make_work(session, user), told.opgave.id)
    before, after = (
        a_delivery(session, user, news_until=moment) for moment in (until, until + A_DAY)
    )
    that_day = TODAY + AGAIN_ON * A_DAY

    standing = queries.standing_for_digests(session, [before.id, after.id], that_day)

    assert set(standing) == {after.id}
    assert queries.news(session, actor_of(user), None, until, that_day) == []
    readers = Readers(None, None)
    assert user.id not in dict(queries.due_for_digest(session, readers, None, until, that_day))


def test_a_match_that_came_back_meanwhile_is_told_on_the_day_itself(
    session: Session, told: Told
) -> None:
    user = told.professional
    a_delivery(session, user, state=DeliveryState.ACCEPTED, news_until=MONDAY + A_DAY)
    responses.say_later(make_work(session, user), told.opgave.id)
    came_back(session, told, MONDAY + 5 * A_DAY)

    assert days_told(session, user, 1, 40) == [AGAIN_ON]


def test_a_match_that_comes_back_after_that_day_is_told_then(session: Session, told: Told) -> None:
    user = told.professional
    responses.say_later(make_work(session, user), told.opgave.id)
    session.flush()
    assert days_told(session, user, 1, 20) == [AGAIN_ON]
    came_back(session, told, MONDAY + 19 * A_DAY)

    assert days_told(session, user, 1, 40)[-1:] == [20]


def came_back(session: Session, told: Told, when: datetime) -> None:
    for notice in session.scalars(select(Notice).where(Notice.user_id == told.professional.id)):
        notice.told_at, notice.read_at = when, None
    session.flush()
