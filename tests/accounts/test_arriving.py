"""Who arrives from the sign-in of their gemeente gets their own account, and no other one."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.arriving import arrive, welcome
from app.accounts.events import IdentityJoined
from app.accounts.identities import Identity, TurnedAway, Why
from app.accounts.models import KnownIdentity, User, UserSession
from app.core.actor import ANYONE
from app.core.faults import FaultyDraft
from app.core.outbox import facts_of
from app.core.work import Work
from app.gemeenten.models import Gemeente
from tests.support.builders import a_domain, a_gemeente, a_user
from tests.support.work import MONDAY, make_work

ISSUER, OTHER_ISSUER = "https://inloggen.testerdam.example", "https://inloggen.elders.example"
ANNA = Identity(ISSUER, "7f", "Anna@Testerdam.nl", is_verified=True, name="Anna de Wit")


@pytest.fixture
def testerdam(session: Session) -> Gemeente:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")
    return gemeente


@pytest.fixture
def work(session: Session) -> Work:
    return Work(session=session, actor=ANYONE, now=MONDAY)


def person_in(session: Session, session_id: UUID | None) -> UUID:
    assert session_id is not None
    return session.get_one(UserSession, session_id).user_id


def turned_away(work: Work, gemeente: Gemeente, identity: Identity) -> Why:
    before = work.session.scalar(select(func.count()).select_from(UserSession))
    with pytest.raises(TurnedAway) as turned:
        arrive(work, gemeente.code, identity)
    assert work.session.scalar(select(func.count()).select_from(UserSession)) == before
    return turned.value.why


def test_a_newcomer_gives_a_name_first(session: Session, work: Work, testerdam: Gemeente) -> None:
    assert arrive(work, testerdam.code, ANNA) is None
    assert session.scalars(select(User)).all() == []

    session_id = welcome(work, testerdam.code, ANNA, "Anna de Wit")

    user = session.get_one(User, person_in(session, session_id))
    assert (user.email, user.name, user.gemeente_code) == (
        "anna@testerdam.nl",
        "Anna de Wit",
        testerdam.code,
    )


def test_a_newcomer_without_a_name_is_asked_again(work: Work, testerdam: Gemeente) -> None:
    with pytest.raises(FaultyDraft):
        welcome(work, testerdam.code, ANNA, "")


def test_who_presses_twice_has_one_account(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    first, second = (welcome(work, testerdam.code, ANNA, "Anna") for _ in range(2))

    assert person_in(session, first) == person_in(session, second)


def test_who_was_here_by_a_link_is_joined_once_and_told(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    anna = a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)

    for _ in range(2):
        assert person_in(session, arrive(work, testerdam.code, ANNA)) == anna.id

    told = facts_of(session, (IdentityJoined.name,), user_id=anna.id)
    assert len(told) == 1


def test_s29_another_address_later_is_still_the_same_account(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    anna = a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    a_user(session, email="bas@testerdam.nl", gemeente_code=testerdam.code)
    arrive(work, testerdam.code, ANNA)

    later = replace(ANNA, email="bas@testerdam.nl", is_verified=False)

    assert person_in(session, arrive(work, testerdam.code, later)) == anna.id


@pytest.mark.parametrize(
    "changed", [{"is_verified": False}, {"email": ""}, {"email": "anna"}, {"email": "a@@b.nl"}]
)
def test_s29_an_address_that_was_not_verified_opens_nothing(
    session: Session, work: Work, testerdam: Gemeente, changed: dict[str, object]
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)

    assert turned_away(work, testerdam, replace(ANNA, **changed)) is Why.UNVERIFIED  # type: ignore[arg-type]


@pytest.mark.parametrize("email", ["anna@elders.nl", "anna@nergens.nl", "anna@sub.testerdam.nl"])
def test_s29_a_gemeente_speaks_for_no_address_of_another(
    session: Session, work: Work, testerdam: Gemeente, email: str
) -> None:
    elders = a_gemeente(session)
    a_domain(session, elders, "elders.nl")
    a_user(session, email="anna@elders.nl", gemeente_code=elders.code)

    assert turned_away(work, testerdam, replace(ANNA, email=email)) is Why.DOMAIN
    with pytest.raises(TurnedAway):
        welcome(work, testerdam.code, replace(ANNA, email=email), "Anna")


def test_s29_the_subject_of_another_provider_is_somebody_else(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    elders = a_gemeente(session)
    a_domain(session, elders, "elders.nl")
    bea = a_user(session, email="bea@elders.nl", gemeente_code=elders.code)
    arrive(work, elders.code, replace(ANNA, issuer=OTHER_ISSUER, email="bea@elders.nl"))

    assert arrive(work, testerdam.code, ANNA) is None
    assert session.scalars(select(KnownIdentity.user_id)).all() == [bea.id]


def test_s29_an_account_of_another_gemeente_stays_closed(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    """Two gemeenten that share a provider know one person there."""
    elders = a_gemeente(session)
    a_domain(session, elders, "elders.nl")
    a_user(session, email="anna@testerdam.nl", gemeente_code=elders.code)
    a_user(session, email="bea@elders.nl", gemeente_code=elders.code)
    bea = replace(ANNA, subject="8", email="bea@elders.nl")
    arrive(work, elders.code, bea)

    assert turned_away(work, testerdam, bea) is Why.GEMEENTE
    assert turned_away(work, testerdam, ANNA) is Why.GEMEENTE


def test_s29_an_address_that_went_to_somebody_else_opens_nothing(
    session: Session, work: Work, testerdam: Gemeente
) -> None:
    a_user(session, email="anna@testerdam.nl", gemeente_code=testerdam.code)
    arrive(work, testerdam.code, ANNA)

    assert turned_away(work, testerdam, replace(ANNA, subject="8")) is Why.ANOTHER


def test_after_a_merger_the_successor_speaks_for_who_worked_there(session: Session) -> None:
    after = a_gemeente(session)
    before = a_gemeente(session, valid_until=date(2026, 1, 1), successor_code=after.code)
    a_domain(session, before, "testerdam.nl")
    anna = a_user(session, email="anna@testerdam.nl", gemeente_code=before.code)
    work = make_work(session)

    assert person_in(session, arrive(work, after.code, ANNA)) == anna.id
    assert turned_away(work, before, replace(ANNA, subject="8", email="b@testerdam.nl")) is (
        Why.DOMAIN
    )
