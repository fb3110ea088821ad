"""Terms on the table: laid down, signed by three, changed, refused."""

from uuid import UUID

from app.accounts.models import User
from app.core.errors import Conflict
from app.core.faults import refuse
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.loans.events import (
    LoanRefused,
    ProposalRefused,
    TermsAgreed,
    TermsChanged,
    TermsSigned,
)
from app.loans.models import Loan, Terms
from app.loans.rules import (
    LoanState,
    Manager,
    Party,
    Refusal,
    TermsDraft,
    end_talk_day,
    faults,
    refusal_faults,
)
from app.loans.service import limits, weeks
from app.loans.service.finding import (
    as_borrower,
    as_lender,
    as_one_of,
    as_professional,
    next_version,
    terms_to_change,
)
from app.opgaven import life
from app.opgaven.models import Opgave

PERIOD_IS_OVER = "De periode is al voorbij. Spreek eerst andere dagen af."


def sign_as_professional(work: Work, loan_id: UUID, version: int) -> None:
    _sign(work, as_professional(work, loan_id), version, Party.PROFESSIONAL)


def sign_as_borrower(work: Work, loan_id: UUID, version: int) -> None:
    _sign(work, as_borrower(work, loan_id), version, Party.BORROWER)


def sign_as_lender(work: Work, loan_id: UUID, version: int, manager: Manager) -> None:
    _sign(work, as_lender(work, loan_id, manager), version, Party.LENDER)


def change(work: Work, loan_id: UUID, party: Party, seen_version: int, draft: TermsDraft) -> None:
    """Lay other terms on the table, signed by who wrote them; earlier signatures are void.

    What holds already changes nothing. Of a running loan the agreed terms hold until all three
    signed the other ones; of one that was stopped they hold until the day of the stop.
    """
    loan = as_one_of(work, loan_id, party)
    current = terms_to_change(work, loan, seen_version)
    refuse(faults(draft, work.today, current.starts_on))
    if loan.draft_of(current) == draft:
        return
    loan.version = next_version(work, loan)
    lay_down(work, loan, party, draft)
    changed = TermsChanged(loan_id=loan.id, version=loan.version, party=party.value)
    work.emit(changed, loan.user_id)


def refuse_terms(
    work: Work,
    loan_id: UUID,
    party: Party,
    seen_version: int,
    refusal: Refusal,
    manager: Manager | None = None,
) -> None:
    """Say no, with a reason. A running loan runs on by what was agreed before."""
    loan = as_one_of(work, loan_id, party, manager)
    refuse(refusal_faults(refusal))
    if _said_no_before(work, loan, party, seen_version):
        return
    terms = terms_to_change(work, loan, seen_version)
    if loan.state is LoanState.ASKED:
        _end_refused(work, loan, party, refusal)
    elif loan.version != loan.agreed_version:
        terms.refused_at, terms.refused_by = work.now, party
        terms.refused_for, terms.refused_words = refusal.reason, refusal.words
        loan.version = loan.agreed_version or loan.version
        refused = ProposalRefused(
            loan_id=loan.id,
            version=terms.version,
            party=party.value,
            is_own=terms.made_by is party,
        )
        work.emit(refused, loan.user_id)
    else:
        raise Conflict(f"loan {loan.id} runs", said=loan.no_such_step)


def lay_down(work: Work, loan: Loan, party: Party, draft: TermsDraft) -> None:
    """Write the newest version of the terms, with the signature of who wrote it."""
    names = gemeenten.names_of(work.session, {loan.lender_code, loan.borrower_code})
    terms = Terms(
        loan_id=loan.id,
        version=loan.version,
        opgave_title=work.fetch(Opgave, loan.opgave_id).title,
        professional_name=work.fetch(User, loan.user_id).name,
        lender_name=names[loan.lender_code],
        borrower_name=names[loan.borrower_code],
        made_by=party,
        made_at=work.now,
        **vars(draft),
    )
    work.session.add(terms)
    work.session.flush()
    _put_signature(work, loan, terms, party)


def _sign(work: Work, loan: Loan, version: int, party: Party) -> None:
    """Put this party's signature, once; with the third the terms hold."""
    terms = terms_to_change(work, loan, version)
    if party in terms.signed_at:
        return
    if terms.ends_on < work.today:
        raise Conflict(f"loan {loan.id} is of the past", said=PERIOD_IS_OVER)
    _put_signature(work, loan, terms, party)
    if terms.is_signed_by_all:
        # Others may have been agreed on since the borrower signed.
        limits.keep_within(work, loan, terms, party)
        _agree(work, loan, terms)


def _put_signature(work: Work, loan: Loan, terms: Terms, party: Party) -> None:
    if party is Party.BORROWER:
        limits.keep_within(work, loan, terms, party)
    if party is Party.PROFESSIONAL:
        terms.professional_signed_at = work.now
    elif party is Party.LENDER:
        terms.lender_signed_at, terms.lender_signed_by = work.now, loan.manager_name
    else:
        terms.borrower_signed_at, terms.borrower_signed_by = work.now, work.actor.user_id
        terms.borrower_signed_as = _name_of(work)
    signed = TermsSigned(loan_id=loan.id, version=terms.version, party=party.value)
    work.emit(signed, loan.user_id)


def _name_of(work: Work) -> str:
    return work.fetch(User, work.actor.user_id).name if work.actor.user_id else ""


def _agree(work: Work, loan: Loan, terms: Terms) -> None:
    is_first = loan.state is LoanState.ASKED
    if is_first:
        life.take_seat(work, loan.opgave_id)
    weeks.lend(work, loan, terms)
    terms.agreed_at = work.now
    # The loan points to terms that three signed: those are there first.
    work.session.flush()
    loan.agreed_version, loan.last_day = terms.version, terms.ends_on
    # Who stopped it earlier signed that it goes on.
    loan.ended_at = loan.ended_by = loan.reason = loan.returns_on = None
    loan.reason_words = ""
    end_talk_was = loan.end_talk_on
    loan.put_end_talk(end_talk_day(terms.starts_on, terms.ends_on, work.today), work.today)
    if is_first:
        loan.move_to(LoanState.ACTIVE)
        loan.activated_at = work.now
    agreed = TermsAgreed(
        loan_id=loan.id, version=terms.version, is_first=is_first, end_talk_was=end_talk_was
    )
    work.of_itself().emit(agreed, loan.user_id)


def _said_no_before(work: Work, loan: Loan, party: Party, version: int) -> bool:
    if loan.state is LoanState.REFUSED:
        return loan.ended_by is party
    known = work.session.get(Terms, (loan.id, version))
    return known is not None and known.refused_by is party


def _end_refused(work: Work, loan: Loan, party: Party, refusal: Refusal) -> None:
    loan.move_to(LoanState.REFUSED)
    loan.ended_at, loan.ended_by = work.now, party
    loan.reason, loan.reason_words = refusal.reason, refusal.words
    refused = LoanRefused(loan_id=loan.id, party=party.value, reason=str(refusal.reason))
    work.emit(refused, loan.user_id)
