"""A mail from claim to verdict: who has it, what is known of it, and what happens next."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts.models import SignIn
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.errors import Conflict, NotAllowed
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.work import Work
from app.notifications import service
from app.notifications.models import AddressHealth, Attempt, Delivery
from app.notifications.rules import (
    ANSWER_WAIT,
    MOST_ATTEMPTS,
    MOST_FAULTS,
    URGENT,
    DeliveryState,
    Frequency,
    MailKind,
    Weekday,
)
from app.notifications.service import Claim
from tests.conftest import DatabaseMaker
from tests.notifications.builders import a_delivery
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_user
from tests.support.queries import counted
from tests.support.work import database_now, make_work

A_MINUTE = timedelta(minutes=1)
ACCEPTED = Answer(Verdict.ACCEPTED, "250 OK")
LATER = Answer(Verdict.LATER, "451 Later", Phase.RCPT)
OUR_FAULT = Answer(Verdict.LATER, "KeyError")
REFUSED = Answer(Verdict.REFUSED, "550 No")
UNKNOWN = Answer(Verdict.UNKNOWN, "SMTPServerDisconnected")
NO_RELAY = Answer(Verdict.NO_RELAY, "ConnectionRefusedError")
HELD_BACK = Answer(Verdict.HELD_BACK)


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def now(session: Session) -> datetime:
    return database_now(session)


@pytest.fixture
def work(session: Session, now: datetime) -> Work:
    return make_work(session, now=now)


def claim_one(work: Work) -> Claim:
    [claimed] = service.claim(work, 20)
    return claimed


def state_of(work: Work, delivery: Delivery) -> tuple[DeliveryState, int, str]:
    work.session.flush()
    work.session.refresh(delivery)
    return delivery.state, delivery.attempts, delivery.last_answer


def let_the_lease_end(work: Work) -> None:
    work.session.flush()
    past = database_now(work.session) - timedelta(seconds=1)
    work.session.execute(update(Delivery).values(lease_until=past))
    work.session.expire_all()


def let_the_answer_stay_out(work: Work) -> None:
    work.session.flush()
    past = database_now(work.session) - ANSWER_WAIT - timedelta(seconds=1)
    work.session.execute(update(Delivery).values(submitted_at=past))
    work.session.expire_all()


# Claiming


def test_a_claim_takes_a_mail_for_a_minute_and_counts_the_attempt(
    work: Work, now: datetime
) -> None:
    delivery = a_delivery(work.session)

    claimed = claim_one(work)

    work.session.refresh(delivery)
    assert (claimed.delivery_id, claimed.kind) == (delivery.id, MailKind.DIGEST)
    assert (delivery.state, delivery.attempts, delivery.lease_owner, delivery.lease_until) == (
        DeliveryState.PENDING,
        1,
        claimed.owner,
        now + A_MINUTE,
    )


def test_what_is_claimed_is_not_claimed_again_until_the_lease_ends(work: Work) -> None:
    a_delivery(work.session)
    first = claim_one(work)

    assert service.claim(work, 20) == []

    let_the_lease_end(work)
    second = claim_one(work)
    assert (second.delivery_id, second.owner != first.owner) == (first.delivery_id, True)


def test_a_mail_whose_sender_ended_without_a_word_goes_alone(work: Work, now: datetime) -> None:
    left = [a_delivery(work.session, next_attempt_at=now - A_MINUTE) for _ in range(2)]
    service.claim(work, 20)
    let_the_lease_end(work)
    a_delivery(work.session, next_attempt_at=now - 2 * A_MINUTE)

    claims = [service.claim(work, 20) for _ in range(4)]

    assert [len(claimed) for claimed in claims] == [1, 1, 1, 0]
    assert {one.delivery_id for [one] in claims[:2]} == {one.id for one in left}


def test_what_a_sender_gave_back_goes_with_the_others(work: Work) -> None:
    for _ in range(2):
        a_delivery(work.session)
    service.release(work, service.claim(work, 20))

    assert len(service.claim(work, 20)) == 2


def test_a_mail_that_ends_its_senders_is_given_up_after_three(work: Work) -> None:
    delivery = a_delivery(work.session)
    tries = 0
    with capture_logs() as said:
        while service.claim(work, 20):
            tries += 1
            let_the_lease_end(work)

    assert tries == MOST_FAULTS == 3
    assert state_of(work, delivery) == (DeliveryState.FAILED, 3, "sender ended")
    assert [line["event"] for line in said] == ["mail cannot be made"]


def test_a_mail_that_cannot_be_written_is_given_up_after_three(work: Work) -> None:
    delivery = a_delivery(work.session)
    with capture_logs() as said:
        for _ in range(MOST_FAULTS):
            service.record(work, claim_one(work), OUR_FAULT)
            work.session.execute(update(Delivery).values(next_attempt_at=func.now()))

    assert state_of(work, delivery) == (DeliveryState.FAILED, 3, "KeyError")
    assert [line["event"] for line in said] == ["mail cannot be made"]


def test_faults_before_a_relay_was_heard_and_since_a_mail_was_opened_again_do_not_count(
    work: Work,
) -> None:
    delivery, beheerder = a_delivery(work.session), a_user(work.session, Role.BEHEERDER)
    answers = (OUR_FAULT, OUR_FAULT, LATER, OUR_FAULT, OUR_FAULT, OUR_FAULT, OUR_FAULT)
    found = []
    for answer in answers:
        if state_of(work, delivery)[0] is DeliveryState.FAILED:
            service.send_again(make_work(work.session, beheerder), delivery.id)
        service.record(work, claim_one(work), answer)
        work.session.execute(update(Delivery).values(next_attempt_at=func.now()))
        found.append(state_of(work, delivery)[0] is DeliveryState.FAILED)

    assert found == [False, False, False, False, False, True, False]


@pytest.mark.parametrize(
    "changed",
    [
        {"next_attempt_at": timedelta(seconds=1)},
        {"expires_at": timedelta(0)},
        {"attempts": MOST_ATTEMPTS},
        *({"state": state} for state in DeliveryState if state is not DeliveryState.PENDING),
    ],
)
def test_what_must_not_go_now_is_not_claimed(
    work: Work, now: datetime, changed: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in changed.items()
    }
    a_delivery(work.session, **fields)

    assert service.claim(work, 20) == []


def test_who_claims_gets_the_kinds_they_send_and_the_longest_waiting_first(
    work: Work, now: datetime
) -> None:
    ids = {
        name: a_delivery(work.session, kind=kind, next_attempt_at=now - minutes * A_MINUTE).id
        for name, kind, minutes in (
            ("old digest", MailKind.DIGEST, 9),
            ("sign-in", MailKind.SIGN_IN, 0),
            ("older request", MailKind.ACCESS_ASKED, 5),
            ("digest", MailKind.DIGEST, 1),
        )
    }

    claimed = [
        [one.delivery_id for one in service.claim(work, limit, kinds)]
        for limit, kinds in ((1, URGENT), (20, URGENT), (1, {MailKind.DIGEST}))
    ]

    assert claimed == [[ids["older request"]], [ids["sign-in"]], [ids["old digest"]]]


def test_two_workers_at_once_claim_different_mails(shared: SharedDatabase) -> None:
    now = utc_now() - A_MINUTE
    with shared.work(now=now) as work:
        ids = {a_delivery(work.session).id for _ in range(4)}

    first, second = shared.overlap(
        lambda work: service.claim(work, 2), lambda work: service.claim(work, 20), now=now
    )

    claimed = [one.delivery_id for one in [*first, *second]]
    assert (len(claimed), set(claimed)) == (4, ids)


# The last look before the dot


def test_a_mark_says_that_the_mail_goes(work: Work, now: datetime) -> None:
    delivery = a_delivery(work.session)

    assert service.mark(work, claim_one(work)) is True

    work.session.flush()
    work.session.refresh(delivery)
    assert (delivery.state, delivery.submitted_at, delivery.lease_until) == (
        DeliveryState.SUBMITTING,
        now,
        now + ANSWER_WAIT,
    )


def test_who_slept_through_the_lease_may_not_send(work: Work) -> None:
    delivery = a_delivery(work.session)
    claimed = claim_one(work)
    let_the_lease_end(work)

    assert service.mark(work, claimed) is False
    assert state_of(work, delivery) == (DeliveryState.PENDING, 1, "")


def test_whose_mail_was_taken_over_may_not_send(work: Work) -> None:
    a_delivery(work.session)
    asleep = claim_one(work)
    let_the_lease_end(work)
    awake = claim_one(work)

    assert (service.mark(work, asleep), service.mark(work, awake)) == (False, True)


def test_a_mail_is_marked_once(work: Work) -> None:
    a_delivery(work.session)
    claimed = claim_one(work)

    assert [service.mark(work, claimed) for _ in range(2)] == [True, False]


def test_who_unsubscribed_meanwhile_gets_no_digest(work: Work) -> None:
    user = a_user(work.session)
    delivery = a_delivery(work.session, user)
    claimed = claim_one(work)
    service.unsubscribe(work, user.id)

    assert service.mark(work, claimed) is False
    assert state_of(work, delivery) == (DeliveryState.SUPPRESSED, 1, "unsubscribed")
    service.record(work, claimed, HELD_BACK)
    assert delivery.state is DeliveryState.SUPPRESSED


def test_the_last_look_at_a_mail_is_one_question(work: Work) -> None:
    a_delivery(work.session, a_user(work.session), kind=MailKind.ACCESS_ASKED)
    claimed = claim_one(work)

    with counted(work.session) as statements:
        assert service.mark(work, claimed)
        work.session.flush()

    assert [one.split()[0] for one in statements] == ["SELECT", "SELECT", "UPDATE"]


def test_who_unsubscribed_still_gets_what_they_wait_for(work: Work) -> None:
    user = a_user(work.session)
    a_delivery(work.session, user, kind=MailKind.ACCESS_ASKED)
    claimed = claim_one(work)
    service.set_preference(make_work(work.session, user), Frequency.NEVER, Weekday.MONDAY)

    assert service.mark(work, claimed) is True


# What the relay said


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (ACCEPTED, (DeliveryState.ACCEPTED, 1, "250 OK")),
        (REFUSED, (DeliveryState.FAILED, 1, "550 No")),
        (LATER, (DeliveryState.PENDING, 1, "451 Later")),
        (UNKNOWN, (DeliveryState.SUBMITTING, 1, "")),
    ],
)
def test_the_verdict_is_written_down(work: Work, answer: Answer, state: tuple[Any, ...]) -> None:
    delivery = a_delivery(work.session)
    claimed = claim_one(work)
    service.mark(work, claimed)

    service.record(work, claimed, answer)

    assert state_of(work, delivery) == state


def test_an_accepted_mail_tells_when(work: Work, now: datetime) -> None:
    delivery = a_delivery(work.session)
    claimed = claim_one(work)
    service.mark(work, claimed)

    service.record(work, claimed, ACCEPTED)

    work.session.refresh(delivery)
    assert (delivery.accepted_at, delivery.lease_owner) == (now, None)


@pytest.mark.parametrize(("answer", "attempts"), [(LATER, 3), (HELD_BACK, 2)])
def test_only_an_attempt_that_says_something_about_the_mail_counts(
    work: Work, now: datetime, answer: Answer, attempts: int
) -> None:
    delivery = a_delivery(work.session, attempts=2)
    claimed = claim_one(work)

    service.record(work, claimed, answer)

    assert state_of(work, delivery) == (DeliveryState.PENDING, attempts, answer.words)
    assert delivery.lease_owner is None
    # The second and third wait of a minute, two, four; give or take a half.
    shortest = A_MINUTE * 2 ** (attempts - 1) / 2
    assert shortest <= delivery.next_attempt_at - now <= shortest * 3
    assert service.claim(work, 20) == []


def test_a_relay_that_is_away_costs_a_mail_nothing_and_no_time(work: Work) -> None:
    delivery = a_delivery(work.session, attempts=2)
    claimed = claim_one(work)

    service.record(work, claimed, NO_RELAY)

    assert state_of(work, delivery) == (DeliveryState.PENDING, 2, NO_RELAY.words)
    assert [one.delivery_id for one in service.claim(work, 20)] == [delivery.id]


def test_what_was_claimed_and_not_offered_is_given_back(work: Work) -> None:
    delivery = a_delivery(work.session, attempts=2)
    claimed = claim_one(work)

    service.release(work, [claimed])

    assert state_of(work, delivery) == (DeliveryState.PENDING, 2, "")
    assert [one.delivery_id for one in service.claim(work, 20)] == [delivery.id]


def test_the_last_attempt_ends_a_mail(work: Work) -> None:
    delivery = a_delivery(work.session, attempts=MOST_ATTEMPTS - 1)

    service.record(work, claim_one(work), LATER)

    assert state_of(work, delivery) == (DeliveryState.FAILED, MOST_ATTEMPTS, "451 Later")


def test_a_relay_that_is_away_never_ends_a_mail(work: Work) -> None:
    delivery = a_delivery(work.session, attempts=MOST_ATTEMPTS - 1)

    service.record(work, claim_one(work), NO_RELAY)

    assert delivery.state is DeliveryState.PENDING


@pytest.mark.parametrize("answer", [ACCEPTED, REFUSED, LATER])
def test_a_verdict_about_a_mail_that_was_taken_over_changes_nothing(
    work: Work, answer: Answer
) -> None:
    delivery = a_delivery(work.session)
    asleep = claim_one(work)
    let_the_lease_end(work)
    awake = claim_one(work)
    service.mark(work, awake)

    service.record(work, asleep, answer)

    assert state_of(work, delivery) == (DeliveryState.SUBMITTING, 2, "")


LETTER = Letter("jan@x.example", "Jan", "", "", "", "<1@x.example>", address_hash=b"jan")


def an_address_that_bounced(work: Work) -> AddressHealth:
    """So long ago that a mail which the relay takes counts in its favour."""
    health = AddressHealth(
        address_hash=LETTER.address_hash, score=2, last_soft_on=work.today - timedelta(days=9)
    )
    work.session.add(health)
    work.session.flush()
    return health


def became(work: Work, delivery: Delivery, health: AddressHealth) -> tuple[object, ...]:
    """The state of the mail, the score of its address, and the tries that are told."""
    work.session.expire_all()
    tries = work.session.scalars(select(Attempt.number)).all()
    return delivery.state, health.score, tries


@pytest.mark.parametrize("kind", MailKind)
def test_a_mail_that_is_taken_is_told_whole(work: Work, kind: MailKind) -> None:
    delivery, health = a_delivery(work.session, kind=kind), an_address_that_bounced(work)
    claimed = claim_one(work)

    service.record(work, claimed, ACCEPTED, LETTER)

    assert became(work, delivery, health) == (DeliveryState.ACCEPTED, 1, [1])


def test_that_a_mail_was_taken_changes_nothing_when_another_sends_it(work: Work) -> None:
    delivery, health = a_delivery(work.session), an_address_that_bounced(work)
    asleep = claim_one(work)
    delivery.lease_owner = uuid4()
    service.mark(work, replace(asleep, owner=delivery.lease_owner))

    service.record(work, asleep, ACCEPTED, LETTER)

    assert became(work, delivery, health) == (DeliveryState.SUBMITTING, 2, [])


@pytest.mark.parametrize(
    "state", sorted(set(DeliveryState) - {DeliveryState.PENDING, DeliveryState.SUBMITTING})
)
def test_that_a_mail_was_taken_changes_nothing_when_it_has_ended(
    work: Work, state: DeliveryState
) -> None:
    delivery, health = a_delivery(work.session), an_address_that_bounced(work)
    claimed = claim_one(work)
    delivery.state = state

    service.record(work, claimed, ACCEPTED, LETTER)

    assert became(work, delivery, health) == (state, 2, [])


def test_a_mail_can_be_dropped_before_it_is_offered_only(work: Work) -> None:
    offered, waiting = a_delivery(work.session), a_delivery(work.session)
    claims = {one.delivery_id: one for one in service.claim(work, 20)}
    service.mark(work, claims[offered.id])

    for claimed in claims.values():
        service.drop(work, claimed, DeliveryState.SUPPRESSED, "nothing")

    assert state_of(work, offered) == (DeliveryState.SUBMITTING, 1, "")
    assert state_of(work, waiting) == (DeliveryState.SUPPRESSED, 1, "nothing")


# Without a verdict


def an_unanswered(work: Work, kind: MailKind, **changed: Any) -> tuple[Delivery, Claim]:
    delivery = a_delivery(work.session, kind=kind, **changed)
    claimed = claim_one(work)
    service.mark(work, claimed)
    service.record(work, claimed, UNKNOWN)
    return delivery, claimed


def test_an_answer_is_waited_for(work: Work) -> None:
    delivery, _ = an_unanswered(work, MailKind.SIGN_IN)

    assert service.settle(work) == 0
    assert delivery.state is DeliveryState.SUBMITTING


def test_a_digest_without_an_answer_stays_unknown(work: Work) -> None:
    delivery, claimed = an_unanswered(work, MailKind.DIGEST)
    let_the_answer_stay_out(work)

    assert service.settle(work) == 1
    assert state_of(work, delivery) == (DeliveryState.UNKNOWN, 1, "no answer")

    service.record(work, claimed, ACCEPTED)
    work.session.refresh(delivery)
    assert delivery.state is DeliveryState.UNKNOWN


@pytest.mark.parametrize("kind", sorted(URGENT))
def test_what_somebody_waits_for_is_sent_again_without_an_answer(
    work: Work, now: datetime, kind: MailKind
) -> None:
    # On a working day: in the weekend mail about a loan is not sent in the first place.
    delivery, _ = an_unanswered(make_work(work.session), kind)
    let_the_answer_stay_out(work)

    assert service.settle(work) == 1
    assert state_of(work, delivery) == (DeliveryState.PENDING, 1, "no answer")
    assert delivery.lease_owner is None
    assert now < delivery.next_attempt_at <= now + 2 * A_MINUTE


def test_what_somebody_waits_for_is_not_sent_for_ever(work: Work) -> None:
    delivery, _ = an_unanswered(work, MailKind.ACCESS_DECIDED, attempts=MOST_ATTEMPTS - 1)
    let_the_answer_stay_out(work)

    service.settle(work)

    assert state_of(work, delivery) == (DeliveryState.UNKNOWN, MOST_ATTEMPTS, "no answer")


def test_a_mail_that_is_too_old_expires(work: Work, now: datetime) -> None:
    old = a_delivery(work.session, expires_at=now - A_MINUTE)
    on_its_way = a_delivery(
        work.session,
        state=DeliveryState.SUBMITTING,
        submitted_at=now,
        expires_at=now - A_MINUTE,
    )

    assert service.settle(work) == 1
    assert (state_of(work, old)[0], state_of(work, on_its_way)[0]) == (
        DeliveryState.EXPIRED,
        DeliveryState.SUBMITTING,
    )


def test_two_that_settle_at_once_settle_each_mail_once(shared: SharedDatabase) -> None:
    with shared.work() as work:
        work.session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED))
        a_delivery(
            work.session,
            state=DeliveryState.SUBMITTING,
            submitted_at=database_now(work.session) - timedelta(hours=1),
        )

    assert shared.overlap(service.settle, service.settle) == (1, 0)


# Opened again by hand


@pytest.mark.parametrize("state", list(DeliveryState))
def test_only_a_mail_that_failed_or_is_unknown_can_be_sent_again(
    work: Work, now: datetime, state: DeliveryState
) -> None:
    delivery = a_delivery(
        work.session,
        kind=MailKind.ACCESS_ASKED,
        state=state,
        attempts=5,
        expires_at=now - A_MINUTE,
    )

    service.send_again(work, delivery.id)
    work.session.flush()

    opened = state in {DeliveryState.FAILED, DeliveryState.UNKNOWN}
    claimed = [one.delivery_id for one in service.claim(work, 20)]
    assert claimed == ([delivery.id] if opened else [])
    work.session.refresh(delivery)
    expected = (1, now + timedelta(hours=48)) if opened else (5, now - A_MINUTE)
    assert (delivery.attempts, delivery.expires_at) == expected


def test_a_digest_that_is_opened_again_goes_before_the_evening(work: Work) -> None:
    reader = a_user(work.session)
    delivery = a_delivery(work.session, reader, state=DeliveryState.FAILED)

    service.send_again(make_work(work.session), delivery.id)
    work.session.flush()

    work.session.refresh(delivery)
    # The work is of nine in the morning.
    assert delivery.expires_at == database_now(work.session) + timedelta(hours=10)


def test_a_link_that_is_sent_again_ends_when_it_would_have_ended(work: Work, now: datetime) -> None:
    beheerder = make_work(work.session, a_user(work.session, Role.BEHEERDER), now)
    ends = now + A_MINUTE
    link = SignIn(id=uuid4(), email="jan@x.example", asked_at=now, expires_at=ends)
    work.session.add(link)
    delivery = a_delivery(work.session, expires_at=ends, kind=MailKind.SIGN_IN, subject_id=link.id)
    delivery.state = DeliveryState.FAILED

    service.send_again(beheerder, delivery.id)

    work.session.flush()
    work.session.refresh(delivery)
    assert (delivery.state, delivery.expires_at) == (DeliveryState.PENDING, ends)


@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_who_is_no_beheerder_sends_nothing_again(work: Work, role: Role) -> None:
    delivery = a_delivery(work.session, state=DeliveryState.FAILED)

    with pytest.raises(NotAllowed):
        service.send_again(make_work(work.session, a_user(work.session, role)), delivery.id)

    assert delivery.state is DeliveryState.FAILED


def two_digests(work: Work, state: DeliveryState) -> tuple[Delivery, Delivery]:
    """Of one person: the one is of yesterday, the other is to go."""
    person = a_user(work.session)
    earlier = a_delivery(work.session, person, state=state)
    return earlier, a_delivery(work.session, person)


def test_a_digest_is_not_sent_again_beside_the_next_one(work: Work, now: datetime) -> None:
    beheerder = make_work(work.session, a_user(work.session, Role.BEHEERDER), now)
    earlier, _ = two_digests(work, DeliveryState.UNKNOWN)

    with pytest.raises(Conflict):
        service.send_again(beheerder, earlier.id)
    assert service.send_all_again(beheerder, DeliveryState.UNKNOWN, "") == 0

    assert earlier.state is DeliveryState.UNKNOWN


def test_of_several_digests_of_one_person_one_is_sent_again(work: Work, now: datetime) -> None:
    beheerder = make_work(work.session, a_user(work.session, Role.BEHEERDER), now)
    earlier, later = two_digests(work, DeliveryState.UNKNOWN)
    later.state, later.created_at = DeliveryState.UNKNOWN, now + A_MINUTE
    work.session.flush()

    assert service.send_all_again(beheerder, DeliveryState.UNKNOWN, "") == 1

    assert (earlier.state, later.state) == (DeliveryState.UNKNOWN, DeliveryState.PENDING)


def test_a_digest_waits_for_what_becomes_of_another_one(work: Work) -> None:
    two_digests(work, DeliveryState.SUBMITTING)

    assert service.mark(work, claim_one(work)) is False


def test_a_digest_that_grew_too_old_under_way_does_not_go(work: Work, now: datetime) -> None:
    delivery = a_delivery(work.session, a_user(work.session))
    claimed = claim_one(work)
    delivery.expires_at = now - A_MINUTE
    work.session.flush()

    assert service.mark(work, claimed) is False


def test_a_claim_of_nothing_is_nothing(work: Work) -> None:
    claimed = Claim(uuid4(), MailKind.DIGEST, uuid4())

    assert service.mark(work, claimed) is False
    service.record(work, claimed, ACCEPTED)
    assert work.session.scalars(select(Delivery)).all() == []
