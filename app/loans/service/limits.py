"""The limit on borrowed hours: nothing is agreed on that may pass it.

Who wants more asks the gemeentebeheerder for a higher one: that is how the gemeente agrees to it,
and it stays on record.
"""

from app.core.dutch import hours as in_hours
from app.core.errors import Conflict
from app.core.work import Work
from app.hours import service as hours
from app.loans import queries
from app.loans.models import Loan, Terms
from app.loans.rules import Party, Room

YOURS = (
    "Volgens jullie limiet kunnen jullie nog {left} uur lenen, en dit vraagt hoogstens {asked} "
    "uur. {way_out}"
)
THEIRS = (
    "Gemeente {borrower} leende zoveel uren als daar is afgesproken. Dit past er nu niet bij. "
    "Je handtekening is niet gezet. Vraag de opgavehouder hoe het verder gaat."
)


def way_out(room: Room) -> str:
    """What the borrower can do; fewer hours are none when nothing is left."""
    fewer = ", of spreek minder uren af" if room.left else ""
    return f"Vraag je gemeentebeheerder om een hogere limiet{fewer}."


def keep_within(work: Work, loan: Loan, terms: Terms, signer: Party) -> None:
    """Refuse what may pass the limit of the borrower; of many at once only as much as fits."""
    # One at a time for each borrower, so that what is counted here is still so at the end.
    hours.hold_limit(work, loan.borrower_code)
    room = queries.room_for(work.session, loan, terms, work.today)
    if room is None or room.fits:
        return
    said = THEIRS.format(borrower=terms.borrower_name)
    if signer is Party.BORROWER:
        left, asked = in_hours(room.left), in_hours(room.asked)
        said = YOURS.format(left=left, asked=asked, way_out=way_out(room))
    raise Conflict(f"loan {loan.id} passes the limit of {loan.borrower_code}", said=said)
