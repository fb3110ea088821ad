"""The whole country from the database as arrays, read by column and never as objects."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.gemeenten.models import Gemeente
from app.matching import queries
from app.matching.core.arrays import (
    EVERYBODY,
    Name,
    OfferRows,
    ProfileRows,
    TermNumbers,
    WindowRows,
    columns_of,
    last_day,
    opgaven_of,
    people_of,
    places_of,
    similar_of,
    terms_of,
)
from app.matching.core.engine import state_of
from app.matching.core.facts import OpgaveFacts, Position
from app.matching.core.similarity import Offered, with_private, words_of
from app.matching.core.snapshot import Contents, ids_as_array
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience
from app.people.models import Profile, Skill, Window
from app.people.rules import Direction, ProfileState


def contents_of(session: Session, today: date) -> Contents:
    """Published profiles and open opgaven, with S for every word that is asked."""
    vocabulary, terms = queries.vocabulary(session), TermNumbers()
    gemeenten = session.scalars(select(Gemeente).order_by(Gemeente.code)).all()
    codes = {gemeente.code: number for number, gemeente in enumerate(gemeenten)}
    provinces = _provinces(gemeenten)
    opgaven = queries.opgave_facts(session, today)
    ids, profiles = _profiles(session, codes)
    numbers = {user_id: number for number, user_id in enumerate(ids)}
    offers, names = _offers(session, numbers)
    asking = opgaven_of(opgaven, _audiences(session, opgaven, codes, provinces), codes, terms)
    own, private = terms_of(names, terms)
    people = people_of(profiles, _windows(session, numbers), offers, names, own)
    words = words_of(vocabulary, terms.normals)
    asked, offered = np.unique(asking.slot_term).tolist(), Offered(vocabulary, words)
    similar = similar_of(
        [offered.row(terms.normals[number]) for number in asked], asked, len(terms.normals)
    )
    positions = [Position(gemeente.latitude, gemeente.longitude) for gemeente in gemeenten]
    return Contents(
        state=state_of(
            places_of(positions, provinces),
            people,
            asking,
            with_private(similar, private, offered),
            private,
        ),
        words=words,
        gemeenten=np.array([gemeente.code for gemeente in gemeenten], dtype="S6"),
        profile_ids=ids_as_array(ids),
        opgave_ids=ids_as_array([opgave.id for opgave in opgaven]),
    )


def _profiles(session: Session, codes: dict[str, int]) -> tuple[list[UUID], ProfileRows]:
    found = _published(
        session, select(Profile.user_id, User.gemeente_code, Profile.travel_km, Profile.remote)
    )
    rows = [(codes[code], km, remote) for _, code, km, remote in found]
    return [user_id for user_id, *_ in found], ProfileRows(*columns_of(rows, 3))


def _windows(session: Session, numbers: dict[UUID, int]) -> WindowRows:
    columns = Window.user_id, Window.hours_per_week, Window.starts_on, Window.ends_on
    found = _published(session, select(*columns).join(Profile, Profile.user_id == Window.user_id))
    rows = [
        (numbers[owner], hours, first.toordinal(), last_day(last))
        for owner, hours, first, last in found
    ]
    return WindowRows(*columns_of(rows, 4))


def _offers(session: Session, numbers: dict[UUID, int]) -> tuple[OfferRows, list[Name]]:
    columns = Skill.user_id, Skill.label, Skill.level, Skill.energy, Skill.direction
    found = _published(session, select(*columns).join(Profile, Profile.user_id == Skill.user_id))
    labels = {label: number for number, label in enumerate(dict.fromkeys(row[1] for row in found))}
    rows = [
        (numbers[owner], labels[label], level, energy, direction is Direction.WANTS)
        for owner, label, level, energy, direction in found
    ]
    return OfferRows(*columns_of(rows, 5)), list(map(Name, labels))


def _published(session: Session, found: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """In the order of the ids, which is the order of the numbers."""
    return session.execute(
        found.join(User, User.id == Profile.user_id)
        .where(Profile.state == ProfileState.PUBLISHED)
        .order_by(Profile.user_id)
    ).all()


def _provinces(gemeenten: Sequence[Gemeente]) -> list[int]:
    names = sorted({gemeente.province for gemeente in gemeenten})
    return [names.index(gemeente.province) for gemeente in gemeenten]


def _audiences(
    session: Session, opgaven: Sequence[OpgaveFacts], codes: dict[str, int], provinces: list[int]
) -> list[int]:
    """Per opgave the number of the province that it is meant for, or everybody."""
    meant = select(Opgave.id).where(
        Opgave.id.in_([opgave.id for opgave in opgaven]), Opgave.audience == Audience.PROVINCE
    )
    in_province = set(session.scalars(meant))
    return [
        provinces[codes[opgave.gemeente_code]] if opgave.id in in_province else EVERYBODY
        for opgave in opgaven
    ]
