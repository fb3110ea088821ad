"""Opgaven that go along to another gemeente, with who looks after them."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.core.errors import Conflict, InvalidInput
from app.core.outbox import OutboxMessage
from app.gemeenten.models import Gemeente
from app.opgaven import queries
from app.opgaven.models import GemeenteChoice, Opgave
from app.opgaven.moving import follow_merger, move_person, what_follows
from app.opgaven.rules import OpgaveStatus
from tests.gemeenten.test_moving import a_sign_in
from tests.hours.builders import merge
from tests.support.builders import a_domain, a_gemeente, a_user, an_opgave
from tests.support.work import TODAY, make_work


def written(session: Session) -> tuple[int, ...]:
    """How much there is of what only a change leaves."""
    session.flush()
    rows = [select(func.count()).select_from(kind) for kind in (AuditEntry, OutboxMessage)]
    return tuple(session.scalar(one) or 0 for one in rows)


def test_two_gemeenten_merge_and_all_is_of_the_successor(session: Session) -> None:
    owners = [a_user(session, Role.OPGAVEHOUDER) for _ in range(2)]
    opgaven = [an_opgave(session, owner=one) for one in owners]
    over = an_opgave(session, owner=owners[0], status=OpgaveStatus.DONE)
    codes = [one.gemeente_code for one in owners]
    a_domain(session, session.get_one(Gemeente, codes[0]), "olddam.nl")
    into = merge(session, codes[0])
    other = session.get_one(Gemeente, codes[1])
    other.valid_until, other.successor_code = TODAY, into
    work = make_work(session)

    planned = what_follows(work, codes, into)
    found = follow_merger(work, codes, into)
    session.expire_all()

    assert planned == found
    assert [(one.leaving.people, one.opgaven, one.domains) for one in found] == [
        (1, 2, ("olddam.nl",)),
        (1, 1, ()),
    ]
    assert {one.gemeente_code for one in owners} == {into}
    assert {one.gemeente_code for one in (*opgaven, over)} == {into}
    assert all(accounts.roles_of(one) == {Role.OPGAVEHOUDER} for one in owners)
    kept = session.scalars(select(AuditEntry).where(AuditEntry.deed == "opgave.moved"))
    assert {one.subject_id for one in kept} == {str(one.id) for one in (*opgaven, over)}


def test_following_again_changes_nothing_and_brings_what_came_meanwhile(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    ended = owner.gemeente_code
    into = merge(session, ended)
    work = make_work(session)
    follow_merger(work, [ended], into)
    before = written(session)

    [again] = follow_merger(work, [ended], into)

    assert again.is_done
    assert written(session) == before
    late = an_opgave(session, owner=owner, gemeente_code=ended)
    [found] = follow_merger(work, [ended], into)
    session.expire_all()
    assert (found.opgaven, late.gemeente_code) == (1, into)


def test_saying_what_would_follow_changes_nothing(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner)
    ended = owner.gemeente_code
    into = merge(session, ended)
    before = written(session)

    [found] = what_follows(make_work(session), [ended, ended], into)

    assert (found.leaving.people, found.opgaven, found.is_done) == (1, 1, False)
    assert (owner.gemeente_code, opgave.gemeente_code) == (ended, ended)
    assert written(session) == before


def test_what_cannot_all_follow_is_refused_whole(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    ended = owner.gemeente_code
    a_sign_in(session, ended)
    into = merge(session, ended)
    a_sign_in(session, into)
    session.commit()

    with pytest.raises(InvalidInput):
        follow_merger(make_work(session), [ended], into, with_provider=True)
    session.rollback()

    assert session.get_one(User, owner.id).gemeente_code == ended


@pytest.mark.parametrize(("own", "after"), [(None, True), (False, False)])
def test_who_let_opgaven_be_reviewed_still_does_unless_the_successor_chose(
    session: Session, own: bool | None, after: bool
) -> None:
    ended = a_gemeente(session).code
    a_user(session, gemeente_code=ended)
    into = merge(session, ended)
    session.add(GemeenteChoice(gemeente_code=ended, reviews_opgaven=True))
    if own is not None:
        session.add(GemeenteChoice(gemeente_code=into, reviews_opgaven=own))
    session.flush()

    follow_merger(make_work(session), [ended], into)

    assert queries.reviews_opgaven(session, into) is after


def test_who_looks_after_opgaven_hands_them_over_or_takes_them_along(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    before, into = owner.gemeente_code, a_gemeente(session).code
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=before)
    opgave = an_opgave(session, owner=owner, co_owner_id=colleague.id)
    over = an_opgave(session, owner=owner, status=OpgaveStatus.DONE)
    second = an_opgave(session, owner=colleague, co_owner_id=owner.id)
    work = make_work(session)

    with pytest.raises(Conflict) as refused:
        move_person(work, owner.id, into, with_opgaven=False)
    assert "zorgt nog voor 1 opgave." in refused.value.said

    assert move_person(work, owner.id, into, with_opgaven=True) == 1
    session.expire_all()

    assert [one.gemeente_code for one in (opgave, over, second)] == [into, before, before]
    assert [one.co_owner_id for one in (opgave, second)] == [None, None]
    assert accounts.roles_of(owner) == {Role.OPGAVEHOUDER}


def test_who_looks_after_nothing_moves_without_the_role(session: Session) -> None:
    person = a_user(session, Role.OPGAVEHOUDER)

    count = move_person(make_work(session), person.id, a_gemeente(session).code, with_opgaven=True)
    session.expire_all()

    assert (count, accounts.roles_of(person)) == (0, frozenset())
    assert session.scalar(select(func.count(Opgave.id))) == 0
