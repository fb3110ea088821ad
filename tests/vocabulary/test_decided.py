"""What was said of words, as a beheerder reads it back."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.vocabulary.decided import (
    apart_from,
    decision_by_id,
    decision_on,
    left_aside,
    newest_first,
)
from app.vocabulary.deciding import leave_word, tell_apart
from app.vocabulary.rules import Verdict
from tests.support.work import MONDAY, make_work


def test_the_newest_decision_comes_first(session: Session) -> None:
    leave_word(make_work(session), "gezelligheid")
    tell_apart(make_work(session, now=MONDAY + timedelta(hours=1)), "bomen", "bonen")

    found = session.scalars(newest_first()).all()

    assert [one.word for one in found] == ["bomen", "gezelligheid"]
    assert [one.word for one in session.scalars(newest_first([Verdict.ASIDE]))] == ["gezelligheid"]


def test_a_word_that_differs_from_others_is_still_to_be_decided_on(session: Session) -> None:
    tell_apart(make_work(session), "bomen", "bonen")

    assert decision_on(session, "bomen") is None
    assert (apart_from(session, "bomen"), apart_from(session, "bonen")) == (["bonen"], ["bomen"])


def test_a_word_that_was_left_is_known_as_such(session: Session) -> None:
    decision = leave_word(make_work(session), "Gezelligheid")

    assert left_aside(session) == {"gezelligheid"}
    assert decision_on(session, "gezelligheid") is decision_by_id(session, decision.id)


def test_what_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        decision_by_id(session, UUID(int=0))
