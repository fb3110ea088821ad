"""A reaction of which a loan came: it ends by the steps of that loan, and not before."""

from uuid import UUID

from app.accounts.models import User
from app.core.errors import Conflict
from app.core.work import Work
from app.loans import queries
from app.opgaven import queries as opgaven
from app.responses import ending
from app.responses import service as responses
from app.responses.models import Outcome, Response
from app.responses.rules import WhyClosed

IN_LOAN = (
    "Hiervoor loopt een inzet, of er wacht er een op handtekeningen. Stoppen doe je op de pagina "
    "van de inzet."
)


def withdraw_reaction(work: Work, opgave_id: UUID) -> None:
    """As `responses.service.withdraw`; `Conflict` while a loan is under way."""
    _refuse_while_in_loan(work, opgave_id, work.actor.user_id)
    responses.withdraw(work, opgave_id)


def say_later(work: Work, opgave_id: UUID) -> Response:
    """As `responses.service.say_later`; `Conflict` while a loan is under way."""
    _refuse_while_in_loan(work, opgave_id, work.actor.user_id)
    return responses.say_later(work, opgave_id)


def say_no(
    work: Work, opgave_id: UUID, user_id: UUID, reason: WhyClosed | None, words: str = ""
) -> Outcome:
    """As `responses.ending.say_no`; `Conflict` while a loan is under way."""
    opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    _refuse_while_in_loan(work, opgave_id, user_id)
    return ending.say_no(work, opgave_id, user_id, reason, words)


def _refuse_while_in_loan(work: Work, opgave_id: UUID, user_id: UUID | None) -> None:
    if user_id is None:
        return
    # One at a time for each person, as who asks for a loan.
    work.fetch_to_change(User, user_id)
    if queries.under_way(work.session, opgave_id, user_id) is not None:
        raise Conflict(said=IN_LOAN)
