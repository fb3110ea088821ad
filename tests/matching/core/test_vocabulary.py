import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core import vocabulary
from app.matching.core.facts import Kind, Link
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import ConceptFacts, normalise

RO, PLAN, PLANRULES, ZONE, DEEP, TRAFFIC, ESCO_ONE, ESCO_TWO, PERMIT, BYLAW = range(1, 11)

CONCEPTS = (
    ConceptFacts(RO, ("ruimtelijke ordening", "planologie", "RO"), related=(TRAFFIC,)),
    ConceptFacts(PLAN, ("bestemmingsplannen",), broader=RO),
    ConceptFacts(PLANRULES, ("planregels", "regels voor het plan"), broader=PLAN),
    ConceptFacts(ZONE, ("bouwvlakken",), broader=PLANRULES),
    ConceptFacts(DEEP, ("goothoogten",), broader=ZONE),
    ConceptFacts(TRAFFIC, ("verkeerskunde", "mobiliteit", "gedeelde naam")),
    ConceptFacts(ESCO_ONE, ("mobiliteit", "verkeer sturen", "gedeelde naam"), own=False),
    ConceptFacts(ESCO_TWO, ("verkeer sturen", "wegen tekenen"), own=False),
    ConceptFacts(PERMIT, ("omgevingsvergunning", "vergunning", "gedeelde naam")),
    ConceptFacts(BYLAW, ("omgevingsverordening",)),
)
DIFFERENT = (
    ("omgevingsvergunning", "bouwvergunningen"),
    ("hulpverlening", "hulpverlenning"),
    ("traject", "trajecten"),
)


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return Vocabulary(CONCEPTS, DIFFERENT)


@pytest.mark.parametrize(
    ("label", "concept"),
    [
        ("RO", RO),
        ("r.o.", RO),
        ("Planologie", RO),
        ("ruimtelijke-ordening", RO),
        ("Ruimtelijkeordening", RO),
        ("bestemmingsplan", PLAN),
        ("verkeerskundige", TRAFFIC),
        ("mobiliteit", TRAFFIC),
        ("verkeer sturen", None),
        ("gedeelde naam", None),
        ("wegen tekenen", ESCO_TWO),
        ("onbekend", None),
        ("", None),
        ("?!", None),
    ],
)
def test_a_label_is_linked_to_a_concept_when_sure(
    words: Vocabulary, label: str, concept: int | None
) -> None:
    assert words.concept_of(label) == concept


@pytest.mark.parametrize(
    ("asked", "offered", "link"),
    [
        ("Onbekend vak", "onbekend-vak", Link(Kind.SAME, 100)),
        ("nieuw vak", "nieuwvak", Link(Kind.SAME, 100)),
        ("beleidsnota", "beleidsnota's", Link(Kind.SAME, 100)),
        ("RO", "ruimtelijke ordening", Link(Kind.SYNONYM, 100)),
        ("ruimtelijke ordening", "bestemmingsplan", Link(Kind.NARROWER, 90)),
        ("RO", "planregels", Link(Kind.NARROWER, 80)),
        ("RO", "bouwvlakken", Link(Kind.NARROWER, 70)),
        ("RO", "goothoogten", None),
        ("bestemmingsplan", "RO", Link(Kind.BROADER, 60)),
        ("planregels", "RO", Link(Kind.BROADER, 45)),
        ("bouwvlakken", "RO", None),
        ("RO", "verkeerskunde", Link(Kind.RELATED, 50)),
        ("verkeerskunde", "RO", Link(Kind.RELATED, 50)),
        ("omgevingsvergunning", "omgevingsverordening", None),
        ("bouwvergunning", "vergunning", None),
        ("hulpverlening", "hulpverlenning", None),
        ("traject", "trajecten", None),
        ("energietransitie", "energietransitiee", Link(Kind.SPELLING, 96)),
        ("goothoogten", "goothooogten", Link(Kind.SPELLING, 95)),
        ("", "", None),
        ("!!", "??", None),
        ("RO", "", None),
    ],
)
def test_the_first_tie_that_applies_wins(
    words: Vocabulary, asked: str, offered: str, link: Link | None
) -> None:
    assert words.link(asked, offered) == link


def test_two_known_words_are_no_typos_of_one_another() -> None:
    words = Vocabulary(
        [ConceptFacts(1, ("voorschoolse educatie",)), ConceptFacts(2, ("voorschoolse educatief",))]
    )

    assert words.link("voorschoolse educatie", "voorschoolse educatief") is None
    assert Vocabulary().link("voorschoolse educatie", "voorschoolse educatief") is not None


def test_a_pair_holds_for_every_name_of_its_concepts() -> None:
    words = Vocabulary(
        [ConceptFacts(1, ("jeugdhulp", "jongerenondersteuning"))],
        [("jeugdhulp", "jongerenondersteuningen")],
    )

    assert words.link("jongerenondersteuning", "jongerenondersteuningq") is not None
    assert Vocabulary([], [("aanvragen", "aanvraagster")]).link("aanvraag", "aanvraagster") is None


def test_a_circle_in_what_is_broader_ends() -> None:
    words = Vocabulary(
        [ConceptFacts(1, ("een",), broader=2), ConceptFacts(2, ("twee",), broader=1)]
    )

    assert words.link("een", "twee") == Link(Kind.NARROWER, 90)


def test_a_broader_concept_that_is_gone_is_no_tie() -> None:
    words = Vocabulary([ConceptFacts(1, ("een",), broader=9), ConceptFacts(2, ("twee",))])

    assert words.link("een", "twee") is None


def test_what_a_concept_answers_is_what_it_is_an_answer_to(words: Vocabulary) -> None:
    every = range(1, len(CONCEPTS) + 1)

    for offered in every:
        answered = {asked for asked in every if offered in words.answering(asked)}
        assert words.answered_by(offered) == answered
    assert words.answered_by(DEEP) == {DEEP, ZONE, PLANRULES, PLAN}


def test_what_is_remembered_of_words_and_pairs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "TERMS_KEPT", 3)
    monkeypatch.setattr(vocabulary, "LINKS_KEPT", 2)
    words = Vocabulary(CONCEPTS)

    for label in ("RO", "planologie", "mobiliteit", "regels", "planregels"):
        words.link("ruimtelijke ordening", label)

    assert words.term.cache_info().currsize == 3
    assert words.compared.cache_info().currsize == 2
    assert words.link("RO", "planregels") == Link(Kind.NARROWER, 80)


DIRECTED = {Kind.NARROWER, Kind.BROADER}
NAMES = [name for concept in CONCEPTS for name in concept.names] + ["hulpverlening", "trajecten"]
LABELS = st.one_of(st.sampled_from(NAMES), st.text(max_size=30))


@given(asked=LABELS, offered=LABELS)
def test_only_narrower_and_broader_have_a_direction(
    words: Vocabulary, asked: str, offered: str
) -> None:
    there, back = words.link(asked, offered), words.link(offered, asked)

    kinds = {link.kind for link in (there, back) if link}

    assert there == back or kinds <= DIRECTED


@given(label=LABELS)
def test_every_name_is_itself(words: Vocabulary, label: str) -> None:
    expected = Link(Kind.SAME, 100) if normalise(label) else None

    assert words.link(label, label) == expected
