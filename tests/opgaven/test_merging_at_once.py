"""A gemeente merges while others write: nobody and nothing stays where it was, or goes twice."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.models import User
from app.core.audit import AuditEntry
from app.core.work import Work
from app.opgaven.moving import follow_merger
from tests.conftest import DatabaseMaker
from tests.hours.builders import merge
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as shared:
        yield shared


@pytest.fixture
def codes(shared: SharedDatabase) -> tuple[str, str]:
    with shared.work() as work:
        ended = a_gemeente(work.session).code
        a_user(work.session, gemeente_code=ended)
        return ended, merge(work.session, ended)


def moved(work: Work) -> int:
    kept = select(func.count()).select_from(AuditEntry).where(AuditEntry.deed == "person.moved")
    return work.session.scalar(kept) or 0


def test_two_operators_at_once_move_everybody_once(
    shared: SharedDatabase, codes: tuple[str, str]
) -> None:
    ended, into = codes

    _, second = shared.overlap(
        lambda work: follow_merger(work, [ended], into),
        lambda work: follow_merger(work, [ended], into),
    )

    assert [one.is_done for one in second] == [True]
    with shared.work() as work:
        assert moved(work) == 1


def test_who_registers_at_that_moment_goes_along(
    shared: SharedDatabase, codes: tuple[str, str]
) -> None:
    ended, into = codes

    _, second = shared.overlap(
        lambda work: accounts.register(work, "late@olddam.nl", "Late", ended),
        lambda work: follow_merger(work, [ended], into),
    )

    assert [one.leaving.people for one in second] == [2]
    with shared.work() as work:
        assert set(work.session.scalars(select(User.gemeente_code))) == {into}
        assert moved(work) == 2
