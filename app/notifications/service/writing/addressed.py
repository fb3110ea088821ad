"""What a mail is written from: to whom it goes, and what its templates need to know."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor
from app.core.work import Work
from app.notifications import queries
from app.notifications.models import Delivery
from app.notifications.parts import SeenNotice
from app.notifications.rules import AT_ONCE, Family
from app.notifications.service.at_once import may_go

# A colleague who was erased.
SOMEBODY = "Een collega"


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


class NothingToTell(Exception):
    """What the mail would have said no longer holds."""


def still_news(work: Work, delivery: Delivery, *, gone: str) -> tuple[User, Actor, SeenNotice]:
    """What `standing_news` finds, as long as its reader wants such a mail."""
    reader = work.fetch(User, delivery.user_id)
    if not may_go(work, delivery.kind, reader.id):
        raise NothingToTell("another road")
    return standing_news(work, delivery, gone=gone)


def standing_news(work: Work, delivery: Delivery, *, gone: str) -> tuple[User, Actor, SeenNotice]:
    """The reader, twice, and the notice that the mail tells; `NothingToTell` when that is no news.

    `gone` says why when the notice no longer holds.
    """
    reader = work.fetch(User, delivery.user_id)
    viewer = accounts.actor_of(reader)
    told = queries.standing_notice(work.session, viewer, delivery.subject_id, work.today)
    if told is None:
        raise NothingToTell(gone)
    if told.notice.told_at != delivery.news_from:
        raise NothingToTell("told in a digest")
    return reader, viewer, told


def of_news(
    delivery: Delivery,
    reader: User,
    facts: dict[str, Any],
    answers_as: UUID | None = None,
    tells_to: int = 0,
) -> Addressed:
    """News that its reader can end; `answers_as` when it is answered by mail."""
    return Addressed(
        reader.email,
        reader.name,
        facts,
        unsubscribe_id=reader.id,
        ends=AT_ONCE[delivery.kind],
        answers_as=answers_as,
        tells_to=tells_to,
    )


def lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("\n")))
