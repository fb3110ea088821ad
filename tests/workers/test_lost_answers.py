"""The relay's answer is lost now and then; its log tells what it took, and nothing goes twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from random import Random

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session as DatabaseSession

from app.core.ledger import NO_LEDGER, Ledger, PostfixLog
from app.notifications.models import Delivery
from app.notifications.rules import ANSWER_WAIT, DeliveryState
from tests.support.product import free_port
from tests.support.work import database_now
from tests.workers.test_mail import a_sign_in_mail
from workers import mail

MAILS = 40
SEED = 20261122


class ForgetfulPostfix:
    """Writes a log as Postfix does, and hangs up on some senders before it answers the dot."""

    def __init__(self, log: Path, at: datetime) -> None:
        self._log, self._at, self._chance = log, at, Random(SEED)
        self.taken: Counter[str] = Counter()
        self.lost = {"taken": 0, "not taken": 0}
        self._note("smtpd", "connect from localhost[127.0.0.1]", at - timedelta(hours=1))

    async def handle_DATA(  # noqa: N802  (the name is that of aiosmtpd)
        self, server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        message_id = str(message_from_bytes(envelope.content)["Message-ID"])
        queue_id = f"{self._chance.getrandbits(40):010X}"
        self._note("cleanup", f"{queue_id}: message-id={message_id}")
        fate = self._chance.random()
        if fate < 0.8:
            self.taken[message_id] += 1
            said = f"{queue_id}: from=<{envelope.mail_from}>, size=9, nrcpt=1 (queue active)"
            self._note("qmgr", said)
        if fate > 0.6:
            self.lost["taken" if fate < 0.8 else "not taken"] += 1
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        self._note("smtpd", "disconnect from localhost[127.0.0.1]")
        return f"250 2.0.0 Ok: queued as {queue_id}"

    def _note(self, program: str, said: str, at: datetime | None = None) -> None:
        with self._log.open("a") as log:
            log.write(f"{(at or self._at).isoformat()} relay postfix/{program}[7]: {said}\n")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "mail.log"


@pytest.fixture
def relay(
    app: Flask, session: DatabaseSession, log: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ForgetfulPostfix]:
    postfix = ForgetfulPostfix(log, database_now(session))
    controller = Controller(postfix, hostname="127.0.0.1", port=free_port())
    controller.start()
    office = replace(app.extensions["post"], smtp_url=f"smtp://127.0.0.1:{controller.port}")
    monkeypatch.setitem(app.extensions, "post", office)
    yield postfix
    controller.stop()


def until_all_is_settled(app: Flask, session: DatabaseSession, ledger: Ledger) -> int:
    """How often the relay was tried before every mail had ended."""
    office = app.extensions["post"]
    app.extensions["post"] = replace(office, ledger=ledger)
    for turn in range(1, 30):
        mail.deliver_urgent()
        session.execute(
            update(Delivery)
            .where(Delivery.state == DeliveryState.SUBMITTING)
            .values(submitted_at=func.now() - ANSWER_WAIT - timedelta(seconds=1))
        )
        session.commit()
        mail.settle()
        session.execute(update(Delivery).values(next_attempt_at=func.now()))
        session.commit()
        if set(session.scalars(select(Delivery.state))) == {DeliveryState.ACCEPTED}:
            return turn
    raise AssertionError("some mails never ended")


def test_with_the_log_of_the_relay_each_mail_is_taken_once(
    app: Flask, session: DatabaseSession, relay: ForgetfulPostfix, log: Path
) -> None:
    for number in range(MAILS):
        a_sign_in_mail(session, f"{number}@testerdam.example")

    turns = until_all_is_settled(app, session, PostfixLog(log))

    copies = Counter(relay.taken.values())
    print(f"seed {SEED}: {MAILS} mails, {turns} turns, lost {relay.lost}, copies {dict(copies)}")
    assert min(relay.lost.values()) > 0
    assert copies == {1: MAILS}
    assert None not in session.scalars(select(Delivery.relay_queue_id)).all()


def test_without_a_log_a_link_may_come_twice_and_none_is_lost(
    app: Flask, session: DatabaseSession, relay: ForgetfulPostfix
) -> None:
    for number in range(MAILS):
        a_sign_in_mail(session, f"{number}@testerdam.example")

    until_all_is_settled(app, session, NO_LEDGER)

    assert len(relay.taken) == MAILS
    assert max(relay.taken.values()) > 1
