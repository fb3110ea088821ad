"""Keeping what somebody said to an opgave for a year after it closed, when they ask for that.

How long either is, the dictionary of `privacy` says. What came to a loan is kept with the loan.
"""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Conflict, NotFound
from app.core.work import Work
from app.opgaven.models import Opgave
from app.responses.models import KeptReaction, Response
from app.responses.rules import may_be_kept

GOES_ON = "Je reactie staat nog. Bewaren kan als je reactie of de opgave is afgerond."


def keep(work: Work, opgave_id: UUID) -> None:
    """From now on the actor's reaction is kept for a year. Twice is once.

    `NotFound` without a reaction, `Conflict` while it goes on.
    """
    response = _own(work, opgave_id)
    opgave = work.fetch(Opgave, opgave_id)
    if not may_be_kept(response.answer, opgave.status):
        raise Conflict(f"reaction to {opgave_id} goes on", said=GOES_ON)
    values = {"user_id": response.user_id, "opgave_id": opgave_id, "asked_at": work.now}
    row = insert(KeptReaction).values(values).on_conflict_do_nothing()
    if work.session.scalar(row.returning(KeptReaction.user_id)) is not None:
        work.record("reaction.kept", ("opgave", opgave_id), response.user_id)


def keep_no_longer(work: Work, opgave_id: UUID) -> None:
    """It goes when others do, in the night after when their time is over. Twice is once."""
    user_id = _own(work, opgave_id).user_id
    if forget(work, user_id, opgave_id):
        work.record("reaction.released", ("opgave", opgave_id), user_id)


def forget(work: Work, user_id: UUID, opgave_id: UUID) -> bool:
    """Whether there was something to forget."""
    gone = delete(KeptReaction).where(
        KeptReaction.user_id == user_id, KeptReaction.opgave_id == opgave_id
    )
    return work.session.scalar(gone.returning(KeptReaction.user_id)) is not None


def _own(work: Work, opgave_id: UUID) -> Response:
    response = work.session.get(Response, (work.actor.user_id, opgave_id))
    if response is None:
        raise NotFound(f"own reaction to {opgave_id}")
    return response
