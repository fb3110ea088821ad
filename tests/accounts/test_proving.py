"""A link that proves who is signed in: for whom it is, in which session, and what it leaves."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import factors, proving, queries, service
from app.accounts.events import ProofAsked
from app.accounts.models import SignIn, User, UserSession
from app.accounts.rules import PROOF_LASTS, SESSION_LIVES
from app.core.errors import NotAllowed, NotFound
from app.core.outbox import facts_of
from tests.accounts.test_factors import SECRET, code_at
from tests.support.builders import a_user
from tests.support.signing_in import a_link
from tests.support.work import MONDAY, make_work

LATER = MONDAY + PROOF_LASTS


@pytest.fixture
def user(session: Session) -> User:
    return a_user(session)


@pytest.fixture
def session_id(session: Session, user: User) -> UUID:
    begun = service.begin_session(make_work(session, user), user.id)
    session.flush()
    return begun


def is_lately(session: Session, session_id: UUID) -> bool:
    return queries.is_proven_lately(session, session.get_one(UserSession, session_id), LATER)


def test_a_link_is_for_one_session(session: Session, user: User, session_id: UUID) -> None:
    proving.ask_link(make_work(session, user, LATER), session_id)

    link = session.scalars(select(SignIn)).one()
    (told,) = facts_of(session, (ProofAsked.name,))
    assert link.email == user.email
    assert told.payload == {"sign_in_id": str(link.id), "session_id": str(session_id)}


def test_who_has_a_second_step_gets_no_link(session: Session, user: User, session_id: UUID) -> None:
    factors.enrol(make_work(session, user), session_id, SECRET, "sealed", code_at())

    with pytest.raises(NotAllowed):
        proving.ask_link(make_work(session, user, LATER), session_id)


def test_nobody_asks_a_link_for_the_session_of_another(session: Session, session_id: UUID) -> None:
    with pytest.raises(NotFound):
        proving.ask_link(make_work(session, a_user(session), LATER), session_id)


def test_the_link_begins_a_session_that_is_proven_lately(
    session: Session, user: User, session_id: UUID
) -> None:
    link = a_link(session, user.email)

    renewed = proving.prove(make_work(session, user, LATER), session_id, link.id)

    assert (is_lately(session, session_id), is_lately(session, renewed)) == (False, True)
    assert link.used_at == LATER
    begun = session.get_one(UserSession, renewed)
    assert (begun.user_id, begun.expires_at) == (user.id, LATER + SESSION_LIVES)
    assert begun.proven_at is None


def test_a_link_to_another_address_proves_nothing(
    session: Session, user: User, session_id: UUID
) -> None:
    for link_id in (a_link(session, "bas@testerdam.nl").id, uuid4()):
        with pytest.raises(NotFound):
            proving.prove(make_work(session, user, LATER), session_id, link_id)


def test_a_link_that_is_too_old_proves_nothing(
    session: Session, user: User, session_id: UUID
) -> None:
    link = a_link(session, user.email, expires_at=LATER - timedelta(seconds=1))

    with pytest.raises(NotFound):
        proving.prove(make_work(session, user, LATER), session_id, link.id)


def test_a_new_session_takes_the_second_proof_along_as_old_as_it_is(
    session: Session, user: User
) -> None:
    before = service.begin_session(make_work(session, user), user.id, is_proven=True)
    session.flush()

    renewed = service.renew_session(make_work(session, user, LATER), before)

    assert session.get_one(UserSession, renewed).proven_at == MONDAY


def test_who_has_a_second_step_proves_it_with_that_alone(
    session: Session, user: User, session_id: UUID
) -> None:
    factors.enrol(make_work(session, user), session_id, SECRET, "sealed", code_at())
    signed_in = service.begin_session(make_work(session, user, LATER), user.id)
    session.flush()

    found = session.get_one(UserSession, signed_in)

    assert queries.is_proven_lately(session, found, LATER) is False
