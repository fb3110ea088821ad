"""Opgaven that another gemeente asks from now on, with the people who look after them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from app.accounts import moving as people
from app.accounts.models import User
from app.accounts.moving import Leaving
from app.core.dutch import plural
from app.core.errors import Conflict
from app.core.work import Work
from app.gemeenten import moving as gemeenten
from app.gemeenten import queries as places
from app.gemeenten.events import GemeenteFollowed
from app.opgaven.events import OpgaveMoved
from app.opgaven.models import GemeenteChoice, Opgave
from app.opgaven.rules import ENDED

LOOKS_AFTER = (
    "Deze collega zorgt nog voor {opgaven}. Laat die eerst overdragen aan een collega die blijft, "
    "of neem ze mee met --with-opgaven."
)


@dataclass(frozen=True)
class Following:
    """What follows a gemeente to its successor."""

    code: str
    name: str
    leaving: Leaving
    opgaven: int
    domains: tuple[str, ...]
    has_provider: bool

    @property
    def is_done(self) -> bool:
        """Whether nothing is left; roles that stay behind do so for good."""
        left = self.leaving
        moves = (left.people, left.opgavehouders, left.requests, self.opgaven)
        return not (any(moves) or self.domains or self.has_provider)


def what_follows(work: Work, codes: Sequence[str], into: str) -> list[Following]:
    """Of each of these gemeenten, in this order. `InvalidInput` when it did not merge into that."""
    gemeenten.refuse_unless_merged(work, codes, into)
    return [_of(work, code) for code in dict.fromkeys(codes)]


def follow_merger(
    work: Work, codes: Sequence[str], into: str, *, with_provider: bool = False
) -> list[Following]:
    """Bring people, opgaven and mail domains to the gemeente in which theirs merged; what that was.

    All at once, so that nobody sees the one without the other; what people agreed on with the
    gemeente that ended keeps its name. Again does nothing, or brings what came meanwhile.
    """
    gemeenten.hold(work, codes, into)
    found = what_follows(work, codes, into)
    for one in found:
        if one.is_done:
            continue
        people.follow(work, one.code, into)
        _follow_opgaven(work, one.code, into)
        gemeenten.carry_over(work, one.code, into, with_provider=with_provider)
        told = GemeenteFollowed(gemeente_code=one.code, successor_code=into)
        work.of_itself(into).emit(told)
    work.session.flush()
    return found


def move_person(work: Work, user_id: UUID, into: str, *, with_opgaven: bool) -> int:
    """Let one person work for another gemeente, with the opgaven they look after or without any.

    How many came along. `Conflict` when they look after some, and those would be left alone.
    """
    before = work.fetch_to_change(User, user_id).gemeente_code
    is_theirs = (Opgave.owner_id == user_id, Opgave.gemeente_code == before)
    found = select(Opgave.id).where(*is_theirs, Opgave.status.not_in(ENDED)).with_for_update()
    opgave_ids = work.session.scalars(found).all()
    if opgave_ids and not with_opgaven and before != into:
        said = LOOKS_AFTER.format(opgaven=plural(len(opgave_ids), "opgave", "opgaven"))
        raise Conflict(f"user {user_id} looks after opgaven", said=said)
    people.move(work, user_id, into, as_opgavehouder=bool(opgave_ids))
    for opgave_id in opgave_ids:
        work.fetch(Opgave, opgave_id).gemeente_code = into
        told = OpgaveMoved(opgave_id=opgave_id, gemeente_code=into, before_code=before)
        work.of_itself(into).emit(told)
    work.session.flush()
    _leave_second_places(work, user_id, opgave_ids)
    return len(opgave_ids)


def _of(work: Work, code: str) -> Following:
    return Following(
        code=code,
        name=places.by_code(work.session, code).name,
        leaving=people.leaving(work, code),
        opgaven=work.session.scalar(select(func.count(Opgave.id)).where(_asked_by(code))) or 0,
        domains=tuple(places.domains_of(work.session, code)),
        has_provider=places.provider_of(work.session, code) is not None,
    )


def _follow_opgaven(work: Work, code: str, into: str) -> None:
    found = select(Opgave.id).where(_asked_by(code)).order_by(Opgave.id).with_for_update()
    opgave_ids = work.session.scalars(found).all()
    moved = update(Opgave).where(Opgave.id.in_(opgave_ids))
    work.session.execute(moved.values(gemeente_code=into))
    for opgave_id in opgave_ids:
        work.of_itself(into).record(OpgaveMoved.name, ("opgave", opgave_id))
    _carry_choice(work, code, into)


def _carry_choice(work: Work, code: str, into: str) -> None:
    """Opgaven that were looked at before they opened still are, unless the successor chose."""
    choice = work.session.get(GemeenteChoice, code)
    own = work.session.get(GemeenteChoice, into)
    if choice is not None and choice.reviews_opgaven and own is None:
        work.session.add(GemeenteChoice(gemeente_code=into, reviews_opgaven=True))
        work.of_itself(into).record("review.chosen.on", ("gemeente", into))


def _leave_second_places(work: Work, user_id: UUID, opgave_ids: Sequence[UUID]) -> None:
    """Nobody is the second to look after an opgave of a gemeente that is not theirs."""
    stays = (Opgave.co_owner_id == user_id) & Opgave.id.not_in(opgave_ids)
    left = update(Opgave).where(stays | Opgave.id.in_(opgave_ids))
    work.session.execute(left.values(co_owner_id=None))


def _asked_by(code: str) -> ColumnElement[bool]:
    return Opgave.gemeente_code == code
