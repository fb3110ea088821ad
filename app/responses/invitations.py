"""Reading invitations, for who gives them and for who gets them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import disputes
from app.matching import queries as matching
from app.matching.core.disputes import mean_one_thing
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import takes_answers
from app.people import queries as people
from app.people.visibility import SeenProfile
from app.responses.models import Invitation, Outcome, Response
from app.responses.queries import is_closed_by
from app.responses.rules import InvitationState
from app.responses.spreading import LOOKS_BACK, Invited


@dataclass(frozen=True)
class Given:
    """An invitation as who looks after the opgave sees it; without a colleague who hides now."""

    invitation: Invitation
    colleague: SeenProfile | None


@dataclass(frozen=True)
class Got:
    """An invitation as the professional sees it."""

    invitation: Invitation
    seen: SeenOpgave


def waiting(session: Session, opgave_id: UUID, user_id: UUID) -> Invitation | None:
    """The one that has no end yet, as the database has it now."""
    return session.scalar(
        select(Invitation)
        .where(
            Invitation.opgave_id == opgave_id,
            Invitation.user_id == user_id,
            Invitation.state == InvitationState.WAITING,
        )
        .execution_options(populate_existing=True)
    )


def can_be_answered(invitation: Invitation, opgave: Opgave, today: date) -> bool:
    return (
        invitation.state is InvitationState.WAITING
        and invitation.answer_by >= today
        and takes_answers(opgave.status, opgave.closes_on, today)
    )


def overdue(session: Session, today: date) -> list[UUID]:
    """What nobody answered in time, and has no end yet."""
    found = select(Invitation.id).where(
        Invitation.state == InvitationState.WAITING, Invitation.answer_by < today
    )
    return list(session.scalars(found.order_by(Invitation.id)))


def given(session: Session, viewer: Actor, opgave_id: UUID, today: date) -> list[Given]:
    """All for this opgave, the last first, for who looks after it; others get `NotFound`."""
    opgave = opgaven.opgave_to_edit(session, viewer, opgave_id)
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.opgave_id == opgave.id)
        .order_by(Invitation.invited_at.desc(), Invitation.id)
    ).all()
    seen = people.seen_profiles(session, viewer, {row.user_id for row in rows}, today)
    return [Given(row, seen.get(row.user_id)) for row in rows]


def got(session: Session, viewer: Actor, today: date) -> list[Got]:
    """What the viewer can still answer, what must be answered first on top."""
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.user_id == viewer.user_id, Invitation.state == InvitationState.WAITING)
        .order_by(Invitation.answer_by, Invitation.id)
    ).all()
    seen = opgaven.seen_opgaven(session, viewer, [row.opgave_id for row in rows])
    return [
        Got(row, seen[row.opgave_id])
        for row in rows
        if row.opgave_id in seen and can_be_answered(row, seen[row.opgave_id].opgave, today)
    ]


def last_to(session: Session, user_id: UUID, opgave_id: UUID) -> Invitation | None:
    """The newest of these two, whatever became of it."""
    return session.scalar(
        select(Invitation)
        .where(Invitation.user_id == user_id, Invitation.opgave_id == opgave_id)
        .order_by(Invitation.invited_at.desc(), Invitation.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def answered(session: Session, user_id: UUID, opgave_id: UUID) -> Invitation | None:
    """The newest to which the professional said yes, or asked something first."""
    last = last_to(session, user_id, opgave_id)
    said_yes = last is not None and last.state is InvitationState.ACCEPTED
    return last if last and (said_yes or last.asked_at) else None


def lately(session: Session, user_ids: Collection[UUID], now: datetime) -> dict[UUID, Invited]:
    """How often each of these was invited in the time that counts, by whatever gemeente."""
    rows = session.execute(
        select(Invitation.user_id, func.count(), func.max(Invitation.invited_at))
        .where(Invitation.user_id.in_(user_ids), Invitation.invited_at > now - LOOKS_BACK)
        .group_by(Invitation.user_id)
    )
    return {user_id: Invited(times, last_at) for user_id, times, last_at in rows}


def fits(session: Session, viewer: Actor, opgave_id: UUID, user_id: UUID, today: date) -> bool:
    """Whether somebody stands among the matches of an opgave, as this viewer sees them."""
    found = matching.matches_of_opgave(session, viewer, opgave_id, today)
    return any(one.profile.user_id == user_id for one in found)


def invitable(session: Session, opgave: Opgave, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of these who said nothing to this opgave yet, were not told no, wait for no answer,
    and dispute nothing that it asks.
    """
    answered = select(Response.user_id).where(
        Response.opgave_id == opgave.id, Response.user_id.in_(user_ids)
    )
    invited = select(Invitation.user_id).where(
        Invitation.opgave_id == opgave.id,
        Invitation.user_id.in_(user_ids),
        Invitation.state == InvitationState.WAITING,
    )
    ended = session.scalars(
        select(Outcome).where(Outcome.opgave_id == opgave.id, Outcome.user_id.in_(user_ids))
    )
    closed = {outcome.user_id for outcome in ended if is_closed_by(outcome, opgave)}
    busy = set(session.scalars(answered)) | set(session.scalars(invited)) | closed
    return set(user_ids) - busy - _disputing(session, opgave, user_ids)


def _disputing(session: Session, opgave: Opgave, user_ids: Collection[UUID]) -> set[UUID]:
    said = disputes.standing_of(session, user_ids)
    words = matching.vocabulary(session)
    asked = [skill.label for skill in opgave.skills]
    return {
        user_id
        for user_id, disputed in said.items()
        if any(mean_one_thing(one.asked, label, words) for one in disputed for label in asked)
    }
