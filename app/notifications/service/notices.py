"""Telling people in the app what they should know."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import Conversation, Message, PublishedAnswer
from app.conversations.rules import Side
from app.core.actor import Role
from app.core.errors import NotFound
from app.core.locks import TELLING_LOCK
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.gemeenten.rules import now_called
from app.hours import queries as hours
from app.loans.models import Loan
from app.loans.rules import Party
from app.matching.models import Match
from app.notifications import queries
from app.notifications.models import Delivery, DigestRun, Notice
from app.notifications.rules import OF_ONE_NOTICE, DeliveryState, MailKind, NoticeKind
from app.notifications.service import at_once
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import ENDED, TAKES_ANSWERS, OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState
from app.responses import ending
from app.responses.models import Invitation, Outcome, Response
from app.responses.rules import Answer, InvitationState
from app.together import queries as together


def tell_matches(work: Work, opgave_id: UUID, profile_ids: Iterable[UUID]) -> None:
    """Tell both sides of new matches: each professional, and who looks after the opgave."""
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    profiles = list(profile_ids)
    _make_news_again(work, opgave_id, told_at)
    rows = [_notice(work, one, NoticeKind.OPGAVE_FOR_YOU, opgave_id) for one in profiles]
    _write(work, rows + _for_owners(work, [opgave], profiles), told_at)


def tell_interest(work: Work, opgave_id: UUID, profile_id: UUID) -> None:
    """Tell who looks after the opgave that a colleague shows interest: at once, if that may be.

    What was withdrawn meanwhile is not told; what was shown again is news again.
    """
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    response = work.session.get(Response, (profile_id, opgave_id))
    if response is None or response.answer is not Answer.INTERESTED:
        return
    kind = NoticeKind.INTEREST_SHOWN
    rows = [
        {**_notice(work, owner, kind, opgave_id, profile_id), "told_at": told_at}
        for owner in sorted(_owners(opgave))
    ]
    _tell_at_once(work, MailKind.INTEREST_SHOWN, rows, response.answered_at)


def tell_invited(work: Work, invitation_id: UUID) -> None:
    """Tell a professional that they are invited, as long as that waits for an answer."""
    told_at = _moment_to_tell(work)
    invitation = work.fetch(Invitation, invitation_id)
    if invitation.state is InvitationState.WAITING:
        notice = _notice(work, invitation.user_id, NoticeKind.INVITED, invitation.opgave_id)
        rows = [{**notice, "told_at": told_at}]
        _tell_at_once(work, MailKind.INVITATION, rows, invitation.invited_at)


def tell_invitation_ended(work: Work, invitation_id: UUID) -> None:
    """Tell who looks after the opgave of a no, or of no answer; of a yes they hear as interest.

    Who was invited hears that it was taken back; when the opgave ends they hear that.
    """
    invitation = work.fetch(Invitation, invitation_id)
    if invitation.state is InvitationState.TAKEN_BACK:
        _tell_taken_back(work, invitation)
    if invitation.state in {InvitationState.DECLINED, InvitationState.EXPIRED}:
        _tell_owners(work, invitation.opgave_id, NoticeKind.INVITATION_ENDED)


def _tell_taken_back(work: Work, invitation: Invitation) -> None:
    """Who was told of the invitation: by mail who was mailed it, and others in the inbox."""
    user_id, opgave_id = invitation.user_id, invitation.opgave_id
    told = queries.told_of_own(work.session, user_id, opgave_id, NoticeKind.INVITED)
    if told is None or told.told_at < invitation.invited_at:
        return
    kind = NoticeKind.INVITATION_TAKEN_BACK
    if not queries.was_mailed(work.session, user_id, opgave_id, NoticeKind.INVITED):
        _tell_as_news(work, kind, {(user_id, opgave_id)})
        return
    told_at, happened_at = _moment_to_tell(work), invitation.ended_at or work.now
    rows = [{**_notice(work, user_id, kind, opgave_id), "told_at": told_at}]
    _tell_at_once(work, MailKind.OUTCOME, rows, happened_at, undoes=NoticeKind.INVITED)


def tell_outcome(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    """Tell somebody how it ended for them; what was taken back meanwhile is not told."""
    told_at = _moment_to_tell(work)
    outcome = work.session.get(Outcome, (user_id, opgave_id), with_for_update=True)
    if outcome is not None and outcome.told_at is None:
        notice = _notice(work, user_id, NoticeKind.OUTCOME, opgave_id)
        rows = [{**notice, "told_at": told_at}]
        _tell_at_once(work, MailKind.OUTCOME, rows, outcome.said_at)
        ending.note_told(work, outcome)


def tell_given_back(work: Work, opgave_id: UUID, user_id: UUID, at: datetime) -> None:
    """Tell somebody that their interest stands again from that moment, as long as it does."""
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    response = work.session.get(Response, (user_id, opgave_id))
    is_interested = response is not None and response.answer is Answer.INTERESTED
    if is_interested and opgave.status in TAKES_ANSWERS:
        notice = _notice(work, user_id, NoticeKind.GIVEN_BACK, opgave_id)
        rows = [{**notice, "told_at": told_at}]
        _tell_at_once(work, MailKind.OUTCOME, rows, at, undoes=NoticeKind.OUTCOME)


def tell_opened_again(work: Work, opgave_id: UUID, user_id: UUID, at: datetime) -> None:
    """Tell somebody who asked something or was invited that they can react again, from then on."""
    told_at = _moment_to_tell(work)
    opgave = work.fetch(Opgave, opgave_id)
    has_answered = work.session.get(Response, (user_id, opgave_id)) is not None
    if opgave.status in TAKES_ANSWERS and not has_answered:
        notice = _notice(work, user_id, NoticeKind.OPENED_AGAIN, opgave_id)
        rows = [{**notice, "told_at": told_at}]
        _tell_at_once(work, MailKind.OUTCOME, rows, at, undoes=NoticeKind.OUTCOME)


def _tell_at_once(
    work: Work,
    kind: MailKind,
    rows: Sequence[dict[str, Any]],
    happened_at: datetime,
    *,
    undoes: NoticeKind | None = None,
) -> None:
    """Write these notices, each with a mail if that may be; what was told since stays as it is.

    Of what `undoes` another notice of its reader, the mail goes to who was mailed that one.
    """
    fresh = insert(Notice).values(rows)
    again = fresh.on_conflict_do_update(
        index_elements=[Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id],
        set_={"told_at": fresh.excluded.told_at, "read_at": None},
        where=Notice.told_at < happened_at,
    )
    told = work.session.scalars(
        again.returning(Notice).execution_options(populate_existing=True)
    ).all()
    for notice in sorted(told, key=lambda one: one.user_id):
        undoes_mail = undoes is not None and queries.was_mailed(
            work.session, notice.user_id, notice.opgave_id, undoes
        )
        at_once.plan(work, kind, notice, undoes_mail=undoes_mail)


def tell_message(work: Work, conversation_id: UUID, number: int) -> None:
    """Tell the other side of a conversation that there is a message: at once, if that may be.

    A mail that still has to go will hold this message too, and of what a mail that went held is
    told no second time. Of what came after it went, until its reader has read, the inbox and the
    next digest tell, and another mail on another day.
    """
    conversation = work.fetch(Conversation, conversation_id)
    message = work.fetch(Message, (conversation_id, number))
    opgave = work.fetch(Opgave, conversation.opgave_id)
    is_of_professional = message.side is Side.PROFESSIONAL
    readers = _owners(opgave) if is_of_professional else {conversation.user_id}
    about = conversation.user_id if is_of_professional else None
    for reader in sorted(readers):
        _tell_message(work, conversation, message, reader, about)


def _tell_message(
    work: Work, conversation: Conversation, message: Message, reader: UUID, about: UUID | None
) -> None:
    # One at a time for each reader, who gets no more than so many mails on a day.
    work.fetch_to_change(User, reader)
    first = conversations.first_unread(work.session, conversation.id, reader, message.side)
    if first is None or first > message.number:
        return
    _wait_for_the_mark(work, reader)
    if not conversing.begin_telling(work, conversation, reader, message.number):
        return
    fresh = insert(Notice).values(
        **_notice(work, reader, NoticeKind.MESSAGE_WRITTEN, conversation.opgave_id, about),
        told_at=_moment_to_tell(work),
    )
    again = fresh.on_conflict_do_update(
        index_elements=[Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id],
        set_={"told_at": fresh.excluded.told_at, "read_at": None},
        where=~_mail_waits(),
    )
    notice = work.session.scalars(
        again.returning(Notice).execution_options(populate_existing=True)
    ).one_or_none()
    if notice is not None:
        at_once.plan_message(work, notice, first)


def tell_question_published(work: Work, published_id: UUID) -> None:
    """Tell who asked, once for each opgave, as long as it stands there."""
    published = work.session.get(PublishedAnswer, published_id)
    if published is None or published.conversation_id is None:
        return
    asker = work.fetch(Conversation, published.conversation_id).user_id
    notice = _notice(work, asker, NoticeKind.QUESTION_PUBLISHED, published.opgave_id)
    _write(work, [notice], _moment_to_tell(work))


def tell_answer_due(work: Work, conversation_id: UUID) -> None:
    """Remind who looks after the opgave that a colleague waits: at once, if that may be."""
    conversation = work.fetch(Conversation, conversation_id)
    awaited = conversations.awaited_now(work.session, conversation_id)
    if awaited is not None and awaited.reminded_at is not None:
        opgave = work.fetch(Opgave, conversation.opgave_id)
        kind = NoticeKind.ANSWER_DUE
        _tell_of_waiting(work, kind, conversation, {opgave.owner_id}, awaited.reminded_at)


def tell_answer_late(work: Work, conversation_id: UUID) -> None:
    """Tell the second opgavehouder, at once if that may be; where there is none, the
    gemeentebeheerders.
    """
    conversation = work.fetch(Conversation, conversation_id)
    awaited = conversations.awaited_now(work.session, conversation_id)
    if awaited is None or awaited.late_told_at is None:
        return
    opgave = work.fetch(Opgave, conversation.opgave_id)
    others = _owners(opgave) - {opgave.owner_id} or {
        user.id
        for user in accounts.with_role(work.session, Role.GEMEENTEBEHEERDER, opgave.gemeente_code)
        if user.id != opgave.owner_id
    }
    _tell_of_waiting(work, NoticeKind.ANSWER_LATE, conversation, others, awaited.late_told_at)


def _tell_of_waiting(
    work: Work,
    kind: NoticeKind,
    conversation: Conversation,
    readers: Iterable[UUID],
    at: datetime,
) -> None:
    """Of each who waits a notice; the mail tells of all who wait for the same opgave."""
    told_at = _moment_to_tell(work)
    opgave_id, about = conversation.opgave_id, conversation.user_id
    rows = [
        {**_notice(work, reader, kind, opgave_id, about), "told_at": told_at}
        for reader in sorted(readers)
    ]
    if rows:
        _tell_at_once(work, MailKind.ANSWER_AWAITED, rows, at)


def _wait_for_the_mark(work: Work, reader: UUID) -> None:
    """Go on when no mail of messages is being marked: then it waits and will hold more, or goes.

    A statement of its own: what comes after it sees what the mark left.
    """
    waiting = select(Delivery.id).where(
        Delivery.user_id == reader,
        Delivery.kind == MailKind.MESSAGE,
        Delivery.state == DeliveryState.PENDING,
    )
    work.session.execute(waiting.order_by(Delivery.id).with_for_update())


def _mail_waits() -> ColumnElement[bool]:
    """Whether a mail about this notice still has to go."""
    return exists().where(
        Delivery.kind == MailKind.MESSAGE,
        Delivery.subject_id == Notice.id,
        Delivery.state == DeliveryState.PENDING,
        Delivery.expires_at > func.now(),
    )


def tell_review_asked(work: Work, opgave_id: UUID) -> None:
    """Tell everybody who may look at it, at once if that may be: not who wrote it or asks."""
    opgave = work.fetch(Opgave, opgave_id)
    readers = {user.id for user in opgaven.reviewers(work.session, opgave)}
    _tell_of_review(work, NoticeKind.REVIEW_ASKED, opgave_id, readers)


def tell_reviewed(work: Work, opgave_id: UUID, kind: NoticeKind) -> None:
    """Tell who looks after the opgave what came of it, at once if that may be."""
    opgave = work.fetch(Opgave, opgave_id)
    _tell_of_review(work, kind, opgave_id, _owners(opgave))


def _tell_of_review(
    work: Work, kind: NoticeKind, opgave_id: UUID, readers: Collection[UUID]
) -> None:
    for notice in _tell_as_news(work, kind, {(reader, opgave_id) for reader in readers}):
        at_once.plan(work, MailKind.REVIEW, notice)


def _tell_owners(work: Work, opgave_id: UUID, kind: NoticeKind) -> None:
    """Tell who looks after the opgave what happened to it."""
    opgave = work.fetch(Opgave, opgave_id)
    _tell_as_news(work, kind, {(owner, opgave_id) for owner in _owners(opgave)})


def tell_asker_left(work: Work, user_id: UUID) -> None:
    """Tell who looks after what this person wrote about that they are gone; it names nobody."""
    talks = select(Opgave).join(Conversation, Conversation.opgave_id == Opgave.id)
    mine = talks.where(Conversation.user_id == user_id, Conversation.messages > 0)
    found = work.session.scalars(mine.where(Opgave.status.not_in(ENDED))).all()
    readers = {(owner, one.id) for one in found for owner in _owners(one) if owner != user_id}
    _tell_as_news(work, NoticeKind.ASKER_LEFT, readers)


def tell_expired(work: Work, opgave_id: UUID) -> None:
    """Of the ways to end it is the one that nobody chose."""
    if work.fetch(Opgave, opgave_id).status is OpgaveStatus.EXPIRED:
        _tell_owners(work, opgave_id, NoticeKind.EXPIRED)


def tell_handed_over(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    """Tell who looks after it from now on; by mail too, whatever they chose."""
    for notice in _tell_as_news(work, NoticeKind.HANDED_OVER, {(user_id, opgave_id)}):
        at_once.plan_always(work, MailKind.HANDED_OVER, notice)


def tell_taken_over(work: Work, opgave_id: UUID, from_id: UUID) -> None:
    """Tell who looked after it until now, unless they handed it over themselves."""
    if opgaven.handed_over_by(work.session, opgave_id, from_id) != from_id:
        _tell_as_news(work, NoticeKind.TAKEN_OVER, {(from_id, opgave_id)})


def tell_co_owner(work: Work, opgave_id: UUID, user_id: UUID) -> None:
    _tell_as_news(work, NoticeKind.CO_OWNER_NAMED, {(user_id, opgave_id)})


def tell_together(work: Work, kind: NoticeKind, opgave_ids: Iterable[UUID]) -> None:
    """Tell who looks after these opgaven what another gemeente does with it."""
    found = work.session.scalars(select(Opgave).where(Opgave.id.in_(list(opgave_ids))))
    _tell_as_news(work, kind, {(owner, one.id) for one in found for owner in _owners(one)})


def tell_followers(work: Work, opgave_id: UUID) -> None:
    """Tell who follows an opgave that it is over; not whom it is no longer meant for."""
    followers = set(together.followers(work.session, opgave_id))
    codes = opgaven.meant_for(work.session, [opgave_id]).get(opgave_id, frozenset())
    if codes is not None:
        people = accounts.with_grants(work.session, followers).values()
        followers = {one.id for one in people if one.gemeente_code in codes}
    _tell_as_news(work, NoticeKind.FOLLOWED_ENDED, {(one, opgave_id) for one in followers})


def tell_held_up(work: Work, gemeente_code: str) -> None:
    """Tell who looks after the urenbank of this gemeente that its limit holds up a signature."""
    _tell_of_urenbank(work, NoticeKind.LIMIT_REACHED, {gemeente_code})


def tell_settled(work: Work, settling_id: UUID, year: int) -> None:
    """Tell who looks after the urenbank of each gemeente with which a year was settled."""
    settled = hours.settled_with(work.session, settling_id)
    _tell_of_urenbank(work, NoticeKind.YEAR_SETTLED, settled, year)


def _tell_of_urenbank(
    work: Work, kind: NoticeKind, codes: Collection[str], year: int | None = None
) -> None:
    """Each gemeentebeheerder, at once if that may be; of a gemeente that merged its successor's."""
    told_at, mergers = _moment_to_tell(work), gemeenten.mergers(work.session, work.today)
    rows = [
        {
            "id": work.new_id(),
            "user_id": one.id,
            "kind": kind,
            "gemeente_code": code,
            "year": year,
            "told_at": told_at,
        }
        for code in sorted({now_called(code, mergers) for code in codes})
        for one in accounts.with_role(work.session, Role.GEMEENTEBEHEERDER, code)
    ]
    if not rows:
        return
    fresh = insert(Notice).values(rows)
    again = fresh.on_conflict_do_update(
        index_elements=[Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id],
        set_={
            "gemeente_code": fresh.excluded.gemeente_code,
            "year": fresh.excluded.year,
            "told_at": told_at,
            "read_at": None,
        },
    ).returning(Notice)
    told = work.session.scalars(again.execution_options(populate_existing=True)).all()
    for notice in sorted(told, key=lambda one: one.user_id):
        at_once.plan(work, MailKind.URENBANK, notice)


def tell_loan(work: Work, loan: Loan, party: Party, user_id: UUID) -> datetime:
    """Tell this reader of news of a loan; and when."""
    about = None if party is Party.PROFESSIONAL else loan.user_id
    told_at = _moment_to_tell(work)
    _tell_as_news(work, NoticeKind.LOAN_MOVED, {(user_id, loan.opgave_id)}, about)
    return told_at


def _tell_as_news(
    work: Work,
    kind: NoticeKind,
    readers: Iterable[tuple[UUID, UUID]],
    about: UUID | None = None,
) -> Sequence[Notice]:
    """Each of these readers of this opgave; what happens a second time is news a second time."""
    told_at = _moment_to_tell(work)
    rows = [
        {**_notice(work, reader, kind, opgave_id, about), "told_at": told_at}
        for reader, opgave_id in sorted(readers)
    ]
    if not rows:
        return []
    key = [Notice.user_id, Notice.kind, Notice.opgave_id, Notice.profile_id]
    again = insert(Notice).on_conflict_do_update(
        index_elements=key, set_={"told_at": told_at, "read_at": None}
    )
    told = work.session.scalars(
        again.values(rows).returning(Notice).execution_options(populate_existing=True)
    ).all()
    return sorted(told, key=lambda one: one.user_id)


def tell_again(work: Work, deliveries: Iterable[UUID]) -> None:
    """Leave to the next digest what was to go at once and did not, of these mails.

    A digest may have passed by while such a mail was on its way; so its news is told anew.
    """
    ended = (
        Delivery.id.in_(list(deliveries)),
        Delivery.state.not_in(queries.ON_ITS_WAY_OR_THERE),
    )
    work.session.execute(
        update(Notice)
        .where(queries.is_told_by_mail(*ended))
        .values(told_at=_moment_to_tell(work))
        .execution_options(synchronize_session=False)
    )


def leave_to_next(work: Work, delivery_id: UUID, notice_ids: Collection[UUID]) -> None:
    """What a digest passes over becomes news where the next one begins."""
    ends = select(Delivery.news_until).where(Delivery.id == delivery_id).scalar_subquery()
    work.session.execute(
        update(Notice)
        .where(Notice.id.in_(notice_ids), Notice.told_at < ends)
        .values(told_at=ends)
        .execution_options(synchronize_session=False)
    )


def tell_who_is_shown(work: Work, profile_id: UUID) -> None:
    """Tell of a colleague who came out of hiding, and take back what was told of one who hid.

    A notice that nobody may see would grow old unseen, and be no news when it could be seen.
    """
    told_at = _moment_to_tell(work)
    told = select(Notice.user_id).where(
        Notice.profile_id == profile_id, Notice.kind == NoticeKind.COLLEAGUE_FOR_OPGAVE
    )
    readers = set(work.session.scalars(told))
    strangers = readers - {reader for reader, _ in _who_know_of(work, readers, [profile_id])}
    work.session.execute(
        delete(Notice).where(
            Notice.profile_id == profile_id,
            # Whose interest it is agreed to be known here, whoever sees their profile otherwise.
            Notice.kind == NoticeKind.COLLEAGUE_FOR_OPGAVE,
            Notice.user_id.in_(strangers),
        )
    )
    matched = select(Opgave).join(Match, Match.opgave_id == Opgave.id)
    fitting = work.session.scalars(matched.where(Match.profile_id == profile_id)).all()
    _write(work, _for_owners(work, fitting, [profile_id]), told_at)
    _tell_interest_that_stands(work, Response.user_id == profile_id, told_at)


def tell_interest_of(work: Work, profile_id: UUID) -> None:
    """See to what is told of this colleague's interest, after they went out of sight."""
    _tell_interest_that_stands(work, Response.user_id == profile_id, _moment_to_tell(work))


def tell_interest_in(work: Work, opgave_id: UUID) -> None:
    """See to what is told of interest in this opgave, after it was filled or opened again."""
    _tell_interest_that_stands(work, Response.opgave_id == opgave_id, _moment_to_tell(work))


def wait_for_tellers(work: Work) -> None:
    """Go on when nobody is telling, and let nobody tell until this work is done."""
    work.session.execute(select(func.pg_advisory_xact_lock(TELLING_LOCK)))


def mark_all_read(work: Work) -> None:
    work.session.execute(
        update(Notice)
        .where(Notice.user_id == work.actor.user_id, queries.is_unread())
        .values(read_at=work.now)
    )


def mark_line(work: Work, notice_id: UUID, *, is_read: bool) -> Notice:
    """Mark what stands on one line of the own inbox; its newest notice names the line."""
    notice = work.fetch(Notice, notice_id)
    if notice.user_id != work.actor.user_id:
        raise NotFound(f"notice {notice_id}")
    now_other = queries.is_unread() if is_read else Notice.read_at.is_not(None)
    work.session.execute(
        update(Notice)
        .where(queries.on_the_line_of(notice), now_other)
        .values(read_at=work.now if is_read else None)
    )
    return notice


def _tell_interest_that_stands(work: Work, whose: ColumnElement[bool], told_at: datetime) -> None:
    """Take back what nobody was told yet of interest that does not stand now; tell what does.

    A digest passes over what does not stand, and the next one begins after it: a notice that
    stayed where it was would never be told. What was told once is not told again.
    """
    shown = select(Response.user_id, Opgave.id.label("opgave_id")).join(
        Opgave, Opgave.id == Response.opgave_id
    )
    stands = (
        shown.join(Profile, Profile.user_id == Response.user_id)
        .where(whose, Response.answer == Answer.INTERESTED, opgaven.is_open(work.today))
        .where(Profile.state == ProfileState.PUBLISHED)
    )
    standing = {(user_id, opgave_id) for user_id, opgave_id in work.session.execute(stands)}
    about = tuple_(Notice.profile_id, Notice.opgave_id)
    work.session.execute(
        delete(Notice).where(
            Notice.kind == NoticeKind.INTEREST_SHOWN,
            about.in_(shown.where(whose)),
            about.not_in(standing),
            Notice.read_at.is_(None),
            ~_in_a_digest(),
            ~_went_at_once(),
        )
    )
    heads = work.session.scalars(select(Opgave).where(Opgave.id.in_({one for _, one in standing})))
    known = {opgave.id: opgave for opgave in heads}
    rows = [
        _notice(work, owner, NoticeKind.INTEREST_SHOWN, opgave_id, profile_id)
        for profile_id, opgave_id in sorted(standing)
        for owner in sorted(_owners(known[opgave_id]))
    ]
    _write(work, rows, told_at)


def _in_a_digest() -> ColumnElement[bool]:
    """Whether a digest that went, or goes just now, told of what was told then."""
    return exists().where(
        Delivery.user_id == Notice.user_id,
        Delivery.kind == MailKind.DIGEST,
        # One of which nobody knows whether it came counts no longer: its news goes once more.
        Delivery.state.in_([DeliveryState.SUBMITTING, DeliveryState.ACCEPTED]),
        Delivery.news_until > Notice.told_at,
    )


def _went_at_once() -> ColumnElement[bool]:
    """Whether a mail of its own told of it; one of an earlier telling says nothing of this one."""
    return exists().where(
        Delivery.kind.in_(OF_ONE_NOTICE),
        Delivery.subject_id == Notice.id,
        Delivery.news_from == Notice.told_at,
        Delivery.state.in_([DeliveryState.SUBMITTING, DeliveryState.ACCEPTED]),
    )


def _make_news_again(work: Work, opgave_id: UUID, told_at: datetime) -> None:
    """Tell anew of matches of this opgave that went and came back after they were told of.

    Who read a notice, or had it in a digest, has also seen it go, and wants to know that it is
    back. A match that went and came back before anybody heard of it was never away for them: its
    notice stays where it stands, and the next digest tells it once. A match that is older than
    its notice did not go; so telling twice tells once.
    """
    work.session.execute(
        update(Notice)
        .where(
            Notice.opgave_id == opgave_id,
            # Interest and messages are not of a match: they stay, whatever becomes of it.
            Notice.kind.in_((NoticeKind.OPGAVE_FOR_YOU, NoticeKind.COLLEAGUE_FOR_OPGAVE)),
            queries.is_told_of(),
            Match.found_at > Notice.told_at,
            or_(Notice.read_at.is_not(None), _in_a_digest()),
        )
        .values(told_at=told_at, read_at=None)
        .execution_options(synchronize_session=False)
    )


def _moment_to_tell(work: Work) -> datetime:
    """This work's moment, but never before a digest that was planned while it waited."""
    work.session.execute(select(func.pg_advisory_xact_lock_shared(TELLING_LOCK)))
    planned_at = work.session.scalar(select(func.max(DigestRun.planned_at)))
    return max(work.now, planned_at) if planned_at else work.now


def _write(work: Work, rows: Sequence[dict[str, Any]], told_at: datetime) -> None:
    if rows:
        told = [{**row, "told_at": told_at} for row in rows]
        work.session.execute(insert(Notice).on_conflict_do_nothing(), told)


def _for_owners(
    work: Work, opgaven: Sequence[Opgave], profile_ids: Sequence[UUID]
) -> list[dict[str, Any]]:
    """A notice for each who looks after one of these and may know of one of those."""
    owners = {(opgave.id, owner) for opgave in opgaven for owner in _owners(opgave)}
    pairs = _who_know_of(work, {owner for _, owner in owners}, profile_ids)
    return [
        _notice(work, owner, NoticeKind.COLLEAGUE_FOR_OPGAVE, opgave_id, profile_id)
        for opgave_id, owner in owners
        for knower, profile_id in pairs
        if knower == owner
    ]


def _owners(opgave: Opgave) -> set[UUID]:
    return {owner for owner in (opgave.owner_id, opgave.co_owner_id) if owner is not None}


def _who_know_of(
    work: Work, user_ids: Iterable[UUID], profile_ids: Sequence[UUID]
) -> set[tuple[UUID, UUID]]:
    users = work.session.scalars(select(User).where(User.id.in_(list(user_ids))))
    return {
        (user.id, profile_id)
        for user in users
        for profile_id in queries.knows_of(work.session, accounts.actor_of(user), profile_ids)
    }


def _notice(
    work: Work,
    user_id: UUID,
    kind: NoticeKind,
    opgave_id: UUID,
    profile_id: UUID | None = None,
) -> dict[str, Any]:
    return {
        "id": work.new_id(),
        "user_id": user_id,
        "kind": kind,
        "opgave_id": opgave_id,
        "profile_id": profile_id,
    }
