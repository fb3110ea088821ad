"""What one line of the list must hold; how names are ordered; what a mail domain is."""

from dataclasses import replace
from datetime import date

import pytest

from app.gemeenten.rules import GemeenteFacts, domain_of, is_domain, sort_key

UTRECHT = GemeenteFacts(
    code="GM0344",
    name="Utrecht",
    province="Utrecht",
    inhabitants=374_000,
    inhabitants_on=date(2024, 1, 1),
    is_provincial_capital=True,
    latitude=52.09,
    longitude=5.12,
)


def test_a_right_line_has_no_faults() -> None:
    assert UTRECHT.faults() == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": "0344"}, "code '0344' heeft niet de vorm GM0000"),
        ({"code": "GM０３４４"}, "code 'GM０３４４' heeft niet de vorm GM0000"),
        ({"code": "GM03445"}, "code 'GM03445' heeft niet de vorm GM0000"),
        ({"name": ""}, "de naam is leeg"),
        ({"name": "Ut\0recht"}, "in de naam staan tekens die niet te zien zijn"),
        ({"name": "Utrecht\u202e"}, "in de naam staan tekens die niet te zien zijn"),
        ({"name": "U" * 81}, "de naam is langer dan 80 tekens"),
        ({"province": "Holland"}, "provincie 'Holland' is onbekend"),
        ({"inhabitants": 0}, "het aantal inwoners ligt niet tussen 1 en 20000000"),
        ({"inhabitants": 3_000_000_000}, "het aantal inwoners ligt niet tussen 1 en 20000000"),
        ({"latitude": 48.85}, "de coördinaten liggen buiten Nederland"),
        ({"longitude": float("nan")}, "de coördinaten liggen buiten Nederland"),
        (
            {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 1, 1)},
            "de einddatum ligt niet na de begindatum",
        ),
        ({"successor_code": "GM0001"}, "er is een opvolger, maar geen einddatum"),
        (
            {"successor_code": "GM0344", "valid_until": date(2027, 1, 1)},
            "de gemeente is haar eigen opvolger",
        ),
    ],
)
def test_what_is_wrong_is_said_in_dutch(changed: dict[str, object], said: str) -> None:
    assert replace(UTRECHT, **changed).faults() == [said]  # type: ignore[arg-type]


def test_every_fault_of_a_line_is_said_at_once() -> None:
    assert len(replace(UTRECHT, code="", name="", province="", inhabitants=-1).faults()) == 4


def test_names_are_ordered_as_dutch_lists_do() -> None:
    names = ["Súdwest-Fryslân", "'s-Hertogenbosch", "Utrecht", "Hattem", "Stein", "Heerde"]

    assert sorted(names, key=sort_key) == [
        "Hattem",
        "Heerde",
        "'s-Hertogenbosch",
        "Stein",
        "Súdwest-Fryslân",
        "Utrecht",
    ]


def test_the_domain_of_an_address_is_what_follows_the_last_at_sign() -> None:
    assert domain_of(" J.Jansen@Utrecht.NL ") == "utrecht.nl"


@pytest.mark.parametrize("text", ["utrecht.nl", "post.s-hertogenbosch.nl", "a.b"])
def test_a_domain_is_a_domain(text: str) -> None:
    assert is_domain(text)


@pytest.mark.parametrize(
    "text",
    ["", "utrecht", "utrecht.nl.", "-a.nl", "a..nl", "a b.nl", "@a.nl", "é.nl", "a." * 127 + "nl"],
)
def test_anything_else_is_no_domain(text: str) -> None:
    assert not is_domain(text)
