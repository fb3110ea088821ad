"""Who looks after the system reads how the snapshot stands."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from app.matching import service
from app.matching.shelf import NO_SHELF, Shelf
from app.matching.status import status, status_lines
from app.vocabulary.models import VocabularyVersion
from tests.support.builders import a_profile, an_opgave
from tests.support.work import MONDAY, make_work


def said(session: Session, shelf: Shelf) -> dict[str, str]:
    return dict(status_lines(status(session, shelf), MONDAY + timedelta(minutes=3)))


def test_before_the_first_snapshot_there_is_none(session: Session) -> None:
    assert said(session, NO_SHELF) == {
        "Momentopname": "er is er geen die we kunnen lezen",
        "Veranderingen sindsdien": "0",
        "Bewaarde matches": "0",
    }


def test_it_tells_what_is_in_it_and_what_changed_since(session: Session, shelf: Shelf) -> None:
    profile = a_profile(session, "wonen", "zorg")
    an_opgave(session, "wonen")
    service.match_everything(make_work(session), shelf)
    service.match_profile(make_work(session), profile.user_id, shelf)

    found = said(session, shelf)

    assert found["Momentopname"] == "23 november 2026 om 09:00"
    assert found["Wat erin staat"] == ("1 profiel, 1 opgave, 2 woorden, 1 paar verwante woorden")
    assert found["Zo lang duurde het maken"].startswith("0,")
    assert "lezen 0," in found["Zo lang duurde het maken"]
    assert found["Veranderingen sindsdien"] == "1, de oudste 3 minuten"
    assert found["Bewaarde matches"] == "1"


def test_it_tells_that_the_words_are_others_by_now(session: Session, shelf: Shelf) -> None:
    service.match_everything(make_work(session), shelf)
    session.merge(VocabularyVersion(id=1, version=uuid4()))
    session.flush()

    assert said(session, shelf)["Momentopname"].endswith("woorden die intussen veranderd zijn")
