"""Two opgaven that are one and the same are told from two that only look alike."""

import pytest

from app.matching.core.proposals import names_of
from app.matching.core.same import SAME, SURE, Written, likeness, read, reasons
from app.matching.core.vocabulary import Vocabulary
from tests.bench import similar
from tests.matching.core.builders import starter_vocabulary

TREES = Written(
    "Bomenbeleid herzien",
    "Ons bomenbeleidsplan is van 2009. Samen met bewoners maken we een nieuw plan voor de bomen.",
    ("groenbeleid", "bomen"),
)
OTHER_WORDS = Written(
    "Nieuw beleidsplan voor onze bomen",
    "Een actueel bomenbeleidsplan ontbreekt. We zoeken iemand die met de wijken een plan schrijft.",
    ("boombeheer", "groenbeleid"),
)
BEGGING = Written(
    "Achterstand in bezwaarschriften",
    "De termijnen lopen af. We zoeken een jurist die een half jaar dossiers afdoet.",
    ("bezwaar en beroep",),
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return starter_vocabulary()


def value(one: Written, other: Written) -> float:
    return float(likeness(read([one]), read([other]))[0])


def test_an_opgave_is_wholly_the_same_as_itself() -> None:
    assert value(TREES, TREES) == pytest.approx(1, abs=1e-5)


def test_the_same_in_other_words_is_the_same() -> None:
    assert value(TREES, OTHER_WORDS) >= SAME


def test_something_else_is_something_else() -> None:
    assert value(TREES, BEGGING) < SAME


def test_words_for_the_same_thing_bring_two_nearer() -> None:
    dossier = Written("zuigeling", "Verhaal van de burgemeester")

    assert value(dossier, Written("baby")) > value(dossier, Written("schip"))


def test_it_is_the_same_both_ways() -> None:
    assert value(TREES, OTHER_WORDS) == pytest.approx(value(OTHER_WORDS, TREES), abs=1e-6)


def test_what_is_read_together_is_read_as_apart() -> None:
    """So what a snapshot holds can be laid beside what was just typed."""
    apart = [value(TREES, one) for one in (OTHER_WORDS, BEGGING, TREES)]

    together = likeness(read([TREES]), read([OTHER_WORDS, BEGGING, TREES]))

    assert together.tolist() == pytest.approx(apart, abs=1e-6)


@pytest.mark.parametrize(
    "odd", [Written(), Written("de het een"), Written("x" * 10_000, "🌳 " * 999)]
)
def test_what_says_nothing_is_the_same_as_nothing(odd: Written) -> None:
    assert value(odd, TREES) < SAME
    assert value(TREES, odd) < SAME


def test_it_says_why(vocabulary: Vocabulary) -> None:
    said = reasons(TREES, OTHER_WORDS, vocabulary, names_of(vocabulary))

    assert said[-1] == "Vragen allebei “groenbeleid”."


def test_what_a_text_says_no_to_is_no_reason(vocabulary: Vocabulary) -> None:
    one = Written("Bomen", "Geen ervaring met riolering nodig. We kappen bomen.")
    other = Written("Bomen", "Wij vernieuwen de riolering en planten bomen.")

    said = reasons(one, other, vocabulary, names_of(vocabulary))

    assert not any("riolering" in reason for reason in said)


def test_words_in_common_are_the_last_resort() -> None:
    one = Written("Kermis", "De schapen lopen door het dorp.")
    other = Written("Optocht", "Schapen in de straat.")
    vocabulary = Vocabulary()

    assert reasons(one, other, vocabulary, names_of(vocabulary)) == ("Hebben gemeen “schapen”.",)


TEAM = Written(
    "Klankbord: hoe houden we mensen heel in een krimpend team?",
    "Veel werk, te weinig mensen en een verzuim dat oploopt. We zoeken drie collega's om vier keer "
    "mee te sparren. Je neemt een eigen vraag mee. Na afloop schrijven we op wat werkt.",
    ("HR-advies", "goed vragen stellen"),
)
DESK = Written(
    "Klankbord: een klantcontactcentrum met vier mensen",
    "Bij ons zitten vier mensen aan de telefoon en de balie. We zoeken twee mensen die zes keer "
    "online meedenken. Je kijkt mee naar onze website. In ruil laten we zien hoe wij het doen.",
    ("dienstverlening", "goed vragen zien"),
)


def test_words_that_tell_nothing_of_the_work_carry_no_likeness(vocabulary: Vocabulary) -> None:
    assert value(TEAM, DESK) < 0.1
    assert reasons(TEAM, DESK, vocabulary, names_of(vocabulary)) == ()


def test_what_is_sure_is_never_wrong_on_the_pairs_that_were_tuned_on() -> None:
    judged = [pair for pair in similar.pairs() if not pair.is_held]

    found = similar.verdicts(judged, SURE)

    assert found.wrong == 0
    assert found.recall > 1 / 3


@pytest.mark.parametrize("is_held", [False, True])
def test_on_the_labelled_pairs_nine_in_ten_called_the_same_are_so(is_held: bool) -> None:
    judged = [pair for pair in similar.pairs() if pair.is_held is is_held]

    found = similar.verdicts(judged)

    assert found.precision >= 0.9
    assert found.recall >= 0.7


def test_there_are_two_hundred_pairs_half_of_them_the_same() -> None:
    everything = list(similar.pairs())

    assert len(everything) >= 200
    assert sum(pair.is_same for pair in everything) * 2 == len(everything)
    assert 0.25 < sum(pair.is_held for pair in everything) / len(everything) < 0.4
