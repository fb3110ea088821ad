"""Sends what is planned: claim, write, mark, dot, verdict."""

from email.message import EmailMessage

import structlog
from celery import shared_task
from flask import current_app

from app.core.mail import Answer, Relay, Verdict, message_of
from app.notifications import service
from app.post import Post
from workers.work import open_work

BATCH = 20
BATCHES = 50

log = structlog.get_logger()


@shared_task(name="mail.deliver")
def deliver() -> None:
    office: Post = current_app.extensions["post"]
    with Relay(office.smtp_url) as relay:
        for _ in range(BATCHES):
            if not deliver_batch(office, relay):
                return


@shared_task(name="mail.settle")
def settle() -> None:
    with open_work() as work:
        service.settle(work)


def deliver_batch(office: Post, relay: Relay) -> bool:
    """Send what one claim brings; whether it is worth claiming more."""
    with open_work() as work:
        claims = service.claim(work, BATCH)
    answers = [_send(office, relay, claimed) for claimed in claims]
    away = [answer.words for answer in answers if answer.verdict is Verdict.NO_RELAY]
    if away:
        # Said once: the batch that finds the relay away is the last one of this run.
        log.warning("relay away", answer=away[0], mails=len(away))
    return bool(claims) and not away


def _send(office: Post, relay: Relay, claimed: service.Claim) -> Answer:
    written = _write(office, claimed)
    if written is None:
        return Answer(Verdict.HELD_BACK)
    to, message = written
    answer = relay.submit(message, office.envelope_sender, to, lambda: _mark(claimed))
    with open_work() as work:
        service.record(work, claimed, answer)
    return answer


def _write(office: Post, claimed: service.Claim) -> tuple[str, EmailMessage] | None:
    """Address and mail as things stand now; one that cannot be written keeps no other waiting."""
    try:
        with open_work() as work:
            letter = service.write_letter(work, office.stationery, claimed)
        return (letter.to, message_of(letter, office.sender)) if letter else None
    except Exception as error:
        log.exception("letter failed", delivery=str(claimed.delivery_id), kind=claimed.kind.value)
        with open_work() as work:
            service.record(work, claimed, Answer(Verdict.LATER, type(error).__name__))
        return None


def _mark(claimed: service.Claim) -> bool:
    with open_work() as work:
        return service.mark(work, claimed)
