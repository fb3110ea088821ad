"""Who is concerned hears of joining and combining, and who follows of the end."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.notifications import queries
from app.notifications.digest import Together, TogetherNews
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from app.notifications.service import tell_followers, tell_together
from app.notifications.telling import told_to
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from app.together import service
from app.together.queries import Others
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work
from workers.reactions import REACTIONS


@pytest.fixture
def ours(session: Session) -> Opgave:
    return an_opgave(session, title="Bomen bij ons")


@pytest.fixture
def theirs(session: Session) -> Opgave:
    return an_opgave(session, title="Bomen daar")


def by_owner(session: Session, opgave: Opgave) -> Work:
    return make_work(session, session.get_one(User, opgave.owner_id))


def let_facts_be_told(session: Session) -> None:
    """What the workers do about each fact that has to do with this."""
    session.flush()
    facts: Iterable[Any] = session.query(OutboxMessage).order_by(OutboxMessage.id)
    for fact in facts:
        for reaction in REACTIONS[fact.name]:
            if reaction.name.startswith("tell_"):
                reaction.act(make_work(session), fact.payload)
    session.query(OutboxMessage).delete()


def kinds_for(session: Session, user_id: UUID) -> list[NoticeKind]:
    session.flush()
    actor = accounts.actor_of(session.get_one(User, user_id))
    return [one.notice.kind for one in queries.inbox(session, actor, TODAY)]


def test_who_is_joined_hears_it_as_long_as_it_is_so(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    let_facts_be_told(session)
    heard = kinds_for(session, theirs.owner_id)
    service.end_joining(by_owner(session, ours), ours.id, theirs.id)

    assert heard == [NoticeKind.OPGAVE_JOINED]
    assert kinds_for(session, theirs.owner_id) == []
    assert kinds_for(session, ours.owner_id) == []


def test_the_co_owner_hears_it_too(session: Session, ours: Opgave, theirs: Opgave) -> None:
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=theirs.gemeente_code)
    theirs.co_owner_id = colleague.id
    service.join(by_owner(session, ours), ours.id, theirs.id)
    let_facts_be_told(session)

    assert kinds_for(session, colleague.id) == [NoticeKind.OPGAVE_JOINED]


def test_asking_agreeing_and_leaving_are_told_to_the_others(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    joint = service.combine(by_owner(session, ours), ours.id, theirs.id, "Atelier bomen")
    let_facts_be_told(session)
    asked = kinds_for(session, theirs.owner_id)
    service.agree(by_owner(session, theirs), joint.id, theirs.id)
    let_facts_be_told(session)
    agreed = kinds_for(session, ours.owner_id)
    after = kinds_for(session, theirs.owner_id)
    service.leave(by_owner(session, theirs), joint.id, theirs.id)
    let_facts_be_told(session)

    assert asked == [NoticeKind.JOINT_ASKED]
    assert agreed == [NoticeKind.JOINT_AGREED]
    assert after == []
    assert kinds_for(session, ours.owner_id) == [NoticeKind.JOINT_LEFT]


def test_who_follows_hears_of_the_end_though_it_is_not_open(
    session: Session, theirs: Opgave
) -> None:
    user = a_user(session)
    service.follow(make_work(session, user), theirs.id)
    theirs.status, theirs.ended_at = OpgaveStatus.DONE, MONDAY
    tell_followers(make_work(session), theirs.id)
    heard = kinds_for(session, user.id)
    service.unfollow(make_work(session, user), theirs.id)

    assert heard == [NoticeKind.FOLLOWED_ENDED]
    assert kinds_for(session, user.id) == []


def test_who_follows_hears_no_end_of_what_is_no_longer_meant_for_them(
    session: Session, theirs: Opgave
) -> None:
    near = a_user(session, gemeente_code=theirs.gemeente_code)
    far = a_user(session, gemeente_code=a_gemeente(session, province="Zeeland").code)
    for follower in (near, far):
        service.follow(make_work(session, follower), theirs.id)
    theirs.audience = Audience.PROVINCE
    theirs.status, theirs.ended_at = OpgaveStatus.DONE, MONDAY
    session.flush()

    tell_followers(make_work(session), theirs.id)

    told = session.scalars(select(Notice.user_id).where(Notice.opgave_id == theirs.id)).all()
    assert told == [near.id]


def test_who_no_longer_looks_after_opgaven_hears_nothing(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    let_facts_be_told(session)
    owner = session.get_one(User, theirs.owner_id)
    for grant in owner.grants:
        grant.ended_at = MONDAY

    assert kinds_for(session, owner.id) == []


def test_what_happens_again_is_news_again(session: Session, ours: Opgave, theirs: Opgave) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    let_facts_be_told(session)
    actor = accounts.actor_of(session.get_one(User, theirs.owner_id))
    (first,) = queries.inbox(session, actor, TODAY)
    first.notice.read_at = MONDAY
    later = Work(session=session, actor=actor, now=MONDAY + timedelta(hours=1))

    tell_together(later, NoticeKind.OPGAVE_JOINED, [theirs.id])
    session.expire_all()
    (again,) = queries.inbox(session, actor, TODAY)

    assert again.is_unread
    assert again.told_at == later.now


def test_a_digest_tells_it_with_the_title(session: Session, ours: Opgave, theirs: Opgave) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    let_facts_be_told(session)
    actor = accounts.actor_of(session.get_one(User, theirs.owner_id))

    (part,) = told_to(queries.inbox(session, actor, TODAY))

    assert isinstance(part.section, Together)
    assert part.section.headline == "1 bericht over samen oppakken"
    assert part.section.first_line == "Een andere gemeente doet mee met “Bomen daar”."


def test_who_does_it_is_known_as_far_as_their_opgave_may_be_read(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    hidden = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)
    for one in (ours, hidden):
        service.join(by_owner(session, one), one.id, theirs.id)
    service.combine(by_owner(session, ours), ours.id, theirs.id, "Atelier bomen")
    let_facts_be_told(session)
    here = session.get_one(Gemeente, ours.gemeente_code).name
    actor = accounts.actor_of(session.get_one(User, theirs.owner_id))

    found = queries.inbox(session, actor, TODAY)

    assert {one.others for one in found} == {Others(joined=(here,), asked=(here,), agreed=())}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "Een andere gemeente doet mee met “Bomen”."),
        (("Ommen",), "Gemeente Ommen doet mee met “Bomen”."),
        (("Gouda", "Ommen"), "Gemeente Gouda en gemeente Ommen doen mee met “Bomen”."),
    ],
)
def test_the_sentence_names_who_does_it(names: tuple[str, ...], said: str) -> None:
    news = TogetherNews(NoticeKind.OPGAVE_JOINED, UUID(int=1), "Bomen", "Dongen", MONDAY)

    assert news.by(names) == said
