"""What the limit of the borrower still leaves, for who is about to sign for them."""

from datetime import date

from sqlalchemy.orm import Session

from app.core.dutch import hours
from app.loans import queries
from app.loans.queries import SeenLoan
from app.loans.rules import Party

LEFT = (
    "Volgens jullie limiet kunnen jullie nog {left} uur lenen. Deze inzet vraagt hoogstens {asked} "
    "uur."
)
TOO_MUCH = (
    "Dat is meer, dus tekenen kan nog niet. Vraag je gemeentebeheerder om een hogere limiet, of "
    "spreek minder uren af."
)


def room_words(session: Session, seen: SeenLoan, party: Party, today: date) -> str:
    """Nothing for others, and for hours that are paid for or given: nobody owes those."""
    is_asked = party is Party.BORROWER and party in seen.waits_for
    room = queries.room_for(session, seen.loan, seen.terms, today) if is_asked else None
    if room is None:
        return ""
    said = LEFT.format(left=hours(room.left), asked=hours(room.asked))
    return said if room.fits else f"{said} {TOO_MUCH}"
