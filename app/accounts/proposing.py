"""A role that two people give: one proposes it, another confirms it.

Whoever took over one account gives nobody power with it. Where there are no two beheerders yet, or
no longer, an operator is one of the two, and says why.
"""

from datetime import date
from uuid import UUID

from app.accounts import granting, queries
from app.accounts.events import RoleDecided, RoleLapsed, RoleProposed
from app.accounts.models import RoleProposal, User
from app.accounts.rules import PROPOSAL_LIVES, ProposalState, may_grant, term_faults
from app.core.actor import Role
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.faults import refuse
from app.core.work import Work

SAY_WHY = (
    "Er zijn nog geen twee platformbeheerders die dit samen doen. Zeg daarom met --reason waarom."
)
NAME_THE_FIRST = "Hiervoor zijn twee platformbeheerders nodig. Zeg met --by wie dit voorstelt."
NAME_THE_SECOND = "Zeg met --by welke andere platformbeheerder dit bevestigt."
NEEDS_ANOTHER = (
    "Een andere platformbeheerder moet dit bevestigen: niet wie het voorstelde, en niet wie de rol "
    "krijgt."
)
PROPOSER_LEFT = "Wie dit voorstelde, is geen platformbeheerder meer. Stel het opnieuw voor."
HAS_MOVED = "Deze persoon werkt nu voor een andere gemeente. Stel het opnieuw voor."
IS_WAITING = "Er ligt al een voorstel voor deze rol. Dat wacht op een andere platformbeheerder."
IS_DECIDED = "Over dit voorstel is al beslist, of het is verlopen."


def stands_alone(work: Work, user: User, reason: str) -> bool:
    """Whether an operator gives this person the role without a second: no two others can."""
    if not work.actor.is_system or len(queries.deciders(work.session, {user.id})) > 1:
        return False
    if not reason:
        raise InvalidInput("alone without a reason", said=SAY_WHY)
    return True


def propose(
    work: Work,
    user: User,
    role: Role,
    ends_on: date,
    reason: str,
    network_id: UUID | None = None,
) -> None:
    """`Conflict` when it is proposed already, when nobody says who proposes it, or of who is kept
    out.
    """
    granting.look_at_access(user)
    if work.actor.user_id is None:
        raise Conflict("proposed by nobody", said=NAME_THE_FIRST)
    if queries.open_proposal(work.session, user.id, role, network_id) is not None:
        raise Conflict("proposed already", said=IS_WAITING)
    proposal = RoleProposal(
        id=work.new_id(),
        user_id=user.id,
        role=role,
        gemeente_code=user.gemeente_code,
        network_id=network_id,
        ends_on=ends_on,
        reason=reason,
        proposed_by=work.actor.user_id,
        proposed_at=work.now,
        lapses_on=work.today + PROPOSAL_LIVES,
        state=ProposalState.WAITING,
    )
    work.session.add(proposal)
    work.emit(RoleProposed(user_id=user.id, proposal_id=proposal.id, role=role.value))


def decide(work: Work, proposal_id: UUID, *, confirm: bool, reason: str = "") -> None:
    """Confirm what another proposed, by which the role is given; or refuse it, also one's own.

    `Conflict` when it was decided or lapsed, or when who confirms is none but the second person.
    """
    user = work.fetch_to_change(User, work.fetch(RoleProposal, proposal_id).user_id)
    proposal = work.fetch_to_change(RoleProposal, proposal_id)
    if not may_grant(work.actor, proposal.role, user.gemeente_code):
        raise NotFound(f"proposal {proposal_id}")
    if proposal.state is not ProposalState.WAITING or proposal.lapses_on < work.today:
        raise Conflict("decided", said=IS_DECIDED)
    if confirm:
        _confirm(work, user, proposal, reason)
    _close(work, proposal, ProposalState.CONFIRMED if confirm else ProposalState.REFUSED)


def drop(work: Work, user: User, role: Role | None = None, network_id: UUID | None = None) -> None:
    """Refuse what waits of this role, of a coordinator for this network or for all; or of all
    roles. Who ends it means no more of it.
    """
    for waiting in queries.waiting_proposals(work.session, user.id, role):
        if network_id in (None, waiting.network_id):
            _close(work, waiting, ProposalState.REFUSED)


def _close(work: Work, proposal: RoleProposal, state: ProposalState) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, work.now, work.actor.user_id
    is_confirmed = state is ProposalState.CONFIRMED
    decided = RoleDecided(
        user_id=proposal.user_id, proposal_id=proposal.id, is_confirmed=is_confirmed
    )
    work.emit(decided)


def _confirm(work: Work, user: User, proposal: RoleProposal, reason: str) -> None:
    if proposal.gemeente_code != user.gemeente_code:
        raise Conflict("proposed for another gemeente", said=HAS_MOVED)
    if proposal.proposed_by not in {one.id for one in queries.deciders(work.session, {user.id})}:
        raise Conflict("the proposer has no say any more", said=PROPOSER_LEFT)
    _look_at_second(work, queries.deciders(work.session, {user.id, proposal.proposed_by}), reason)
    refuse(term_faults(proposal.ends_on, work.today))
    given = granting.by_two(work, proposal.proposed_by, reason or proposal.reason)
    granting.give(work, user, proposal.role, proposal.ends_on, given, proposal.network_id)


def _look_at_second(work: Work, others: list[User], reason: str) -> None:
    """An operator is the second only when there is no other beheerder, and says why."""
    if work.actor.user_id is not None:
        if work.actor.user_id not in {one.id for one in others}:
            raise Conflict("not a second person", said=NEEDS_ANOTHER)
    elif others:
        raise Conflict("confirmed by nobody", said=NAME_THE_SECOND)
    elif not reason:
        raise InvalidInput("alone without a reason", said=SAY_WHY)


def lapse(work: Work) -> None:
    """End what nobody confirmed in time."""
    for known in queries.lapsed_proposals(work.session, work.today):
        proposal = work.fetch_to_change(RoleProposal, known.id)
        if proposal.state is ProposalState.WAITING:
            proposal.state, proposal.decided_at = ProposalState.LAPSED, work.now
            user = work.fetch(User, proposal.user_id)
            lapsed = RoleLapsed(user_id=user.id, proposal_id=proposal.id)
            work.of_itself(user.gemeente_code).emit(lapsed)
