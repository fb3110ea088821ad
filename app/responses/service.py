"""Saying something to an opgave, and taking it back. The last answer wins."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import update

from app.accounts.models import User
from app.core.actor import Actor
from app.core.dutch import dutch_date
from app.core.errors import Conflict, NotAllowed
from app.core.work import Work
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import takes_answers
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import ending, inviting, keeping
from app.responses.events import InterestShown, InterestWithdrawn, LaterSaid
from app.responses.models import Outcome, Response
from app.responses.queries import is_closed_by
from app.responses.rules import TIME_TO_ANSWER, Answer, again_on

OF_OWN_GEMEENTE = "Deze opgave is van je eigen gemeente. Je collega's vind je zonder ons."
ENDED = "Deze opgave is niet meer open. Reageren kan niet meer."
NO_PROFILE = (
    "Toon belangstelling met een profiel dat gepubliceerd is: dan ziet de opgavehouder waarom je "
    "past. Ga naar Mijn profiel en publiceer het."
)
WAS_CLOSED = "Je reactie op deze opgave is afgerond. Verandert de opgave? Dan kun je weer reageren."
IS_CLOSED = "Je reactie op deze opgave is afgerond. Je hoeft die niet meer in te trekken."
SAID_NO = "Je zei nee tegen de uitnodiging. Bedenk je je? Toon dan belangstelling."
TOO_LATE = (
    "Reageren kan tot en met {closes_on}. Dat is te kort dag voor later. "
    "Heb je belangstelling? Zeg het dan nu."
)


def show_interest(work: Work, opgave_id: UUID) -> Response:
    """Let the opgavehouder know who wants to hear more. Saying it twice is saying it once."""
    opgave, user_id = _to_answer(work, opgave_id)
    response = _own_response(work, user_id, opgave.id)
    if response.answer is not Answer.INTERESTED:
        _refuse(work, response, opgave, Answer.INTERESTED)
        response.answer, response.again_on = Answer.INTERESTED, None
        response.answered_at = work.now
        work.session.add(response)
        work.emit(InterestShown(user_id=user_id, opgave_id=opgave.id))
        inviting.note_interest(work, user_id, opgave.id)
        ending.forget(work, user_id, opgave.id)
    return response


def say_later(work: Work, opgave_id: UUID) -> Response:
    """No news of the opgave until a day on which there is still time to answer."""
    opgave, user_id = _to_answer(work, opgave_id)
    response = _own_response(work, user_id, opgave.id)
    if response.again_on and response.again_on > work.today:
        return response
    _refuse(work, response, opgave, Answer.LATER)
    _tell_if_withdrawn(work, response)
    response.answer = Answer.LATER
    response.again_on = again_on(work.today, opgave.closes_on)
    response.answered_at = work.now
    work.session.add(response)
    work.emit(LaterSaid(user_id=user_id, opgave_id=opgave.id))
    ending.forget(work, user_id, opgave.id)
    return response


def withdraw(work: Work, opgave_id: UUID) -> None:
    """Take back what the actor said, also when the opgave has ended; what was shared is gone.

    What was closed is not theirs to take back: who looks after the opgave answered it.
    """
    if work.actor.user_id is None:
        raise NotAllowed("answer an opgave")
    work.fetch_to_change(User, work.actor.user_id)
    response = work.session.get(Response, (work.actor.user_id, opgave_id))
    if response is None:
        return
    if response.answer is Answer.CLOSED:
        raise Conflict(said=IS_CLOSED)
    _tell_if_withdrawn(work, response)
    keeping.forget(work, response.user_id, opgave_id)
    work.session.delete(response)


def hear_in_time(work: Work, opgave_id: UUID) -> None:
    """Let who said "later" hear of it before it closes, when that day is earlier than it was."""
    closes_on = work.fetch(Opgave, opgave_id).closes_on
    if closes_on is None:
        return
    latest = max(closes_on - TIME_TO_ANSWER, work.today + timedelta(days=1))
    work.session.execute(
        update(Response)
        .where(Response.opgave_id == opgave_id, Response.again_on > latest)
        .values(again_on=latest)
    )


def refusal(
    actor: Actor,
    profile: Profile | None,
    opgave: Opgave,
    answer: Answer,
    today: date,
    *,
    said: Answer | None = None,
    outcome: Outcome | None = None,
) -> str:
    """Why the actor with this profile cannot say this to an opgave they may read, or nothing.

    What matching may bring to them can be answered, and no other. `said` and `outcome` are what
    they say now, and how it ended for them.
    """
    if opgave.gemeente_code == actor.gemeente_code:
        return OF_OWN_GEMEENTE
    if not takes_answers(opgave.status, opgave.closes_on, today):
        return ENDED
    if outcome is not None and is_closed_by(outcome, opgave):
        return WAS_CLOSED
    if answer is Answer.INTERESTED:
        is_published = profile is not None and profile.state is ProfileState.PUBLISHED
        return "" if is_published else NO_PROFILE
    if said is Answer.NO:
        return SAID_NO
    too_late = again_on(today, opgave.closes_on) is None
    return TOO_LATE.format(closes_on=dutch_date(opgave.closes_on)) if too_late else ""


def _refuse(work: Work, response: Response, opgave: Opgave, answer: Answer) -> None:
    # One that ends just now is waited for: who answered it hears the outcome, or does not answer.
    work.session.refresh(opgave, with_for_update={"read": True})
    session, user_id = work.session, response.user_id
    refused = refusal(
        work.actor,
        people.own_profile(session, user_id),
        opgave,
        answer,
        work.today,
        said=response.answer,
        outcome=session.get(Outcome, (user_id, opgave.id), populate_existing=True),
    )
    if refused:
        raise Conflict(said=refused)


def _to_answer(work: Work, opgave_id: UUID) -> tuple[Opgave, UUID]:
    """The opgave and who answers it, as far as it is meant for them."""
    if work.actor.user_id is None:
        raise NotAllowed("answer an opgave")
    return opgaven.shown_opgave(work.session, work.actor, opgave_id).opgave, work.actor.user_id


def _own_response(work: Work, user_id: UUID, opgave_id: UUID) -> Response:
    """What the person says now, or a new row that is not yet kept."""
    # One at a time for each person: of two equal posts at once the second finds the first.
    work.fetch_to_change(User, user_id)
    found = work.session.get(Response, (user_id, opgave_id), populate_existing=True)
    return found or Response(user_id=user_id, opgave_id=opgave_id)


def _tell_if_withdrawn(work: Work, response: Response) -> None:
    if response.answer is Answer.INTERESTED:
        work.emit(InterestWithdrawn(user_id=response.user_id, opgave_id=response.opgave_id))
