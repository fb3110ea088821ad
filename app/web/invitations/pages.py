"""What the pages about an invitation show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.conversations import queries as conversations
from app.core.dutch import dutch_date
from app.labels import label
from app.matching import standing
from app.matching.core.words import YOU
from app.moderation.models import Report
from app.moderation.queries import own_standing
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import takes_answers
from app.responses import invitations
from app.responses.invitations import Given
from app.responses.models import Invitation, Response
from app.responses.rules import Answer, InvitationState, WhyNot
from app.web.cards import OpgaveCard, opgave_card
from app.web.match_view import MatchView, match_view
from app.web.opgaven.pages import ended_sentence

SOMEBODY = "Een collega"
HIDDEN = "Een collega die zich nu niet laat zien"
# What the professional reads once an invitation is no longer waiting.
HOW_IT_ENDED = {
    InvitationState.WAITING: "Antwoorden kon tot en met {day}.",
    InvitationState.ACCEPTED: "Je zei ja.",
    InvitationState.DECLINED: "Je zei nee. Dank je dat je het liet weten.",
    InvitationState.EXPIRED: "Antwoorden kon tot en met {day}.",
    InvitationState.TAKEN_BACK: "De gemeente nam de uitnodiging terug.",
    InvitationState.OVER: "De uitnodiging ging voorbij, omdat de opgave niet meer open stond.",
}
INTERESTED = (
    "Je toont belangstelling. De opgavehouders zien nu wie je bent, en antwoorden in jullie "
    "gesprek."
)
CLOSED = "Je belangstelling is afgerond. Bij Mijn reacties lees je waarom."

# As who looks after the opgave reads it.
REASONS = {
    WhyNot.NO_TIME: "nu geen tijd",
    WhyNot.NOT_MY_SKILL: "niet het eigen vak",
    WhyNot.NOT_ALLOWED: "mag nu niet van de eigen gemeente",
    WhyNot.TOO_FAR: "te ver weg",
    WhyNot.OTHER: "iets anders",
}


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as the professional sees it."""

    opgave: OpgaveCard
    gemeente_name: str
    inviter: str
    lines: list[str]
    answer_by: date
    match: MatchView | None
    # How it ended, and how it stands now; nothing while it can be answered.
    ended: str
    # Who says that it is not their skill, can tell the matching so.
    offers_dispute: bool
    # Nothing once its words are taken down.
    report_href: str
    # Nothing until the professional said yes or asked something.
    talk_href: str
    # That the professional did.
    reported: Report | None


@dataclass(frozen=True)
class GivenLine:
    """One invitation in the list of who looks after the opgave."""

    invitation_id: UUID
    who: str
    # What is waited for and until when, or how it ended.
    stands: str
    no_words: str
    can_take_back: bool


def invitation_page(
    session: Session, seen: SeenOpgave, invitation: Invitation, today: date
) -> InvitationPage:
    user_id = invitation.user_id
    names = accounts.names_of(session, {invitation.by_id} if invitation.by_id else set())
    fit = standing.match_of_person(session, user_id, seen.opgave.id, today)
    can = invitations.can_be_answered(invitation, seen.opgave, today)
    response = session.get(Response, (user_id, seen.opgave.id))
    said = response.answer if response else None
    talk = conversations.about(session, seen.opgave.id, user_id)
    return InvitationPage(
        opgave=opgave_card(seen),
        gemeente_name=seen.gemeente.name,
        inviter=names.get(invitation.by_id, SOMEBODY) if invitation.by_id else SOMEBODY,
        lines=invitation.shown_words.split("\n"),
        answer_by=invitation.answer_by,
        match=match_view(fit, YOU) if fit else None,
        ended="" if can else _ended(invitation, seen.opgave, said, today),
        offers_dispute=invitation.reason is WhyNot.NOT_MY_SKILL,
        report_href=""
        if invitation.taken_down_at
        else url_for("moderation.report_invitation", invitation_id=invitation.id),
        talk_href=url_for("conversations.show", conversation_id=talk.id) if talk else "",
        reported=own_standing(session, user_id, [invitation.id], today).get(invitation.id),
    )


def _ended(invitation: Invitation, opgave: Opgave, said: Answer | None, today: date) -> str:
    day = dutch_date(invitation.answer_by)
    return f"{HOW_IT_ENDED[invitation.state].format(day=day)} {_now(opgave, said, today)}".rstrip()


def _now(opgave: Opgave, said: Answer | None, today: date) -> str:
    """What the professional says to the opgave now, or whether they still can."""
    if said is Answer.CLOSED:
        return CLOSED
    if not takes_answers(opgave.status, opgave.closes_on, today):
        return ended_sentence(opgave, today)
    if said is Answer.INTERESTED:
        return INTERESTED
    return f"De opgave staat nu open. Reageren kan tot en met {dutch_date(opgave.closes_on)}."


def given_lines(given: Iterable[Given], today: date) -> list[GivenLine]:
    return [_given_line(one, today) for one in given]


def _given_line(one: Given, today: date) -> GivenLine:
    invitation = one.invitation
    waits = invitation.state is InvitationState.WAITING and invitation.answer_by >= today
    return GivenLine(
        invitation_id=invitation.id,
        who=one.colleague.display_name if one.colleague else HIDDEN,
        stands=_stands(invitation, waits=waits),
        no_words=invitation.no_words,
        can_take_back=waits,
    )


def _stands(invitation: Invitation, *, waits: bool) -> str:
    if waits:
        asked = "Stelde een vraag. " if invitation.asked_at else ""
        return f"{asked}Antwoord kan tot en met {dutch_date(invitation.answer_by)}."
    if invitation.state is InvitationState.WAITING:
        return f"{label(InvitationState.EXPIRED)}."
    said = f"{label(invitation.state)}."
    reason = f" Reden: {REASONS[invitation.reason]}." if invitation.reason else ""
    return said + reason
