"""Every fault names its field and says how it can be right."""

from datetime import date

import pytest

from app.core.faults import Fault, FaultyDraft, day_fault, length_fault, range_fault, refuse


@pytest.mark.parametrize(
    ("text", "needed", "said"),
    [
        ("precies", "", []),
        ("", "", []),
        ("", "Vul iets in.", ["Vul iets in."]),
        ("te lange", "Vul iets in.", ["Gebruik hier hoogstens 7 tekens. Het zijn er nu 8."]),
    ],
)
def test_a_text_is_there_when_needed_and_not_too_long(
    text: str, needed: str, said: list[str]
) -> None:
    assert length_fault("veld", text, 7, needed) == [Fault("veld", words) for words in said]


def test_large_numbers_are_written_as_the_dutch_do() -> None:
    [long] = length_fault("veld", "x" * 4_001, 4_000)
    [wide] = range_fault("veld", None, 0, 100_000)

    assert long.said == "Gebruik hier hoogstens 4.000 tekens. Het zijn er nu 4.001."
    assert wide.said == "Vul een getal in van 0 tot en met 100.000."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, []),
        (5, []),
        (0, ["Kies een getal van 1 tot en met 5."]),
        (6, ["Kies een getal van 1 tot en met 5."]),
        (None, ["Vul een getal in van 1 tot en met 5."]),
    ],
)
def test_a_number_lies_in_its_range_ends_included(number: int | None, said: list[str]) -> None:
    assert range_fault("veld", number, 1, 5) == [Fault("veld", words) for words in said]


@pytest.mark.parametrize(
    ("day", "is_fine"),
    [
        (None, True),
        (date(2000, 1, 1), True),
        (date(2100, 12, 31), True),
        (date(1999, 12, 31), False),
        (date(2101, 1, 1), False),
        (date(27, 1, 31), False),
    ],
)
def test_a_day_lies_in_a_year_that_somebody_can_mean(day: date | None, is_fine: bool) -> None:
    said = [] if is_fine else ["Kies een datum van 2000 tot en met 2100."]

    assert day_fault("veld", day) == [Fault("veld", words) for words in said]


def test_no_faults_are_no_refusal() -> None:
    refuse([])


def test_a_refusal_names_every_fault_at_once() -> None:
    faults = [Fault("een", "Dit mist."), Fault("twee", "Dat ook.")]

    with pytest.raises(FaultyDraft) as refusal:
        refuse(faults)

    assert (refusal.value.faults, refusal.value.said) == (faults, "Dit mist. Dat ook.")
