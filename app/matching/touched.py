"""People and opgaven whose match may be another one, when words are linked otherwise."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.matching import disputes
from app.matching.core.altered import Difference
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.queries import is_open
from app.people.models import Profile, Skill
from app.people.rules import ProfileState

Pair = tuple[UUID, UUID]


def asked_words(session: Session, today: date) -> list[str]:
    """Every word that an open opgave asks, in comparable form."""
    return list(session.scalars(words_asked(today)))


def offered_words(session: Session) -> list[str]:
    """Every word that a published profile offers, in comparable form."""
    return list(session.scalars(words_offered()))


def words_asked(today: date) -> Select[*tuple[Any, ...]]:
    return _asked(today, AskedSkill.label_normal).distinct()


def words_offered() -> Select[*tuple[Any, ...]]:
    return _offered(Skill.label_normal).distinct()


def touched_pairs(
    session: Session, today: date, difference: Difference, links: Collection[tuple[str, str]]
) -> Iterator[Pair]:
    """Each person with each opgave that these links are between, once, in one order."""
    seen: set[Pair] = set()
    linked = _linked(session, today, sorted(links))
    for pair in chain(linked, _disputing(session, today, difference)):
        if pair not in seen:
            seen.add(pair)
            yield pair


def _linked(session: Session, today: date, links: Collection[tuple[str, str]]) -> Iterator[Pair]:
    asking = _asking(session, today, {asked for asked, _ in links})
    offering = _offering(session, {offered for _, offered in links})
    for asked, offered in links:
        for opgave_id in asking[asked]:
            yield from ((user_id, opgave_id) for user_id in offering[offered])


def _disputing(session: Session, today: date, difference: Difference) -> Iterator[Pair]:
    """Who disputes something, with the opgaven for which that may count otherwise."""
    said = {
        user_id: words
        for user_id, disputed in disputes.standing_of(session).items()
        if (words := difference.disputed(disputed))
    }
    published = select(Profile.user_id).where(
        Profile.user_id.in_(said), Profile.state == ProfileState.PUBLISHED
    )
    asking = _asking(session, today, {word for words in said.values() for word in words})
    for user_id in session.scalars(published.order_by(Profile.user_id)):
        for word in sorted(said[user_id]):
            yield from ((user_id, opgave_id) for opgave_id in asking[word])


def _asking(session: Session, today: date, words: Collection[str]) -> dict[str, list[UUID]]:
    rows = _asked(today, AskedSkill.label_normal, AskedSkill.opgave_id)
    found = rows.where(AskedSkill.label_normal.in_(words)).order_by(AskedSkill.opgave_id)
    return _by_word(session.execute(found))


def _offering(session: Session, words: Collection[str]) -> dict[str, list[UUID]]:
    rows = _offered(Skill.label_normal, Skill.user_id)
    found = rows.where(Skill.label_normal.in_(words)).order_by(Skill.user_id)
    return _by_word(session.execute(found))


def _by_word(rows: Iterable[Any]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for word, one_id in rows:
        found[word].append(one_id)
    return found


def _asked(today: date, *columns: Any) -> Select[*tuple[Any, ...]]:
    rows = select(*columns).join(Opgave, Opgave.id == AskedSkill.opgave_id)
    return rows.where(is_open(today), AskedSkill.label_normal != "")


def _offered(*columns: Any) -> Select[*tuple[Any, ...]]:
    rows = select(*columns).join(Profile, Profile.user_id == Skill.user_id)
    return rows.where(Profile.state == ProfileState.PUBLISHED, Skill.label_normal != "")
