"""What the limit of the borrower still leaves, for the three who are about to sign."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.actor import Role
from app.core.dutch import hours
from app.loans.room import room_for
from app.loans.rules import Party, Room
from app.loans.seen import SeenLoan
from app.loans.service.limits import way_out

LEFT = (
    "Volgens jullie limiet kunnen jullie nog {left} uur lenen. Deze inzet vraagt hoogstens {asked} "
    "uur."
)
TOO_MUCH = "Dat is meer, dus tekenen kan nog niet."
NOT_YET = (
    "Gemeente {borrower} sprak een limiet af voor uren die zij leent. Deze inzet past daar nu niet "
    "bij. Daarom kan de opgavehouder nog niet tekenen."
)


@dataclass(frozen=True)
class RoomLine:
    said: str
    # Whether it keeps the reader from signing.
    blocks: bool
    # Name and mail address of who may agree on a higher limit, for their own people.
    agreers: list[tuple[str, str]]


def room_line(session: Session, seen: SeenLoan, party: Party, today: date) -> RoomLine | None:
    """Nothing for hours that are paid for or given: nobody owes those.

    To the borrower in numbers; to others only that it does not fit, so that they need not find out
    by waiting.
    """
    is_asked = Party.BORROWER in seen.waits_for
    room = room_for(session, seen.loan, seen.terms, today) if is_asked else None
    if room is None:
        return None
    if party is Party.BORROWER:
        return _to_borrower(session, seen, room)
    if room.fits:
        return None
    return RoomLine(NOT_YET.format(borrower=seen.borrower_name), blocks=False, agreers=[])


def _to_borrower(session: Session, seen: SeenLoan, room: Room) -> RoomLine:
    said = LEFT.format(left=hours(room.left), asked=hours(room.asked))
    if room.fits:
        return RoomLine(said, blocks=False, agreers=[])
    found = accounts.with_role(session, Role.GEMEENTEBEHEERDER, seen.loan.gemeente_code)
    agreers = [(one.name, one.email) for one in found]
    return RoomLine(f"{said} {TOO_MUCH} {way_out(room)}", blocks=True, agreers=agreers)
