"""Who looks after an opgave hears what happens to it, as long as it is so."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.mail import Letter
from app.notifications import queries, service
from app.notifications.models import ChannelChoice, Delivery, Notice
from app.notifications.rules import Channel, Family, MailKind, NoticeKind
from app.opgaven import service as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.post import Post
from tests.conversations.builders import a_question
from tests.loans.builders import Parties, a_lender, a_loan, interest, manager_of
from tests.notifications.builders import interest_in
from tests.support.builders import a_user, an_opgave
from tests.support.work import TODAY, make_work

Change = Callable[[Opgave], None]


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def second(session: Session, owner: User) -> User:
    return a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)


def read_by(session: Session, user: User) -> list[NoticeKind]:
    return [one.notice.kind for one in queries.inbox(session, actor_of(user), TODAY)]


def changed(opgave: Opgave, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(opgave, name, value)


def test_every_gemeentebeheerder_but_the_writer_is_asked(session: Session, owner: User) -> None:
    here = {"gemeente_code": owner.gemeente_code}
    both = a_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER, **here)
    other = a_user(session, Role.GEMEENTEBEHEERDER, **here)
    a_user(session, Role.GEMEENTEBEHEERDER)
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.REVIEW, submitted_by=both.id)

    service.tell_review_asked(make_work(session), opgave.id)

    assert list(session.scalars(select(Notice.user_id))) == [other.id]
    assert read_by(session, other) == [NoticeKind.REVIEW_ASKED]


def test_where_no_gemeentebeheerder_can_look_another_opgavehouder_is_asked(
    session: Session, owner: User, second: User
) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.REVIEW, submitted_by=owner.id)

    service.tell_review_asked(make_work(session), opgave.id)

    assert list(session.scalars(select(Notice.user_id))) == [second.id]
    assert read_by(session, second) == [NoticeKind.REVIEW_ASKED]


@pytest.mark.parametrize(
    ("kind", "begin", "end"),
    [
        (
            NoticeKind.SENT_BACK,
            {"status": OpgaveStatus.CONCEPT, "sent_back_words": "Noem de wijk."},
            {"sent_back_words": ""},
        ),
        (NoticeKind.ALLOWED, {}, {"status": OpgaveStatus.FILLED}),
    ],
)
def test_both_who_look_after_it_hear_it_while_it_is_so(
    session: Session,
    owner: User,
    second: User,
    kind: NoticeKind,
    begin: dict[str, Any],
    end: dict[str, Any],
) -> None:
    opgave = an_opgave(session, owner=owner, co_owner_id=second.id, **begin)

    service.tell_owners(make_work(session), opgave.id, kind)
    while_so = [read_by(session, user) for user in (owner, second)]
    changed(opgave, **end)
    session.flush()

    assert while_so == [[kind], [kind]]
    assert read_by(session, owner) == []


def test_what_expired_is_told_and_what_was_withdrawn_is_not(session: Session, owner: User) -> None:
    expired = an_opgave(session, owner=owner, status=OpgaveStatus.EXPIRED)
    withdrawn = an_opgave(session, owner=owner, status=OpgaveStatus.WITHDRAWN)

    for opgave in (expired, withdrawn):
        service.tell_expired(make_work(session), opgave.id)

    assert list(session.scalars(select(Notice.opgave_id))) == [expired.id]
    assert read_by(session, owner) == [NoticeKind.EXPIRED]


def test_who_gets_an_opgave_hears_it_while_it_is_theirs(
    session: Session, owner: User, second: User
) -> None:
    opgave = an_opgave(session, owner=second)

    service.tell_handed_over(make_work(session), opgave.id, second.id)
    theirs = read_by(session, second)
    opgave.owner_id = owner.id
    session.flush()

    assert (theirs, read_by(session, second)) == ([NoticeKind.HANDED_OVER], [])


def test_the_second_hears_it_while_they_are(session: Session, owner: User, second: User) -> None:
    opgave = an_opgave(session, owner=owner, co_owner_id=second.id, status=OpgaveStatus.CONCEPT)

    service.tell_co_owner(make_work(session), opgave.id, second.id)
    while_so = read_by(session, second)
    opgave.co_owner_id = None
    session.flush()

    assert (while_so, read_by(session, second)) == ([NoticeKind.CO_OWNER_NAMED], [])


def test_what_happens_a_second_time_is_news_a_second_time(session: Session, owner: User) -> None:
    opgave = an_opgave(session, owner=owner)
    service.tell_owners(make_work(session), opgave.id, NoticeKind.ALLOWED)
    service.mark_all_read(make_work(session, owner))

    service.tell_owners(make_work(session), opgave.id, NoticeKind.ALLOWED)

    assert queries.count_unread(session, actor_of(owner), TODAY) == 1


def letter_to(app: Flask, session: Session, user: User) -> Letter | None:
    found = select(Delivery).where(Delivery.user_id == user.id).order_by(Delivery.created_at)
    delivery = session.scalars(found.where(Delivery.kind == MailKind.HANDED_OVER)).one()
    claimed = service.Claim(delivery.id, delivery.kind, uuid4())
    post: Post = app.extensions["post"]
    return service.write_letter(make_work(session), post.stationery, claimed)


def test_who_gets_an_opgave_is_mailed_from_whom_and_what_waits_for_them(
    app: Flask, session: Session
) -> None:
    talk = a_question(session)
    lent = a_lender(session)
    who = Parties(talk.opgave, lent, manager_of(lent), talk.owner)
    interest(session, lent, who.opgave)
    loan = a_loan(session, who)
    interest_in(session, who.opgave)
    new = a_user(session, Role.OPGAVEHOUDER, gemeente_code=talk.owner.gemeente_code)
    session.add(ChannelChoice(user_id=new.id, family=Family.OWN, channel=Channel.INBOX))

    opgaven.hand_over(make_work(session, talk.owner), talk.opgave.id, new.id)
    session.flush()
    service.tell_handed_over(make_work(session), talk.opgave.id, new.id)
    letter = letter_to(app, session, new)

    assert letter is not None
    assert letter.subject == "Deze opgave is nu van jou: Een veilig plein"
    said = " ".join(letter.text.split())
    assert "Marloes Hoekzema droeg de opgave Een veilig plein aan je over." in said
    assert "* 1 collega toont belangstelling Bekijk wie: " in said
    assert "* 1 gesprek wacht op jullie antwoord Lees en antwoord: " in said
    assert f"* Inzet van {lent.name}. Jouw handtekening ontbreekt nog" in said
    assert f"/inzet/{loan.id}" in said


def test_of_an_opgave_where_nothing_goes_on_the_mail_says_so_until_it_is_anothers(
    app: Flask, session: Session, owner: User, second: User
) -> None:
    opgave = an_opgave(session, owner=second)

    service.tell_handed_over(make_work(session), opgave.id, second.id)
    letter = letter_to(app, session, second)
    opgave.owner_id = owner.id
    session.flush()

    assert letter is not None
    assert "Een collega droeg de opgave Een opgave aan je over." in letter.text
    assert "Er loopt nu niets: niemand wacht op jullie antwoord." in letter.text
    assert letter_to(app, session, second) is None
