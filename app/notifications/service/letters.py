"""Writes a mail at the moment of sending, from what is true and allowed at that moment."""

from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.rules import SIGN_IN_LINK_LIVES, AccessState
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.mail import Letter
from app.core.verp import envelope_sender
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.matching import standing
from app.notifications import queries, versions
from app.notifications.digest import Digest, Told, why_of
from app.notifications.models import Delivery, Preference
from app.notifications.render import Rendered, Renderer
from app.notifications.rules import AT_ONCE, URGENT, DeliveryState, Family, Frequency, MailKind
from app.notifications.service import health
from app.notifications.service.at_once import may_go
from app.notifications.service.sending import Claim, drop, mark
from app.notifications.telling import told_in_digests, told_to


@dataclass(frozen=True)
class Stationery:
    """What every letter is written on; `secret` makes message ids that nobody can guess.

    What cannot be delivered comes back to `bounce_address`, with the mail's own mark in it.
    """

    renderer: Renderer
    mail_domain: str
    secret: str
    bounce_address: str


@dataclass(frozen=True)
class Addressed:
    """To whom a mail goes, and what its templates need to know."""

    email: str
    name: str
    facts: dict[str, Any]
    unsubscribe_id: UUID | None = None
    # The family for which it ends mail at once; the digest, when there is none.
    ends: Family | None = None


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
    )


def mark_letter(work: Work, claimed: Claim, letter: Letter) -> bool:
    """The last look before the dot: does the letter still say what is true, and may it go?

    The relay may have taken half a minute since it was written. What changed meanwhile (an opgave
    withdrawn, a name hidden) is held back; the next attempt writes it anew. Nearly always nothing
    did, and one statement says so and marks; else what the letter says is compared.
    """
    if letter.version and versions.mark_as_written(
        work, claimed.delivery_id, claimed.owner, letter.version, letter.address_hash
    ):
        return True
    try:
        delivery = work.fetch(Delivery, claimed.delivery_id)
        says = _fingerprint(WRITERS[delivery.kind](work, delivery))
    except (NothingToTell, NotFound):
        # Who was erased meanwhile has no mail any more; the others of the claim have.
        return False
    if says != letter.fingerprint or _rests(work, claimed, letter.to, letter.address_hash):
        return False
    return mark(work, claimed)


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
    if claimed.kind in URGENT:
        return False
    reason = health.resting(work.session, address, address_hash)
    if reason is not None:
        drop(work, claimed, DeliveryState.SUPPRESSED, reason.value)
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
    return {
        mail_id: ReadForDigest(
            reader=readers[viewer.user_id],
            preference=preferences.get(viewer.user_id),
            told=told.get(mail_id, ()),
            version=read_versions[mail_id] if _wants_digests(preferences, viewer) else "",
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
    }
    return Addressed(
        reader.email, reader.name, facts, unsubscribe_id=reader.id, ends=AT_ONCE[delivery.kind]
    )


WRITERS = {
    MailKind.SIGN_IN: _sign_in,
    MailKind.ACCESS_ASKED: _access_asked,
    MailKind.ACCESS_DECIDED: _access_decided,
    MailKind.INTEREST_SHOWN: _interest_shown,
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
    )
