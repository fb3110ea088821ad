"""Each try leaves a row, what the relay kept decides on lost answers, and who bounced is spared."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.core.ledger import CANNOT_TELL, Entry, Known
from app.core.mail import Answer, Verdict
from app.core.phases import Phase
from app.core.work import Work
from app.notifications import service
from app.notifications.models import Attempt, Delivery
from app.notifications.rules import ANSWER_WAIT, MOST_ATTEMPTS, DeliveryState, MailKind
from app.notifications.service import Claim, Stationery, health
from tests.notifications.builders import a_delivery, a_told_match
from tests.support.work import database_now, make_work

NAME = "<digest.abc@post.example>"
NO_RELAY = Answer(Verdict.NO_RELAY, "ConnectionRefusedError", Phase.CONNECT)
LATER = Answer(Verdict.LATER, "451 4.7.1 Greylisted", Phase.RCPT, 451)
UNKNOWN = Answer(Verdict.UNKNOWN, "TimeoutError", Phase.DOT)
ACCEPTED = Answer(Verdict.ACCEPTED, "250 2.0.0 Ok: queued as 4A1B", Phase.DOT, 250, "4A1B")


class Remembered:
    """A ledger that knows one answer, and remembers what it was asked."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.asked: list[Mapping[str, datetime]] = []

    def ask(self, asked: Mapping[str, datetime]) -> Mapping[str, Entry]:
        self.asked.append(asked)
        return dict.fromkeys(asked, self.entry)


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session, now=database_now(session))


def claim_one(work: Work) -> Claim:
    work.session.execute(update(Delivery).values(next_attempt_at=database_now(work.session)))
    [claimed] = service.claim(work, 20)
    return claimed


def attempts(work: Work) -> list[tuple[int, Phase, int | None, str]]:
    rows = work.session.scalars(select(Attempt).order_by(Attempt.number))
    return [(one.number, one.phase, one.code, one.words) for one in rows]


# What each try leaves


def test_each_try_leaves_a_row_that_says_how_far_it_came(work: Work) -> None:
    delivery = a_delivery(work.session)
    for answer in (NO_RELAY, LATER, Answer(Verdict.LATER, "NotFound")):
        service.record(work, claim_one(work), answer)
    last = claim_one(work)
    service.mark(work, last)
    service.record(work, last, UNKNOWN)
    service.record(work, last, ACCEPTED)

    assert attempts(work) == [
        (1, Phase.CONNECT, None, "ConnectionRefusedError"),
        (2, Phase.RCPT, 451, "451 4.7.1 Greylisted"),
        (3, Phase.WRITE, None, "NotFound"),
        (4, Phase.DOT, None, "TimeoutError"),
        (5, Phase.DOT, 250, "250 2.0.0 Ok: queued as 4A1B"),
    ]
    work.session.refresh(delivery)
    assert (delivery.state, delivery.relay_queue_id) == (DeliveryState.ACCEPTED, "4A1B")


def test_a_mail_that_is_sent_again_by_hand_keeps_what_it_went_through(work: Work) -> None:
    refused = Answer(Verdict.REFUSED, "554 Spam", Phase.DOT, 554)
    delivery = a_delivery(work.session, kind=MailKind.ACCESS_ASKED)
    service.record(work, claim_one(work), refused)
    service.send_again(work, delivery.id)
    work.session.flush()
    service.record(work, claim_one(work), ACCEPTED)

    assert [number for number, *_ in attempts(work)] == [1, 2]


def test_whose_mail_was_taken_over_leaves_no_row(work: Work) -> None:
    a_delivery(work.session)
    asleep = claim_one(work)
    past = database_now(work.session) - timedelta(seconds=1)
    work.session.execute(update(Delivery).values(lease_until=past))
    claim_one(work)

    service.record(work, asleep, ACCEPTED)

    assert attempts(work) == [(1, Phase.WRITE, None, "sender ended")]


# An answer that was lost


def unanswered(work: Work, kind: MailKind, tried: int = 0) -> Delivery:
    delivery = a_delivery(work.session, kind=kind, attempts=tried, message_id=NAME)
    service.mark(work, claim_one(work))
    work.session.flush()
    past = database_now(work.session) - ANSWER_WAIT - timedelta(seconds=1)
    work.session.execute(update(Delivery).values(submitted_at=past))
    work.session.expire_all()
    return delivery


@pytest.mark.parametrize("kind", [MailKind.DIGEST, MailKind.ACCESS_ASKED])
@pytest.mark.parametrize(
    ("entry", "tried", "state"),
    [
        (Entry(Known.ACCEPTED, "4A1B"), 0, DeliveryState.ACCEPTED),
        (Entry(Known.ACCEPTED, "4A1B"), MOST_ATTEMPTS - 1, DeliveryState.ACCEPTED),
        (Entry(Known.SURELY_NOT), 0, DeliveryState.PENDING),
        (Entry(Known.SURELY_NOT), MOST_ATTEMPTS - 1, DeliveryState.FAILED),
        (CANNOT_TELL, MOST_ATTEMPTS - 1, DeliveryState.UNKNOWN),
    ],
)
def test_what_the_relay_kept_decides(
    work: Work, kind: MailKind, entry: Entry, tried: int, state: DeliveryState
) -> None:
    delivery = unanswered(work, kind, tried)
    dot_at = delivery.submitted_at
    ledger = Remembered(entry)

    assert service.settle(work, ledger) == 1

    assert (delivery.state, delivery.relay_queue_id) == (state, entry.queue_id)
    assert delivery.accepted_at == (dot_at if state is DeliveryState.ACCEPTED else None)
    assert ledger.asked == [{NAME: dot_at}]


def test_a_relay_that_cannot_tell_leaves_it_to_the_kind_of_mail(work: Work) -> None:
    delivery = unanswered(work, MailKind.ACCESS_ASKED)

    service.settle(work, Remembered(CANNOT_TELL))

    assert delivery.state is DeliveryState.PENDING


def test_each_lost_answer_is_asked_for_once(work: Work) -> None:
    unanswered(work, MailKind.DIGEST)
    ledger = Remembered(Entry(Known.SURELY_NOT))

    for _ in range(3):
        service.settle(work, ledger)
        work.session.flush()

    assert [len(asked) for asked in ledger.asked] == [1, 0, 0]


# Mail that came back


def test_who_is_not_there_is_written_no_digest(work: Work, stationery: Stationery) -> None:
    told = a_told_match(work.session, told_at=work.now - timedelta(minutes=1))
    hold_against(work, stationery, told.professional.email)
    delivery = a_delivery(work.session, told.professional, news_until=work.now)

    assert service.write_letter(work, stationery, claim_one(work)) is None

    assert (delivery.state, delivery.last_answer) == (DeliveryState.SUPPRESSED, "address unknown")


def test_a_link_to_sign_in_is_always_tried(work: Work, stationery: Stationery) -> None:
    address = "jan@testerdam.example"
    hold_against(work, stationery, address)
    expires_at = work.now + timedelta(minutes=30)
    link = SignIn(id=uuid4(), email=address, asked_at=work.now, expires_at=expires_at)
    work.session.add(link)
    a_delivery(work.session, kind=MailKind.SIGN_IN, subject_id=link.id)
    claimed = claim_one(work)

    letter = service.write_letter(work, stationery, claimed)

    assert letter is not None
    assert service.mark_letter(work, claimed, letter) is True


def test_an_address_that_bounces_while_its_digest_is_offered_gets_no_dot(
    work: Work, stationery: Stationery
) -> None:
    told = a_told_match(work.session, told_at=work.now - timedelta(minutes=1))
    delivery = a_delivery(work.session, told.professional, news_until=work.now)
    claimed = claim_one(work)
    letter = service.write_letter(work, stationery, claimed)
    assert letter is not None
    hold_against(work, stationery, told.professional.email)

    assert service.mark_letter(work, claimed, letter) is False
    assert (delivery.state, delivery.last_answer) == (DeliveryState.SUPPRESSED, "address unknown")


def hold_against(work: Work, stationery: Stationery, address: str) -> None:
    address_hash = health.hash_of(address, stationery.secret)
    health.hold_against(work, address, address_hash, "5.1.1")
    work.session.flush()
