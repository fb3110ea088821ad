"""Writes a mail at the moment of sending, from what is true and allowed at that moment."""

from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.rules import SIGN_IN_LINK_LIVES, AccessState
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import ConversationReader, ReceivedMail
from app.conversations.rules import TEXT_LIMIT, Side
from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.errors import NotFound
from app.core.locks import MARKING_LOCK
from app.core.mail import Letter
from app.core.verp import answer_address, envelope_sender
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.loans import queries as loans
from app.loans import service as lending
from app.loans.rules import Manager, Party
from app.loans.words import (
    end_talk,
    how_it_stands_and_went,
    newest_remark,
    summary,
    what_changed,
    why,
)
from app.matching import standing
from app.matching.core.words import YOU, one_line
from app.moderation import queries as moderation
from app.moderation.rules import GROUNDS, Ruling
from app.notifications import queries, versions
from app.notifications.digest import Digest, Told, why_of
from app.notifications.models import Delivery, Preference
from app.notifications.render import Rendered, Renderer
from app.notifications.rules import (
    AT_ONCE,
    LETS_IN,
    MOST_MESSAGES_IN_MAIL,
    DeliveryState,
    Family,
    Frequency,
    MailKind,
    NoticeKind,
)
from app.notifications.service import health, notices
from app.notifications.service.at_once import may_go
from app.notifications.service.sending import Claim, drop, mark
from app.notifications.telling import told_in_digests, told_to
from app.opgaven.queries import seen_opgaven
from app.responses import invitations
from app.responses import queries as responses
from app.responses.models import Outcome
from app.responses.rules import MOST_NEXT
from app.responses.words import WHY


@dataclass(frozen=True)
class Stationery:
    """What every letter is written on; `secret` makes message ids that nobody can guess.

    What cannot be delivered comes back to `bounce_address`, with the mail's own mark in it.
    """

    renderer: Renderer
    mail_domain: str
    secret: str
    bounce_address: str
    # Where answers to mails of a conversation go, with the mark of their reader in it.
    answer_box: str


@dataclass(frozen=True)
class Addressed:
    """To whom a mail goes, and what its templates need to know."""

    email: str
    name: str
    facts: dict[str, Any]
    unsubscribe_id: UUID | None = None
    # The family for which it ends mail at once; the digest, when there is none.
    ends: Family | None = None
    # Who answers in which conversation by answering this mail.
    answers_as: UUID | None = None
    # The last message of that conversation that it holds.
    tells_to: int = 0


@dataclass(frozen=True)
class MailedMessage:
    """A message as it stands in a mail: each line apart, for none may begin one of ours."""

    writer: str
    lines: tuple[str, ...]


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


# A colleague who was erased.
SOMEBODY = "Een collega"


class NothingToTell(Exception):
    """What the mail would have said no longer holds."""


@dataclass(frozen=True)
class ReadForDigest:
    """What a digest is written from, asked once for all digests of a claim."""

    reader: User
    preference: Preference | None
    told: tuple[Told, ...]
    # Empty when the letter must be looked at in full before it goes.
    version: str
    passed_over: tuple[UUID, ...] = ()


def write_letter(work: Work, stationery: Stationery, claimed: Claim) -> Letter | None:
    """The letter, or None when there is nothing to tell any more; then the mail has ended."""
    return write_letters(work, stationery, [claimed]).get(claimed.delivery_id)


def write_letters(
    work: Work, stationery: Stationery, claims: Sequence[Claim]
) -> dict[UUID, Letter]:
    """The letters of these mails that have something to tell; the others have ended."""
    ids = [claimed.delivery_id for claimed in claims]
    found = work.session.scalars(select(Delivery).where(Delivery.id.in_(ids)))
    mails = {mail.id: mail for mail in found}
    read = _read_for_digests(work, mails.values())
    hashes = [health.hash_of(one.reader.email, stationery.secret) for one in read.values()]
    noted = health.suppressed(work.session, hashes)
    written = {
        claimed.delivery_id: _write(
            work,
            stationery,
            claimed,
            mails[claimed.delivery_id],
            read.get(claimed.delivery_id),
            noted,
        )
        for claimed in claims
        # Who was erased meanwhile has no mail any more.
        if claimed.delivery_id in mails
    }
    return {mail_id: letter for mail_id, letter in written.items() if letter is not None}


def _write(
    work: Work,
    stationery: Stationery,
    claimed: Claim,
    delivery: Delivery,
    read: ReadForDigest | None,
    noted: Collection[bytes],
) -> Letter | None:
    try:
        addressed = _digest_from(work, read) if read else WRITERS[delivery.kind](work, delivery)
    except NothingToTell as why:
        drop(work, claimed, DeliveryState.SUPPRESSED, str(why))
        return None
    address_hash = health.hash_of(addressed.email, stationery.secret)
    may_rest = read is None or address_hash in noted
    if may_rest and _rests(work, claimed, addressed.email, address_hash):
        return None
    rendered = stationery.renderer.render(delivery.kind, addressed.facts)
    # Kept, so that it stays the same under another secret and can be found in the relay's log.
    delivery.message_id = delivery.message_id or _message_id(stationery, delivery)
    return Letter(
        to=addressed.email,
        to_name=addressed.name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=delivery.message_id,
        headers=_headers(stationery, delivery, addressed),
        fingerprint=_fingerprint(addressed),
        version=read.version if read else "",
        sender=envelope_sender(delivery.id, stationery.bounce_address, stationery.secret),
        address_hash=address_hash,
        passed_over=read.passed_over if read else (),
    )


def mark_letter(work: Work, claimed: Claim, letter: Letter) -> bool:
    """The last look before the dot: does the letter still say what is true, and may it go?

    The relay may have taken half a minute since it was written. What changed meanwhile (an opgave
    withdrawn, a name hidden) is held back; the next attempt writes it anew. Nearly always nothing
    did, and one statement says so and marks; else what the letter says is compared.
    """
    _one_at_a_time(work, letter)
    is_marked = _mark_unchanged(work, claimed, letter) or _look_and_mark(work, claimed, letter)
    if is_marked and letter.passed_over:
        notices.leave_to_next(work, claimed.delivery_id, letter.passed_over)
    return is_marked


def _mark_unchanged(work: Work, claimed: Claim, letter: Letter) -> bool:
    return bool(letter.version) and versions.mark_as_written(
        work, claimed.delivery_id, claimed.owner, letter.version, letter.address_hash
    )


def _look_and_mark(work: Work, claimed: Claim, letter: Letter) -> bool:
    try:
        delivery = work.fetch(Delivery, claimed.delivery_id)
        if delivery.kind is MailKind.MESSAGE:
            # Who tells of another one waits until this mail goes or does not.
            work.fetch_to_change(Delivery, delivery.id)
        addressed = WRITERS[delivery.kind](work, delivery)
    except (NothingToTell, NotFound):
        # Who was erased meanwhile has no mail any more; the others of the claim have.
        return False
    is_same = _fingerprint(addressed) == letter.fingerprint
    if not is_same or _rests(work, claimed, letter.to, letter.address_hash):
        return False
    is_marked = mark(work, claimed)
    if is_marked and addressed.answers_as is not None:
        conversing.note_mailed(work, addressed.answers_as, addressed.tells_to)
    return is_marked


def _one_at_a_time(work: Work, letter: Letter) -> None:
    """Wait for another mail to this address that is being marked just now.

    A statement of its own: what comes after it sees what that other one left.
    """
    place = int.from_bytes(letter.address_hash[:4], signed=True)
    work.session.execute(select(func.pg_advisory_xact_lock(MARKING_LOCK, place)))


def preview_digest(work: Work, stationery: Stationery, user_id: UUID) -> Rendered | None:
    """The digest that this person would get now, or None when there is nothing to tell."""
    since = queries.last_told(work.session, user_id)
    reader = work.fetch(User, user_id)
    news = queries.news(work.session, accounts.actor_of(reader), since, work.now, work.today)
    try:
        addressed = _addressed(reader, told_to(news))
    except NothingToTell:
        return None
    return stationery.renderer.render(MailKind.DIGEST, addressed.facts)


def _rests(work: Work, claimed: Claim, address: str, address_hash: bytes) -> bool:
    """Whether mail to this address came back; then what nobody waits for has ended."""
    if claimed.kind in LETS_IN:
        return False
    reason = health.resting(work.session, address, address_hash)
    if reason is not None:
        drop(work, claimed, DeliveryState.SUPPRESSED, reason.value)
        if claimed.kind is MailKind.LOAN:
            loan_id = work.fetch(Delivery, claimed.delivery_id).subject_id
            lending.note_unreached(work, loan_id, address)
    return reason is not None


def _sign_in(work: Work, delivery: Delivery) -> Addressed:
    sign_in = work.fetch(SignIn, delivery.subject_id)
    # That it has not expired is known since the claim: the mail ends when its link does.
    if sign_in.used_at is not None:
        raise NothingToTell("used")
    user = accounts.by_email(work.session, sign_in.email)
    minutes = int(SIGN_IN_LINK_LIVES.total_seconds() // 60)
    facts = {
        "sign_in_id": sign_in.id,
        "name": user.name if user else "",
        "minutes": minutes,
        "is_new": user is None,
    }
    return Addressed(sign_in.email, user.name if user else "", facts)


def _access_asked(work: Work, delivery: Delivery) -> Addressed:
    request = work.fetch(AccessRequest, delivery.subject_id)
    reader = work.fetch(User, delivery.user_id)
    if request.state is not AccessState.WAITING:
        raise NothingToTell("decided")
    facts = {"name": reader.name, **_of_request(work, request)}
    return Addressed(reader.email, reader.name, facts)


def _access_decided(work: Work, delivery: Delivery) -> Addressed:
    request = work.fetch(AccessRequest, delivery.subject_id)
    if request.state is AccessState.WAITING:
        raise NothingToTell("not decided")
    granted = request.state is AccessState.GRANTED
    facts = {"name": request.name, "granted": granted, **_of_request(work, request)}
    return Addressed(request.email, request.name, facts)


def _digest(work: Work, delivery: Delivery) -> Addressed:
    read = _read_for_digests(work, [delivery]).get(delivery.id)
    if read is None:
        raise NothingToTell("erased")
    return _digest_from(work, read)


def _read_for_digests(work: Work, mails: Iterable[Delivery]) -> dict[UUID, ReadForDigest]:
    digests = {mail.id: mail for mail in mails if mail.kind is MailKind.DIGEST}
    if not digests:
        return {}
    # Asked first: what changes while the rest is read is then seen at the mark.
    read_versions = versions.versions_of(work, digests)
    session, user_ids = work.session, [mail.user_id for mail in digests.values() if mail.user_id]
    readers = accounts.with_grants(session, user_ids)
    preferences = queries.preferences_of(session, user_ids)
    viewers = {
        mail.id: accounts.actor_of(readers[mail.user_id])
        for mail in digests.values()
        if mail.user_id in readers
    }
    told = told_in_digests(session, viewers, work.today)
    # Also of who looks after no opgave today: the role may come back.
    passed = queries.passed_over_by_digests(session, viewers, work.today)
    return {
        mail_id: ReadForDigest(
            reader=readers[viewer.user_id],
            preference=preferences.get(viewer.user_id),
            told=told.get(mail_id, ()),
            version=read_versions[mail_id] if _wants_digests(preferences, viewer) else "",
            passed_over=tuple(passed.get(mail_id, ())),
        )
        for mail_id, viewer in viewers.items()
        if viewer.user_id is not None
    }


def _wants_digests(preferences: Mapping[UUID, Preference], reader: Actor) -> bool:
    row = preferences.get(reader.user_id) if reader.user_id else None
    return queries.chosen_in(row)[0] is not Frequency.NEVER


def _digest_from(work: Work, read: ReadForDigest) -> Addressed:
    if queries.paused_in(read.preference, work.today):
        raise NothingToTell("paused")
    return _addressed(read.reader, read.told)


def _addressed(reader: User, parts: tuple[Told, ...]) -> Addressed:
    if not parts:
        raise NothingToTell("nothing new stands")
    facts = {"digest": Digest(reader.name, parts), "name": reader.name, "user_id": reader.id}
    return Addressed(reader.email, reader.name, facts, unsubscribe_id=reader.id)


def _interest_shown(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None or told.colleague is None:
        raise NothingToTell("no longer interested")
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
    opgave, colleague = told.seen.opgave, told.colleague
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
        "lines": _lines(conversations.words_with_interest(work.session, conversation)),
    }
    return Addressed(
        reader.email,
        reader.name,
        facts,
        unsubscribe_id=reader.id,
        ends=AT_ONCE[delivery.kind],
        answers_as=conversing.reader_id(work, conversation, reader.id),
    )


def _invitation(work: Work, delivery: Delivery) -> Addressed:
    """What the opgave asks, why it fits the reader, and the words of who invites."""
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None:
        raise NothingToTell("no longer waits")
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
    opgave = told.seen.opgave
    invitation = invitations.waiting(work.session, opgave.id, reader.id)
    if invitation is None or opgave.id not in seen_opgaven(work.session, viewer, [opgave.id]):
        raise NothingToTell("no longer waits")
    fit = standing.match_of_person(work.session, reader.id, opgave.id, work.today)
    names = accounts.names_of(work.session, {invitation.by_id} if invitation.by_id else set())
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave.id,
        "opgave_title": opgave.title,
        "gemeente_name": told.seen.gemeente.name,
        "inviter_name": names.get(invitation.by_id, SOMEBODY) if invitation.by_id else SOMEBODY,
        "lines": _lines(invitation.shown_words),
        "asked": tuple(skill.label for skill in opgave.skills if skill.must),
        "why": one_line(fit, YOU) if fit else "",
        "answer_by": invitation.answer_by,
    }
    return Addressed(
        reader.email, reader.name, facts, unsubscribe_id=reader.id, ends=AT_ONCE[delivery.kind]
    )


def _outcome(work: Work, delivery: Delivery) -> Addressed:
    """Why it came to nothing, and what fits the reader best now; or that it is open again."""
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None:
        raise NothingToTell("taken back")
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
    opgave = told.seen.opgave
    outcome = responses.outcomes_of(work.session, viewer, [opgave.id]).get(opgave.id)
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "opgave_id": opgave.id,
        "opgave_title": told.title,
        "gemeente_name": told.seen.gemeente.name,
        # Their interest stands again.
        "is_open": outcome is None,
        "closes_on": opgave.closes_on,
        **(_why(work, viewer, outcome) if outcome else {}),
    }
    return Addressed(
        reader.email, reader.name, facts, unsubscribe_id=reader.id, ends=AT_ONCE[delivery.kind]
    )


def _why(work: Work, viewer: Actor, outcome: Outcome) -> dict[str, Any]:
    found = queries.next_matches(work.session, viewer, work.today)
    return {
        "why": WHY[outcome.reason],
        "lines": _lines(outcome.words),
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


def _answer_awaited(work: Work, delivery: Delivery) -> Addressed:
    """Who waits for an answer about the opgave, as many as were told of."""
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None:
        raise NothingToTell("answered")
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
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
    return Addressed(
        reader.email, reader.name, facts, unsubscribe_id=reader.id, ends=AT_ONCE[delivery.kind]
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("\n")))


def _message(work: Work, delivery: Delivery) -> Addressed:
    """What the reader has not read of a conversation, as long as there is something."""
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None:
        raise NothingToTell("read")
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
    opgave_id, user_id = told.notice.opgave_id, told.notice.profile_id or reader.id
    conversation = conversing.begin(work, opgave_id, user_id)
    seen = conversations.of_viewer(work.session, viewer, conversation.id)
    after = conversations.read_to(work.session, conversation.id, reader.id)
    unread = [
        one
        for one in conversations.messages(work.session, conversation.id, after)
        if one.side is not seen.side
    ]
    shown = unread[-MOST_MESSAGES_IN_MAIL:]
    asking = conversations.asking_number(work.session, conversation) if seen.is_question else None
    facts = {
        "name": reader.name,
        "user_id": reader.id,
        "conversation_id": conversation.id,
        "opgave_title": seen.title,
        "sender_name": shown[-1].writer_name or SOMEBODY,
        "sender_gemeente": seen.professional_gemeente
        if seen.side is Side.OPGAVE
        else seen.opgave_gemeente,
        "messages": tuple(
            MailedMessage(one.writer_name or SOMEBODY, _lines(one.text)) for one in shown
        ),
        "earlier": len(unread) - len(shown),
        # The question itself is among what they have not read.
        "asks": seen.side is Side.OPGAVE and asking in {one.number for one in unread},
    }
    return Addressed(
        reader.email,
        reader.name,
        facts,
        unsubscribe_id=reader.id,
        ends=AT_ONCE[delivery.kind],
        answers_as=conversing.reader_id(work, conversation, reader.id),
        tells_to=shown[-1].number,
    )


def _answer_returned(work: Work, delivery: Delivery) -> Addressed:
    received = work.fetch(ReceivedMail, delivery.subject_id)
    reader = work.fetch(User, delivery.user_id)
    in_it = work.fetch(ConversationReader, received.reader_id)
    try:
        seen = conversations.of_viewer(
            work.session, accounts.actor_of(reader), in_it.conversation_id
        )
    except NotFound:
        raise NothingToTell("no longer in it") from None
    facts = {
        "name": reader.name,
        "conversation_id": in_it.conversation_id,
        "opgave_title": seen.title,
        "length": received.length,
        "limit": TEXT_LIMIT,
    }
    return Addressed(reader.email, reader.name, facts)


def _report_made(work: Work, delivery: Delivery) -> Addressed:
    reader = work.fetch(User, delivery.user_id)
    case = moderation.case_of(work.session, delivery.subject_id)
    if case.first.decided_at is not None:
        raise NothingToTell("decided")
    viewer = accounts.actor_of(reader)
    facts = {
        "name": reader.name,
        "report_id": case.first.id,
        "title": moderation.titles(work.session, viewer, [case.first])[case.first.id],
        "ground": GROUNDS[case.first.ground],
    }
    return Addressed(reader.email, reader.name, facts)


def _report_decided(work: Work, delivery: Delivery) -> Addressed:
    """For who reported it, and for who wrote it: that it is gone, and that it is back.

    Nobody reads who reported. Who was not told that it is gone need not know that it is back.
    """
    reader = work.fetch(User, delivery.user_id)
    report = moderation.case_of(work.session, delivery.subject_id).first
    if report.ruling is None:
        raise NothingToTell("not decided")
    viewer = accounts.actor_of(reader)
    about = moderation.reported(work.session, report, work.today)
    is_down, is_writer = report.ruling is Ruling.TAKEN_DOWN, reader.id in about.writer_ids
    is_back = is_writer and queries.was_told(work.session, delivery)
    if is_writer and about.is_down is is_back:
        raise NothingToTell("gone again" if is_back else "put back")
    facts = {
        "name": reader.name,
        "title": moderation.titles(work.session, viewer, [report])[report.id],
        "is_down": is_down,
        "is_writer": is_writer,
        "is_back": is_back,
        "is_profile": report.profile_id is not None,
        "lines": () if is_back else _lines(report.answer),
    }
    return Addressed(reader.email, reader.name, facts)


def _loan(work: Work, delivery: Delivery) -> Addressed:
    """What a party must know of a loan: how it stands now, and what they can do about it."""
    seen = loans.of_any(work.session, delivery.subject_id)
    manager = Manager(seen.loan.manager_email)
    reader = work.fetch(User, delivery.user_id) if delivery.user_id else None
    party = (
        loans.party_of(seen.loan, accounts.actor_of(reader), reader.email)
        if reader
        else Party.LENDER
    )
    if party is None:
        raise NothingToTell("no party any more")
    email = reader.email if reader else manager.email
    name = reader.name if reader else seen.loan.manager_name
    facts = {
        "name": name,
        "loan_id": seen.loan.id,
        "opgave_title": seen.opgave_title,
        "professional_name": seen.professional_name,
        "lender_name": seen.lender_name,
        "borrower_name": seen.borrower_name,
        "summary": summary(seen),
        "changed": what_changed(seen, party),
        "said": how_it_stands_and_went(seen, party),
        "why": why(seen),
        "end_talk": end_talk(seen, work.today),
        "remark": newest_remark(seen),
        "must_sign": party in seen.waits_for,
        # A manager needs no account, and so no sign-in: they come in by this address.
        "email": email if party is Party.LENDER else "",
    }
    return Addressed(email, name, facts)


WRITERS = {
    MailKind.LOAN: _loan,
    MailKind.SIGN_IN: _sign_in,
    MailKind.ACCESS_ASKED: _access_asked,
    MailKind.ACCESS_DECIDED: _access_decided,
    MailKind.INTEREST_SHOWN: _interest_shown,
    MailKind.MESSAGE: _message,
    MailKind.INVITATION: _invitation,
    MailKind.OUTCOME: _outcome,
    MailKind.ANSWER_AWAITED: _answer_awaited,
    MailKind.ANSWER_RETURNED: _answer_returned,
    MailKind.REPORT_MADE: _report_made,
    MailKind.REPORT_DECIDED: _report_decided,
    MailKind.DIGEST: _digest,
}


def _of_request(work: Work, request: AccessRequest) -> dict[str, Any]:
    gemeente = gemeenten.by_code(work.session, request.gemeente_code)
    return {
        "asker_name": request.name,
        "asker_email": request.email,
        "gemeente_name": gemeente.name,
    }


def _fingerprint(addressed: Addressed) -> str:
    """The same as long as address and facts are the same."""
    return sha256(repr((addressed.email, addressed.name, addressed.facts)).encode()).hexdigest()


def _message_id(stationery: Stationery, delivery: Delivery) -> str:
    """One for this mail, and not to be guessed."""
    key, text = stationery.secret.encode(), delivery.dedupe_key.encode()
    word = b32encode(hmac_digest(key, text, sha256)[:20]).decode().lower()
    return f"<{delivery.kind.value}.{word}@{stationery.mail_domain}>"


def _headers(
    stationery: Stationery, delivery: Delivery, addressed: Addressed
) -> tuple[tuple[str, str], ...]:
    if addressed.unsubscribe_id is None:
        return ()
    link = stationery.renderer.links.unsubscribe(addressed.unsubscribe_id, addressed.ends)
    return (
        ("Precedence", "bulk"),
        ("List-Id", f"<{delivery.kind.value}.{stationery.mail_domain}>"),
        ("List-Unsubscribe", f"<{link}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        *_answer_header(stationery, addressed),
    )


def _answer_header(stationery: Stationery, addressed: Addressed) -> tuple[tuple[str, str], ...]:
    if addressed.answers_as is None:
        return ()
    address = answer_address(addressed.answers_as, stationery.answer_box, stationery.secret)
    return (("Reply-To", address),)
