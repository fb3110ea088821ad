"""The compiled engine says exactly what the simplest way of comparing says."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

import numpy as np
import pytest

from app.matching.core.arrays import (
    EVERYBODY,
    TermNumbers,
    opgaven_of,
    people_of,
    places_of,
    rows_of,
    similar_of,
    terms_of,
)
from app.matching.core.disputes import with_disputes
from app.matching.core.engine import (
    Engine,
    found_in,
    profile_question_of,
    question_of,
    state_of,
)
from app.matching.core.facts import (
    AskedSkill,
    Disputed,
    Kind,
    OfferedSkill,
    OpgaveFacts,
    Position,
    ProfileFacts,
    Score,
    Window,
)
from app.matching.core.rank import MIN_VALUE, rank, worth_telling
from app.matching.core.score import FULL, by_preference, score
from app.matching.core.similarity import Asked, Offered, with_private, words_of
from app.matching.core.vocabulary import Vocabulary
from app.opgaven.rules import Place
from app.vocabulary.starter import read_concepts
from tests.matching.core.builders import starter_vocabulary

PEOPLE, OPGAVEN = 250, 40
MANY_PEOPLE, MANY_OPGAVEN, MANY_PAIRS = 2500, 100, 10_000
TODAY = date(2026, 11, 23)


class Country:
    """People and opgaven of a few gemeenten, with words that are known, alike, and neither."""

    def __init__(
        self,
        seed: int,
        vocabulary: Vocabulary,
        labels: list[str],
        people: int = PEOPLE,
        opgaven: int = OPGAVEN,
    ) -> None:
        self.random = Random(seed)
        self.vocabulary = vocabulary
        self.labels = [*labels, *(self._slip(label) for label in labels), "wolkenfluisteren", "!!"]
        self.codes = [f"GM{number:04}" for number in range(12)]
        self.positions = [
            Position(51.5 + self.random.random() * 2, 4.5 + self.random.random() * 2)
            for _ in self.codes
        ]
        self.numbers = {code: number for number, code in enumerate(self.codes)}
        # One gemeente is in all of them.
        self.groups = [{0, *range(number, 12, 3)} for number in range(3)]
        self.profiles = sorted((self._profile() for _ in range(people)), key=lambda one: one.id)
        self.opgaven = sorted((self._opgave() for _ in range(opgaven)), key=lambda one: one.id)
        self.audiences = [self.random.choice([EVERYBODY, EVERYBODY, 0, 1, 2]) for _ in self.opgaven]

    def engine(self) -> Engine:
        terms = self.terms = TermNumbers()
        opgaven = opgaven_of(self.opgaven, self.audiences, self.numbers, terms)
        profiles, windows, offers, names = rows_of(self.profiles, self.numbers)
        own, private = terms_of(names, terms)
        words = words_of(self.vocabulary, terms.normals)
        self.offered, self.asked = Offered(self.vocabulary, words), Asked(self.vocabulary, words)
        asked = np.unique(opgaven.slot_term).tolist()
        similar = similar_of(
            [self.offered.row(terms.normals[number]) for number in asked], asked, len(terms.normals)
        )
        return Engine(
            state_of(
                places_of(self.positions, self.groups),
                people_of(profiles, windows, offers, names, own),
                opgaven,
                with_private(similar, private, self.offered),
                private,
            )
        )

    def scores(self) -> list[Score]:
        """Everybody with everything, one by one: what is worth telling."""
        return [one for one in self.all_scores() if worth_telling(one)]

    def all_scores(self) -> list[Score]:
        return [
            found
            for opgave, audience in zip(self.opgaven, self.audiences, strict=True)
            for profile in self.profiles
            if (found := self.score(profile, opgave, audience))
        ]

    def scores_of(self, profile: ProfileFacts) -> list[Score]:
        pairs = zip(self.opgaven, self.audiences, strict=True)
        found = (self.score(profile, *pair) for pair in pairs)
        return [one for one in found if one and worth_telling(one)]

    def scores_for(self, opgave: OpgaveFacts, audience: int) -> list[Score]:
        found = (self.score(profile, opgave, audience) for profile in self.profiles)
        return [one for one in found if one and worth_telling(one)]

    def score(self, profile: ProfileFacts, opgave: OpgaveFacts, audience: int) -> Score | None:
        home = self.numbers[profile.gemeente_code]
        is_meant = audience == EVERYBODY or home in self.groups[audience]
        return score(profile, opgave, self.vocabulary) if is_meant else None

    def group(self, audience: int) -> set[int] | None:
        return None if audience == EVERYBODY else self.groups[audience]

    def unseen(self, label: str) -> str:
        """The same with a letter or a space where nobody wrote one: alike, the same, or neither."""
        at = self.random.randrange(len(label) + 1)
        return f"{label[:at]}{self.random.choice('q ')}{label[at:]}"

    def _slip(self, label: str) -> str:
        at = self.random.randrange(len(label))
        return label[:at] + self.random.choice(["", "x", label[at] * 2]) + label[at + 1 :]

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def _profile(self) -> ProfileFacts:
        pick, gemeente = self.random, self.random.randrange(12)
        skills = [
            OfferedSkill(
                pick.choice(self.labels),
                pick.randint(1, 4),
                pick.randint(1, 5),
                wants_to_learn=pick.random() < 0.2,
            )
            for _ in range(pick.randint(0, 14))
        ]
        disputes = tuple(self._dispute(skills) for _ in range(pick.choice([0, 0, 1, 3])))
        return ProfileFacts(
            id=self._id(),
            gemeente_code=self.codes[gemeente],
            skills=with_disputes(skills, disputes, self.vocabulary),
            disputes=disputes,
            windows=tuple(self._window() for _ in range(pick.randint(0, 3))),
            travel_km=pick.choice([0, 10, 40, 120]),
            remote=pick.random() < 0.5,
            position=self.positions[gemeente],
        )

    def _dispute(self, skills: list[OfferedSkill]) -> Disputed:
        """Of one of the skills, or of all."""
        offered = self.random.choice([None, *(skill.label for skill in skills)])
        return Disputed(self.random.choice(self.labels), offered)

    def _window(self) -> Window:
        starts = TODAY + timedelta(days=self.random.randint(-60, 60))
        ends = starts + timedelta(days=self.random.randint(0, 200))
        return Window(self.random.choice([4, 8, 16, 36]), starts, self.random.choice([None, ends]))

    def _opgave(self) -> OpgaveFacts:
        pick, gemeente = self.random, self.random.randrange(12)
        starts = TODAY + timedelta(days=pick.randint(-30, 90))
        return OpgaveFacts(
            id=self._id(),
            gemeente_code=self.codes[gemeente],
            for_learning=pick.random() < 0.3,
            skills=tuple(
                AskedSkill(pick.choice(self.labels), pick.random() < 0.5, pick.randint(1, 4))
                for _ in range(pick.randint(0, 7))
            ),
            hours_per_week=pick.choice([4, 8, 16]),
            starts_on=starts,
            ends_on=pick.choice([None, starts + timedelta(days=pick.randint(0, 120))]),
            place=pick.choice(list(Place)),
            position=self.positions[gemeente],
        )


def labels_of_a_theme() -> list[str]:
    return [
        *("ruimtelijke ordening", "RO", "planologie", "omgevingsplan", "planschade"),
        *("omgevingsvergunning", "omgevingsverordening", "bestemmingsplannen", "vergunningen"),
        *("schuldhulpverlening", "hulpverlening", "jeugdhulp", "jeugdzorg", "pleegzorg"),
        *("projectleider", "projectleiding", "klimaat adaptatie", "klimaatadaptatie"),
    ]


@pytest.fixture(scope="module", params=range(3))
def country(request: pytest.FixtureRequest) -> Country:
    return Country(request.param, starter_vocabulary(), labels_of_a_theme())


@pytest.fixture(scope="module")
def many() -> Country:
    """So many people, opgaven and words that whatever is rare happens as well."""
    names = [name for concept in read_concepts() for name in concept.names]
    labels = [*labels_of_a_theme(), *Random(1).sample(names, 15)]
    return Country(11, starter_vocabulary(), labels, MANY_PEOPLE, MANY_OPGAVEN)


@pytest.fixture(scope="module")
def many_scores(many: Country) -> list[Score]:
    return many.all_scores()


def in_words(score: Score) -> tuple[object, ...]:
    return (score.profile_id, score.opgave_id, score.tier, score.value)


def reasons_in_words(
    country: Country, engine: Engine, opgave: int, profile: int
) -> list[tuple[str | None, Kind | None, int]]:
    """Per asked skill what answers it, how, and for how many points."""
    asked, state = engine.state.opgaven, engine.state
    skills = sorted(country.profiles[profile].skills, key=by_preference)
    told: list[tuple[str | None, Kind | None, int]] = []
    for slot, one in enumerate(engine.reasons(opgave, profile), start=asked.slots[opgave]):
        if one is None:
            told.append((None, None, 0))
            continue
        link = engine.link(one.entry)
        code = state.people.skill_code[state.people.skills[profile] + one.skill]
        worth = state.worth[asked.is_learning[opgave], asked.slot_level[slot], link.strength, code]
        points = int(asked.slot_points[slot]) * int(worth) // FULL
        told.append((skills[one.skill].label, link.kind, points))
    return told


def test_every_opgave_finds_who_fits_in_the_right_order(country: Country) -> None:
    engine, scores = country.engine(), country.scores()
    expected = [
        [in_words(one) for one in rank((s for s in scores if s.opgave_id == opgave.id), 10)]
        for opgave in country.opgaven
    ]

    found = [
        [
            (country.profiles[one.number].id, opgave.id, one.tier, one.value)
            for one in engine.people_for(number, 10)
        ]
        for number, opgave in enumerate(country.opgaven)
    ]

    assert sum(map(len, expected)) > 50
    assert found == expected


def test_an_opgave_that_is_not_known_yet_finds_the_same(country: Country) -> None:
    engine = country.engine()

    for number, (opgave, audience) in enumerate(
        zip(country.opgaven, country.audiences, strict=True)
    ):
        question = question_of(
            opgave, country.group(audience), country.numbers, country.offered, engine.state
        )
        assert engine.people_for_new(question) == engine.people_for(number)


def test_an_opgave_with_words_of_its_own_finds_whom_the_score_names(country: Country) -> None:
    engine, many = country.engine(), 0

    for opgave, audience in zip(country.opgaven, country.audiences, strict=True):
        changed = replace(
            opgave,
            skills=tuple(replace(one, label=country.unseen(one.label)) for one in opgave.skills),
        )
        question = question_of(
            changed, country.group(audience), country.numbers, country.offered, engine.state
        )
        expected = [in_words(one) for one in rank(country.scores_for(changed, audience), 10)]
        many += len(expected)

        assert [
            (country.profiles[one.number].id, changed.id, one.tier, one.value)
            for one in engine.people_for_new(question, 10)
        ] == expected

    assert many > 50


def test_every_profile_finds_what_fits_in_the_right_order(country: Country) -> None:
    engine, scores = country.engine(), country.scores()
    expected = [
        [in_words(one) for one in rank((s for s in scores if s.profile_id == profile.id), 10)]
        for profile in country.profiles
    ]

    found = [
        [
            (profile.id, country.opgaven[one.number].id, one.tier, one.value)
            for one in engine.opgaven_for(number, 10)
        ]
        for number, profile in enumerate(country.profiles)
    ]

    assert found == expected


def test_a_profile_that_is_not_known_yet_finds_the_same(country: Country) -> None:
    engine = country.engine()

    for number, profile in enumerate(country.profiles):
        question = profile_question_of(profile, country.numbers, country.asked, engine.state)
        assert engine.opgaven_for_new(question) == engine.opgaven_for(number)


def test_a_profile_with_words_of_its_own_finds_what_the_score_says(country: Country) -> None:
    engine, many = country.engine(), 0

    for profile in country.profiles:
        changed = replace(
            profile,
            travel_km=profile.travel_km + 20,
            skills=tuple(replace(one, label=country.unseen(one.label)) for one in profile.skills),
        )
        question = profile_question_of(changed, country.numbers, country.asked, engine.state)
        expected = [in_words(one) for one in rank(country.scores_of(changed), 10)]
        many += len(expected)

        assert [
            (changed.id, country.opgaven[one.number].id, one.tier, one.value)
            for one in engine.opgaven_for_new(question, 10)
        ] == expected

    assert many > 50


def test_many_people_and_opgaven_find_each_other(many: Country, many_scores: list[Score]) -> None:
    """Both ways, with every filter: who, how well and in which order."""
    found = many.engine().everything(most=50, threads=2)
    of_opgave, of_profile = defaultdict(list), defaultdict(list)
    for one in rank(one for one in many_scores if worth_telling(one)):
        of_opgave[one.opgave_id].append((one.profile_id, one.tier, one.value))
        of_profile[one.profile_id].append((one.opgave_id, one.tier, one.value))

    for opgave, keys in zip(many.opgaven, found.people_of, strict=True):
        assert of_opgave[opgave.id][:50] == [
            (many.profiles[one.number].id, one.tier, one.value) for one in found_in(keys)
        ]
    for profile, keys in zip(many.profiles, found.opgaven_of, strict=True):
        assert of_profile[profile.id][:50] == [
            (many.opgaven[one.number].id, one.tier, one.value) for one in found_in(keys)
        ]
    assert max(map(len, of_opgave.values())) > 50


def test_reasons_of_many_pairs_say_the_same_and_add_up(
    many: Country, many_scores: list[Score]
) -> None:
    engine = many.engine()
    profiles = {profile.id: number for number, profile in enumerate(many.profiles)}
    opgaven = {opgave.id: number for number, opgave in enumerate(many.opgaven)}

    assert len(many_scores) > MANY_PAIRS
    for one in many_scores:
        profile, opgave = profiles[one.profile_id], opgaven[one.opgave_id]
        told = reasons_in_words(many, engine, opgave, profile)
        assert told == [(reason.offered, reason.kind, reason.points) for reason in one.reasons]
        assert sum(points for *_, points in told) == one.value


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_everything_at_once_is_the_same_as_one_by_one(country: Country, threads: int) -> None:
    engine = country.engine()

    found = engine.everything(10, 3, threads)

    assert [found_in(keys) for keys in found.people_of] == [
        engine.people_for(number, 10) for number in range(OPGAVEN)
    ]
    assert [found_in(keys) for keys in found.opgaven_of] == [
        engine.opgaven_for(number, 3) for number in range(PEOPLE)
    ]


def test_all_reasons_at_once_are_the_same_as_one_by_one(country: Country) -> None:
    engine = country.engine()
    people_of = engine.everything(most=10).people_of

    reasons = engine.all_reasons(people_of)

    for opgave in range(OPGAVEN):
        expected = [
            (-1, -1) if chosen is None else tuple(chosen)
            for one in found_in(people_of[opgave])
            for chosen in engine.reasons(opgave, one.number)
        ]
        own = reasons.found[reasons.starts[opgave] : reasons.starts[opgave + 1]]
        assert [tuple(pair) for pair in own.tolist()] == expected


def test_whoever_is_gone_is_not_found(country: Country) -> None:
    engine = country.engine()
    opgave = max(range(OPGAVEN), key=lambda number: len(engine.people_for(number, PEOPLE)))
    before = engine.people_for(opgave, PEOPLE)
    gone = engine.nobody_gone()
    gone[[one.number for one in before[:2]]] = True

    assert len(before) > 2
    assert engine.people_for(opgave, PEOPLE, gone) == before[2:]
    assert engine.people_for(opgave, PEOPLE) == before


def test_an_opgave_that_is_gone_is_not_found(country: Country) -> None:
    engine = country.engine()
    profile = max(range(PEOPLE), key=lambda number: len(engine.opgaven_for(number, OPGAVEN)))
    before = engine.opgaven_for(profile, OPGAVEN)
    gone = engine.nothing_gone()
    gone[[one.number for one in before[:2]]] = True

    assert len(before) > 2
    assert engine.opgaven_for(profile, OPGAVEN, gone) == before[2:]


@pytest.mark.parametrize("must", [True, False])
def test_who_has_just_enough_in_the_last_thing_asked_is_found(must: bool) -> None:
    country = Country(1, starter_vocabulary(), [], people=1, opgaven=1)
    asked = AskedSkill("bakken", must, level=1), AskedSkill("planregels", must, level=1)
    opgave = replace(
        country.opgaven[0],
        gemeente_code=country.codes[0],
        for_learning=False,
        skills=asked,
        starts_on=TODAY,
        ends_on=None,
        place=Place.REMOTE,
    )
    profile = replace(
        country.profiles[0],
        gemeente_code=country.codes[1],
        skills=(OfferedSkill("omgevingsplan", level=4, energy=5),),
        disputes=(),
        windows=(Window(36, TODAY - timedelta(days=1)),),
        remote=True,
    )
    country.profiles, country.opgaven, country.audiences = [profile], [opgave], [EVERYBODY]

    found = country.engine().people_for(0)

    assert [one.value for one in country.scores()] == [MIN_VALUE]
    assert [one.value for one in found] == [MIN_VALUE]
