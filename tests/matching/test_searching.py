"""Whatever matches by one skill is found by searching for it, and found in the same way."""

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.finding import MOST_SIGNS
from app.matching import building, queries, searching, service
from app.matching.core.facts import Kind, Link
from app.matching.core.score import score
from app.matching.core.vocabulary import Term, Vocabulary
from app.matching.searching import Sought, sought_of_colleagues, sought_of_opgaven
from app.matching.shelf import NO_SHELF, Shelf
from app.opgaven.models import Opgave
from app.people.models import Profile
from app.vocabulary.merging import merge_concepts, undo_merge
from app.vocabulary.queries import concepts_named
from app.vocabulary.rules import normalise
from tests.support.builders import a_dispute, a_gemeente, a_profile, a_user, an_opgave
from tests.support.words import a_vocabulary
from tests.support.work import TODAY, make_work

# Known, narrower, spelled otherwise, kin, a compound split, unknown, and nothing to compare.
LABELS = (
    *("RO", "planologie", "Omgevingsplan", "jeugdzorg", "pleegzorg", "jeugdhulp"),
    *("omgevings-plan", "pleegzrog", "wolkenfluisteren", "wolken fluisteren", "!!"),
    *("aanpak energietransitie", "energietransitie in de wijk", "wolkenfluisteraar"),
)


@pytest.fixture
def words(session: Session, tmp_path: Path) -> Session:
    folder = tmp_path / "words"
    folder.mkdir()
    a_vocabulary(session, folder)
    return session


def make_a_snapshot(session: Session, shelf: Shelf) -> None:
    session.flush()
    building.build(make_work(session), shelf.folder)


def of_colleagues(session: Session, text: str, shelf: Shelf = NO_SHELF) -> dict[str, Link]:
    return dict(sought_of_colleagues(session, TODAY, shelf, text).words)


def of_opgaven(session: Session, text: str, shelf: Shelf = NO_SHELF) -> dict[str, Link]:
    return dict(sought_of_opgaven(session, TODAY, shelf, text).words)


# In which way


@pytest.mark.parametrize(
    ("asked", "offered", "kind"),
    [
        ("jeugdzorg", "jeugdzorg", Kind.SAME),
        ("klimaatadaptatie", "klimaat-adaptatie", Kind.SAME),
        ("beheer van groen", "groenbeheer", Kind.SAME),
        ("jeugdhulp", "jeugdzorg", Kind.SYNONYM),
        ("ruimtelijke ordening", "RO", Kind.SYNONYM),
        ("jeugdhulp", "pleegzorg", Kind.NARROWER),
        ("pleegzorg", "jeugdhulp", Kind.BROADER),
        ("wolkenfluisteren", "wolkenfluistaren", Kind.SPELLING),
        ("aanpak energietransitie", "energietransitie in de wijk", Kind.KIN),
        ("wolkenfluisteren", "boekhouden", None),
        ("!!", "!!", None),
    ],
)
def test_both_directions_say_in_which_way_two_words_are_linked(
    words: Session, asked: str, offered: str, kind: Kind | None
) -> None:
    a_profile(words, offered)
    an_opgave(words, asked)

    people = of_colleagues(words, asked).get(normalise(offered))
    opgaven = of_opgaven(words, offered).get(normalise(asked))

    assert (people, opgaven) == (queries.vocabulary(words).link(asked, offered),) * 2
    assert (people.kind if people else None) == kind


def test_the_surest_words_come_first_and_no_more_than_so_many(
    words: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_profile(words, "pleegzorg", "jeugdzorg", "jeugdhulp", "koken")

    assert list(of_colleagues(words, "jeugdhulp")) == ["jeugdhulp", "jeugdzorg", "pleegzorg"]
    monkeypatch.setattr(searching, "MOST_WORDS", 2)
    assert list(of_colleagues(words, "jeugdhulp")) == ["jeugdhulp", "jeugdzorg"]


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\u200b"])
def test_nothing_typed_is_nothing_sought(words: Session, text: str) -> None:
    assert sought_of_colleagues(words, TODAY, NO_SHELF, text) == Sought()


def test_a_known_word_names_its_concept(words: Session) -> None:
    sought = sought_of_opgaven(words, TODAY, NO_SHELF, "  jeugdzorg ")

    assert (sought.text, sought.label, sought.is_guess) == ("jeugdzorg", "jeugdhulp", False)


def test_what_a_slip_of_the_pen_may_mean_is_sought_as_well(words: Session) -> None:
    a_profile(words, "jeugdzorg", "klimaatadaptatie", "ruimtelijke ordening")

    sought = sought_of_colleagues(words, TODAY, NO_SHELF, "jeugdhlup")
    typed = sought_of_colleagues(words, TODAY, NO_SHELF, "klimaatadaptaite")
    loose = sought_of_colleagues(words, TODAY, NO_SHELF, "omgevingspaln")

    assert (sought.label, sought.is_guess) == ("jeugdhulp", True)
    assert dict(sought.words) == {"jeugdzorg": Link(Kind.SYNONYM, 100)}
    assert (typed.label, typed.is_guess) == ("klimaatadaptatie", True)
    assert (loose.label, dict(loose.words)) == ("omgevingsplan", {})
    assert dict(typed.words) == {"klimaatadaptatie": Link(Kind.SAME, 100)}


def test_a_word_that_others_write_too_is_no_slip_of_the_pen(words: Session) -> None:
    a_profile(words, "jeugdhlup")

    sought = sought_of_colleagues(words, TODAY, NO_SHELF, "jeugdhlup")

    assert (sought.label, sought.is_guess, list(sought.words)) == ("", False, ["jeugdhlup"])


def test_an_unknown_word_finds_nothing(words: Session) -> None:
    a_profile(words, "jeugdzorg")

    assert sought_of_colleagues(words, TODAY, NO_SHELF, "plein") == Sought("plein")


@pytest.mark.parametrize("text", ["y" * 1_000_000, "jeugd " * 200_000, "' OR 1=1; --", "%_\\"])
def test_s67_whatever_is_typed_is_read_as_far_as_a_search_goes(words: Session, text: str) -> None:
    a_profile(words, "koken")

    sought = sought_of_colleagues(words, TODAY, NO_SHELF, text)

    assert (len(sought.text) <= MOST_SIGNS, dict(sought.words)) == (True, {})


def test_s67_of_very_many_words_the_nearest_are_compared(
    words: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known to be linked, and then what is written alike; five here, of some hundreds."""
    for number in range(30):
        a_profile(words, *(f"{number} rivierkunde {at}" for at in range(10)))
    a_profile(words, "pleegzorg", "wolkenfluistaren")
    compared: list[str] = []

    def note(self: Vocabulary, asked: Term, offered: Term) -> Link | None:
        compared.append(offered.normal)
        return compare(self, asked, offered)

    compare = Vocabulary.compare
    monkeypatch.setattr(Vocabulary, "compare", note)
    monkeypatch.setattr(searching, "MOST_COMPARED", 5)

    assert set(of_colleagues(words, "jeugdzorg")) == {"pleegzorg"}
    assert set(of_colleagues(words, "wolkenfluisteren")) == {"wolkenfluistaren"}
    assert len(compared) == 10


# As matching has it


@pytest.mark.parametrize("before", [0, len(LABELS) // 2, len(LABELS), None])
def test_who_would_match_by_one_skill_is_found_by_it(
    words: Session, shelf: Shelf, before: int | None
) -> None:
    """With so many of them in a snapshot and the others new since, or without a snapshot."""
    home, far = a_gemeente(words).code, a_gemeente(words).code
    profiles, opgaven = {}, {}
    for number, label in enumerate(LABELS):
        if number == before:
            make_a_snapshot(words, shelf)
        profiles[label] = _offering(words, shelf, label, home)
        opgaven[label] = _asking(words, shelf, label, far)
    if before == len(LABELS):
        make_a_snapshot(words, shelf)

    matching = {
        (asked, offered)
        for asked, offered in product(LABELS, LABELS)
        if _score(words, profiles[offered], opgaven[asked])
    }
    people = {asked: of_colleagues(words, asked, shelf) for asked in LABELS}
    tasks = {offered: of_opgaven(words, offered, shelf) for offered in LABELS}
    by_asked = {pair for pair in product(LABELS, LABELS) if normalise(pair[1]) in people[pair[0]]}
    by_offered = {pair for pair in product(LABELS, LABELS) if normalise(pair[0]) in tasks[pair[1]]}

    assert (by_asked, by_offered) == (matching, matching)
    assert len(matching) > 2 * len(LABELS)


def _offering(session: Session, shelf: Shelf, label: str, home: str) -> Profile:
    profile = a_profile(session, label, user=a_user(session, gemeente_code=home))
    service.match_profile(make_work(session), profile.user_id, shelf)
    return profile


def _asking(session: Session, shelf: Shelf, label: str, far: str) -> Opgave:
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=far)
    opgave = an_opgave(session, label, owner=owner)
    service.match_opgave(make_work(session), opgave.id, shelf)
    return opgave


def _score(session: Session, profile: Profile, opgave: Opgave) -> int:
    [one] = queries.profile_facts(session, [profile.user_id])
    [other] = queries.opgave_facts(session, TODAY, [opgave.id])
    found = score(one, other, queries.vocabulary(session))
    return found.value if found else 0


def test_with_a_snapshot_only_words_in_use_are_sought(words: Session, shelf: Shelf) -> None:
    a_profile(words, "jeugdzorg")
    an_opgave(words, "pleegzorg")
    make_a_snapshot(words, shelf)

    assert list(of_colleagues(words, "jeugdhulp", shelf)) == ["jeugdzorg"]
    assert list(of_opgaven(words, "jeugdhulp", shelf)) == ["pleegzorg"]


def test_a_word_that_is_only_offered_with_an_exception_is_sought(
    words: Session, shelf: Shelf
) -> None:
    a_dispute(words, a_profile(words, "jeugdzorg"), "pleegzorg")
    make_a_snapshot(words, shelf)

    assert list(of_colleagues(words, "jeugdhulp", shelf)) == ["jeugdzorg"]


def test_words_that_mean_something_else_by_now_are_looked_at_again(
    words: Session, shelf: Shelf
) -> None:
    a_profile(words, "planschade")
    [one], [other] = (concepts_named(words, name) for name in ("planschade", "omgevingsplan"))
    merge_concepts(make_work(words), one, other)
    make_a_snapshot(words, shelf)
    while_merged = of_colleagues(words, "omgevingsplan", shelf)
    undo_merge(make_work(words), one)

    assert while_merged == {"planschade": Link(Kind.SYNONYM, 100)}
    assert of_colleagues(words, "omgevingsplan", shelf) == {}


def test_a_country_without_a_snapshot_is_searched_for_the_very_word(
    words: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_ONE_BY_ONE", 0)
    a_profile(words, "jeugdzorg")
    an_opgave(words, "jeugdzorg")

    exactly = {"jeugdhulp": Link(Kind.SAME, 100)}
    assert of_colleagues(words, "Jeugdhulp") == of_opgaven(words, "Jeugdhulp") == exactly
