"""Both sides of a match are told once, and can mark it as read."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.notifications import service
from app.notifications.models import Notice
from app.notifications.rules import NoticeKind
from tests.notifications.builders import a_told_match
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


def test_telling_nobody_does_no_harm(session: Session) -> None:
    service.tell_matches(make_work(session), an_opgave(session).id, [])

    assert notices(session) == set()


def test_marking_as_read_is_for_the_reader_only(session: Session) -> None:
    told = a_told_match(session)

    service.mark_all_read(make_work(session, told.professional))

    read = session.execute(select(Notice.user_id, Notice.read_at)).all()
    assert {(user_id, read_at) for user_id, read_at in read} == {
        (told.professional.id, MONDAY),
        (told.owner.id, None),
    }
