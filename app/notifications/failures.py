"""Mails that did not arrive, as far as we know: by reason, so that one mend helps them all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core.reports import COMPLAINT, NO_SUCH_BOX, status_in
from app.notifications.models import AddressHealth, Bounce, Delivery
from app.notifications.rules import DeliveryState, MailKind

# Of each reason so many mails are named; all of them are counted.
MOST_NAMED = 10
MOST_BOUNCES_NAMED = 20
NOT_ARRIVED = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
# A server says its code, and mostly a status; what it says after that is different for each mail.
CODE_AND_STATUS = r"^\d{3}(?: \d\.\d{1,3}\.\d{1,3})?"

STATUS_WORDS = {
    ".1.": "Het adres bestaat niet",
    ".2.": "De postbus is vol of staat uit",
    ".3.": "De mailserver van de ontvanger heeft een storing",
    ".4.": "De mailserver van de ontvanger is niet bereikbaar",
    ".7.": "De ontvanger weigert onze mail",
}
WORDS = {
    COMPLAINT: "De ontvanger klaagde over de mail",
    "sender ended": "Bij het maken van de mail liep het programma steeds vast",
    "no answer": "Geen antwoord: de mail kan zijn aangekomen",
    "not in the relay's log": "Onze mailserver heeft de mail niet",
    "address unknown": "Het adres bestaat niet",
    "came back too often": "De mail kwam te vaak terug",
    "complained": "De ontvanger klaagde",
}


@dataclass(frozen=True)
class Failures:
    """Mails that ended in the same way; `mails` are the newest of them."""

    state: DeliveryState
    reason: str
    count: int
    mails: list[Delivery]

    @property
    def words(self) -> str:
        return reason_words(self.reason)


@dataclass(frozen=True)
class Returned:
    """A mail that came back; to whom is not told."""

    told_at: datetime
    kind: MailKind
    status: str

    @property
    def words(self) -> str:
        return reason_words(self.status)


def reason_of() -> ColumnElement[str]:
    """What the mails of one group share."""
    code = func.substring(Delivery.last_answer, CODE_AND_STATUS)
    return func.coalesce(code, Delivery.last_answer)


def failures(session: Session) -> list[Failures]:
    """The largest group first."""
    reason = reason_of()
    same = (Delivery.state, reason)
    ranked = (
        select(
            Delivery.id,
            reason.label("reason"),
            func.count().over(partition_by=same).label("count"),
            func.row_number()
            .over(partition_by=same, order_by=(Delivery.created_at.desc(), Delivery.id))
            .label("place"),
        )
        .where(Delivery.state.in_(NOT_ARRIVED))
        .subquery()
    )
    rows = session.execute(
        select(Delivery, ranked.c.reason, ranked.c.count)
        .join(ranked, ranked.c.id == Delivery.id)
        .where(ranked.c.place <= MOST_NAMED)
        .order_by(ranked.c.count.desc(), Delivery.state, ranked.c.reason, ranked.c.place)
    )
    found: dict[tuple[DeliveryState, str], Failures] = {}
    for mail, why, count in rows:
        group = found.setdefault((mail.state, why), Failures(mail.state, why, count, []))
        group.mails.append(mail)
    return list(found.values())


def last_returned(session: Session) -> list[Returned]:
    """Newest first."""
    rows = session.execute(
        select(Bounce.told_at, Delivery.kind, Bounce.status)
        .join(Delivery, Delivery.id == Bounce.delivery_id)
        .order_by(Bounce.told_at.desc(), Bounce.delivery_id)
        .limit(MOST_BOUNCES_NAMED)
    )
    return [Returned(*row) for row in rows]


def left_alone(session: Session) -> dict[str, int]:
    """How many addresses get no mail that nobody waits for, by reason."""
    rows = session.execute(
        select(AddressHealth.reason, func.count())
        .where(AddressHealth.suppressed_since.is_not(None))
        .group_by(AddressHealth.reason)
        .order_by(AddressHealth.reason)
    )
    return dict(rows.all())


def reason_words(reason: str) -> str:
    """Het adres bestaat niet (550 5.1.1)"""
    if reason in WORDS:
        return WORDS[reason]
    return f"{_explained(reason)} ({reason})" if reason else "Geen reden bekend"


def _explained(reason: str) -> str:
    status = status_in(reason)
    code = int(reason[:3]) if reason[:3].isdecimal() else None
    if status is not None and status[1:3] + "." in STATUS_WORDS:
        return STATUS_WORDS[status[1:3] + "."]
    if status is None and code in NO_SUCH_BOX:
        return STATUS_WORDS[".1."]
    if code and reason.startswith("4"):
        return "De ontvanger nam de mail nog niet aan"
    if code:
        return "De ontvanger weigerde de mail"
    return "De mail kon niet worden gemaakt of verstuurd"
