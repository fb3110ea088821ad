"""Whatever is pasted into a label or a text: matching answers, and what it keeps stays small."""

import pytest

from app.matching.core.kin import MOST_KIN, kinship
from app.matching.core.proposals import MOST_PROPOSED, Names, proposals
from app.matching.core.similarity import Offered, words_of
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import NORMAL_LIMIT, ConceptFacts, normalise
from tests.matching.core.builders import starter_vocabulary
from tests.support.hostile import HOSTILE

texts = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
KNOWN = "ruimtelijke ordening"
# Zorg with a Greek o and beleid with a Cyrillic e.
ONLY_LOOKS_ALIKE = ["z\u03bfrg", "b\u0435leid"]


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return starter_vocabulary()


@texts
def test_a_normal_form_is_short_and_is_its_own_normal_form(text: str) -> None:
    normal = normalise(text)

    assert len(normal) <= NORMAL_LIMIT
    assert normalise(normal) == normal


@texts
def test_what_is_kept_of_a_word_is_short(words: Vocabulary, text: str) -> None:
    term = words.term(text)

    assert max(map(len, (term.normal, term.joined, term.stem))) <= NORMAL_LIMIT


@texts
def test_every_text_is_itself_or_nothing(words: Vocabulary, text: str) -> None:
    link = words.link(text, text)

    assert (link is None) == (not normalise(text))
    assert link is None or link.strength == 100


@texts
def test_a_row_says_the_same_as_every_comparison(words: Vocabulary, text: str) -> None:
    offered = [KNOWN, normalise(text)]
    stored = words_of(words, offered)

    row = Offered(words, stored).row(text)

    links = {at: words.link(text, one) for at, one in enumerate(offered)}
    assert row == {at: link for at, link in links.items() if link}


@texts
def test_no_text_is_closer_kin_than_may_be(text: str) -> None:
    assert kinship(text, KNOWN) <= MOST_KIN


@texts
def test_no_text_has_more_proposals_than_fit(text: str) -> None:
    names = Names(Vocabulary([ConceptFacts(1, (KNOWN, "RO")), ConceptFacts(2, ("woningbouw",))]))

    found = proposals(text, names)

    assert len(found) <= MOST_PROPOSED
    assert len({proposal.concept_id for proposal in found}) == len(found)


@pytest.mark.parametrize("word", ONLY_LOOKS_ALIKE)
def test_letters_that_only_look_alike_name_nothing(words: Vocabulary, word: str) -> None:
    assert words.concept_of(word) is None
    assert normalise(word) == word


@pytest.mark.parametrize(
    "written",
    [
        "ruimtelijke\u200b ordening",
        "\u202eruimtelijke ordening\u202c",
        "r\u200duimtelijke orde\ufeffning",
        "ruimtelijke\x00 ordening\x1f",
        "ru\u00adimtelijke ordening",
        "\u00a0ruimtelijke\u2003ordening",
        "ruimtelijke ordening \U0001f469\u200d\U0001f467",
        "\uff52uimtelijke ordening",
    ],
)
def test_what_cannot_be_seen_changes_no_word(words: Vocabulary, written: str) -> None:
    assert words.concept_of(written) == words.concept_of(KNOWN)


def test_letters_composed_apart_are_the_same_letters(words: Vocabulary) -> None:
    link = words.link("financi\u00eble co\u00f6rdinatie", "financie\u0308le coo\u0308rdinatie")

    assert link is not None
    assert link.strength == 100
