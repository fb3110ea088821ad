"""Mails go out one by one: what is wrong with one of them is no matter for the others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts.models import SignIn
from app.accounts.service import ask_sign_in
from app.core import heartbeat
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.heartbeat import Group
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import DeliveryState, MailKind
from app.notifications.service import Claim, Stationery
from app.opgaven.rules import OpgaveStatus
from app.post import Post
from tests.notifications.builders import a_delivery, a_told_match
from tests.support.builders import a_user
from tests.support.mailbox import Mailbox, relay_into
from tests.support.work import MONDAY, database_now, make_work
from workers import heart, mail
from workers.heart import Heart


@pytest.fixture(autouse=True)
def fresh_roads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits because another one found its relay away."""
    for name in ("URGENT_ROAD", "BULK_ROAD"):
        road = getattr(mail, name)
        fresh = replace(road, heart=Heart(road.heart.group), breaker=mail.Breaker())
        monkeypatch.setattr(mail, name, fresh)


@pytest.fixture
def box(app: Flask, tmp_path: Path) -> Iterator[Mailbox]:
    """What the relay took; the worker sends to this relay."""
    office = app.extensions["post"]
    with relay_into(tmp_path / "box") as url:
        app.extensions["post"] = replace(office, smtp_url=url)
        yield Mailbox(tmp_path / "box")
    app.extensions["post"] = office


def a_sign_in_mail(session: Session, address: str) -> None:
    """Planned a minute ago, so that it is due."""
    work = make_work(session, now=utc_now() - timedelta(minutes=1))
    ask_sign_in(work, address)
    session.flush()
    service.mail_sign_in(work, session.scalars(select(SignIn.id).filter_by(email=address)).one())
    session.commit()


def states(session: Session) -> list[DeliveryState]:
    session.expire_all()
    return list(session.scalars(select(Delivery.state).order_by(Delivery.state)))


def test_a_planned_mail_is_delivered_once(session: Session, box: Mailbox) -> None:
    a_sign_in_mail(session, "een@testerdam.example")

    mail.deliver_urgent()
    mail.deliver_urgent()

    [found] = box.messages()
    assert str(found["To"]) == "een@testerdam.example"
    assert states(session) == [DeliveryState.ACCEPTED]


def test_a_mail_is_dated_when_it_is_sent(session: Session, box: Mailbox) -> None:
    a_sign_in_mail(session, "een@testerdam.example")

    with time_machine.travel(MONDAY + timedelta(minutes=10), tick=False):
        mail.deliver_urgent()

    [found] = box.messages()
    assert found["Date"].datetime == MONDAY + timedelta(minutes=10)


def test_more_mails_than_one_claim_takes_all_go(session: Session, box: Mailbox) -> None:
    for number in range(mail.BATCH + 1):
        a_sign_in_mail(session, f"{number}@testerdam.example")

    mail.deliver_urgent()

    assert len(box.messages()) == mail.BATCH + 1


def two_digests(session: Session) -> None:
    for _ in range(2):
        told = a_told_match(session, told_at=utc_now() - timedelta(minutes=1))
        a_delivery(session, told.professional, news_until=utc_now())
    session.commit()


def test_each_road_takes_its_own_mail_and_leaves_the_other(session: Session, box: Mailbox) -> None:
    two_digests(session)
    a_sign_in_mail(session, "een@testerdam.example")

    mail.deliver_urgent()
    urgent = [str(found["To"]) for found in box.messages()]
    mail.deliver()

    assert urgent == ["een@testerdam.example"]
    assert (len(box.messages()), states(session)) == (3, [DeliveryState.ACCEPTED] * 3)


def test_every_kind_of_mail_has_one_road() -> None:
    assert not mail.URGENT_ROAD.kinds & mail.BULK_ROAD.kinds
    assert mail.URGENT_ROAD.kinds | mail.BULK_ROAD.kinds == set(MailKind)


def test_a_relay_that_is_away_for_one_road_is_tried_for_the_other(
    session: Session, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_digests(session)
    a_sign_in_mail(session, "een@testerdam.example")
    mail.deliver()
    office = app.extensions["post"]

    with relay_into(tmp_path / "box") as url:
        monkeypatch.setitem(app.extensions, "post", replace(office, smtp_url=url))
        mail.deliver_urgent()

    assert mail.BULK_ROAD.breaker.is_open
    assert states(session) == [DeliveryState.ACCEPTED, *[DeliveryState.PENDING] * 2]


@pytest.mark.usefixtures("box")
def test_who_sends_for_long_shows_that_it_lives(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_digests(session)
    monkeypatch.setattr(heart, "BEAT_EVERY", timedelta(0))

    mail.deliver()

    beaten = {pulse.group: pulse.silence for pulse in heartbeat.pulses(session)}
    assert beaten[Group.MAIL_BULK] is not None
    assert beaten[Group.MAIL_URGENT] is None


@pytest.mark.usefixtures("box")
def test_who_is_asked_to_stop_ends_after_the_mail_at_hand(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_digests(session)
    asked = Event()
    asked.set()
    monkeypatch.setattr(mail, "stop_asked", asked)

    mail.deliver()

    assert states(session) == [DeliveryState.ACCEPTED, DeliveryState.PENDING]
    assert sorted(session.scalars(select(Delivery.attempts))) == [0, 1]


def test_a_turn_ends_before_its_task_would_be_cut_off(
    session: Session, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_digests(session)
    monkeypatch.setattr(mail, "BREATH", 0)
    monkeypatch.setattr(mail, "TURN", 0)

    mail.deliver()

    assert (len(box.messages()), states(session)) == (
        1,
        [DeliveryState.ACCEPTED, DeliveryState.PENDING],
    )


def test_a_mail_that_cannot_be_written_keeps_no_other_waiting(
    session: Session, box: Mailbox
) -> None:
    long_ago = database_now(session) - timedelta(hours=1)
    poison = Delivery(
        kind=MailKind.SIGN_IN,
        dedupe_key="poison",
        subject_id=uuid4(),
        created_at=long_ago,
        next_attempt_at=long_ago,
        expires_at=long_ago + timedelta(days=1),
    )
    session.add(poison)
    a_sign_in_mail(session, "een@testerdam.example")

    mail.deliver_urgent()

    assert states(session) == [DeliveryState.ACCEPTED, DeliveryState.PENDING]
    assert (poison.last_answer, poison.attempts) == ("NotFound", 1)


def test_a_relay_that_is_away_costs_no_attempt(session: Session, app: Flask) -> None:
    a_sign_in_mail(session, "een@testerdam.example")

    mail.deliver_urgent()

    waiting = session.scalars(select(Delivery)).one()
    assert (waiting.state, waiting.attempts) == (DeliveryState.PENDING, 0)
    assert waiting.last_answer == "ConnectionRefusedError"


def test_a_relay_that_is_away_is_told_once_and_left_alone(session: Session, app: Flask) -> None:
    for number in range(mail.BATCH + 1):
        a_sign_in_mail(session, f"{number}@testerdam.example")

    with capture_logs() as said:
        mail.deliver_urgent()
        mail.deliver_urgent()

    tried = session.scalars(select(Delivery.id).where(Delivery.last_answer != "")).all()
    assert len(tried) == 1
    assert set(session.scalars(select(Delivery.attempts))) == {0}
    assert [(one["event"], one["answer"], one["mails"]) for one in said] == [
        ("relay away", "ConnectionRefusedError", mail.BATCH)
    ]


def test_mail_goes_when_the_relay_is_back_and_the_pause_is_over(
    session: Session, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sign_in_mail(session, "een@testerdam.example")
    mail.deliver_urgent()
    office = app.extensions["post"]
    with relay_into(tmp_path / "box") as url:
        monkeypatch.setitem(app.extensions, "post", replace(office, smtp_url=url))
        mail.deliver_urgent()
        during = states(session)
        fresh = replace(mail.URGENT_ROAD, breaker=mail.Breaker())
        monkeypatch.setattr(mail, "URGENT_ROAD", fresh)
        mail.deliver_urgent()

    assert (during, states(session)) == ([DeliveryState.PENDING], [DeliveryState.ACCEPTED])


def test_a_digest_whose_opgave_is_withdrawn_while_the_relay_dawdles_is_held_back(
    session: Session, box: Mailbox, stationery: Stationery
) -> None:
    told = a_told_match(session, told_at=utc_now() - timedelta(minutes=1))
    a_delivery(session, told.professional, news_until=utc_now())
    session.commit()
    claimed = service.claim(make_work(session, now=utc_now()), 1)[0]
    letter = service.write_letter(make_work(session), stationery, claimed)
    assert letter is not None
    told.opgave.status = OpgaveStatus.WITHDRAWN
    session.commit()

    assert service.mark_letter(make_work(session, now=utc_now()), claimed, letter) is False
    assert session.get_one(Delivery, claimed.delivery_id).state is DeliveryState.PENDING


def test_a_digest_of_two_of_which_one_is_withdrawn_is_written_anew(
    session: Session, stationery: Stationery
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    now = utc_now()
    stays, goes = (
        a_told_match(session, told_at=now - timedelta(minutes=1), owner=owner, title=title)
        for title in ("Een rotonde", "Een zwembad")
    )
    a_delivery(session, owner, news_until=now)
    claimed = service.claim(make_work(session, now=now), 1)[0]
    first = service.write_letter(make_work(session), stationery, claimed)
    assert first is not None
    goes.opgave.status = OpgaveStatus.WITHDRAWN
    session.flush()

    may_go = service.mark_letter(make_work(session, now=now), claimed, first)
    second = service.write_letter(make_work(session), stationery, claimed)

    assert second is not None
    assert (goes.opgave.title in first.text, may_go) == (True, False)
    assert (goes.opgave.title in second.text, stays.opgave.title in second.text) == (False, True)
    assert service.mark_letter(make_work(session, now=now), claimed, second) is True


def test_a_digest_that_still_says_what_is_true_may_go(
    session: Session, stationery: Stationery
) -> None:
    told = a_told_match(session, told_at=utc_now() - timedelta(minutes=1))
    a_delivery(session, told.professional, news_until=utc_now())
    claimed = service.claim(make_work(session, now=utc_now()), 1)[0]
    letter = service.write_letter(make_work(session), stationery, claimed)
    assert letter is not None

    assert service.mark_letter(make_work(session, now=utc_now()), claimed, letter) is True


@pytest.mark.parametrize("deliver", [mail.deliver, mail.deliver_urgent])
def test_who_is_erased_before_the_dot_gets_nothing_and_keeps_no_other_waiting(
    session: Session,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    deliver: Callable[[], None],
) -> None:
    two_digests(session)
    for number in range(2):
        a_sign_in_mail(session, f"{number}@testerdam.example")
    write_all = mail._write_all

    def erase_the_first(office: Post, claims: Sequence[Claim]) -> Any:
        letters = write_all(office, claims)
        session.execute(delete(Delivery).where(Delivery.id == claims[0].delivery_id))
        session.commit()
        return letters

    monkeypatch.setattr(mail, "_write_all", erase_the_first)

    deliver()

    assert len(box.messages()) == 1
    assert states(session) == [DeliveryState.ACCEPTED, *[DeliveryState.PENDING] * 2]


def test_a_mail_that_is_too_late_is_not_sent(session: Session, box: Mailbox) -> None:
    a_sign_in_mail(session, "een@testerdam.example")
    session.execute(update(Delivery).values(expires_at=func.now() - timedelta(seconds=1)))

    mail.settle()
    mail.deliver_urgent()

    assert (states(session), box.messages()) == ([DeliveryState.EXPIRED], [])
