"""The life of an opgave after it was written: each move, by whom, and what is told of it.

Seats are taken and freed by whoever lends somebody; the row of the opgave is locked meanwhile,
so of many who come at once as many get one as there are.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.outbox import Event
from app.core.rights import Right, may
from app.core.work import Work
from app.opgaven import queries
from app.opgaven.events import (
    OpgaveEnded,
    OpgaveFilled,
    OpgaveReopened,
    OpgaveStarted,
    OpgaveTakenDown,
    OpgaveTalking,
    SeatFreed,
    SeatTaken,
)
from app.opgaven.models import Opgave
from app.opgaven.rules import (
    ENDED,
    HAS_SEATS,
    NO_SEAT_LEFT,
    NO_SEAT_TAKEN,
    NO_SUCH_MOVE,
    TAKES_ANSWERS,
    OpgaveStatus,
    is_overdue,
    may_edit,
    reopening_faults,
)

TOLD = {
    OpgaveStatus.TALKING: OpgaveTalking,
    OpgaveStatus.FILLED: OpgaveFilled,
    OpgaveStatus.RUNNING: OpgaveStarted,
}


def begin_talking(work: Work, opgave_id: UUID) -> Opgave:
    """The opgavehouder is in conversation with somebody; others can still react."""
    return _move(work, to_change(work, opgave_id), OpgaveStatus.TALKING, from_=OpgaveStatus.OPEN)


def fill(work: Work, opgave_id: UUID) -> Opgave:
    """Who is sought was found, here or elsewhere: nobody can react any more."""
    return _move(work, to_change(work, opgave_id), OpgaveStatus.FILLED)


def reopen(
    work: Work, opgave_id: UUID, closes_on: date | None, people_needed: int | None
) -> Opgave:
    """Look for somebody more, until a later day."""
    opgave = to_change(work, opgave_id)
    if opgave.status is not OpgaveStatus.FILLED or opgave.ends_on is None:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    taken, ends_on = opgave.people_taken, opgave.ends_on
    refuse(reopening_faults(closes_on, people_needed, taken, ends_on, work.today))
    opgave.closes_on, opgave.people_needed = closes_on, people_needed or 1
    return _reopened(work, opgave)


def start(work: Work, opgave_id: UUID) -> Opgave:
    return _move(work, to_change(work, opgave_id), OpgaveStatus.RUNNING)


def finish(work: Work, opgave_id: UUID) -> Opgave:
    return _end(work, to_change(work, opgave_id), OpgaveStatus.DONE)


def withdraw(work: Work, opgave_id: UUID) -> Opgave:
    return _end(work, to_change(work, opgave_id), OpgaveStatus.WITHDRAWN)


def take_down(work: Work, opgave_id: UUID) -> Opgave:
    """Take it away after a report, wherever it is in its life; whoever works on it goes on.

    It is withdrawn, so all who count on it hear that as ever. What had ended before is not told
    to have ended again.
    """
    if not may(work.actor, Right.MODERATE):
        raise NotAllowed("take down an opgave")
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if opgave.taken_down_at is not None:
        return opgave
    had_ended = opgave.status in ENDED
    opgave.status, opgave.taken_down_at = OpgaveStatus.WITHDRAWN, work.now
    opgave.ended_at = opgave.ended_at or work.now
    work.emit(OpgaveTakenDown(opgave_id=opgave.id))
    if had_ended:
        opgave.version += 1
        return opgave
    follows = work.of_itself(opgave.gemeente_code)
    return _told(follows, opgave, OpgaveEnded(opgave_id=opgave.id, status=opgave.status.value))


def take_seat(work: Work, opgave_id: UUID) -> Opgave:
    """Somebody comes; the last seat fills the opgave. What they sign decides who may, not this.

    Who was in conversation can still come when nobody can react any more.
    """
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if opgave.status not in HAS_SEATS:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    if opgave.people_taken >= opgave.people_needed:
        raise Conflict(said=NO_SEAT_LEFT)
    opgave.people_taken += 1
    follows = work.of_itself(opgave.gemeente_code)
    follows.emit(SeatTaken(opgave_id=opgave.id))
    if opgave.status not in TAKES_ANSWERS:
        return opgave
    is_full = opgave.people_taken == opgave.people_needed
    return _move(follows, opgave, OpgaveStatus.FILLED if is_full else OpgaveStatus.TALKING)


def free_seat(work: Work, opgave_id: UUID) -> Opgave:
    """Somebody does not come after all, or left; while there is time somebody else is sought."""
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if opgave.status not in HAS_SEATS or opgave.people_taken == 0:
        raise Conflict(said=NO_SEAT_TAKEN)
    opgave.people_taken -= 1
    follows = work.of_itself(opgave.gemeente_code)
    follows.emit(SeatFreed(opgave_id=opgave.id))
    has_time = opgave.closes_on is not None and opgave.closes_on >= work.today
    if opgave.status is OpgaveStatus.FILLED and has_time:
        return _reopened(follows, opgave)
    return opgave


def finish_of_itself(work: Work, opgave_id: UUID) -> bool:
    """Everybody who worked on it is done; whether it was still being worked on."""
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if opgave.status is not OpgaveStatus.RUNNING:
        return False
    _end(work.of_itself(opgave.gemeente_code), opgave, OpgaveStatus.DONE)
    return True


def leave_seat(work: Work, opgave_id: UUID) -> None:
    """Somebody stops early; of an opgave that is over no seat is free any more."""
    if work.fetch_to_change(Opgave, opgave_id).status in HAS_SEATS:
        free_seat(work, opgave_id)


def sweep(work: Work, being_signed: Collection[UUID] = ()) -> int:
    """Bring every opgave to what the day makes of it; how many it moved.

    Whose last day is over expires, or goes on with who was found; what has everybody begins on
    its first day. An opgave about which an agreement is being signed waits for that.
    """
    moved = 0
    for opgave_id in queries.overdue(work.session, work.today):
        if opgave_id in being_signed:
            continue
        opgave = work.fetch_to_change(Opgave, opgave_id)
        # Somebody may have given it a later day, or ended it, while this waited for the row.
        if is_overdue(opgave.status, opgave.closes_on, work.today):
            _close(work.of_itself(opgave.gemeente_code), opgave)
            moved += 1
    for opgave_id in queries.to_start(work.session, work.today):
        opgave = work.fetch_to_change(Opgave, opgave_id)
        if opgave.status is OpgaveStatus.FILLED:
            _move(work.of_itself(opgave.gemeente_code), opgave, OpgaveStatus.RUNNING)
            moved += 1
    return moved


def to_change(work: Work, opgave_id: UUID) -> Opgave:
    opgave = work.fetch_to_change(Opgave, opgave_id)
    # As in `opgave_to_edit`: whatever others may read, to change it does not exist for them.
    if not may_edit(work.actor, opgave.gemeente_code):
        raise NotFound(f"opgave {opgave_id}")
    return opgave


def _close(work: Work, opgave: Opgave) -> None:
    if opgave.people_taken:
        _move(work, opgave, OpgaveStatus.FILLED)
    else:
        _end(work, opgave, OpgaveStatus.EXPIRED)


def _reopened(work: Work, opgave: Opgave) -> Opgave:
    opgave.move_to(OpgaveStatus.TALKING)
    return _told(work, opgave, OpgaveReopened(opgave_id=opgave.id))


def _move(
    work: Work, opgave: Opgave, status: OpgaveStatus, from_: OpgaveStatus | None = None
) -> Opgave:
    """To where it is already is no move, and is not told twice."""
    if opgave.status is status:
        return opgave
    if from_ is not None and opgave.status is not from_:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    opgave.move_to(status)
    return _told(work, opgave, TOLD[status](opgave_id=opgave.id))


def _end(work: Work, opgave: Opgave, status: OpgaveStatus) -> Opgave:
    if opgave.status is status:
        return opgave
    opgave.move_to(status)
    opgave.ended_at = work.now
    return _told(work, opgave, OpgaveEnded(opgave_id=opgave.id, status=status.value))


def _told(work: Work, opgave: Opgave, fact: Event) -> Opgave:
    opgave.version += 1
    work.emit(fact)
    return opgave
