"""Sends what is planned: claim, write, mark, dot, verdict."""

from email.message import EmailMessage
from time import monotonic

import structlog
from celery import shared_task
from flask import current_app

from app.core.mail import Answer, Letter, Relay, Verdict, message_of
from app.notifications import service
from app.post import Post
from workers.work import open_work

BATCH = 20
# Seconds. What is urgent goes first in each claim: it waits for one breath, or for the mail that
# is on its way when the relay is slower than that.
BREATH = 5
# Seconds; a turn is over long before the time limit of a task would cut off a mail half way.
TURN = 60
# Seconds; with two processes the relay is asked at most four times a minute.
RELAY_PAUSE = 30

log = structlog.get_logger()


class Breaker:
    """Leaves a relay that is away alone for a while, instead of knocking for every mail."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return monotonic() < self._until

    def open(self) -> None:
        self._until = monotonic() + RELAY_PAUSE


breaker = Breaker()


@shared_task(name="mail.deliver")
def deliver() -> None:
    if breaker.is_open:
        return
    office: Post = current_app.extensions["post"]
    ends = monotonic() + TURN
    with Relay(office.smtp_url) as relay:
        while deliver_batch(office, relay) and monotonic() < ends:
            pass


@shared_task(name="mail.settle")
def settle() -> None:
    with open_work() as work:
        service.settle(work)


def deliver_batch(office: Post, relay: Relay) -> bool:
    """Send what one claim brings, as far as one breath goes; whether to claim more."""
    with open_work() as work:
        claims = service.claim(work, BATCH)
    ends = monotonic() + BREATH
    for place, claimed in enumerate(claims):
        answer = _send(office, relay, claimed)
        is_away = answer.verdict is Verdict.NO_RELAY
        if is_away:
            log.warning("relay away", answer=answer.words, mails=len(claims) - place)
            breaker.open()
        if is_away or monotonic() > ends:
            with open_work() as work:
                service.release(work, claims[place + 1 :])
            return not is_away
    return bool(claims)


def _send(office: Post, relay: Relay, claimed: service.Claim) -> Answer:
    written = _write(office, claimed)
    if written is None:
        return Answer(Verdict.HELD_BACK)
    letter, message = written
    answer = relay.submit(
        message, office.envelope_sender, letter.to, lambda: _mark(claimed, letter)
    )
    with open_work() as work:
        service.record(work, claimed, answer)
    return answer


def _write(office: Post, claimed: service.Claim) -> tuple[Letter, EmailMessage] | None:
    """The letter as things stand now; one that cannot be written keeps no other waiting."""
    try:
        with open_work() as work:
            letter = service.write_letter(work, office.stationery, claimed)
        return (letter, message_of(letter, office.sender, work.now)) if letter else None
    except Exception as error:
        log.exception("letter failed", delivery=str(claimed.delivery_id), kind=claimed.kind.value)
        with open_work() as work:
            service.record(work, claimed, Answer(Verdict.LATER, type(error).__name__))
        return None


def _mark(claimed: service.Claim, letter: Letter) -> bool:
    with open_work() as work:
        return service.mark_letter(work, claimed, letter)
