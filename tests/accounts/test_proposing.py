"""A role that two people give: who proposes, who confirms, and who stands alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import granting, proposing, queries, service
from app.accounts.models import RoleProposal, User
from app.accounts.rules import PROPOSAL_LIVES, Hands, ProposalState
from app.core.actor import SYSTEM, Actor, Role
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.outbox import OutboxMessage
from app.core.work import Work
from tests.support.builders import a_gemeente, a_grant, a_network, a_proposal, a_user
from tests.support.work import MONDAY, TODAY, make_work

G, C = Role.GEMEENTEBEHEERDER, Role.COORDINATOR


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def the_proposal(session: Session) -> RoleProposal:
    return session.scalars(select(RoleProposal)).one()


def operator(session: Session, user: User) -> Work:
    """At the command line, in the name of this person."""
    return make_work(session, Actor(user.id, user.gemeente_code, is_system=True))


def roles_of(session: Session, user: User) -> set[Role]:
    session.flush()
    session.refresh(user)
    return set(queries.roles_of(user))


def test_a_gemeentebeheerder_is_proposed_by_one_and_confirmed_by_another(session: Session) -> None:
    first, second, user = (*(a_user(session, Role.BEHEERDER) for _ in range(2)), a_user(session))
    until = TODAY + timedelta(days=100)

    service.grant_role(make_work(session, first), user.id, G, until)
    before = roles_of(session, user)
    proposing.decide(make_work(session, second), the_proposal(session).id, confirm=True)

    assert (before, roles_of(session, user)) == (set(), {G})
    [grant] = user.grants
    assert (grant.granted_by, grant.confirmed_by, grant.ends_on) == (first.id, second.id, until)
    proposal = the_proposal(session)
    assert (proposal.state, proposal.decided_by) == (ProposalState.CONFIRMED, second.id)
    assert told(session) == ["role.proposed", "role.changed", "role.decided"]


def test_nobody_is_the_second_of_their_own_proposal_or_role(session: Session) -> None:
    first, person, _ = (a_user(session, Role.BEHEERDER) for _ in range(3))
    service.grant_role(make_work(session, first), person.id, G)

    for one in (first, person):
        with pytest.raises(Conflict) as refused:
            proposing.decide(make_work(session, one), the_proposal(session).id, confirm=True)
        assert refused.value.said == proposing.NEEDS_ANOTHER

    assert roles_of(session, person) == {Role.BEHEERDER}


def test_to_who_gives_no_such_role_a_proposal_is_not_there(session: Session) -> None:
    proposal = a_proposal(session)
    home = session.get_one(User, proposal.user_id).gemeente_code
    for role in (None, Role.OPGAVEHOUDER, G):
        user = a_user(session, *([role] if role else []), gemeente_code=home)
        for confirm in (True, False):
            with pytest.raises(NotFound):
                proposing.decide(make_work(session, user), proposal.id, confirm=confirm)

    assert proposal.state is ProposalState.WAITING


def loses_power(session: Session, user: User) -> None:
    user.grants[0].ended_at = MONDAY


def leaves(session: Session, user: User) -> None:
    session.delete(user)
    session.flush()
    session.expire_all()


@pytest.mark.parametrize("change", [loses_power, leaves])
def test_what_somebody_proposed_who_lost_power_is_not_confirmed(
    session: Session, change: Callable[[Session, User], None]
) -> None:
    first, second, user = (*(a_user(session, Role.BEHEERDER) for _ in range(2)), a_user(session))
    service.grant_role(make_work(session, first), user.id, G)
    proposal_id = the_proposal(session).id
    change(session, first)

    with pytest.raises(Conflict) as refused:
        proposing.decide(make_work(session, second), proposal_id, confirm=True)

    assert refused.value.said == proposing.PROPOSER_LEFT
    assert roles_of(session, user) == set()


@pytest.mark.parametrize("by_proposer", [True, False])
def test_a_proposal_is_refused_or_taken_back(session: Session, by_proposer: bool) -> None:
    proposal = a_proposal(session)
    first = session.get_one(User, proposal.proposed_by)
    by = first if by_proposer else a_user(session, Role.BEHEERDER)

    proposing.decide(make_work(session, by), proposal.id, confirm=False)

    assert (proposal.state, proposal.decided_by) == (ProposalState.REFUSED, by.id)
    for confirm in (True, False):
        with pytest.raises(Conflict):
            proposing.decide(make_work(session, by), proposal.id, confirm=confirm)
    # Then it can be proposed anew.
    service.grant_role(make_work(session, first), proposal.user_id, G)
    assert queries.open_proposal(session, proposal.user_id, G) is not None


def test_who_moved_since_is_proposed_anew(session: Session) -> None:
    proposal = a_proposal(session)
    user = session.get_one(User, proposal.user_id)
    user.gemeente_code = a_gemeente(session).code

    with pytest.raises(Conflict) as refused:
        proposing.decide(
            make_work(session, a_user(session, Role.BEHEERDER)), proposal.id, confirm=True
        )

    assert refused.value.said == proposing.HAS_MOVED
    assert roles_of(session, user) == set()


def test_what_nobody_confirmed_lapses(session: Session) -> None:
    proposal = a_proposal(session)
    second = a_user(session, Role.BEHEERDER)
    for days in (0, PROPOSAL_LIVES.days):
        service.sweep_roles(make_work(session, SYSTEM, MONDAY + timedelta(days=days)))
    before = proposal.state
    late = replace(make_work(session, second), now=MONDAY + PROPOSAL_LIVES + timedelta(days=1))
    with pytest.raises(Conflict) as refused:
        proposing.decide(late, proposal.id, confirm=True)

    service.sweep_roles(replace(late, actor=SYSTEM))

    assert (before, refused.value.said) == (ProposalState.WAITING, proposing.IS_DECIDED)
    assert (proposal.state, told(session)) == (ProposalState.LAPSED, ["role.lapsed"])


def test_one_role_is_proposed_once_at_a_time(session: Session) -> None:
    first, user = a_user(session, Role.BEHEERDER), a_user(session)
    work = make_work(session, first)
    service.grant_role(work, user.id, G)

    with pytest.raises(Conflict) as refused:
        service.grant_role(work, user.id, G)

    assert refused.value.said == proposing.IS_WAITING


def test_more_time_takes_two_as_well(session: Session) -> None:
    first, second = (a_user(session, Role.BEHEERDER) for _ in range(2))
    soon, later = TODAY + timedelta(days=5), TODAY + timedelta(days=365)
    user = a_user(session, grants=[a_grant(G, ends_on=soon)])

    service.grant_role(make_work(session, first), user.id, G)
    before = user.grants[0].ends_on
    proposing.decide(make_work(session, second), the_proposal(session).id, confirm=True)

    assert (before, user.grants[0].ends_on, len(user.grants)) == (soon, later, 1)


def test_more_time_leaves_on_the_role_who_gave_it_and_why(session: Session) -> None:
    first, second, third = (a_user(session, Role.BEHEERDER) for _ in range(3))
    user = a_user(session)
    for days, by, with_ in ((50, first, second), (80, second, third), (99, third, first)):
        until, why = TODAY + timedelta(days=days), f"Nog {days} dagen"
        service.grant_role(make_work(session, by), user.id, G, until, why)
        session.flush()
        waiting = queries.open_proposal(session, user.id, G)
        assert waiting is not None
        proposing.decide(make_work(session, with_), waiting.id, confirm=True)

    [grant] = user.grants
    assert (grant.granted_by, grant.confirmed_by, grant.reason, grant.hands) == (
        *(first.id, second.id, "Nog 50 dagen", Hands.TWO),
    )
    assert grant.prolonged_at == MONDAY
    # The newest: of the one between the log knows.
    assert (grant.prolonged_by, grant.prolonging_confirmed_by) == (third.id, first.id)
    assert (grant.prolonging_reason, grant.prolonging_hands) == ("Nog 99 dagen", Hands.TWO)


def test_an_operator_who_prolongs_alone_leaves_why(session: Session) -> None:
    user = a_user(session, grants=[a_grant(G, ends_on=TODAY, reason="De eerste")])

    service.grant_role(make_work(session, SYSTEM), user.id, G, reason="Er is nog niemand anders")

    [grant] = user.grants
    assert (grant.reason, grant.prolonging_reason) == ("De eerste", "Er is nog niemand anders")
    assert (grant.prolonged_by, grant.prolonging_hands) == (None, Hands.OPERATOR)


@pytest.mark.parametrize("late", [timedelta(0), PROPOSAL_LIVES + timedelta(days=1)])
def test_who_ends_a_role_refuses_what_would_prolong_it(session: Session, late: timedelta) -> None:
    first, second = (a_user(session, Role.BEHEERDER) for _ in range(2))
    user = a_user(session, grants=[a_grant(G, ends_on=TODAY + timedelta(days=90))])
    service.grant_role(make_work(session, first), user.id, G)

    service.end_role(replace(make_work(session, second), now=MONDAY + late), user.id, G)

    proposal = the_proposal(session)
    assert roles_of(session, user) == set()
    assert (proposal.state, proposal.decided_by) == (ProposalState.REFUSED, second.id)


@pytest.mark.parametrize("role", [G, Role.BEHEERDER])
@pytest.mark.parametrize("beheerders", [0, 1])
def test_an_operator_stands_alone_while_no_two_can_and_says_why(
    session: Session, role: Role, beheerders: int
) -> None:
    for _ in range(beheerders):
        a_user(session, Role.BEHEERDER)
    user = a_user(session)
    work = make_work(session, SYSTEM)

    with pytest.raises(InvalidInput) as refused:
        service.grant_role(work, user.id, role)
    service.grant_role(work, user.id, role, reason="De eerste")

    assert refused.value.said == proposing.SAY_WHY
    assert roles_of(session, user) == {role}
    assert (user.grants[0].reason, user.grants[0].granted_by) == ("De eerste", None)
    assert user.grants[0].hands is Hands.OPERATOR


@pytest.mark.parametrize("role", [G, Role.BEHEERDER])
def test_with_two_beheerders_an_operator_names_both(session: Session, role: Role) -> None:
    first, second, user = (*(a_user(session, Role.BEHEERDER) for _ in range(2)), a_user(session))

    with pytest.raises(Conflict) as alone:
        service.grant_role(make_work(session, SYSTEM), user.id, role, reason="Haast")
    service.grant_role(operator(session, first), user.id, role)
    session.flush()
    proposal = the_proposal(session)
    with pytest.raises(Conflict) as unnamed:
        proposing.decide(make_work(session, SYSTEM), proposal.id, confirm=True, reason="Haast")
    with pytest.raises(Conflict) as same:
        proposing.decide(operator(session, first), proposal.id, confirm=True)
    before = roles_of(session, user)
    proposing.decide(operator(session, second), proposal.id, confirm=True)

    said: Any = [one.value.said for one in (alone, unnamed, same)]
    assert said == [proposing.NAME_THE_FIRST, proposing.NAME_THE_SECOND, proposing.NEEDS_ANOTHER]
    assert (before, roles_of(session, user)) == (set(), {role})


def test_with_one_beheerder_an_operator_is_the_second(session: Session) -> None:
    only, user = a_user(session, Role.BEHEERDER), a_user(session)
    service.grant_role(make_work(session, only), user.id, G)
    session.flush()
    proposal = the_proposal(session)

    with pytest.raises(InvalidInput):
        proposing.decide(make_work(session, SYSTEM), proposal.id, confirm=True)
    proposing.decide(make_work(session, SYSTEM), proposal.id, confirm=True, reason="Er is er één")

    assert roles_of(session, user) == {G}
    assert (user.grants[0].granted_by, user.grants[0].confirmed_by) == (only.id, None)
    assert (user.grants[0].reason, user.grants[0].hands) == ("Er is er één", Hands.WITH_OPERATOR)


def test_who_is_kept_out_gets_no_role_by_what_waited_for_them(session: Session) -> None:
    first, second = (a_user(session, Role.BEHEERDER) for _ in range(2))
    user = a_user(session, grants=[a_grant(G, ends_on=TODAY + timedelta(days=90))])
    others = a_proposal(session)
    network = a_network(session, user.gemeente_code)
    service.grant_role(make_work(session, first), user.id, G)
    service.grant_role(make_work(session, first), user.id, Role.COORDINATOR, network_id=network.id)

    service.shut_out(make_work(session, second), user.id, "Werkt hier niet meer.")

    with pytest.raises(Conflict) as refused:
        service.grant_role(make_work(session, first), user.id, G)
    assert refused.value.said == granting.HAS_NO_ACCESS
    service.let_in(make_work(session, second), user.id)
    own = session.scalars(select(RoleProposal).where(RoleProposal.user_id == user.id)).all()
    decided = [(one.state, one.decided_by) for one in own]
    assert decided == [(ProposalState.REFUSED, second.id)] * 2
    for one in own:
        with pytest.raises(Conflict) as over:
            proposing.decide(make_work(session, second), one.id, confirm=True)
        assert over.value.said == proposing.IS_DECIDED
    assert roles_of(session, user) == set()
    assert others.state is ProposalState.WAITING
    assert told(session).count("role.decided") == 2


def proposed_for(session: Session, user: User) -> dict[UUID | None, ProposalState]:
    found = select(RoleProposal).where(RoleProposal.user_id == user.id)
    return {one.network_id: one.state for one in session.scalars(found)}


def test_a_coordinator_is_proposed_for_each_network_apart(session: Session) -> None:
    first, second, user = (*(a_user(session, Role.BEHEERDER) for _ in range(2)), a_user(session))
    north, south = (a_network(session, user.gemeente_code).id for _ in range(2))
    work = make_work(session, first)
    for network_id in (north, south):
        service.grant_role(work, user.id, C, network_id=network_id)
        session.flush()
    with pytest.raises(Conflict) as again:
        service.grant_role(work, user.id, C, network_id=south)
    waiting = queries.open_proposal(session, user.id, C, south)
    assert waiting is not None

    proposing.decide(make_work(session, second), waiting.id, confirm=True)

    assert again.value.said == proposing.IS_WAITING
    assert roles_of(session, user) == {C}
    assert [one.network_id for one in user.grants] == [south]
    states = {north: ProposalState.WAITING, south: ProposalState.CONFIRMED}
    assert proposed_for(session, user) == states


def test_who_ends_the_role_in_one_network_leaves_what_waits_for_another(session: Session) -> None:
    first, user = a_user(session, Role.BEHEERDER), a_user(session)
    north, south = (a_network(session, user.gemeente_code).id for _ in range(2))
    user.grants = [a_grant(C, network_id=north, ends_on=TODAY + timedelta(days=9))]
    for network_id in (north, south):
        service.grant_role(make_work(session, first), user.id, C, network_id=network_id)
        session.flush()

    service.end_role(make_work(session, first), user.id, C, north)

    refused, waiting = ProposalState.REFUSED, ProposalState.WAITING
    assert roles_of(session, user) == set()
    assert proposed_for(session, user) == {north: refused, south: waiting}
    service.end_role(make_work(session, first), user.id, C)
    assert proposed_for(session, user) == {north: refused, south: refused}
