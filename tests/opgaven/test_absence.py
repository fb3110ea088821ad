"""Who is there for an opgave, and who can say that another takes it over."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.opgaven import absence
from app.opgaven.models import Opgave
from app.opgaven.rules import ABSENT_AFTER, OpgaveStatus
from tests.support.builders import a_gemeente, a_grant, a_network, a_user, an_opgave
from tests.support.work import MONDAY, TODAY

LONG_AGO = ABSENT_AFTER + timedelta(days=1)


def away(session: Session, **changed: Any) -> User:
    return a_user(session, Role.OPGAVEHOUDER, signed_in_at=MONDAY - LONG_AGO, **changed)


def is_left(session: Session, owner: User, **changed: Any) -> bool:
    return absence.is_left(session, an_opgave(session, owner=owner, **changed).id)


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, False),
        ({"signed_in_at": MONDAY - ABSENT_AFTER + timedelta(days=1)}, False),
        ({"signed_in_at": MONDAY - LONG_AGO}, True),
        ({"shut_out_at": MONDAY}, True),
        ({"email": "wie@leads-nowhere.invalid"}, True),
    ],
)
def test_who_is_away_or_kept_out_is_not_there(
    session: Session, changed: dict[str, Any], left: bool
) -> None:
    assert is_left(session, a_user(session, Role.OPGAVEHOUDER, **changed)) is left


def test_who_lost_the_role_or_moved_is_not_there(session: Session) -> None:
    over = a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=TODAY - timedelta(days=400))])
    moved = a_user(session, Role.OPGAVEHOUDER)
    there = an_opgave(session, owner=moved)
    moved.gemeente_code = moved.grants[0].gemeente_code = a_gemeente(session).code
    session.flush()

    assert [is_left(session, over), absence.is_left(session, there.id)] == [True, True]


def test_a_second_opgavehouder_is_there(session: Session) -> None:
    owner = away(session)
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)

    assert is_left(session, owner, co_owner_id=second.id) is False


def test_what_is_over_needs_nobody(session: Session) -> None:
    assert is_left(session, away(session), status=OpgaveStatus.DONE) is False


def test_a_coordinator_finds_what_came_out_in_the_network(session: Session) -> None:
    owner, elsewhere = away(session), away(session)
    opened = an_opgave(session, owner=owner)
    concept = an_opgave(session, owner=owner, status=OpgaveStatus.CONCEPT, published_at=None)
    an_opgave(session, owner=elsewhere)
    network = a_network(session, owner.gemeente_code)
    grants = [a_grant(Role.COORDINATOR, network_id=network.id)]
    coordinator = a_user(session, grants=grants)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code)
    beheerder = a_user(session, Role.BEHEERDER)

    def found(user: User) -> set[Opgave]:
        return {one.opgave for one in absence.left_in_reach(session, actor_of(user))}

    assert found(coordinator) == {opened}
    assert found(keeper) == {opened, concept}
    assert found(beheerder) == set()


def test_only_colleagues_who_come_here_can_take_it_over(session: Session) -> None:
    owner = away(session)
    here = {"gemeente_code": owner.gemeente_code}
    able = a_user(session, Role.OPGAVEHOUDER, **here)
    away(session, **here)
    a_user(session, Role.OPGAVEHOUDER, shut_out_at=MONDAY, **here)
    a_user(session, **here)

    assert absence.who_are_there(session, an_opgave(session, owner=owner)) == [able]
