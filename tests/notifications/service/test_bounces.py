"""Mails that came back count once, and only when we sent them."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, SignIn
from app.accounts.rules import AccessState
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.verp import envelope_sender
from app.core.work import Work
from app.notifications import service
from app.notifications.models import AddressHealth, Bounce, Delivery
from app.notifications.rules import DeliveryState, MailKind
from app.notifications.service import health
from app.notifications.service.bounces import Found
from app.notifications.service.health import Reason
from tests.conftest import DatabaseMaker
from tests.notifications.builders import a_delivery
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user
from tests.support.reports import a_bounce, a_complaint
from tests.support.work import database_now, make_work

BOX, KEY = "bounce@post.example", "geheim"
FORGED = 1_000


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session, now=database_now(session))


def sender_of(delivery: Delivery) -> str:
    return envelope_sender(delivery.id, BOX, KEY)


def sent_to(work: Work, address: str, **changed: Any) -> Delivery:
    state = {"state": DeliveryState.ACCEPTED, **changed}
    return a_delivery(work.session, a_user(work.session, email=address), **state)


def take_in(work: Work, content: bytes, recipient: str = "") -> Found:
    found = service.take_in(work, BOX, KEY, content, recipient)
    work.session.flush()
    return found


def rests(work: Work, address: str) -> Reason | None:
    return health.resting(work.session, address, health.hash_of(address, KEY))


def counted(work: Work) -> int:
    found = select(func.count()).where(Bounce.counted_at.is_not(None))
    return work.session.scalar(found) or 0


def test_a_mail_that_came_back_counts_for_its_address(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")

    assert take_in(work, a_bounce(sender_of(delivery), "5.1.1")) is Found.BOUNCE

    bounce = work.session.scalars(select(Bounce)).one()
    assert (bounce.is_hard, bounce.status, bounce.counted_at) == (True, "5.1.1", work.now)
    assert rests(work, "jan@testerdam.example") is Reason.GONE
    assert rests(work, "iemand@elders.example") is None


def test_to_whom_it_was_addressed_at_the_door_is_believed_as_well(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")

    found = take_in(work, a_bounce("postmaster@post.example", "4.2.2"), sender_of(delivery))

    assert (found, work.session.scalars(select(Bounce.is_hard)).all()) == (Found.BOUNCE, [False])


def test_a_report_that_comes_three_times_counts_once(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")

    found = [take_in(work, a_bounce(sender_of(delivery), "4.2.2")) for _ in range(3)]

    assert found == [Found.BOUNCE, Found.KNOWN_BOUNCE, Found.KNOWN_BOUNCE]
    assert work.session.scalars(select(AddressHealth.score)).all() == [1]


def test_two_that_bring_the_same_report_at_once_count_it_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        delivery = sent_to(work, f"{uuid4().hex}@testerdam.example")
        report = a_bounce(sender_of(delivery), "4.2.2")

    def bring(work: Work) -> Found:
        return service.take_in(work, BOX, KEY, report)

    assert shared.overlap(bring, bring) == (Found.BOUNCE, Found.KNOWN_BOUNCE)
    with shared.work() as work:
        assert work.session.scalars(select(AddressHealth.score)).all() == [1]


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.SUBMITTING])
def test_a_report_that_is_faster_than_our_own_verdict_is_kept(
    work: Work, state: DeliveryState
) -> None:
    delivery = sent_to(work, "jan@testerdam.example", state=state)
    take_in(work, a_bounce(sender_of(delivery), "5.1.1"))
    before = (counted(work), service.count_bounces(work, KEY))

    delivery.state = DeliveryState.ACCEPTED
    work.session.flush()
    after = [service.count_bounces(work, KEY) for _ in range(2)]

    assert (before, after) == ((0, 0), [1, 0])
    assert rests(work, "jan@testerdam.example") is Reason.GONE


def test_somebody_who_complains_gets_no_more_of_what_nobody_waits_for(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")

    assert take_in(work, a_complaint(sender_of(delivery))) is Found.BOUNCE

    assert rests(work, "jan@testerdam.example") is Reason.COMPLAINT


def test_forged_reports_are_held_against_nobody(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")
    chance = random.Random(12)
    name, _, domain = sender_of(delivery).partition("@")
    word = name.partition(".")[0]

    found = set()
    for _ in range(FORGED):
        # pragma: allowlist nextline secret
        seal = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz234567", k=16))
        found.add(take_in(work, a_bounce(f"{word}.{seal}@{domain}", "5.1.1")))

    assert found == {Found.NOT_OURS}
    assert work.session.scalars(select(Bounce)).all() == []
    assert work.session.scalars(select(AddressHealth)).all() == []


def test_a_report_of_a_mail_that_was_erased_is_no_matter(work: Work) -> None:
    assert take_in(work, a_bounce(envelope_sender(uuid4(), BOX, KEY), "5.1.1")) is Found.NOT_OURS


def test_who_is_out_of_office_did_not_bounce(work: Work) -> None:
    delivery = sent_to(work, "jan@testerdam.example")
    said = f"To: {sender_of(delivery)}\r\nSubject: Afwezig\r\n\r\nTot maandag.\r\n".encode()

    assert take_in(work, said) is Found.NO_REPORT


def test_of_a_link_and_of_a_decision_the_address_is_known_too(work: Work) -> None:
    moment = work.now
    link = SignIn(id=uuid4(), email="een@elders.example", asked_at=moment, expires_at=moment)
    request = AccessRequest(
        id=uuid4(),
        email="twee@elders.example",
        name="Twee",
        gemeente_code=a_gemeente(work.session).code,
        state=AccessState.GRANTED,
        asked_at=moment,
    )
    work.session.add_all([link, request])
    for kind, subject_id in (
        (MailKind.SIGN_IN, link.id),
        (MailKind.ACCESS_DECIDED, request.id),
        (MailKind.SIGN_IN, uuid4()),
    ):
        delivery = a_delivery(
            work.session, kind=kind, subject_id=subject_id, state=DeliveryState.ACCEPTED
        )
        take_in(work, a_bounce(sender_of(delivery), "5.1.1"))

    assert rests(work, "een@elders.example") is Reason.GONE
    assert rests(work, "twee@elders.example") is Reason.GONE
    assert counted(work) == 3


# Refused while we offered it


def refused(work: Work, said: str, phase: Phase = Phase.RCPT) -> tuple[Delivery, Reason | None]:
    address = "jan@testerdam.example"
    delivery = sent_to(work, address, state=DeliveryState.PENDING)
    [claimed] = service.claim(work, 20)
    letter = Letter(address, "Jan", "", "", "", "<x@y>", address_hash=health.hash_of(address, KEY))
    answer = Answer(Verdict.REFUSED, said, phase, int(said[:3]))
    service.record(work, claimed, answer, letter)
    work.session.flush()
    return delivery, rests(work, address)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("550 5.1.1 <adres>: unknown", Reason.GONE),
        ("550 no such user", Reason.GONE),
        ("553 5.1.3 bad address", Reason.GONE),
        ("552 5.2.2 full", None),
        ("554 5.7.1 Relay access denied", None),
    ],
)
def test_an_address_that_is_refused_came_back_at_once(
    work: Work, said: str, found: Reason | None
) -> None:
    delivery, reason = refused(work, said)

    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 1)
    assert (reason, counted(work)) == (found, 1)
    # A report of the same mail that comes after it counts no more.
    assert take_in(work, a_bounce(sender_of(delivery), "5.1.1")) is Found.KNOWN_BOUNCE


def test_a_text_that_is_refused_says_nothing_of_the_address(work: Work) -> None:
    _, reason = refused(work, "550 5.1.1 odd words", Phase.DOT)

    assert (reason, counted(work)) == (None, 0)


def test_a_mail_that_the_relay_takes_makes_up_for_one_that_came_back(work: Work) -> None:
    address = "jan@testerdam.example"
    address_hash = health.hash_of(address, KEY)
    long_ago = make_work(work.session, now=work.now - timedelta(days=9))
    health.hold_against(long_ago, address, address_hash, "4.2.2")
    sent_to(work, address, state=DeliveryState.PENDING)
    [claimed] = service.claim(work, 20)
    letter = Letter(address, "Jan", "", "", "", "<x@y>", address_hash=address_hash)

    service.record(work, claimed, Answer(Verdict.ACCEPTED, "250 OK", Phase.DOT, 250), letter)

    assert work.session.scalars(select(AddressHealth.score)).all() == [0]
