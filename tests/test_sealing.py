"""What is sealed opens with the same key and for the same purpose only."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from app.sealing import Alias, Seal, id_of_text, is_id_of_text
from tests.conftest import server_url, settings_for


@pytest.fixture
def seal() -> Seal:
    return Seal(settings_for(server_url()), "one thing")


def test_what_was_sealed_opens(seal: Seal) -> None:
    assert seal.open(seal.close("geheim")) == "geheim"


def test_what_is_sealed_does_not_tell(seal: Seal) -> None:
    assert "geheim" not in seal.close("geheim")
    assert seal.close("geheim") != seal.close("geheim")


def test_another_purpose_or_key_opens_nothing(seal: Seal) -> None:
    settings = settings_for(server_url())
    sealed = seal.close("geheim")

    assert Seal(settings, "another thing").open(sealed) is None
    assert Seal(replace(settings, secret_key="x" * 40), "one thing").open(sealed) is None


def test_what_was_changed_anywhere_opens_nothing(seal: Seal) -> None:
    sealed = seal.close("geheim")

    # The last signs but one fill the last byte, and no more.
    for place in range(len(sealed.rstrip("=")) - 1):
        other = "A" if sealed[place] != "A" else "B"
        assert seal.open(f"{sealed[:place]}{other}{sealed[place + 1 :]}") is None


@pytest.mark.parametrize("sealed", ["", "x", "é", "gAAAAA"])
def test_what_we_did_not_seal_opens_nothing(seal: Seal, sealed: str) -> None:
    assert seal.open(sealed) is None


def test_an_alias_is_the_same_each_time_and_stands_for_one_id() -> None:
    alias, known = Alias(settings_for(server_url()), "one thing"), uuid4()

    assert alias.of(known) == alias.of(known) != alias.of(uuid4())
    assert alias.id_of(alias.of(known)) == known
    assert not {known.hex, str(known)} & {alias.of(known)}


def test_an_alias_of_another_purpose_or_key_stands_for_nothing() -> None:
    settings = settings_for(server_url())
    made = Alias(settings, "one thing").of(UUID(int=7))

    assert Alias(settings, "another thing").id_of(made) is None
    assert Alias(replace(settings, secret_key="x" * 40), "one thing").id_of(made) is None


@pytest.mark.parametrize("alias", ["", "x", "é", "A" * 43, "A" * 4000, str(UUID(int=7))])
def test_an_alias_that_we_did_not_make_stands_for_nothing(alias: str) -> None:
    assert Alias(settings_for(server_url()), "one thing").id_of(alias) is None


def test_a_text_has_one_id_for_each_purpose_and_key() -> None:
    settings = settings_for(server_url())
    other_key = replace(settings, secret_key="x" * 40)

    one = id_of_text(settings, "address", "baas@urk.example")

    assert one == id_of_text(settings, "address", "baas@urk.example")
    others = [
        id_of_text(settings, "another thing", "baas@urk.example"),
        id_of_text(settings, "address", "chef@urk.example"),
        id_of_text(other_key, "address", "baas@urk.example"),
    ]
    assert one not in others


def test_an_id_of_a_text_is_told_from_an_id_of_a_person() -> None:
    made = id_of_text(settings_for(server_url()), "address", "baas@urk.example")

    assert (is_id_of_text(made), is_id_of_text(uuid4())) == (True, False)
