from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.facts import Position, Window
from app.matching.core.fits import can_reach, distance_km, fits, has_time
from app.opgaven.rules import Place
from tests.matching.core.builders import AMERSFOORT, SPRING, SUMMER, UTRECHT, a_profile, an_opgave

DAY = timedelta(days=1)


def test_another_gemeente_with_time_and_within_reach_fits() -> None:
    assert fits(a_profile(), an_opgave())


@pytest.mark.parametrize(
    "facts",
    [
        {"gemeente_code": "GM0307"},
        {"windows": ()},
        {"windows": (Window(7, SPRING),)},
        {"travel_km": 15},
    ],
)
def test_one_thing_that_does_not_fit_is_enough(facts: dict[str, Any]) -> None:
    assert not fits(a_profile(**facts), an_opgave())


def test_one_window_of_many_is_enough() -> None:
    windows = (Window(4, SPRING), Window(36, date(2030, 1, 1)), Window(8, SPRING, SUMMER))

    assert fits(a_profile(windows=windows), an_opgave())


def test_hours_of_two_windows_do_not_add_up() -> None:
    assert not fits(a_profile(windows=(Window(4, SPRING), Window(4, SPRING))), an_opgave())


@pytest.mark.parametrize(
    ("window", "period", "enough"),
    [
        ((SPRING, None), (SPRING, None), True),
        ((SPRING, SPRING + 13 * DAY), (SPRING, SUMMER), True),
        ((SPRING, SPRING + 12 * DAY), (SPRING, SUMMER), False),
        ((SUMMER - 13 * DAY, None), (SPRING, SUMMER), True),
        ((SUMMER - 12 * DAY, None), (SPRING, SUMMER), False),
        ((SUMMER + DAY, None), (SPRING, SUMMER), False),
        ((SPRING - 90 * DAY, SPRING - DAY), (SPRING, None), False),
        ((SPRING, None), (SPRING, SPRING), True),
        ((SPRING, None), (SPRING, SPRING + 4 * DAY), True),
        ((SPRING + DAY, None), (SPRING, SPRING + 4 * DAY), False),
        ((SUMMER, SPRING), (SPRING, SUMMER), False),
        ((SPRING, None), (SUMMER, SPRING), False),
        ((date.min, date.max), (date.min, date.max), True),
    ],
)
def test_two_weeks_together_or_the_whole_of_a_shorter_opgave(
    window: tuple[date, date | None], period: tuple[date, date | None], enough: bool
) -> None:
    opgave = an_opgave(starts_on=period[0], ends_on=period[1])

    assert has_time(Window(8, *window), opgave) is enough


@given(st.dates(), st.none() | st.dates(), st.dates(), st.none() | st.dates(), st.integers(1, 400))
def test_a_longer_window_never_has_less_time(
    start: date, end: date | None, opens: date, closes: date | None, days: int
) -> None:
    opgave = an_opgave(starts_on=opens, ends_on=closes)
    if end is None or (date.max - end).days < days or not has_time(Window(8, start, end), opgave):
        return

    assert has_time(Window(8, start, end + days * DAY), opgave)


@pytest.mark.parametrize("place", [Place.ON_SITE, Place.HYBRID])
@pytest.mark.parametrize("remote", [True, False])
def test_whoever_has_to_be_there_must_be_able_to_travel(place: Place, remote: bool) -> None:
    opgave = an_opgave(place=place)

    assert can_reach(a_profile(travel_km=20, remote=remote), opgave)
    assert not can_reach(a_profile(travel_km=19, remote=remote), opgave)


def test_remote_work_asks_no_travel_but_asks_remote() -> None:
    opgave = an_opgave(place=Place.REMOTE)

    assert can_reach(a_profile(travel_km=0, remote=True), opgave)
    assert not can_reach(a_profile(travel_km=500, remote=False), opgave)


def test_distance_is_as_the_crow_flies() -> None:
    groningen, maastricht = Position(53.2194, 6.5665), Position(50.8514, 5.6910)

    assert distance_km(UTRECHT, UTRECHT) == 0
    assert distance_km(UTRECHT, AMERSFOORT) == pytest.approx(19.5, abs=0.3)
    assert distance_km(groningen, maastricht) == pytest.approx(270, abs=3)
    assert distance_km(groningen, maastricht) == distance_km(maastricht, groningen)
