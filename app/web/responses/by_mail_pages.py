"""What the pages behind the links of a digest show: no more than the digest did."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.service import IS_SHUT_OUT
from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.links import Permit
from app.loans.queries import under_way
from app.loans.service.reacting import IN_LOAN
from app.matching import disputes, standing
from app.matching.core.disputes import may_dispute
from app.matching.core.facts import Reason
from app.matching.core.words import kind_words
from app.notifications import queries as notifications
from app.notifications.rules import Frequency
from app.opgaven import queries as opgaven
from app.opgaven.queries import SeenOpgave
from app.people import queries as people
from app.responses import queries, service
from app.responses.models import Response
from app.responses.rules import Answer, again_on
from app.web.match_view import SaidView
from app.web.matching.disputes import Choice, choices, own_said_of
from app.web.notifications.reader import Reader, reader_of
from app.web.notifications.returned import returned_mail
from app.web.opgaven.pages import said_of_all
from app.web.responses.words import answer_words, hears_by_digest, later_words

SHARED = (
    "De opgavehouders van gemeente {gemeente} zien {when} je naam, je gemeente en je "
    "werkmailadres, en waarom je past. Zij antwoorden in een gesprek op de site, en in je mail."
)


NEVER_CHOSEN = "Je koos ervoor nooit een overzicht te krijgen."
ONLY_INBOX_CHOSEN = "Je koos ervoor al je nieuws alleen bij Meldingen te lezen."


@dataclass(frozen=True)
class Asked:
    """Who comes by a link, and what it is about; a pause is about no opgave."""

    actor: Actor
    reader: Reader
    seen: SeenOpgave | None


@dataclass(frozen=True)
class AnswerPage:
    """What happens by the button, or what happened; without a button there is nothing to do."""

    heading: str
    lines: tuple[str, ...]
    button: str = ""


@dataclass(frozen=True)
class DisputableReason:
    asked: str
    offered: str
    # How the one was found for the other, as the explanation of the match has it.
    how: str
    choices: tuple[Choice, Choice]


@dataclass(frozen=True)
class SkillsPage:
    """What in a match rests on a skill of the reader's."""

    reasons: tuple[DisputableReason, ...]
    # Asked in the very word that stands on the profile.
    own_words: tuple[str, ...]
    # What they said already of what is asked, which can be taken back here.
    said: tuple[SaidView, ...]
    fits: bool


@dataclass(frozen=True)
class PausePage:
    heading: str
    # The first day on which the pause is over; None without one.
    until: date | None
    # Why there is nothing to pause, or nothing.
    no_digests: str
    # Why none comes whatever was chosen, or nothing.
    returned: str


def asked_by(session: Session, visitor: Actor, permit: Permit) -> Asked | None:
    """None for somebody who left; `NotFound` when the opgave is not there for them any more, and
    `NotAllowed` for who is kept out.
    """
    reader = reader_of(session, visitor, permit.user_id)
    if reader is None:
        return None
    user = session.get_one(User, permit.user_id)
    if user.shut_out_at is not None:
        raise NotAllowed(f"user {user.id} is kept out", said=IS_SHUT_OUT)
    actor = accounts.actor_of(user)
    seen = opgaven.shown_opgave(session, actor, permit.opgave_id) if permit.opgave_id else None
    return Asked(actor, reader, seen)


def answer_page(
    session: Session, actor: Actor, seen: SeenOpgave, answer: Answer, today: date
) -> AnswerPage:
    opgave = seen.opgave
    response = queries.own(session, actor, [opgave.id]).get(opgave.id)
    by_digest = actor.user_id is not None and hears_by_digest(session, actor.user_id)
    if response and response.answer is answer and not _is_news_again(response, today):
        return _done(seen, response, by_digest=by_digest)
    profile = people.own_profile(session, actor.user_id) if actor.user_id else None
    outcome = queries.outcomes_of(session, actor, [opgave.id]).get(opgave.id)
    said = response.answer if response else None
    refused = service.refusal(actor, profile, opgave, answer, today, said=said, outcome=outcome)
    if answer is Answer.LATER and _is_in_loan(session, actor, opgave.id):
        refused = IN_LOAN
    if refused:
        return AnswerPage("Dat lukt nu niet", (refused,))
    if answer is Answer.INTERESTED:
        shared = SHARED.format(gemeente=seen.gemeente.name, when="dan")
        return AnswerPage(
            "Heb je belangstelling?", (f"Druk op de knop. {shared}",), "Ik heb belangstelling"
        )
    later = later_words(again_on(today, opgave.closes_on), by_digest=by_digest)
    lines = [f"Druk op de knop. {later}"]
    if response and response.answer is Answer.INTERESTED:
        lines.append("Je toonde eerder belangstelling. Die nemen we dan terug.")
    return AnswerPage("Hoor je het liever later?", tuple(lines), "Later")


def skills_page(session: Session, actor: Actor, seen: SeenOpgave, today: date) -> SkillsPage:
    user_id = actor.user_id
    found = standing.match_of_person(session, user_id, seen.opgave.id, today) if user_id else None
    reasons = [one for one in found.reasons if one.offered] if found else []
    said_of = own_said_of(session, disputes.own(session, actor))
    return SkillsPage(
        reasons=tuple(_disputable(one) for one in reasons if may_dispute(one)),
        own_words=tuple(one.offered or "" for one in reasons if not may_dispute(one)),
        said=tuple(said_of_all(seen.opgave.skills, said_of)),
        fits=found is not None,
    )


def pause_page(session: Session, reader: Reader, today: date, *, is_done: bool) -> PausePage:
    until = notifications.paused_until(session, reader.user_id, today)
    no_digests = _no_digests(session, reader.user_id)
    returned = returned_mail(reader)
    if no_digests:
        heading = "Je krijgt nu geen overzicht"
    elif until:
        heading = "Je hebt even pauze"
    elif is_done:
        heading = "Je pauze is voorbij" if returned else "Je krijgt weer een overzicht"
    else:
        heading = "Even pauze?"
    return PausePage(heading, until, no_digests, returned)


def _no_digests(session: Session, user_id: UUID) -> str:
    """By which choice of this person no digest comes, or nothing."""
    if notifications.families_in_digest(session, user_id):
        return ""
    frequency, _ = notifications.preference_of(session, user_id)
    return NEVER_CHOSEN if frequency is Frequency.NEVER else ONLY_INBOX_CHOSEN


def _is_in_loan(session: Session, actor: Actor, opgave_id: UUID) -> bool:
    return actor.user_id is not None and bool(under_way(session, opgave_id, actor.user_id))


def _done(seen: SeenOpgave, response: Response, *, by_digest: bool) -> AnswerPage:
    if response.answer is Answer.INTERESTED:
        shared = SHARED.format(gemeente=seen.gemeente.name, when="nu")
        no_more = ("In je overzicht hoor je niets meer van deze opgave.",) if by_digest else ()
        return AnswerPage("Je belangstelling is doorgegeven", (shared, *no_more))
    return AnswerPage("Je zei later", (answer_words(response, by_digest=by_digest),))


def _is_news_again(response: Response, today: date) -> bool:
    return response.again_on is not None and response.again_on <= today


def _disputable(reason: Reason) -> DisputableReason:
    offered = reason.offered or ""
    said = choices(reason.asked, offered)
    return DisputableReason(reason.asked, offered, kind_words(reason), said)
