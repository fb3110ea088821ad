"""In which forms a name is looked up, and whose it is."""

import pytest

from app.matching.core.naming import Forms, Owners, forms_of, stem_of
from app.vocabulary.rules import ConceptFacts

GREEN, WATER, ABSENCE = 1, 2, 3
OWNERS = Owners(
    [
        ConceptFacts(GREEN, ("groenbeheer", "gedeeld")),
        ConceptFacts(WATER, ("waterbeheer", "gedeeld")),
        ConceptFacts(ABSENCE, ("verzuimbegeleiding",)),
    ]
)


def test_a_name_has_a_form_as_written_one_as_one_word_and_one_without_inflection() -> None:
    assert forms_of("Groen-beheerders!") == Forms(
        "groen beheerders", "groenbeheerders", "groenbeher"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("groenbeheer", "beheer van groen"),
        ("groenbeheer", "beheer van het groen"),
        ("verzuimbegeleiding", "begeleiding bij verzuim"),
        ("jeugdzorg", "zorg voor de jeugd"),
        ("gladheidbestrijding", "gladheidsbestrijding"),
        ("wijkraad", "wijkraden"),
        ("planoloog", "planologen"),
        ("buitengewoon", "buitengewone"),
    ],
)
def test_two_ways_to_write_one_craft_have_one_stem(one: str, other: str) -> None:
    assert stem_of(one) == stem_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("zorgrecht", "recht op zorg"),
        ("gebiedsplan", "plangebied"),
        ("beheer van groen in de wijk", "groenbeheer"),
    ],
)
def test_other_words_keep_their_own_stem(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("Groen beheer", GREEN),
        ("beheer van groen", GREEN),
        ("begeleiding bij verzuim", ABSENCE),
        ("gedeeld", None),
        ("", None),
    ],
)
def test_a_name_leads_to_the_only_concept_that_can_be_meant(name: str, concept: int | None) -> None:
    assert OWNERS.concept(forms_of(name)) == concept
