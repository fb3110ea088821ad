"""People who work for another gemeente from now on: one of them, or all of a gemeente that merged.

A role is for the gemeente for which it was given, so it stays behind. Only who looks after opgaven
that come along keeps that role, or nobody could look after them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from app.accounts import granting
from app.accounts.events import PersonMoved
from app.accounts.models import AccessRequest, RoleGrant, User
from app.accounts.rules import OF_ALL, AccessState
from app.core.actor import Role
from app.core.errors import Conflict, NotAllowed
from app.core.work import Work
from app.gemeenten import queries as gemeenten

WORKS_THERE = "Deze collega werkt al voor {name}."
IS_NO_MORE = "{name} bestaat nu niet. Noem een gemeente die er is."


@dataclass(frozen=True)
class Leaving:
    """How much of a gemeente that merged goes to its successor, and which roles do not."""

    people: int
    opgavehouders: int
    roles_left: int
    requests: int


def leaving(work: Work, code: str) -> Leaving:
    def count(what: type[User | RoleGrant | AccessRequest], *which: ColumnElement[bool]) -> int:
        return work.session.scalar(select(func.count()).select_from(what).where(*which)) or 0

    held = count(RoleGrant, _runs_at(work, code))
    opgavehouders = count(RoleGrant, _runs_at(work, code), RoleGrant.role == Role.OPGAVEHOUDER)
    return Leaving(
        people=count(User, User.gemeente_code == code),
        opgavehouders=opgavehouders,
        roles_left=held - opgavehouders,
        requests=count(AccessRequest, *_waits_at(code)),
    )


def follow(work: Work, code: str, into: str) -> None:
    """All people of the one gemeente work for the other from now on, and so do who wait for it."""
    _refuse_who_moves_none(work)
    granting.note_what_is_unknown(work)
    people = select(User.id).where(User.gemeente_code == code).order_by(User.id).with_for_update()
    user_ids = work.session.scalars(people).all()
    _carry_role(work, code, into, user_ids)
    _let_work_for(work, into, user_ids)
    for user_id in user_ids:
        work.of_itself(into).record(PersonMoved.name, ("user", user_id), user_id)
    waiting = update(AccessRequest).where(*_waits_at(code))
    work.session.execute(waiting.values(gemeente_code=into))


def move(work: Work, user_id: UUID, into: str, *, as_opgavehouder: bool = False) -> None:
    """One person works for another gemeente from now on; `as_opgavehouder` keeps that role.

    `Conflict` when they do already, or when there is no such gemeente today.
    """
    _refuse_who_moves_none(work)
    user = work.fetch_to_change(User, user_id)
    gemeente = gemeenten.by_code(work.session, into)
    if user.gemeente_code == into:
        raise Conflict(f"user {user_id} is there", said=WORKS_THERE.format(name=gemeente.name))
    if gemeente not in gemeenten.existing_on(work.session, work.today):
        raise Conflict(f"gemeente {into} is not", said=IS_NO_MORE.format(name=gemeente.name))
    granting.note_what_is_unknown(work)
    before = user.gemeente_code
    if as_opgavehouder:
        _carry_role(work, before, into, [user_id])
    _let_work_for(work, into, [user_id])
    work.of_itself(into).emit(PersonMoved(user_id=user_id, gemeente_code=into, before_code=before))


def _carry_role(work: Work, code: str, into: str, user_ids: Collection[UUID]) -> None:
    carried = update(RoleGrant).where(
        _runs_at(work, code), RoleGrant.role == Role.OPGAVEHOUDER, RoleGrant.user_id.in_(user_ids)
    )
    work.session.execute(carried.values(gemeente_code=into))


def _let_work_for(work: Work, into: str, user_ids: Collection[UUID]) -> None:
    moved = update(User).where(User.id.in_(user_ids))
    work.session.execute(moved.values(gemeente_code=into))


def _runs_at(work: Work, code: str) -> ColumnElement[bool]:
    """Of who works there: what somebody left behind before is none of it."""
    works_there = select(User.id).where(User.gemeente_code == code)
    return (
        (RoleGrant.gemeente_code == code)
        & RoleGrant.user_id.in_(works_there)
        & RoleGrant.role.not_in(OF_ALL)
        & RoleGrant.ended_at.is_(None)
        & (RoleGrant.ends_on >= work.today)
    )


def _waits_at(code: str) -> tuple[ColumnElement[bool], ...]:
    return AccessRequest.gemeente_code == code, AccessRequest.state == AccessState.WAITING


def _refuse_who_moves_none(work: Work) -> None:
    if not work.actor.is_system:
        raise NotAllowed("move people to another gemeente")
