"""A mail from claim to verdict; the states are those of `DeliveryState`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from random import Random
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, text, update

from app.accounts import service as accounts
from app.core.errors import Conflict, NotAllowed
from app.core.ledger import CANNOT_TELL, NO_LEDGER, Entry, Known, Ledger
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.rights import Right, may
from app.core.work import Work
from app.notifications import queries
from app.notifications.failures import NOT_ARRIVED, reason_of
from app.notifications.models import Attempt, Delivery
from app.notifications.rules import (
    ANSWER_WAIT,
    LEASE,
    LETS_IN,
    LINK_IS_OVER,
    MOST_ATTEMPTS,
    MOST_FAULTS,
    NEXT_ONE_TELLS,
    ON_ITS_WAY,
    TELLS_OF_NOTICE,
    URGENT,
    DeliveryState,
    Frequency,
    MailKind,
    digest_lives,
    lives,
    wait_after,
)
from app.notifications.service import at_once, bounces, health, notices

# Mails that are opened again by one press of a button.
MOST_AT_ONCE = 1_000
SENDER_ENDED = "sender ended"
CHANCE = Random()  # noqa: S311  (spreads retries in time; nothing secret depends on it)

log = structlog.get_logger()


# The verdict, the try, and what it tells of the address; nothing of it when the mail is not this
# claim's any more. Of constants only: nothing that anybody typed comes near it.
ACCEPTED = text(
    f"""
WITH ended AS (
  UPDATE delivery
  SET state = 'accepted', accepted_at = :now, relay_queue_id = :queue_id, last_answer = :words,
      lease_owner = NULL, lease_until = NULL
  WHERE id = :id AND lease_owner = :owner AND state IN ('pending', 'submitting')
  RETURNING id
), taken AS ({health.WAS_TAKEN} AND EXISTS (SELECT FROM ended))
INSERT INTO attempt (delivery_id, number, tried_at, phase, code, words)
SELECT id, coalesce((SELECT max(number) FROM attempt WHERE delivery_id = :id), 0) + 1, now(),
       :phase, :code, :words
FROM ended
"""  # noqa: S608
)


@dataclass(frozen=True)
class Claim:
    """A mail that this worker may try to send until the lease ends."""

    delivery_id: UUID
    kind: MailKind
    owner: UUID


def claim(work: Work, limit: int, kinds: Collection[MailKind] = frozenset(MailKind)) -> list[Claim]:
    """Take mails of these kinds whose moment has come; until the lease ends they are ours.

    One whose sender ended without a word goes alone: if it ends its sender again, we know which.
    """
    owner = work.new_id()
    waiting = (
        select(Delivery.id, Delivery.lease_owner.label("left_by"))
        .where(
            Delivery.state == DeliveryState.PENDING,
            Delivery.kind.in_(kinds),
            Delivery.next_attempt_at <= func.now(),
            Delivery.expires_at > func.now(),
            Delivery.attempts < MOST_ATTEMPTS,
            (Delivery.lease_until.is_(None)) | (Delivery.lease_until < func.now()),
        )
        .order_by(*_first_what_is_urgent(kinds), Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        # A subquery may be asked twice, and would then take others as well; this is asked once.
        .cte("waiting")
    )
    left = select(waiting.c.id).where(waiting.c.left_by.is_not(None)).limit(1)
    taken = work.session.execute(
        update(Delivery)
        .where(
            Delivery.id == waiting.c.id,
            Delivery.id == func.coalesce(left.scalar_subquery(), waiting.c.id),
        )
        .values(lease_owner=owner, lease_until=func.now() + LEASE, attempts=Delivery.attempts + 1)
        .returning(Delivery.id, Delivery.kind, waiting.c.left_by)
        .execution_options(synchronize_session=False)
    ).all()
    claims = [Claim(delivery_id, kind, owner) for delivery_id, kind, _ in taken]
    if any(left_by for _, _, left_by in taken):
        return [claimed for claimed in claims if _may_go_on(work, claimed)]
    return claims


def _first_what_is_urgent(kinds: Collection[MailKind]) -> list[ColumnElement[bool]]:
    """Of kinds that share a road, what somebody waits for goes before any number of others."""
    first = LETS_IN.intersection(kinds)
    return [Delivery.kind.not_in(first)] if first and first != set(kinds) else []


def mark(work: Work, claimed: Claim) -> bool:
    """Write down, just before the final dot, that this mail goes; False when it must not.

    The last look: the lease still runs, and the person did not unsubscribe meanwhile and was not
    shut out.
    """
    delivery = _held(work, claimed, DeliveryState.PENDING, with_running_lease=True)
    if delivery is None:
        return False
    if queries.told_by_another(work.session, [delivery], DeliveryState.SUBMITTING):
        return False
    unwanted = _why_not(work, delivery)
    if unwanted:
        _end(delivery, DeliveryState.SUPPRESSED, unwanted)
        _tell_again(work, delivery)
        return False
    morning = at_once.put_off(work, delivery)
    if morning is not None:
        delivery.attempts -= 1
        _end(delivery, DeliveryState.PENDING, "quiet hours")
        delivery.next_attempt_at, delivery.expires_at = morning, morning + lives(delivery.kind)
        return False
    delivery.state = DeliveryState.SUBMITTING
    delivery.submitted_at = func.now()
    delivery.lease_until = func.now() + ANSWER_WAIT
    return True


def release(work: Work, claims: Iterable[Claim]) -> None:
    """Give back what was claimed and not offered; it costs these mails nothing."""
    for claimed in claims:
        delivery = _held(work, claimed, DeliveryState.PENDING)
        if delivery is not None:
            delivery.attempts -= 1
            _end(delivery, DeliveryState.PENDING, delivery.last_answer)


def drop(work: Work, claimed: Claim, state: DeliveryState, words: str) -> None:
    """End a mail before it was offered: nothing to tell, too late, or it cannot be made."""
    delivery = _held(work, claimed, DeliveryState.PENDING)
    if delivery is not None:
        _end(delivery, state, words)
        _tell_again(work, delivery)


def record(work: Work, claimed: Claim, answer: Answer, letter: Letter | None = None) -> None:
    """Write down what the relay said; a verdict that comes after the lease changes nothing.

    With the letter it also counts for the address it went to.
    """
    if answer.verdict is Verdict.ACCEPTED:
        _record_accepted(work, claimed, answer, letter)
        return
    delivery = _held(work, claimed, DeliveryState.PENDING, DeliveryState.SUBMITTING)
    if delivery is None:
        return
    _keep_attempt(work, delivery, answer)
    if answer.verdict is Verdict.UNKNOWN:
        return
    if answer.verdict is Verdict.REFUSED:
        _end(delivery, DeliveryState.FAILED, answer.words)
    else:
        _put_off(work, delivery, answer)
    _tell_again(work, delivery)
    if letter is not None:
        bounces.note_refusal(work, delivery.id, answer, letter)


def has_to_settle(work: Work) -> bool:
    """Whether there is anything for `settle` and `count_bounces`; nearly always there is not."""
    asked = or_(
        exists().where(_is_unsure()),
        exists().where(_is_late()),
        exists().where(_was_the_last()),
        bounces.to_count().exists(),
        exists().where(health.is_outdated(work.today)),
    )
    return bool(work.session.scalar(select(asked)))


def settle(work: Work, ledger: Ledger = NO_LEDGER) -> int:
    """End what is too old, and decide on mails whose answer never came; how many there were.

    What the relay kept decides. When that cannot tell: a sign-in link may arrive twice, so it is
    sent again, later each time and not for ever; a digest may not, so it stays unknown and its
    news goes with the next one.
    """
    unsure = work.session.scalars(
        select(Delivery).where(_is_unsure()).with_for_update(skip_locked=True)
    ).all()
    dots = {one.message_id: one.submitted_at for one in unsure}
    kept = ledger.ask({name: dot for name, dot in dots.items() if name and dot})
    for delivery in unsure:
        _decide(delivery, kept.get(delivery.message_id or "", CANNOT_TELL))
    late = work.session.scalars(
        update(Delivery)
        .where(_is_late())
        .values(state=DeliveryState.EXPIRED, lease_owner=None, lease_until=None)
        .returning(Delivery.id)
    ).all()
    _tell_again(work, *unsure, late=late)
    _forget_who_left(work)
    return len(unsure) + len(late)


def _forget_who_left(work: Work) -> None:
    """Nothing stays of the last mail to somebody: in what a relay said of it the address may be."""
    work.session.flush()
    ended = delete(Delivery).where(_was_the_last()).returning(Delivery.subject_id)
    accounts.forget_addresses(work, work.session.scalars(ended).all())


def _was_the_last() -> ColumnElement[bool]:
    return and_(
        Delivery.kind == MailKind.ACCOUNT_ENDED,
        Delivery.user_id.is_(None),
        Delivery.state.not_in(ON_ITS_WAY),
    )


def _is_unsure() -> ColumnElement[bool]:
    """Whether its answer will not come any more."""
    is_old = Delivery.submitted_at < func.now() - ANSWER_WAIT
    return and_(Delivery.state == DeliveryState.SUBMITTING, is_old)


def _is_late() -> ColumnElement[bool]:
    return and_(Delivery.state == DeliveryState.PENDING, Delivery.expires_at < func.now())


def send_again(work: Work, delivery_id: UUID) -> None:
    """Open a failed mail again: the same row, the same Message-ID."""
    if not may(work.actor, Right.REDO_WORK):
        raise NotAllowed("send mail again")
    delivery = work.fetch_to_change(Delivery, delivery_id)
    if queries.too_late(work.session, [delivery], work.now):
        raise Conflict(f"mail {delivery_id} has nothing to open", said=LINK_IS_OVER)
    if queries.told_by_another(work.session, [delivery]):
        raise Conflict(f"mail {delivery_id} has a successor", said=NEXT_ONE_TELLS)
    if delivery.state in NOT_ARRIVED:
        _open(work, delivery)


def send_all_again(work: Work, state: DeliveryState, reason: str) -> int:
    """Open the mails that ended like this for this reason, newest first; how many."""
    if not may(work.actor, Right.REDO_WORK):
        raise NotAllowed("send mail again")
    if state not in NOT_ARRIVED:
        return 0
    ended = work.session.scalars(
        select(Delivery)
        .where(Delivery.state == state, reason_of() == reason)
        .order_by(Delivery.created_at.desc(), Delivery.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    useless = queries.too_late(work.session, ended, work.now)
    useless |= queries.told_by_another(work.session, ended)
    useful = _one_digest_each(one for one in ended if one.id not in useless)
    for delivery in useful:
        _open(work, delivery)
    return len(useful)


def _one_digest_each(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Without the older digests of who has several: the newest tells what those would."""
    useful: dict[UUID, Delivery] = {}
    for one in deliveries:
        is_digest = one.kind is MailKind.DIGEST
        useful.setdefault((is_digest and one.user_id) or one.id, one)
    return list(useful.values())


def _record_accepted(work: Work, claimed: Claim, answer: Answer, letter: Letter | None) -> None:
    """What becomes of nearly every mail, in one statement."""
    asked = {
        "id": claimed.delivery_id,
        "owner": claimed.owner,
        "now": work.now,
        "queue_id": answer.relay_queue_id,
        "phase": answer.phase.value,
        "code": answer.code,
        "words": answer.words,
        "address_hash": letter.address_hash if letter else b"",
        "before": work.today - health.LATEST_BOUNCE,
    }
    work.session.execute(ACCEPTED, asked)


def _open(work: Work, delivery: Delivery) -> None:
    delivery.state, delivery.attempts = DeliveryState.PENDING, 0
    delivery.next_attempt_at = func.now()
    if delivery.kind is MailKind.DIGEST:
        delivery.expires_at = func.now() + digest_lives(work.now)
    elif delivery.kind is not MailKind.SIGN_IN:
        # That of a link ends with its link.
        delivery.expires_at = func.now() + lives(delivery.kind)


def _held(
    work: Work, claimed: Claim, *states: DeliveryState, with_running_lease: bool = False
) -> Delivery | None:
    """The row, locked, as long as it is still this claim's."""
    found = select(Delivery).where(
        Delivery.id == claimed.delivery_id,
        Delivery.lease_owner == claimed.owner,
        Delivery.state.in_(states),
    )
    if with_running_lease:
        # One that is too old has a successor, which tells what it would.
        found = found.where(Delivery.lease_until > func.now(), Delivery.expires_at > func.now())
    return work.session.scalar(found.with_for_update().execution_options(populate_existing=True))


def _keep_attempt(work: Work, delivery: Delivery, answer: Answer) -> None:
    """One more row; a number of its own, because an attempt that cost nothing is given back."""
    before = select(func.coalesce(func.max(Attempt.number), 0)).where(
        Attempt.delivery_id == delivery.id
    )
    work.session.execute(
        insert(Attempt).values(
            delivery_id=delivery.id,
            number=before.scalar_subquery() + 1,
            tried_at=func.now(),
            phase=answer.phase,
            code=answer.code,
            words=answer.words,
        )
    )


def _decide(delivery: Delivery, entry: Entry) -> None:
    """What becomes of a mail of which the relay's answer never came."""
    may_wait = delivery.attempts < MOST_ATTEMPTS
    if entry.known is Known.ACCEPTED:
        delivery.accepted_at, delivery.relay_queue_id = delivery.submitted_at, entry.queue_id
        _end(delivery, DeliveryState.ACCEPTED, "in the relay's log")
    elif entry.known is Known.SURELY_NOT and may_wait:
        _wait(delivery, "not in the relay's log")
    elif entry.known is Known.SURELY_NOT:
        _end(delivery, DeliveryState.FAILED, "not in the relay's log")
    elif delivery.kind in URGENT and may_wait:
        _wait(delivery, "no answer")
    else:
        _end(delivery, DeliveryState.UNKNOWN, "no answer")


def _why_not(work: Work, delivery: Delivery) -> str:
    """Why its reader gets it no more; nothing as long as it may go."""
    if delivery.user_id is None:
        return ""
    is_shut_out, frequency = queries.last_said(work.session, delivery.user_id)
    if is_shut_out and delivery.kind is not MailKind.SHUT_OUT:
        return "shut out"
    is_over = delivery.kind is MailKind.DIGEST and frequency is Frequency.NEVER
    return "unsubscribed" if is_over else ""


def _tell_again(work: Work, *deliveries: Delivery, late: Iterable[UUID] = ()) -> None:
    """What was to go at once and ended otherwise is for the next digest."""
    news = [one.id for one in deliveries if one.kind in TELLS_OF_NOTICE]
    if news or late:
        work.session.flush()
        notices.tell_again(work, [*news, *late])


def _end(delivery: Delivery, state: DeliveryState, words: str) -> None:
    """The end of this attempt, and of the mail when the state is a last one."""
    delivery.state, delivery.last_answer = state, words
    delivery.lease_owner = delivery.lease_until = None


def _put_off(work: Work, delivery: Delivery, answer: Answer) -> None:
    """Try later. A mail that was not offered in full, for no fault of its own, loses no attempt."""
    if answer.verdict in {Verdict.NO_RELAY, Verdict.HELD_BACK}:
        delivery.attempts -= 1
    if answer.verdict is Verdict.NO_RELAY:
        # Who sends leaves the relay alone for a while; this mail need not wait for longer.
        _end(delivery, DeliveryState.PENDING, answer.words)
        return
    if answer.phase is Phase.WRITE and _is_our_fault(work, delivery):
        _give_up(delivery, answer.words)
    elif delivery.attempts >= MOST_ATTEMPTS:
        _end(delivery, DeliveryState.FAILED, answer.words)
    else:
        _wait(delivery, answer.words)


def _may_go_on(work: Work, claimed: Claim) -> bool:
    """Whether a mail whose sender ended without a word is tried again; else it has ended."""
    delivery = _held(work, claimed, DeliveryState.PENDING)
    if delivery is None:
        return False
    _keep_attempt(work, delivery, Answer(Verdict.LATER, SENDER_ENDED))
    if not _is_our_fault(work, delivery):
        return True
    delivery.attempts -= 1
    _give_up(delivery, SENDER_ENDED)
    _tell_again(work, delivery)
    return False


def _give_up(delivery: Delivery, words: str) -> None:
    """Said once for each mail, as an error: somebody has to mend something."""
    _end(delivery, DeliveryState.FAILED, words)
    log.error("mail cannot be made", delivery=str(delivery.id), kind=delivery.kind, why=words)


def _is_our_fault(work: Work, delivery: Delivery) -> bool:
    """Whether the last tries, each since it was opened, ended before a relay heard of the mail.

    The first time a sender may have ended in the middle of another mail. Then this one goes
    alone, so whoever kills senders, or switches them off, has to hit the same mail twice more.
    """
    if delivery.attempts < MOST_FAULTS:
        return False
    last = (
        select(Attempt.phase)
        .where(Attempt.delivery_id == delivery.id)
        .order_by(Attempt.number.desc())
        .limit(MOST_FAULTS)
    )
    return [*work.session.scalars(last)] == [Phase.WRITE] * MOST_FAULTS


def _wait(delivery: Delivery, words: str) -> None:
    _end(delivery, DeliveryState.PENDING, words)
    delivery.next_attempt_at = func.now() + wait_after(max(delivery.attempts, 1), CHANCE)
