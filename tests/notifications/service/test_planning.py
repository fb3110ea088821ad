"""Which mails must go: one row each, whatever happens twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.rules import AccessState
from app.core.actor import Role
from app.core.work import Work
from app.notifications import service
from app.notifications.models import Delivery, DigestRun, Notice, Preference
from app.notifications.rules import (
    DeliveryState,
    Frequency,
    MailKind,
    RunState,
    Weekday,
    due_on,
)
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState, Visibility
from tests.conftest import DatabaseMaker
from tests.notifications.builders import a_delivery, a_told_match
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user
from tests.support.work import MONDAY, TODAY, database_now, make_work

TODAYS = due_on(TODAY)
TOMORROWS = due_on(TODAY + timedelta(days=1))
EARLIER = MONDAY - timedelta(hours=1)
NEXT_DAY = MONDAY + timedelta(days=1)


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def planned(session: Session) -> list[Delivery]:
    session.flush()
    return list(
        session.scalars(
            select(Delivery).order_by(Delivery.dedupe_key).execution_options(populate_existing=True)
        )
    )


def readers(session: Session) -> set[UUID | None]:
    return {delivery.user_id for delivery in planned(session)}


def a_request(session: Session, **changed: Any) -> AccessRequest:
    fields = {
        "id": uuid4(),
        "email": "jan@elders.example",
        "name": "Jan",
        "gemeente_code": a_gemeente(session).code,
        "asked_at": MONDAY,
    }
    request = AccessRequest(**{**fields, **changed})
    session.add(request)
    session.flush()
    return request


# Mails that somebody waits for


def test_a_sign_in_link_is_mailed_once_and_not_after_it_ran_out(session: Session) -> None:
    link = SignIn(
        id=uuid4(), email="jan@x.example", asked_at=MONDAY, expires_at=MONDAY + timedelta(minutes=7)
    )
    session.add(link)
    for _ in range(2):
        service.mail_sign_in(make_work(session), link.id)

    [mail] = planned(session)
    assert (mail.kind, mail.subject_id, mail.user_id, mail.state, mail.attempts) == (
        MailKind.SIGN_IN,
        link.id,
        None,
        DeliveryState.PENDING,
        0,
    )
    assert (mail.created_at, mail.next_attempt_at, mail.expires_at) == (
        MONDAY,
        database_now(session),
        database_now(session) + timedelta(minutes=7),
    )


def test_every_beheerder_hears_once_of_a_request(session: Session) -> None:
    beheerders = {a_user(session, Role.BEHEERDER).id for _ in range(2)}
    a_user(session, Role.GEMEENTEBEHEERDER)
    request = a_request(session)
    for _ in range(2):
        service.mail_access_asked(make_work(session), request.id)

    assert len(planned(session)) == 2
    assert readers(session) == beheerders


def test_who_asks_again_after_a_refusal_is_mailed_about_again(session: Session) -> None:
    a_user(session, Role.BEHEERDER)
    request = a_request(session)
    for asked_at in (MONDAY, MONDAY, NEXT_DAY):
        request.asked_at = asked_at
        service.mail_access_asked(make_work(session), request.id)

    assert [mail.kind for mail in planned(session)] == [MailKind.ACCESS_ASKED] * 2


def test_each_decision_is_mailed_once(session: Session) -> None:
    request = a_request(session, state=AccessState.REFUSED, decided_at=MONDAY)
    for decided_at in (MONDAY, MONDAY, NEXT_DAY):
        request.decided_at = decided_at
        service.mail_access_decided(make_work(session), request.id)

    assert [mail.kind for mail in planned(session)] == [MailKind.ACCESS_DECIDED] * 2


# Digests


def test_a_digest_tells_what_was_told_since_the_last_one(session: Session) -> None:
    told = a_told_match(session, told_at=EARLIER)

    count = service.plan_digests(make_work(session), TODAYS).planned

    mail = next(one for one in planned(session) if one.user_id == told.professional.id)
    assert (mail.kind, mail.subject_id, mail.news_from, mail.news_until) == (
        MailKind.DIGEST,
        told.professional.id,
        None,
        MONDAY,
    )
    # It is nine in the morning; nobody gets one in the evening.
    assert mail.expires_at == database_now(session) + timedelta(hours=10)
    assert (count, session.get_one(DigestRun, "2026-11-23").planned) == (2, 2)
    assert readers(session) == {told.professional.id, told.owner.id}


@pytest.mark.parametrize(
    ("frequency", "weekday", "on_the_day", "at_once"),
    [
        (None, Weekday.MONDAY, True, True),
        (Frequency.DAILY, Weekday.FRIDAY, True, True),
        (Frequency.WEEKLY, Weekday.MONDAY, True, True),
        (Frequency.WEEKLY, Weekday.FRIDAY, False, True),
        (Frequency.NEVER, Weekday.MONDAY, False, False),
    ],
)
def test_a_digest_is_for_who_wants_it_that_day(
    session: Session,
    frequency: Frequency | None,
    weekday: Weekday,
    on_the_day: bool,
    at_once: bool,
) -> None:
    user = a_told_match(session, told_at=EARLIER).professional
    if frequency is not None:
        service.set_preference(make_work(session, user), frequency, weekday)

    found = []
    for everybody in (False, True):
        point = session.begin_nested()
        service.plan_digests(make_work(session), TODAYS, everybody=everybody)
        found.append(user.id in readers(session))
        point.rollback()

    assert found == [on_the_day, at_once]


def test_planning_twice_plans_once(session: Session) -> None:
    a_told_match(session, told_at=EARLIER)

    counts = [service.plan_digests(make_work(session), TODAYS).planned for _ in range(2)]

    assert counts == [2, 0]
    assert len(planned(session)) == 2


def test_two_planners_at_once_plan_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        a_told_match(work.session, told_at=EARLIER)

    def plan(work: Work) -> int:
        return service.plan_digests(work, TODAYS).planned

    assert shared.overlap(plan, plan) == (2, 0)


def in_turns(session: Session, most: int) -> list[service.Turn]:
    """Every turn of one run, up to and including its last."""
    turns = [service.plan_digests(make_work(session), TODAYS, most=most)]
    while not turns[-1].is_last:
        turns.append(service.plan_digests(make_work(session), TODAYS, most=most))
    return turns


def test_a_run_in_turns_plans_for_everybody_once(session: Session) -> None:
    told = [a_told_match(session, told_at=EARLIER) for _ in range(3)]

    turns = in_turns(session, most=2)

    run = session.get_one(DigestRun, TODAYS.period)
    assert [turn.planned for turn in turns] == [2, 2, 2, 0]
    assert (run.planned, run.state) == (6, RunState.EXPANDED)
    assert readers(session) == {user.id for one in told for user in (one.professional, one.owner)}
    assert {mail.news_until for mail in planned(session)} == {MONDAY}


def test_what_is_told_between_two_turns_waits_for_the_next_digest(session: Session) -> None:
    a_told_match(session, told_at=EARLIER)
    service.plan_digests(make_work(session), TODAYS, most=1)
    later = a_told_match(session, told_at=MONDAY - timedelta(minutes=1))

    in_turns(session, most=1)

    assert readers(session).isdisjoint({later.professional.id, later.owner.id})


@pytest.mark.parametrize("turn_that_is_cut_off", [1, 2, 3])
def test_a_run_that_was_cut_off_goes_on_where_it_was(
    session: Session, turn_that_is_cut_off: int
) -> None:
    told = [a_told_match(session, told_at=EARLIER) for _ in range(2)]
    for _ in range(turn_that_is_cut_off - 1):
        service.plan_digests(make_work(session), TODAYS, most=1)
    point = session.begin_nested()
    service.plan_digests(make_work(session), TODAYS, most=1)
    point.rollback()
    session.expire_all()

    in_turns(session, most=1)

    assert session.get_one(DigestRun, TODAYS.period).planned == len(planned(session)) == 4
    assert readers(session) == {user.id for one in told for user in (one.professional, one.owner)}


def an_untold_match(work: Work) -> tuple[UUID, UUID]:
    """Opgave and professional of a match that nobody has heard of."""
    told = a_told_match(work.session, told_at=EARLIER)
    ids = told.opgave.id, told.professional.id
    work.session.execute(delete(Notice))
    return ids


def test_a_planner_waits_for_news_that_is_being_told(new_database: DatabaseMaker) -> None:
    with SharedDatabase(new_database()) as fresh:
        with fresh.work() as work:
            opgave_id, professional_id = an_untold_match(work)

        _, count = fresh.overlap(
            lambda work: service.tell_matches(
                replace(work, now=EARLIER), opgave_id, [professional_id]
            ),
            lambda work: service.plan_digests(work, TODAYS).planned,
        )

        assert count == 2


def test_who_tells_while_a_digest_is_planned_tells_the_next_one(
    new_database: DatabaseMaker,
) -> None:
    with SharedDatabase(new_database()) as fresh:
        with fresh.work() as work:
            opgave_id, professional_id = an_untold_match(work)

        fresh.overlap(
            lambda work: service.plan_digests(work, TODAYS).planned,
            lambda work: service.tell_matches(
                replace(work, now=EARLIER), opgave_id, [professional_id]
            ),
        )

        with fresh.work() as work:
            assert set(work.session.scalars(select(Notice.told_at))) == {MONDAY}


def test_who_has_no_news_gets_no_mail(session: Session) -> None:
    a_user(session)

    assert service.plan_digests(make_work(session), TODAYS).planned == 0
    assert planned(session) == []


def test_news_of_the_moment_of_planning_waits_for_the_next_one(session: Session) -> None:
    a_told_match(session, told_at=MONDAY)

    assert service.plan_digests(make_work(session), TODAYS).planned == 0
    next_day = service.plan_digests(make_work(session, now=NEXT_DAY), TOMORROWS, everybody=True)
    assert next_day.planned == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: setattr(told.opgave, "status", OpgaveStatus.WITHDRAWN),
        lambda told: setattr(told.opgave, "closes_on", TODAY - timedelta(days=1)),
    ],
)
def test_what_no_longer_stands_is_no_news(session: Session, spoil: Any) -> None:
    spoil(a_told_match(session, told_at=EARLIER))

    assert service.plan_digests(make_work(session), TODAYS).planned == 0


@pytest.mark.parametrize(
    "hide",
    [
        lambda told: setattr(told.profile, "visibility", Visibility.HIDDEN),
        lambda told: setattr(told.profile, "state", ProfileState.PAUSED),
        lambda told: setattr(told.owner.grants[0], "ended_at", MONDAY),
    ],
)
def test_a_colleague_whom_the_reader_may_not_know_of_is_no_news(
    session: Session, hide: Any
) -> None:
    told = a_told_match(session, told_at=EARLIER)
    hide(told)

    service.plan_digests(make_work(session), TODAYS)

    assert told.owner.id not in readers(session)


# Nothing is told twice, and nothing is left out


def an_earlier_digest(session: Session, user: User, state: DeliveryState) -> Delivery:
    return a_delivery(
        session,
        user,
        state=state,
        news_until=MONDAY - timedelta(minutes=30),
    )


@pytest.mark.parametrize(
    ("state", "is_news"),
    [
        (DeliveryState.ACCEPTED, False),
        # At most once holds for the mail; its news is not lost.
        (DeliveryState.UNKNOWN, True),
        (DeliveryState.PENDING, False),
        (DeliveryState.SUBMITTING, False),
        (DeliveryState.FAILED, True),
        (DeliveryState.EXPIRED, True),
        (DeliveryState.SUPPRESSED, True),
    ],
)
def test_what_was_told_or_is_on_its_way_is_not_told_again(
    session: Session, state: DeliveryState, is_news: bool
) -> None:
    user = a_told_match(session, told_at=EARLIER).professional
    an_earlier_digest(session, user, state)

    service.plan_digests(make_work(session), TODAYS)

    fresh = [mail for mail in planned(session) if mail.news_until == MONDAY]
    assert (user.id in {mail.user_id for mail in fresh}) is is_news


def test_a_digest_that_has_grown_too_old_stands_in_nobodys_way(session: Session) -> None:
    user = a_told_match(session, told_at=EARLIER).professional
    waiting = an_earlier_digest(session, user, DeliveryState.PENDING)
    waiting.expires_at = database_now(session) - timedelta(hours=1)
    session.flush()

    service.plan_digests(make_work(session), TODAYS)

    assert [mail.news_until for mail in planned(session) if mail.user_id == user.id].count(
        MONDAY
    ) == 1


def test_the_next_digest_begins_where_the_last_one_ended(session: Session) -> None:
    told = a_told_match(session, told_at=EARLIER)
    service.plan_digests(make_work(session), TODAYS)
    for mail in planned(session):
        mail.state = DeliveryState.ACCEPTED
    later = a_told_match(session, told_at=MONDAY + timedelta(hours=2), owner=told.owner)

    service.plan_digests(make_work(session, now=NEXT_DAY), TOMORROWS, everybody=True)

    fresh = {
        mail.user_id: (mail.news_from, mail.news_until)
        for mail in planned(session)
        if mail.news_until == NEXT_DAY
    }
    assert fresh == {
        told.owner.id: (MONDAY, NEXT_DAY),
        later.professional.id: (None, NEXT_DAY),
    }


# A pause


@pytest.mark.parametrize(("days", "comes"), [(-1, True), (0, True), (1, False)])
def test_no_digest_comes_before_the_last_day_of_a_pause_is_over(
    session: Session, days: int, comes: bool
) -> None:
    user = a_told_match(session, told_at=EARLIER).professional
    paused_until = TODAY + timedelta(days=days)
    session.add(Preference(user_id=user.id, paused_until=paused_until))

    service.plan_digests(make_work(session), TODAYS, everybody=True)

    assert (user.id in readers(session)) is comes


def test_what_came_during_a_pause_is_told_after_it(session: Session) -> None:
    told = a_told_match(session, told_at=EARLIER)
    an_earlier_digest(session, told.professional, DeliveryState.ACCEPTED)
    again = make_work(session, told.professional)
    during = NEXT_DAY - timedelta(hours=1)
    service.set_preference(again, Frequency.DAILY, Weekday.MONDAY, TODAY + timedelta(days=2))
    session.scalars(
        select(Notice).where(Notice.user_id == told.professional.id)
    ).one().told_at = during
    found = []

    for days in (1, 2):
        moment = MONDAY + timedelta(days=days)
        service.plan_digests(make_work(session, now=moment), due_on(moment.date()))
        found.append([mail.news_until for mail in planned(session) if mail.news_from])

    assert found == [[], [MONDAY + timedelta(days=2)]]
