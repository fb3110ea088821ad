"""The relay is away for long, clocks jump, and nobody is at work at seven."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from threading import Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.clock import AMSTERDAM, dutch_time, utc_now
from app.matching.models import NightlyRun
from app.notifications import service
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import DeliveryState, Frequency, Weekday
from tests.faults.conftest import Record
from tests.faults.office import Office
from tests.faults.sink import Sink
from tests.faults.verdicts import assert_everybody_once
from tests.faults.within import jump_in_time
from tests.notifications.builders import Told, a_delivery, a_told_match
from tests.support.builders import a_user, an_opgave
from tests.support.mailbox import Mailbox, relay_into, text_of
from tests.support.work import MONDAY, database_now, make_work
from tests.workers.test_mail import a_sign_in_mail, states
from workers import digests, housekeeping, mail
from workers.heart import Heart

pytestmark = pytest.mark.slow

A_MINUTE, A_HOUR = timedelta(minutes=1), timedelta(hours=1)
# Monday 23 November 2026 in Amsterdam.
SEVEN = datetime(2026, 11, 23, 6, tzinfo=UTC)
A_WEEK = timedelta(days=7)
READERS = 10


@pytest.fixture(autouse=True)
def fresh_roads(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits because another one found its relay away."""
    for name in ("URGENT_ROAD", "BULK_ROAD"):
        road = getattr(mail, name)
        fresh = replace(road, heart=Heart(road.heart.group), breaker=mail.Breaker())
        monkeypatch.setattr(mail, name, fresh)


class Refusing:
    """A relay that hangs up on everybody, and counts them."""

    def __init__(self) -> None:
        self.knocks = 0
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._door.getsockname()[1]}"

    def hang_up_on_all(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._door.accept()
                self.knocks += 1
                visitor.close()

    def go(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()


@pytest.fixture
def refusing() -> Iterator[Refusing]:
    relay = Refusing()
    thread = Thread(target=relay.hang_up_on_all)
    thread.start()
    yield relay
    relay.go()
    thread.join()


@pytest.fixture
def box(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with relay_into(tmp_path / "box") as url:
        send_to(app, monkeypatch, url)
        yield Mailbox(tmp_path / "box")


def send_to(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    office = replace(app.extensions["post"], smtp_url=url)
    monkeypatch.setitem(app.extensions, "post", office)


def some_digests(session: Session) -> None:
    now = database_now(session)
    for _ in range(READERS):
        told = a_told_match(session, told_at=MONDAY - A_WEEK)
        a_delivery(session, told.professional, news_until=now)
    session.commit()


def test_f9_a_relay_that_refuses_for_ten_minutes(
    session: Session,
    app: Flask,
    refusing: Refusing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A tick a second on both roads, and time that is moved; how many mails wait plays no part."""
    monkeypatch.setattr(mail, "monotonic", lambda: utc_now().timestamp())
    some_digests(session)
    a_sign_in_mail(session, "een@testerdam.example")
    send_to(app, monkeypatch, refusing.url)
    with time_machine.travel(MONDAY, tick=False) as clock:
        for _ in range(10 * 60):
            mail.deliver_urgent()
            mail.deliver()
            clock.shift(1)
        knocks, lost = refusing.knocks, session.scalars(select(Delivery.attempts)).all()
        with relay_into(tmp_path / "box") as url:
            send_to(app, monkeypatch, url)
            back_at = utc_now()
            while not Mailbox(tmp_path / "box").messages("collega"):
                assert utc_now() <= back_at + A_MINUTE
                mail.deliver_urgent()
                mail.deliver()
                clock.shift(1)

    # Each road is a worker of its own.
    assert 0 < knocks <= 2 * 2 * 10
    assert set(lost) == {0}
    assert states(session) == [DeliveryState.ACCEPTED] * (READERS + 1)


@pytest.mark.parametrize(
    "day",
    [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)],
    ids=date.isoformat,
)
@pytest.mark.usefixtures("shelf")
def test_f17_when_the_clocks_change_each_day_has_its_digest_and_its_night(
    session: Session, box: Mailbox, seed: int, record_property: Record, day: date
) -> None:
    """A tick a minute, at some second of it, from the evening before and for three days.

    Of what the clock alone brings about, digests are due at seven, and to compare everything at
    two: an hour that is not there in spring, and there twice in autumn.
    """
    second = a_user(session, Role.OPGAVEHOUDER)
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=second.gemeente_code)
    opgave_id = an_opgave(session, owner=owner, co_owner_id=second.id).id
    service.set_preference(make_work(session, second), Frequency.DAILY, Weekday.MONDAY)
    service.set_preference(make_work(session, owner), Frequency.NEVER, Weekday.MONDAY)
    session.commit()
    eve = datetime.combine(day - timedelta(days=1), time(20), AMSTERDAM).astimezone(UTC)
    begins = eve + timedelta(seconds=Random(seed).randrange(60))
    with time_machine.travel(begins, tick=False) as clock:
        for minute in range(72 * 60):
            if minute % (24 * 60) == 0:
                service.tell_co_owner(make_work(session, now=utc_now()), opgave_id, second.id)
                session.commit()
            digests.plan()
            housekeeping.match_nightly()
            if minute % 60 == 0:
                mail.deliver()
            clock.shift(60)

    days = [day + timedelta(days=ahead) for ahead in range(3)]
    runs = session.scalars(select(DigestRun).order_by(DigestRun.planned_at)).all()
    # That of the evening before was still to be done.
    done = select(NightlyRun).where(NightlyRun.night >= day).order_by(NightlyRun.night)
    nights = session.scalars(done).all()
    sent = [dutch_time(one["Date"].datetime).date() for one in box.messages()]
    record_property("sent", len(sent))
    record_property("nights", len(nights))
    assert [(run.period, run.planned) for run in runs] == [(day.isoformat(), 1) for day in days]
    assert [night.night for night in nights] == sent == days
    for run, night in zip(runs, nights, strict=True):
        two = datetime.combine(night.night, time(2), AMSTERDAM).astimezone(UTC)
        assert dutch_time(run.planned_at).date().isoformat() == run.period
        assert time(7) <= dutch_time(run.planned_at).time() <= time(7, 1, 30)
        assert two <= night.began_at <= two + timedelta(seconds=90)


def test_f18_clocks_of_senders_that_jump(office: Office, sink: Sink) -> None:
    """An hour ahead and back with each mail; every mail meets a jump, so few are enough."""
    office.ledger, office.within = sink.log, jump_in_time
    office.fill(READERS * 10)
    office.send()
    links = {office.ask_for_a_link_now() for _ in range(READERS)}
    office.finish()

    assert links <= set(sink.copies_of_people)
    assert_everybody_once(office, sink, READERS * 10 + len(links))


@pytest.fixture
def told(session: Session) -> list[Told]:
    """People with news since yesterday, who get a digest on Mondays."""
    told = [a_told_match(session, told_at=MONDAY - timedelta(days=1)) for _ in range(READERS)]
    session.commit()
    return told


def awake(begins: datetime, ends: datetime) -> None:
    """Everything is at work from the one moment to the other, and down before and after."""
    with time_machine.travel(begins, tick=False) as clock:
        while utc_now() < ends:
            digests.plan()
            mail.deliver()
            clock.shift(60)


def test_f19_everything_is_down_from_before_seven_until_twenty_to_eight(
    session: Session, box: Mailbox, told: list[Told]
) -> None:
    """One reader or many: the run is planned as a whole."""
    awake(SEVEN - timedelta(minutes=10), SEVEN - timedelta(minutes=5))
    assert box.messages() == []
    back = SEVEN + timedelta(minutes=40)
    awake(back, back + timedelta(hours=1))

    found = Counter(str(one["X-RcptTo"]) for one in box.messages())
    assert found == {
        email: 1 for one in told for email in (one.professional.email, one.owner.email)
    }
    assert {one["Date"].datetime for one in box.messages()} <= {
        back + timedelta(minutes=minute) for minute in range(10)
    }


def test_f19_everything_is_down_until_past_ten(
    session: Session, box: Mailbox, told: list[Told]
) -> None:
    back = SEVEN + timedelta(hours=3, minutes=1)
    awake(back, back + timedelta(hours=1))
    missed = len(box.messages())
    # The database keeps its own clock, and judges by it what an opgave of next week still is.
    awake(SEVEN + A_WEEK, SEVEN + A_WEEK + timedelta(minutes=5))

    assert missed == 0
    found = box.messages()
    assert len(found) == 2 * READERS
    for one in told:
        [letter] = [mail for mail in found if mail["X-RcptTo"] == one.professional.email]
        assert one.opgave.title in text_of(letter)
