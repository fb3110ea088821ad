"""Imports bring the words in line; a second one does nothing; ours win over those of others."""

from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.core.outbox import OutboxMessage
from app.matching.queries import vocabulary
from app.vocabulary import queries
from app.vocabulary.esco import EscoConcept
from app.vocabulary.models import Concept, ConceptName, DifferentWords, NameKind, Source
from app.vocabulary.rules import LABEL_LIMIT
from app.vocabulary.service import EscoReport, ImportReport, import_esco, import_starter
from app.vocabulary.starter import read_concepts, read_different
from tests.support.work import make_work

HEADER = "label,synonyms,acronyms,broader,related\n"
PAIRS = "one,other,why\n"
URI = "http://data.europa.eu/esco/skill/"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """A folder with a small vocabulary; tests write over its files."""
    (tmp_path / "concepts").mkdir()
    (tmp_path / "different").mkdir()
    write(tmp_path, "ruimtelijke ordening,,RO,,\nomgevingsplan,,,ruimtelijke ordening,")
    (tmp_path / "different" / "ruimte.csv").write_text(PAIRS, encoding="utf-8")
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    text = HEADER + "\n".join(lines) + "\n"
    (folder / "concepts" / "ruimte.csv").write_text(text, encoding="utf-8")


def write_pairs(folder: Path, *lines: str) -> None:
    text = PAIRS + "\n".join(lines) + "\n"
    (folder / "different" / "ruimte.csv").write_text(text, encoding="utf-8")


def take(session: Session, folder: Path) -> ImportReport:
    return import_starter(make_work(session), folder)


def take_esco(session: Session, *concepts: EscoConcept) -> EscoReport:
    return import_esco(make_work(session), concepts)


def broader_of(session: Session, label: str) -> str | None:
    wider = session.scalars(select(Concept.broader_id).where(Concept.label == label)).one()
    return session.get_one(Concept, wider).label if wider is not None else None


def labels(session: Session, source: Source) -> list[str]:
    found = select(Concept.label).where(Concept.source == source).order_by(Concept.label)
    return list(session.scalars(found))


def names(session: Session, label: str) -> list[tuple[str, str, NameKind]]:
    rows = session.execute(
        select(ConceptName.name, ConceptName.normal, ConceptName.kind)
        .join(Concept)
        .where(Concept.label == label)
        .order_by(ConceptName.id)
    )
    return [(name, normal, kind) for name, normal, kind in rows]


def facts_told(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


def test_our_own_lists_go_in_whole_and_a_second_time_nothing_happens(session: Session) -> None:
    listed, pairs = read_concepts(), read_different()

    first = import_starter(make_work(session))
    version = queries.version(session)
    second = import_starter(make_work(session))

    assert first == ImportReport(added=len(listed), pairs=first.pairs)
    assert 0 < first.pairs <= len(pairs)
    assert second == ImportReport(unchanged=len(listed))
    assert queries.version(session) == version
    assert facts_told(session) == 1


def test_what_was_written_is_what_the_lists_say(session: Session) -> None:
    import_starter(make_work(session))
    listed = {concept.label: concept for concept in read_concepts()}

    words = {
        concept.label: (concept.theme, {name.name for name in concept.names})
        for concept in session.scalars(select(Concept))
    }
    wider = session.execute(select(Concept.label, Concept.broader_id))
    by_id: dict[int | None, str] = {one.id: one.label for one in session.scalars(select(Concept))}

    assert words == {label: (one.theme, set(one.names)) for label, one in listed.items()}
    assert {label: by_id.get(above) for label, above in wider} == {
        label: one.broader for label, one in listed.items()
    }
    related = queries.ties(session, into={})
    assert {
        frozenset((by_id[one], by_id[other])) for one, others in related.items() for other in others
    } == {frozenset((label, other)) for label, one in listed.items() for other in one.related}


def test_names_are_kept_with_their_kind_and_comparable_form(session: Session, lists: Path) -> None:
    write(lists, "Énergie-advies,energie advisering|energieadviseur,EA,,")

    take(session, lists)

    assert names(session, "Énergie-advies") == [
        ("Énergie-advies", "energie advies", NameKind.LABEL),
        ("energie advisering", "energie advisering", NameKind.SYNONYM),
        ("energieadviseur", "energieadviseur", NameKind.SYNONYM),
        ("EA", "ea", NameKind.ACRONYM),
    ]


def test_an_import_takes_few_statements(session: Session) -> None:
    import_starter(make_work(session))
    statements: list[str] = []
    session.flush()
    connection = session.connection()

    def note(_: object, __: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        import_starter(make_work(session))
    finally:
        event.remove(connection, "before_cursor_execute", note)

    assert len(statements) == 6


def test_a_change_in_the_list_is_written_and_told_with_a_new_version(
    session: Session, lists: Path
) -> None:
    take(session, lists)
    before = queries.version(session)
    write(
        lists,
        "ruimtelijke ordening,planologie,RO,,",
        "omgevingsplan,,,,ruimtelijke ordening",
        "stedenbouw,,,ruimtelijke ordening,",
    )

    report = take(session, lists)

    assert report == ImportReport(added=1, changed=2)
    assert [name for name, *_ in names(session, "ruimtelijke ordening")] == [
        "ruimtelijke ordening",
        "planologie",
        "RO",
    ]
    assert broader_of(session, "omgevingsplan") is None
    assert broader_of(session, "stedenbouw") == "ruimtelijke ordening"
    version = queries.version(session)
    assert version != before
    last = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    assert (last.name, last.payload) == ("vocabulary.changed", {"version": str(version)})


def test_a_concept_that_left_the_list_goes_with_its_names(session: Session, lists: Path) -> None:
    take(session, lists)
    write(lists, "ruimtelijke ordening,,RO,,")

    report = take(session, lists)

    assert report == ImportReport(unchanged=1, removed=1)
    assert labels(session, Source.STARTER) == ["ruimtelijke ordening"]
    assert names(session, "omgevingsplan") == []


def test_a_whole_branch_that_left_the_list_goes(session: Session, lists: Path) -> None:
    take(session, lists)
    write(lists, "stedenbouw,,,,")

    assert take(session, lists) == ImportReport(added=1, removed=2)
    assert labels(session, Source.STARTER) == ["stedenbouw"]


def test_a_concept_in_use_stays_but_gives_up_a_name_that_another_got(
    session: Session, lists: Path
) -> None:
    take(session, lists)
    take_esco(
        session,
        EscoConcept(URI + "1", "omgevingsplan"),
        EscoConcept(URI + "2", "plankaarten tekenen", broader=(URI + "1",)),
    )
    write(lists, "ruimtelijke ordening,,RO,,", "planvorming,omgevingsplan,,,")

    report = take(session, lists)

    assert (report.removed, report.kept) == (0, 1)
    assert broader_of(session, "plankaarten tekenen") == "omgevingsplan"
    assert names(session, "omgevingsplan") == []
    assert take(session, lists) == ImportReport(unchanged=2, kept=1)


def test_look_alikes_are_kept_apart_in_either_order(session: Session, lists: Path) -> None:
    write_pairs(lists, "beheer openbare ruimte,beheer,Het een is ruimer.", "zorg,arbo,Ander werk.")
    assert take(session, lists).pairs == 2

    write_pairs(lists, "beheer,beheer openbare ruimte,Het een is ruimer.", "zorg,arbo,Anders.")
    report = take(session, lists)

    assert report.pairs == 1
    rows = session.execute(select(DifferentWords.one, DifferentWords.other, DifferentWords.why))
    assert {frozenset((one, other)): why for one, other, why in rows} == {
        frozenset(("beheer", "beheer openbare ruimte")): "Het een is ruimer.",
        frozenset(("arbo", "zorg")): "Anders.",
    }
    (lists / "different" / "ruimte.csv").write_text(PAIRS, encoding="utf-8")
    assert take(session, lists).pairs == 2
    assert queries.different_pairs(session) == []


def test_a_bad_list_changes_nothing(session: Session, lists: Path) -> None:
    take(session, lists)
    write(lists, "stedenbouw,,,bestaat niet,")

    with pytest.raises(ValueError, match=r"ruimte\.csv, line 2"):
        take(session, lists)

    assert labels(session, Source.STARTER) == ["omgevingsplan", "ruimtelijke ordening"]


def test_matching_compares_with_the_words_that_were_imported(session: Session, lists: Path) -> None:
    take(session, lists)
    assert vocabulary(session).link("RO", "ruimtelijke ordening") is not None

    write(lists, "ruimtelijke ordening,,,,")
    take(session, lists)

    assert vocabulary(session).link("RO", "ruimtelijke ordening") is None


def test_concepts_of_esco_come_beside_ours(session: Session, lists: Path) -> None:
    take(session, lists)

    report = take_esco(
        session,
        EscoConcept(URI + "1", "Haskell", ("haskell", "Haskell-taal", "HASKELL taal"), "Een taal."),
        EscoConcept(URI + "2", "monaden", broader=("http://x.example/onbekend", URI + "1")),
    )

    haskell = session.scalars(select(Concept).where(Concept.uri == URI + "1")).one()
    assert report == EscoReport(added=2)
    assert (haskell.source, haskell.theme, haskell.description) == (
        Source.ESCO,
        None,
        "Een taal.",
    )
    assert names(session, "Haskell") == [
        ("Haskell", "haskell", NameKind.LABEL),
        ("Haskell-taal", "haskell taal", NameKind.SYNONYM),
    ]
    assert broader_of(session, "monaden") == "Haskell"


def test_a_second_import_of_esco_does_nothing(session: Session, lists: Path) -> None:
    take(session, lists)
    concepts = (EscoConcept(URI + "1", "Haskell"), EscoConcept(URI + "2", "RO"))
    take_esco(session, *concepts)
    told = facts_told(session)

    assert take_esco(session, *concepts) == EscoReport(unchanged=1, ours=1)
    assert facts_told(session) == told


def test_where_a_name_is_ours_our_concept_stands_also_as_the_wider_one(
    session: Session, lists: Path
) -> None:
    take(session, lists)

    report = take_esco(
        session,
        EscoConcept(URI + "1", "Ruimtelijke  Ordening"),
        EscoConcept(URI + "2", "bestemmingsplannen tekenen", broader=(URI + "1",)),
    )

    assert (report.added, report.ours) == (1, 1)
    assert labels(session, Source.ESCO) == ["bestemmingsplannen tekenen"]
    assert broader_of(session, "bestemmingsplannen tekenen") == "ruimtelijke ordening"


def test_a_concept_of_esco_gives_way_when_its_name_becomes_ours(
    session: Session, lists: Path
) -> None:
    take(session, lists)
    upper = EscoConcept(URI + "1", "stedenbouw")
    take_esco(session, upper, EscoConcept(URI + "2", "pleinen tekenen", broader=(upper.uri,)))
    write(lists, "stedenbouw,,,,")
    take(session, lists)

    report = take_esco(session, upper)

    assert report == EscoReport(removed=1, ours=1, absent=1)
    assert labels(session, Source.ESCO) == ["pleinen tekenen"]
    wider = session.scalars(select(Concept).where(Concept.label == "stedenbouw")).one()
    assert wider.source is Source.STARTER
    assert broader_of(session, "pleinen tekenen") == "stedenbouw"


def test_names_that_are_too_long_are_left_out_and_counted(session: Session) -> None:
    long = "x" * (LABEL_LIMIT + 1)

    report = take_esco(
        session,
        EscoConcept(URI + "1", long),
        EscoConcept(URI + "2", "Haskell", (long, "x" * LABEL_LIMIT)),
    )

    assert report == EscoReport(added=1, too_long=2)
    assert len(names(session, "Haskell")) == 2


def test_concepts_of_esco_never_go_round_in_circles(session: Session) -> None:
    take_esco(
        session,
        EscoConcept(URI + "1", "een", broader=(URI + "1", URI + "3")),
        EscoConcept(URI + "2", "twee", broader=(URI + "1",)),
        EscoConcept(URI + "3", "drie", broader=(URI + "2",)),
    )

    assert [broader_of(session, label) for label in ("een", "twee", "drie")] == [
        "drie",
        "een",
        None,
    ]


def test_a_changed_concept_of_esco_is_brought_in_line(session: Session) -> None:
    take_esco(session, EscoConcept(URI + "1", "Haskel", ("fp",), "Oud."))

    report = take_esco(session, EscoConcept(URI + "1", "Haskell", (), "Nieuw."))

    assert report == EscoReport(changed=1)
    concept = session.scalars(select(Concept)).one()
    assert (concept.label, concept.description) == ("Haskell", "Nieuw.")
    assert [name.name for name in concept.names] == ["Haskell"]
