"""Looking at an opgave before others do: an option that a gemeente chooses for itself."""

from uuid import UUID

from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import refuse
from app.core.work import Work
from app.opgaven import queries
from app.opgaven.events import (
    OpgaveAllowed,
    OpgavePublished,
    OpgaveSentBack,
    OpgaveSubmitted,
    ReviewChosen,
)
from app.opgaven.models import GemeenteChoice, Opgave
from app.opgaven.rules import (
    NO_SUCH_MOVE,
    OWN_WRITING,
    TAKES_ANSWERS,
    OpgaveStatus,
    may_review,
    opening_faults,
    sending_back_faults,
)

CHANGED_MEANWHILE = "Deze opgave is intussen gewijzigd. Lees hem nog eens en kies dan."


def choose(work: Work, *, is_on: bool) -> None:
    """Let opgaven of the own gemeente be looked at from now on, or no longer."""
    code = work.actor.gemeente_code
    if code is None or not may_review(work.actor, code):
        raise NotAllowed("choose whether opgaven are reviewed")
    if queries.reviews_opgaven(work.session, code) is is_on:
        return
    work.session.merge(GemeenteChoice(gemeente_code=code, reviews_opgaven=is_on))
    work.emit(ReviewChosen(gemeente_code=code, is_on=is_on))


def open_or_submit(work: Work, opgave: Opgave) -> Opgave:
    """Publish it, or ask a colleague to look at it where the gemeente chose so."""
    if not queries.reviews_opgaven(work.session, opgave.gemeente_code):
        return _open(work, opgave)
    if opgave.status is OpgaveStatus.REVIEW:
        return opgave
    opgave.move_to(OpgaveStatus.REVIEW)
    opgave.submitted_at, opgave.submitted_by = work.now, work.actor.user_id
    opgave.sent_back_words = ""
    opgave.version += 1
    work.emit(OpgaveSubmitted(opgave_id=opgave.id))
    return opgave


def allow(work: Work, opgave_id: UUID, version: int | None) -> Opgave:
    """Publish what was read; what was changed since then is to be read first."""
    opgave = _to_review(work, opgave_id)
    if opgave.status in TAKES_ANSWERS:
        return opgave
    _refuse_unless_waiting(opgave)
    if version != opgave.version:
        raise Conflict(said=CHANGED_MEANWHILE)
    refuse(opening_faults(queries.draft_of(work.session, opgave), work.today))
    work.emit(OpgaveAllowed(opgave_id=opgave.id))
    return _open(work, opgave)


def send_back(work: Work, opgave_id: UUID, words: str) -> Opgave:
    """A concept again, with what should be otherwise."""
    opgave = _to_review(work, opgave_id)
    refuse(sending_back_faults(words))
    if opgave.status is OpgaveStatus.CONCEPT and opgave.sent_back_words == words:
        return opgave
    _refuse_unless_waiting(opgave)
    opgave.move_to(OpgaveStatus.CONCEPT)
    opgave.sent_back_words = words
    opgave.version += 1
    work.emit(OpgaveSentBack(opgave_id=opgave.id))
    return opgave


def _open(work: Work, opgave: Opgave) -> Opgave:
    opgave.move_to(OpgaveStatus.OPEN)
    opgave.published_at = work.now
    opgave.sent_back_words = ""
    opgave.version += 1
    work.emit(OpgavePublished(opgave_id=opgave.id))
    return opgave


def _to_review(work: Work, opgave_id: UUID) -> Opgave:
    opgave = work.fetch_to_change(Opgave, opgave_id)
    if work.actor.user_id in {user.id for user in queries.reviewers(work.session, opgave)}:
        return opgave
    if may_review(work.actor, opgave.gemeente_code):
        raise Conflict(said=OWN_WRITING)
    raise NotFound(f"opgave {opgave_id}")


def _refuse_unless_waiting(opgave: Opgave) -> None:
    if opgave.status is not OpgaveStatus.REVIEW:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
