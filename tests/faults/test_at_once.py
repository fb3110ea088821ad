"""Mail that goes at once: never too much of it, never in quiet hours, and nothing lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.clock import AMSTERDAM
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import MOST_A_DAY, MOST_MATCHES, MailKind, due_on
from tests.faults.clock import on_day
from tests.faults.conftest import Record
from tests.faults.crowd import interest_for
from tests.faults.office import Office
from tests.faults.sink import Sink
from tests.notifications.builders import interest_in
from tests.support.alive import work_now
from tests.support.builders import a_user, an_opgave
from tests.support.product import wait_for
from tests.support.work import make_work

PRODUCERS, NOTICES = 16, 50
SEVEN = datetime(2026, 11, 24, 7, tzinfo=AMSTERDAM)
TWO_MINUTES = timedelta(minutes=2)


@pytest.mark.slow
def test_f20_sixteen_tell_one_person_fifty_things_in_a_second(
    office: Office, sink: Sink, record_property: Record
) -> None:
    """Sixteen processes on a Monday; the digest of the next Monday tells the rest."""
    office.clock.set(on_day(0, 10))
    with office.clock.running(), office.session() as session:
        owner = a_user(session, Role.OPGAVEHOUDER)
        shown = [interest_for(session, owner) for _ in range(NOTICES)]
        session.commit()
        email = owner.email
    record_property("seconds", round(office.tell_together(PRODUCERS, shown), 1))
    office.send()
    office.finish()
    at_once = sink.copies_of_people[email]
    # What does not stand in the digest itself is counted there.
    sink.looks_for = frozenset({f"nog {NOTICES - MOST_A_DAY - MOST_MATCHES} reacties"})
    office.clock.set(on_day(7, 7))
    plan_digests(office)
    office.finish()

    assert at_once == MOST_A_DAY
    assert sink.copies_of_people == {email: MOST_A_DAY + 1}
    assert max(sink.copies.values()) == 1
    assert sink.taken[-1].says == sink.looks_for


def plan_digests(office: Office) -> None:
    with office.clock.running(), office.session() as session:
        work = work_now(session)
        service.plan_digests(work, due_on(work.today))
        session.commit()


QUIET = [
    (on_day(0, 19, 1), [on_day(0, 19, 2), on_day(1, 6, 58)], on_day(1, 7)),
    (on_day(5, 12), [on_day(5, 23), on_day(6, 12), on_day(7, 6, 58)], on_day(7, 7)),
]


@pytest.mark.slow
def test_f21_nothing_goes_in_quiet_hours_but_what_somebody_waits_for(
    office: Office, sink: Sink
) -> None:
    """On an evening, and on a Saturday; how much waits plays no part."""
    office.clock.set(on_day(0, 18, 58))
    office.send()
    in_time = tell_interest(office)
    wait_for(lambda: sink.copies_of_people[in_time], "what came before seven")

    for begins, meanwhile, morning in QUIET:
        wait_for(office.is_at_rest, "verdicts")
        office.clock.set(begins)
        waits = tell_interest(office)
        with office.clock.running():
            link = office.ask_for_a_link_now()
        wait_for(lambda: sink.copies_of_people[link], "the link")  # noqa: B023
        # What is under way would be hours old.
        wait_for(office.is_at_rest, "verdicts")
        for moment in meanwhile:
            office.clock.set(moment)
            office.see_a_turn()
            assert sink.copies_of_people[waits] == 0
        office.clock.set(morning)
        wait_for(lambda: sink.copies_of_people[waits], "the morning")  # noqa: B023
        assert office.clock.now <= morning + TWO_MINUTES

    assert set(sink.copies_of_people.values()) == {1}


def tell_interest(office: Office) -> str:
    """Somebody is told of interest in their opgave; the address."""
    with office.clock.running(), office.session() as session:
        owner = a_user(session, Role.OPGAVEHOUDER)
        service.tell_interest(work_now(session), *interest_for(session, owner))
        session.commit()
        return owner.email


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
