"""A loan with its three parties, made by the product's own steps."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.loans import service
from app.loans.models import Loan, Terms
from app.loans.rules import Asked, LoanState, Manager, Party, TermsDraft
from app.opgaven.models import Opgave
from app.responses.models import Response
from app.responses.rules import Answer
from tests.support.builders import a_domain, a_gemeente, a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

TERMS = TermsDraft(
    hours_per_week=8,
    starts_on=TODAY + timedelta(days=7),
    ends_on=TODAY + timedelta(days=90),
    returns_on=TODAY + timedelta(days=91),
    learning_goal="Leren hoe een grote gemeente dit aanpakt",
)


@dataclass(frozen=True)
class Parties:
    """Who signs, and for which opgave."""

    opgave: Opgave
    professional: User
    manager: Manager
    borrower: User


def parties(session: Session, **opgave: Any) -> Parties:
    borrower = a_user(session, Role.OPGAVEHOUDER)
    made = an_opgave(session, "inkoop", owner=borrower, **opgave)
    professional = a_lender(session)
    interest(session, professional, made)
    return Parties(made, professional, manager_of(professional), borrower)


def a_lender(session: Session) -> User:
    """A professional of a gemeente whose mail domain is known."""
    gemeente = a_gemeente(session)
    domain = f"{gemeente.code.lower()}.example"
    a_domain(session, gemeente, domain)
    name = uuid4().hex[:8]
    user = a_user(session, gemeente_code=gemeente.code, email=f"{name}@{domain}")
    a_profile(session, "inkoop", user=user)
    return user


def manager_of(professional: User) -> Manager:
    return Manager(f"baas@{professional.email.partition('@')[2]}")


def interest(session: Session, user: User, opgave: Opgave) -> None:
    session.add(
        Response(user_id=user.id, opgave_id=opgave.id, answer=Answer.INTERESTED, answered_at=MONDAY)
    )
    session.flush()


def asked_of(manager: Manager, **terms: Any) -> Asked:
    return Asked(replace(TERMS, **terms), "Fatma de Baas", manager.email)


def a_loan(session: Session, who: Parties, **terms: Any) -> Loan:
    """Asked, with the signature of the professional."""
    work = make_work(session, who.professional)
    return service.ask(work, uuid4(), who.opgave.id, asked_of(who.manager, **terms))


def a_running_loan(session: Session, who: Parties, **terms: Any) -> Loan:
    loan = a_loan(session, who, **terms)
    sign_rest(session, who, loan.id, loan.version)
    return loan


def sign_rest(session: Session, who: Parties, loan_id: UUID, version: int) -> None:
    service.sign_as_lender(make_work(session), loan_id, version, who.manager)
    service.sign_as_borrower(make_work(session, who.borrower), loan_id, version)


def a_loan_asked(session: Session, professional: User, opgave: Opgave, manager: str) -> Loan:
    """The rows of a loan that waits for signatures, whoever they are."""
    loan = Loan(
        id=uuid4(),
        opgave_id=opgave.id,
        user_id=professional.id,
        lender_code=professional.gemeente_code,
        borrower_code=opgave.gemeente_code,
        manager_name="Fatma de Baas",
        manager_email=manager,
        state=LoanState.ASKED,
        version=1,
        asked_at=MONDAY,
    )
    session.add(loan)
    session.flush()
    terms = Terms(
        loan_id=loan.id,
        version=1,
        opgave_title=opgave.title,
        professional_name=professional.name,
        lender_name="Urk",
        borrower_name="Sluis",
        made_by=Party.PROFESSIONAL,
        made_at=MONDAY,
        professional_signed_at=MONDAY,
        **vars(TERMS),
    )
    session.add(terms)
    session.flush()
    return loan
