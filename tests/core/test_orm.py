"""Moments are aware and in UTC, and kinds are stored as their words."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.orm import METADATA
from tests.support.builders import a_user

IN_THE_EAST = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=9)))


def test_a_moment_comes_back_in_utc(session: Session) -> None:
    user = a_user(session, created_at=IN_THE_EAST)
    session.expire(user)

    assert (user.created_at, user.created_at.tzinfo) == (IN_THE_EAST, UTC)


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    naive = IN_THE_EAST.replace(tzinfo=None)

    with pytest.raises(StatementError, match="naive moment"):
        a_user(session, created_at=naive)


def test_a_kind_is_stored_as_its_word(session: Session) -> None:
    user = a_user(session, Role.OPGAVEHOUDER)

    found = session.execute(
        text("SELECT role FROM role_grant WHERE user_id = :id"), {"id": user.id}
    ).scalar_one()

    assert found == "opgavehouder"


def test_every_constraint_has_a_name() -> None:
    nameless = [
        (table.name, kind)
        for table in METADATA.tables.values()
        for kind in table.constraints
        if kind.name is None
    ]

    assert nameless == []
