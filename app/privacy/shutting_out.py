"""Who is kept out does nothing any more for others: those hear so, or another takes it over.

All of it stays, for who is let in again and for who asks what is kept of them.
"""

from uuid import UUID

from sqlalchemy import select, text

from app.accounts import service as accounts
from app.accounts.models import User
from app.core.work import Work
from app.loans.models import Loan
from app.loans.rules import UNDER_WAY
from app.loans.service.manager import note_unreached
from app.notifications import service as notifications
from app.people import service as people
from app.privacy.leaving import NO_CO_OWNER, hand_to_co_owners


def shut_out(work: Work, user_id: UUID, why: str) -> None:
    """Keep somebody out, as `accounts.service.shut_out`, and let go what others wait for.

    The profile is out of sight at once. A co-owner goes on alone; an opgave without one waits for
    a gemeentebeheerder. Who wrote with this person hears that nobody answers, and whoever named
    them as their manager names another.
    """
    if not accounts.shut_out(work, user_id, why):
        return
    people.hide_shut_out(work, user_id)
    notifications.tell_asker_left(work, user_id)
    work.session.flush()
    work.session.execute(text(NO_CO_OWNER), {"id": user_id})
    hand_to_co_owners(work, user_id)
    work.session.expire_all()
    _let_others_decide(work, work.fetch(User, user_id).email)


def _let_others_decide(work: Work, email: str) -> None:
    theirs = select(Loan.id).where(Loan.manager_email == email, Loan.state.in_(UNDER_WAY))
    for loan_id in work.session.scalars(theirs.order_by(Loan.id)).all():
        note_unreached(work, loan_id, email)
