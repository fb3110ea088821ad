"""Suggestions while typing, and what a typed word is taken for."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.vocabulary.hints import Hint, hints_for, unknown_among
from tests.support.builders import a_user
from tests.support.web import sign_in
from tests.support.words import a_vocabulary


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def test_a_visitor_gets_no_suggestions(client: FlaskClient) -> None:
    assert client.get("/begrippen?q=ruimte").status_code == 302


def test_an_acronym_gives_the_concept_with_its_other_names_and_theme(
    client: FlaskClient, words: Session
) -> None:
    sign_in(client, words, a_user(words))

    first = client.get("/begrippen?q=wmo").get_json()[0]

    assert first["label"] == "Wet maatschappelijke ondersteuning"
    assert first["hint"] == "ook: Wmo · Sociaal domein"


def test_a_label_that_begins_like_what_was_typed_comes_before_other_names(
    client: FlaskClient, words: Session
) -> None:
    sign_in(client, words, a_user(words))

    found = client.get("/begrippen?q=plan").get_json()

    assert [one["label"] for one in found][:2] == ["planschade", "ruimtelijke ordening"]


@pytest.mark.parametrize(
    "typed",
    ["", "x", "%", "%%%__", "'; --", "\0", "a\0b", "\u202e", "🙂", "<script>", "z" * 100_000],
    ids=lambda typed: repr(typed[:8]),
)
def test_whatever_is_typed_gives_a_short_list(
    client: FlaskClient, words: Session, typed: str
) -> None:
    sign_in(client, words, a_user(words))

    answer = client.get("/begrippen", query_string={"q": typed})

    assert (answer.status_code, len(answer.get_json()) <= 8) == (200, True)


def test_bytes_that_are_no_text_are_no_error(client: FlaskClient, words: Session) -> None:
    sign_in(client, words, a_user(words))

    assert client.get("/begrippen?q=%ff%fe%ed%a0%80").status_code == 200


def test_a_known_word_shows_its_concept_and_an_unknown_one_what_may_be_meant(
    words: Session,
) -> None:
    hints = hints_for(["RO", "ruimtelijke ordening", "ruimtelijke ordenen en zo", "", "!!"])

    assert hints["RO"] == Hint("RO", "ruimtelijke ordening")
    assert (hints["RO"].is_other_word, hints["ruimtelijke ordening"].is_other_word) == (True, False)
    unknown = hints["ruimtelijke ordenen en zo"]
    assert (unknown.is_known, unknown.meant[0]) == (False, "ruimtelijke ordening")
    assert set(hints) == {"RO", "ruimtelijke ordening", "ruimtelijke ordenen en zo"}


def test_the_words_that_nobody_knows_are_named_once(words: Session) -> None:
    assert unknown_among(["RO", "wolkenfluisteren", "wolkenfluisteren"]) == ["wolkenfluisteren"]
