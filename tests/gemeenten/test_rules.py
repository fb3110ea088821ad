"""What one line of the list must hold; how names are ordered; what a mail domain is."""

from dataclasses import replace
from datetime import date

import pytest

from app.gemeenten.rules import GemeenteFacts, domain_of, is_domain, provider_faults, sort_key

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


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/7d9f4f2e-55f0-4a34-9b0b-0a3f0f1f7a11/v2.0",
        "https://inloggen.testerdam.nl",
        "https://inloggen.testerdam.nl:8443/realms/werk",
    ],
)
def test_where_a_gemeente_signs_in_is_a_place_with_a_name(issuer: str) -> None:
    assert provider_faults(issuer, "dgvn", loopback_too=False) == []


@pytest.mark.parametrize(
    "issuer",
    [
        *("", "inloggen.testerdam.nl", "http://inloggen.testerdam.nl", "ftp://testerdam.nl"),
        *("https://127.0.0.1", "https://localhost", "http://127.0.0.1:9400", "https://2130706433"),
        *("https://[::1]", "https://[::ffff:7f00:1]", "https://0x7f.0.0.1", "https://127.1"),
        *("https://169.254.169.254/latest", "https://10.0.0.1", "https://intern"),
        *("https://naam@testerdam.nl", "https://testerdam.nl?x=1", "https://testerdam.nl#x"),
        *("https://testerdam.nl/a b", "https://testerdám.nl", "https://testerdam.nl:port"),
        *("https://" + "a" * 300 + ".nl", "https://testerdam.nl/\n"),
    ],
)
def test_s65_another_place_is_none_where_a_gemeente_signs_in(issuer: str) -> None:
    faults = provider_faults(issuer, "dgvn", loopback_too=False)

    assert [fault.field for fault in faults] == ["issuer"]


@pytest.mark.parametrize("client_id", ["", "x" * 201, "twee\nregels"])
def test_how_a_provider_knows_us_is_one_line(client_id: str) -> None:
    faults = provider_faults("https://inloggen.testerdam.nl", client_id, loopback_too=False)

    assert [fault.field for fault in faults] == ["client_id"]


@pytest.mark.parametrize(
    ("issuer", "is_good"),
    [
        ("http://127.0.0.1:9400", True),
        ("http://localhost:9400", True),
        ("http://10.0.0.1", False),
        ("http://inloggen.testerdam.nl", False),
    ],
)
def test_in_a_demo_people_sign_in_on_this_machine_too(issuer: str, is_good: bool) -> None:
    assert (provider_faults(issuer, "dgvn", loopback_too=True) == []) is is_good
