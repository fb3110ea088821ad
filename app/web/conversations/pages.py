"""What the list of conversations and one conversation show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.conversations import queries
from app.conversations.models import PublishedAnswer
from app.conversations.queries import SeenConversation, SeenMessage
from app.conversations.rules import End, Side, Words
from app.core.actor import Actor
from app.core.dutch import weekday_date
from app.labels import label
from app.loans.queries import came_of
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.moderation.models import Report
from app.moderation.queries import own_standing
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import ENDED
from app.responses.words import OPGAVE_TAKEN_DOWN, why
from app.web.loans.of_reaction import LoanNote, loan_note
from app.web.opgaven.pages import ended_sentence
from app.web.responses.words import NOT_FOR_READER
from app.web.waiting import WAITS_FOR_US, WaitingLine

SOMEBODY = "Een collega die niet meer meedoet"
HIDES = (
    "Je profiel is nu niet gepubliceerd. Zolang dat zo is, zien de opgavehouders je belangstelling "
    "niet."
)


@dataclass(frozen=True)
class ConversationLine:
    conversation_id: UUID
    title: str
    # The other side.
    who: str
    waits: str
    is_waiting_for_you: bool
    last_at: datetime
    unread: int
    # Where on the page the news begins; nothing without news.
    anchor: str | None
    is_question: bool
    is_of_professional: bool
    # Until when the gemeente has to react, in words; nothing when nobody waits for it.
    deadline: str
    waits_since: datetime
    # What ended it, in a word and in a sentence; nothing while it goes on, or with a loan.
    end: str
    ended: str
    # Why nobody reads of the interest now; nothing when they do.
    hidden: str
    # What came of it, and who is waited for there.
    loan: LoanNote | None

    @property
    def turn(self) -> str:
        """Who is waited for and until when, in sentences; nothing when the loan says that."""
        return " ".join(f"{said}." for said in (self.waits, self.deadline) if said)


@dataclass(frozen=True)
class MessageView:
    number: int
    who: str
    is_own: bool
    lines: list[str]
    said_at: datetime
    by_mail: bool
    is_new: bool
    # Nothing for what the own side wrote, and for what is down.
    report_href: str
    # That the reader did.
    reported: Report | None


@dataclass(frozen=True)
class ConversationPage:
    conversation_id: UUID
    title: str
    # Nothing when the reader may not read the opgave any more.
    opgave_href: str
    who: str
    waits: str
    # Until when the gemeente has to react, in words; nothing when nobody waits for it.
    deadline: str
    # How it ended; nothing while it goes on, or when a loan came of it.
    ended: str
    # Where the professional reads why the gemeente said no; nothing otherwise.
    outcome_href: str
    # Why nobody reads of the interest now; nothing when they do.
    hidden: str
    messages: list[MessageView]
    # The number of the last message on the page.
    last: int
    unread: int
    is_of_professional: bool
    # What both sides read above it as long as the professional only asks something.
    question: str
    # For who looks after the opgave, once both sides wrote something.
    may_publish: bool
    # What of it stands on the opgave, for them.
    published: list[PublishedAnswer]
    # Something of it stands there no more, as long as a message is taken down.
    has_silenced: bool
    # What came of it, and who is waited for there.
    loan: LoanNote | None


def conversation_lines(
    session: Session, found: Sequence[SeenConversation], today: date
) -> list[ConversationLine]:
    lent = came_of(session, {_pair(seen) for seen in found})
    return [_line(seen, lent.get(_pair(seen)), today) for seen in found]


def own_turns(
    session: Session, viewer: Actor, ids: Collection[UUID], today: date
) -> dict[UUID, ConversationLine]:
    """By conversation of this professional how it stands."""
    found = queries.seen_among(session, viewer, ids)
    return {line.conversation_id: line for line in conversation_lines(session, found, today)}


def turns_of_opgaven(
    session: Session, viewer: Actor, opgave_ids: Collection[UUID], today: date
) -> dict[UUID, list[WaitingLine]]:
    """By opgave the conversations in which somebody is waited for; who waits longest first."""
    found = queries.of_opgaven(session, viewer, opgave_ids)
    waited = sorted((one for one in found if one.turn), key=lambda one: one.waits_since)
    lines: dict[UUID, list[WaitingLine]] = {}
    for seen, line in zip(waited, conversation_lines(session, waited, today), strict=True):
        if line.turn:
            href = url_for("conversations.show", conversation_id=line.conversation_id)
            what = f"Gesprek met {seen.professional_name}"
            mark = WAITS_FOR_US if line.is_waiting_for_you else ""
            said = WaitingLine(href, what, line.turn, mark)
            lines.setdefault(seen.opgave.id, []).append(said)
    return lines


def _line(seen: SeenConversation, lent: SeenLoan | None, today: date) -> ConversationLine:
    loan = _loan(seen, lent)
    return ConversationLine(
        conversation_id=seen.conversation.id,
        title=_title(seen),
        who=_other(seen),
        waits=_waits(seen, loan),
        is_waiting_for_you=_turn(seen, loan) is seen.side,
        last_at=seen.conversation.last_at,
        unread=seen.unread,
        anchor=_anchor(seen),
        is_question=seen.is_question,
        is_of_professional=seen.side is Side.PROFESSIONAL,
        deadline=_deadline(seen, today),
        waits_since=seen.waits_since,
        end=label(seen.end) if seen.end and loan is None else "",
        ended=_ended(seen, loan, today),
        hidden=_hidden(seen),
        loan=loan,
    )


def conversation_page(
    session: Session, viewer: Actor, conversation_id: UUID, today: date
) -> ConversationPage:
    seen = queries.of_viewer(session, viewer, conversation_id)
    read_to = queries.read_to(session, conversation_id, viewer.user_id) if viewer.user_id else 0
    written = queries.messages(session, conversation_id)
    ids = [one.message_id for one in written]
    reported = own_standing(session, viewer.user_id, ids, today)
    href = url_for("opgaven.show", opgave_id=seen.opgave.id) if seen.is_readable else ""
    loan = _loan(seen, came_of(session, {_pair(seen)}).get(_pair(seen)))
    return ConversationPage(
        conversation_id=conversation_id,
        title=_title(seen),
        opgave_href=href,
        who=_other(seen),
        waits=_waits(seen, loan),
        deadline=_deadline(seen, today),
        ended=_ended(seen, loan, today),
        outcome_href=_outcome_href(seen),
        hidden=_hidden(seen),
        messages=[
            _message(one, seen, viewer, read_to, reported.get(one.message_id)) for one in written
        ],
        last=written[-1].number if written else 0,
        unread=seen.unread,
        is_of_professional=seen.side is Side.PROFESSIONAL,
        question=_question(seen),
        may_publish=_may_publish(session, seen),
        published=queries.published_of(session, conversation_id)
        if seen.side is Side.OPGAVE
        else [],
        has_silenced=seen.side is Side.OPGAVE and queries.has_silenced(session, conversation_id),
        loan=loan,
    )


@dataclass(frozen=True)
class AskPage:
    """What somebody reads before they ask: who answers, and what these will see."""

    opgave_id: UUID
    title: str
    gemeente_name: str


@dataclass(frozen=True)
class PublishPage:
    """A question with its answer, on their way to the page of the opgave."""

    opgave_id: UUID
    title: str
    # None as long as it stands nowhere.
    published_id: UUID | None
    number: int
    # The words as they will stand there, once they were sent and nothing is wrong with them.
    preview: Words | None
    warnings: list[str]
    # What may be a name, and asks for a look.
    doubts: list[str]


def ask_page(seen: SeenOpgave) -> AskPage:
    return AskPage(
        opgave_id=seen.opgave.id,
        title=seen.opgave.title,
        gemeente_name=seen.gemeente.name,
    )


def _may_publish(session: Session, seen: SeenConversation) -> bool:
    if seen.side is not Side.OPGAVE or seen.opgave.status in ENDED:
        return False
    words = queries.exchange(session, seen.conversation)
    return bool(words.question and words.answer)


def _question(seen: SeenConversation) -> str:
    if not seen.is_question or seen.end is not None:
        return ""
    if seen.side is Side.PROFESSIONAL:
        return "Je stelde een vraag. Dat is geen belangstelling: je zit nergens aan vast."
    return f"Dit is een vraag. {seen.professional_name} toonde nog geen belangstelling."


def _anchor(seen: SeenConversation) -> str | None:
    first = seen.conversation.messages - seen.unread + 1
    return f"bericht-{first}" if seen.unread else None


def _title(seen: SeenConversation) -> str:
    if seen.is_readable or seen.opgave.taken_down_at is not None:
        return seen.title
    return NOT_FOR_READER


def _other(seen: SeenConversation) -> str:
    if seen.side is Side.PROFESSIONAL:
        return f"Opgavehouders van gemeente {seen.opgave_gemeente}"
    return f"{seen.professional_name}, gemeente {seen.professional_gemeente}"


def _pair(seen: SeenConversation) -> tuple[UUID, UUID]:
    return seen.opgave.id, seen.conversation.user_id


def _loan(seen: SeenConversation, lent: SeenLoan | None) -> LoanNote | None:
    reader = Party.PROFESSIONAL if seen.side is Side.PROFESSIONAL else Party.BORROWER
    return loan_note(lent, reader) if lent else None


def _turn(seen: SeenConversation, loan: LoanNote | None) -> Side | None:
    """Who is waited for here: who asks for hours answers by that what was written before."""
    if seen.turn is Side.PROFESSIONAL and loan and loan.asked_at > seen.conversation.last_at:
        return None
    return seen.turn


def _waits(seen: SeenConversation, loan: LoanNote | None) -> str:
    """Who is waited for here; nothing when it ended, or when that is said of the loan."""
    turn = _turn(seen, loan)
    if turn is seen.side:
        return "Jij bent aan zet" if seen.side is Side.PROFESSIONAL else "Jullie zijn aan zet"
    if seen.end is not None or (turn is None and loan is not None):
        return ""
    if turn is None:
        return "Niemand is nu aan zet"
    if seen.side is Side.PROFESSIONAL:
        return f"Gemeente {seen.opgave_gemeente} is aan zet"
    return f"{seen.professional_name} is aan zet"


def _ended(seen: SeenConversation, loan: LoanNote | None, today: date) -> str:
    """What ended it, as its reader knows it; how a loan that came of it stands is said of that."""
    if seen.end is None or loan is not None:
        return ""
    is_own = seen.side is Side.PROFESSIONAL
    who = "Je" if is_own else seen.professional_name
    if seen.end is End.SAID_NO:
        return why(seen.why, is_down=False) if is_own and seen.why else "Jullie zeiden nee."
    if seen.end is End.DECLINED:
        return f"{who} zei nee tegen de uitnodiging."
    if seen.end is End.TAKEN_BACK:
        return f"{who} {'toont' if not is_own else 'toont nu'} geen belangstelling meer."
    if seen.opgave.taken_down_at is not None:
        return OPGAVE_TAKEN_DOWN
    return ended_sentence(seen.opgave, today)


def _outcome_href(seen: SeenConversation) -> str:
    is_told_no = seen.side is Side.PROFESSIONAL and seen.end is End.SAID_NO
    return url_for("outcomes.show", opgave_id=seen.opgave.id) if is_told_no else ""


def _hidden(seen: SeenConversation) -> str:
    if not seen.is_hidden or seen.end is not None:
        return ""
    if seen.side is Side.PROFESSIONAL:
        return HIDES
    return f"{seen.professional_name} laat het profiel nu niet zien."


def _deadline(seen: SeenConversation, today: date) -> str:
    day = seen.answer_before
    if day is None:
        return ""
    said = f"Reactie vóór {weekday_date(day)}"
    return said if day > today else f"{said}: dat is niet gelukt"


def _message(
    one: SeenMessage,
    seen: SeenConversation,
    viewer: Actor,
    read_to: int,
    reported: Report | None,
) -> MessageView:
    is_own = one.writer_id is not None and one.writer_id == viewer.user_id
    home = seen.professional_gemeente if one.side is Side.PROFESSIONAL else seen.opgave_gemeente
    name = one.writer_name or SOMEBODY
    return MessageView(
        number=one.number,
        who="Jij" if is_own else f"{name}, gemeente {home}",
        is_own=is_own,
        lines=one.text.split("\n"),
        said_at=one.said_at,
        by_mail=one.by_mail,
        is_new=one.number > read_to and one.side is not seen.side,
        report_href=_report_href(one) if one.side is not seen.side and not one.is_down else "",
        reported=reported,
    )


def _report_href(one: SeenMessage) -> str:
    return url_for("moderation.report_message", message_id=one.message_id)
