"""Mails that came back: each counts once, whenever and however often the report of it comes."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.reports import COMPLAINT, NO_SUCH_BOX, read_report, status_in
from app.core.verp import mail_of
from app.core.work import Work
from app.loans import service as loans
from app.notifications import queries
from app.notifications.models import Bounce, Delivery
from app.notifications.rules import ON_ITS_WAY, MailKind
from app.notifications.service import health

# Counted in one turn.
MOST_BOUNCES = 1_000


class Found(StrEnum):
    """What a mail to the address for bounces was."""

    BOUNCE = "bounce"
    KNOWN_BOUNCE = "known bounce"
    # Out of office, still trying, advertising.
    NO_REPORT = "no report"
    # A report of a mail that we did not send, or of one that was erased.
    NOT_OURS = "not ours"


def take_in(
    work: Work, bounce_address: str, secret: str, content: bytes, recipient: str = ""
) -> Found:
    """Read one mail that came back, and hold it against the address once.

    `recipient` is to whom the server at the door says it was addressed.
    """
    report = read_report(content)
    if report is None:
        return Found.NO_REPORT
    known = (mail_of(one, bounce_address, secret) for one in (recipient, *report.addresses))
    delivery_id = next((one for one in known if one is not None), None)
    if delivery_id is None or work.session.get(Delivery, delivery_id) is None:
        return Found.NOT_OURS
    if not _tell(work, delivery_id, report.status):
        return Found.KNOWN_BOUNCE
    count_bounces(work, secret)
    return Found.BOUNCE


def note_refusal(work: Work, delivery_id: UUID, answer: Answer, letter: Letter) -> None:
    """An address that was refused while we offered the mail came back at once."""
    if answer.verdict is not Verdict.REFUSED or answer.phase is not Phase.RCPT:
        return
    said = status_in(answer.words) or ("5.1.1" if answer.code in NO_SUCH_BOX else "5.0.0")
    if _tell(work, delivery_id, said):
        work.fetch(Bounce, delivery_id).counted_at = work.now
        health.hold_against(work, letter.to, letter.address_hash, said)
        _note_unreached(work, work.fetch(Delivery, delivery_id), letter.to, said)


def count_bounces(work: Work, secret: str) -> int:
    """Hold against their addresses what came back; how many there were.

    A report may be faster than our own verdict on the mail: until there is one, it is kept.
    """
    found = work.session.execute(
        to_count()
        .order_by(Bounce.told_at)
        .limit(MOST_BOUNCES)
        .with_for_update(of=Bounce, skip_locked=True)
    ).all()
    addresses = queries.addresses_of(work.session, [delivery for _, delivery in found])
    for bounce, delivery in found:
        bounce.counted_at = work.now
        if address := addresses.get(delivery.id):
            health.hold_against(work, address, health.hash_of(address, secret), bounce.status)
            _note_unreached(work, delivery, address, bounce.status)
    health.forget(work)
    return len(found)


def to_count() -> Select[Bounce, Delivery]:
    """What came back and was not counted, with its mail, of which the end is known."""
    return (
        select(Bounce, Delivery)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .where(Bounce.counted_at.is_(None), Delivery.state.not_in(ON_ITS_WAY))
    )


def _note_unreached(work: Work, delivery: Delivery, address: str, status: str) -> None:
    """A manager who cannot be reached is waited for in vain: who named them has to know."""
    if delivery.kind is MailKind.LOAN and health.says_gone(status):
        loans.note_unreached(work, delivery.subject_id, address)


def _tell(work: Work, delivery_id: UUID, status: str) -> bool:
    """Write down that it came back; False when that was known."""
    told = (
        insert(Bounce)
        .values(
            delivery_id=delivery_id,
            told_at=func.now(),
            is_hard=status == COMPLAINT or status.startswith("5"),
            status=status,
        )
        .on_conflict_do_nothing()
        .returning(Bounce.delivery_id)
    )
    return work.session.scalar(told) is not None
