"""Who looks after an opgave hears what happens to it, as long as it is so."""

from collections.abc import Callable
from datetime import timedelta
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
from app.opgaven import review
from app.opgaven import service as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.post import Post
from app.web.notifications.pages import inbox_items
from tests.conversations.builders import a_question
from tests.loans.builders import Parties, a_lender, a_loan, interest, manager_of
from tests.notifications.builders import interest_in
from tests.support.builders import a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

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

    service.tell_reviewed(make_work(session), opgave.id, kind)
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
    service.tell_reviewed(make_work(session), opgave.id, NoticeKind.ALLOWED)
    service.mark_all_read(make_work(session, owner))

    service.tell_reviewed(make_work(session), opgave.id, NoticeKind.ALLOWED)

    assert queries.count_unread(session, actor_of(owner), TODAY) == 1


def letter_to(
    app: Flask, session: Session, user: User, kind: MailKind = MailKind.HANDED_OVER
) -> Letter | None:
    """The last of this kind."""
    found = select(Delivery).where(Delivery.user_id == user.id, Delivery.kind == kind)
    delivery = session.scalars(found.order_by(Delivery.news_from.desc())).first()
    assert delivery is not None
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


@pytest.fixture
def reviewer(session: Session, owner: User) -> User:
    """Who switched it on for their gemeente."""
    here = {"gemeente_code": owner.gemeente_code, "name": "Johan Kok"}
    user = a_user(session, Role.GEMEENTEBEHEERDER, **here)
    review.choose(make_work(session, user), is_on=True)
    return user


@pytest.fixture
def waiting(session: Session, owner: User, reviewer: User) -> Opgave:
    owner.name = "Fatima Bouali"
    made = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT, published_at=None)
    return handed_in(session, owner, made)


def handed_in(session: Session, owner: User, opgave: Opgave, hours: int = 0) -> Opgave:
    now = MONDAY + timedelta(hours=hours)
    opgaven.publish_opgave(make_work(session, owner, now), opgave.id)
    session.flush()
    service.tell_review_asked(make_work(session, now=now), opgave.id)
    return opgave


def test_who_may_look_is_mailed_at_once_who_asks_and_what_to_do(
    app: Flask, session: Session, reviewer: User, waiting: Opgave
) -> None:
    letter = letter_to(app, session, reviewer, MailKind.REVIEW)
    read = queries.inbox(session, actor_of(reviewer), TODAY)
    with app.test_request_context():
        (line,) = inbox_items(read)

    assert letter is not None
    assert letter.subject == "Deze opgave wacht op jouw oordeel: Een opgave"
    assert "Fatima Bouali vraagt je oordeel over de opgave Een opgave." in letter.text
    assert "Zet hem open, of stuur hem terug met wat er anders moet." in letter.text
    assert f"/meldingen/{line.notice_id}/openen" in letter.text
    assert line.text.startswith("Fatima Bouali vraagt het. Lees de opgave")


def test_what_was_sent_back_is_mailed_with_the_words_of_who_looked(
    app: Flask, session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    review.send_back(make_work(session, reviewer), waiting.id, "Noem de wijk.\nEn de straat.")
    session.flush()

    service.tell_reviewed(make_work(session), waiting.id, NoticeKind.SENT_BACK)
    letter = letter_to(app, session, owner, MailKind.REVIEW)

    assert letter is not None
    assert letter.subject == "Je opgave kwam terug: Een opgave"
    assert "Johan Kok keek mee met de opgave Een opgave, stuurde hem terug" in letter.text
    assert "  Noem de wijk.\n  En de straat.\n" in letter.text
    assert "vraag dan opnieuw een oordeel" in letter.text


def test_a_whole_round_of_review_is_mailed_on_one_day(
    app: Flask, session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    review.send_back(make_work(session, reviewer), waiting.id, "Noem de wijk.")
    session.flush()
    service.tell_reviewed(make_work(session), waiting.id, NoticeKind.SENT_BACK)
    handed_in(session, owner, waiting, hours=1)
    again = letter_to(app, session, reviewer, MailKind.REVIEW)
    later = make_work(session, reviewer, MONDAY + timedelta(hours=2))
    review.allow(later, waiting.id, waiting.version)
    session.flush()

    service.tell_reviewed(make_work(session, now=later.now), waiting.id, NoticeKind.ALLOWED)
    letter = letter_to(app, session, owner, MailKind.REVIEW)

    assert again is not None
    assert letter is not None
    assert letter.subject == "Je opgave staat open: Een opgave"
    assert "Johan Kok keek mee met de opgave Een opgave en zette hem open." in letter.text
    assert letter_to(app, session, reviewer, MailKind.REVIEW) is None


def test_who_chose_another_road_is_not_mailed_of_a_review(
    session: Session, owner: User, reviewer: User
) -> None:
    session.add(ChannelChoice(user_id=reviewer.id, family=Family.OWN, channel=Channel.DIGEST))
    session.flush()

    handed_in(
        session,
        owner,
        an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT, published_at=None),
    )

    assert read_by(session, reviewer) == [NoticeKind.REVIEW_ASKED]
    assert session.scalar(select(Delivery.id).where(Delivery.kind == MailKind.REVIEW)) is None
