"""Who looks after an opgave from now on: handed over, or taken over from who is away.

Its own people do so alone. A coordinator of a network of its gemeente proposes it, and a second
person confirms.
"""

from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.rules import PROPOSAL_LIVES, ProposalState
from app.core.errors import Conflict, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.rights import Right, may_in
from app.core.work import Work
from app.opgaven import absence, queries
from app.opgaven.events import (
    OpgaveHandedOver,
    TakeoverDecided,
    TakeoverLapsed,
    TakeoverProposed,
)
from app.opgaven.models import Opgave, Takeover
from app.opgaven.rules import ENDED, NO_SUCH_MOVE

IS_THERE = "Voor deze opgave is er iemand: de opgavehouder of de tweede opgavehouder komt hier nog."
IS_WAITING = "Er ligt al een voorstel voor deze opgave. Dat wacht op een tweede persoon."
CHOOSE = "Kies een collega van die gemeente die opgavehouder is."
NEEDS_ANOTHER = (
    "Een ander moet dit bevestigen: een gemeentebeheerder van die gemeente. Heeft die er geen? Dan "
    "een andere netwerkcoördinator of een platformbeheerder."
)
IS_DECIDED = "Over dit voorstel is al beslist, of het is verlopen."
PROPOSER_LEFT = "Wie dit voorstelde, coördineert dit netwerk niet meer. Stel het opnieuw voor."
CANNOT_TAKE_IT = "Deze collega kan de opgave niet meer overnemen. Stel een ander voor."


def give_to(work: Work, opgave: Opgave, user_id: UUID) -> None:
    """From now on this colleague looks after it; what was proposed of it is over."""
    fact = OpgaveHandedOver(opgave_id=opgave.id, from_id=opgave.owner_id, to_id=user_id)
    opgave.owner_id = user_id
    if opgave.co_owner_id == user_id:
        opgave.co_owner_id = None
    opgave.version += 1
    work.emit(fact)
    _drop(work, opgave)


def propose(work: Work, opgave_id: UUID, user_id: UUID | None) -> None:
    """`Conflict` when somebody is there, or it is proposed already; `FaultyDraft` for who cannot
    look after it.
    """
    queries.seen_opgave(work.session, work.actor, opgave_id)
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if not may_in(work.actor, Right.PROPOSE_TAKEOVER, opgave.gemeente_code):
        raise NotFound(f"opgave {opgave_id}, to propose a takeover")
    _refuse_unless_left(work, opgave)
    known = absence.waiting_of(work.session, opgave_id)
    if known is not None and known.lapses_on >= work.today:
        raise Conflict("proposed already", said=IS_WAITING)
    _drop(work, opgave)
    if user_id not in {one.id for one in absence.who_are_there(work.session, opgave)}:
        raise FaultyDraft([Fault("user_id", CHOOSE)])
    takeover = Takeover(
        id=work.new_id(),
        opgave_id=opgave.id,
        to_id=user_id,
        proposed_by=work.actor.user_id,
        proposed_at=work.now,
        lapses_on=work.today + PROPOSAL_LIVES,
        state=ProposalState.WAITING,
    )
    work.session.add(takeover)
    work.session.flush()
    work.emit(TakeoverProposed(opgave_id=opgave.id, takeover_id=takeover.id))


def decide(work: Work, opgave_id: UUID, *, confirm: bool) -> None:
    """Confirm what another proposed, by which the opgave is handed over; or refuse it, also one's
    own.
    """
    opgave = work.fetch_to_change(Opgave, opgave_id)
    takeover = absence.waiting_of(work.session, opgave_id)
    may = may_in(work.actor, Right.DECIDE_TAKEOVER, opgave.gemeente_code)
    if not may or takeover is None:
        raise NotFound(f"takeover of {opgave_id}")
    if takeover.lapses_on < work.today:
        raise Conflict("lapsed", said=IS_DECIDED)
    if confirm:
        _look_at(work, opgave, takeover)
    _close(work, takeover, ProposalState.CONFIRMED if confirm else ProposalState.REFUSED)
    decided = TakeoverDecided(opgave_id, takeover.id, is_confirmed=confirm)
    work.emit(decided)
    if confirm:
        give_to(work, opgave, takeover.to_id)


def lapse(work: Work) -> None:
    """End what nobody confirmed in time, or whose opgave is over."""
    for opgave_id in absence.lapsed(work.session):
        opgave = work.fetch_to_change(Opgave, opgave_id)
        takeover = absence.waiting_of(work.session, opgave_id)
        if takeover is not None:
            _close(work, takeover, ProposalState.LAPSED)
            work.of_itself(opgave.gemeente_code).emit(TakeoverLapsed(opgave_id, takeover.id))


def _look_at(work: Work, opgave: Opgave, takeover: Takeover) -> None:
    """`Conflict` says why it cannot be confirmed by who acts, or not any more."""
    second = {one.id for one in absence.deciders(work.session, takeover, opgave)}
    if work.actor.user_id not in second:
        raise Conflict("not a second person", said=NEEDS_ANOTHER)
    _refuse_unless_left(work, opgave)
    if not _may_still_propose(work, takeover, opgave.gemeente_code):
        raise Conflict("the proposer has no say any more", said=PROPOSER_LEFT)
    if takeover.to_id not in {one.id for one in absence.who_are_there(work.session, opgave)}:
        raise Conflict("no colleague who can", said=CANNOT_TAKE_IT)


def _may_still_propose(work: Work, takeover: Takeover, gemeente_code: str) -> bool:
    proposer = work.session.get(User, takeover.proposed_by) if takeover.proposed_by else None
    if proposer is None or proposer.shut_out_at is not None:
        return False
    return may_in(accounts.actor_of(proposer), Right.PROPOSE_TAKEOVER, gemeente_code)


def _refuse_unless_left(work: Work, opgave: Opgave) -> None:
    if opgave.status in ENDED:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    if not absence.is_left(work.session, opgave.id):
        raise Conflict("somebody is there", said=IS_THERE)


def _drop(work: Work, opgave: Opgave) -> None:
    waiting = absence.waiting_of(work.session, opgave.id)
    if waiting is not None:
        _close(work, waiting, ProposalState.LAPSED)


def _close(work: Work, takeover: Takeover, state: ProposalState) -> None:
    takeover.state, takeover.decided_at = state, work.now
    takeover.decided_by = work.actor.user_id
    work.session.flush()
