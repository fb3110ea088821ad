from datetime import UTC, date, datetime, timedelta

import pytest

from app.core.dutch import (
    dutch_date,
    ended,
    how_long,
    listed,
    moment,
    number,
    plural,
    short_date,
    weekday_date,
)

DAY = date(2026, 2, 1)
# An hour before midnight in London is the next day in Amsterdam.
LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [DAY, LATE])
def test_a_day_is_written_in_dutch_as_it_is_in_amsterdam(day: date) -> None:
    assert (dutch_date(day), short_date(day), weekday_date(day)) == (
        "1 februari 2026",
        "1 feb",
        "zondag 1 februari",
    )


def test_a_moment_is_written_with_the_dutch_hour() -> None:
    assert moment(LATE) == "1 februari 2026 om 00:30"


def test_no_day_is_no_words() -> None:
    assert (dutch_date(None), short_date(None), weekday_date(None), moment(None)) == ("",) * 4


def test_numbers_have_dots_and_one_is_one() -> None:
    assert (number(1234), plural(1, "opgave", "opgaven"), plural(2000, "opgave", "opgaven")) == (
        "1.234",
        "1 opgave",
        "2.000 opgaven",
    )


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=-5), "minder dan een minuut"),
        (timedelta(seconds=59), "minder dan een minuut"),
        (timedelta(seconds=60), "1 minuut"),
        (timedelta(minutes=59), "59 minuten"),
        (timedelta(hours=1), "1 uur"),
        (timedelta(hours=47), "47 uur"),
        (timedelta(hours=48), "2 dagen"),
    ],
)
def test_how_long_something_takes_is_said_in_round_words(span: timedelta, words: str) -> None:
    assert how_long(span) == words


@pytest.mark.parametrize("said", ["Wat nu?", "Doe mee!", "Klaar.", "En dan…"])
def test_a_sentence_ends_once(said: str) -> None:
    assert (ended(said), ended("Een rotonde")) == (said, "Een rotonde.")


def test_words_are_listed_as_people_say_them() -> None:
    found = [listed(words) for words in ([], ["een"], ["een", "twee"], ["een", "twee", "drie"])]

    assert found == ["", "een", "een en twee", "een, twee en drie"]
