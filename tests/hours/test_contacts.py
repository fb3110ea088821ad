"""Whom somebody speaks to about what is settled: elsewhere only who looks after the urenbank."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import Role
from app.hours.contacts import Contact, contacts_for
from app.hours.queries import proposal
from tests.hours.builders import booked
from tests.support.builders import a_gemeente, a_user

LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)


def test_who_looks_after_the_urenbank_reads_who_does_so_elsewhere(session: Session) -> None:
    here, there, empty = (a_gemeente(session, name=name).code for name in ("Aa", "Bee", "Cee"))
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=here)
    other = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=there)
    colleague = a_user(session, gemeente_code=here)
    booked(session, here, there, 8, LAST_YEAR)
    booked(session, here, empty, 4, LAST_YEAR)
    booked(session, a_gemeente(session).code, a_gemeente(session).code, 50, LAST_YEAR)
    found = proposal(session, 2025)

    read = {one: contacts_for(session, actor_of(one), found) for one in (keeper, colleague)}

    assert [(one.gemeente_name, one.people) for one in read[keeper]] == [
        ("Bee", (Contact(other.name, other.email),)),
        ("Cee", ()),
    ]
    assert [(one.gemeente_name, one.people) for one in read[colleague]] == [
        ("Aa", (Contact(keeper.name, keeper.email),))
    ]


def test_of_whom_nothing_is_settled_there_is_nobody_to_speak_to(session: Session) -> None:
    booked(session, a_gemeente(session).code, a_gemeente(session).code, 8, LAST_YEAR)

    assert contacts_for(session, actor_of(a_user(session)), proposal(session, 2025)) == []
