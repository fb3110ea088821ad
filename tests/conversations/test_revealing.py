"""What in a text tells who asked."""

import pytest

from app.conversations.revealing import (
    ADDRESSED,
    HAS_ADDRESS,
    HAS_NUMBER,
    NAMED,
    PLACED,
    Unnamed,
    doubtful_names,
    revealing_faults,
    revealing_warnings,
)

ASKER = Unnamed("Renée van der Bouali-Smit", "r.bouali@bergen.example", "Bergen (NH.)")


def said(text: str, asker: Unnamed = ASKER) -> list[str]:
    return [fault.said for fault in revealing_faults("question", text, asker)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Groet, Renée", "Renée"),
        ("renee bouali vroeg dit", "Renée"),
        ("Vraag van mevrouw BOUALI.", "Bouali"),
        ("De heer Smit", "Smit"),
        ("(Bouali)", "Bouali"),
    ],
)
def test_a_name_is_found_however_it_is_typed(text: str, word: str) -> None:
    assert said(text)[0] == NAMED.format(word=word)


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


MEER = Unnamed("Sanne van der Meer", "s.meer@urk.example", "Urk")
WIL = Unnamed("Wil de Groot", "wil@urk.example", "Urk")
BAKKER = Unnamed("Jan de Bakker", "jan@urk.example", "Urk")


@pytest.mark.parametrize(
    ("asker", "text"),
    [
        (MEER, "Kan het ook meer uren zijn?"),
        (WIL, "Ik wil graag weten hoe groot het is."),
        (BAKKER, "Zit daar een bakker?"),
        (WIL, "Een collega wil meer weten."),
    ],
)
def test_a_word_of_every_day_is_no_name_and_asks_nothing(asker: Unnamed, text: str) -> None:
    assert (said(text, asker), doubtful_names([text], asker)) == ([], [])


@pytest.mark.parametrize(
    ("asker", "text", "word"),
    [
        (MEER, "Vraag het aan Meer zelf.", "Meer"),
        (MEER, "Dit vroeg sanne van der meer.", "Meer"),
        (MEER, "Dit vroeg mevrouw van der meer.", "Meer"),
        (MEER, "Groet, S. Meer", "Meer"),
        (MEER, "Mail sanne.meer@elders.example", "Meer"),
        (WIL, "Dag Wil, het is daar.", "Wil"),
        (WIL, "wil de groot vroeg dit", "Wil"),
        (WIL, "Vraag van mw. Groot", "Groot"),
    ],
)
def test_the_same_word_written_as_a_name_is_one(asker: Unnamed, text: str, word: str) -> None:
    assert NAMED.format(word=word) in said(text, asker)


@pytest.mark.parametrize(
    ("asker", "text", "word"),
    [
        (WIL, "Wil je weten waar? Kom langs.", "Wil"),
        (WIL, "Waar is het?\nWil", "Wil"),
        (MEER, "Ja! Meer uren mag.", "Meer"),
        (MEER, "KAN HET OOK MEER UREN?", "Meer"),
        (WIL, "Deze mevrouw wil meer weten.", "Wil"),
        (BAKKER, "Bij de bakker op de hoek", "Bakker"),
        (ASKER, "renee vroeg dit", "Renée"),
    ],
)
def test_what_may_be_a_name_is_refused_to_nobody_and_asks_for_a_look(
    asker: Unnamed, text: str, word: str
) -> None:
    assert (said(text, asker), doubtful_names([text], asker)) == ([], [word])


def test_parts_of_a_name_that_meet_as_words_ask_for_a_look() -> None:
    asker = Unnamed("Wil van der Meer", "w@urk.example", "Urk")

    assert said("Ik wil meer weten.", asker) == []
    assert doubtful_names(["Ik wil meer weten."], asker) == ["Wil", "Meer"]
    assert said("Dit vroeg wil van der meer.", asker) == [
        NAMED.format(word="Wil"),
        NAMED.format(word="Meer"),
    ]


def test_the_address_of_who_asked_is_found_in_any_capitals() -> None:
    assert said("Mail R.BOUALI@bergen.example maar")[-1] == ADDRESSED
    assert said("Mail r.b@elders.example maar") == []


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("Łukasz Kowalski", "Lukasz vroeg het.", "Łukasz"),
        ("Søren Weiß", "Dat vroeg Soren Weiss.", "Søren"),
        ("Ayşe Yıldız", "Dat vroeg Yildiz.", "Yıldız"),
        ("Jan-Willem Visser", "Dat vroeg Janwillem.", "Jan-Willem"),
        ("Eva D’Hondt", "Dat vroeg Dhondt.", "D’Hondt"),
        ("Fatima Bouali", "Dat vroeg Fa\u00adtima.", "Fatima"),
        ("Fatima Bouali", "Dat vroeg Fa\u200btima.", "Fatima"),
        ("Fatima Bouali", "Dat vroeg ＦＡＴＩＭＡ.", "Fatima"),
    ],
)
def test_a_name_is_found_in_whatever_signs_it_is_typed(name: str, text: str, word: str) -> None:
    asker = Unnamed(name, "f@urk.example", "Urk")

    assert NAMED.format(word=word) in said(text, asker)


def test_an_address_is_found_with_a_sign_in_it_that_nobody_sees() -> None:
    assert said("Mail r.bou\u00adali@bergen.example maar")[-1] == ADDRESSED


def test_a_word_after_an_initial_begins_no_sentence() -> None:
    asker = Unnamed("Jan Bakker", "jan@urk.example", "Urk")

    assert said("Dat vroeg J. Bakker.", asker) == [NAMED.format(word="Bakker")]
    assert said("Waar? … – Bakker zijn helpt.", asker) == []


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "text",
    [
        "." * 2_000 + "x " + "Jan " * 499,
        "a" * 2_000 + " " + "jan " * 499,
        "-" * 2_000 + "x " + "Bakker " * 285,
        ".-" * 1_000 + "_Bakker " + ". _Bakker" * 220,
        "van " * 500 + "Bakker van " * 180,
        "a" * 2_000 + "@" + "b" * 1_990 + " jan",
    ],
)
def test_no_text_takes_long_to_look_through(text: str) -> None:
    asker = Unnamed("Jan Bakker", "jan@urk.example", "Urk")

    for _ in range(10):
        revealing_faults("question", text, asker)


def test_every_name_is_told_once() -> None:
    assert said("Renée en renee en Bouali") == [
        NAMED.format(word="Renée"),
        NAMED.format(word="Bouali"),
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
