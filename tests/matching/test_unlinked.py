"""Words in use that name no concept, and what they may belong to."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.matching.unlinked import (
    MOST_PROPOSED,
    UsedWord,
    Why,
    proposals_for,
    unlinked_words,
    used_word,
)
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState
from app.vocabulary.deciding import leave_word, tell_apart, undo_decision
from app.vocabulary.service import import_starter
from tests.support.builders import a_profile, a_skill, an_opgave
from tests.support.words import a_vocabulary
from tests.support.work import TODAY, make_work


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    return session


def test_words_that_name_no_concept_come_most_used_first(words: Session) -> None:
    for _ in range(2):
        a_profile(words, "wijkgesprekken", "planologie")
    a_profile(words, "Wijk-gesprekken", "vogelteller")
    an_opgave(words, "wijkgesprekken", "omgevingsplannen")
    an_opgave(words, "imkerij")

    assert unlinked_words(words, TODAY) == [
        UsedWord("wijkgesprekken", "wijkgesprekken", profiles=2, opgaven=1),
        UsedWord("imkerij", "imkerij", opgaven=1),
        UsedWord("vogelteller", "vogelteller", profiles=1),
        UsedWord("wijk gesprekken", "Wijk-gesprekken", profiles=1),
    ]


def test_a_word_is_shown_as_most_people_write_it(words: Session) -> None:
    for label in ("Imkerij", "imkerij", "Imkerij"):
        a_profile(words, label)

    (found,) = unlinked_words(words, TODAY)

    assert (found.word, found.profiles) == ("Imkerij", 3)


def test_what_is_not_published_or_not_open_is_nobodys_business(words: Session) -> None:
    a_profile(words, "een", state=ProfileState.CONCEPT)
    a_profile(words, "twee", state=ProfileState.PAUSED)
    an_opgave(words, "drie", status=OpgaveStatus.CONCEPT)
    an_opgave(words, "vier", closes_on=TODAY - timedelta(days=1))

    assert unlinked_words(words, TODAY) == []


def test_a_word_that_was_left_leaves_the_list_until_that_is_undone(words: Session) -> None:
    a_profile(words, "gezelligheid")
    decision = leave_word(make_work(words), "Gezelligheid")
    left = unlinked_words(words, TODAY)
    undo_decision(make_work(words), decision.id)

    assert (left, [one.word for one in unlinked_words(words, TODAY)]) == ([], ["gezelligheid"])


def test_a_part_of_a_word_finds_it(words: Session) -> None:
    a_profile(words, "wijk gesprekken", "imkerij")

    assert [one.word for one in unlinked_words(words, TODAY, "WijkG")] == ["wijk gesprekken"]
    assert unlinked_words(words, TODAY, "vogels") == []


def test_one_word_is_counted_also_when_nobody_uses_it(words: Session) -> None:
    a_profile(words, a_skill("Imkerij"))

    assert used_word(words, TODAY, "imkerij") == UsedWord("imkerij", "Imkerij", profiles=1)
    assert used_word(words, TODAY, "Vogels") == UsedWord("vogels", "Vogels")


def reasons(session: Session, word: str) -> list[tuple[str, str, Why]]:
    return [(one.label, one.name, one.why) for one in proposals_for(session, word)]


def test_a_slip_of_the_keyboard_comes_first(words: Session) -> None:
    assert reasons(words, "jeugdzorgx")[0] == ("jeugdhulp", "jeugdzorg", Why.SPELLING)


def test_a_name_within_the_word_is_told(words: Session) -> None:
    found = reasons(words, "trainer voor klimaatadaptatie")

    assert found[0] == ("klimaatadaptatie", "klimaatadaptatie", Why.WITHIN)


def test_a_concept_is_proposed_once_and_no_more_than_three_are(words: Session) -> None:
    found = reasons(words, "plan")

    assert len(found) <= MOST_PROPOSED
    assert len({label for label, *_ in found}) == len(found)
    assert {why for *_, why in found} == {Why.LETTERS}


def test_what_was_told_apart_is_not_proposed(words: Session, tmp_path: Path) -> None:
    before = [label for label, *_ in reasons(words, "jeugdzorgx")]
    tell_apart(make_work(words), "jeugdzorgx", "jeugdhulp")
    (tmp_path / "different" / "ruimte.csv").write_text(
        "one,other,why\nplanschaden-teller,planschade,iets anders\n", encoding="utf-8"
    )
    import_starter(make_work(words), tmp_path)

    assert "jeugdhulp" in before
    assert "jeugdhulp" not in [label for label, *_ in reasons(words, "jeugdzorgx")]
    assert "planschade" not in [label for label, *_ in reasons(words, "planschaden-teller")]


@pytest.mark.parametrize("word", ["", "!", "x" * 200, "🙂"])
def test_nothing_is_proposed_for_what_says_nothing(words: Session, word: str) -> None:
    assert reasons(words, word) == []
