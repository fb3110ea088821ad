"""Gemeenten join, follow and combine opgaven that are the same, and take each of these back."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.together import queries, service
from app.together.models import FollowedOpgave, JoinedOpgave, Joint, JointOpgave
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, make_work

NAME = "Atelier bomen"


@pytest.fixture
def ours(session: Session) -> Opgave:
    return an_opgave(session, title="Bomen bij ons")


@pytest.fixture
def theirs(session: Session) -> Opgave:
    return an_opgave(session, title="Bomen daar")


def owner_of(session: Session, opgave: Opgave) -> User:
    return session.get_one(User, opgave.owner_id)


def by_owner(session: Session, opgave: Opgave) -> Work:
    return make_work(session, owner_of(session, opgave))


def ties(session: Session, opgave: Opgave, *, is_ours: bool = True) -> queries.Ties:
    session.flush()
    actor = accounts.actor_of(owner_of(session, opgave))
    return queries.ties_of(session, actor, opgave.id, is_ours=is_ours)


def facts(session: Session) -> list[str]:
    session.flush()
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def rows(session: Session, kind: type[object]) -> int:
    session.flush()
    return len(session.scalars(select(kind)).all())


# --- joining --------------------------------------------------------------------------------


def test_joining_shows_on_both_and_is_told_once(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    for _ in range(2):
        service.join(by_owner(session, ours), ours.id, theirs.id)

    assert [tie.opgave_id for tie in ties(session, ours).joins] == [theirs.id]
    assert [tie.opgave_id for tie in ties(session, theirs).joined_by] == [ours.id]
    assert facts(session) == ["opgave.joined"]
    assert session.get_one(JoinedOpgave, (ours.id, theirs.id)).joined_by == ours.owner_id


@pytest.mark.parametrize("ender", ["ours", "theirs"])
def test_either_ends_a_joining(session: Session, ours: Opgave, theirs: Opgave, ender: str) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    by = {"ours": ours, "theirs": theirs}[ender]

    for _ in range(2):
        service.end_joining(by_owner(session, by), ours.id, theirs.id)

    assert rows(session, JoinedOpgave) == 0
    assert facts(session) == ["opgave.joined", "joining.ended"]


def test_a_third_ends_nothing(session: Session, ours: Opgave, theirs: Opgave) -> None:
    service.join(by_owner(session, ours), ours.id, theirs.id)
    third = make_work(session, a_user(session, Role.OPGAVEHOUDER))

    with pytest.raises(NotFound):
        service.end_joining(third, ours.id, theirs.id)


def test_nobody_joins_with_what_is_not_theirs(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    with pytest.raises(NotFound):
        service.join(by_owner(session, theirs), ours.id, theirs.id)


def test_a_colleague_without_the_role_joins_nothing(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    colleague = a_user(session, gemeente_code=ours.gemeente_code)

    with pytest.raises(NotFound):
        service.join(make_work(session, colleague), ours.id, theirs.id)


def test_nobody_joins_what_they_may_not_read(session: Session, ours: Opgave) -> None:
    concept = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)

    with pytest.raises(NotFound):
        service.join(by_owner(session, ours), ours.id, concept.id)


@pytest.mark.parametrize("over", ["ours", "theirs"])
def test_what_is_over_is_joined_no_more(
    session: Session, ours: Opgave, theirs: Opgave, over: str
) -> None:
    ended = {"ours": ours, "theirs": theirs}[over]
    ended.status, ended.ended_at = OpgaveStatus.DONE, MONDAY

    with pytest.raises(Conflict):
        service.join(by_owner(session, ours), ours.id, theirs.id)


def test_an_own_gemeente_needs_no_joining(session: Session, ours: Opgave) -> None:
    another = an_opgave(session, owner=owner_of(session, ours))

    with pytest.raises(Conflict):
        service.join(by_owner(session, ours), ours.id, another.id)


def test_who_joins_with_a_concept_shows_the_gemeente_and_not_the_concept(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    ours.status, ours.published_at = OpgaveStatus.CONCEPT, None
    service.join(by_owner(session, ours), ours.id, theirs.id)

    (tie,) = ties(session, theirs).joined_by

    assert (tie.gemeente.code, tie.seen) == (ours.gemeente_code, None)


# --- following ------------------------------------------------------------------------------


def test_somebody_follows_until_they_do_not(session: Session, theirs: Opgave) -> None:
    user = a_user(session)
    work = make_work(session, user)

    for _ in range(2):
        service.follow(work, theirs.id)
    followed = [one.opgave.id for one in queries.followed(session, work.actor)]
    for _ in range(2):
        service.unfollow(work, theirs.id)

    assert followed == [theirs.id]
    assert rows(session, FollowedOpgave) == 0
    assert facts(session) == ["opgave.followed", "following.ended"]


def test_a_visitor_follows_nothing(session: Session, theirs: Opgave) -> None:
    work = Work(session=session, actor=Actor(), now=MONDAY)

    with pytest.raises(NotAllowed):
        service.follow(work, theirs.id)


def test_nobody_follows_what_they_may_not_read(session: Session) -> None:
    concept = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)

    with pytest.raises(NotFound):
        service.follow(make_work(session, a_user(session)), concept.id)


# --- combining ------------------------------------------------------------------------------


def test_combining_waits_for_the_other_to_agree(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    joint = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)
    asked = ties(session, theirs).joints
    public = ties(session, theirs, is_ours=False).joints
    service.agree(by_owner(session, theirs), joint.id, theirs.id)
    (agreed,) = ties(session, theirs, is_ours=False).joints

    assert [(one.joint.name, one.has_agreed) for one in asked] == [(NAME, False)]
    assert public == ()
    assert [tie.opgave_id for tie in agreed.others] == [ours.id]
    assert facts(session) == ["joint.asked", "joint.agreed"]


def test_the_first_time_it_needs_a_name(session: Session, ours: Opgave, theirs: Opgave) -> None:
    for name in ("", "x" * 121):
        with pytest.raises(FaultyDraft):
            service.combine(by_owner(session, ours), ours.id, theirs.id, name)


def test_a_third_comes_to_the_same(session: Session, ours: Opgave, theirs: Opgave) -> None:
    third = an_opgave(session)
    first = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)
    second = service.combine(by_owner(session, ours), ours.id, third.id, "")
    for one in (theirs, third):
        service.agree(by_owner(session, one), first.id, one.id)

    assert second is first
    assert len(ties(session, third).joints[0].others) == 2


def test_who_is_asked_by_two_agrees_to_one(session: Session, ours: Opgave, theirs: Opgave) -> None:
    third = an_opgave(session)
    first = service.combine(by_owner(session, ours), ours.id, third.id, NAME)
    second = service.combine(by_owner(session, theirs), theirs.id, third.id, "Bomen in Oost")
    service.agree(by_owner(session, third), first.id, third.id)

    with pytest.raises(Conflict, match=NAME):
        service.agree(by_owner(session, third), second.id, third.id)
    with pytest.raises(Conflict):
        service.combine(by_owner(session, theirs), theirs.id, third.id, NAME)


def test_nobody_agrees_for_another(session: Session, ours: Opgave, theirs: Opgave) -> None:
    joint = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)

    with pytest.raises(NotFound):
        service.agree(by_owner(session, ours), joint.id, theirs.id)
    with pytest.raises(NotFound):
        service.agree(by_owner(session, theirs), uuid4(), theirs.id)


def three_together(session: Session, ours: Opgave, theirs: Opgave) -> tuple[UUID, Opgave]:
    third = an_opgave(session)
    joint = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)
    service.combine(by_owner(session, ours), ours.id, third.id, "")
    for one in (theirs, third):
        service.agree(by_owner(session, one), joint.id, one.id)
    return joint.id, third


def test_each_leaves_and_with_one_left_it_is_gone(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    joint_id, third = three_together(session, ours, theirs)

    service.leave(by_owner(session, ours), joint_id, ours.id)
    left = rows(session, JointOpgave)
    service.leave(by_owner(session, third), joint_id, third.id)

    assert left == 2
    assert (rows(session, Joint), rows(session, JointOpgave)) == (0, 0)
    told = session.scalars(
        select(OutboxMessage.payload).where(OutboxMessage.name == "joint.left")
    ).all()
    assert [sorted(one["others"]) for one in told] == [
        sorted([str(theirs.id), str(third.id)]),
        [str(theirs.id)],
    ]


def test_who_was_asked_says_no(session: Session, ours: Opgave, theirs: Opgave) -> None:
    joint = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)

    service.leave(by_owner(session, theirs), joint.id, theirs.id)

    assert rows(session, Joint) == 0


def test_who_asked_takes_the_question_back_but_puts_nobody_out(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    joint_id, third = three_together(session, ours, theirs)
    fourth = an_opgave(session)
    service.combine(by_owner(session, ours), ours.id, fourth.id, "")

    service.leave(by_owner(session, ours), joint_id, fourth.id)
    with pytest.raises(NotFound):
        service.leave(by_owner(session, ours), joint_id, third.id)

    assert rows(session, JointOpgave) == 3


def test_who_asks_whom_they_were_asked_by_agrees(
    session: Session, ours: Opgave, theirs: Opgave
) -> None:
    first = service.combine(by_owner(session, ours), ours.id, theirs.id, NAME)
    second = service.combine(by_owner(session, theirs), theirs.id, ours.id, "Bomen in Oost")

    assert second is first
    assert facts(session) == ["joint.asked", "joint.agreed"]
