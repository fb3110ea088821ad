"""What stands in the inbox and what is news: as long as it holds, for who may know of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Actor, Role
from app.core.backlog import Backlog
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.parts import SeenNotice
from app.notifications.rules import DeliveryState, LeftOut, MailKind, NoticeKind
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.people.service import pause_profile
from app.vocabulary.models import ConceptMerge
from app.vocabulary.rules import Theme
from tests.notifications.builders import a_delivery, a_told_match
from tests.support.builders import (
    a_concept,
    a_gemeente,
    a_profile,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, database_now, make_work

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


def actor(session: Session, user: User) -> Actor:
    session.refresh(user)
    return make_work(session, user).actor


def is_due(session: Session, user: User, until: datetime) -> bool:
    everybody = queries.Readers(None, None)
    due = queries.due_for_digest(session, everybody, None, until, TODAY)
    return user.id in {user_id for user_id, _ in due}


def titles(found: list[SeenNotice]) -> list[str]:
    return [one.seen.opgave.title for one in found]


def test_both_sides_find_the_match_in_their_inbox(session: Session) -> None:
    told = a_told_match(session, title="Een rotonde")

    [for_you] = queries.inbox(session, actor(session, told.professional), TODAY)
    [for_opgave] = queries.inbox(session, actor(session, told.owner), TODAY)

    assert (for_you.notice.kind, for_you.seen.opgave, for_you.colleague) == (
        NoticeKind.OPGAVE_FOR_YOU,
        told.opgave,
        None,
    )
    assert for_opgave.notice.kind is NoticeKind.COLLEAGUE_FOR_OPGAVE
    assert for_opgave.colleague is not None
    assert for_opgave.colleague.display_name == told.professional.name
    assert for_opgave.match is for_you.match


def test_the_inbox_has_the_newest_first_and_news_the_best(session: Session, owner: User) -> None:
    for title, minutes, value in (("oud", 9, 90), ("nieuw", 1, 40), ("ouder", 20, 60)):
        told = a_told_match(session, owner=owner, title=title, told_at=MONDAY - minutes * A_MINUTE)
        for one in queries.inbox(session, actor(session, told.professional), TODAY):
            assert one.match is not None
            one.match.value = value
    session.flush()
    reader = actor(session, owner)

    assert titles(queries.inbox(session, reader, TODAY)) == ["nieuw", "oud", "ouder"]
    assert titles(queries.news(session, reader, None, MONDAY, TODAY)) == ["oud", "ouder", "nieuw"]


@pytest.mark.parametrize(
    ("since", "until", "is_in"),
    [
        (None, A_MINUTE, True),
        (None, timedelta(0), False),
        (timedelta(0), A_MINUTE, True),
        (A_MINUTE, 2 * A_MINUTE, False),
        (-A_MINUTE, timedelta(0), False),
    ],
)
def test_news_lies_from_the_one_moment_and_before_the_other(
    session: Session, since: timedelta | None, until: timedelta, is_in: bool
) -> None:
    user = a_told_match(session).professional
    begin, end = MONDAY + since if since is not None else None, MONDAY + until
    if begin:
        a_delivery(session, user, state=DeliveryState.ACCEPTED, news_until=begin)

    found = queries.news(session, actor(session, user), begin, end, TODAY)

    assert (len(found) == 1, is_due(session, user, end)) == (is_in, is_in)


SPOILT: list[tuple[Any, bool, bool]] = [
    (lambda _: None, True, True),
    (lambda told: setattr(told.opgave, "status", OpgaveStatus.WITHDRAWN), False, False),
    (lambda told: setattr(told.opgave, "status", OpgaveStatus.DONE), False, False),
    (lambda told: setattr(told.opgave, "closes_on", TODAY - timedelta(days=1)), False, False),
    (lambda told: setattr(told.profile, "visibility", Visibility.HIDDEN), True, False),
    (lambda told: setattr(told.profile, "visibility", Visibility.ANONYMOUS), True, True),
    (lambda told: setattr(told.profile, "state", ProfileState.PAUSED), True, False),
    (lambda told: setattr(told.owner.grants[0], "ended_at", MONDAY), True, False),
]


@pytest.mark.parametrize(("spoil", "for_professional", "for_owner"), SPOILT)
def test_every_road_agrees_on_what_stands(
    session: Session, spoil: Any, for_professional: bool, for_owner: bool
) -> None:
    told = a_told_match(session)
    spoil(told)
    session.flush()
    until = MONDAY + A_MINUTE

    for user, stands in ((told.professional, for_professional), (told.owner, for_owner)):
        reader = actor(session, user)
        assert len(queries.inbox(session, reader, TODAY)) == stands
        assert len(queries.news(session, reader, None, until, TODAY)) == stands
        assert is_due(session, user, until) is stands
        assert queries.count_unread(session, reader, TODAY) == stands


def test_a_match_that_is_gone_is_told_no_longer(session: Session) -> None:
    told = a_told_match(session)
    match = queries.inbox(session, actor(session, told.owner), TODAY)[0].match
    session.delete(match)
    session.flush()

    for user in (told.professional, told.owner):
        assert queries.inbox(session, actor(session, user), TODAY) == []


def test_an_owner_who_moved_to_another_gemeente_reads_no_more_of_it(session: Session) -> None:
    told = a_told_match(session)
    told.owner.gemeente_code = a_gemeente(session).code
    session.flush()

    assert queries.inbox(session, actor(session, told.owner), TODAY) == []


def test_what_was_read_is_kept_and_not_counted(session: Session) -> None:
    told = a_told_match(session)
    reader = actor(session, told.professional)

    service.mark_all_read(make_work(session, told.professional))

    assert queries.count_unread(session, reader, TODAY) == 0
    assert len(queries.inbox(session, reader, TODAY)) == 1


def test_colleagues_for_one_opgave_on_one_day_count_as_one_line(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "Wmo", owner=owner)
    people = [a_profile(session, "Wmo").user_id for _ in range(3)]
    # The last one hears of it just after midnight in Amsterdam.
    midnight = MONDAY + timedelta(hours=15)
    for now, told in ((midnight - A_MINUTE, people[:2]), (midnight, people[2:])):
        work = make_work(session, now=now)
        matching.match_opgave(work, opgave.id)
        service.tell_matches(work, opgave.id, told)

    assert len(queries.inbox(session, actor(session, owner), TODAY)) == 3
    assert queries.count_unread(session, actor(session, owner), TODAY) == 2


def test_a_paused_profile_keeps_its_own_notices_until_its_matches_go(session: Session) -> None:
    told = a_told_match(session)
    pause_profile(make_work(session, told.professional))
    session.flush()

    assert session.get_one(Profile, told.professional.id).state is ProfileState.PAUSED
    assert len(queries.inbox(session, actor(session, told.professional), TODAY)) == 1


def test_a_longer_inbox_costs_no_more_statements(session: Session, owner: User) -> None:
    costs = []
    for more in (1, 2):
        for _ in range(more):
            a_told_match(session, owner=owner)
        reader = actor(session, owner)
        with counted(session) as statements:
            found = queries.inbox(session, reader, TODAY)
            assert len({one.seen.gemeente.name for one in found}) == 1
            assert len(found) == 2 * more - 1
        costs.append(len(statements))
        owner = session.get_one(User, reader.user_id)

    assert costs[0] == costs[1]


# The state of the mail


@pytest.mark.parametrize("state", list(DeliveryState))
def test_only_digests_that_were_accepted_have_told(session: Session, state: DeliveryState) -> None:
    user = a_user(session)
    a_delivery(session, user, state=DeliveryState.ACCEPTED, news_until=MONDAY - A_MINUTE)
    a_delivery(session, user, state=state, news_until=MONDAY)
    a_delivery(session, a_user(session), state=DeliveryState.ACCEPTED, news_until=MONDAY)

    has_told = state is DeliveryState.ACCEPTED
    assert queries.last_told(session, user.id) == (MONDAY if has_told else MONDAY - A_MINUTE)


def test_other_mail_tells_no_news(session: Session) -> None:
    user = a_user(session)
    a_delivery(
        session, user, kind=MailKind.ACCESS_ASKED, state=DeliveryState.ACCEPTED, news_until=MONDAY
    )

    assert queries.last_told(session, user.id) is None


def test_mails_are_counted_by_state(session: Session) -> None:
    for state in (DeliveryState.PENDING, DeliveryState.PENDING, DeliveryState.FAILED):
        a_delivery(session, state=state)

    assert queries.counts_by_state(session) == {
        DeliveryState.PENDING: 2,
        DeliveryState.FAILED: 1,
    }


def test_mails_wait_from_the_moment_that_the_database_finds_them_due(session: Session) -> None:
    now = database_now(session)
    nothing = queries.backlog(session)
    for waited in (3 * A_MINUTE, A_MINUTE, -A_MINUTE):
        a_delivery(session, next_attempt_at=now - waited)
    a_delivery(session, state=DeliveryState.FAILED, next_attempt_at=now - 9 * A_MINUTE)

    assert (nothing, queries.backlog(session)) == (Backlog(0, None), Backlog(2, 3 * A_MINUTE))


def leave_out(session: Session, user: User, *themes: Theme, skills: tuple[str, ...] = ()) -> None:
    service.leave_out(make_work(session, user), LeftOut(themes, skills))
    session.flush()


def is_news(session: Session, user: User) -> tuple[bool, bool, bool]:
    """Whether there is something in the inbox, in its count, and in a digest."""
    viewer, until = actor(session, user), MONDAY + A_MINUTE
    return (
        bool(queries.inbox(session, viewer, TODAY)),
        bool(queries.count_unread(session, viewer, TODAY)),
        bool(queries.news(session, viewer, None, until, TODAY)) and is_due(session, user, until),
    )


NEWS, NO_NEWS = (True,) * 3, (False,) * 3


@pytest.mark.parametrize(
    ("theme", "found"), [(Theme.RUIMTE, NO_NEWS), (Theme.WONEN, NO_NEWS), (Theme.JEUGD, NEWS)]
)
def test_an_opgave_with_a_theme_that_is_left_out_is_no_news(
    session: Session, theme: Theme, found: tuple[bool, ...]
) -> None:
    told = a_told_match(session, themes=["ruimte", "wonen"])

    leave_out(session, told.professional, theme)

    assert is_news(session, told.professional) == found
    assert is_news(session, told.owner) == NEWS


@pytest.mark.parametrize(
    ("left_out", "must", "found"),
    [
        ("Verkeerskunde", True, NO_NEWS),
        ("verkeers kunde", True, NO_NEWS),
        ("Verkeer en vervoer", True, NO_NEWS),
        ("mobiliteit", True, NO_NEWS),
        ("Verkeerskunde", False, NEWS),
        ("inkoop", True, NEWS),
        ("verkeer", True, NEWS),
    ],
)
def test_a_must_that_is_left_out_under_any_of_its_names_is_no_news(
    session: Session, left_out: str, must: bool, found: tuple[bool, ...]
) -> None:
    concept = a_concept(session, "verkeerskunde", "verkeer en vervoer")
    merged, _ = a_concept(session, "mobiliteit"), a_concept(session, "inkoop")
    session.add(ConceptMerge(concept_id=merged.id, into_id=concept.id, merged_at=MONDAY))
    told = a_told_match(session)
    told.opgave.skills.append(an_asked_skill("verkeerskunde", must=must))

    leave_out(session, told.professional, skills=(left_out,))

    assert is_news(session, told.professional) == found
    assert is_news(session, told.owner) == NEWS


def test_what_is_left_out_no_longer_is_news_again(session: Session) -> None:
    told = a_told_match(session, themes=["ruimte"])
    leave_out(session, told.professional, Theme.RUIMTE, skills=("inkoop", "Inkoop", "water"))
    kept = queries.left_out(session, told.professional.id)

    leave_out(session, told.professional)

    assert kept == LeftOut((Theme.RUIMTE,), ("Inkoop", "water"))
    assert is_news(session, told.professional) == NEWS
