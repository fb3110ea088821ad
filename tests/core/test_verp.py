"""A sender of its own for each mail: made and read by us alone."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.verp import LONGEST_BOX, envelope_sender, mail_of

BOX = "bounce@post.example"
KEY = "geheim"
ID = UUID("0192f0c8-5f3e-7b8a-9c1d-2e3f40516273")
SENDER = envelope_sender(ID, BOX, KEY)


@given(st.uuids(), st.text(min_size=1))
def test_what_we_made_we_read(mail_id: UUID, key: str) -> None:
    key = key.encode("utf-8", "replace").decode()
    assert mail_of(envelope_sender(mail_id, BOX, key), BOX, key) == mail_id


@pytest.mark.parametrize("as_written", [SENDER.upper(), f"<{SENDER}>", f" {SENDER}\n"])
def test_what_servers_do_to_an_address_does_no_harm(as_written: str) -> None:
    assert mail_of(as_written, BOX, KEY) == ID


def test_it_is_an_address_that_every_server_takes() -> None:
    sender = envelope_sender(ID, f"{'b' * LONGEST_BOX}@post.example", KEY)
    name, _, domain = sender.partition("@")
    assert (len(name), domain, name.isascii()) == (64, "post.example", True)


@given(st.integers(0, len(SENDER) - 1))
def test_one_that_was_cut_is_refused(length: int) -> None:
    assert mail_of(SENDER[:length], BOX, KEY) is None


@given(st.integers(0, len(SENDER) - 1), st.sampled_from("abc234.+@x"))
def test_one_with_another_letter_is_refused(place: int, letter: str) -> None:
    other = SENDER[:place] + letter + SENDER[place + 1 :]
    assert (mail_of(other, BOX, KEY) is None) == (other != SENDER)


@given(st.uuids(), st.uuids())
def test_the_seal_of_another_mail_is_refused(one: UUID, other: UUID) -> None:
    word = envelope_sender(one, BOX, KEY).partition(".")[0]
    seal = envelope_sender(other, BOX, KEY).partition(".")[2]
    assert (mail_of(f"{word}.{seal}", BOX, KEY) is None) == (one != other)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    assert mail_of(text, BOX, KEY) is None
    assert mail_of(f"bounce+{text}@post.example", BOX, KEY) is None


@pytest.mark.parametrize(
    ("box", "key"),
    [("bounce@elders.example", KEY), ("terug@post.example", KEY), (BOX, "een ander geheim")],
)
def test_another_house_reads_nothing_of_ours(box: str, key: str) -> None:
    assert mail_of(SENDER, box, key) is None
