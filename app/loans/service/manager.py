"""Who decides for the lender: checked when named, and named again when mail does not arrive."""

from uuid import UUID

from app.accounts.models import User
from app.accounts.rules import email_faults, mailbox_of, tidy_email
from app.core.errors import Conflict
from app.core.faults import Fault, length_fault, refuse
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.loans.events import ManagerNamed, ManagerNotReached
from app.loans.models import Loan, Terms
from app.loans.rules import (
    NAME_LIMIT,
    NEXT,
    UNDER_WAY,
    NamedManager,
    may_name_another,
)
from app.loans.service.finding import as_professional

YOURSELF = "Vul het adres van je leidinggevende in, niet dat van jezelf."
OTHER_GEMEENTE = "Dit adres hoort niet bij jouw gemeente. Je eigen leidinggevende beslist."
HAS_DECIDED = "Je leidinggevende heeft al getekend en krijgt onze mail. Dat blijft zo."


def note_unreached(work: Work, loan_id: UUID, email: str) -> None:
    """Mail to this address came back; the professional is told once."""
    loan = work.fetch_to_change(Loan, loan_id)
    is_known = loan.manager_unreached_at is not None or loan.state not in UNDER_WAY
    if loan.manager_email == email and not is_known:
        loan.manager_unreached_at = work.now
        work.emit(ManagerNotReached(loan_id=loan.id), loan.user_id)


def name_another(work: Work, loan_id: UUID, named: NamedManager) -> None:
    """Correct who decides for the lender, or the address; links to the old one lead nowhere."""
    loan = as_professional(work, loan_id)
    if not NEXT[loan.state]:
        raise Conflict(f"loan {loan.id} is over", said=loan.no_such_step)
    signed_at = work.fetch(Terms, (loan.id, loan.version)).lender_signed_at
    if not may_name_another(
        loan.state,
        is_unreached=loan.manager_unreached_at is not None,
        has_signed=signed_at is not None,
    ):
        raise Conflict(f"the manager of loan {loan.id} has decided", said=HAS_DECIDED)
    refuse(manager_faults(work, work.fetch(User, loan.user_id), loan.lender_code, named))
    email = tidy_email(named.email)
    is_same = (named.name, email) == (loan.manager_name, loan.manager_email)
    if is_same and loan.manager_unreached_at is None:
        return
    put_in_place(work, loan, named)


def put_in_place(work: Work, loan: Loan, named: NamedManager) -> None:
    """Let them decide from now on; who asks for this says whether that may be."""
    loan.manager_name, loan.manager_email = named.name, tidy_email(named.email)
    loan.manager_unreached_at = None
    work.emit(ManagerNamed(loan_id=loan.id), loan.user_id)


def manager_faults(work: Work, user: User, lender_code: str, named: NamedManager) -> list[Fault]:
    """What is wrong with who is named to decide for this professional."""
    found = length_fault("manager_name", named.name, NAME_LIMIT, "Vul de naam in.")
    email = tidy_email(named.email)
    wrong = [Fault("manager_email", fault.said) for fault in email_faults(email)]
    if wrong:
        return found + wrong
    if mailbox_of(email) == mailbox_of(user.email):
        return [*found, Fault("manager_email", YOURSELF)]
    home = gemeenten.of_email(work.session, email, work.today)
    mergers = gemeenten.mergers(work.session, work.today)
    if home is None or now_called(home.code, mergers) != now_called(lender_code, mergers):
        return [*found, Fault("manager_email", OTHER_GEMEENTE)]
    return found
