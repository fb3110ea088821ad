"""How mail to an address fares: what counts against it, and when it is left alone.

Of addresses and not of people: who gets another address starts clean. Only mail that nobody
waits for is held back; a sign-in link is always tried, and the one that is used clears the
address, because it arrived.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest as hmac_digest

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.core.reports import COMPLAINT
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import AddressHealth

# Softly bounced so often, at most once a day.
MOST_SOFT = 4
FORGOTTEN_AFTER = timedelta(days=30)
# So long a server goes on trying. Until then it says nothing of the box that our relay took a mail.
LATEST_BOUNCE = timedelta(days=5)
# That the relay took a mail to it; a part of the statement that records the verdict.
WAS_TAKEN = """
  UPDATE address_health SET score = score - 1
  WHERE address_hash = :address_hash AND score > 0 AND last_soft_on < :before"""


class Reason(StrEnum):
    """Why an address is left alone."""

    GONE = "address unknown"
    TOO_OFTEN = "came back too often"
    COMPLAINT = "complained"


def hash_of(address: str, secret: str) -> bytes:
    """How we know an address without writing it down."""
    return hmac_digest(secret.encode(), b"address:" + address.strip().lower().encode(), sha256)


def resting(session: Session, address: str, address_hash: bytes) -> Reason | None:
    """Why mail that nobody waits for is held back from this address, or None."""
    row = session.get(AddressHealth, address_hash, populate_existing=True)
    if row is None or row.suppressed_since is None or _was_confirmed(session, address, row):
        return None
    return Reason(row.reason)


def suppressed(session: Session, hashes: Iterable[bytes]) -> set[bytes]:
    """Those of these addresses to which mail came back; `resting` tells whether it still counts."""
    found = select(AddressHealth.address_hash).where(
        AddressHealth.address_hash.in_(hashes), AddressHealth.suppressed_since.is_not(None)
    )
    return set(session.scalars(found))


def hold_against(work: Work, address: str, address_hash: bytes, status: str) -> None:
    """A mail to this address came back with this status, or somebody complained of it."""
    if _is_about_us(status):
        return
    row = _row_to_change(work, address_hash)
    if _was_confirmed(work.session, address, row) or _is_forgotten(work, row):
        _clean(row)
    if status == COMPLAINT:
        _rest(work, row, Reason.COMPLAINT)
    elif says_gone(status):
        _rest(work, row, Reason.GONE)
    elif row.last_soft_on != work.today:
        row.score, row.last_soft_on = row.score + 1, work.today
        if row.score >= MOST_SOFT:
            _rest(work, row, Reason.TOO_OFTEN)


def says_gone(status: str) -> bool:
    """Whether the address itself is wrong; a full box or a refusal of ours is something else."""
    return status.startswith("5.1.")


def start_clean(work: Work, address_hash: bytes) -> None:
    """Its owner says that the address works."""
    work.session.execute(delete(AddressHealth).where(AddressHealth.address_hash == address_hash))


def forget(work: Work) -> None:
    """What came back softly is forgotten a month after the last time."""
    work.session.execute(delete(AddressHealth).where(is_outdated(work.today)))


def is_outdated(today: date) -> ColumnElement[bool]:
    return and_(
        AddressHealth.last_soft_on < today - FORGOTTEN_AFTER,
        AddressHealth.reason.in_(["", Reason.TOO_OFTEN]),
    )


def _is_about_us(status: str) -> bool:
    """Refused for what we are or send (RFC 3463: x.7.x); says nothing of the box."""
    return status[1:4] == ".7."


def _row_to_change(work: Work, address_hash: bytes) -> AddressHealth:
    work.session.execute(
        insert(AddressHealth)
        .values(address_hash=address_hash, score=0, reason="")
        .on_conflict_do_nothing()
    )
    return work.fetch_to_change(AddressHealth, address_hash)


def _was_confirmed(session: Session, address: str, row: AddressHealth) -> bool:
    """Whether a link that was mailed to it since then was used, or who named it says it is right.

    Who complained is left alone, whatever others say.
    """
    if row.suppressed_since is None or row.reason == Reason.COMPLAINT:
        return False
    if queries.was_named_since(session, address, row.suppressed_since):
        return True
    used = select(SignIn.id).where(
        SignIn.email == address,
        SignIn.asked_at > row.suppressed_since,
        SignIn.used_at.is_not(None),
    )
    return session.scalar(used.limit(1)) is not None


def _is_forgotten(work: Work, row: AddressHealth) -> bool:
    return (
        row.reason in {"", Reason.TOO_OFTEN}
        and row.last_soft_on is not None
        and row.last_soft_on < work.today - FORGOTTEN_AFTER
    )


def _rest(work: Work, row: AddressHealth, reason: Reason) -> None:
    if row.reason != Reason.COMPLAINT:
        row.suppressed_since, row.reason = work.now, reason


def _clean(row: AddressHealth) -> None:
    row.score, row.last_soft_on, row.suppressed_since, row.reason = 0, None, None, ""
