"""An opgave is taken over from who is away: one proposes it, another confirms."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.rules import PROPOSAL_LIVES, ProposalState
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven import absence, service, takeovers
from app.opgaven.models import Opgave, Takeover
from tests.support.builders import a_gemeente, a_grant, a_network, a_user, an_opgave
from tests.support.work import make_work


@dataclass
class Case:
    opgave: Opgave
    away: User
    colleague: User
    coordinator: User


@pytest.fixture
def case(session: Session) -> Case:
    away = a_user(session, Role.OPGAVEHOUDER, shut_out_at=utc_now())
    code = away.gemeente_code
    network = a_network(session, code)
    coordinator = a_user(session, grants=[a_grant(Role.COORDINATOR, network_id=network.id)])
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=code)
    return Case(an_opgave(session, owner=away), away, colleague, coordinator)


def a_keeper(session: Session, case: Case) -> User:
    return a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=case.opgave.gemeente_code)


def another_coordinator(session: Session, case: Case) -> User:
    network_id = case.coordinator.grants[0].network_id
    return a_user(session, grants=[a_grant(Role.COORDINATOR, network_id=network_id)])


def propose(session: Session, case: Case) -> None:
    takeovers.propose(
        make_work(session, case.coordinator, utc_now()), case.opgave.id, case.colleague.id
    )


def decide(session: Session, case: Case, user: User, *, confirm: bool = True) -> None:
    takeovers.decide(make_work(session, user, utc_now()), case.opgave.id, confirm=confirm)


def states(session: Session) -> list[ProposalState]:
    return list(session.scalars(select(Takeover.state).order_by(Takeover.proposed_at)))


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def test_a_coordinator_proposes_and_a_gemeentebeheerder_confirms(
    session: Session, case: Case
) -> None:
    keeper, version = a_keeper(session, case), case.opgave.version
    propose(session, case)
    before = case.opgave.owner_id
    decide(session, case, keeper)

    assert (before, case.opgave.owner_id) == (case.away.id, case.colleague.id)
    assert case.opgave.version == version + 1
    assert states(session) == [ProposalState.CONFIRMED]
    assert told(session) == ["takeover.proposed", "takeover.decided", "opgave.handed_over"]


def test_where_there_is_a_gemeentebeheerder_nobody_else_confirms(
    session: Session, case: Case
) -> None:
    a_keeper(session, case)
    others = [another_coordinator(session, case), a_user(session, Role.BEHEERDER)]
    propose(session, case)

    for one in (*others, case.coordinator):
        with pytest.raises(Conflict) as refused:
            decide(session, case, one)
        assert refused.value.said == takeovers.NEEDS_ANOTHER
    with pytest.raises(NotFound):
        decide(session, case, case.colleague)
    assert case.opgave.owner_id == case.away.id


@pytest.mark.parametrize("is_beheerder", [True, False])
def test_without_one_another_coordinator_or_a_beheerder_confirms(
    session: Session, case: Case, is_beheerder: bool
) -> None:
    second = a_user(session, Role.BEHEERDER) if is_beheerder else another_coordinator(session, case)
    propose(session, case)
    decide(session, case, second)

    assert case.opgave.owner_id == case.colleague.id


def test_where_somebody_is_there_nothing_is_proposed_or_confirmed(
    session: Session, case: Case
) -> None:
    keeper = a_keeper(session, case)
    propose(session, case)
    case.away.shut_out_at, case.away.signed_in_at = None, utc_now()
    session.flush()

    with pytest.raises(Conflict) as confirmed:
        decide(session, case, keeper)
    with pytest.raises(Conflict) as proposed:
        propose(session, case)

    assert confirmed.value.said == proposed.value.said == takeovers.IS_THERE


def test_a_stranger_to_the_network_proposes_nothing(session: Session, case: Case) -> None:
    elsewhere = a_user(session, Role.COORDINATOR)
    work = make_work(session, elsewhere, utc_now())

    with pytest.raises(NotFound):
        takeovers.propose(work, case.opgave.id, case.colleague.id)


def test_only_a_colleague_who_can_is_proposed(session: Session, case: Case) -> None:
    for user in (a_user(session), a_user(session, Role.OPGAVEHOUDER), case.away, None):
        with pytest.raises(FaultyDraft):
            takeovers.propose(
                make_work(session, case.coordinator, utc_now()),
                case.opgave.id,
                user.id if user else None,
            )


def test_one_waits_at_a_time_and_it_is_refused_also_by_who_proposed_it(
    session: Session, case: Case
) -> None:
    propose(session, case)
    with pytest.raises(Conflict) as refused:
        propose(session, case)
    decide(session, case, case.coordinator, confirm=False)
    propose(session, case)

    assert refused.value.said == takeovers.IS_WAITING
    assert sorted(states(session)) == [ProposalState.REFUSED, ProposalState.WAITING]
    assert case.opgave.owner_id == case.away.id


def test_nobody_confirms_what_a_former_coordinator_proposed(session: Session, case: Case) -> None:
    keeper = a_keeper(session, case)
    propose(session, case)
    case.coordinator.grants[0].ended_at = utc_now()
    session.flush()

    with pytest.raises(Conflict) as refused:
        decide(session, case, keeper)
    assert refused.value.said == takeovers.PROPOSER_LEFT


def test_it_lapses_after_two_weeks(session: Session, case: Case) -> None:
    keeper = a_keeper(session, case)
    propose(session, case)
    takeovers.lapse(make_work(session))
    waits = absence.waiting_of(session, case.opgave.id)
    assert waits is not None
    waits.lapses_on -= PROPOSAL_LIVES + timedelta(days=1)
    session.flush()

    with pytest.raises(Conflict) as refused:
        decide(session, case, keeper)
    takeovers.lapse(make_work(session))

    assert refused.value.said == takeovers.IS_DECIDED
    assert states(session) == [ProposalState.LAPSED]
    assert told(session)[-1] == "takeover.lapsed"


def test_what_its_own_people_hand_over_needs_no_second(session: Session, case: Case) -> None:
    keeper = a_keeper(session, case)
    propose(session, case)
    service.hand_over(make_work(session, keeper), case.opgave.id, keeper.id)

    assert case.opgave.owner_id == keeper.id
    assert states(session) == [ProposalState.LAPSED]


def test_a_concept_is_no_business_of_a_coordinator(session: Session, case: Case) -> None:
    a_gemeente(session)
    case.opgave.published_at = None
    session.flush()

    with pytest.raises(NotFound):
        propose(session, case)
