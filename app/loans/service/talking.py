"""Questions and answers between the three parties, before they sign and while it runs."""

from uuid import UUID

from sqlalchemy import func, select

from app.accounts.models import User
from app.core.errors import Conflict, NotFound
from app.core.faults import refuse
from app.core.work import Work
from app.loans.events import RemarkMade
from app.loans.models import Loan, Remark
from app.loans.rules import MOST_REMARKS, NEXT, Manager, Party, remark_faults
from app.loans.service.finding import as_one_of

FULL = "Hier past niets meer bij. Bel elkaar, of maak een afspraak."


def remark(
    work: Work,
    loan_id: UUID,
    remark_id: UUID,
    party: Party,
    words: str,
    manager: Manager | None = None,
    *,
    is_objection: bool = False,
) -> None:
    """Ask or answer, or say what hours are not right; the same form twice says it once."""
    loan = as_one_of(work, loan_id, party, manager)
    refuse(remark_faults(words))
    known = work.session.get(Remark, remark_id)
    if known is not None:
        if (known.loan_id, known.party) != (loan.id, party):
            raise NotFound(f"remark {remark_id}")
        return
    if not NEXT[loan.state]:
        raise Conflict(f"loan {loan.id} is over", said=loan.no_such_step)
    if _count(work, loan) >= MOST_REMARKS:
        raise Conflict(f"loan {loan.id} has {MOST_REMARKS} remarks", said=FULL)
    made = Remark(
        id=remark_id,
        loan_id=loan.id,
        party=party,
        name=_name(work, loan, party),
        words=words,
        is_objection=is_objection,
        said_at=work.now,
    )
    work.session.add(made)
    told = RemarkMade(loan_id=loan.id, party=party.value, is_objection=is_objection)
    work.emit(told, loan.user_id)


def _count(work: Work, loan: Loan) -> int:
    found = select(func.count()).select_from(Remark).where(Remark.loan_id == loan.id)
    return work.session.scalar(found) or 0


def _name(work: Work, loan: Loan, party: Party) -> str:
    if party is Party.LENDER:
        return loan.manager_name
    return work.fetch(User, work.actor.user_id).name
