"""What is read as columns finds what is found pair by pair."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core.actor import Role
from app.core.clock import dutch_day
from app.matching import building, queries, service
from app.matching.building import build, contents_of
from app.matching.core.engine import Engine
from app.matching.core.vocabulary import Vocabulary
from app.matching.models import Build, Change, Match, SimilarTerms, Term
from app.matching.service import keep_fresh
from app.matching.shelf import Shelf
from app.matching.snapshot import Contents, id_at
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.rules import Direction, ProfileState
from app.vocabulary.deciding import link_word
from app.vocabulary.queries import concepts_named
from tests.support.builders import (
    a_gemeente,
    a_network,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

WORDS = ("RO", "planologie", "omgevingsplan", "jeugdzorg", "pleegzorg", "wolkenfluisteren")


@pytest.fixture
def country(session: Session, tmp_path: Path) -> Session:
    """A few gemeenten in two provinces, people and opgaven with words in every relation."""
    a_vocabulary(session, tmp_path)
    gemeenten = [a_gemeente(session, province=("Utrecht", "Drenthe")[at % 2]) for at in range(4)]
    a_network(session, *(one.code for one in gemeenten[1:3]))
    for at in range(24):
        user = a_user(session, gemeente_code=gemeenten[at % 4].code)
        a_profile(
            session,
            user=user,
            state=ProfileState.CONCEPT if at % 7 == 6 else ProfileState.PUBLISHED,
            skills=[
                a_skill(
                    WORDS[(at + more) % len(WORDS)],
                    level=1 + (at + more) % 4,
                    energy=1 + (at * more) % 5,
                    direction=list(Direction)[at % 2],
                )
                for more in range(at % 4)
            ],
        )
    for at in range(12):
        an_opgave(
            session,
            gemeente_code=gemeenten[at % 4].code,
            status=OpgaveStatus.CONCEPT if at % 5 == 4 else OpgaveStatus.OPEN,
            audience=list(Audience)[at % len(Audience)],
            skills=[
                an_asked_skill(WORDS[(at + more) % len(WORDS)], must=more == 0)
                for more in range(1 + at % 3)
            ],
        )
    session.commit()
    return session


def test_the_engine_finds_the_matches_that_are_found_pair_by_pair(country: Session) -> None:
    service.match_everything(make_work(country))
    stored = {
        (row.profile_id, row.opgave_id, row.tier, row.value)
        for row in country.scalars(select(Match))
    }

    contents = contents_of(country, TODAY)
    engine = Engine(contents.state)
    found = {
        (
            id_at(contents.profile_ids, one.number),
            id_at(contents.opgave_ids, number),
            one.tier,
            one.value,
        )
        for number in range(len(contents.opgave_ids))
        for one in engine.people_for(number)
    }

    assert len(stored) > 5
    assert found == stored


def test_a_country_without_people_or_opgaven_is_one_too(session: Session) -> None:
    contents = contents_of(session, TODAY)

    assert (len(contents.profile_ids), len(contents.opgave_ids)) == (0, 0)
    assert Engine(contents.state).everything().people_of.shape[0] == 0


def test_an_opgave_that_has_ended_is_left_out(country: Session) -> None:
    later = dutch_day(make_work(country).now + timedelta(days=4000))

    assert len(contents_of(country, later).opgave_ids) == 0


def test_words_that_change_during_a_build_are_compared_by_the_next(
    country: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = queries.vocabulary

    def read_and_then_changed(session: Session) -> Vocabulary:
        found = read(session)
        link_word(make_work(session, a_user(session, Role.BEHEERDER)), "wolkenfluisteren", ro)
        return found

    [ro] = concepts_named(country, "ro")
    monkeypatch.setattr(queries, "vocabulary", read_and_then_changed)
    build(make_work(country), shelf.folder)
    monkeypatch.undo()

    assert keep_fresh(make_work(country), shelf)
    assert similar(country, "ro") == {"ro", "planologie", "omgevingsplan", "wolkenfluisteren"}


def similar(session: Session, asked: str) -> set[str]:
    """The words that answer this one, as the database keeps them."""
    offered = aliased(Term)
    return set(
        session.scalars(
            select(offered.normal)
            .join(SimilarTerms, SimilarTerms.offered_id == offered.id)
            .join(Term, Term.id == SimilarTerms.asked_id)
            .where(Term.normal == asked)
        )
    )


def test_of_old_builds_a_hundred_are_remembered(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BUILDS_KEPT", 2)
    for minute in range(4):
        build(make_work(session, now=MONDAY + timedelta(minutes=minute)), shelf.folder)

    assert len(session.scalars(select(Build)).all()) == 3


def test_a_change_during_a_build_outlives_it(
    country: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(at: datetime) -> None:
        country.add(Change(opgave_id=uuid4(), changed_at=at))
        country.flush()

    def read_and_then_changed(*facts: Any) -> Contents:
        found = contents_of(*facts)
        change(MONDAY + timedelta(minutes=1))
        return found

    change(MONDAY)
    monkeypatch.setattr(building, "contents_of", read_and_then_changed)
    made = build(make_work(country), shelf.folder)

    [left] = country.scalars(select(Change))
    assert left.changed_at == MONDAY + timedelta(minutes=1)
    assert left.number > made.manifest.seen
