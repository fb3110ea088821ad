"""Mail that goes at once: never too much of it, never in quiet hours, and nothing lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.clock import AMSTERDAM
from app.notifications import queries, service
from app.notifications.models import Delivery, MailAllowance, Notice
from app.notifications.rules import MOST_A_DAY, MailKind
from app.responses import service as responses
from tests.conftest import DatabaseMaker
from tests.notifications.builders import interest_in
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

PRODUCERS, NOTICES = 16, 50
SEVEN = datetime(2026, 11, 24, 7, tzinfo=AMSTERDAM)
Record = Callable[[str, object], None]


def test_f20_sixteen_tell_one_person_fifty_things_in_a_second(
    new_database: DatabaseMaker, record_property: Record
) -> None:
    engine = create_engine(new_database(), pool_size=PRODUCERS)
    with Session(engine) as session:
        owner = a_user(session, Role.OPGAVEHOUDER)
        told = [_shown(session, owner) for _ in range(NOTICES)]
        session.commit()
        owner_id = owner.id
    together = Barrier(PRODUCERS)

    def produce(own: Sequence[tuple[UUID, UUID]]) -> None:
        together.wait(timeout=30)
        for opgave_id, profile_id in own:
            with Session(engine) as session:
                service.tell_interest(make_work(session), opgave_id, profile_id)
                session.commit()

    with ThreadPoolExecutor(PRODUCERS) as pool:
        list(pool.map(produce, [told[number::PRODUCERS] for number in range(PRODUCERS)]))

    with Session(engine) as session:
        owner = session.get_one(User, owner_id)
        sent = set(session.scalars(select(Delivery.subject_id)))
        until = MONDAY + timedelta(days=1)
        left = {one.notice.id for one in queries.news(session, actor_of(owner), None, until, TODAY)}
        everything = set(session.scalars(select(Notice.id)))
        spent = session.scalar(
            select(func.sum(MailAllowance.spent)).where(MailAllowance.opgave_id.is_(None))
        )
    engine.dispose()
    record_property("sent", len(sent))
    record_property("left for the digest", len(left))
    record_property("lost", len(everything - sent - left))
    assert (len(sent), spent) == (MOST_A_DAY, MOST_A_DAY)
    assert len(everything) == NOTICES
    assert sent | left == everything
    assert sent & left == set()


def _shown(session: Session, owner: User) -> tuple[UUID, UUID]:
    """An opgave, and who showed interest in it; nobody has been told yet."""
    opgave, professional = an_opgave(session, owner=owner), a_user(session)
    a_profile(session, user=professional)
    responses.show_interest(make_work(session, professional), opgave.id)
    return opgave.id, professional.id


@pytest.mark.parametrize(
    ("arrives", "goes"),
    [
        (datetime(2026, 11, 23, 18, 59, tzinfo=AMSTERDAM), None),
        (datetime(2026, 11, 23, 19, 1, tzinfo=AMSTERDAM), SEVEN),
        (datetime(2026, 11, 24, 6, 59, tzinfo=AMSTERDAM), SEVEN),
        (datetime(2026, 11, 28, 12, tzinfo=AMSTERDAM), SEVEN + timedelta(days=6)),
        # The clocks go back in the night before this Monday, and forward before the other.
        (
            datetime(2026, 10, 24, 12, tzinfo=AMSTERDAM),
            datetime(2026, 10, 26, 7, tzinfo=AMSTERDAM),
        ),
        (
            datetime(2027, 3, 27, 12, tzinfo=AMSTERDAM),
            datetime(2027, 3, 29, 7, tzinfo=AMSTERDAM),
        ),
    ],
)
def test_f21_what_arrives_in_quiet_hours_goes_on_the_next_working_morning(
    session: Session, arrives: datetime, goes: datetime | None
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    closes_on = arrives.date() + timedelta(days=20)
    starts_on, ends_on = closes_on, closes_on + timedelta(days=90)
    opgave = an_opgave(
        session, owner=owner, closes_on=closes_on, starts_on=starts_on, ends_on=ends_on
    )

    interest_in(session, opgave, at=arrives)

    mail = session.scalars(select(Delivery).where(Delivery.kind == MailKind.INTEREST_SHOWN)).one()
    assert mail.next_attempt_at == (goes or session.scalar(select(func.now())))
    assert mail.expires_at - mail.next_attempt_at == timedelta(hours=48)


@pytest.mark.parametrize(("minute", "may_go"), [(59, True), (60, False)])
def test_f21_the_marker_judges_the_hour_once_more(
    session: Session, minute: int, may_go: bool
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    interest_in(session, an_opgave(session, owner=owner))
    at = datetime(2026, 11, 23, 18, tzinfo=AMSTERDAM) + timedelta(minutes=minute)
    work = make_work(session, now=at)
    [claimed] = service.claim(work, 1)

    assert service.mark(work, claimed) is may_go

    session.flush()
    mail = session.scalars(select(Delivery)).one()
    session.refresh(mail)
    assert may_go or mail.next_attempt_at == SEVEN
