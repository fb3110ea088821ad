"""A beheerder says what a word stands for that no list knows, and can take it back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import ANYONE, Role
from app.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.matching import queries as matching
from app.matching.core.facts import Kind
from app.vocabulary import queries
from app.vocabulary.concepts import merges, said_to_differ, seen_concept
from app.vocabulary.decided import newest_first
from app.vocabulary.deciding import (
    leave_word,
    link_word,
    make_concept,
    tell_apart,
    undo_decision,
)
from app.vocabulary.esco import EscoConcept
from app.vocabulary.lexicon import Lexicon
from app.vocabulary.merging import merge_concepts, undo_merge
from app.vocabulary.models import Concept, ConceptMerge, ConceptName, WordDecision
from app.vocabulary.rules import ConceptDraft, Theme, Verdict
from app.vocabulary.service import import_esco, import_starter
from tests.support.builders import a_user
from tests.support.words import a_vocabulary
from tests.support.work import make_work

DRAFT = ConceptDraft("kindertolk", Theme.JEUGD, "jeugdhulp", "Laat kinderen zelf aan het woord.")


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def link(session: Session, word: str, label: str) -> WordDecision:
    return link_word(make_work(session), word, id_of(session, label))


def undo(session: Session, decision: WordDecision) -> None:
    undo_decision(make_work(session), decision.id)


def kind_of(session: Session, asked: str, offered: str) -> Kind | None:
    found = matching.vocabulary(session).link(asked, offered)
    return found.kind if found else None


def facts_told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def reading(session: Session) -> tuple[object, ...]:
    """All that is read from the words, to compare before and after."""
    return (
        queries.concept_facts(session),
        sorted(queries.different_pairs(session)),
        queries.own_labels(session),
        queries.count(session),
        *(queries.suggestions(session, text) for text in ("plan", "jeugd", "zorg", "kind")),
        *(queries.meant_by(session, text) for text in ("RO", "jeugdzrog", "kindertlok")),
    )


def stored(session: Session) -> list[tuple[object, ...]]:
    names = select(ConceptName.__table__).order_by(ConceptName.id)
    concepts = select(Concept.__table__).order_by(Concept.id)
    return [tuple(row) for found in (names, concepts) for row in session.execute(found)]


def relist(folder: Path, theme: str, old: str, new: str) -> None:
    path = folder / "concepts" / f"{theme}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


# Link


def test_a_linked_word_is_a_name_of_the_concept_wherever_words_are_read(words: Session) -> None:
    link(words, "Kindertolk", "jeugdhulp")

    (suggested,) = queries.suggestions(words, "kindertolk")

    assert kind_of(words, "jeugdzorg", "kindertolk") is Kind.SYNONYM
    assert (suggested.label, suggested.also) == (
        "jeugdhulp",
        ("jeugdzorg", "Kindertolk"),
    )
    assert "Kindertolk" in seen_concept(words, id_of(words, "jeugdhulp")).also
    assert merges(words) == []


def test_a_linked_word_is_no_concept_in_any_list(words: Session) -> None:
    before = queries.count(words), queries.own_labels(words)

    link(words, "kindertolk", "jeugdhulp")

    assert (queries.count(words), queries.own_labels(words)) == before


def test_a_word_that_is_linked_to_what_was_merged_counts_as_the_other(words: Session) -> None:
    merge_concepts(make_work(words), id_of(words, "pleegzorg"), id_of(words, "jeugdhulp"))

    link(words, "pleegouder", "pleegzorg")

    assert kind_of(words, "jeugdzorg", "pleegouder") is Kind.SYNONYM


def test_a_linked_word_goes_along_with_a_merge_and_comes_back(words: Session) -> None:
    link(words, "kindertolk", "jeugdhulp")
    jeugdhulp, planschade = id_of(words, "jeugdhulp"), id_of(words, "planschade")

    merge_concepts(make_work(words), jeugdhulp, planschade)
    merged = kind_of(words, "planschade", "kindertolk")
    undo_merge(make_work(words), jeugdhulp)

    assert merged is Kind.SYNONYM
    assert kind_of(words, "planschade", "kindertolk") is None
    assert kind_of(words, "jeugdhulp", "kindertolk") is Kind.SYNONYM


def test_a_linked_word_is_taken_back_where_it_was_decided(words: Session) -> None:
    decision = link(words, "kindertolk", "jeugdhulp")

    with pytest.raises(Conflict, match="koppelde"):
        undo_merge(make_work(words), decision.concept_id or 0)


# A new concept


def test_a_new_concept_stands_in_every_list_with_what_was_filled_in(words: Session) -> None:
    decision = make_concept(make_work(words), "tolk voor kinderen", DRAFT)

    found = seen_concept(words, decision.concept_id or 0)
    (suggested,) = queries.suggestions(words, "tolk voor")

    assert (found.label, found.also, found.theme) == (
        "kindertolk",
        ("tolk voor kinderen",),
        Theme.JEUGD,
    )
    assert found.broader is not None
    assert (found.broader.label, found.description) == ("jeugdhulp", DRAFT.description)
    assert suggested.label == "kindertolk"
    assert "kindertolk" in queries.own_labels(words)
    assert kind_of(words, "jeugdzorg", "tolk voor kinderen") is Kind.NARROWER


def test_the_word_itself_can_be_the_name(words: Session) -> None:
    decision = make_concept(make_work(words), "Kindertolk", DRAFT)

    assert seen_concept(words, decision.concept_id or 0).also == ()


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (ConceptDraft("", Theme.JEUGD), "label", "Vul de naam"),
        (ConceptDraft("!!", Theme.JEUGD), "label", "letters of cijfers"),
        (ConceptDraft("x" * 81, Theme.JEUGD), "label", "hoogstens 80 tekens"),
        (
            ConceptDraft("Jeugd zorg", Theme.JEUGD),
            "label",
            "al een begrip dat zo heet: “jeugdhulp”",
        ),
        (ConceptDraft("tolk"), "theme", "Kies een thema."),
        (ConceptDraft("tolk", Theme.JEUGD, "tuinieren"), "broader", "Geen begrip heet “tuinieren”"),
        (ConceptDraft("tolk", Theme.JEUGD, "", "x" * 501), "description", "hoogstens 500"),
    ],
)
def test_a_concept_that_cannot_be_is_refused_with_every_fault(
    words: Session, draft: ConceptDraft, field: str, said: str
) -> None:
    with pytest.raises(FaultyDraft) as refused:
        make_concept(make_work(words), "tolk", draft)

    (fault,) = refused.value.faults
    assert (fault.field, said in fault.said) == (field, True)


# Different, and left aside


def test_words_that_only_look_alike_do_not_match_by_letters(words: Session) -> None:
    pair = "planschadu", "planschade"
    before = kind_of(words, *pair)

    tell_apart(make_work(words), *pair)

    assert before is Kind.SPELLING
    assert [kind_of(words, *way) for way in (pair, pair[::-1])] == [None, None]


def test_a_merge_of_what_a_beheerder_told_apart_is_doubted(words: Session) -> None:
    tell_apart(make_work(words), "planologie", "planschade")
    ids = id_of(words, "ruimtelijke ordening"), id_of(words, "planschade")

    for pair in (ids, ids[::-1]):
        (found,) = said_to_differ(words, *pair)
        assert (found.one, found.other, found.is_listed) == ("planologie", "planschade", False)


@pytest.mark.parametrize(
    ("word", "other", "said"),
    [
        ("planschade", "Plan schade", "schrijfwijzen"),
        ("planschade", "", "geen woord"),
        ("planschade", "x" * 81, "geen woord"),
        ("planologen", "planschade", "al gezegd"),
        ("planschade", "planologen", "al gezegd"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(
    words: Session, word: str, other: str, said: str
) -> None:
    tell_apart(make_work(words), "planologen", "planschade")

    with pytest.raises(Conflict, match=said):
        tell_apart(make_work(words), word, other)


def test_a_word_that_is_left_changes_nothing_and_wakes_nobody(words: Session) -> None:
    before, version = reading(words), queries.version(words)
    told = len(facts_told(words))

    leave_word(make_work(words), "gezelligheid")

    assert (reading(words), queries.version(words)) == (before, version)
    assert facts_told(words)[told:] == ["word.decided"]


# Every decision

DEEDS: dict[str, Callable[[Session], WordDecision]] = {
    "link": lambda session: link(session, "kindertolk", "jeugdhulp"),
    "concept": lambda session: make_concept(make_work(session), "tolk voor kinderen", DRAFT),
    "different": lambda session: tell_apart(make_work(session), "planschadu", "planschade"),
    "aside": lambda session: leave_word(make_work(session), "gezelligheid"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_undone_everything_is_as_it_was(words: Session, deed: str) -> None:
    before, rows = reading(words), stored(words)

    decision = DEEDS[deed](words)
    between = reading(words)
    undo(words, decision)

    assert (between != before) == (deed != "aside")
    assert (reading(words), stored(words)) == (before, rows)
    assert words.scalar(select(func.count()).select_from(WordDecision)) == 0


@pytest.mark.parametrize("deed", ["link", "concept", "different"])
def test_each_change_makes_another_version_and_tells_it(words: Session, deed: str) -> None:
    versions, told = [queries.version(words)], len(facts_told(words))

    decision = DEEDS[deed](words)
    versions.append(queries.version(words))
    undo(words, decision)
    versions.append(queries.version(words))

    assert len(set(versions)) == 3
    assert facts_told(words)[told:] == [
        *("word.decided", "vocabulary.changed"),
        *("decision.undone", "vocabulary.changed"),
    ]


def test_who_decided_and_when_is_kept(words: Session) -> None:
    beheerder = a_user(words, Role.BEHEERDER)
    work = make_work(words, beheerder)

    link_word(work, "kindertolk", id_of(words, "jeugdhulp"))

    row = words.scalars(newest_first()).one()
    assert (row.word, row.verdict, row.into_id) == (
        "kindertolk",
        Verdict.LINK,
        id_of(words, "jeugdhulp"),
    )
    assert (row.decided_by, row.decided_at) == (beheerder.id, work.now)
    said = words.scalars(select(OutboxMessage).where(OutboxMessage.name == "word.decided")).one()
    assert (said.actor_id, said.payload["word"]) == (beheerder.id, "kindertolk")


def test_others_than_beheerders_are_refused(words: Session) -> None:
    decision = link(words, "kindertolk", "jeugdhulp")
    known = id_of(words, "planschade")

    for actor in (ANYONE, a_user(words), a_user(words, Role.GEMEENTEBEHEERDER)):
        work = make_work(words, actor)
        for deed in (
            lambda work=work: link_word(work, "tolk", known),
            lambda work=work: make_concept(work, "tolk", DRAFT),
            lambda work=work: tell_apart(work, "tolk", "planschade"),
            lambda work=work: leave_word(work, "tolk"),
            lambda work=work: undo_decision(work, decision.id),
        ):
            with pytest.raises(NotAllowed):
                deed()


@pytest.mark.parametrize("word", ["", "!!!", "x" * 81])
def test_what_is_no_word_is_refused(words: Session, word: str) -> None:
    with pytest.raises(InvalidInput):
        link(words, word, "jeugdhulp")
    with pytest.raises(InvalidInput):
        leave_word(make_work(words), word)


def test_one_word_is_decided_on_once(words: Session) -> None:
    leave_word(make_work(words), "kindertolk")

    with pytest.raises(Conflict, match="Over “kindertolk” is al besloten"):
        link(words, "Kindertolk", "jeugdhulp")


def test_a_word_of_our_list_needs_no_decision(words: Session) -> None:
    with pytest.raises(Conflict, match="staat al in de lijst, bij “jeugdhulp”"):
        link(words, "Jeugdzorg", "planschade")


def test_what_does_not_exist_is_not_found(words: Session) -> None:
    decision = leave_word(make_work(words), "kindertolk")
    undo(words, decision)

    with pytest.raises(NotFound):
        undo(words, decision)
    with pytest.raises(NotFound):
        link_word(make_work(words), "tolk", 0)


def test_a_concept_on_which_others_rest_is_not_taken_back(words: Session) -> None:
    decision = make_concept(make_work(words), "kindertolk", DRAFT)
    linked = link(words, "tolkje", "kindertolk")
    with pytest.raises(Conflict, match="“tolkje” telt als “kindertolk”"):
        undo(words, decision)
    undo(words, linked)
    under = ConceptDraft("babytolk", Theme.JEUGD, "kindertolk")
    second = make_concept(make_work(words), "babytolk", under)
    with pytest.raises(Conflict, match="“babytolk” valt onder “kindertolk”"):
        undo(words, decision)
    undo(words, second)
    merge_concepts(make_work(words), decision.concept_id or 0, id_of(words, "planschade"))
    with pytest.raises(Conflict, match="“kindertolk” telt nu als “planschade”"):
        undo(words, decision)


# What is foretold is what comes

CHANGES: dict[str, tuple[Callable[[Session], Lexicon], Callable[[Session], object]]] = {
    "link": (
        lambda session: queries.lexicon(session).linking("kindertolk", id_of(session, "jeugdhulp")),
        DEEDS["link"],
    ),
    "different": (
        lambda session: queries.lexicon(session).telling_apart("planschadu", "planschade"),
        DEEDS["different"],
    ),
    "merge": (
        lambda session: queries.lexicon(session).merging(
            id_of(session, "pleegzorg"), id_of(session, "jeugdhulp")
        ),
        lambda session: merge_concepts(
            make_work(session), id_of(session, "pleegzorg"), id_of(session, "jeugdhulp")
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_words_after_a_change_are_as_was_foretold(words: Session, change: str) -> None:
    link(words, "pleegouder", "pleegzorg")
    foretell, deed = CHANGES[change]
    foretold = foretell(words)

    deed(words)

    assert foretold.facts() == queries.concept_facts(words)
    assert sorted(foretold.different) == sorted(queries.different_pairs(words))


def test_a_new_concept_is_as_was_foretold_but_for_its_number(words: Session) -> None:
    foretold = queries.lexicon(words).adding(
        ["kindertolk", "tolk voor kinderen"], id_of(words, "jeugdhulp")
    )

    DEEDS["concept"](words)

    *others, made = queries.concept_facts(words)
    *before, imagined = foretold.facts()
    assert before == others
    assert (imagined.names, imagined.broader, imagined.own) == (made.names, made.broader, made.own)


# Imports


def test_decisions_outlive_imports(words: Session, tmp_path: Path) -> None:
    for deed in DEEDS.values():
        if deed is not DEEDS["concept"]:
            deed(words)
    make_concept(make_work(words), "babytolk", ConceptDraft("babytolk", Theme.JEUGD, "jeugdhulp"))
    relist(tmp_path, "jeugd", "jeugdzorg", "hulp aan jeugd")

    import_starter(make_work(words), tmp_path)
    foreign(words, "iets heel anders")

    assert kind_of(words, "hulp aan jeugd", "kindertolk") is Kind.SYNONYM
    assert kind_of(words, "hulp aan jeugd", "babytolk") is Kind.NARROWER
    assert kind_of(words, "planschadu", "planschade") is None
    assert words.scalar(select(func.count()).select_from(WordDecision)) == 4


def test_what_a_decision_rests_on_stays_when_it_leaves_the_list(
    words: Session, tmp_path: Path
) -> None:
    link(words, "schade door plannen", "planschade")
    make_concept(make_work(words), "dijken", ConceptDraft("dijken", Theme.RUIMTE, "omgevingsplan"))
    relist(tmp_path, "ruimte", "planschade,,,,\n", "")
    relist(tmp_path, "ruimte", "omgevingsplan,,,ruimtelijke ordening,\n", "")

    report = import_starter(make_work(words), tmp_path)

    assert (report.kept, report.removed) == (2, 0)
    assert kind_of(words, "planschade", "schade door plannen") is Kind.SYNONYM


def test_a_linked_word_outlives_its_merged_concept(words: Session, tmp_path: Path) -> None:
    link(words, "schade door plannen", "planschade")
    merge_concepts(make_work(words), id_of(words, "planschade"), id_of(words, "omgevingsplan"))
    relist(tmp_path, "ruimte", "planschade,,,,\n", "")

    report = import_starter(make_work(words), tmp_path)

    assert (report.kept, report.removed) == (1, 0)
    assert kind_of(words, "omgevingsplan", "schade door plannen") is Kind.SYNONYM


def test_once_our_list_knows_a_linked_word_the_list_holds(words: Session, tmp_path: Path) -> None:
    link(words, "kindertolk", "jeugdhulp")
    relist(tmp_path, "jeugd", "pleegzorg,,", "pleegzorg,kindertolk,")

    report = import_starter(make_work(words), tmp_path)

    vocabulary = matching.vocabulary(words)
    assert vocabulary.concept_of("kindertolk") == id_of(words, "pleegzorg")
    assert (report.listed, import_starter(make_work(words), tmp_path).has_changes) == (1, False)
    assert words.scalar(select(func.count()).select_from(WordDecision)) == 0
    assert "word.listed" in facts_told(words)


def test_a_concept_of_our_list_takes_the_place_of_one_that_a_beheerder_made(
    words: Session, tmp_path: Path
) -> None:
    make_concept(make_work(words), "tolken", ConceptDraft("kindertolk", Theme.JEUGD))
    link(words, "tolkje", "kindertolk")
    make_concept(make_work(words), "babytolk", ConceptDraft("babytolk", Theme.JEUGD, "kindertolk"))
    relist(tmp_path, "jeugd", "pleegzorg,,", "kindertolk,kinderstem,,,\npleegzorg,,")

    import_starter(make_work(words), tmp_path)

    assert kind_of(words, "kinderstem", "tolkje") is Kind.SYNONYM
    assert kind_of(words, "kinderstem", "babytolk") is Kind.NARROWER
    assert len(words.scalars(select(Concept).where(Concept.label == "kindertolk")).all()) == 1


def test_a_new_concept_gives_way_when_our_list_knows_the_word_it_was_made_for(
    words: Session, tmp_path: Path
) -> None:
    make_concept(make_work(words), "tolkje", ConceptDraft("kindertolk", Theme.JEUGD))
    relist(tmp_path, "jeugd", "pleegzorg,,", "pleegzorg,tolkje,")

    report = import_starter(make_work(words), tmp_path)

    assert (report.listed, kind_of(words, "pleegzorg", "tolkje")) == (1, Kind.SYNONYM)


def foreign(session: Session, label: str, *also: str, number: int = 1) -> None:
    concept = EscoConcept(f"http://data.europa.eu/esco/skill/{number}", label, also)
    import_esco(make_work(session), [concept])


@pytest.mark.parametrize("first", ["decision", "import"])
def test_what_a_beheerder_said_goes_before_a_name_of_esco(words: Session, first: str) -> None:
    def decide() -> None:
        link(words, "kindertolk", "jeugdhulp")

    def bring() -> None:
        foreign(words, "tolk gebarentaal", "kindertolk")

    for step in (decide, bring) if first == "decision" else (bring, decide):
        step()

    vocabulary = matching.vocabulary(words)
    assert vocabulary.concept_of("kindertolk") == id_of(words, "jeugdhulp")
    assert vocabulary.concept_of("tolk gebarentaal") == id_of(words, "tolk gebarentaal")
    assert [one.label for one in queries.suggestions(words, "kindertolk")] == ["jeugdhulp"]


def test_a_concept_of_esco_that_is_called_like_a_decided_word_does_not_come_in(
    words: Session,
) -> None:
    decision = link(words, "kindertolk", "jeugdhulp")
    foreign(words, "kindertolk", "tolk in de klas")
    between = matching.vocabulary(words).concept_of("kindertolk")
    undo(words, decision)
    foreign(words, "kindertolk", "tolk in de klas")

    assert between == id_of(words, "jeugdhulp")
    assert matching.vocabulary(words).concept_of("kindertolk") == id_of(words, "kindertolk")


def test_what_esco_has_under_a_decided_word_stands_under_its_concept(words: Session) -> None:
    decision = link(words, "kindertolk", "jeugdhulp")
    above, under = (f"http://data.europa.eu/esco/skill/{number}" for number in (1, 2))
    concepts = [
        EscoConcept(above, "kindertolk"),
        EscoConcept(under, "dreumestolk", (), "", (above,)),
    ]

    import_esco(make_work(words), concepts)
    kind = kind_of(words, "jeugdhulp", "dreumestolk")
    undo(words, decision)
    import_esco(make_work(words), concepts)

    assert kind is Kind.NARROWER
    assert kind_of(words, "kindertolk", "dreumestolk") is Kind.NARROWER


def test_a_linked_word_follows_when_our_concept_takes_the_place_of_one_of_esco(
    words: Session,
) -> None:
    foreign(words, "dreumestolk")
    link(words, "tolkje", "dreumestolk")
    make_concept(make_work(words), "dreumestolk ", ConceptDraft("babytolk", Theme.JEUGD))

    foreign(words, "dreumestolk")

    assert kind_of(words, "babytolk", "tolkje") is Kind.SYNONYM
    chained = select(func.count()).where(ConceptMerge.concept_id.in_(select(ConceptMerge.into_id)))
    assert words.scalar(chained) == 0
