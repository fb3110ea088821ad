"""Mails about an opgave: to who looks after it from now on, and of its review."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.conversations import queries as conversations
from app.core.actor import Actor
from app.core.outbox import facts_of
from app.core.work import Work
from app.loans import queries as loans
from app.loans.rules import UNDER_WAY
from app.loans.words import how_it_stands
from app.notifications.models import Delivery
from app.notifications.rules import NoticeKind
from app.notifications.service.writing.addressed import (
    SOMEBODY,
    Addressed,
    lines,
    of_news,
    standing_news,
    still_news,
)
from app.opgaven.events import OpgaveAllowed, OpgaveHandedOver, OpgaveSentBack
from app.opgaven.models import Opgave
from app.opgaven.queries import shown_title
from app.responses import queries as responses

# What tells who looked, and what came of it.
REVIEWED = {NoticeKind.SENT_BACK: OpgaveSentBack, NoticeKind.ALLOWED: OpgaveAllowed}


@dataclass(frozen=True)
class MailedLoan:
    """Whose hours it is about, and how it stands in one sentence."""

    loan_id: UUID
    name: str
    said: str


def handed_over(work: Work, delivery: Delivery) -> Addressed:
    """From whom it came, and what goes on there: reactions, conversations and loans."""
    reader, viewer, told = standing_news(work, delivery, gone="somebody else's")
    opgave_id = told.seen.opgave.id
    facts = {
        "name": reader.name,
        "opgave_id": opgave_id,
        "opgave_title": shown_title(told.seen.opgave),
        "from_name": _from(work, opgave_id, reader.id),
        **_going_on(work, viewer, opgave_id),
    }
    return Addressed(reader.email, reader.name, facts)


def review(work: Work, delivery: Delivery) -> Addressed:
    """That it waits for the reader and who asks; or who looked, and what came of it."""
    reader, _, told = still_news(work, delivery, gone="no longer so")
    opgave, kind = told.seen.opgave, told.notice.kind
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        # A notice asks to sign in first: who did not may read no opgave that is not open.
        "notice_id": told.notice.id,
        "opgave_title": told.title,
        "kind": kind.value,
        "by_name": _by(work, opgave, kind),
        "lines": lines(opgave.sent_back_words) if kind is NoticeKind.SENT_BACK else (),
        "closes_on": opgave.closes_on,
    }
    return of_news(delivery, reader, facts)


def _by(work: Work, opgave: Opgave, kind: NoticeKind) -> str:
    by_id = opgave.submitted_by
    if kind in REVIEWED:
        looked = facts_of(work.session, (REVIEWED[kind].name,), opgave_id=opgave.id)
        by_id = looked[-1].actor_id if looked else None
    names = accounts.names_of(work.session, {by_id} if by_id else set())
    return names.get(by_id, SOMEBODY) if by_id else SOMEBODY


def _from(work: Work, opgave_id: UUID, to_id: UUID) -> str:
    name = OpgaveHandedOver.name
    told = facts_of(work.session, (name,), opgave_id=opgave_id, to_id=to_id)
    from_id = UUID(told[-1].payload["from_id"]) if told else None
    names = accounts.names_of(work.session, {from_id} if from_id else set())
    return names.get(from_id, SOMEBODY) if from_id else SOMEBODY


def _going_on(work: Work, viewer: Actor, opgave_id: UUID) -> dict[str, Any]:
    """Who shows interest and asked for no hours yet, who waits for an answer, and each loan."""
    parts = loans.parts_in(work.session, viewer, opgave_id)
    under_way = [(seen, party) for seen, party in parts if seen.loan.state in UNDER_WAY]
    lent_to = {seen.loan.user_id for seen, _ in parts}
    interested = responses.interested_in(work.session, viewer, opgave_id, work.today)
    talks = conversations.all_of(work.session, viewer, opgave_id)
    return {
        "reactions": sum(one.colleague.user_id not in lent_to for one in interested),
        "conversations": sum(one.is_waiting_for_viewer for one in talks),
        "loans": tuple(
            MailedLoan(seen.loan.id, seen.professional_name, how_it_stands(seen, party, work.today))
            for seen, party in under_way
        ),
    }
