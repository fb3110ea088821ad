"""At night everything comes in line, and only what was made from other things is made anew."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.outbox import OutboxMessage
from app.matching import building, night, saving, service
from app.matching.core.facts import Links, OpgaveFacts, ProfileFacts, Score
from app.matching.models import Match, SimilarTerms, Term
from app.matching.shelf import Shelf
from app.matching.standing import scores_of
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.rules import ProfileState
from tests.support.builders import a_gemeente, a_profile, a_skill, a_user, an_opgave
from tests.support.work import MONDAY, make_work

LATER = MONDAY + timedelta(hours=1)


def pairs(session: Session) -> set[tuple[str, str]]:
    rows = session.execute(select(Match.profile_id, Match.opgave_id))
    return {(str(profile_id), str(opgave_id)) for profile_id, opgave_id in rows}


def scored(session: Session, monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> int:
    """How many pairs a run makes anew."""
    counts: list[int] = []

    def counting(
        of: Session, words: Links, pairs: Sequence[tuple[ProfileFacts, OpgaveFacts]]
    ) -> list[Score]:
        counts.append(len(pairs))
        return scores_of(of, words, pairs)

    monkeypatch.setattr(night, "scores_of", counting)
    service.match_everything(make_work(session, now=LATER), shelf)
    monkeypatch.undo()
    return sum(counts)


def test_what_is_unchanged_is_not_made_anew(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    profiles = [a_profile(session, "wonen") for _ in range(3)]
    for _ in range(2):
        an_opgave(session, "wonen")
    made = [scored(session, monkeypatch, shelf) for _ in range(2)]
    profiles[0].skills = [a_skill("wonen", level=1)]
    session.flush()

    made.append(scored(session, monkeypatch, shelf))

    assert made == [6, 0, 2]
    assert len(pairs(session)) == 6


def test_what_a_job_wrote_is_looked_at_once(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = a_profile(session, "wonen")
    an_opgave(session, "wonen")
    service.match_profile(make_work(session), profile.user_id, shelf)

    assert [scored(session, monkeypatch, shelf) for _ in range(2)] == [1, 0]
    assert session.scalars(select(Match.changed_at)).all() == [MONDAY]


def test_a_match_with_what_is_gone_goes(session: Session, shelf: Shelf) -> None:
    profiles = [a_profile(session, "wonen") for _ in range(2)]
    opgaven = [an_opgave(session, "wonen") for _ in range(2)]
    service.match_everything(make_work(session), shelf)
    profiles[0].state, opgaven[0].status = ProfileState.PAUSED, OpgaveStatus.DONE
    session.flush()

    service.match_everything(make_work(session), shelf)

    assert pairs(session) == {(str(profiles[1].user_id), str(opgaven[1].id))}


def test_a_match_that_no_longer_fits_goes(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen")
    an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    profile.skills = [a_skill("burgerzaken")]
    session.flush()

    service.match_everything(make_work(session), shelf)

    assert pairs(session) == set()


def test_the_best_of_either_side_are_kept_and_who_was_told_stays(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "MOST_OF_OPGAVE", 2)
    monkeypatch.setattr(night, "MOST_OF_PERSON", 1)
    best = [a_profile(session, a_skill("wonen", energy=5 - at)).user_id for at in range(3)]
    opgave = an_opgave(session, "wonen")
    dull = an_opgave(session, "wonen", "zorg")
    service.match_everything(make_work(session), shelf)
    first = pairs(session)
    better = a_profile(session, "wonen", "zorg").user_id

    service.match_everything(make_work(session), shelf)

    # The third of three is not among the best two, but this is the best there is for them.
    assert first == {
        *((str(one), str(opgave.id)) for one in best),
        *((str(one), str(dull.id)) for one in best[:2]),
    }
    assert pairs(session) - first == {(str(better), str(opgave.id)), (str(better), str(dull.id))}
    assert first <= pairs(session)


def test_more_than_fits_one_go_is_done_in_the_next(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        a_profile(session, "wonen")
    an_opgave(session, "wonen")
    monkeypatch.setattr(night, "MOST_PAIRS", 2)

    done = [run(make_work(session), shelf) for run in (service.match_everything, service.go_on)]

    unfinished = select(OutboxMessage.id).where(OutboxMessage.name == "matching.unfinished")
    assert (done, len(session.scalars(unfinished).all())) == ([False, True], 1)
    assert len(pairs(session)) == 3


def test_who_came_before_the_rest_was_done_keeps_their_matches(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        a_profile(session, "wonen")
    opgave = an_opgave(session, "wonen")
    monkeypatch.setattr(night, "MOST_PAIRS", 1)
    service.match_everything(make_work(session), shelf)
    newcomer = a_profile(session, "wonen").user_id
    service.match_profile(make_work(session), newcomer, shelf)

    while not service.go_on(make_work(session), shelf):
        pass

    assert (str(newcomer), str(opgave.id)) in pairs(session)
    assert len(pairs(session)) == 3


def test_a_mark_of_other_rules_is_no_mark(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_profile(session, "wonen")
    an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    session.execute(update(Match).values(mark=Match.mark + 1, value=1))

    assert scored(session, monkeypatch, shelf) == 1
    assert saving.MOST_OF_OPGAVE == 50


def test_who_an_opgave_is_for_is_part_of_what_a_match_is_made_from(
    session: Session, shelf: Shelf
) -> None:
    far = a_user(session, gemeente_code=a_gemeente(session, province="Drenthe").code)
    a_profile(session, "wonen", user=far)
    opgave = an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    before = len(pairs(session))
    opgave.audience = Audience.PROVINCE
    session.flush()

    service.match_everything(make_work(session), shelf)

    assert (before, len(pairs(session))) == (1, 0)


def test_a_word_that_stands_nowhere_any_more_is_forgotten(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen", "mijn geheim", "wonen en werken")
    an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    profile.skills = [a_skill("wonen")]
    session.flush()

    service.match_everything(make_work(session), shelf)

    assert session.scalars(select(Term.normal)).all() == ["wonen"]
    assert len(session.scalars(select(SimilarTerms)).all()) == 1
    country = shelf.newest()
    assert country is not None
    assert b"geheim" not in country.contents.words.normal.letters.tobytes()


# What a job keeps


def test_a_job_stores_no_match_that_better_ones_displace(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MOST_OF_OPGAVE", 1)
    monkeypatch.setattr(service, "MOST_OF_PERSON", 0)
    opgave = an_opgave(session, "wonen")
    made = [a_profile(session, a_skill("wonen", energy=energy)).user_id for energy in (4, 3, 5)]
    for user_id in made:
        service.match_profile(make_work(session), user_id)

    assert pairs(session) == {(str(made[at]), str(opgave.id)) for at in (0, 2)}


def test_who_was_told_of_an_opgave_stays_when_better_ones_come(
    session: Session, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OF_OPGAVE", 1)
    opgave = an_opgave(session, "wonen")
    told = a_profile(session, a_skill("wonen", energy=3)).user_id
    service.match_opgave(make_work(session), opgave.id, shelf)
    better = [a_profile(session, "wonen").user_id for _ in range(50)]
    building.build(make_work(session), shelf.folder)

    service.match_opgave(make_work(session), opgave.id, shelf)

    stored = {profile_id for profile_id, _ in pairs(session)}
    assert str(told) in stored
    assert len(stored & set(map(str, better))) == 1
