"""Words that were compared are not compared again; S of the database is S made at once."""

from pathlib import Path
from random import Random
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.matching import queries
from app.matching.core.arrays import Similar, similar_of
from app.matching.core.facts import Link
from app.matching.core.release import RULES
from app.matching.core.similarity import Asked, Offered, words_of
from app.matching.models import SimilarityVersion, SimilarTerms, Term
from app.matching.similarity import NewerRules, complete, stored_terms
from tests.support.words import a_vocabulary

WORDS = uuid4()
LABELS = (
    *("ruimtelijke ordening", "planologie", "omgevingsplan", "jeugdzorg", "pleegzorg"),
    *("pleeg zorg", "jeugd", "wolkenfluisteren", "wolken fluisteren", "planschade", "ro"),
)


@pytest.fixture(autouse=True)
def vocabulary(session: Session, tmp_path: Path) -> None:
    a_vocabulary(session, tmp_path)


def completed(session: Session, asked: list[str], offered: list[str]) -> tuple[Similar, list[str]]:
    """S for these words, beside those that were stored before."""
    listed = stored_terms(session, WORDS)
    numbers = sorted({listed.terms[label] for label in asked})
    for label in offered:
        listed.terms[label]
    normals, vocabulary = listed.terms.normals, queries.vocabulary(session)
    words = words_of(vocabulary, normals)
    return complete(session, listed, numbers, vocabulary, words), normals


def made_at_once(session: Session, asked: set[str], normals: list[str]) -> Similar:
    vocabulary = queries.vocabulary(session)
    offered = Offered(vocabulary, words_of(vocabulary, normals))
    numbers = [number for number, normal in enumerate(normals) if normal in asked]
    return similar_of([offered.row(normals[number]) for number in numbers], numbers, len(normals))


@pytest.mark.parametrize("seed", range(6))
def test_word_by_word_gives_what_all_at_once_gives(session: Session, seed: int) -> None:
    pick, asked = Random(seed), set[str]()
    for _ in range(4):
        asking = pick.sample(LABELS, pick.randint(0, 4))
        asked.update(asking)
        found, normals = completed(session, asking, pick.sample(LABELS, pick.randint(0, 4)))

    plain = made_at_once(session, asked, normals)
    for one, other in zip(found, plain, strict=True):
        assert np.array_equal(one, other)


def test_a_word_is_compared_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    completed(session, ["planologie"], ["omgevingsplan"])
    compared: list[str] = []

    def nothing(_: object, word: str) -> dict[int, Link]:
        compared.append(word)
        return {}

    monkeypatch.setattr(Offered, "row", nothing)
    monkeypatch.setattr(Asked, "column", nothing)

    completed(session, ["planologie", "omgevingsplan"], ["pleegzorg"])
    completed(session, ["planologie", "omgevingsplan"], ["pleegzorg"])

    assert compared == ["omgevingsplan", "pleegzorg"]


def test_other_words_begin_anew(session: Session) -> None:
    completed(session, ["planologie"], ["omgevingsplan"])

    listed = stored_terms(session, uuid4())

    assert listed.terms.normals == []
    assert session.scalar(select(func.count()).select_from(SimilarTerms)) == 0
    assert session.scalar(select(func.count()).select_from(Term)) == 0


def test_older_rules_are_replaced_and_newer_ones_left_alone(session: Session) -> None:
    completed(session, ["planologie"], ["omgevingsplan"])
    session.execute(update(SimilarityVersion).values(scorer=RULES + 1))

    with pytest.raises(NewerRules):
        stored_terms(session, WORDS)
    session.execute(update(SimilarityVersion).values(scorer=RULES - 1))
    assert stored_terms(session, WORDS).terms.normals == []
    assert session.scalar(select(SimilarityVersion.scorer)) == RULES


def test_the_database_can_say_itself_what_answers_what(session: Session) -> None:
    """As somebody would in SQL, who knows nothing of numbers."""
    completed(session, ["ruimtelijke ordening"], ["omgevingsplan", "pleegzorg"])
    offered = select(Term.id, Term.normal).subquery()

    found = session.execute(
        select(offered.c.normal, SimilarTerms.strength)
        .join(Term, Term.id == SimilarTerms.asked_id)
        .join(offered, offered.c.id == SimilarTerms.offered_id)
        .where(Term.normal == "ruimtelijke ordening")
        .order_by(SimilarTerms.strength)
    ).all()

    assert [tuple(row) for row in found] == [("omgevingsplan", 90), ("ruimtelijke ordening", 100)]
