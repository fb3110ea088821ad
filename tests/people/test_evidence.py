"""What a gemeente confirmed stands on a profile when its owner put it there, until they do not."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.outbox import OutboxMessage
from app.people import queries, service
from app.people.models import Evidence
from app.people.rules import Confirmed, Visibility
from tests.support.builders import a_gemeente, a_profile, a_user
from tests.support.work import TODAY, make_work

CONFIRMED = Confirmed(uuid4(), "Inkoop", "Urk", "Een veilig plein", date(2027, 3, 31))


@pytest.fixture
def owner(session: Session) -> User:
    made = a_user(session)
    a_profile(session, "inkoop", user=made, visibility=Visibility.GEMEENTE)
    return made


def kept(session: Session, owner: User) -> Evidence:
    service.keep_evidence(make_work(session, owner), CONFIRMED)
    session.flush()
    session.expire_all()
    return session.scalars(select(Evidence)).one()


def seen(session: Session, viewer: Actor, owner: User) -> list[tuple[str, str, date]]:
    session.expire_all()
    found = queries.seen_profile(session, viewer, owner.id, TODAY).confirmed
    return [(one.label, one.gemeente_name, one.month) for one in found]


def test_it_is_read_where_own_words_are(session: Session, owner: User) -> None:
    kept(session, owner)
    at_home = Actor(uuid4(), owner.gemeente_code)
    elsewhere = Actor(uuid4(), a_gemeente(session).code)
    line = [("Inkoop", "Urk", date(2027, 3, 1))]

    assert seen(session, actor_of(owner), owner) == line
    assert seen(session, at_home, owner) == line
    # The card without a name tells no place.
    assert seen(session, elsewhere, owner) == []


def test_what_is_hidden_its_owner_alone_reads(session: Session, owner: User) -> None:
    evidence = kept(session, owner)
    colleague = Actor(uuid4(), owner.gemeente_code)

    service.hide_evidence(make_work(session, owner), evidence.id, is_hidden=True)
    session.flush()
    assert seen(session, colleague, owner) == []
    assert len(seen(session, actor_of(owner), owner)) == 1
    previews = queries.previews(session, actor_of(owner), TODAY)
    assert previews.at_home is not None
    assert previews.at_home.confirmed == ()

    service.hide_evidence(make_work(session, owner), evidence.id, is_hidden=False)
    session.flush()
    assert len(seen(session, colleague, owner)) == 1


def test_it_is_kept_once_and_can_be_removed(session: Session, owner: User) -> None:
    evidence = kept(session, owner)
    service.keep_evidence(make_work(session, owner), CONFIRMED)
    assert len(seen(session, actor_of(owner), owner)) == 1

    service.remove_evidence(make_work(session, owner), evidence.id)
    session.flush()

    assert seen(session, actor_of(owner), owner) == []
    told = session.scalars(select(OutboxMessage.name)).all()
    assert [name for name in told if name.startswith("evidence.")] == [
        "evidence.kept",
        "evidence.removed",
    ]


def test_it_is_its_owners_alone(session: Session, owner: User) -> None:
    evidence = kept(session, owner)
    other = a_user(session)
    a_profile(session, "inkoop", user=other)
    work = make_work(session, other)

    with pytest.raises(NotFound):
        service.hide_evidence(work, evidence.id, is_hidden=True)
    with pytest.raises(NotFound):
        service.remove_evidence(work, evidence.id)


def test_without_a_profile_there_is_no_place_for_it(session: Session) -> None:
    with pytest.raises(Conflict):
        service.keep_evidence(make_work(session, a_user(session)), CONFIRMED)
