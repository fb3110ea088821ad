"""Sends what is planned: claim, write, mark, dot, verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from flask import current_app

from app.core.clock import utc_now
from app.core.heartbeat import Group
from app.core.mail import Answer, Letter, Relay, Verdict, message_of
from app.notifications import service
from app.notifications.rules import AT_ONCE, URGENT, MailKind
from app.post import Post
from workers.heart import Heart
from workers.work import open_work, stop_asked

BATCH = 20
# Seconds; far less than a lease. What was claimed and not offered by then is for whoever comes.
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


@dataclass(frozen=True)
class Road:
    """Mails of some kinds on their way, with a connection that no other kind waits for."""

    kinds: frozenset[MailKind]
    heart: Heart
    breaker: Breaker = field(default_factory=Breaker)


# News that goes at once takes the road of what somebody waits for, and never waits for digests.
# Each claim takes what is urgent first, and a claim is over within a breath: so much, and one mail,
# is the longest that a sign-in link waits for any number of them.
URGENT_ROAD = Road(URGENT.union(AT_ONCE), Heart(Group.MAIL_URGENT))
BULK_ROAD = Road(frozenset(MailKind) - URGENT_ROAD.kinds, Heart(Group.MAIL_BULK))


def deliver_urgent() -> None:
    _deliver(URGENT_ROAD)


def deliver() -> None:
    _deliver(BULK_ROAD)


def settle() -> None:
    office: Post = current_app.extensions["post"]
    with open_work() as work:
        if not service.has_to_settle(work):
            return
        service.settle(work, office.ledger)
        service.count_bounces(work, office.stationery.secret)


def _deliver(road: Road) -> None:
    if road.breaker.is_open:
        return
    office: Post = current_app.extensions["post"]
    ends = monotonic() + TURN
    with Relay(office.smtp_url) as relay:
        while _deliver_batch(office, relay, road) and monotonic() < ends:
            pass


def _deliver_batch(office: Post, relay: Relay, road: Road) -> bool:
    """Send what one claim brings, as far as one breath goes; whether to claim more."""
    with open_work() as work:
        claims = service.claim(work, BATCH, road.kinds)
    if not claims:
        # Nearly every second of the day; so nothing more is asked.
        return False
    ends = monotonic() + BREATH
    letters = _write_all(office, claims)
    for place, claimed in enumerate(claims):
        road.heart.beat_when_due()
        answer = _send(office, relay, claimed, letters[claimed], road)
        is_away = answer.verdict is Verdict.NO_RELAY
        if is_away:
            log.warning("relay away", answer=answer.words, mails=len(claims) - place)
            road.breaker.open()
        if is_away or stop_asked.is_set() or monotonic() > ends:
            with open_work() as work:
                service.release(work, claims[place + 1 :])
            return not is_away and not stop_asked.is_set()
    return True


def _write_all(office: Post, claims: Sequence[service.Claim]) -> dict[service.Claim, Letter | None]:
    """The letters as things stand now; when that fails each alone, to find which one it is."""
    try:
        with open_work() as work:
            written = service.write_letters(work, office.stationery, claims)
        return {claimed: written.get(claimed.delivery_id) for claimed in claims}
    except Exception as error:
        log.warning("letters written one by one", error=type(error).__name__)
        return {claimed: _write(office, claimed) for claimed in claims}


def _write(office: Post, claimed: service.Claim) -> Letter | None:
    """One that cannot be written keeps no other waiting."""
    try:
        with open_work() as work:
            return service.write_letter(work, office.stationery, claimed)
    except Exception as error:
        _put_off(claimed, error)
        return None


def _send(
    office: Post, relay: Relay, claimed: service.Claim, letter: Letter | None, road: Road
) -> Answer:
    if letter is None:
        return Answer(Verdict.HELD_BACK)
    try:
        message = message_of(letter, office.sender, utc_now())
    except Exception as error:
        _put_off(claimed, error)
        return Answer(Verdict.HELD_BACK)
    answer = relay.submit(message, letter.sender, letter.to, lambda: _mark(claimed, letter, road))
    with open_work() as work:
        service.record(work, claimed, answer, letter)
    return answer


def _put_off(claimed: service.Claim, error: Exception) -> None:
    about = {"delivery": str(claimed.delivery_id), "kind": claimed.kind.value}
    log.warning("letter failed", **about, exc_info=error)
    with open_work() as work:
        service.record(work, claimed, Answer(Verdict.LATER, type(error).__name__))


def _mark(claimed: service.Claim, letter: Letter, road: Road) -> bool:
    # A slow relay takes a minute up to here, and may take another one for its answer.
    road.heart.beat_when_due()
    with open_work() as work:
        return service.mark_letter(work, claimed, letter)
