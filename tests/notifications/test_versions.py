"""What a digest tells of changes its version, so that the mark before the dot sees it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Executable, delete, update
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.conversations.models import Conversation
from app.core.actor import Role
from app.core.clock import utc_now
from app.gemeenten.models import Gemeente
from app.matching.models import Match
from app.notifications import service, versions
from app.notifications.models import (
    ChannelChoice,
    Delivery,
    LeftOutSkill,
    LeftOutTheme,
    Notice,
    Preference,
)
from app.notifications.rules import Channel, DeliveryState, Family, Frequency, MailKind
from app.opgaven.models import Opgave
from app.people.models import Profile
from app.people.rules import Visibility
from app.responses.models import Response
from app.responses.rules import Answer
from app.vocabulary.rules import Theme
from tests.notifications.builders import Told, a_delivery, a_told_match
from tests.support.builders import a_grant, a_user
from tests.support.work import make_work

Change = Callable[[Told], Any]


def of_professional(told: Told) -> ColumnElement[bool]:
    return User.id == told.professional.id


def an_answer(told: Told) -> Response:
    return Response(
        user_id=told.professional.id,
        opgave_id=told.opgave.id,
        answer=Answer.LATER,
        answered_at=utc_now(),
        again_on=utc_now().date(),
    )


def a_later_digest(told: Told) -> Delivery:
    return a_mail(told, kind=MailKind.DIGEST, state=DeliveryState.ACCEPTED)


def a_mail(told: Told, *, kind: MailKind, state: DeliveryState) -> Delivery:
    return Delivery(
        kind=kind,
        dedupe_key="later",
        user_id=told.professional.id,
        subject_id=told.professional.id,
        state=state,
        created_at=utc_now(),
        next_attempt_at=utc_now(),
        expires_at=utc_now(),
        news_until=utc_now(),
    )


def chosen(told: Told, row: type[Any], **values: Any) -> Any:
    return row(user_id=told.professional.id, **values)


OF_READER: dict[str, Change] = {
    "address": lambda t: update(User).where(of_professional(t)).values(email="a@b.example"),
    "name": lambda t: update(User).where(of_professional(t)).values(name="Jo"),
    "role": lambda t: delete(RoleGrant).where(RoleGrant.user_id == t.professional.id),
    "how often": lambda t: chosen(t, Preference, frequency=Frequency.NEVER),
    "road": lambda t: chosen(t, ChannelChoice, family=Family.MATCHES, channel=Channel.INBOX),
    "theme": lambda t: chosen(t, LeftOutTheme, theme=next(iter(Theme))),
    "skill": lambda t: chosen(t, LeftOutSkill, label_normal="vak", label="vak"),
    "answer": an_answer,
    "notice": lambda t: delete(Notice).where(Notice.user_id == t.professional.id),
    "opgave": lambda t: update(Opgave).where(Opgave.id == t.opgave.id).values(title="Anders"),
    "gemeente": lambda t: update(Gemeente).values(name="Elders"),  # noqa: ARG005
    "score": lambda t: update(Match).where(Match.opgave_id == t.opgave.id).values(value=99),
    "no match": lambda t: delete(Match).where(Match.opgave_id == t.opgave.id),
    "later digest": a_later_digest,
    "conversation": lambda t: Conversation(
        opgave_id=t.opgave.id,
        user_id=t.professional.id,
        begun_at=utc_now(),
        last_at=utc_now(),
    ),
    "mail at once": lambda t: a_mail(t, kind=MailKind.INTEREST_SHOWN, state=DeliveryState.PENDING),
}
OF_COLLEAGUE: dict[str, Change] = {
    "hidden": lambda t: update(Profile).values(visibility=Visibility.HIDDEN),  # noqa: ARG005
    "name": lambda t: update(User).where(of_professional(t)).values(name="Jo"),
    "erased": lambda t: delete(User).where(of_professional(t)),
    "gemeente": lambda t: update(Gemeente).values(name="Elders"),  # noqa: ARG005
    "answer": an_answer,
}


def make(session: Session, change: Any) -> None:
    if isinstance(change, Executable):
        session.execute(change)
    else:
        session.add(change)


def version(session: Session, delivery: Delivery) -> str:
    session.flush()
    return versions.versions_of(make_work(session), [delivery.id])[delivery.id]


def a_digest(session: Session, *, of_owner: bool) -> tuple[Told, Delivery]:
    now = make_work(session).now
    told = a_told_match(session, told_at=now - timedelta(minutes=1))
    reader = told.owner if of_owner else told.professional
    if not of_owner:
        session.add(
            a_grant(Role.OPGAVEHOUDER, user_id=reader.id, gemeente_code=reader.gemeente_code)
        )
    return told, a_delivery(session, reader, news_until=now)


@pytest.mark.parametrize("change", OF_READER.values(), ids=OF_READER)
def test_what_a_digest_is_made_of_changes_its_version(session: Session, change: Change) -> None:
    told, delivery = a_digest(session, of_owner=False)
    before = version(session, delivery)

    make(session, change(told))

    assert version(session, delivery) != before


@pytest.mark.parametrize("change", OF_COLLEAGUE.values(), ids=OF_COLLEAGUE)
def test_what_changes_of_a_colleague_changes_the_version(session: Session, change: Change) -> None:
    told, delivery = a_digest(session, of_owner=True)
    before = version(session, delivery)

    make(session, change(told))

    assert version(session, delivery) != before


def test_without_a_change_the_version_stays(session: Session) -> None:
    _, delivery = a_digest(session, of_owner=False)
    before = version(session, delivery)
    a_user(session)
    service.claim(make_work(session), 20)

    assert version(session, delivery) == before
