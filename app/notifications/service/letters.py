"""Writes a mail at the moment of sending, from what is true and allowed at that moment."""

from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest, SignIn, User
from app.accounts.rules import SIGN_IN_LINK_LIVES, AccessState
from app.core.mail import Letter
from app.core.verp import envelope_sender
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.matching import standing
from app.notifications import queries
from app.notifications.digest import Digest, why_of
from app.notifications.models import Delivery
from app.notifications.parts import PARTS
from app.notifications.render import Rendered, Renderer
from app.notifications.rules import AT_ONCE, URGENT, DeliveryState, Family, MailKind
from app.notifications.service import health
from app.notifications.service.at_once import may_go
from app.notifications.service.sending import Claim, drop, mark


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


def write_letter(work: Work, stationery: Stationery, claimed: Claim) -> Letter | None:
    """The letter, or None when there is nothing to tell any more; then the mail has ended."""
    delivery = work.fetch(Delivery, claimed.delivery_id)
    try:
        addressed = WRITERS[delivery.kind](work, delivery)
    except NothingToTell as why:
        drop(work, claimed, DeliveryState.SUPPRESSED, str(why))
        return None
    address_hash = health.hash_of(addressed.email, stationery.secret)
    if _rests(work, claimed, addressed.email, address_hash):
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
        sender=envelope_sender(delivery.id, stationery.bounce_address, stationery.secret),
        address_hash=address_hash,
    )


def mark_letter(work: Work, claimed: Claim, letter: Letter) -> bool:
    """The last look before the dot: does the letter still say what is true, and may it go?

    The relay may have taken half a minute since it was written. What changed meanwhile (an opgave
    withdrawn, a name hidden) is held back; the next attempt writes it anew.
    """
    delivery = work.fetch(Delivery, claimed.delivery_id)
    try:
        says = _fingerprint(WRITERS[delivery.kind](work, delivery))
    except NothingToTell:
        return False
    if says != letter.fingerprint or _rests(work, claimed, letter.to, letter.address_hash):
        return False
    return mark(work, claimed)


def preview_digest(work: Work, stationery: Stationery, user_id: UUID) -> Rendered | None:
    """The digest that this person would get now, or None when there is nothing to tell."""
    since = queries.last_told(work.session, user_id)
    try:
        addressed = _news_for(work, work.fetch(User, user_id), since, work.now)
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
    if sign_in.used_at is not None or sign_in.expires_at <= work.now:
        raise NothingToTell("used or expired")
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
    reader = work.fetch(User, delivery.user_id)
    if queries.paused_until(work.session, reader.id, work.today):
        raise NothingToTell("paused")
    # A later digest may have gone first; what that one told is no news any more.
    told = (delivery.news_from, queries.last_told(work.session, reader.id))
    since = max((moment for moment in told if moment), default=None)
    return _news_for(work, reader, since, delivery.news_until or delivery.created_at)


def _news_for(work: Work, reader: User, since: datetime | None, until: datetime) -> Addressed:
    viewer = accounts.actor_of(reader)
    told = (
        part.told(queries.news(work.session, viewer, since, until, work.today, [part]))
        for part in PARTS
    )
    parts = tuple(filter(None, told))
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
