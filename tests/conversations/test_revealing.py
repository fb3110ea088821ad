"""What in a text tells who asked."""

import pytest

from app.conversations.revealing import (
    ADDRESSED,
    HAS_ADDRESS,
    HAS_NUMBER,
    NAMED,
    PLACED,
    Unnamed,
    revealing_faults,
    revealing_warnings,
)

ASKER = Unnamed("Renée van der Bouali-Smit", "r.bouali@bergen.example", "Bergen (NH.)")


def said(text: str, asker: Unnamed = ASKER) -> list[str]:
    return [fault.said for fault in revealing_faults("question", text, asker)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Groet, Renée", "renee"),
        ("renee vroeg dit", "renee"),
        ("Vraag van mevrouw BOUALI.", "bouali"),
        ("De heer Smit", "smit"),
        ("(Bouali)", "bouali"),
    ],
)
def test_a_name_is_found_however_it_is_typed(text: str, word: str) -> None:
    assert said(text) == [NAMED.format(word=word)]


@pytest.mark.parametrize(
    "text",
    [
        "Waar is het plein van de stad?",
        "De smitse en de boualiaan zijn andere woorden.",
        "Ik ben er op tijd, van negen tot vijf.",
        "",
    ],
)
def test_other_words_are_no_name(text: str) -> None:
    assert said(text) == []


def test_the_address_of_who_asked_is_found_in_any_capitals() -> None:
    assert said("Mail R.BOUALI@bergen.example maar")[-1] == ADDRESSED
    assert said("Mail r.b@elders.example maar") == []


def test_every_name_is_told_once() -> None:
    assert said("Renée en renee en Bouali") == [
        NAMED.format(word="renee"),
        NAMED.format(word="bouali"),
    ]


@pytest.mark.parametrize("text", ["Ik werk in Bergen.", "BERGEN!", "bij gemeente bergen, daar"])
def test_the_gemeente_is_pointed_at(text: str) -> None:
    assert revealing_warnings(["", text], ASKER) == [PLACED.format(gemeente="Bergen (NH.)")]


def test_a_word_that_holds_the_gemeente_is_another_word() -> None:
    assert revealing_warnings(["Er bergengeld bij, of opbergen"], ASKER) == []


@pytest.mark.parametrize(
    "number",
    ["06-12345678", "06 12 34 56 78", "+31 6 12345678", "0031612345678", "(030) 286 10 00"],
)
def test_a_telephone_number_is_pointed_at(number: str) -> None:
    assert revealing_warnings([f"Bel {number} even"], ASKER) == [HAS_NUMBER]


@pytest.mark.parametrize("text", ["In 2027 kost het 100.000 euro", "artikel 0.12", "10-02-2027"])
def test_other_numbers_are_no_telephone_numbers(text: str) -> None:
    assert revealing_warnings([text], ASKER) == []


def test_any_address_is_pointed_at_also_when_nobody_is_known() -> None:
    assert revealing_warnings(["Mail plein@stad.example"], None) == [HAS_ADDRESS]
    assert revealing_warnings(["Bergen"], None) == []
