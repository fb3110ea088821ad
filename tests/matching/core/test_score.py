from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.core.facts import AskedSkill, Kind, OfferedSkill, OpgaveFacts, ProfileFacts
from app.matching.core.score import LEVELS_SHORT, score, shares
from app.matching.core.vocabulary import Vocabulary
from app.vocabulary.rules import ConceptFacts
from tests.matching.core.builders import SUMMER, a_profile, an_opgave, asked, offered

CONCEPTS = (
    ConceptFacts(1, ("ruimtelijke ordening", "RO"), related=(3,)),
    ConceptFacts(2, ("bestemmingsplannen",), broader=1),
    ConceptFacts(3, ("verkeerskunde",)),
    ConceptFacts(4, ("omgevingsvergunning",)),
    ConceptFacts(5, ("omgevingsverordening",)),
)
WORDS = Vocabulary(CONCEPTS, [("omgevingsvergunning", "omgevingsverordening")])


def value_of(opgave: OpgaveFacts, profile: ProfileFacts) -> int:
    found = score(profile, opgave, WORDS)
    return found.value if found else 0


def one_skill(wanted: AskedSkill, had: OfferedSkill, *, for_learning: bool = False) -> int:
    return value_of(an_opgave(wanted, for_learning=for_learning), a_profile(had))


def test_a_full_answer_scores_a_hundred_and_says_why() -> None:
    opgave = an_opgave(asked("RO"))

    found = score(a_profile(offered("ruimtelijke ordening", energy=5)), opgave, WORDS)

    assert found is not None
    assert (found.profile_id, found.opgave_id) == (UUID(int=1), UUID(int=2))
    assert (found.value, found.tier) == (100, 1)
    assert [reason.as_plain() for reason in found.reasons] == [
        {
            "asked": "RO",
            "must": True,
            "asked_level": 3,
            "offered": "ruimtelijke ordening",
            "offered_level": 3,
            "energy": 5,
            "wants_to_learn": False,
            "kind": "synonym",
            "points": 100,
            "max_points": 100,
            "would_be": 100,
        }
    ]


@pytest.mark.parametrize(("had", "value"), [(4, 100), (3, 75), (2, 50), (1, 30)])
def test_a_level_below_what_is_asked_counts_for_less(had: int, value: int) -> None:
    assert one_skill(asked("RO", 4), offered("RO", had)) == value


def test_a_level_further_below_than_the_list_goes_counts_as_its_last() -> None:
    assert one_skill(asked("RO", len(LEVELS_SHORT) + 5), offered("RO", 1)) == LEVELS_SHORT[-1]


def test_a_level_above_what_is_asked_counts_no_more() -> None:
    assert one_skill(asked("RO", 1), offered("RO", 4)) == 100


@pytest.mark.parametrize(("energy", "value"), [(1, 70), (2, 80), (3, 90), (4, 96), (5, 100)])
def test_energy_counts(energy: int, value: int) -> None:
    assert one_skill(asked("RO"), offered("RO", energy=energy)) == value


@pytest.mark.parametrize(
    ("for_learning", "wants_to_learn", "level", "value"),
    [
        (False, False, 3, 100),
        (False, True, 3, 30),
        (True, True, 1, 100),
        (True, False, 3, 100),
        (True, False, 1, 50),
    ],
)
def test_whoever_wants_to_learn_fits_an_opgave_for_learning(
    for_learning: bool, wants_to_learn: bool, level: int, value: int
) -> None:
    had = offered("RO", level, wants_to_learn=wants_to_learn)

    assert one_skill(asked("RO"), had, for_learning=for_learning) == value


@pytest.mark.parametrize(
    ("wanted", "had", "value", "kind"),
    [
        ("RO", "bestemmingsplannen", 90, Kind.NARROWER),
        ("bestemmingsplannen", "RO", 60, Kind.BROADER),
        ("RO", "verkeerskunde", 50, Kind.RELATED),
        ("energietransitie", "energietransitiee", 96, Kind.SPELLING),
    ],
)
def test_a_weaker_tie_counts_for_less_and_is_named(
    wanted: str, had: str, value: int, kind: Kind
) -> None:
    found = score(a_profile(offered(had)), an_opgave(asked(wanted)), WORDS)

    assert found is not None
    assert (found.value, found.reasons[0].kind) == (value, kind)


def test_a_must_have_weighs_three_wishes() -> None:
    opgave = an_opgave(asked("RO"), asked("bodem", must=False))

    assert value_of(opgave, a_profile(offered("RO"))) == 75
    assert value_of(opgave, a_profile(offered("bodem"))) == 25


def test_what_is_missing_says_what_it_would_bring() -> None:
    opgave = an_opgave(asked("RO"), asked("bodem"), asked("water", must=False))

    found = score(a_profile(offered("RO")), opgave, WORDS)

    assert found is not None
    assert [(r.asked, r.offered, r.points, r.max_points, r.would_be) for r in found.reasons] == [
        ("RO", "RO", 43, 43, 43),
        ("bodem", None, 0, 43, 86),
        ("water", None, 0, 14, 57),
    ]


def test_what_a_skill_would_bring_counts_for_every_question_that_it_serves() -> None:
    opgave = an_opgave(asked("RO"), asked("bestemmingsplannen"))

    found = score(a_profile(offered("verkeerskunde", energy=1)), opgave, WORDS)

    assert found is not None
    assert (found.value, [reason.would_be for reason in found.reasons]) == (17, [80, 95])


@pytest.mark.parametrize(
    ("skills", "tier"),
    [
        ((offered("RO"), offered("bodem")), 1),
        ((offered("RO"), offered("bodem", 1)), 1),
        ((offered("RO"), offered("bodem", 1, energy=4)), 2),
        ((offered("RO"),), 2),
    ],
)
def test_the_first_tier_has_half_of_every_must_have(
    skills: tuple[OfferedSkill, ...], tier: int
) -> None:
    found = score(a_profile(*skills), an_opgave(asked("RO"), asked("bodem")), WORDS)

    assert found is not None
    assert found.tier == tier


def test_an_opgave_without_must_haves_is_of_the_first_tier() -> None:
    opgave = an_opgave(asked("RO", must=False), asked("bodem", must=False))

    found = score(a_profile(offered("RO", 1, 1)), opgave, WORDS)

    assert found is not None
    assert found.tier == 1


def test_one_skill_may_answer_more_than_one_question() -> None:
    opgave = an_opgave(asked("RO"), asked("bestemmingsplannen"))

    assert value_of(opgave, a_profile(offered("RO"))) == 50 + 30


def test_many_weak_answers_do_not_add_up() -> None:
    weak = offered("verkeerskunde"), offered("verkeerskundige"), offered("verkeerskundigen")

    assert value_of(an_opgave(asked("RO")), a_profile(*weak)) == 50


def test_of_two_equal_answers_the_first_by_name_is_shown() -> None:
    skills = offered("ruimtelijke ordening"), offered("RO")

    for order in (skills, skills[::-1]):
        found = score(a_profile(*order), an_opgave(asked("RO")), WORDS)
        assert found is not None
        assert found.reasons[0].offered == "RO"


@pytest.mark.parametrize(
    ("profile", "opgave"),
    [
        (a_profile(offered("RO")), an_opgave(asked("bodem"))),
        (a_profile(offered("RO")), an_opgave()),
        (a_profile(), an_opgave(asked("RO"))),
        (a_profile(offered("omgevingsvergunning")), an_opgave(asked("omgevingsverordening"))),
        (a_profile(offered("RO"), gemeente_code="GM0307"), an_opgave(asked("RO"))),
        (a_profile(offered("RO"), travel_km=1), an_opgave(asked("RO"))),
        (a_profile(offered("RO")), an_opgave(asked("RO"), hours_per_week=36)),
        (
            a_profile(offered("RO")),
            an_opgave(asked("RO"), starts_on=SUMMER, ends_on=SUMMER - timedelta(days=400)),
        ),
    ],
)
def test_two_that_have_nothing_to_tell_each_other_get_no_score(
    profile: ProfileFacts, opgave: OpgaveFacts
) -> None:
    assert score(profile, opgave, WORDS) is None


NAMES = [name for concept in CONCEPTS for name in concept.names]
UNKNOWN = ["verkeerskundige", "bodem", "energietransitie", "energietransitiee"]
LABELS = st.sampled_from(NAMES + UNKNOWN) | st.text(max_size=12)
OFFERED = st.builds(
    OfferedSkill, LABELS, st.integers(1, 4), st.integers(1, 5), wants_to_learn=st.booleans()
)
ASKED = st.builds(AskedSkill, LABELS, st.booleans(), st.integers(1, 4))
PROFILES = st.builds(lambda skills: a_profile(*skills), st.lists(OFFERED, max_size=8))
OPGAVEN = st.builds(
    lambda skills, learning: an_opgave(*skills, for_learning=learning),
    st.lists(ASKED, max_size=8),
    st.booleans(),
)


@given(st.lists(ASKED, min_size=1, max_size=150))
def test_a_hundred_points_are_shared_out_exactly(skills: list[AskedSkill]) -> None:
    points = shares(skills)

    assert sum(points) == 100
    fair = [100 * (3 if s.must else 1) / sum(3 if t.must else 1 for t in skills) for s in skills]
    assert all(abs(got - due) < 1 for got, due in zip(points, fair, strict=True))


@given(PROFILES, OPGAVEN)
def test_the_points_of_the_reasons_are_the_value(
    profile: ProfileFacts, opgave: OpgaveFacts
) -> None:
    found = score(profile, opgave, WORDS)
    if found is None:
        return

    assert sum(reason.points for reason in found.reasons) == found.value <= 100
    assert sum(reason.max_points for reason in found.reasons) == 100
    assert all(0 <= reason.points <= reason.max_points for reason in found.reasons)


@given(PROFILES, OPGAVEN, st.randoms())
def test_the_order_of_skills_does_not_matter(
    profile: ProfileFacts, opgave: OpgaveFacts, random: Random
) -> None:
    others = random.sample(profile.skills, len(profile.skills))
    questions = random.sample(opgave.skills, len(opgave.skills))
    again = an_opgave(*questions, for_learning=opgave.for_learning)

    assert score(a_profile(*others), again, WORDS) == score(profile, opgave, WORDS)


@given(PROFILES, OPGAVEN, OFFERED)
def test_another_skill_never_lowers_the_score(
    profile: ProfileFacts, opgave: OpgaveFacts, skill: OfferedSkill
) -> None:
    richer = a_profile(*profile.skills, skill)
    before, after = score(profile, opgave, WORDS), score(richer, opgave, WORDS)

    assert value_of(opgave, richer) >= value_of(opgave, profile)
    assert before is None or (after is not None and after.tier <= before.tier)


def percent_of(question: AskedSkill, skill: OfferedSkill, *, for_learning: bool) -> int:
    """The rule once more, as it would be told."""
    link = WORDS.link(question.label, skill.label)
    percent = link.strength if link else 0
    percent *= {1: 70, 2: 80, 3: 90, 4: 96, 5: 100}[skill.energy]
    if skill.wants_to_learn and for_learning:
        return percent // 100
    percent *= {0: 100, 1: 75, 2: 50}.get(max(0, question.level - skill.level), 30)
    return percent * (30 if skill.wants_to_learn else 100) // 1_000_000


@given(PROFILES, OPGAVEN)
def test_the_score_is_the_best_skill_for_each_question(
    profile: ProfileFacts, opgave: OpgaveFacts
) -> None:
    questions = sorted(opgave.skills, key=lambda asked: (not asked.must, asked.label, asked.level))
    best = [
        max((percent_of(q, s, for_learning=opgave.for_learning) for s in profile.skills), default=0)
        for q in questions
    ]
    points = shares(questions) if questions else ()
    value = sum(most * percent // 100 for most, percent in zip(points, best, strict=True))
    musts = [percent for question, percent in zip(questions, best, strict=True) if question.must]

    found = score(profile, opgave, WORDS)

    assert (found.value if found else 0) == value
    assert found is None or found.tier == (1 if min(musts, default=100) >= 50 else 2)
