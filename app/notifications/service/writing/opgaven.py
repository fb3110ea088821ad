"""Mails about an opgave: to who looks after it from now on, and of its review."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import User
from app.accounts.rules import ProposalState
from app.conversations import queries as conversations
from app.core.actor import Actor
from app.core.outbox import facts_of
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.loans import queries as loans
from app.loans.rules import UNDER_WAY
from app.loans.words import how_it_stands
from app.notifications.models import Delivery
from app.notifications.rules import NoticeKind
from app.notifications.service.writing.addressed import (
    SOMEBODY,
    Addressed,
    NothingToTell,
    lines,
    of_news,
    standing_news,
    still_news,
)
from app.opgaven import absence
from app.opgaven.events import OpgaveAllowed, OpgaveHandedOver, OpgaveSentBack
from app.opgaven.models import Opgave, Takeover
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
        **_by_whom(work, opgave_id, reader.id),
        **_going_on(work, viewer, opgave_id),
    }
    return Addressed(reader.email, reader.name, facts)


def takeover(work: Work, delivery: Delivery) -> Addressed:
    """To who can confirm it; and once it is decided or lapsed, to who proposed it."""
    takeover = work.fetch(Takeover, delivery.subject_id)
    opgave, reader = work.fetch(Opgave, takeover.opgave_id), work.fetch(User, delivery.user_id)
    if reader.id not in _readers(work, takeover, opgave):
        raise NothingToTell("decided, lapsed or no longer about it")
    known = {takeover.to_id, takeover.proposed_by} - {None}
    names = accounts.names_of(work.session, {one for one in known if one})
    facts = {
        "name": reader.name,
        "opgave_title": shown_title(opgave),
        "gemeente_name": gemeenten.by_code(work.session, opgave.gemeente_code).name,
        "to_name": names.get(takeover.to_id, SOMEBODY),
        "proposer_name": names.get(takeover.proposed_by, SOMEBODY)
        if takeover.proposed_by
        else SOMEBODY,
        "lapses_on": takeover.lapses_on,
        "state": takeover.state.value,
    }
    return Addressed(reader.email, reader.name, facts)


def _readers(work: Work, takeover: Takeover, opgave: Opgave) -> set[UUID]:
    """Whom it is news to as it stands now."""
    if takeover.state is not ProposalState.WAITING:
        return {one for one in (takeover.proposed_by,) if one and one != takeover.decided_by}
    if takeover.lapses_on < work.today:
        return set()
    return {one.id for one in absence.deciders(work.session, takeover, opgave)}


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


def _by_whom(work: Work, opgave_id: UUID, to_id: UUID) -> dict[str, Any]:
    """Whose it was, and who handed it over: they, a colleague in their place, or the reader."""
    name = OpgaveHandedOver.name
    told = facts_of(work.session, (name,), opgave_id=opgave_id, to_id=to_id)
    from_id = UUID(told[-1].payload["from_id"]) if told else None
    by_id = told[-1].actor_id if told else None
    names = accounts.names_of(work.session, {one for one in (from_id, by_id) if one})
    return {
        "from_name": names.get(from_id, SOMEBODY) if from_id else SOMEBODY,
        "by_name": names.get(by_id, SOMEBODY) if by_id else SOMEBODY,
        "is_own_deed": by_id == to_id,
        "is_taken_over": from_id != by_id,
    }


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
