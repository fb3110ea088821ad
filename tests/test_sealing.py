"""What is sealed opens with the same key and for the same purpose only."""

from dataclasses import replace

import pytest

from app.sealing import Seal
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


@pytest.mark.parametrize("sealed", ["", "x", "é", "gAAAAA"])
def test_what_we_did_not_seal_opens_nothing(seal: Seal, sealed: str) -> None:
    assert seal.open(sealed) is None
