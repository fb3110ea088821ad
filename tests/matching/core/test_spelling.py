import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.spelling import MIN_RATIO, spelling_ratio


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("omgevingsvergunning", "omgevingsvergunnning"),
        ("gebiedsontwikkeling", "gebiedsontwikeling"),
        ("ruimtelijke ordening", "ruimtelijke ordenning"),
        ("communicatieadvies", "comunicatieadvies"),
        ("burger participatie", "burgerparticpatie"),
        ("projectmanagement", "projectmangement"),
    ],
)
def test_a_slip_is_seen_through(one: str, other: str) -> None:
    assert spelling_ratio(one, other) >= MIN_RATIO


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("omgevingsvergunning", "omgevingsverordening"),
        ("schuldhulpverlening", "hulpverlening"),
        ("interne communicatie", "externe communicatie"),
        ("formele ondersteuning", "informele ondersteuning"),
        ("betaald parkeren regelen", "onbetaald parkeren regelen"),
        ("nen 2580 meten", "nen 2767 meten"),
        ("wegen ro beleidsadvies", "wegen po beleidsadvies"),
        ("warmtewet", "warmtenet"),
        ("jeugdwet", "jeugdwerk"),
        ("beheer", "beheer openbare ruimte"),
        ("inkoop", "inkop"),
        ("wonen", "wonen"),
        ("", ""),
    ],
)
def test_a_difference_that_can_carry_meaning_is_no_slip(one: str, other: str) -> None:
    assert spelling_ratio(one, other) == 0


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_slip_has_no_direction(one: str, other: str) -> None:
    assert spelling_ratio(one, other) == spelling_ratio(other, one)
