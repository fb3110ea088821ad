"""What a change of words is foretold to do with matches is what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.matching import service
from app.matching.models import Dispute, Match
from app.matching.preview import MOST_EXAMPLES, Preview, altered_matches, preview
from app.opgaven.rules import Audience
from app.people.rules import ProfileState, Visibility
from app.vocabulary import queries
from app.vocabulary.deciding import link_word, make_concept, tell_apart, undo_decision
from app.vocabulary.lexicon import Lexicon
from app.vocabulary.merging import merge_concepts, undo_merge
from app.vocabulary.models import Concept, WordDecision
from app.vocabulary.rules import ConceptDraft, Theme, normalise
from tests.support.builders import (
    a_gemeente,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

Values = dict[tuple[UUID, UUID], int]


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    """A country in which every kind of link occurs."""
    a_vocabulary(session, tmp_path)
    labels = (
        *("kindertolk", "jeugdzorg", "pleegzorg", "pleegzorger", "jeugdhulp", "kindertolken"),
        *("planschade", "planschaden", "schade door plannen", "omgevingsplan", "planschadu"),
        *("ruimtelijke ordening", "klimaatadaptatie", "adaptatie aan klimaat", "imkerij"),
    )
    for number, label in enumerate(labels):
        other = labels[(number * 7 + 3) % len(labels)]
        a_profile(session, a_skill(label, level=1 + number % 4), a_skill(other, energy=4))
        wish = an_asked_skill(labels[(number * 5 + 1) % len(labels)], must=False)
        an_opgave(session, an_asked_skill(label), wish, title=f"Opgave {number}")
    a_profile(session, "kindertolk", state=ProfileState.PAUSED)
    an_opgave(session, "jeugdhulp", audience=Audience.PROVINCE)
    a_profile(session, "kindertolk", user=a_user(session, gemeente_code=elsewhere(session)))
    session.commit()
    return session


def elsewhere(session: Session) -> str:
    return a_gemeente(session, province="Drenthe").code


def id_of(session: Session, label: str) -> int:
    return session.scalars(select(Concept.id).where(Concept.label == label)).one()


def values(session: Session) -> Values:
    service.match_everything(make_work(session))
    session.commit()
    rows = session.execute(select(Match.profile_id, Match.opgave_id, Match.value))
    return {(profile_id, opgave_id): value for profile_id, opgave_id, value in rows}


def foretold(session: Session, after: Lexicon) -> dict[tuple[UUID, UUID], tuple[object, object]]:
    found, is_whole = altered_matches(session, TODAY, after)
    assert is_whole
    return {(one.profile_id, one.opgave_id): (one.before, one.after) for one in found}


def come_about(before: Values, after: Values) -> dict[tuple[UUID, UUID], tuple[object, object]]:
    return {
        pair: (before.get(pair), after.get(pair))
        for pair in before.keys() | after.keys()
        if before.get(pair) != after.get(pair)
    }


@dataclass(frozen=True)
class Change:
    """What is foretold, what is done, and the same two for taking it back."""

    foretell: Callable[[Session], Lexicon]
    do: Callable[[Session], WordDecision | None]
    foretell_undo: Callable[[Session, WordDecision | None], Lexicon]
    undo: Callable[[Session, WordDecision | None], None]


def decided(decision: WordDecision | None) -> WordDecision:
    assert decision is not None
    return decision


def without_concept(session: Session, decision: WordDecision | None) -> Lexicon:
    return queries.lexicon(session).removing(decided(decision).concept_id or 0)


def undo(session: Session, decision: WordDecision | None) -> None:
    undo_decision(make_work(session), decided(decision).id)


def linking(word: str, label: str) -> Change:
    return Change(
        lambda session: queries.lexicon(session).linking(normalise(word), id_of(session, label)),
        lambda session: link_word(make_work(session), word, id_of(session, label)),
        without_concept,
        undo,
    )


def making(word: str, draft: ConceptDraft) -> Change:
    return Change(
        lambda session: queries.lexicon(session).adding(
            dict.fromkeys([normalise(draft.label), normalise(word)]),
            id_of(session, draft.broader) if draft.broader else None,
        ),
        lambda session: make_concept(make_work(session), word, draft),
        without_concept,
        undo,
    )


def telling_apart(word: str, other: str) -> Change:
    return Change(
        lambda session: queries.lexicon(session).telling_apart(normalise(word), normalise(other)),
        lambda session: tell_apart(make_work(session), word, other),
        lambda session, _: queries.lexicon(session).no_longer_apart(
            normalise(word), normalise(other)
        ),
        undo,
    )


def merging(label: str, into: str) -> Change:
    def merge(session: Session) -> None:
        merge_concepts(make_work(session), id_of(session, label), id_of(session, into))

    return Change(
        lambda session: queries.lexicon(session).merging(
            id_of(session, label), id_of(session, into)
        ),
        merge,
        lambda session, _: queries.lexicon(session).parting(id_of(session, label)),
        lambda session, _: undo_merge(make_work(session), id_of(session, label)),
    )


CHANGES = {
    "link": linking("kindertolk", "jeugdhulp"),
    "link to what is narrower": linking("Schade door plannen", "omgevingsplan"),
    "link what looked like a name": linking("planschadu", "pleegzorg"),
    "concept": making("imkerij", ConceptDraft("imkerij", Theme.RUIMTE, "omgevingsplan")),
    "concept under another": making(
        "adaptatie aan klimaat", ConceptDraft("aanpassen", Theme.RUIMTE, "klimaatadaptatie")
    ),
    "concept with a name in use": making(
        "kindertolken", ConceptDraft("pleegzorgers van nu", Theme.JEUGD, "jeugdhulp")
    ),
    "different": telling_apart("planschadu", "planschade"),
    "different from all names": telling_apart("pleegzorger", "pleegzorg"),
    "different from no concept": telling_apart("kindertolk", "kindertolken"),
    "merge": merging("pleegzorg", "jeugdhulp"),
    "merge what has others under it": merging("jeugdhulp", "planschade"),
    "merge what is alone": merging("klimaatadaptatie", "omgevingsplan"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_foretold_comes_about_and_so_it_does_when_undone(words: Session, name: str) -> None:
    change = CHANGES[name]
    first = values(words)
    said = foretold(words, change.foretell(words))

    decision = change.do(words)
    second = values(words)
    said_of_undoing = foretold(words, change.foretell_undo(words, decision))
    change.undo(words, decision)
    third = values(words)

    assert said
    assert said == come_about(first, second)
    assert said_of_undoing == come_about(second, third)
    assert third == first


def test_a_merge_takes_linked_words_along_as_foretold(words: Session) -> None:
    linking("kindertolk", "jeugdhulp").do(words)

    test_what_is_foretold_comes_about_and_so_it_does_when_undone(
        words, "merge what has others under it"
    )


@pytest.mark.parametrize("offered", [None, "jeugdzorg", "pleegzorg", "kindertolk"])
@pytest.mark.parametrize("name", ["link", "merge"])
def test_what_somebody_disputes_counts_as_foretold(
    words: Session, name: str, offered: str | None
) -> None:
    for profile in [
        a_profile(words, "jeugdzorg", "pleegzorg"),
        a_profile(words, "kindertolk"),
        a_profile(words, "kindertolk", state=ProfileState.PAUSED),
    ]:
        said = {"asked": "jeugdhulp", "offered": offered, "made_at": MONDAY}
        words.add(Dispute(id=uuid4(), user_id=profile.user_id, **said))
    words.commit()

    test_what_is_foretold_comes_about_and_so_it_does_when_undone(words, name)


# What is told of it


@pytest.fixture
def few(session: Session, tmp_path: Path) -> Session:
    a_vocabulary(session, tmp_path)
    session.commit()
    return session


def preview_of_link(session: Session) -> Preview:
    return preview(session, TODAY, CHANGES["link"].foretell(session))


def test_a_change_that_touches_nobody_says_so(few: Session) -> None:
    a_profile(few, "imkerij")
    an_opgave(few, "jeugdhulp")

    found = preview_of_link(few)

    assert found == Preview()
    assert not found.has_any


def test_an_example_tells_the_opgave_the_province_and_why_but_not_who(few: Session) -> None:
    user = a_user(few, Role.OPGAVEHOUDER, gemeente_code=elsewhere(few))
    a_profile(few, "kindertolk", user=user)
    an_opgave(few, "jeugdzorg", title="Luisteren naar kinderen")

    found = preview_of_link(few)

    (example,) = found.coming
    assert (found.come, found.go, found.change, found.is_whole) == (1, 0, 0, True)
    assert (example.title, example.province) == ("Luisteren naar kinderen", "Drenthe")
    assert (example.match.before, example.match.after) == (None, 100)
    assert (example.match.reason.asked, example.match.reason.offered) == ("jeugdzorg", "kindertolk")
    assert not example.match.reason_ends


def test_who_wants_to_be_seen_by_nobody_is_counted_but_no_example(few: Session) -> None:
    a_profile(few, "kindertolk", visibility=Visibility.HIDDEN)
    an_opgave(few, "jeugdzorg")

    found = preview_of_link(few)

    assert (found.come, found.coming) == (1, ())


def test_what_goes_and_what_changes_is_told_apart(few: Session) -> None:
    a_profile(few, "planschadu", "imkerij")
    an_opgave(few, "planschade", title="Weg")
    an_opgave(few, "imkerij", an_asked_skill("planschade", must=False), title="Anders")

    found = preview(few, TODAY, queries.lexicon(few).telling_apart("planschadu", "planschade"))

    (gone,), (changed,) = found.going, found.changing
    assert (found.come, found.go, found.change) == (0, 1, 1)
    assert (gone.title, gone.match.before, gone.match.after) == ("Weg", 90, None)
    assert (changed.title, changed.match.before, changed.match.after) == ("Anders", 97, 75)
    for one in (gone, changed):
        assert (one.match.reason.offered, one.match.reason_ends) == ("planschadu", True)


def test_there_are_only_so_many_examples_those_that_change_most_first(few: Session) -> None:
    for level in (1, 2, 3, 4, 4, 4, 4):
        a_profile(few, a_skill("kindertolk", level=level))
    an_opgave(few, an_asked_skill("jeugdzorg", level=4))

    found = preview_of_link(few)

    assert (found.come, len(found.coming)) == (7, MOST_EXAMPLES)
    assert [one.match.after for one in found.coming] == [100, 100, 100, 100, 75]


def test_what_is_too_much_to_look_at_is_said(few: Session) -> None:
    for _ in range(3):
        a_profile(few, "kindertolk")
    an_opgave(few, "jeugdzorg")
    after = CHANGES["link"].foretell(few)

    looked_at = [altered_matches(few, TODAY, after, most) for most in (2, 3)]

    assert [(len(found), is_whole) for found, is_whole in looked_at] == [(2, False), (3, True)]


def test_words_are_not_changed_by_looking(few: Session) -> None:
    a_profile(few, "kindertolk")
    an_opgave(few, "jeugdzorg")
    version = queries.version(few)

    preview_of_link(few)

    assert (queries.version(few), preview_of_link(few).come) == (version, 1)
