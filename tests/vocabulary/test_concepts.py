"""What a beheerder reads about a concept."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.vocabulary.concepts import (
    Neighbour,
    SeenConcept,
    merges,
    other_named,
    said_to_differ,
    seen_concept,
)
from app.vocabulary.merging import merge_concepts
from app.vocabulary.models import Concept, RelatedConcepts, Source
from app.vocabulary.rules import Theme
from app.vocabulary.service import import_starter
from tests.support.words import a_vocabulary
from tests.support.work import make_work


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def near(session: Session, label: str) -> Neighbour:
    return Neighbour(id_of(session, label), label)


def seen(session: Session, label: str) -> SeenConcept:
    return seen_concept(session, id_of(session, label))


def relate(session: Session, *labels: str) -> None:
    one, other = sorted(id_of(session, label) for label in labels)
    session.add(RelatedConcepts(one_id=one, other_id=other))
    session.flush()


def merge(session: Session, label: str, into: str) -> None:
    merge_concepts(make_work(session), id_of(session, label), id_of(session, into))


def test_a_concept_is_seen_with_its_names_and_neighbours(words: Session) -> None:
    relate(words, "ruimtelijke ordening", "klimaatadaptatie")

    found = seen(words, "ruimtelijke ordening")

    assert (found.also, found.theme) == (("planologie", "RO"), Theme.RUIMTE)
    assert found.source is Source.STARTER
    assert found.narrower == (near(words, "omgevingsplan"),)
    assert found.related == (near(words, "klimaatadaptatie"),)
    assert (found.broader, found.into) == (None, None)
    assert seen(words, "omgevingsplan").broader == near(words, "ruimtelijke ordening")


def test_names_and_neighbours_of_what_counts_as_it_are_its_own(words: Session) -> None:
    relate(words, "ruimtelijke ordening", "klimaatadaptatie")
    merge(words, "ruimtelijke ordening", "planschade")

    found = seen(words, "planschade")

    assert found.also == ("ruimtelijke ordening", "planologie", "RO")
    assert found.narrower == (near(words, "omgevingsplan"),)
    assert found.related == (near(words, "klimaatadaptatie"),)


def test_a_merged_concept_shows_its_own_names_and_what_it_counts_as(words: Session) -> None:
    merge(words, "ruimtelijke ordening", "planschade")

    found = seen(words, "ruimtelijke ordening")

    assert (found.also, found.into) == (("planologie", "RO"), near(words, "planschade"))
    assert seen(words, "omgevingsplan").broader == near(words, "planschade")


def test_a_merged_concept_is_nobodys_neighbour(words: Session) -> None:
    merge(words, "omgevingsplan", "klimaatadaptatie")

    assert seen(words, "ruimtelijke ordening").narrower == ()


def test_concepts_that_are_one_do_not_touch_or_hold_each_other(words: Session) -> None:
    relate(words, "pleegzorg", "jeugdhulp")
    merge(words, "pleegzorg", "jeugdhulp")

    found = seen(words, "jeugdhulp")

    assert (found.related, found.narrower, found.broader) == ((), (), None)


def test_what_does_not_exist_is_not_found(words: Session) -> None:
    with pytest.raises(NotFound):
        seen_concept(words, 0)


def test_the_newest_merge_comes_first(words: Session) -> None:
    merge(words, "planschade", "klimaatadaptatie")
    work = make_work(words)
    later = make_work(words, now=work.now.replace(hour=9))
    merge_concepts(later, id_of(words, "pleegzorg"), id_of(words, "jeugdhulp"))

    assert [one.concept.label for one in merges(words)] == ["pleegzorg", "planschade"]


def test_merges_of_one_moment_have_one_order(words: Session) -> None:
    pairs = ("planschade", "klimaatadaptatie"), ("pleegzorg", "jeugdhulp")
    for pair in sorted(pairs, key=lambda pair: id_of(words, pair[0]), reverse=True):
        merge(words, *pair)
        words.flush()

    found = [one.concept.id for one in merges(words)]
    assert found == sorted(found)


def test_another_concept_is_found_by_any_of_its_names(words: Session) -> None:
    asking, found = id_of(words, "planschade"), id_of(words, "ruimtelijke ordening")

    assert [other_named(words, name, asking) for name in ("ro", "Planologie", "")] == [
        found,
        found,
        None,
    ]
    assert other_named(words, "planschade", asking) is None


def test_pairs_that_only_look_alike_are_told_either_way(words: Session, tmp_path: Path) -> None:
    (tmp_path / "different" / "ruimte.csv").write_text(
        "one,other,why\nomgevingsplan,planschade,een plan en geld\n", encoding="utf-8"
    )
    import_starter(make_work(words), tmp_path)
    plan, damage = id_of(words, "omgevingsplan"), id_of(words, "planschade")

    for pair in ((plan, damage), (damage, plan)):
        assert [found.why for found in said_to_differ(words, *pair)] == ["een plan en geld"]
    assert said_to_differ(words, plan, id_of(words, "jeugdhulp")) == []
