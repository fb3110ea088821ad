"""Rows become facts, and matches are shown to who may see them."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Actor, Role
from app.matching import queries, service
from app.matching.core.facts import (
    AskedSkill,
    Kind,
    OfferedSkill,
    OpgaveFacts,
    Position,
    ProfileFacts,
    Window,
)
from app.matching.core.score import score
from app.matching.models import Match
from app.matching.standing import match_of_person
from app.opgaven import rules as opgave_rules
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import Direction, ProfileState, Visibility
from app.vocabulary.models import Concept, ConceptName, NameKind, Source, VocabularyVersion
from tests.support.builders import (
    a_gemeente,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.queries import counted
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


def actor(session: Session, user: User) -> Actor:
    return make_work(session, user).actor


def matched(session: Session) -> None:
    service.match_everything(make_work(session))


# Facts


def test_a_text_becomes_proposals_by_their_labels_without_what_is_known(
    session: Session, tmp_path: Path
) -> None:
    before = queries.proposals(session, "RO en jeugdzorg", [])
    a_vocabulary(session, tmp_path)

    every = queries.proposals(session, "RO en jeugdzorg", [])
    new = queries.proposals(session, "RO en jeugdzorg", ["planologie", "iets anders"])

    assert before == []
    assert [proposal.label for proposal in every] == ["ruimtelijke ordening", "jeugdhulp"]
    assert [proposal.label for proposal in new] == ["jeugdhulp"]


def test_a_profile_becomes_facts(session: Session) -> None:
    gemeente = a_gemeente(session, latitude=51.5, longitude=3.6)
    profile = a_profile(
        session,
        a_skill("wonen", level=4, energy=2),
        a_skill("zorg", level=1, energy=5, direction=Direction.WANTS),
        user=a_user(session, gemeente_code=gemeente.code),
        travel_km=40,
        remote=False,
    )

    assert queries.profile_facts(session, [profile.user_id]) == [
        ProfileFacts(
            id=profile.user_id,
            gemeente_code=gemeente.code,
            skills=(
                OfferedSkill("wonen", 4, 2, wants_to_learn=False),
                OfferedSkill("zorg", 1, 5, wants_to_learn=True),
            ),
            windows=(Window(16, TODAY, None),),
            travel_km=40,
            remote=False,
            position=Position(51.5, 3.6),
        )
    ]


@pytest.mark.parametrize("kind", list(opgave_rules.Kind))
def test_an_opgave_becomes_facts(session: Session, owner: User, kind: opgave_rules.Kind) -> None:
    opgave = an_opgave(
        session,
        an_asked_skill("wonen", must=True, level=3),
        an_asked_skill("zorg", must=False, level=1),
        owner=owner,
        kind=kind,
        place=opgave_rules.Place.REMOTE,
    )

    assert queries.opgave_facts(session, TODAY, [opgave.id]) == [
        OpgaveFacts(
            id=opgave.id,
            gemeente_code=owner.gemeente_code,
            for_learning=kind is opgave_rules.Kind.MEELOPEN,
            skills=(AskedSkill("wonen", True, 3), AskedSkill("zorg", False, 1)),
            hours_per_week=8,
            starts_on=TODAY + timedelta(days=30),
            ends_on=TODAY + timedelta(days=120),
            place=opgave_rules.Place.REMOTE,
            position=Position(52.09, 5.12),
        )
    ]


def test_only_what_counts_becomes_facts(session: Session) -> None:
    counts = a_profile(session, "wonen").user_id
    for state in (ProfileState.CONCEPT, ProfileState.PAUSED):
        a_profile(session, "wonen", state=state)
    is_open = an_opgave(session, "wonen", closes_on=TODAY).id
    an_opgave(session, "wonen", closes_on=TODAY - timedelta(days=1))
    for status in (OpgaveStatus.CONCEPT, OpgaveStatus.DONE, OpgaveStatus.WITHDRAWN):
        an_opgave(session, "wonen", status=status)

    assert [facts.id for facts in queries.profile_facts(session)] == [counts]
    assert [facts.id for facts in queries.opgave_facts(session, TODAY)] == [is_open]


def test_more_rows_cost_no_more_statements(session: Session) -> None:
    costs = []
    for more in (1, 2):
        for _ in range(more):
            a_profile(session, "wonen", "zorg")
            an_opgave(session, "wonen", "zorg")
        with counted(session) as statements:
            queries.profile_facts(session)
            queries.opgave_facts(session, TODAY)
        costs.append(len(statements))

    assert costs[0] == costs[1]


# Words


def a_concept(session: Session, label: str, *synonyms: str) -> None:
    names = [ConceptName(name=label, normal=label, kind=NameKind.LABEL)]
    names += [ConceptName(name=one, normal=one, kind=NameKind.SYNONYM) for one in synonyms]
    session.add(Concept(label=label, source=Source.STARTER, names=names))
    session.merge(VocabularyVersion(id=1, version=uuid4()))
    session.flush()


def kind_of(session: Session, asked: str, offered: str) -> Kind | None:
    link = queries.vocabulary(session).link(asked, offered)
    return link.kind if link else None


def test_without_words_only_spelling_is_compared(session: Session) -> None:
    assert kind_of(session, "Wonen", "wonen") is Kind.SAME
    assert kind_of(session, "wonen", "huisvesting") is None


def test_words_are_read_anew_when_they_changed(session: Session) -> None:
    a_concept(session, "huisvesting")
    before = kind_of(session, "wonen", "woonbeleid")
    a_concept(session, "wonen", "woonbeleid")

    assert (before, kind_of(session, "wonen", "woonbeleid")) == (None, Kind.SYNONYM)


def test_words_that_did_not_change_are_not_read_again(session: Session) -> None:
    a_concept(session, "wonen")
    queries.vocabulary(session)

    with counted(session) as statements:
        queries.vocabulary(session)

    assert len(statements) == 1


# What a person sees


def test_a_person_sees_the_own_matches_best_first(session: Session) -> None:
    user = a_user(session)
    a_profile(session, a_skill("wonen", level=2), "zorg", user=user)
    partly = an_opgave(session, "wonen", "inkoop")
    whole = an_opgave(session, "wonen")
    nearly = an_opgave(session, an_asked_skill("wonen", level=3))
    a_profile(session, "wonen")
    matched(session)

    found = queries.stored_matches_of_person(session, actor(session, user), TODAY)

    assert [(one.seen.opgave.id, one.score.value, one.score.tier) for one in found] == [
        (whole.id, 100, 1),
        (nearly.id, 75, 1),
        (partly.id, 50, 2),
    ]
    assert {one.score.profile_id for one in found} == {user.id}


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.WITHDRAWN},
        {"status": OpgaveStatus.DONE},
        {"closes_on": TODAY - timedelta(days=1)},
    ],
)
def test_an_opgave_that_has_ended_is_not_shown_even_before_its_match_goes(
    session: Session, changed: dict[str, Any]
) -> None:
    user = a_user(session)
    a_profile(session, "wonen", user=user)
    opgave = an_opgave(session, "wonen")
    matched(session)
    for name, value in changed.items():
        setattr(opgave, name, value)
    session.flush()

    assert queries.stored_matches_of_person(session, actor(session, user), TODAY) == []


def test_no_more_matches_are_shown_than_asked_for(session: Session, owner: User) -> None:
    user = a_user(session)
    a_profile(session, "wonen", user=user)
    opgave = an_opgave(session, "wonen", owner=owner)
    for _ in range(2):
        an_opgave(session, "wonen")
        a_profile(session, "wonen")
    matched(session)

    of_person = queries.stored_matches_of_person(session, actor(session, user), TODAY, 2)
    of_opgave = queries.matches_of_opgave(session, actor(session, owner), opgave.id, TODAY, 2)

    assert (len(of_person), len(of_opgave)) == (2, 2)


MIXED = ((2, 90), (1, 40), (2, 80), (1, 60), (2, 70))
BEST = [(1, 60), (1, 40), (2, 90)]


def a_match(session: Session, profile: Profile, opgave: Opgave, tier: int, value: int) -> None:
    pair = {"profile_id": profile.user_id, "opgave_id": opgave.id}
    times = {"found_at": MONDAY, "changed_at": MONDAY}
    session.add(Match(**pair, **times, tier=tier, value=value, reasons=[]))
    session.flush()


def test_whoever_has_all_that_is_needed_comes_before_a_higher_value(
    session: Session, owner: User
) -> None:
    user = a_user(session)
    own = a_profile(session, "wonen", user=user)
    asked = an_opgave(session, "wonen", owner=owner)
    for tier, value in MIXED:
        a_match(session, own, an_opgave(session, "wonen"), tier, value)
        a_match(session, a_profile(session, "wonen"), asked, tier, value)

    of_person = queries.stored_matches_of_person(session, actor(session, user), TODAY, len(BEST))
    of_opgave = queries.matches_of_opgave(
        session, actor(session, owner), asked.id, TODAY, len(BEST)
    )

    for found in (of_person, of_opgave):
        assert [(one.score.tier, one.score.value) for one in found] == BEST


def test_who_may_not_be_known_takes_the_place_of_nobody(session: Session, owner: User) -> None:
    asked = an_opgave(session, "wonen", owner=owner)
    for value in (90, 80):
        hidden = a_profile(session, "wonen", visibility=Visibility.HIDDEN)
        a_match(session, hidden, asked, 1, value)
    shown = a_profile(session, "wonen")
    a_match(session, shown, asked, 1, 70)

    found = queries.matches_of_opgave(session, actor(session, owner), asked.id, TODAY, 1)

    assert [one.profile.user_id for one in found] == [shown.user_id]


def test_what_is_stored_is_what_the_core_said(session: Session) -> None:
    profile = a_profile(session, a_skill("wonen", level=1), "zorg")
    opgave = an_opgave(session, "wonen", an_asked_skill("inkoop", must=False))
    matched(session)

    stored = match_of_person(session, profile.user_id, opgave.id, TODAY)

    assert stored == score(
        queries.profile_facts(session)[0],
        queries.opgave_facts(session, TODAY)[0],
        queries.vocabulary(session),
    )


def test_without_a_match_there_is_no_score(session: Session) -> None:
    profile, opgave = a_profile(session, "wonen"), an_opgave(session, "zorg")

    assert match_of_person(session, profile.user_id, opgave.id, TODAY) is None


def test_what_names_a_skill_that_is_gone_is_not_shown_even_before_it_is_matched_anew(
    session: Session, owner: User
) -> None:
    user = a_user(session)
    profile = a_profile(session, "wonen", "zorg", user=user)
    of_gone, of_kept = (an_opgave(session, label, owner=owner) for label in ("wonen", "zorg"))
    changed = an_opgave(session, "zorg", owner=owner)
    matched(session)
    del profile.skills[0]
    changed.skills[0].label = "inkoop"
    session.flush()

    of_person = queries.stored_matches_of_person(session, actor(session, user), TODAY)

    assert [one.seen.opgave.id for one in of_person] == [of_kept.id]
    for opgave, is_shown in ((of_gone, False), (of_kept, True), (changed, False)):
        of_opgave = queries.matches_of_opgave(session, actor(session, owner), opgave.id, TODAY)
        score = match_of_person(session, user.id, opgave.id, TODAY)
        assert (bool(of_opgave), score is not None) == (is_shown, is_shown)


# What an opgavehouder sees


def shown(session: Session, viewer: User, opgave: Opgave) -> list[tuple[UUID, bool]]:
    found = queries.matches_of_opgave(session, actor(session, viewer), opgave.id, TODAY)
    return [(one.profile.user_id, one.profile.is_named) for one in found]


def test_colleagues_are_shown_as_far_as_they_want(session: Session, owner: User) -> None:
    by_tier: dict[Visibility, Profile] = {
        tier: a_profile(session, a_skill("wonen", energy=5 - place), visibility=tier)
        for place, tier in enumerate(
            (
                Visibility.COLLEAGUES,
                Visibility.GEMEENTE,
                Visibility.ANONYMOUS,
                Visibility.HIDDEN,
            )
        )
    }
    opgave = an_opgave(session, "wonen", owner=owner)
    matched(session)

    assert shown(session, owner, opgave) == [
        (by_tier[Visibility.COLLEAGUES].user_id, True),
        (by_tier[Visibility.GEMEENTE].user_id, False),
        (by_tier[Visibility.ANONYMOUS].user_id, False),
    ]
    counts = queries.counts_of_opgaven(session, actor(session, owner), [opgave.id])
    assert counts == {opgave.id: 3}


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.CONCEPT},
        {"status": OpgaveStatus.DONE, "ended_at": MONDAY},
        {"status": OpgaveStatus.WITHDRAWN, "ended_at": MONDAY},
        {"closes_on": TODAY - timedelta(days=1)},
    ],
    ids=["concept", "closed", "withdrawn", "past its last day"],
)
def test_only_an_open_opgave_makes_a_colleague_a_match(
    session: Session, owner: User, changed: dict[str, Any]
) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen", owner=owner)
    matched(session)

    def has_match(**kind: bool) -> bool:
        looking = actor(session, owner)
        return queries.has_match_with(session, looking, profile.user_id, TODAY, **kind)

    while_open = (has_match(), has_match(as_contact=True))
    for name, value in changed.items():
        setattr(opgave, name, value)
    session.flush()

    assert while_open == (True, True)
    assert (has_match(), has_match(as_contact=True)) == (False, False)


def test_who_paused_is_gone_at_once(session: Session, owner: User) -> None:
    profile = a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen", owner=owner)
    matched(session)
    profile.state = ProfileState.PAUSED
    session.flush()

    assert shown(session, owner, opgave) == []
    assert queries.counts_of_opgaven(session, actor(session, owner), [opgave.id]) == {}


def test_longer_lists_cost_no_more_statements(session: Session, owner: User) -> None:
    user = a_user(session)
    a_profile(session, "wonen", user=user)
    opgave_id = an_opgave(session, "wonen", owner=owner).id
    looking, asking, costs = actor(session, user), actor(session, owner), []
    for more in (0, 2):
        for _ in range(more):
            a_profile(session, "wonen")
            an_opgave(session, "wonen")
        matched(session)
        with counted(session) as statements:
            assert len(queries.stored_matches_of_person(session, looking, TODAY)) == 1 + more
            assert len(queries.matches_of_opgave(session, asking, opgave_id, TODAY)) == 1 + more
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_matches_are_counted(session: Session) -> None:
    before = queries.count(session)
    a_profile(session, "wonen")
    an_opgave(session, "wonen")
    matched(session)

    assert queries.count(session) == before + 1
