"""People who move to another gemeente: what of them goes along, and what stays behind."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.events import PersonMoved
from app.accounts.models import AccessRequest, RoleGrant
from app.accounts.moving import Leaving, follow, leaving, move
from app.accounts.rules import AccessState
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.core.errors import Conflict, NotAllowed
from app.core.outbox import facts_of
from tests.hours.builders import merge
from tests.support.builders import a_gemeente, a_grant, a_user, an_access_request
from tests.support.work import TODAY, make_work


def test_power_stays_behind_and_who_looks_after_opgaven_keeps_that(session: Session) -> None:
    ended = a_gemeente(session).code
    person = a_user(
        session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER, Role.BEHEERDER, gemeente_code=ended
    )
    away = a_user(session, gemeente_code=a_gemeente(session).code)
    away.grants.append(a_grant(Role.GEMEENTEBEHEERDER, gemeente_code=ended))
    into = merge(session, ended)
    work = make_work(session)

    assert leaving(work, ended) == Leaving(people=1, opgavehouders=1, roles_left=1, requests=0)
    follow(work, ended, into)
    session.expire_all()

    assert person.gemeente_code == into
    assert queries.roles_of(person) == {Role.OPGAVEHOUDER, Role.BEHEERDER}
    assert away.gemeente_code != into
    assert leaving(work, ended) == Leaving(people=0, opgavehouders=0, roles_left=0, requests=0)


def test_a_role_of_which_nobody_noted_where_it_is_for_gives_no_power_there(
    session: Session,
) -> None:
    ended = a_gemeente(session).code
    person = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=ended)
    person.grants[0].gemeente_code = None
    into = merge(session, ended)

    follow(make_work(session), ended, into)
    session.expire_all()

    assert session.get_one(RoleGrant, person.grants[0].id).gemeente_code == ended
    assert queries.roles_of(person) == frozenset()


def test_each_reads_in_the_log_that_they_moved(session: Session) -> None:
    ended = a_gemeente(session).code
    person = a_user(session, gemeente_code=ended)
    into = merge(session, ended)

    follow(make_work(session), ended, into)
    session.flush()

    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.deed == PersonMoved.name))
    assert (entry.person_id, entry.gemeente_code) == (person.id, into)


def test_who_waits_for_the_gemeente_waits_for_its_successor(session: Session) -> None:
    waiting, decided = (an_access_request(session, f"{one}@olddam.nl") for one in ("an", "bo"))
    ended = a_gemeente(session).code
    waiting.gemeente_code = decided.gemeente_code = ended
    decided.state = AccessState.REFUSED
    into = merge(session, ended)

    follow(make_work(session), ended, into)
    session.expire_all()

    found = [session.get_one(AccessRequest, one.id).gemeente_code for one in (waiting, decided)]
    assert found == [into, ended]


def test_one_person_moves_without_roles(session: Session) -> None:
    person = a_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER)
    before, into = person.gemeente_code, a_gemeente(session).code

    move(make_work(session), person.id, into)
    session.expire_all()

    assert person.gemeente_code == into
    assert queries.roles_of(person) == frozenset()
    [fact] = facts_of(session, (PersonMoved.name,), user_id=person.id)
    assert fact.payload["before_code"] == before


def test_nobody_moves_to_where_they_are_or_to_what_is_no_more(session: Session) -> None:
    person, ended = a_user(session), a_gemeente(session, valid_until=TODAY)
    work = make_work(session)

    for code, said in ((person.gemeente_code, "werkt al voor"), (ended.code, "bestaat nu niet")):
        with pytest.raises(Conflict) as refused:
            move(work, person.id, code)
        assert said in refused.value.said


def test_only_an_operator_moves_people(session: Session) -> None:
    beheerder, person = a_user(session, Role.BEHEERDER), a_user(session)
    work = make_work(session, beheerder)

    with pytest.raises(NotAllowed):
        move(work, person.id, beheerder.gemeente_code)
    with pytest.raises(NotAllowed):
        follow(work, person.gemeente_code, beheerder.gemeente_code)
