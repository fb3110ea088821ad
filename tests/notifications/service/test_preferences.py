"""How often somebody wants to hear from us."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import ANYONE
from app.core.errors import Conflict, NotAllowed
from app.core.faults import FaultyDraft
from app.core.work import Work
from app.notifications import queries, service
from app.notifications.models import Preference
from app.notifications.rules import Channel, Family, Frequency, LeftOut, Weekday
from app.vocabulary.rules import Theme
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user
from tests.support.queries import counted
from tests.support.work import make_work


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def test_without_a_choice_it_is_every_monday(session: Session) -> None:
    assert queries.preference_of(session, a_user(session).id) == (
        Frequency.WEEKLY,
        Weekday.MONDAY,
    )


def test_the_last_choice_counts(session: Session) -> None:
    user = a_user(session)
    for frequency, weekday in (
        (Frequency.DAILY, Weekday.MONDAY),
        (Frequency.WEEKLY, Weekday.FRIDAY),
    ):
        service.set_preference(make_work(session, user), frequency, weekday)
        session.expire_all()

    assert queries.preference_of(session, user.id) == (Frequency.WEEKLY, Weekday.FRIDAY)


def test_a_choice_has_an_owner(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.set_preference(make_work(session, ANYONE), Frequency.DAILY, Weekday.MONDAY)


def test_unsubscribing_needs_no_sign_in_and_keeps_the_chosen_day(session: Session) -> None:
    user = a_user(session)
    service.set_preference(make_work(session, user), Frequency.WEEKLY, Weekday.FRIDAY)

    for _ in range(2):
        service.unsubscribe(make_work(session, ANYONE), user.id)

    session.expire_all()
    assert queries.preference_of(session, user.id) == (Frequency.NEVER, Weekday.FRIDAY)


def test_unsubscribing_somebody_who_left_does_no_harm(session: Session) -> None:
    service.unsubscribe(make_work(session, ANYONE), uuid4())

    assert session.scalar(select(func.count()).select_from(Preference)) == 0


@pytest.mark.parametrize(
    ("skills", "said"),
    [
        (("!!!",), "Gebruik letters of cijfers."),
        (("x" * 81,), "Gebruik hier hoogstens 80 tekens. Het zijn er nu 81."),
        (tuple(f"vak {number}" for number in range(31)), "hoogstens 30 vaardigheden"),
    ],
)
def test_what_cannot_be_left_out_says_why_and_changes_nothing(
    session: Session, skills: tuple[str, ...], said: str
) -> None:
    user = a_user(session)

    with pytest.raises(FaultyDraft) as faulty:
        service.leave_out(make_work(session, user), LeftOut((Theme.WONEN,), skills))

    assert [(fault.field, said in fault.said) for fault in faulty.value.faults] == [("skill", True)]
    assert queries.left_out(session, user.id) == LeftOut()


def test_leaving_out_has_an_owner(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.leave_out(make_work(session, ANYONE), LeftOut())


def test_what_was_chosen_a_moment_ago_counts_though_it_was_read_before(session: Session) -> None:
    user = a_user(session)
    service.set_preference(make_work(session, user), Frequency.WEEKLY, Weekday.FRIDAY)
    began_with = queries.choice_of(session, user.id)
    read_before = session.get_one(Preference, user.id)
    service.unsubscribe(make_work(session, ANYONE), user.id)

    with pytest.raises(Conflict):
        service.choose(make_work(session, user), began_with, began_with.version)

    assert read_before.frequency is Frequency.NEVER


def test_who_chooses_is_locked_once(session: Session) -> None:
    user = a_user(session)
    work, wanted = make_work(session, user), queries.choice_of(session, user.id)

    with counted(session) as statements:
        service.choose(work, wanted, wanted.version)

    assert len([one for one in statements if "FOR UPDATE" in one]) == 1


def test_of_two_who_choose_at_once_the_second_reads_what_the_first_chose(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        user = a_user(work.session)
        actor, stored = actor_of(user), queries.choice_of(work.session, user.id)

    def choose(frequency: Frequency) -> Callable[[Work], None]:
        wanted = replace(stored, frequency=frequency)
        return lambda work: service.choose(work, wanted, stored.version)

    given = shared.overlap(choose(Frequency.DAILY), choose(Frequency.NEVER), actor)

    assert [type(one) for one in given] == [type(None), Conflict]


def test_who_leaves_by_a_link_is_not_brought_back_by_a_form_that_began_before(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        user_id = a_user(work.session).id
        service.set_preference(work, Frequency.DAILY, Weekday.MONDAY, by_link=user_id)
        work.session.flush()
        wanted = queries.choice_of(work.session, user_id)

    _, given = shared.overlap(
        lambda work: service.unsubscribe(work, user_id),
        lambda work: service.choose(work, wanted, wanted.version, by_link=user_id),
        ANYONE,
    )

    assert isinstance(given, Conflict)
    with shared.work() as work:
        assert queries.preference_of(work.session, user_id)[0] is Frequency.NEVER


def test_who_is_erased_meanwhile_can_still_be_unsubscribed(shared: SharedDatabase) -> None:
    with shared.work() as work:
        user_id = a_user(work.session).id

    _, given = shared.overlap(
        lambda work: work.session.execute(delete(User).where(User.id == user_id)),
        lambda work: service.unsubscribe(work, user_id),
    )

    assert given is None


def test_a_link_that_ends_mail_at_once_begins_no_other_that_was_just_left(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        user_id = a_user(work.session).id

    shared.overlap(
        lambda work: service.choose_roads(work, {Family.RESPONSES: Channel.INBOX}, by_link=user_id),
        lambda work: service.end_at_once(work, user_id, Family.RESPONSES),
    )

    with shared.work() as work:
        assert queries.channels(work.session, user_id)[Family.RESPONSES] is Channel.INBOX


@pytest.mark.parametrize(
    ("road", "then"),
    [
        (Channel.AT_ONCE, Channel.DIGEST),
        (Channel.DIGEST, Channel.DIGEST),
        (Channel.INBOX, Channel.INBOX),
    ],
)
def test_a_link_ends_mail_at_once_and_begins_no_other(
    session: Session, road: Channel, then: Channel
) -> None:
    user = a_user(session)
    service.choose_roads(make_work(session, user), {Family.RESPONSES: road})

    service.end_at_once(make_work(session, ANYONE), user.id, Family.RESPONSES)

    assert queries.channels(session, user.id)[Family.RESPONSES] is then
