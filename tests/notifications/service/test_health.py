"""How mail to an address fares, and when it is left alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.work import Work
from app.notifications import service
from app.notifications.models import AddressHealth
from app.notifications.service import Claim, health
from app.notifications.service.health import Reason
from tests.notifications.builders import a_delivery
from tests.support.work import MONDAY, make_work

ADDRESS = "jan@testerdam.example"
HASH = health.hash_of(ADDRESS, "geheim")
A_DAY = timedelta(days=1)


def on_day(session: Session, day: int) -> Work:
    return make_work(session, now=MONDAY + day * A_DAY)


def bounce(session: Session, day: int, status: str = "4.2.2") -> None:
    health.hold_against(on_day(session, day), ADDRESS, HASH, status)


def take(session: Session, day: int) -> None:
    """The relay takes a mail to this address."""
    work = on_day(session, day)
    mail = a_delivery(session, lease_owner=uuid4())
    assert mail.lease_owner is not None
    letter = Letter(ADDRESS, "Jan", "", "", "", "<1@x.example>", address_hash=HASH)
    claimed = Claim(mail.id, mail.kind, mail.lease_owner)
    service.record(work, claimed, Answer(Verdict.ACCEPTED, "250 OK", Phase.DOT, 250), letter)


def reason(session: Session) -> Reason | None:
    session.flush()
    return health.resting(session, ADDRESS, HASH)


def score(session: Session) -> int:
    session.flush()
    return session.scalar(select(func.sum(AddressHealth.score))) or 0


def a_link(session: Session, asked_on: int, *, is_used: bool = True) -> None:
    asked_at = MONDAY + asked_on * A_DAY
    used_at = asked_at + timedelta(minutes=2) if is_used else None
    expires_at = asked_at + timedelta(minutes=30)
    session.add(
        SignIn(id=uuid4(), email=ADDRESS, asked_at=asked_at, expires_at=expires_at, used_at=used_at)
    )
    session.flush()


def test_an_address_of_which_nothing_is_known_gets_mail(session: Session) -> None:
    assert reason(session) is None


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("5.1.1", Reason.GONE),
        ("5.1.10", Reason.GONE),
        ("complaint", Reason.COMPLAINT),
        ("5.2.2", None),
        ("4.1.1", None),
    ],
)
def test_only_who_is_not_there_or_complains_is_left_alone_at_once(
    session: Session, status: str, found: Reason | None
) -> None:
    bounce(session, 0, status)

    assert reason(session) is found


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2"])
def test_four_days_on_which_mail_came_back_are_enough(session: Session, status: str) -> None:
    for day in range(3):
        bounce(session, day, status)
    before = reason(session)
    bounce(session, 3, status)

    assert (before, reason(session)) == (None, Reason.TOO_OFTEN)


def test_a_day_counts_once(session: Session) -> None:
    for _ in range(9):
        bounce(session, 0)

    assert (score(session), reason(session)) == (1, None)


@pytest.mark.parametrize("status", ["5.7.1", "4.7.0", "5.7.26"])
def test_what_is_refused_for_what_we_are_says_nothing_of_the_address(
    session: Session, status: str
) -> None:
    for day in range(9):
        bounce(session, day, status)

    assert session.scalars(select(AddressHealth)).all() == []


def test_mail_that_the_relay_took_makes_up_for_what_came_back(session: Session) -> None:
    bounce(session, 0)
    bounce(session, 1)

    for day in (7, 8, 9):
        take(session, day)

    assert score(session) == 0


def test_mail_that_may_still_come_back_makes_up_for_nothing(session: Session) -> None:
    # Each morning the relay takes a mail, and some days later it comes back.
    for day in range(4):
        take(session, day)
        bounce(session, day)

    assert reason(session) is Reason.TOO_OFTEN


@pytest.mark.parametrize(("days", "is_forgotten"), [(30, False), (31, True)])
def test_a_month_later_it_is_forgotten(session: Session, days: int, is_forgotten: bool) -> None:
    for day in range(4):
        bounce(session, day)

    health.forget(on_day(session, 3 + days))

    assert (reason(session) is None) is is_forgotten


def test_what_came_back_long_ago_does_not_count_with_what_comes_back_now(
    session: Session,
) -> None:
    for day in (0, 1, 2, 40):
        bounce(session, day)

    assert score(session) == 1


@pytest.mark.parametrize("status", ["5.1.1", "complaint"])
def test_who_is_not_there_or_complained_is_not_forgotten(session: Session, status: str) -> None:
    bounce(session, 0, status)

    health.forget(on_day(session, 400))

    assert reason(session) is not None


@pytest.mark.parametrize(
    ("status", "asked_on", "is_used", "found"),
    [
        ("5.1.1", 1, True, None),
        ("5.1.1", 1, False, Reason.GONE),
        ("5.1.1", -1, True, Reason.GONE),
        ("complaint", 1, True, Reason.COMPLAINT),
    ],
)
def test_a_link_that_arrived_since_then_clears_an_address(
    session: Session, status: str, asked_on: int, is_used: bool, found: Reason | None
) -> None:
    bounce(session, 0, status)
    a_link(session, asked_on, is_used=is_used)

    assert reason(session) is found


def test_a_cleared_address_begins_anew(session: Session) -> None:
    for day in range(4):
        bounce(session, day)
    a_link(session, 4)

    bounce(session, 5)

    assert (score(session), reason(session)) == (1, None)


def test_a_complaint_stays_one_when_the_address_is_gone_too(session: Session) -> None:
    bounce(session, 0, "complaint")
    bounce(session, 1, "5.1.1")

    assert reason(session) is Reason.COMPLAINT


def test_its_owner_can_begin_anew(session: Session) -> None:
    bounce(session, 0, "complaint")
    session.flush()

    health.start_clean(on_day(session, 1), HASH)

    session.expire_all()
    assert reason(session) is None


def test_an_address_is_known_by_a_hash_with_a_key() -> None:
    assert health.hash_of(" Jan@Testerdam.example", "geheim") == HASH
    assert health.hash_of(ADDRESS, "een ander geheim") != HASH
    assert b"jan" not in HASH
