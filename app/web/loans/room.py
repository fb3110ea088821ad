"""What the limit of the borrower still leaves, for who is about to sign for them."""

from sqlalchemy.orm import Session

from app.core.dutch import hours
from app.hours import queries
from app.hours.rules import HOUR
from app.loans.models import Terms
from app.loans.queries import SeenLoan
from app.loans.rules import CostBasis, Party, mondays_of

LEFT = (
    "Volgens jullie limiet kunnen jullie nog {left} uur lenen. Deze inzet vraagt hoogstens {asked} "
    "uur."
)
TOO_MUCH = "Dat is meer. Overleg met je gemeentebeheerder, of spreek minder uren af."


def room_words(session: Session, seen: SeenLoan, party: Party) -> str:
    """Nothing for others, and for hours that are paid for or given: nobody owes those."""
    is_asked = party is Party.BORROWER and party in seen.waits_for
    if not is_asked or seen.terms.cost_basis is not CostBasis.CLOSED_PURSE:
        return ""
    left, asked = queries.room(session, seen.loan.borrower_code), _most_minutes(seen.terms)
    if left is None:
        return ""
    said = LEFT.format(left=hours(left), asked=hours(asked))
    return f"{said} {TOO_MUCH}" if asked > left else said


def _most_minutes(terms: Terms) -> int:
    return len(mondays_of(terms.starts_on, terms.ends_on)) * terms.hours_per_week * HOUR
