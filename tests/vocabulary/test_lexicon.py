"""All words at once, as they would be after a change."""

from app.vocabulary.lexicon import Lexicon
from app.vocabulary.rules import ConceptFacts

CARE, FOSTER, DAMAGE, FOREIGN = 1, 2, 3, 4
WORDS = Lexicon(
    broader={CARE: None, FOSTER: CARE, DAMAGE: None, FOREIGN: None},
    own=frozenset({CARE, FOSTER, DAMAGE}),
    names=((CARE, "jeugdhulp"), (FOSTER, "pleegzorg"), (DAMAGE, "planschade"), (FOREIGN, "opvang")),
    related=((FOSTER, DAMAGE),),
)


def facts(words: Lexicon) -> dict[int, ConceptFacts]:
    return {one.id: one for one in words.facts()}


def test_a_merged_concept_gives_its_names_and_ties() -> None:
    found = facts(WORDS.merging(FOSTER, DAMAGE))

    assert found[DAMAGE].names == ("pleegzorg", "planschade")
    assert (FOSTER in found, found[DAMAGE].related, found[DAMAGE].broader) == (False, (), None)


def test_parted_everything_is_as_it_was() -> None:
    assert WORDS.merging(FOSTER, DAMAGE).parting(FOSTER) == WORDS


def test_a_linked_word_is_another_name() -> None:
    linked = WORDS.linking("kinderopvang", FOREIGN)

    assert facts(linked)[FOREIGN] == ConceptFacts(FOREIGN, ("opvang", "kinderopvang"), own=False)
    assert linked.removing(5) == WORDS


def test_a_linked_word_goes_along_when_its_concept_is_merged_and_comes_back() -> None:
    merged = WORDS.linking("kinderopvang", FOREIGN).merging(FOREIGN, CARE)

    assert facts(merged)[CARE].names == ("jeugdhulp", "opvang", "kinderopvang")
    assert facts(merged.parting(FOREIGN))[FOREIGN].names == ("opvang", "kinderopvang")


def test_a_word_that_was_decided_on_is_the_name_of_nothing_else() -> None:
    found = facts(WORDS.linking("opvang", CARE))

    assert (found[CARE].names, found[FOREIGN].names) == (("jeugdhulp", "opvang"), ())


def test_a_new_concept_is_ours_and_stands_where_it_was_put() -> None:
    added = WORDS.adding(["kinderopvang", "kdv"], CARE)

    assert facts(added)[5] == ConceptFacts(5, ("kinderopvang", "kdv"), broader=CARE, own=True)
    assert added.removing(5) == WORDS


def test_what_stood_under_a_concept_that_goes_moves_up() -> None:
    added = WORDS.adding(["kinderopvang"], CARE).adding(["gastouder"], 5)

    assert facts(added.removing(5))[6].broader == CARE


def test_a_pair_of_the_lists_stays_when_a_beheerder_takes_back_the_same() -> None:
    twice = WORDS.telling_apart("een", "twee").telling_apart("een", "twee")

    assert twice.no_longer_apart("een", "twee").different == (("een", "twee"),)
