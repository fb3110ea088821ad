"""Two concepts that are one count as one everywhere, until it is undone."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import ANYONE, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.outbox import OutboxMessage
from app.matching import queries as matching
from app.matching.core.facts import Kind
from app.vocabulary import queries
from app.vocabulary.concepts import merges, seen_concept
from app.vocabulary.esco import EscoConcept
from app.vocabulary.merging import merge_concepts, undo_merge
from app.vocabulary.models import Concept, ConceptMerge, ConceptName
from app.vocabulary.service import import_esco, import_starter
from tests.support.builders import a_user
from tests.support.words import a_vocabulary
from tests.support.work import make_work


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def merge(session: Session, label: str, into: str) -> None:
    merge_concepts(make_work(session), id_of(session, label), id_of(session, into))
    session.commit()


def undo(session: Session, label: str) -> None:
    undo_merge(make_work(session), id_of(session, label))
    session.commit()


def facts_told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def reading(session: Session) -> tuple[object, ...]:
    """All that is read from the words, to compare before and after."""
    return (
        queries.concept_facts(session),
        queries.own_labels(session),
        queries.count(session),
        *(queries.suggestions(session, text) for text in ("plan", "jeugd", "zorg", "klim")),
        *(queries.meant_by(session, text) for text in ("jeugdzrog", "planshcade")),
    )


def stored(session: Session) -> list[tuple[object, ...]]:
    names = select(ConceptName.__table__).order_by(ConceptName.id)
    concepts = select(Concept.__table__).order_by(Concept.id)
    return [tuple(row) for found in (names, concepts) for row in session.execute(found)]


def test_every_name_counts_as_a_name_of_the_other(words: Session) -> None:
    merge(words, "planschade", "ruimtelijke ordening")

    vocabulary = matching.vocabulary(words)
    link = vocabulary.link("RO", "planschade")

    assert link is not None
    assert (link.kind, link.strength) == (Kind.SYNONYM, 100)
    assert vocabulary.concept_of("planschade") == id_of(words, "ruimtelijke ordening")


def test_what_stood_under_the_one_stands_under_the_other(words: Session) -> None:
    merge(words, "ruimtelijke ordening", "planschade")

    link = matching.vocabulary(words).link("planschade", "omgevingsplan")

    assert link is not None
    assert link.kind is Kind.NARROWER


def test_suggestions_show_the_one_with_the_names_of_both(words: Session) -> None:
    merge(words, "pleegzorg", "jeugdhulp")

    (found,) = queries.suggestions(words, "pleegzorg")

    assert (found.label, found.also) == ("jeugdhulp", ("jeugdzorg", "pleegzorg"))


def test_a_merged_concept_stands_in_no_list(words: Session) -> None:
    before = queries.count(words)

    merge(words, "pleegzorg", "jeugdhulp")

    assert "pleegzorg" not in queries.own_labels(words)
    assert queries.count(words) == before - 1


def test_undone_everything_is_as_it_was(words: Session) -> None:
    before, rows = reading(words), stored(words)

    merge(words, "ruimtelijke ordening", "planschade")
    between = reading(words)
    undo(words, "ruimtelijke ordening")

    assert between != before
    assert (reading(words), stored(words)) == (before, rows)


def test_each_change_makes_another_version_and_tells_it(words: Session) -> None:
    versions = [queries.version(words)]
    told = len(facts_told(words))

    merge(words, "pleegzorg", "jeugdhulp")
    versions.append(queries.version(words))
    undo(words, "pleegzorg")
    versions.append(queries.version(words))

    assert len(set(versions)) == 3
    assert facts_told(words)[told:] == [
        *("concepts.merged", "vocabulary.changed"),
        *("merge.undone", "vocabulary.changed"),
    ]


def test_who_merged_and_when_is_kept(words: Session) -> None:
    beheerder = a_user(words, Role.BEHEERDER)
    work = make_work(words, beheerder)

    merge_concepts(work, id_of(words, "pleegzorg"), id_of(words, "jeugdhulp"))

    (row,) = merges(words)
    assert (row.concept.label, row.into.label) == ("pleegzorg", "jeugdhulp")
    assert (row.merged_by, row.merged_at) == (beheerder.id, work.now)


@pytest.mark.parametrize(
    ("label", "into", "said"),
    [
        ("jeugdhulp", "jeugdhulp", "zelf"),
        ("jeugdhulp", "pleegzorg", "valt onder"),
        ("planschade", "klimaatadaptatie", "telt al als"),
        ("klimaatadaptatie", "planschade", "telt al als"),
        ("omgevingsplan", "jeugdhulp", "tellen al als"),
    ],
)
def test_a_merge_that_would_go_round_or_on_is_refused(
    words: Session, label: str, into: str, said: str
) -> None:
    merge(words, "planschade", "omgevingsplan")
    before = reading(words)

    with pytest.raises(Conflict) as refused:
        merge(words, label, into)
    words.rollback()

    assert said in refused.value.said
    assert reading(words) == before


def test_a_merge_that_would_go_round_by_way_of_another_is_refused(words: Session) -> None:
    merge(words, "ruimtelijke ordening", "pleegzorg")

    with pytest.raises(Conflict, match="valt onder"):
        merge(words, "jeugdhulp", "omgevingsplan")


def test_others_than_beheerders_are_refused(words: Session) -> None:
    ids = id_of(words, "pleegzorg"), id_of(words, "jeugdhulp")

    for actor in (ANYONE, a_user(words), a_user(words, Role.GEMEENTEBEHEERDER)):
        with pytest.raises(NotAllowed):
            merge_concepts(make_work(words, actor), *ids)
        with pytest.raises(NotAllowed):
            undo_merge(make_work(words, actor), ids[0])


def test_what_does_not_exist_is_not_merged_or_undone(words: Session) -> None:
    known = id_of(words, "jeugdhulp")

    for pair in ((known, 0), (0, known)):
        with pytest.raises(NotFound):
            merge_concepts(make_work(words), *pair)
    with pytest.raises(NotFound):
        undo_merge(make_work(words), known)


def test_an_import_leaves_merges_alone(words: Session, tmp_path: Path) -> None:
    merge(words, "pleegzorg", "jeugdhulp")
    path = tmp_path / "concepts" / "jeugd.csv"
    path.write_text(path.read_text().replace("jeugdzorg", "hulp aan jeugd"), encoding="utf-8")

    import_starter(make_work(words), tmp_path)

    (found,) = queries.suggestions(words, "pleegzorg")
    assert found.also == ("hulp aan jeugd", "pleegzorg")


def test_a_concept_that_another_counts_as_stays_when_it_leaves_the_list(
    words: Session, tmp_path: Path
) -> None:
    merge(words, "klimaatadaptatie", "planschade")
    path = tmp_path / "concepts" / "ruimte.csv"
    path.write_text(path.read_text().replace("planschade,,,,\n", ""), encoding="utf-8")

    report = import_starter(make_work(words), tmp_path)

    assert (report.kept, report.removed) == (1, 0)
    assert len(merges(words)) == 1


def test_a_merged_concept_that_leaves_the_list_takes_its_merge_along(
    words: Session, tmp_path: Path
) -> None:
    merge(words, "planschade", "klimaatadaptatie")
    path = tmp_path / "concepts" / "ruimte.csv"
    path.write_text(path.read_text().replace("planschade,,,,\n", ""), encoding="utf-8")

    import_starter(make_work(words), tmp_path)

    assert merges(words) == []


def foreign(session: Session, label: str, number: int = 1) -> None:
    concept = EscoConcept(f"http://data.europa.eu/esco/skill/{number}", label)
    import_esco(make_work(session), [concept])


def test_where_our_concept_takes_the_place_of_one_of_esco_it_takes_over_what_counts_as_it(
    words: Session,
) -> None:
    foreign(words, "planologisch werk")
    merge(words, "planschade", "planologisch werk")
    merge(words, "ruimtelijke ordening", "planologisch werk")

    foreign(words, "ruimtelijke ordening")

    (row,) = merges(words)
    assert (row.concept.label, row.into.label) == ("planschade", "ruimtelijke ordening")


def test_no_merge_leads_to_a_merge_after_an_import(words: Session) -> None:
    foreign(words, "planologisch werk")
    merge(words, "planschade", "planologisch werk")
    merge(words, "jeugdhulp", "klimaatadaptatie")

    foreign(words, "jeugdhulp")

    chained = select(func.count()).where(ConceptMerge.concept_id.in_(select(ConceptMerge.into_id)))
    assert words.scalar(chained) == 0
    assert seen_concept(words, id_of(words, "planschade")).into is not None
