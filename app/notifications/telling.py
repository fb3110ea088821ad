"""What digests tell, written for many readers at once.

Of all that stands just enough is read to choose the few that are told; of those alone the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.loans.told import Key, ToldLoan, held_up_of, told_of
from app.matching.queries import score_of
from app.notifications import queries
from app.notifications.digest import Choice, Told
from app.notifications.parts import LOANS, PARTS, Part, SeenNotice, Standing, Whole
from app.notifications.rules import NoticeKind
from app.opgaven import queries as opgaven
from app.opgaven.queries import OpgaveHead
from app.people import queries as people
from app.people.visibility import Relation, SeenProfile

Colleagues = Mapping[tuple[UUID | None, UUID, Relation], SeenProfile]
Loans = Mapping[Key, ToldLoan]


@dataclass(frozen=True)
class Chosen:
    """What one part of one digest tells, and to whom."""

    delivery_id: UUID
    viewer: Actor
    part: Part
    choice: Choice[Standing]


def told_to(notices: Sequence[SeenNotice]) -> tuple[Told, ...]:
    """What a digest tells of these, part by part."""
    own = (part.told([one for one in notices if one.notice.kind in part.kinds]) for part in PARTS)
    return tuple(filter(None, own))


def told_in_digests(
    session: Session, viewers: Mapping[UUID, Actor], today: date
) -> dict[UUID, tuple[Told, ...]]:
    """What each of these digests tells its reader; what has nothing to tell is absent."""
    standing = queries.standing_for_digests(session, viewers, today)
    chosen = [
        Chosen(delivery_id, viewers[delivery_id], part, part.choose(own))
        for delivery_id, notices in standing.items()
        for part in PARTS
        if (own := [one for one in notices if one.kind in part.kinds])
    ]
    told_of_opgaven = (one.opgave_id for each in chosen for one in each.choice.told)
    heads = opgaven.heads(session, {one for one in told_of_opgaven if one is not None})
    colleagues = people.seen_in_short(session, _looked_at(chosen), today)
    loans = told_of(session, [*_loans_in(chosen)], today)
    held_up = held_up_of(session, _limits_in(chosen), today)
    told: dict[UUID, tuple[Told, ...]] = {}
    for each in chosen:
        earlier = told.get(each.delivery_id, ())
        told[each.delivery_id] = (*earlier, _told(each, heads, colleagues, loans, held_up))
    return told


def _loans_in(chosen: Iterable[Chosen]) -> Iterable[tuple[Actor, UUID, UUID]]:
    return (
        (each.viewer, one.opgave_id, one.profile_id or each.viewer.user_id)
        for each in chosen
        if each.part is LOANS and each.viewer.user_id is not None
        for one in each.choice.told
        if one.opgave_id is not None
    )


def _limits_in(chosen: Iterable[Chosen]) -> set[str]:
    """Each hears of the own gemeente alone."""
    return {
        each.viewer.gemeente_code
        for each in chosen
        if each.viewer.gemeente_code is not None
        if any(one.kind is NoticeKind.LIMIT_REACHED for one in each.choice.told)
    }


def _looked_at(chosen: Iterable[Chosen]) -> Iterable[tuple[Actor, UUID, Relation]]:
    return (
        (each.viewer, one.profile_id, queries.RELATIONS[one.kind])
        for each in chosen
        for one in each.choice.told
        if one.profile_id is not None and one.kind in queries.RELATIONS
    )


def _told(
    chosen: Chosen,
    heads: Mapping[UUID, OpgaveHead],
    colleagues: Colleagues,
    loans: Loans,
    held_up: Mapping[str, tuple[str, ...]],
) -> Told:
    reader = chosen.viewer.user_id
    own = held_up.get(chosen.viewer.gemeente_code or "", ())

    def news_of(one: Standing) -> Any:
        score = score_of(one.match) if one.match else None
        colleague = None
        if one.profile_id is not None and one.kind in queries.RELATIONS:
            relation = queries.RELATIONS[one.kind]
            colleague = colleagues.get((reader, one.profile_id, relation))
        loan = head = None
        if one.opgave_id is not None:
            loan = loans.get((reader, one.opgave_id, one.profile_id or reader)) if reader else None
            head = heads[one.opgave_id].for_reader(chosen.viewer)
        return chosen.part.news_of(
            Whole(one.kind, head, one.told_at, score, colleague, loan, one.year, own)
        )

    return Told(chosen.part.name, chosen.part.compose(chosen.choice.each(news_of)))
