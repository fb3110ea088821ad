"""Who writes an opgave hears which gemeenten work on the same, from the snapshot and after it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor, Role
from app.matching import building, service
from app.matching.core.same import Written
from app.matching.elsewhere import elsewhere
from app.matching.shelf import NO_SHELF, Shelf
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, TODAY, make_work

OURS = Written(
    "Bomenbeleid herzien",
    "Ons bomenbeleidsplan is van 2009. Met bewoners maken we een nieuw plan voor de bomen.",
    ("groenbeleid",),
)
TITLE, TEXT = "Nieuw beleidsplan voor onze bomen", "Een actueel bomenbeleidsplan ontbreekt bij ons."

Ask = Callable[..., list[str]]


@pytest.fixture
def writer(session: Session, tmp_path: Path) -> User:
    folder = tmp_path / "words"
    folder.mkdir()
    a_vocabulary(session, folder)
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def ask(session: Session, writer: User) -> Ask:
    def titles(shelf: Shelf = NO_SHELF, written: Written = OURS) -> list[str]:
        actor = accounts.actor_of(writer)
        home = writer.gemeente_code
        found = elsewhere(session, actor, shelf, written, TODAY, home=home)
        return [one.seen.opgave.title for one in found]

    return titles


def theirs(session: Session, **changed: Any) -> Opgave:
    return an_opgave(session, "groenbeleid", **{"title": TITLE, "text": TEXT, **changed})


def a_snapshot(session: Session, folder: Path) -> Shelf:
    session.flush()
    building.build(make_work(session), folder)
    return Shelf(folder)


def test_the_same_opgave_of_another_gemeente_is_found_with_its_reason(
    session: Session, writer: User
) -> None:
    theirs(session)
    an_opgave(session, "bezwaar", title="Achterstand in bezwaarschriften", text="Stapels dossiers.")

    (found,) = elsewhere(
        session, accounts.actor_of(writer), NO_SHELF, OURS, TODAY, home=writer.gemeente_code
    )

    assert found.seen.opgave.title == TITLE
    assert found.reasons == ("Vragen allebei “groenbeleid”.",)


def test_a_snapshot_gives_the_same_answer(session: Session, ask: Ask, tmp_path: Path) -> None:
    theirs(session)
    theirs(session, title="Bomen")
    without = ask()

    assert ask(a_snapshot(session, tmp_path / "shelf")) == without
    assert len(without) == 2


def test_what_changed_since_the_snapshot_counts_as_it_is_now(
    session: Session, ask: Ask, tmp_path: Path
) -> None:
    known = theirs(session)
    shelf = a_snapshot(session, tmp_path / "shelf")
    fresh = theirs(session, title="Bomenplan")
    known.title, known.text = "Bezwaarschriften", "Stapels dossiers."
    known.skills = []
    for one in (known, fresh):
        service.match_opgave(make_work(session), one.id, shelf)

    assert ask(shelf) == ["Bomenplan"]


def test_own_opgaven_are_no_opgaven_elsewhere(session: Session, ask: Ask, writer: User) -> None:
    theirs(session, owner=writer)

    assert ask() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.CONCEPT, "published_at": None},
        {"status": OpgaveStatus.WITHDRAWN},
        {"status": OpgaveStatus.WITHDRAWN, "published_at": None},
    ],
)
def test_what_is_not_for_others_is_not_told(
    session: Session, ask: Ask, tmp_path: Path, changed: dict[str, object]
) -> None:
    theirs(session, **changed)

    assert ask() == []
    assert ask(a_snapshot(session, tmp_path / "shelf")) == []


def test_what_is_for_another_province_is_not_told(session: Session, ask: Ask) -> None:
    far = a_user(session, gemeente_code=a_gemeente(session, province="Zeeland").code)
    theirs(session, owner=far, audience=Audience.PROVINCE)

    assert ask() == []


def test_what_is_over_is_told_as_well(session: Session, ask: Ask) -> None:
    theirs(session, status=OpgaveStatus.DONE, ended_at=MONDAY)

    assert ask() == [TITLE]


def test_a_visitor_finds_what_is_public_only(session: Session, writer: User) -> None:
    theirs(session)
    theirs(session, title="Bomenplan", is_public=False)

    found = elsewhere(session, Actor(), NO_SHELF, OURS, TODAY, home=None)

    assert [one.seen.opgave.title for one in found] == [TITLE]


def test_at_most_five_are_told_the_most_alike_first(session: Session, ask: Ask) -> None:
    for _ in range(6):
        theirs(session)
    theirs(session, title=OURS.title, text=OURS.text)

    assert ask() == [OURS.title, *[TITLE] * 4]


def test_without_a_snapshot_the_last_that_came_out_are_compared(
    session: Session, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.matching.elsewhere.MOST_READ_AT_ONCE", 1)
    theirs(session, published_at=MONDAY - timedelta(days=1), title="Bomen")
    theirs(session)

    assert ask() == [TITLE]


def test_who_wrote_nothing_yet_is_told_nothing(session: Session, ask: Ask) -> None:
    theirs(session)

    assert ask(written=Written()) == []
    assert ask(written=Written(skills=("groenbeleid",))) == []
