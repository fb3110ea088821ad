"""What somebody reads of the thing that they are about to report, and the way back to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.conversations import queries as conversations
from app.core.actor import Actor
from app.moderation.rules import Subject
from app.moderation.texts import opgave_text, profile_text
from app.opgaven import queries as opgaven
from app.people import queries as people
from app.responses.models import Invitation

# More than this is opened by who wants to read it.
SHORT = 600
NAMES = {
    Subject.OPGAVE: "deze opgave",
    Subject.PROFILE: "dit profiel",
    Subject.MESSAGE: "dit bericht",
    Subject.PUBLISHED: "deze vraag en dit antwoord",
    Subject.INVITATION: "deze uitnodiging",
}


@dataclass(frozen=True)
class ReportPage:
    name: str
    # The list from which they came, and its address.
    section: tuple[str, str]
    # Where it stands, in the trail and as a sentence, and the way back there.
    title: str
    about: str
    href: str
    text: str

    @property
    def is_long(self) -> bool:
        return len(self.text) > SHORT


Reader = Callable[[Session, Actor, UUID, date], ReportPage]


def report_page(
    session: Session, viewer: Actor, subject: Subject, subject_id: UUID, today: date
) -> ReportPage:
    """For who reads the thing itself; `NotFound` for others."""
    return READERS[subject](session, viewer, subject_id, today)


def _opgave(session: Session, viewer: Actor, opgave_id: UUID, _: date) -> ReportPage:
    seen = opgaven.seen_opgave(session, viewer, opgave_id)
    return ReportPage(
        name=NAMES[Subject.OPGAVE],
        section=("Opgaven", url_for("opgaven.index")),
        title=seen.opgave.title,
        about=f"De opgave “{seen.opgave.title}” van gemeente {seen.gemeente.name}.",
        href=url_for("opgaven.show", opgave_id=opgave_id),
        text=opgave_text(seen.opgave),
    )


def _profile(session: Session, viewer: Actor, user_id: UUID, today: date) -> ReportPage:
    seen = people.seen_profile(session, viewer, user_id, today)
    return ReportPage(
        name=NAMES[Subject.PROFILE],
        section=("Collega's", url_for("people.index")),
        title=seen.display_name,
        about=f"Het profiel van {seen.display_name}.",
        href=url_for("people.show", user_id=user_id),
        text=profile_text(seen),
    )


def _message(session: Session, viewer: Actor, message_id: UUID, _: date) -> ReportPage:
    message, seen = conversations.of_message(session, viewer, message_id)
    talk = url_for("conversations.show", conversation_id=message.conversation_id)
    return ReportPage(
        name=NAMES[Subject.MESSAGE],
        section=("Gesprekken", url_for("conversations.index")),
        title=seen.title,
        about=f"Een bericht in je gesprek over “{seen.title}”.",
        href=f"{talk}#bericht-{message.number}",
        text=message.text,
    )


def _published(session: Session, viewer: Actor, published_id: UUID, _: date) -> ReportPage:
    published = conversations.published_to_read(session, viewer, published_id)
    seen = opgaven.seen_opgave(session, viewer, published.opgave_id)
    return ReportPage(
        name=NAMES[Subject.PUBLISHED],
        section=("Opgaven", url_for("opgaven.index")),
        title=seen.opgave.title,
        about=f"Een vraag met antwoord bij de opgave “{seen.opgave.title}”.",
        href=url_for("opgaven.show", opgave_id=published.opgave_id),
        text=f"{published.question}\n\n{published.answer}",
    )


def _invitation(session: Session, viewer: Actor, invitation_id: UUID, _: date) -> ReportPage:
    invitation = session.get_one(Invitation, invitation_id)
    seen = opgaven.seen_opgave(session, viewer, invitation.opgave_id)
    return ReportPage(
        name=NAMES[Subject.INVITATION],
        section=("Mijn reacties", url_for("responses.index")),
        title=seen.opgave.title,
        about=f"Een uitnodiging voor de opgave “{seen.opgave.title}”.",
        href=url_for("invitations.show", opgave_id=invitation.opgave_id),
        text=invitation.words,
    )


READERS: dict[Subject, Reader] = {
    Subject.OPGAVE: _opgave,
    Subject.PROFILE: _profile,
    Subject.MESSAGE: _message,
    Subject.PUBLISHED: _published,
    Subject.INVITATION: _invitation,
}
