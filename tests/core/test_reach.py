"""A query reaches the rows of the gemeenten in which somebody has a right, and no other."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import ANYONE, Actor, Role
from app.core.reach import within
from app.core.rights import Right, may_in
from app.gemeenten.models import Gemeente
from tests.support.builders import a_gemeente


@pytest.mark.parametrize("right", [Right.READ_LOG, Right.READ_LOAN, Right.MODERATE])
@pytest.mark.parametrize("role", [None, *Role])
def test_a_query_finds_what_may_be_done_one_by_one(
    session: Session, role: Role | None, right: Right
) -> None:
    codes = [a_gemeente(session).code for _ in range(3)]
    actor = Actor(UUID(int=1), codes[0], frozenset({role} if role else ()))

    found = session.scalars(
        select(Gemeente.code).where(Gemeente.code.in_(codes), within(actor, right, Gemeente.code))
    )

    assert set(found) == {code for code in codes if may_in(actor, right, code)}


def test_a_visitor_finds_nothing_of_a_gemeente(session: Session) -> None:
    a_gemeente(session)

    found = select(Gemeente.code).where(within(ANYONE, Right.READ_LOAN, Gemeente.code))

    assert session.scalars(found).all() == []
