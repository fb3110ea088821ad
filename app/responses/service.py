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
from app.responses.events import InterestShown, InterestWithdrawn, LaterSaid
from app.responses.models import Response
from app.responses.rules import TIME_TO_ANSWER, Answer, again_on

OF_OWN_GEMEENTE = "Deze opgave is van je eigen gemeente. Je collega's vind je zonder ons."
ENDED = "Deze opgave is niet meer open. Reageren kan niet meer."
NO_PROFILE = (
    "Toon belangstelling met een profiel dat gepubliceerd is: dan ziet de opgavehouder waarom je "
    "past. Ga naar Mijn profiel en publiceer het."
)
TOO_LATE = (
    "Reageren kan tot en met {closes_on}. Dat is te kort dag voor later. "
    "Heb je belangstelling? Zeg het dan nu."
)


def show_interest(work: Work, opgave_id: UUID) -> Response:
    """Let the opgavehouder know who wants to hear more. Saying it twice is saying it once."""
    opgave, user_id = _to_answer(work, opgave_id)
    response = _own_response(work, user_id, opgave.id)
    if response.answer is not Answer.INTERESTED:
        _refuse(work, user_id, opgave, Answer.INTERESTED)
        response.answer, response.again_on = Answer.INTERESTED, None
        response.answered_at = work.now
        work.session.add(response)
        work.emit(InterestShown(user_id=user_id, opgave_id=opgave.id))
    return response


def say_later(work: Work, opgave_id: UUID) -> Response:
    """No news of the opgave until a day on which there is still time to answer."""
    opgave, user_id = _to_answer(work, opgave_id)
    response = _own_response(work, user_id, opgave.id)
    if response.again_on and response.again_on > work.today:
        return response
    _refuse(work, user_id, opgave, Answer.LATER)
    _tell_if_withdrawn(work, response)
    response.answer = Answer.LATER
    response.again_on = again_on(work.today, opgave.closes_on)
    response.answered_at = work.now
    work.session.add(response)
    work.emit(LaterSaid(user_id=user_id, opgave_id=opgave.id))
    return response


def withdraw(work: Work, opgave_id: UUID) -> None:
    """Take back what the actor said, also when the opgave has ended; what was shared is gone."""
    if work.actor.user_id is None:
        raise NotAllowed("answer an opgave")
    work.fetch_to_change(User, work.actor.user_id)
    response = work.session.get(Response, (work.actor.user_id, opgave_id))
    if response is not None:
        _tell_if_withdrawn(work, response)
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
    actor: Actor, profile: Profile | None, opgave: Opgave, answer: Answer, today: date
) -> str:
    """Why the actor with this profile cannot say this to an opgave they may read, or nothing.

    What matching may bring to them can be answered, and no other.
    """
    if opgave.gemeente_code == actor.gemeente_code:
        return OF_OWN_GEMEENTE
    if not takes_answers(opgave.status, opgave.closes_on, today):
        return ENDED
    if answer is Answer.INTERESTED:
        is_published = profile is not None and profile.state is ProfileState.PUBLISHED
        return "" if is_published else NO_PROFILE
    too_late = again_on(today, opgave.closes_on) is None
    return TOO_LATE.format(closes_on=dutch_date(opgave.closes_on)) if too_late else ""


def _refuse(work: Work, user_id: UUID, opgave: Opgave, answer: Answer) -> None:
    profile = people.own_profile(work.session, user_id)
    said = refusal(work.actor, profile, opgave, answer, work.today)
    if said:
        raise Conflict(said=said)


def _to_answer(work: Work, opgave_id: UUID) -> tuple[Opgave, UUID]:
    """The opgave and who answers it, as far as they may read it."""
    if work.actor.user_id is None:
        raise NotAllowed("answer an opgave")
    return opgaven.seen_opgave(work.session, work.actor, opgave_id).opgave, work.actor.user_id


def _own_response(work: Work, user_id: UUID, opgave_id: UUID) -> Response:
    """What the person says now, or a new row that is not yet kept."""
    # One at a time for each person: of two equal posts at once the second finds the first.
    work.fetch_to_change(User, user_id)
    found = work.session.get(Response, (user_id, opgave_id), populate_existing=True)
    return found or Response(user_id=user_id, opgave_id=opgave_id)


def _tell_if_withdrawn(work: Work, response: Response) -> None:
    if response.answer is Answer.INTERESTED:
        work.emit(InterestWithdrawn(user_id=response.user_id, opgave_id=response.opgave_id))
