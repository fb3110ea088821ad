"""Words that are linked otherwise by another vocabulary are all found, and no others."""

from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.matching.core.altered import Difference
from app.matching.core.facts import Disputed
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.lexicon import Lexicon

# Names, slips of the keyboard, inflections, and labels that share words.
WORDS = (
    *("jeugdhulp", "jeugdhulk", "jeugdzorg", "pleegzorg", "pleegzorger", "hulp aan jeugd"),
    *("omgevingsvergunning", "omgevingsverordening", "omgevingsvergunningen", "vergunning"),
    *("schuldhulpverlening", "schuldhulpverlenen", "hulpverlening bij schulden", "schulden"),
    *("groenbeheer", "beheer van groen", "beheer openbaar groen", "bomenbeheer", "bomen"),
)
CONCEPTS = range(1, 7)


@st.composite
def lexicons(draw: st.DrawFn) -> Lexicon:
    owned = draw(
        st.lists(st.tuples(st.sampled_from(CONCEPTS), st.sampled_from(WORDS)), max_size=12)
    )
    wider = {one: draw(st.sampled_from([None, *range(1, one)])) for one in CONCEPTS}
    pairs = st.tuples(st.sampled_from(CONCEPTS), st.sampled_from(CONCEPTS))
    related = {(min(pair), max(pair)) for pair in draw(st.lists(pairs, max_size=3))}
    different = draw(st.lists(st.tuples(*[st.sampled_from(WORDS)] * 2), max_size=3))
    return Lexicon(
        broader=wider,
        own=frozenset(draw(st.sets(st.sampled_from(CONCEPTS)))),
        names=tuple(dict.fromkeys(owned)),
        related=tuple(pair for pair in sorted(related) if pair[0] != pair[1]),
        different=tuple(different),
    )


@st.composite
def changes(draw: st.DrawFn) -> tuple[Lexicon, Lexicon]:
    words = draw(lexicons())
    one, other = draw(st.sampled_from(WORDS)), draw(st.sampled_from(WORDS))
    low, high = sorted(draw(st.permutations(CONCEPTS))[:2])
    changed = {
        "link": lambda: words.linking(one, low),
        "concept": lambda: words.adding([one, other], high),
        "different": lambda: words.telling_apart(one, other),
        "merge": lambda: words.merging(high, low),
        "linked and merged": lambda: words.linking(one, high).merging(high, low),
    }[draw(st.sampled_from(["link", "concept", "different", "merge", "linked and merged"]))]()
    return draw(st.sampled_from([(words, changed), (changed, words)]))


# A word gets known that looked like a name of a concept that differs as well.
ONE_KNOWN = Lexicon(
    broader=dict.fromkeys(CONCEPTS), names=((1, "jeugdhulp"), (1, "schuldhulpverlenen"))
)


def vocabulary_of(words: Lexicon) -> Vocabulary:
    return Vocabulary(words.facts(), words.different)


@settings(max_examples=150)
@given(changes())
@example((ONE_KNOWN, ONE_KNOWN.adding(["jeugdhulp", "schuldhulpverlening"], 2)))
def test_every_pair_with_another_link_is_found_and_no_other(
    change: tuple[Lexicon, Lexicon],
) -> None:
    before, after = (vocabulary_of(words) for words in change)

    found, is_whole = Difference(before, after, WORDS, WORDS).altered()

    assert is_whole
    assert found == {
        pair for pair in product(WORDS, WORDS) if before.link(*pair) != after.link(*pair)
    }


def test_words_that_nobody_uses_are_not_told() -> None:
    words = Lexicon(broader={1: None}, own=frozenset({1}), names=((1, "jeugdhulp"),))
    after = vocabulary_of(words.linking("jeugdstem", 1))

    found, _ = Difference(vocabulary_of(words), after, ["jeugdhulp"], ["jeugdstem"]).altered()

    assert found == {("jeugdhulp", "jeugdstem")}


def test_what_is_too_much_to_compare_is_said() -> None:
    words = Lexicon(broader={1: None}, own=frozenset({1}), names=((1, "jeugdhulp"),))
    difference = Difference(
        vocabulary_of(words), vocabulary_of(words.linking("jeugdstem", 1)), ["jeugdstem"], WORDS
    )

    assert [difference.altered(most)[1] for most in (0, 100)] == [False, True]


def test_words_for_which_a_dispute_counts_otherwise_are_found() -> None:
    words = Lexicon(
        broader={1: None, 2: None},
        own=frozenset({1, 2}),
        names=((1, "jeugdhulp"), (1, "jeugdzorg"), (2, "bomen")),
    )
    after = vocabulary_of(words.linking("jeugdstem", 1))
    asked = ["jeugdhulp", "jeugdstem", "bomen"]
    difference = Difference(vocabulary_of(words), after, asked, [])

    assert difference.disputed([Disputed("jeugdzorg")]) == {"jeugdhulp", "jeugdstem"}
    assert difference.disputed([Disputed("bomen")]) == set()
    assert difference.disputed([Disputed("bomen", "jeugdstem")]) == {"bomen"}
