"""Work is saved whole or not at all, and happens on a Dutch day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import SYSTEM
from app.core.errors import NotFound
from app.core.outbox import OutboxMessage
from app.core.work import Work, begin
from app.gemeenten.events import GemeentenChanged
from app.gemeenten.models import Gemeente
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user
from tests.support.work import MONDAY, make_work


class Mishap(Exception):
    """Something that goes wrong halfway."""


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def count_gemeenten(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(Gemeente))


def test_a_change_and_its_fact_are_saved_together(shared: SharedDatabase) -> None:
    with shared.work() as work:
        code = a_gemeente(work.session).code
        work.emit(GemeentenChanged(gemeente_codes=(code,)))

    with shared.work() as work:
        told = work.session.scalars(select(OutboxMessage)).one()
        assert work.session.get(Gemeente, code) is not None
        assert told.payload == {"gemeente_codes": [code]}


def test_work_that_fails_halfway_leaves_nothing(shared: SharedDatabase) -> None:
    with shared.work() as work:
        before = count_gemeenten(work.session)

    def stumble() -> None:
        with shared.work() as work:
            a_gemeente(work.session)
            raise Mishap

    with pytest.raises(Mishap):
        stumble()

    with shared.work() as work:
        assert count_gemeenten(work.session) == before


def test_a_second_change_waits_and_sees_the_first(shared: SharedDatabase) -> None:
    with shared.work() as work:
        code = a_gemeente(work.session, inhabitants=1).code

    def grow(work: Work) -> int:
        row = work.fetch_to_change(Gemeente, code)
        row.inhabitants += 1
        return row.inhabitants

    assert shared.overlap(grow, grow) == (2, 3)


def test_a_row_that_was_read_before_is_read_again_to_change(session: Session) -> None:
    gemeente = a_gemeente(session, inhabitants=1)
    session.connection().execute(text("UPDATE gemeente SET inhabitants = 7"))

    assert gemeente.inhabitants == 1
    assert make_work(session).fetch_to_change(Gemeente, gemeente.code).inhabitants == 7


@pytest.mark.parametrize("way", ["fetch", "fetch_to_change"])
def test_what_is_not_there_is_not_found(session: Session, way: str) -> None:
    with pytest.raises(NotFound):
        getattr(make_work(session), way)(User, uuid4())


def test_a_fact_tells_who_and_when(session: Session) -> None:
    user = a_user(session)

    make_work(session, user).emit(GemeentenChanged(gemeente_codes=("GM0001",)))

    told = session.scalars(select(OutboxMessage)).one()
    assert (told.name, told.actor_id, told.occurred_at, told.relayed_at) == (
        "gemeenten.changed",
        user.id,
        MONDAY,
        None,
    )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 7, 31, 22, tzinfo=UTC), date(2026, 8, 1)),
    ],
)
def test_today_is_the_day_in_amsterdam(session: Session, moment: datetime, day: date) -> None:
    assert make_work(session, now=moment).today == day


def test_work_begins_with_the_moment_of_its_clock(session: Session) -> None:
    with begin(session, SYSTEM, lambda: MONDAY) as work:
        assert (work.now, work.actor) == (MONDAY, SYSTEM)
