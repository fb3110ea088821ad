"""Both sides of a match are told once, and can mark it as read."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Notice
from app.notifications.rules import DeliveryState, NoticeKind
from app.people import service as people
from app.people.rules import Visibility
from tests.notifications.builders import Told, a_delivery, a_told_match, interest_in
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, make_work


def notices(session: Session) -> set[tuple[object, ...]]:
    rows = session.scalars(select(Notice).execution_options(populate_existing=True))
    return {(row.user_id, row.kind, row.opgave_id, row.profile_id) for row in rows}


def test_the_professional_and_everybody_who_answers_for_the_opgave_are_told(
    session: Session,
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    second = a_user(session, gemeente_code=owner.gemeente_code)
    opgave = an_opgave(session, "wonen", owner=owner, co_owner_id=second.id)
    one, other = a_profile(session, "wonen").user_id, a_profile(session, "wonen").user_id

    service.tell_matches(make_work(session), opgave.id, [one, other])

    for_you, for_opgave = NoticeKind.OPGAVE_FOR_YOU, NoticeKind.COLLEAGUE_FOR_OPGAVE
    assert notices(session) == {
        (one, for_you, opgave.id, None),
        (other, for_you, opgave.id, None),
        (owner.id, for_opgave, opgave.id, one),
        (owner.id, for_opgave, opgave.id, other),
        (second.id, for_opgave, opgave.id, one),
        (second.id, for_opgave, opgave.id, other),
    }


def test_telling_twice_tells_once(session: Session) -> None:
    told = a_told_match(session)
    before = notices(session)

    service.tell_matches(make_work(session), told.opgave.id, [told.professional.id])

    assert notices(session) == before
    assert len(before) == 2


HOUR = timedelta(hours=1)


def a_digest_until(session: Session, reader: User, until: datetime, state: DeliveryState) -> None:
    a_delivery(session, reader, state=state, news_until=until)


def go_and_come_back(session: Session, told: Told, now: datetime) -> None:
    """Somebody pauses, and takes part again an hour later."""
    people.pause_profile(make_work(session, told.professional, now))
    matching.match_profile(make_work(session, now=now), told.professional.id)
    people.publish_profile(make_work(session, told.professional, now + HOUR))
    back = make_work(session, now=now + HOUR)
    matching.match_profile(back, told.professional.id)
    service.tell_matches(back, told.opgave.id, [told.professional.id])


BOTH = (NoticeKind.OPGAVE_FOR_YOU, NoticeKind.COLLEAGUE_FOR_OPGAVE)


def told_at(session: Session) -> set[tuple[NoticeKind, datetime, datetime | None]]:
    found = select(Notice.kind, Notice.told_at, Notice.read_at)
    return {(kind, told, read) for kind, told, read in session.execute(found)}


@pytest.mark.parametrize("state", [DeliveryState.ACCEPTED, DeliveryState.SUBMITTING])
def test_a_match_that_comes_back_after_the_digest_is_news_again(
    session: Session, state: DeliveryState
) -> None:
    told = a_told_match(session)
    for reader in (told.professional, told.owner):
        a_digest_until(session, reader, MONDAY + HOUR, state)

    go_and_come_back(session, told, MONDAY + 2 * HOUR)

    assert told_at(session) == {(kind, MONDAY + 3 * HOUR, None) for kind in BOTH}


def test_a_match_that_comes_back_is_news_for_who_read_of_it_only(session: Session) -> None:
    told = a_told_match(session)
    service.mark_all_read(make_work(session, told.owner))

    go_and_come_back(session, told, MONDAY + 2 * HOUR)

    assert told_at(session) == {
        (NoticeKind.OPGAVE_FOR_YOU, MONDAY, None),
        (NoticeKind.COLLEAGUE_FOR_OPGAVE, MONDAY + 3 * HOUR, None),
    }


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.UNKNOWN])
def test_a_match_that_flickers_before_it_is_told_is_told_once(
    session: Session, state: DeliveryState
) -> None:
    told = a_told_match(session)
    a_digest_until(session, told.professional, MONDAY + HOUR, state)

    go_and_come_back(session, told, MONDAY + 2 * HOUR)

    assert told_at(session) == {(kind, MONDAY, None) for kind in BOTH}


def test_a_match_that_was_read_and_did_not_go_is_no_news(session: Session) -> None:
    told = a_told_match(session)
    for reader in (told.professional, told.owner):
        service.mark_all_read(make_work(session, reader))

    later = make_work(session, now=MONDAY + HOUR)
    service.tell_matches(later, told.opgave.id, [told.professional.id])

    assert told_at(session) == {(kind, MONDAY, MONDAY) for kind in BOTH}


def show(session: Session, told: Told, visibility: Visibility, now: datetime) -> None:
    told.profile.visibility = visibility
    session.flush()
    service.tell_who_is_shown(make_work(session, now=now), told.professional.id)


def test_a_colleague_who_comes_out_of_hiding_is_news_for_who_looks_after_the_opgave(
    session: Session,
) -> None:
    told = a_told_match(session)
    service.mark_all_read(make_work(session, told.owner))

    show(session, told, Visibility.HIDDEN, MONDAY + HOUR)
    hidden = told_at(session)
    show(session, told, Visibility.COLLEAGUES, MONDAY + 2 * HOUR)

    assert hidden == {(NoticeKind.OPGAVE_FOR_YOU, MONDAY, None)}
    assert told_at(session) == {
        (NoticeKind.OPGAVE_FOR_YOU, MONDAY, None),
        (NoticeKind.COLLEAGUE_FOR_OPGAVE, MONDAY + 2 * HOUR, None),
    }


def test_of_a_colleague_in_hiding_nobody_else_is_told(session: Session) -> None:
    profile = a_profile(session, "wonen", visibility=Visibility.HIDDEN)

    service.tell_matches(make_work(session), an_opgave(session, "wonen").id, [profile.user_id])

    assert told_at(session) == {(NoticeKind.OPGAVE_FOR_YOU, MONDAY, None)}


def test_a_colleague_who_shows_more_than_before_is_no_news(session: Session) -> None:
    told = a_told_match(session)
    service.mark_all_read(make_work(session, told.owner))

    for visibility in (Visibility.ANONYMOUS, Visibility.COLLEAGUES):
        show(session, told, visibility, MONDAY + HOUR)

    assert (NoticeKind.COLLEAGUE_FOR_OPGAVE, MONDAY, MONDAY) in told_at(session)


def test_telling_nobody_does_no_harm(session: Session) -> None:
    service.tell_matches(make_work(session), an_opgave(session).id, [])

    assert notices(session) == set()


def test_marking_a_line_leaves_other_news_of_the_same_opgave(session: Session) -> None:
    told = a_told_match(session)
    interest_in(session, told.opgave)
    of_interest = Notice.kind == NoticeKind.INTEREST_SHOWN
    notice = session.scalars(select(Notice).where(of_interest)).one()

    service.mark_line(make_work(session, told.owner), notice.id, is_read=True)

    of_owner = select(Notice.kind, Notice.read_at).where(Notice.user_id == told.owner.id)
    assert dict(session.execute(of_owner).all()) == {
        NoticeKind.INTEREST_SHOWN: MONDAY,
        NoticeKind.COLLEAGUE_FOR_OPGAVE: None,
    }


def test_marking_as_read_is_for_the_reader_only(session: Session) -> None:
    told = a_told_match(session)

    service.mark_all_read(make_work(session, told.professional))

    read = session.execute(select(Notice.user_id, Notice.read_at)).all()
    assert {(user_id, read_at) for user_id, read_at in read} == {
        (told.professional.id, MONDAY),
        (told.owner.id, None),
    }
