"""Mails about interest, invitations, answers that are waited for, and how it ended."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.rules import Side
from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.work import Work
from app.matching import standing
from app.matching.core.words import YOU, one_line
from app.notifications import queries
from app.notifications.digest import why_of
from app.notifications.models import Delivery
from app.notifications.rules import NoticeKind
from app.notifications.service.writing.addressed import (
    SOMEBODY,
    Addressed,
    NothingToTell,
    lines,
    of_news,
    still_news,
)
from app.opgaven.queries import seen_opgaven
from app.responses import invitations
from app.responses import queries as responses
from app.responses.models import Outcome
from app.responses.rules import MOST_NEXT
from app.responses.words import why


@dataclass(frozen=True)
class MailedMatch:
    """What fits the reader now, in a line and why."""

    opgave_id: UUID
    title: str
    gemeente_name: str
    closes_on: date | None
    why: str


@dataclass(frozen=True)
class MailedWait:
    """A colleague who waits for an answer, and since which day."""

    name: str
    gemeente_name: str
    since: date


def interest_shown(work: Work, delivery: Delivery) -> Addressed:
    reader, _, told = still_news(work, delivery, gone="no longer interested")
    opgave, colleague = told.seen.opgave, told.colleague
    if colleague is None:
        raise NothingToTell("no longer interested")
    conversation = conversing.begin(work, opgave.id, colleague.user_id)
    fit = standing.match_of_person(work.session, colleague.user_id, opgave.id, work.today)
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave.id,
        "opgave_title": opgave.title,
        "closes_on": opgave.closes_on,
        "colleague_name": colleague.display_name,
        "colleague_gemeente": colleague.gemeente_name,
        "colleague_email": colleague.email,
        "why": why_of(fit),
        "lines": lines(conversations.words_with_interest(work.session, conversation)),
    }
    answers_as = conversing.reader_id(work, conversation, reader.id)
    return of_news(delivery, reader, facts, answers_as)


def invitation(work: Work, delivery: Delivery) -> Addressed:
    """What the opgave asks, why it fits the reader, and the words of who invites."""
    reader, viewer, told = still_news(work, delivery, gone="no longer waits")
    opgave = told.seen.opgave
    asked = invitations.waiting(work.session, opgave.id, reader.id)
    if asked is None or opgave.id not in seen_opgaven(work.session, viewer, [opgave.id]):
        raise NothingToTell("no longer waits")
    fit = standing.match_of_person(work.session, reader.id, opgave.id, work.today)
    names = accounts.names_of(work.session, {asked.by_id} if asked.by_id else set())
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave.id,
        "opgave_title": opgave.title,
        "gemeente_name": told.seen.gemeente.name,
        "inviter_name": names.get(asked.by_id, SOMEBODY) if asked.by_id else SOMEBODY,
        "lines": lines(asked.shown_words),
        "asked": tuple(skill.label for skill in opgave.skills if skill.must),
        "why": one_line(fit, YOU) if fit else "",
        "answer_by": asked.answer_by,
    }
    return of_news(delivery, reader, facts)


def outcome(work: Work, delivery: Delivery) -> Addressed:
    """Why it came to nothing, and what fits the reader best now; or that it is open again, or that
    an invitation was taken back.
    """
    reader, viewer, told = still_news(work, delivery, gone="taken back")
    opgave = told.seen.opgave
    given = responses.outcomes_of(work.session, viewer, [opgave.id]).get(opgave.id)
    is_down = opgave.taken_down_at is not None
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave.id,
        "opgave_title": told.title,
        "gemeente_name": told.seen.gemeente.name,
        "is_open": given is None,
        "is_down": is_down,
        "is_interested": told.notice.kind is NoticeKind.GIVEN_BACK,
        "is_taken_back": told.notice.kind is NoticeKind.INVITATION_TAKEN_BACK,
        "closes_on": opgave.closes_on,
        **(_why(work, viewer, given, is_down=is_down) if given else {}),
    }
    return of_news(delivery, reader, facts)


def _why(work: Work, viewer: Actor, given: Outcome, *, is_down: bool) -> dict[str, Any]:
    found = queries.next_matches(work.session, viewer, work.today)
    return {
        "why": why(given.reason, is_down=is_down),
        "lines": lines(given.words),
        "next": tuple(
            MailedMatch(
                one.seen.opgave.id,
                one.seen.opgave.title,
                one.seen.gemeente.name,
                one.seen.opgave.closes_on,
                one_line(one.score, YOU),
            )
            for one in found
        ),
        "most": MOST_NEXT,
    }


def answer_awaited(work: Work, delivery: Delivery) -> Addressed:
    """Who waits for an answer about the opgave, as many as were told of."""
    reader, viewer, told = still_news(work, delivery, gone="answered")
    opgave_id, is_late = told.notice.opgave_id, told.notice.kind is NoticeKind.ANSWER_LATE
    waiting = [
        MailedWait(one.professional_name, one.professional_gemeente, dutch_day(one.waits_since))
        for one in conversations.all_of(work.session, viewer, opgave_id)
        if one.side is Side.OPGAVE and one.was_told(is_late=is_late)
    ]
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave_id,
        "opgave_title": told.title,
        "waiting": tuple(sorted(waiting, key=lambda one: (one.since, one.name))),
        "is_late": is_late,
    }
    return of_news(delivery, reader, facts)
