"""Without a broker: one real process does the same, and may be ended at any moment."""

import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from app.accounts.models import User
from app.core.heartbeat import pulses
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState
from devtools.processes import members
from tests.conftest import DatabaseMaker
from tests.faults.crowd import digests_on_their_way
from tests.support.mailbox import Mailbox
from tests.support.product import LOOP, MAILBOX, STOP_PATIENCE, Product, wait_for
from tests.support.slow_relay import relay_that_crawls
from tests.workers.test_real_workers import a_pair, ask, assert_found_once, publish

pytestmark = pytest.mark.slow

A_WHILE = 4


@pytest.fixture(scope="module")
def lonely(
    new_database: DatabaseMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """A product that has no Redis at all."""
    product = Product(tmp_path_factory.mktemp("lonely"), new_database(), broker="")
    yield product
    product.close()


@pytest.fixture
def loop(lonely: Product) -> Product:
    lonely.start(*(name for name in (MAILBOX, LOOP) if name not in lonely.parts))
    lonely.wait_until_quiet()
    return lonely


@pytest.fixture
def idle(lonely: Product) -> Iterator[Product]:
    """Nobody at work, and nothing in the mailbox to mistake for what comes."""
    for name in list(lonely.parts):
        lonely.stop(name)
    yield lonely
    with lonely.session() as session:
        session.execute(delete(Delivery))
        session.commit()


def some_digests(product: Product, count: int) -> list[str]:
    """On their way; the addresses of who read them."""
    with product.session() as session:
        return [reader.email for reader in digests_on_their_way(session, count)]


def states(product: Product, addresses: list[str]) -> list[DeliveryState]:
    readers = select(User.id).where(User.email.in_(addresses))
    found = select(Delivery.state).where(Delivery.user_id.in_(readers)).order_by(Delivery.state)
    with product.session() as session:
        return list(session.scalars(found))


def let_leases_end(product: Product) -> None:
    """Whoever held a mail is gone for longer than they said, and the relay's patience is over."""
    long_ago = func.now() - timedelta(hours=1)
    with product.session() as session:
        session.execute(update(Delivery).values(lease_until=long_ago, submitted_at=long_ago))
        session.commit()


def test_a_published_opgave_becomes_a_match_a_notice_and_a_mail(loop: Product) -> None:
    pair, box = a_pair(loop), Mailbox(loop.maildir)

    publish(loop, pair)
    assert_found_once(loop, pair)
    loop.flask("digest", "send", "--now")
    with loop.session() as session:
        both = [session.get_one(User, key).email for key in (pair.profile_id, pair.owner_id)]

    for address in both:
        box.wait_for_mail(address)
    loop.wait_until_mail_went()
    assert [len(box.messages(address)) for address in both] == [1, 1]


def test_a_link_waits_for_no_digest(idle: Product) -> None:
    some_digests(idle, 20)
    with relay_that_crawls(idle, before_text=9, after_dot=9) as relay:
        idle.start(LOOP)
        wait_for(relay.holds_reader.is_set, "the first digest")

        address = ask(idle)

        assert Mailbox(idle.maildir).wait_for_mail(address, within=16)
        idle.kill(LOOP)


def test_every_group_shows_that_it_lives(loop: Product) -> None:
    def all_heard() -> bool:
        with loop.session() as session:
            return not any(pulse.is_late for pulse in pulses(session))

    wait_for(all_heard, "a beat of each group")


@pytest.mark.parametrize("with_dot", [False, True], ids=["before the dot", "after the dot"])
def test_who_is_killed_while_sending_leaves_one_copy_of_each(idle: Product, with_dot: bool) -> None:
    readers, box = some_digests(idle, 3), Mailbox(idle.maildir)
    with relay_that_crawls(idle, 0 if with_dot else A_WHILE, A_WHILE) as relay:
        idle.start(LOOP)
        held = relay.holds_all if with_dot else relay.holds_reader
        wait_for(held.is_set, "a digest that the relay holds")
        idle.kill(LOOP)

    let_leases_end(idle)
    idle.start(MAILBOX, LOOP)
    idle.wait_until_mail_went()

    assert [len(box.messages(address)) for address in readers] == [1, 1, 1]
    # Nobody can tell of the one that the relay never answered to; so it is not sent again.
    unsure = [DeliveryState.UNKNOWN] * with_dot
    assert states(idle, readers) == [DeliveryState.ACCEPTED] * (3 - with_dot) + unsure


def test_who_is_asked_to_end_does_so_after_the_mail_at_hand(idle: Product) -> None:
    readers, box = some_digests(idle, 3), Mailbox(idle.maildir)
    with relay_that_crawls(idle, 0, A_WHILE) as relay:
        idle.start(LOOP)
        wait_for(relay.holds_all.is_set, "a digest that the relay holds")
        asked = idle.parts.pop(LOOP)

        asked.process.send_signal(signal.SIGTERM)

        assert asked.process.wait(STOP_PATIENCE) == 0
    assert sum(len(box.messages(address)) for address in readers) == 1
    assert states(idle, readers) == [DeliveryState.ACCEPTED, *[DeliveryState.PENDING] * 2]


def test_a_process_that_ends_is_replaced(idle: Product) -> None:
    idle.start(MAILBOX, LOOP)
    leader = idle.parts[LOOP].process.pid
    first = wait_for(lambda: others(leader), "a process for each group")
    for pid in first:
        os.kill(pid, signal.SIGKILL)

    address = ask(idle)

    assert Mailbox(idle.maildir).wait_for_mail(address)
    assert not others(leader) & first


def test_nobody_goes_on_without_who_watches(idle: Product) -> None:
    idle.start(LOOP)
    part = idle.parts[LOOP]
    assert others(part.process.pid)

    part.process.kill()

    wait_for(lambda: not others(part.process.pid), "the others to end")
    idle.kill(LOOP)


def others(leader: int) -> set[int]:
    """Who works for this process."""
    return set(members(leader)) - {leader}
