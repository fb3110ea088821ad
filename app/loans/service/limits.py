"""The limit on borrowed hours: nothing is agreed on that may pass it.

Who wants more asks the gemeentebeheerder for a higher one: that is how the gemeente agrees to it,
and it stays on record.
"""

from collections.abc import Collection
from uuid import UUID

from app.core.dutch import hours as in_hours
from app.core.errors import Conflict
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.hours import service as hours
from app.hours.queries import limit_changed_since
from app.loans.events import SignatureHeldUp
from app.loans.models import Loan, Terms
from app.loans.room import all_held_up, room_for
from app.loans.rules import UNDER_WAY, Party, Room

YOURS = (
    "Volgens jullie limiet kunnen jullie nog {left} uur lenen, en dit vraagt hoogstens {asked} "
    "uur. {way_out}"
)
THEIRS = (
    "Gemeente {borrower} leende zoveel uren als daar is afgesproken. Dit past er nu niet bij. "
    "Je handtekening is niet gezet. Vraag de opgavehouder hoe het verder gaat."
)


class LimitPassed(Conflict):
    """The signature was not put: the borrower would pass its limit."""

    def __init__(self, loan_id: UUID, said: str) -> None:
        super().__init__(f"loan {loan_id} passes the limit of its borrower", said=said)
        self.loan_id = loan_id


def way_out(room: Room) -> str:
    """What the borrower can do; fewer hours are none when nothing is left."""
    fewer = ", of spreek minder uren af" if room.left else ""
    return f"Vraag je gemeentebeheerder om een hogere limiet{fewer}."


def keep_within(work: Work, loan: Loan, terms: Terms, signer: Party) -> None:
    """Refuse what may pass the limit of the borrower; of many at once only as much as fits."""
    # One at a time for each borrower, so that what is counted here is still so at the end.
    hours.hold_limit(work, loan.borrower_code)
    room = room_for(work.session, loan, terms, work.today)
    if room is None or room.fits:
        loan.held_up_at = None
        return
    said = THEIRS.format(borrower=terms.borrower_name)
    if signer is Party.BORROWER:
        left, asked = in_hours(room.left), in_hours(room.asked)
        said = YOURS.format(left=left, asked=asked, way_out=way_out(room))
    raise LimitPassed(loan.id, said)


def look_ahead(work: Work, loan_id: UUID) -> None:
    """Note that the borrower cannot sign what now lies there, or no longer that it could not."""
    loan = work.fetch_to_change(Loan, loan_id)
    terms = work.fetch(Terms, (loan_id, loan.version))
    if loan.state not in UNDER_WAY:
        return
    room = room_for(work.session, loan, terms, work.today)
    if room is None or room.fits:
        loan.held_up_at = None
    elif terms.borrower_signed_at is None:
        note_held_up(work, loan_id)


def look_again(work: Work, codes: Collection[str]) -> None:
    """Look anew at what the limits of these gemeenten hold up: there may be room again."""
    mergers = gemeenten.mergers(work.session, work.today)
    now = {now_called(code, mergers) for code in codes}
    for seen in all_held_up(work.session):
        if now_called(seen.loan.borrower_code, mergers) in now:
            look_ahead(work, seen.loan.id)


def note_held_up(work: Work, loan_id: UUID) -> None:
    """Tell that the limit holds up a signature: of each loan once, until the limit is another.

    In a work of its own, because the one in which somebody tried to sign saved nothing.
    """
    loan = work.fetch_to_change(Loan, loan_id)
    mergers = gemeenten.mergers(work.session, work.today)
    told_at, borrower = loan.held_up_at, now_called(loan.borrower_code, mergers)
    if told_at is None or limit_changed_since(work.session, borrower, told_at):
        loan.held_up_at = work.now
        work.emit(SignatureHeldUp(loan_id=loan.id, gemeente_code=borrower))
