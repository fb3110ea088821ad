"""What two gemeenten do at the same moment comes one after the other."""

from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.work import Work
from app.together import service
from app.together.models import Joint, JointOpgave
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import an_opgave

Deed = Callable[[Work], object]


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as shared:
        yield shared


def at_once(shared: SharedDatabase, deeds: list[tuple[Actor, Deed]]) -> list[str]:
    """What became of each; anything but done or refused ends the test."""
    start, became = Barrier(len(deeds)), []

    def do(actor: Actor, deed: Deed) -> None:
        start.wait()
        try:
            with shared.work(actor) as work:
                deed(work)
            became.append("done")
        except Conflict:
            became.append("refused")

    threads = [Thread(target=do, args=each) for each in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(became)


def opgaven(shared: SharedDatabase, many: int) -> list[tuple[UUID, Actor]]:
    with shared.work() as work:
        made = [an_opgave(work.session) for _ in range(many)]
        owners = [work.session.get_one(User, one.owner_id) for one in made]
        return [(one.id, accounts.actor_of(owner)) for one, owner in zip(made, owners, strict=True)]


def test_two_who_ask_each_other_have_agreed(shared: SharedDatabase) -> None:
    (one, by_one), (other, by_other) = opgaven(shared, 2)

    became = at_once(
        shared,
        [
            (by_one, lambda work: service.combine(work, one, other, "Van de een")),
            (by_other, lambda work: service.combine(work, other, one, "Van de ander")),
        ],
    )

    assert became == ["done", "done"]
    with shared.work() as work:
        agreed = select(func.count()).where(JointOpgave.agreed_at.is_not(None))
        assert work.session.scalar(agreed) == 2
        assert work.session.scalar(select(func.count()).select_from(Joint)) == 1


def test_who_is_asked_by_many_agrees_to_one(shared: SharedDatabase) -> None:
    (mine, me), *others = opgaven(shared, 9)
    joints = []
    for other, owner in others:
        with shared.work(owner) as work:
            joints.append(service.combine(work, other, mine, "Samen").id)

    def agree_to(joint_id: UUID) -> Deed:
        return lambda work: service.agree(work, joint_id, mine)

    became = at_once(shared, [(me, agree_to(joint_id)) for joint_id in joints])

    assert became == ["done", *["refused"] * 7]
    with shared.work() as work:
        agreed = select(func.count()).where(
            JointOpgave.opgave_id == mine, JointOpgave.agreed_at.is_not(None)
        )
        assert work.session.scalar(agreed) == 1
        assert work.session.scalar(select(func.count()).select_from(Joint)) == 8


def test_many_who_join_each_other_do_not_wait_for_ever(shared: SharedDatabase) -> None:
    """Whoever locks ours before theirs waits for who does the same from the other side."""
    (one, by_one), (other, by_other) = opgaven(shared, 2)
    there: tuple[Actor, Deed] = (by_one, lambda work: service.join(work, one, other))
    back: tuple[Actor, Deed] = (by_other, lambda work: service.join(work, other, one))

    assert at_once(shared, [there, back] * 12) == ["done"] * 24
