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
)
from app.matching.core.engine import state_of
from app.matching.core.facts import OpgaveFacts, Position
from app.matching.core.similarity import Offered, words_of
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
    ids, profiles, windows, offers, labels = _profiles(session, codes)
    people = people_of(profiles, windows, offers, labels, terms)
    words = words_of(vocabulary, terms.normals)
    asking = opgaven_of(opgaven, _audiences(session, opgaven, codes, provinces), codes, terms)
    asked, offered = np.unique(asking.slot_term).tolist(), Offered(vocabulary, words)
    similar = similar_of(
        [offered.row(terms.normals[number]) for number in asked], asked, len(terms.normals)
    )
    positions = [Position(gemeente.latitude, gemeente.longitude) for gemeente in gemeenten]
    return Contents(
        state=state_of(places_of(positions, provinces), people, asking, similar),
        words=words,
        gemeenten=np.array([gemeente.code for gemeente in gemeenten], dtype="S6"),
        profile_ids=ids_as_array(ids),
        opgave_ids=ids_as_array([opgave.id for opgave in opgaven]),
    )


def _profiles(
    session: Session, codes: dict[str, int]
) -> tuple[list[UUID], ProfileRows, WindowRows, OfferRows, list[str]]:
    found = _published(
        session, select(Profile.user_id, User.gemeente_code, Profile.travel_km, Profile.remote)
    )
    numbers = {user_id: number for number, (user_id, *_) in enumerate(found)}
    windows = _published(
        session,
        select(Window.user_id, Window.hours_per_week, Window.starts_on, Window.ends_on).join(
            Profile, Profile.user_id == Window.user_id
        ),
    )
    skills = _published(
        session,
        select(Skill.user_id, Skill.label, Skill.level, Skill.energy, Skill.direction).join(
            Profile, Profile.user_id == Skill.user_id
        ),
    )
    labels = {label: None for _, label, *_ in skills}
    label_numbers = {label: number for number, label in enumerate(labels)}
    return (
        list(numbers),
        ProfileRows(*columns_of([(codes[code], km, remote) for _, code, km, remote in found], 3)),
        WindowRows(
            *columns_of(
                [
                    (numbers[owner], hours, first.toordinal(), last_day(last))
                    for owner, hours, first, last in windows
                ],
                4,
            )
        ),
        OfferRows(
            *columns_of(
                [
                    (numbers[owner], label_numbers[label], level, energy, to is Direction.WANTS)
                    for owner, label, level, energy, to in skills
                ],
                5,
            )
        ),
        list(labels),
    )


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
