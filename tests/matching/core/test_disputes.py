"""What somebody disputes is left out, for every word that means the same, and nothing else is."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.disputes import (
    is_disputed,
    link_of,
    may_dispute,
    not_for,
    with_disputes,
)
from app.matching.core.facts import (
    AskedSkill,
    Disputed,
    Kind,
    Link,
    OfferedSkill,
    OpgaveFacts,
    ProfileFacts,
    Reason,
    Score,
)
from app.matching.core.score import MOST_ENERGY, NAMED, score
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import ConceptFacts, normalise
from tests.matching.core.builders import (
    a_missing,
    a_profile,
    a_reason,
    an_opgave,
    asked,
    offered,
)

CONCEPTS = (
    ConceptFacts(1, ("ruimtelijke ordening", "RO", "planologie"), related=(3,)),
    ConceptFacts(2, ("omgevingsplan", "bestemmingsplan"), broader=1),
    ConceptFacts(3, ("verkeerskunde",)),
)
WORDS = Vocabulary(CONCEPTS)


def disputing(profile: ProfileFacts, *disputes: Disputed) -> ProfileFacts:
    skills = with_disputes(profile.skills, disputes, WORDS)
    return replace(profile, skills=skills, disputes=disputes)


def answers(profile: ProfileFacts, *questions: str) -> dict[str, str | None]:
    """What answers each question, once the score has been found."""
    found = score(profile, an_opgave(*(asked(one) for one in questions)), WORDS)
    return {reason.asked: reason.offered for reason in found.reasons} if found else {}


# Who says that it is not their trade


@pytest.mark.parametrize("word", ["verkeerskunde", "Verkeers-kunde", "verkeerskundige"])
def test_nothing_answers_what_is_not_somebodys_trade(word: str) -> None:
    profile = a_profile(offered("RO"), offered("omgevingsplan"))
    before = answers(profile, word, "planologie")

    after = answers(disputing(profile, Disputed("verkeerskunde")), word, "planologie")

    assert before == {word: "RO", "planologie": "RO"}
    assert after == {word: None, "planologie": "RO"}


def test_what_is_not_somebodys_trade_is_so_by_any_of_its_names() -> None:
    profile = disputing(a_profile(offered("verkeerskunde")), Disputed("RO"))

    assert answers(profile, "ruimtelijke ordening", "verkeerskunde") == {
        "ruimtelijke ordening": None,
        "verkeerskunde": "verkeerskunde",
    }


def test_a_wider_or_narrower_word_is_another_one() -> None:
    profile = disputing(a_profile(offered("bestemmingsplan")), Disputed("RO"))

    assert answers(profile, "omgevingsplan") == {"omgevingsplan": "bestemmingsplan"}


# Who says that two words are not alike


def test_another_skill_answers_in_the_place_of_what_was_disputed() -> None:
    profile = a_profile(offered("omgevingsplan"), offered("verkeerskunde"))
    before = answers(profile, "planologie")

    after = answers(disputing(profile, Disputed("RO", "omgevingsplan")), "planologie")

    assert (before, after) == ({"planologie": "omgevingsplan"}, {"planologie": "verkeerskunde"})


def test_what_was_disputed_is_so_by_another_name_of_what_is_offered() -> None:
    profile = a_profile(offered("bestemmingsplannen"))

    assert answers(disputing(profile, Disputed("RO", "omgevingsplan")), "RO") == {}


def test_what_was_disputed_still_answers_other_questions() -> None:
    profile = disputing(a_profile(offered("RO")), Disputed("verkeerskunde", "RO"))

    assert answers(profile, "verkeerskunde", "omgevingsplan") == {
        "verkeerskunde": None,
        "omgevingsplan": "RO",
    }


# What always counts


@pytest.mark.parametrize("dispute", [Disputed("RO"), Disputed("RO", "RO")])
def test_what_somebody_wrote_in_that_very_word_counts(dispute: Disputed) -> None:
    profile = disputing(a_profile(offered("R.O.")), dispute)

    assert answers(profile, "ro") == {"ro": "R.O."}


@pytest.mark.parametrize(
    ("said", "would_be"),
    [
        (Disputed("RO"), 50),
        (Disputed("ruimtelijke ordening"), 50),
        (Disputed("RO", "planologie"), 100),
    ],
)
def test_nobody_is_advised_what_they_say_is_not_theirs(said: Disputed, would_be: int) -> None:
    profile = disputing(a_profile(offered("verkeerskunde")), said)

    found = score(profile, an_opgave(asked("RO"), asked("verkeerskunde")), WORDS)

    assert found is not None
    assert (found.reasons[0].asked, found.reasons[0].would_be) == ("RO", would_be)


def test_a_skill_that_would_help_is_not_for_what_is_disputed_either() -> None:
    opgave = an_opgave(asked("RO"), asked("omgevingsplan"), asked("bodem"))
    profile = a_profile(offered("bodem"))
    said = Disputed("omgevingsplan"), Disputed("omgevingsplan", "planologie")

    found = [score(one, opgave, WORDS) for one in (profile, *(disputing(profile, s) for s in said))]

    # With RO for a RO of 33 points and an omgevingsplan of 33 points, for which it is wider.
    assert [one.reasons[0].would_be if one else 0 for one in found] == [34 + 33 + 19] + [
        34 + 33
    ] * 2


# The rule itself


def test_a_skill_holds_the_words_it_is_not_for_in_one_form_and_order() -> None:
    disputes = (
        Disputed("Wonen"),
        Disputed("RO", "Omgevings-plan"),
        Disputed("wonen!"),
        Disputed("AVG", "bodem"),
    )

    made = with_disputes([offered("bestemmingsplan"), offered("zorg")], disputes, WORDS)

    assert [skill.not_for for skill in made] == [("ro", "wonen"), ("wonen",)]
    assert not_for("bestemmingsplan", disputes, WORDS) == ("ro", "wonen")


def test_without_disputes_a_skill_stays_what_it_was() -> None:
    skills = (offered("RO"),)

    assert with_disputes(skills, [], WORDS) == skills


@pytest.mark.parametrize("kind", Kind)
def test_of_every_link_but_the_same_word_somebody_can_say_that_it_is_wrong(kind: Kind) -> None:
    expected = kind is not Kind.SAME

    assert is_disputed("RO", Link(kind, 80), ("planologie",), WORDS) is expected
    assert may_dispute(a_reason(kind=kind)) is expected


def test_of_what_is_missing_there_is_nothing_to_dispute() -> None:
    assert not may_dispute(a_missing("RO"))


# For all profiles

LABELS = st.sampled_from(
    [
        *("RO", "ruimtelijke ordening", "planologie", "omgevingsplan", "bestemmingsplannen"),
        *("verkeerskunde", "verkeerskundige", "bodem", "energietransitie", "energietransitiee"),
    ]
) | st.text(max_size=8)
OFFERED = st.builds(
    OfferedSkill, LABELS, st.integers(1, 4), st.integers(1, 5), wants_to_learn=st.booleans()
)
PROFILES = st.lists(OFFERED, min_size=1, max_size=6).map(lambda skills: a_profile(*skills))
ASKED = st.builds(AskedSkill, LABELS, st.booleans(), st.integers(1, 4))
OPGAVEN = st.lists(ASKED, min_size=1, max_size=6).map(lambda skills: an_opgave(*skills))
DISPUTES = st.lists(st.builds(Disputed, LABELS, st.none() | LABELS), max_size=4)


def one_meaning(one: str, other: str) -> bool:
    """The rule once more, as it would be told: one concept, or one comparable form."""
    first, second = WORDS.term(one), WORDS.term(other)
    if not first.normal or not second.normal:
        return False
    is_known = first.concept is not None and first.concept == second.concept
    return is_known or first.joined == second.joined or first.stem == second.stem


def is_said(reason: Reason, disputes: Sequence[Disputed]) -> bool:
    return any(
        one_meaning(one.asked, reason.asked)
        and (one.offered is None or one_meaning(one.offered, reason.offered or ""))
        for one in disputes
    )


@given(PROFILES, OPGAVEN, DISPUTES)
def test_what_is_disputed_is_never_a_reason(
    profile: ProfileFacts, opgave: OpgaveFacts, disputes: list[Disputed]
) -> None:
    found = score(disputing(profile, *disputes), opgave, WORDS)

    reasons = found.reasons if found else ()
    assert [r for r in reasons if may_dispute(r) and is_said(r, disputes)] == []


@given(PROFILES, OPGAVEN, DISPUTES)
def test_what_is_disputed_only_takes_points_away_and_they_still_add_up(
    profile: ProfileFacts, opgave: OpgaveFacts, disputes: list[Disputed]
) -> None:
    before = score(profile, opgave, WORDS)
    after = score(disputing(profile, *disputes), opgave, WORDS)

    if after is None:
        return
    assert before is not None
    assert sum(reason.points for reason in after.reasons) == after.value <= before.value
    assert after.tier >= before.tier
    assert sum(reason.max_points for reason in after.reasons) == 100


@given(PROFILES, OPGAVEN, DISPUTES)
def test_a_reason_of_which_nothing_is_said_stays_as_it_was(
    profile: ProfileFacts, opgave: OpgaveFacts, disputes: list[Disputed]
) -> None:
    before = score(profile, opgave, WORDS)
    after = score(disputing(profile, *disputes), opgave, WORDS)

    there = after.reasons if after else ()
    for was, now in zip(before.reasons if before else (), there, strict=False):
        if not is_said(was, disputes):
            assert (now.asked, now.offered, now.points) == (was.asked, was.offered, was.points)


@given(PROFILES, OPGAVEN, DISPUTES)
def test_who_takes_everything_back_has_the_score_of_before(
    profile: ProfileFacts, opgave: OpgaveFacts, disputes: list[Disputed]
) -> None:
    again = disputing(disputing(profile, *disputes))

    assert score(again, opgave, WORDS) == score(profile, opgave, WORDS)


@given(PROFILES, OPGAVEN, DISPUTES)
def test_what_would_help_is_what_comes_of_it(
    profile: ProfileFacts, opgave: OpgaveFacts, disputes: list[Disputed]
) -> None:
    found = score(disputing(profile, *disputes), opgave, WORDS)

    for reason in found.reasons if found else ():
        if found and reason.would_be > found.value and reason.kind not in NAMED:
            new = OfferedSkill(reason.asked, reason.asked_level, MOST_ENERGY)
            richer = disputing(replace(profile, skills=(*profile.skills, new)), *disputes)
            assert value_of(score(richer, opgave, WORDS)) == reason.would_be


def test_a_link_that_nobody_disputes_is_what_the_words_say() -> None:
    skill = offered("RO")

    assert link_of("planologie", skill, WORDS) == WORDS.link("planologie", "RO")
    assert normalise("RO") == "ro"


def value_of(found: Score | None) -> int:
    return found.value if found else 0
