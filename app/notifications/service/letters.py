"""Writes a mail at the moment of sending, from what is true and allowed at that moment."""

from base64 import b32encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest as hmac_digest
from uuid import UUID

from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations import service as conversing
from app.core.errors import NotFound
from app.core.locks import MARKING_LOCK
from app.core.mail import Letter
from app.core.verp import answer_address, envelope_sender
from app.core.work import Work
from app.loans import service as lending
from app.notifications import queries, versions
from app.notifications.models import Delivery
from app.notifications.render import Rendered, Renderer
from app.notifications.rules import LETS_IN, DeliveryState, MailKind
from app.notifications.service import health, notices
from app.notifications.service.sending import Claim, drop, mark
from app.notifications.service.writing import WRITERS
from app.notifications.service.writing.addressed import Addressed, NothingToTell
from app.notifications.service.writing.digests import (
    ReadForDigest,
    digest_for,
    digest_from,
    read_for_digests,
)
from app.notifications.telling import told_to


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
    read = read_for_digests(work, mails.values())
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
        addressed = digest_from(work, read) if read else WRITERS[delivery.kind](work, delivery)
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
        addressed = digest_for(reader, told_to(news))
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
