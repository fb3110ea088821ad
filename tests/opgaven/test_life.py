"""What becomes of an opgave after it was written: each move, each refusal, and every seat once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.errors import Conflict, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven import life, queries, service
from app.opgaven.models import Opgave
from app.opgaven.rules import NO_SEAT_LEFT, NO_SEAT_TAKEN, NO_SUCH_MOVE, OpgaveStatus
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

YESTERDAY = TODAY - timedelta(days=1)
TWO_WEEKS = TODAY + timedelta(weeks=2)
DEEDS = [life.begin_talking, life.fill, life.start, life.finish, life.withdraw]


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def reopen(work: Any, opgave_id: Any) -> Opgave:
    return life.reopen(work, opgave_id, TWO_WEEKS, 3)


def test_an_opgave_goes_its_whole_way_and_every_step_is_told(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)

    for deed in (life.begin_talking, life.fill, reopen, life.fill, life.start, life.finish):
        deed(make_work(session, owner), opgave.id)

    assert (opgave.status, opgave.ended_at) == (OpgaveStatus.DONE, MONDAY)
    assert told(session) == [
        *("opgave.talking", "opgave.filled", "opgave.reopened", "opgave.filled"),
        *("opgave.started", "opgave.ended"),
    ]
    assert set(session.scalars(select(OutboxMessage.actor_id))) == {owner.id}


@pytest.mark.parametrize(
    ("status", "deed", "after"),
    [
        (OpgaveStatus.OPEN, life.begin_talking, OpgaveStatus.TALKING),
        (OpgaveStatus.OPEN, life.fill, OpgaveStatus.FILLED),
        (OpgaveStatus.FILLED, life.start, OpgaveStatus.RUNNING),
        (OpgaveStatus.RUNNING, life.finish, OpgaveStatus.DONE),
        (OpgaveStatus.TALKING, life.withdraw, OpgaveStatus.WITHDRAWN),
    ],
)
def test_a_step_twice_is_told_once(
    session: Session, owner: User, status: OpgaveStatus, deed: Any, after: OpgaveStatus
) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, status=status)

    for _ in range(2):
        deed(make_work(session, owner), opgave.id)

    assert (opgave.status, opgave.version, len(told(session))) == (after, 2, 1)


@pytest.mark.parametrize(
    ("status", "deed"),
    [
        (OpgaveStatus.CONCEPT, life.begin_talking),
        (OpgaveStatus.CONCEPT, life.fill),
        (OpgaveStatus.REVIEW, life.fill),
        (OpgaveStatus.OPEN, life.start),
        (OpgaveStatus.OPEN, life.finish),
        (OpgaveStatus.OPEN, reopen),
        (OpgaveStatus.FILLED, life.begin_talking),
        (OpgaveStatus.FILLED, life.finish),
        (OpgaveStatus.RUNNING, life.withdraw),
        (OpgaveStatus.RUNNING, reopen),
        *((ended, life.fill) for ended in (OpgaveStatus.DONE, OpgaveStatus.EXPIRED)),
        (OpgaveStatus.DONE, life.withdraw),
        (OpgaveStatus.WITHDRAWN, life.start),
        (OpgaveStatus.FILLED, service.publish_opgave),
        (OpgaveStatus.DONE, service.publish_opgave),
        (OpgaveStatus.EXPIRED, service.publish_opgave),
        (OpgaveStatus.WITHDRAWN, service.publish_opgave),
        (OpgaveStatus.CONCEPT, life.take_seat),
        (OpgaveStatus.EXPIRED, life.take_seat),
    ],
)
def test_a_step_that_does_not_exist_is_refused_in_words(
    session: Session, owner: User, status: OpgaveStatus, deed: Any
) -> None:
    # Without skills, so that what an open opgave lacks cannot be the reason.
    opgave = an_opgave(session, owner=owner, status=status)

    with pytest.raises(Conflict) as refusal:
        deed(make_work(session, owner), opgave.id)

    assert refusal.value.said == NO_SUCH_MOVE[status]
    assert (opgave.status, opgave.version, told(session)) == (status, 1, [])


@pytest.mark.parametrize(
    "status",
    [
        OpgaveStatus.FILLED,
        OpgaveStatus.RUNNING,
        OpgaveStatus.DONE,
        OpgaveStatus.EXPIRED,
        OpgaveStatus.WITHDRAWN,
    ],
)
def test_what_people_count_on_says_the_same_for_good(
    session: Session, owner: User, status: OpgaveStatus
) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, status=status)

    with pytest.raises(Conflict, match=NO_SUCH_MOVE[status]):
        service.revise_opgave(
            make_work(session, owner), opgave.id, queries.draft_of(session, opgave)
        )


@pytest.mark.parametrize("deed", DEEDS)
def test_for_others_there_is_nothing_to_move(session: Session, owner: User, deed: Any) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)

    with pytest.raises(NotFound):
        deed(make_work(session, a_user(session, Role.OPGAVEHOUDER)), opgave.id)


def test_looking_for_somebody_more_needs_a_day_to_come_and_a_seat(
    session: Session, owner: User
) -> None:
    opgave = an_opgave(
        session,
        owner=owner,
        status=OpgaveStatus.FILLED,
        people_taken=1,
        closes_on=YESTERDAY,
    )
    work = make_work(session, owner)

    with pytest.raises(FaultyDraft) as refusal:
        life.reopen(work, opgave.id, YESTERDAY, 1)
    life.reopen(work, opgave.id, TODAY, 2)

    assert refusal.value.faults == [
        Fault("people_needed", "Er is al 1 plek bezet."),
        Fault("closes_on", "De sluitingsdatum ligt in het verleden."),
    ]
    assert (opgave.status, opgave.closes_on, opgave.people_needed) == (
        OpgaveStatus.TALKING,
        TODAY,
        2,
    )


# Seats


def test_the_last_seat_fills_the_opgave_and_a_freed_one_opens_it(
    session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, people_needed=2)
    seen = []

    for deed in (life.take_seat, life.take_seat, life.free_seat):
        deed(make_work(session), opgave.id)
        seen.append((opgave.people_taken, opgave.status))

    assert seen == [
        (1, OpgaveStatus.TALKING),
        (2, OpgaveStatus.FILLED),
        (1, OpgaveStatus.TALKING),
    ]
    assert told(session) == [
        *("seat.taken", "opgave.talking", "seat.taken", "opgave.filled"),
        *("seat.freed", "opgave.reopened"),
    ]


@pytest.mark.parametrize(
    ("status", "closes_on"),
    [(OpgaveStatus.FILLED, YESTERDAY), (OpgaveStatus.RUNNING, TWO_WEEKS)],
)
def test_a_seat_that_is_freed_too_late_is_for_the_owner_to_fill(
    session: Session, status: OpgaveStatus, closes_on: Any
) -> None:
    opgave = an_opgave(session, status=status, closes_on=closes_on, people_taken=1)

    life.free_seat(make_work(session), opgave.id)

    assert (opgave.people_taken, opgave.status, told(session)) == (0, status, ["seat.freed"])


@pytest.mark.parametrize("status", [OpgaveStatus.FILLED, OpgaveStatus.RUNNING])
def test_who_was_in_conversation_can_still_come(session: Session, status: OpgaveStatus) -> None:
    opgave = an_opgave(session, status=status, people_needed=2, people_taken=1)

    life.take_seat(make_work(session), opgave.id)

    assert (opgave.people_taken, opgave.status) == (2, status)


def test_no_seat_is_taken_or_freed_that_is_not_there(session: Session) -> None:
    full = an_opgave(session, status=OpgaveStatus.FILLED, people_taken=1)
    empty = an_opgave(session)

    with pytest.raises(Conflict, match=NO_SEAT_LEFT):
        life.take_seat(make_work(session), full.id)
    with pytest.raises(Conflict, match=NO_SEAT_TAKEN):
        life.free_seat(make_work(session), empty.id)


@pytest.mark.parametrize("taken", [-1, 2])
def test_the_database_itself_keeps_the_seats(session: Session, taken: int) -> None:
    opgave = an_opgave(session, people_needed=1)

    with pytest.raises(IntegrityError, match="seats_are_there"), session.begin_nested():
        session.execute(update(Opgave).where(Opgave.id == opgave.id).values(people_taken=taken))


def test_of_fifty_who_come_at_once_for_one_seat_one_gets_it(shared: SharedDatabase) -> None:
    with shared.work() as work:
        opgave_id = an_opgave(work.session, people_needed=1).id
    together, given = Barrier(50), []

    def come() -> None:
        together.wait()
        try:
            with shared.work() as work:
                life.take_seat(work, opgave_id)
            given.append("a seat")
        except Conflict as refusal:
            given.append(refusal.said)

    comers = [Thread(target=come) for _ in range(50)]
    for comer in comers:
        comer.start()
    for comer in comers:
        comer.join()

    assert sorted(given) == [NO_SEAT_LEFT] * 49 + ["a seat"]
    with shared.work() as work:
        opgave = work.session.get_one(Opgave, opgave_id)
        assert (opgave.people_taken, opgave.status) == (1, OpgaveStatus.FILLED)


def test_fewer_people_than_there_are_cannot_be_asked(session: Session, owner: User) -> None:
    opgave = an_opgave(
        session, "wonen", owner=owner, status=OpgaveStatus.TALKING, people_needed=3, people_taken=2
    )
    draft = replace(queries.draft_of(session, opgave), people_needed=2)

    with pytest.raises(FaultyDraft) as refusal:
        service.revise_opgave(make_work(session, owner), opgave.id, draft)

    assert refusal.value.faults == [Fault("people_needed", "Er zijn al 2 plekken bezet.")]


# What the day makes of it


def test_no_opgave_stays_open_past_its_last_day(session: Session) -> None:
    tomorrow = TODAY + timedelta(days=1)
    opgaven = {
        "late": an_opgave(session, closes_on=YESTERDAY),
        "talked of": an_opgave(session, status=OpgaveStatus.TALKING, closes_on=YESTERDAY),
        "with one": an_opgave(
            session,
            status=OpgaveStatus.TALKING,
            closes_on=YESTERDAY,
            people_needed=2,
            people_taken=1,
        ),
        "last day": an_opgave(session, closes_on=TODAY),
        "concept": an_opgave(session, status=OpgaveStatus.CONCEPT, closes_on=YESTERDAY),
        "begins": an_opgave(session, status=OpgaveStatus.FILLED, starts_on=TODAY),
        "waits": an_opgave(session, status=OpgaveStatus.FILLED, starts_on=tomorrow),
    }

    moved = life.sweep(make_work(session))

    assert {name: opgave.status for name, opgave in opgaven.items()} == {
        "late": OpgaveStatus.EXPIRED,
        "talked of": OpgaveStatus.EXPIRED,
        "with one": OpgaveStatus.FILLED,
        "last day": OpgaveStatus.OPEN,
        "concept": OpgaveStatus.CONCEPT,
        "begins": OpgaveStatus.RUNNING,
        "waits": OpgaveStatus.FILLED,
    }
    assert (moved, life.sweep(make_work(session))) == (4, 0)


def test_what_is_being_signed_does_not_expire(session: Session) -> None:
    opgave = an_opgave(session, status=OpgaveStatus.TALKING, closes_on=YESTERDAY)

    assert life.sweep(make_work(session), being_signed={opgave.id}) == 0
    assert opgave.status is OpgaveStatus.TALKING


@pytest.mark.parametrize(("hour", "status"), [(22, OpgaveStatus.OPEN), (23, OpgaveStatus.EXPIRED)])
def test_the_day_ends_at_midnight_in_amsterdam(
    session: Session, hour: int, status: OpgaveStatus
) -> None:
    opgave = an_opgave(session, closes_on=TODAY)

    life.sweep(make_work(session, now=MONDAY.replace(hour=hour, minute=59)))

    assert opgave.status is status


def test_an_opgave_that_gets_a_later_last_day_meanwhile_stays_open(
    shared: SharedDatabase,
) -> None:
    with shared.work() as work:
        user = a_user(work.session, Role.OPGAVEHOUDER)
        opgave_id = an_opgave(work.session, "wonen", owner=user, closes_on=YESTERDAY).id
        draft = queries.draft_of(work.session, work.session.get_one(Opgave, opgave_id))
        later, actor = replace(draft, closes_on=TWO_WEEKS), accounts.actor_of(user)

    _, moved = shared.overlap(
        lambda work: service.revise_opgave(work, opgave_id, later), life.sweep, actor
    )

    assert moved == 0
    with shared.work() as work:
        assert work.session.get_one(Opgave, opgave_id).status is OpgaveStatus.OPEN
