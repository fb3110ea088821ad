"""Nobody is left hanging: everybody who waits for an opgave hears how it ended, once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.core.errors import Conflict, NotFound
from app.core.faults import refuse
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import takes_answers
from app.responses import queries
from app.responses.events import (
    InterestGivenBack,
    InvitationEnded,
    OpenedAgain,
    OutcomeGiven,
    OutcomeTakenBack,
)
from app.responses.models import Invitation, Outcome, Response
from app.responses.rules import (
    CHOSEN,
    OF_OPGAVE,
    Answer,
    InvitationState,
    WhyClosed,
    closing_faults,
)

ALREADY_CLOSED = (
    "Deze reactie is intussen al afgerond. Je antwoord is niet verstuurd. Bij Afgerond lees je "
    "waarom."
)
NOT_CLOSED = "Deze reactie is niet afgerond. Je kunt gewoon verder praten."
NOT_OPEN = "Deze opgave is niet meer open. Zet de opgave eerst weer open."


def say_no(
    work: Work, opgave_id: UUID, user_id: UUID, reason: WhyClosed | None, words: str = ""
) -> Outcome:
    """Who looks after an opgave says no to somebody's interest; twice is once."""
    opgave = opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    response, known = _seen(work, opgave.id, user_id)
    refuse(closing_faults(reason, words))
    if known is not None:
        if known.by_id != work.actor.user_id:
            raise Conflict(said=ALREADY_CLOSED)
        return known
    response.answer = Answer.CLOSED
    work.session.flush()
    _give(work, opgave.id, [user_id], reason or WhyClosed.OTHER, words)
    return work.fetch(Outcome, (user_id, opgave.id))


def take_back(work: Work, opgave_id: UUID, user_id: UUID) -> Outcome:
    """The interest stands again, while the opgave takes answers; what the outcome was.

    Whoever was told already must hear it from who takes it back: the caller sees to that.
    """
    opgave = opgaven.opgave_to_edit(work.session, work.actor, opgave_id)
    response, outcome = _seen(work, opgave.id, user_id)
    if outcome is None:
        raise Conflict(said=NOT_CLOSED)
    if not takes_answers(opgave.status, opgave.closes_on, work.today):
        raise Conflict(said=NOT_OPEN)
    response.answer = Answer.INTERESTED
    work.session.delete(outcome)
    work.emit(OutcomeTakenBack(user_id=user_id, opgave_id=opgave.id))
    return outcome


def let_go(
    work: Work,
    opgave_id: UUID,
    kept: Collection[UUID],
    asking: Mapping[UUID, datetime],
    hear_otherwise: Collection[UUID] = (),
) -> set[UUID]:
    """Give everybody who still waits for an opgave that takes no answers its outcome; who they are.

    `kept` have to do with a loan, and hear of that. `asking` are who asked something, and when
    last. Who will `hear_otherwise` is given an outcome to read, and is not told of it. Each row is
    closed by one statement: whoever does this at the same time finds it closed.
    """
    opgave = work.session.get(Opgave, opgave_id, populate_existing=True)
    reason = OF_OPGAVE.get(opgave.status) if opgave else None
    if reason is None:
        return set()
    waiting = _close_interest(work, opgave_id, kept) | _close_invitations(work, opgave_id)
    given = set(_give(work, opgave_id, waiting - set(kept), reason))
    for user_id in sorted(set(asking) - set(kept) - given):
        given |= set(_give(work, opgave_id, [user_id], reason, before=asking[user_id]))
    for user_id in sorted(given & set(hear_otherwise)):
        note_told(work, work.fetch(Outcome, (user_id, opgave_id)))
    return given


def open_again(work: Work, opgave_id: UUID) -> None:
    """Nobody has an outcome any more by an end that is undone; interest stands as before.

    Who was told of that end is told that it is undone.
    """
    opgave = work.fetch(Opgave, opgave_id)
    # One that ends again just now is waited for.
    work.session.refresh(opgave, with_for_update={"read": True})
    if not takes_answers(opgave.status, opgave.closes_on, work.today):
        return
    undone = (
        delete(Outcome)
        .where(Outcome.opgave_id == opgave_id, Outcome.reason.not_in(CHOSEN))
        .returning(Outcome.user_id, Outcome.told_at)
        .execution_options(synchronize_session="fetch")
    )
    told = {user_id: told_at is not None for user_id, told_at in work.session.execute(undone)}
    given_back = (
        update(Response)
        .where(
            Response.opgave_id == opgave_id,
            Response.answer == Answer.CLOSED,
            Response.user_id.in_(told),
        )
        .values(answer=Answer.INTERESTED)
        .returning(Response.user_id)
        .execution_options(synchronize_session="fetch")
    )
    interested = set(work.session.scalars(given_back))
    for user_id in sorted(told):
        work.emit(OutcomeTakenBack(user_id=user_id, opgave_id=opgave_id))
        if told[user_id]:
            fact = InterestGivenBack if user_id in interested else OpenedAgain
            work.emit(fact(user_id=user_id, opgave_id=opgave_id, at=work.now))


def note_told(work: Work, outcome: Outcome) -> None:
    outcome.told_at = outcome.told_at or work.now


def forget(work: Work, user_id: UUID, opgave_id: UUID) -> None:
    """Who reacts again begins anew."""
    outcome = work.session.get(Outcome, (user_id, opgave_id))
    if outcome is not None:
        work.session.delete(outcome)


def _seen(work: Work, opgave_id: UUID, user_id: UUID) -> tuple[Response, Outcome | None]:
    """Interest that who looks after the opgave sees, and how it ended if it did; of whoever hides
    or said something else they learn nothing.
    """
    # One at a time for each person, as with every answer.
    work.fetch_to_change(User, user_id)
    session, ids = work.session, (user_id, opgave_id)
    response = session.get(Response, ids, populate_existing=True)
    if response is None or not queries.introduced(session, work.actor, [user_id], work.today):
        raise NotFound(f"response of {user_id}")
    if response.answer is Answer.INTERESTED:
        return response, None
    outcome = session.get(Outcome, ids, with_for_update=True, populate_existing=True)
    if response.answer is not Answer.CLOSED or outcome is None:
        raise NotFound(f"outcome of {user_id}")
    return response, outcome


def _close_interest(work: Work, opgave_id: UUID, kept: Collection[UUID]) -> set[UUID]:
    closed = (
        update(Response)
        .where(queries.stands_for(opgave_id), Response.user_id.not_in(kept))
        .values(answer=Answer.CLOSED)
        .returning(Response.user_id)
        .execution_options(synchronize_session="fetch")
    )
    return set(work.session.scalars(closed))


def _close_invitations(work: Work, opgave_id: UUID) -> set[UUID]:
    over = (
        update(Invitation)
        .where(queries.waits_for(opgave_id))
        .values(state=InvitationState.OVER, ended_at=work.now)
        .returning(Invitation.id, Invitation.user_id)
        .execution_options(synchronize_session="fetch")
    )
    rows = work.session.execute(over).all()
    for invitation_id, user_id in rows:
        work.emit(
            InvitationEnded(
                invitation_id=invitation_id,
                user_id=user_id,
                opgave_id=opgave_id,
                state=InvitationState.OVER.value,
            )
        )
    return {user_id for _, user_id in rows}


def _give(
    work: Work,
    opgave_id: UUID,
    user_ids: Iterable[UUID],
    reason: WhyClosed,
    words: str = "",
    before: datetime | None = None,
) -> list[UUID]:
    """Write the outcome of each of these, and tell; not of who had one since `before`."""
    rows = [
        {
            "user_id": user_id,
            "opgave_id": opgave_id,
            "reason": reason,
            "words": words,
            "by_id": work.actor.user_id,
            "said_at": work.now,
        }
        for user_id in sorted(user_ids)
    ]
    if not rows:
        return []
    fresh = insert(Outcome).values(rows)
    again = fresh.on_conflict_do_update(
        index_elements=[Outcome.user_id, Outcome.opgave_id],
        set_={
            **{name: fresh.excluded[name] for name in ("reason", "words", "by_id", "said_at")},
            "told_at": None,
        },
        where=None if before is None else Outcome.said_at < before,
    )
    given = list(
        work.session.scalars(
            again.returning(Outcome.user_id), execution_options={"populate_existing": True}
        )
    )
    for user_id in given:
        work.emit(OutcomeGiven(user_id=user_id, opgave_id=opgave_id))
    return given
