"""Real workers, killed, frozen and robbed of their messages: nothing is lost or doubled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, text, update

from app.accounts.models import User
from app.accounts.service import ask_sign_in
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.jobs import Job, JobState
from app.core.locks import MATCHING_LOCK
from app.core.outbox import OutboxMessage
from app.matching.models import Change, Match
from app.notifications.models import Delivery, Notice
from app.notifications.rules import DeliveryState, MailKind
from app.opgaven.events import OpgavePublished
from app.opgaven.service import publish_opgave
from tests.faults.crowd import digests_on_their_way
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user
from tests.support.mailbox import Mailbox, link_in
from tests.support.product import MAILBOX, MATCHING, Product, wait_for
from tests.support.slow_relay import relay_that_crawls

pytestmark = pytest.mark.slow

# Seconds; at ten the sender gives up and tries the next mail.
ALMOST_TOO_SLOW = 9
# Of a digest the relay answers two commands slowly: a link that waits for one comes later.
SLOW_RELAYS_LINK = 2 * ALMOST_TOO_SLOW - 2


@dataclass(frozen=True)
class Pair:
    """A professional and an opgave that are made for each other, and still a concept."""

    profile_id: UUID
    opgave_id: UUID
    owner_id: UUID


def a_pair(product: Product) -> Pair:
    craft = f"Ambacht {uuid4().hex}"
    with product.session() as session:
        profile = a_living_profile(session, craft)
        opgave = a_living_opgave(session, craft)
        pair = Pair(profile.user_id, opgave.id, opgave.owner_id)
        # As who publishes a profile leaves it: a snapshot may have been made before.
        session.add(Change(profile_id=profile.user_id, changed_at=utc_now()))
        session.commit()
    return pair


def publish(product: Product, pair: Pair) -> None:
    with product.session() as session:
        owner = session.get_one(User, pair.owner_id)
        publish_opgave(work_now(session, owner), pair.opgave_id)
        session.commit()


def job_of(product: Product, pair: Pair) -> tuple[JobState, int] | None:
    with product.session() as session:
        found = session.execute(
            select(Job.state, Job.attempts).where(
                Job.reaction == "match_opgave",
                Job.payload["opgave_id"].astext == str(pair.opgave_id),
            )
        ).one_or_none()
    return (found.state, found.attempts) if found else None


def outcome(product: Product, pair: Pair) -> dict[str, object]:
    """What there is of this pair: the matches, who was told, and what is left to do."""
    with product.session() as session:
        told = session.scalars(select(Notice.user_id).where(Notice.opgave_id == pair.opgave_id))
        return {
            "matches": session.scalars(
                select(Match.profile_id).where(Match.opgave_id == pair.opgave_id)
            ).all(),
            "told": sorted(told.all()),
            "facts waiting": session.scalar(
                select(func.count())
                .select_from(OutboxMessage)
                .where(OutboxMessage.relayed_at.is_(None))
            ),
        }


def once(pair: Pair) -> dict[str, object]:
    return {
        "matches": [pair.profile_id],
        "told": sorted([pair.profile_id, pair.owner_id]),
        "facts waiting": 0,
    }


def assert_found_once(product: Product, pair: Pair) -> None:
    wait_for(lambda: outcome(product, pair)["matches"], "the match")
    product.wait_until_quiet()
    assert outcome(product, pair) == once(pair)


@contextmanager
def matching_held_up(product: Product) -> Iterator[None]:
    """Somebody else is matching, so a worker waits in the middle of its job."""
    with product.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MATCHING_LOCK})
        yield
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MATCHING_LOCK})


def somebody_waits(product: Product) -> bool:
    with product.engine.connect() as connection:
        found = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(connection.scalar(found))


def test_a_published_opgave_finds_its_people(workers: Product) -> None:
    pair = a_pair(workers)

    publish(workers, pair)

    assert_found_once(workers, pair)
    assert job_of(workers, pair) == (JobState.DONE, 1)


def test_a_worker_killed_before_it_saw_the_fact_loses_nothing(workers: Product) -> None:
    pair = a_pair(workers)
    workers.kill_worker()

    publish(workers, pair)
    assert outcome(workers, pair) == {"matches": [], "told": [], "facts waiting": 1}
    workers.start_worker()

    assert_found_once(workers, pair)


def test_a_worker_killed_in_the_middle_of_matching_loses_nothing(workers: Product) -> None:
    pair = a_pair(workers)
    with matching_held_up(workers):
        publish(workers, pair)
        wait_for(lambda: somebody_waits(workers), "a worker in the middle of its job")
        workers.freeze_worker(MATCHING)
        assert job_of(workers, pair) == (JobState.PENDING, 1)
        workers.kill_worker(MATCHING)
    assert outcome(workers, pair)["matches"] == []

    workers.start_worker(MATCHING)

    assert_found_once(workers, pair)
    assert job_of(workers, pair) == (JobState.DONE, 2)


def test_a_nudge_that_was_lost_is_picked_up(workers: Product) -> None:
    pair = a_pair(workers)
    workers.freeze_worker(MATCHING)
    publish(workers, pair)
    wait_for(lambda: job_of(workers, pair), "the job")

    workers.forget_messages()
    workers.kill_worker(MATCHING)
    workers.start_worker(MATCHING)

    assert_found_once(workers, pair)
    assert job_of(workers, pair) == (JobState.DONE, 1)


def test_work_goes_on_after_the_broker_forgot_everything(workers: Product) -> None:
    pair = a_pair(workers)

    workers.forget_messages()
    publish(workers, pair)
    workers.forget_messages()

    assert_found_once(workers, pair)


def test_a_fact_that_nobody_can_react_to_stops_no_other(workers: Product) -> None:
    pair = a_pair(workers)
    with workers.session() as session:
        work_now(session).emit(OpgavePublished(opgave_id="no such id"))  # type: ignore[arg-type]
        session.commit()

    publish(workers, pair)

    wait_for(lambda: outcome(workers, pair)["matches"], "the match")
    noted = wait_for(lambda: failing(workers), "the failure to be noted")
    assert noted == "ValueError: badly formed hexadecimal UUID string"
    with workers.session() as session:
        session.execute(update(Job).where(Job.state == JobState.PENDING).values(state="failed"))
        session.commit()


def failing(product: Product) -> str | None:
    """What went wrong with a job that will be tried again."""
    noted = select(Job.last_error).where(Job.last_error.is_not(None), Job.state == JobState.PENDING)
    with product.session() as session:
        return session.scalar(noted)


# Mail


def ask(product: Product) -> str:
    """Somebody asks for a link; the address."""
    address = f"{uuid4().hex}@testerdam.example"
    with product.session() as session:
        ask_sign_in(work_now(session), address)
        session.commit()
    return address


def deliveries(product: Product) -> dict[DeliveryState, int]:
    counted = select(Delivery.state, func.count()).group_by(Delivery.state)
    with product.session() as session:
        return dict(session.execute(counted).all())


def hurry(product: Product) -> None:
    """The wait after a refusal is over."""
    with product.session() as session:
        session.execute(update(Delivery).values(next_attempt_at=func.now()))
        session.commit()


def test_a_mail_goes_from_the_fact_to_the_reader(workers: Product) -> None:
    box = Mailbox(workers.maildir)

    address = ask(workers)
    mail = box.wait_for_mail(address)

    workers.wait_until_quiet()
    assert len(box.messages(address)) == 1
    assert link_in(mail, "/inloggen/").startswith(workers.base_url)


def test_a_mail_that_cannot_be_written_stops_no_other(workers: Product) -> None:
    with workers.session() as session:
        reader = a_user(session, Role.BEHEERDER)
        poison = Delivery(
            kind=MailKind.ACCESS_ASKED,
            dedupe_key=uuid4().hex,
            user_id=reader.id,
            subject_id=uuid4(),
            created_at=work_now(session).now,
            next_attempt_at=work_now(session).now,
            expires_at=work_now(session).now.replace(year=9000),
        )
        session.add(poison)
        session.commit()
        poison_id = poison.id

    address = ask(workers)

    assert Mailbox(workers.maildir).wait_for_mail(address)
    with workers.session() as session:
        left = session.get_one(Delivery, poison_id)
        assert (left.state, left.last_answer) == (DeliveryState.PENDING, "NotFound")
        session.delete(left)
        session.commit()


def test_mail_waits_for_a_relay_that_is_away(workers: Product) -> None:
    workers.stop(MAILBOX)

    address = ask(workers)
    wait_for(lambda: deliveries(workers).get(DeliveryState.PENDING) and refused(workers), "a try")
    workers.start(MAILBOX)
    hurry(workers)

    box = Mailbox(workers.maildir)
    assert box.wait_for_mail(address)
    wait_for(lambda: DeliveryState.PENDING not in deliveries(workers), "the verdict")
    assert len(box.messages(address)) == 1


@contextmanager
def some_digests(product: Product, count: int) -> Iterator[None]:
    with product.session() as session:
        digests_on_their_way(session, count)
    yield
    with product.session() as session:
        session.execute(delete(Delivery).where(Delivery.kind == MailKind.DIGEST))
        session.commit()


def test_a_slow_relay_of_digests_holds_up_no_link_and_no_match(workers: Product) -> None:
    pair = a_pair(workers)
    box = Mailbox(workers.maildir)
    crawl = relay_that_crawls(workers, ALMOST_TOO_SLOW, ALMOST_TOO_SLOW)
    with crawl as relay, some_digests(workers, 20):
        wait_for(relay.holds_reader.is_set, "the first digest")

        address = ask(workers)
        publish(workers, pair)

        assert box.wait_for_mail(address, within=SLOW_RELAYS_LINK)
        assert_found_once(workers, pair)
        assert DeliveryState.PENDING in deliveries(workers)


def refused(product: Product) -> bool:
    tried = select(Delivery.last_answer).where(Delivery.state == DeliveryState.PENDING)
    with product.session() as session:
        return session.scalars(tried).all() == ["ConnectionRefusedError"]
