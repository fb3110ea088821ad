"""The digest, read at once for all digests of a claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor
from app.core.work import Work
from app.notifications import queries, versions
from app.notifications.digest import Digest, Told
from app.notifications.models import Delivery, Preference
from app.notifications.rules import Frequency, MailKind
from app.notifications.service.writing.addressed import Addressed, NothingToTell
from app.notifications.telling import told_in_digests


@dataclass(frozen=True)
class ReadForDigest:
    """What a digest is written from, asked once for all digests of a claim."""

    reader: User
    preference: Preference | None
    told: tuple[Told, ...]
    # Empty when the letter must be looked at in full before it goes.
    version: str
    passed_over: tuple[UUID, ...] = ()


def digest(work: Work, delivery: Delivery) -> Addressed:
    read = read_for_digests(work, [delivery]).get(delivery.id)
    if read is None:
        raise NothingToTell("erased")
    return digest_from(work, read)


def read_for_digests(work: Work, mails: Iterable[Delivery]) -> dict[UUID, ReadForDigest]:
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


def digest_from(work: Work, read: ReadForDigest) -> Addressed:
    if queries.paused_in(read.preference, work.today):
        raise NothingToTell("paused")
    return digest_for(read.reader, read.told)


def digest_for(reader: User, parts: tuple[Told, ...]) -> Addressed:
    if not parts:
        raise NothingToTell("nothing new stands")
    facts = {"digest": Digest(reader.name, parts), "name": reader.name, "user_id": reader.id}
    return Addressed(reader.email, reader.name, facts, unsubscribe_id=reader.id)
