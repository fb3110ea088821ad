"""Inviting a professional to an opgave, and how that ends."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.core.dutch import dutch_date, moment
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.rights import Right, may
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import takes_answers
from app.responses import invitations
from app.responses.events import InvitationEnded, Invited
from app.responses.models import Invitation, Response
from app.responses.rules import (
    MOST_A_WEEK,
    WEEK,
    Answer,
    InvitationState,
    WhyNot,
    answer_by,
    has_time_to_answer,
    invitation_faults,
    why_not_faults,
)

NOT_OPEN = "Deze opgave is niet meer open. Uitnodigen kan niet meer."
TOO_LATE = (
    "Reageren kan tot en met {closes_on}. Dat is te kort dag om nog iemand uit te nodigen. "
    "Geef de opgave eerst een latere sluitingsdatum."
)
IS_WAITING = "Deze collega is al uitgenodigd. Het antwoord komt nog."
# Why not is not for who asks to know.
NOT_NOW = "Deze collega kun je nu niet uitnodigen voor deze opgave."
ENOUGH = (
    "Deze collega kreeg in de laatste zeven dagen al zo veel uitnodigingen als wij doorlaten. "
    "Vanaf {at} kan het weer."
)
NOT_WAITING = "Deze uitnodiging is al voorbij."


def invite(work: Work, opgave_id: UUID, user_id: UUID, words: str) -> Invitation:
    """Ask a professional who fits and whom the actor may know of; they hear it with these words."""
    opgave = opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    # One at a time for each person, who may answer or be invited elsewhere meanwhile.
    person = work.fetch_to_change(User, user_id)
    # One that ends just now is waited for.
    work.session.refresh(opgave, with_for_update={"read": True})
    said = refusal(work, opgave, person)
    if said:
        raise Conflict(said=said)
    refuse(invitation_faults(words))
    _refuse_too_many(work, user_id)
    invitation = Invitation(
        id=work.new_id(),
        opgave_id=opgave.id,
        user_id=user_id,
        by_id=work.actor.user_id,
        words=words,
        state=InvitationState.WAITING,
        invited_at=work.now,
        answer_by=answer_by(work.today, opgave.closes_on),
        no_words="",
    )
    work.session.add(invitation)
    work.session.flush()
    work.emit(Invited(invitation_id=invitation.id, user_id=user_id, opgave_id=opgave.id))
    return invitation


def refusal(work: Work, opgave: Opgave, person: User) -> str:
    """Why this professional cannot be invited now, or nothing; `NotFound` for who does not fit."""
    if not takes_answers(opgave.status, opgave.closes_on, work.today):
        return NOT_OPEN
    if said := too_late(opgave, work.today):
        return said
    session = work.session
    is_colleague = person.gemeente_code == opgave.gemeente_code
    if is_colleague or not invitations.fits(session, work.actor, opgave.id, person.id, work.today):
        raise NotFound(f"match of {person.id}")
    if invitations.waiting(session, opgave.id, person.id) is not None:
        return IS_WAITING
    return "" if invitations.invitable(session, opgave, [person.id]) else NOT_NOW


def too_late(opgave: Opgave, today: date) -> str:
    """Why nobody can be invited to this opgave any more, or nothing."""
    if has_time_to_answer(today, opgave.closes_on):
        return ""
    return TOO_LATE.format(closes_on=dutch_date(opgave.closes_on))


def take_back(work: Work, invitation_id: UUID) -> None:
    """Who looks after the opgave invites no longer; what was said by then stays said."""
    invitation = _locked(work, invitation_id)
    opgaven.opgave_to_edit(work.session, work.actor, invitation.opgave_id)
    if invitation.state is not InvitationState.TAKEN_BACK:
        _end(work, invitation, InvitationState.TAKEN_BACK)


def decline(work: Work, opgave_id: UUID, reason: WhyNot | None, words: str = "") -> Invitation:
    """No, said once; it counts as an answer, so that nothing more is told of the opgave."""
    refuse(why_not_faults(reason, words))
    invitation = own_to_answer(work, opgave_id, InvitationState.DECLINED)
    if invitation.state is InvitationState.DECLINED:
        return invitation
    invitation.reason, invitation.no_words = reason, words
    _end(work, invitation, InvitationState.DECLINED)
    response = work.session.get(Response, (invitation.user_id, opgave_id)) or Response(
        user_id=invitation.user_id, opgave_id=opgave_id
    )
    response.answer, response.again_on, response.answered_at = Answer.NO, None, work.now
    work.session.add(response)
    return invitation


def note_question(work: Work, opgave_id: UUID) -> Invitation:
    """The actor wants to know something before they answer; the first time counts."""
    invitation = own_to_answer(work, opgave_id)
    invitation.asked_at = invitation.asked_at or work.now
    return invitation


def note_interest(work: Work, user_id: UUID, opgave_id: UUID) -> None:
    """Who shows interest, along whatever road, says yes to an invitation that waits."""
    invitation = invitations.waiting(work.session, opgave_id, user_id)
    if invitation is not None:
        _end(work, invitation, InvitationState.ACCEPTED)


def expire(work: Work) -> int:
    """End what nobody answered in time; how many."""
    ended = 0
    for invitation_id in invitations.overdue(work.session, work.today):
        invitation = _locked(work, invitation_id)
        # Somebody may have answered while this waited for the row.
        if invitation.state is InvitationState.WAITING and invitation.answer_by < work.today:
            _end(work, invitation, InvitationState.EXPIRED)
            ended += 1
    return ended


def own_to_answer(
    work: Work, opgave_id: UUID, said: InvitationState = InvitationState.WAITING
) -> Invitation:
    """The newest invitation of the actor, which waits or was answered so; `Conflict` when it ended
    otherwise.
    """
    if work.actor.user_id is None:
        raise NotAllowed("answer an invitation")
    # As with every answer: one at a time for each person.
    work.fetch_to_change(User, work.actor.user_id)
    opgave = opgaven.shown_opgave(work.session, work.actor, opgave_id).opgave
    invitation = invitations.last_to(work.session, work.actor.user_id, opgave_id)
    if invitation is None:
        raise NotFound(f"invitation for {opgave_id}")
    is_said = invitation.state is said is not InvitationState.WAITING
    if not is_said and not invitations.can_be_answered(invitation, opgave, work.today):
        raise Conflict(said=NOT_WAITING)
    return invitation


def set_down(work: Work, invitation_id: UUID, at: datetime | None) -> None:
    """Take its words out of sight, or without a moment put them back."""
    if not may(work.actor, Right.MODERATE):
        raise NotAllowed("moderate an invitation")
    invitation = _locked(work, invitation_id)
    invitation.taken_down_at = at


def _locked(work: Work, invitation_id: UUID) -> Invitation:
    """With its person locked first, as everywhere else."""
    user_id = work.session.scalar(select(Invitation.user_id).where(Invitation.id == invitation_id))
    if user_id is None:
        raise NotFound(f"invitation {invitation_id}")
    work.fetch_to_change(User, user_id)
    return work.fetch_to_change(Invitation, invitation_id)


def _end(work: Work, invitation: Invitation, state: InvitationState) -> None:
    if invitation.state is not InvitationState.WAITING:
        raise Conflict(said=NOT_WAITING)
    invitation.state, invitation.ended_at = state, work.now
    work.emit(
        InvitationEnded(
            invitation_id=invitation.id,
            user_id=invitation.user_id,
            opgave_id=invitation.opgave_id,
            state=state.value,
        )
    )


def _refuse_too_many(work: Work, user_id: UUID) -> None:
    """Whoever was invited so often in the week before this moment, by whatever gemeente.

    The person is locked: of many at once each counts what those before it gave.
    """
    given = select(Invitation.invited_at).where(
        Invitation.user_id == user_id, Invitation.invited_at > work.now - WEEK
    )
    newest = given.order_by(Invitation.invited_at.desc())
    first_to_pass = work.session.scalar(newest.offset(MOST_A_WEEK - 1).limit(1))
    if first_to_pass is not None:
        raise Conflict(said=ENOUGH.format(at=moment(first_to_pass + WEEK)))
