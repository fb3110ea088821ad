"""Mail that does not wait for a digest: to whom, how often, when, and what becomes of the rest."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import Role
from app.core.mail import Answer, Letter, Verdict
from app.core.work import Work
from app.matching import service as matching
from app.notifications import queries, service
from app.notifications.models import ChannelChoice, Delivery, MailAllowance, Notice, Preference
from app.notifications.rules import (
    MOST_PEOPLE_OF_OPGAVE,
    Channel,
    DeliveryState,
    Family,
    Frequency,
    MailKind,
    NoticeKind,
    Weekday,
)
from app.notifications.service import Claim, Stationery, health
from app.opgaven import life
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people import service as people
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses import service as responses
from tests.conftest import DatabaseMaker
from tests.notifications.builders import a_delivery, interest_in, interest_of
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
SATURDAY = MONDAY - 2 * A_DAY


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def work(session: Session) -> Work:
    return make_work(session)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def opgave(session: Session, owner: User) -> Opgave:
    return an_opgave(session, "verkeerskunde", owner=owner, title="Een veilig plein")


def mails(session: Session) -> list[Delivery]:
    session.expire_all()
    kind = Delivery.kind == MailKind.INTEREST_SHOWN
    return list(session.scalars(select(Delivery).where(kind).order_by(Delivery.created_at)))


def left_for_digest(session: Session, owner: User, until: datetime | None = None) -> int:
    """What the next digest has to tell; asked of one reader, and of many."""
    session.flush()
    until = until or MONDAY + A_DAY
    since = queries.last_told(session, owner.id)
    found = queries.news(session, actor_of(owner), since, until, TODAY)
    due = queries.due_for_digest(session, queries.Readers(None, None), None, until, TODAY)
    assert (owner.id in dict(due)) is bool(found)
    return len(found)


def claim_of(work: Work, delivery: Delivery) -> Claim:
    return {one.delivery_id: one for one in service.claim(work, 20)}[delivery.id]


def write(work: Work, stationery: Stationery, delivery: Delivery) -> Letter | None:
    letter = service.write_letter(work, stationery, claim_of(work, delivery))
    work.session.flush()
    work.session.refresh(delivery)
    return letter


def test_who_looks_after_the_opgave_hears_at_once_who_is_interested(
    work: Work, stationery: Stationery, opgave: Opgave, owner: User
) -> None:
    colleague = interest_in(work.session, opgave, name="Fatima")

    [mail] = mails(work.session)
    letter = write(work, stationery, mail)

    assert letter is not None
    assert (letter.to, letter.subject) == (
        owner.email,
        "Fatima heeft belangstelling voor Een veilig plein",
    )
    for part in (letter.text, letter.html):
        assert "Het profiel noemt verkeerskunde." in part
        assert colleague.email in part
        assert f"/opgaven/{opgave.id}/collegas" in part
    assert left_for_digest(work.session, owner) == 0


def test_both_who_look_after_it_hear_and_twice_is_once(
    work: Work, owner: User, opgave: Opgave
) -> None:
    second = a_user(work.session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    opgave.co_owner_id = second.id
    colleague = interest_in(work.session, opgave)

    service.tell_interest(work, opgave.id, colleague.id)

    assert {mail.user_id for mail in mails(work.session)} == {owner.id, second.id}
    assert len(mails(work.session)) == 2


def test_a_hidden_colleague_is_known_to_whom_they_show_interest(
    work: Work, stationery: Stationery, opgave: Opgave
) -> None:
    colleague = interest_in(work.session, opgave, name="Anouk")
    work.session.get_one(Profile, colleague.id).visibility = Visibility.HIDDEN

    letter = write(work, stationery, mails(work.session)[0])

    assert letter is not None
    assert "Anouk" in letter.text


Spoil = Callable[[Work, Opgave, User, User], object]
ENDS: list[Spoil] = [
    lambda work, opgave, who, _: responses.withdraw(make_work(work.session, who), opgave.id),
    lambda _, opgave, __, ___: setattr(opgave, "status", OpgaveStatus.WITHDRAWN),
    lambda _, __, ___, owner: setattr(owner.grants[0], "ended_at", MONDAY),
    lambda work, _, who, __: setattr(
        work.session.get_one(Profile, who.id), "state", ProfileState.PAUSED
    ),
]


@pytest.mark.parametrize("spoil", ENDS)
def test_interest_that_is_over_is_told_in_nothing_any_more(
    work: Work, stationery: Stationery, opgave: Opgave, owner: User, spoil: Spoil
) -> None:
    colleague = interest_in(work.session, opgave)
    [mail] = mails(work.session)
    spoil(work, opgave, colleague, owner)
    work.session.flush()
    work.session.expire_all()

    assert write(work, stationery, mail) is None
    assert mail.state is DeliveryState.SUPPRESSED
    assert queries.inbox(work.session, actor_of(owner), TODAY) == []
    assert left_for_digest(work.session, owner) == 0


def test_interest_that_was_withdrawn_before_it_was_told_is_not_told(
    work: Work, opgave: Opgave
) -> None:
    colleague = interest_in(work.session, opgave)
    actor = make_work(work.session, colleague)
    responses.withdraw(actor, opgave.id)
    work.session.flush()

    service.tell_interest(make_work(work.session, now=MONDAY + A_DAY), opgave.id, colleague.id)

    assert len(mails(work.session)) == 1


def test_interest_that_is_shown_again_is_news_again(
    work: Work, opgave: Opgave, owner: User
) -> None:
    session = work.session
    colleague = interest_in(session, opgave)
    later = make_work(session, colleague, MONDAY + A_DAY)
    responses.withdraw(later, opgave.id)
    session.flush()
    responses.show_interest(later, opgave.id)

    service.tell_interest(make_work(session, now=MONDAY + A_DAY), opgave.id, colleague.id)

    [notice] = session.scalars(select(Notice))
    session.refresh(notice)
    assert notice.told_at == MONDAY + A_DAY
    assert [mail.news_from for mail in mails(session)] == [MONDAY, MONDAY + A_DAY]


def test_telling_again_later_of_the_same_interest_is_no_news(
    work: Work, opgave: Opgave, owner: User
) -> None:
    session = work.session
    colleague = interest_in(session, opgave)
    service.mark_all_read(make_work(session, owner))

    service.tell_interest(make_work(session, now=MONDAY + A_DAY), opgave.id, colleague.id)

    told = session.execute(select(Notice.told_at, Notice.read_at)).all()
    assert [tuple(one) for one in told] == [(MONDAY, MONDAY)]
    assert len(mails(session)) == 1


def test_interest_that_is_shown_again_the_same_day_is_for_the_digest(
    work: Work, opgave: Opgave, owner: User
) -> None:
    session = work.session
    colleague = interest_in(session, opgave)
    mails(session)[0].state = DeliveryState.ACCEPTED
    later = make_work(session, colleague, MONDAY + A_MINUTE)
    responses.withdraw(later, opgave.id)
    session.flush()
    responses.show_interest(later, opgave.id)

    service.tell_interest(make_work(session, now=later.now), opgave.id, colleague.id)

    assert (len(mails(session)), left_for_digest(session, owner)) == (1, 1)


# How often


def test_more_than_five_on_a_day_are_left_for_the_digest(session: Session, owner: User) -> None:
    for number in range(7):
        interest_in(session, an_opgave(session, owner=owner, title=f"Opgave {number}"))
    interest_in(session, an_opgave(session, owner=owner), at=MONDAY + A_DAY)

    assert len(mails(session)) == 6
    assert left_for_digest(session, owner, MONDAY + 2 * A_DAY) == 2
    assert len(queries.inbox(session, actor_of(owner), TODAY)) == 8


def test_what_waits_for_monday_counts_for_monday(session: Session, owner: User) -> None:
    for day in (SATURDAY, SATURDAY + A_DAY):
        for _ in range(3):
            interest_in(session, an_opgave(session, owner=owner), at=day)
    interest_in(session, an_opgave(session, owner=owner))

    assert len(mails(session)) == 5
    assert left_for_digest(session, owner) == 2


def test_what_does_not_go_at_once_takes_nothing_of_what_its_opgave_may(
    session: Session, owner: User
) -> None:
    for _ in range(5):
        interest_in(session, an_opgave(session, owner=owner))
    one_too_many = an_opgave(session, owner=owner)

    interest_in(session, one_too_many)

    counted = select(MailAllowance).where(MailAllowance.opgave_id == one_too_many.id)
    assert session.scalars(counted).all() == []


def test_of_two_at_once_one_gets_the_last_mail_of_the_day(shared: SharedDatabase) -> None:
    with shared.work() as work:
        opgave = an_opgave(work.session, owner=a_user(work.session, Role.OPGAVEHOUDER))
        opgave_id, people = opgave.id, []
        for _ in range(2):
            user = a_user(work.session)
            a_profile(work.session, "verkeerskunde", user=user)
            responses.show_interest(make_work(work.session, user), opgave_id)
            people.append(user.id)

    def tell(person: UUID) -> Callable[[Work], None]:
        return lambda work: service.tell_interest(work, opgave_id, person)

    assert shared.overlap(tell(people[0]), tell(people[1])) == (None, None)

    with shared.work() as work:
        assert len(mails(work.session)) == 1


def test_of_one_opgave_somebody_hears_at_once_a_day(
    session: Session, opgave: Opgave, owner: User
) -> None:
    for _ in range(3):
        interest_in(session, opgave)
    interest_in(session, opgave, at=MONDAY + A_DAY)

    assert len(mails(session)) == 2
    assert left_for_digest(session, owner, MONDAY + 2 * A_DAY) == 2


def test_an_opgave_reaches_two_hundred_people_at_once_and_no_more(
    session: Session, opgave: Opgave, owner: User
) -> None:
    session.add(
        MailAllowance(
            id=opgave.id, opgave_id=opgave.id, user_id=None, day=None, spent=MOST_PEOPLE_OF_OPGAVE
        )
    )
    session.flush()

    interest_in(session, opgave)

    assert (mails(session), left_for_digest(session, owner)) == ([], 1)
    spent = session.scalars(select(MailAllowance.spent)).all()
    assert spent == [MOST_PEOPLE_OF_OPGAVE]


def test_who_heard_of_an_opgave_before_is_counted_once(session: Session, opgave: Opgave) -> None:
    for days in (0, 1, 2):
        interest_in(session, opgave, at=MONDAY + days * A_DAY)

    everybody = MailAllowance.user_id.is_(None)
    assert len(mails(session)) == 3
    assert session.scalars(select(MailAllowance.spent).where(everybody)).all() == [1]


# Along which road


@pytest.mark.parametrize(
    ("road", "sent", "in_digest"),
    [(Channel.AT_ONCE, 1, 0), (Channel.DIGEST, 0, 1), (Channel.INBOX, 0, 0)],
)
def test_the_road_that_somebody_chose_is_taken(
    session: Session, opgave: Opgave, owner: User, road: Channel, sent: int, in_digest: int
) -> None:
    service.choose_roads(make_work(session, owner), {Family.RESPONSES: road})

    interest_in(session, opgave)

    assert (len(mails(session)), left_for_digest(session, owner)) == (sent, in_digest)
    assert len(queries.inbox(session, actor_of(owner), TODAY)) == 1


def test_who_has_a_pause_hears_of_it_after_that(
    session: Session, opgave: Opgave, owner: User
) -> None:
    session.add(Preference(user_id=owner.id, paused_until=TODAY + A_DAY))

    interest_in(session, opgave)

    assert mails(session) == []


def test_who_wants_no_digests_still_hears_at_once(
    session: Session, opgave: Opgave, owner: User
) -> None:
    service.set_preference(make_work(session, owner), Frequency.NEVER, Weekday.MONDAY)

    interest_in(session, opgave)

    assert len(mails(session)) == 1


def test_the_last_look_sees_that_another_road_was_chosen(
    work: Work, stationery: Stationery, opgave: Opgave, owner: User
) -> None:
    interest_in(work.session, opgave)
    [mail] = mails(work.session)
    claimed = claim_of(work, mail)
    letter = service.write_letter(work, stationery, claimed)
    assert letter is not None

    work.session.add(
        ChannelChoice(user_id=owner.id, family=Family.RESPONSES, channel=Channel.DIGEST)
    )
    work.session.flush()

    assert service.mark_letter(work, claimed, letter) is False


def test_nothing_goes_at_once_to_an_address_from_which_mail_came_back(
    work: Work, stationery: Stationery, opgave: Opgave, owner: User
) -> None:
    interest_in(work.session, opgave)
    [mail] = mails(work.session)
    address_hash = health.hash_of(owner.email, stationery.secret)
    health.hold_against(work, owner.email, address_hash, "5.1.1")

    assert write(work, stationery, mail) is None
    assert (mail.state, mail.last_answer) == (DeliveryState.SUPPRESSED, health.Reason.GONE)


def test_one_click_ends_this_mail_and_no_digest(
    work: Work, stationery: Stationery, opgave: Opgave, owner: User
) -> None:
    interest_in(work.session, opgave)

    letter = write(work, stationery, mails(work.session)[0])

    assert letter is not None
    headers = dict(letter.headers)
    link = stationery.renderer.links.unsubscribe(owner.id, Family.RESPONSES)
    assert headers["List-Unsubscribe"] == f"<{link}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link != stationery.renderer.links.unsubscribe(owner.id)
    assert link in letter.text


# What becomes of it


@pytest.mark.parametrize(
    ("verdict", "in_digest"),
    [(Verdict.ACCEPTED, 0), (Verdict.REFUSED, 1), (Verdict.LATER, 0)],
)
def test_what_was_taken_is_not_told_again_and_what_was_not_is(
    work: Work, opgave: Opgave, owner: User, verdict: Verdict, in_digest: int
) -> None:
    interest_in(work.session, opgave)
    claimed = claim_of(work, mails(work.session)[0])
    assert service.mark(work, claimed)

    service.record(make_work(work.session, now=MONDAY + A_MINUTE), claimed, Answer(verdict))

    assert left_for_digest(work.session, owner) == in_digest


def test_what_is_at_the_relay_is_not_for_the_digest(
    work: Work, opgave: Opgave, owner: User
) -> None:
    interest_in(work.session, opgave)

    assert service.mark(work, claim_of(work, mails(work.session)[0]))

    assert left_for_digest(work.session, owner) == 0


def test_what_nobody_can_tell_of_goes_with_the_next_digest(
    work: Work, opgave: Opgave, owner: User
) -> None:
    interest_in(work.session, opgave)
    [mail] = mails(work.session)
    assert service.mark(work, claim_of(work, mail))
    mail.submitted_at = mail.created_at - A_DAY
    work.session.flush()

    service.settle(work)

    work.session.refresh(mail)
    assert mail.state is DeliveryState.UNKNOWN
    assert left_for_digest(work.session, owner) == 1


def test_what_ended_after_a_digest_passed_by_is_in_the_next_one_and_once(
    work: Work, opgave: Opgave, owner: User
) -> None:
    session = work.session
    interest_in(session, opgave)
    [mail] = mails(session)
    passed_by = MONDAY + A_MINUTE
    a_delivery(session, owner, state=DeliveryState.ACCEPTED, news_until=passed_by)
    mail.expires_at = mail.created_at - A_DAY
    session.flush()

    for _ in range(2):
        service.settle(make_work(session, now=MONDAY + 2 * A_MINUTE))

    assert left_for_digest(session, owner) == 1
    a_delivery(session, owner, state=DeliveryState.ACCEPTED, news_until=MONDAY + A_DAY)
    service.settle(make_work(session, now=MONDAY + 2 * A_DAY))
    assert left_for_digest(session, owner, MONDAY + 3 * A_DAY) == 0


def test_one_that_was_told_in_a_digest_is_not_sent_when_it_is_opened_again(
    work: Work, stationery: Stationery, opgave: Opgave
) -> None:
    interest_in(work.session, opgave)
    [mail] = mails(work.session)
    service.drop(work, claim_of(work, mail), DeliveryState.FAILED, "550")
    work.session.flush()
    # Its news has been told anew: a minute later.
    notice = work.session.scalars(select(Notice)).one()
    notice.told_at = MONDAY + A_MINUTE
    service.send_again(work, mail.id)
    work.session.flush()

    assert write(work, stationery, mail) is None
    assert mail.last_answer == "told in a digest"


# Out of sight, and back


Away = Callable[[Work, Opgave, User], object]


def pause(work: Work, _: Opgave, colleague: User) -> None:
    people.pause_profile(make_work(work.session, colleague, work.now))
    service.tell_interest_of(work, colleague.id)


def publish(work: Work, _: Opgave, colleague: User) -> None:
    people.publish_profile(make_work(work.session, colleague, work.now))
    service.tell_who_is_shown(work, colleague.id)


def fill(work: Work, opgave: Opgave, _: User) -> None:
    life.fill(work_of_owner(work, opgave), opgave.id)
    service.tell_interest_in(work, opgave.id)


def reopen(work: Work, opgave: Opgave, _: User) -> None:
    life.reopen(work_of_owner(work, opgave), opgave.id, opgave.closes_on, 2)
    service.tell_interest_in(work, opgave.id)


AWAY: list[tuple[Away, Away]] = [(pause, publish), (fill, reopen)]


def work_of_owner(work: Work, opgave: Opgave) -> Work:
    return make_work(work.session, work.session.get_one(User, opgave.owner_id), work.now)


def later(work: Work, minutes: int) -> Work:
    return make_work(work.session, now=MONDAY + minutes * A_MINUTE)


def a_digest_goes(work: Work, owner: User, minutes: int) -> None:
    until = MONDAY + minutes * A_MINUTE
    a_delivery(work.session, owner, state=DeliveryState.ACCEPTED, news_until=until)


@pytest.mark.parametrize(("go", "come_back"), AWAY)
def test_what_no_digest_could_tell_is_told_once_when_it_stands_again(
    work: Work, opgave: Opgave, owner: User, go: Away, come_back: Away
) -> None:
    work.session.add(
        ChannelChoice(user_id=owner.id, family=Family.RESPONSES, channel=Channel.DIGEST)
    )
    colleague = interest_in(work.session, opgave)
    go(later(work, 1), opgave, colleague)
    a_digest_goes(work, owner, 2)

    come_back(later(work, 3), opgave, colleague)
    found = [left_for_digest(work.session, owner)]
    a_digest_goes(work, owner, 4)
    go(later(work, 5), opgave, colleague)
    come_back(later(work, 6), opgave, colleague)
    found.append(left_for_digest(work.session, owner))

    assert found == [1, 0]


@pytest.mark.parametrize(("go", "come_back"), AWAY)
def test_what_went_at_once_is_not_told_again(
    work: Work, opgave: Opgave, owner: User, go: Away, come_back: Away
) -> None:
    colleague = interest_in(work.session, opgave)
    [mail] = mails(work.session)
    mail.state = DeliveryState.ACCEPTED
    work.session.flush()

    go(later(work, 1), opgave, colleague)
    come_back(later(work, 2), opgave, colleague)

    assert left_for_digest(work.session, owner) == 0


def test_an_earlier_mail_says_nothing_of_interest_that_was_shown_again(
    work: Work, opgave: Opgave, owner: User
) -> None:
    colleague = interest_in(work.session, opgave)
    [mail] = mails(work.session)
    mail.state = DeliveryState.ACCEPTED
    responses.withdraw(make_work(work.session, colleague, MONDAY + A_MINUTE), opgave.id)
    interest_of(work.session, colleague, opgave, MONDAY + 2 * A_MINUTE)
    pause(later(work, 3), opgave, colleague)
    a_digest_goes(work, owner, 4)

    publish(later(work, 5), opgave, colleague)

    assert left_for_digest(work.session, owner) == 1


def test_who_hides_is_still_told_of_to_whom_they_show_interest(
    work: Work, stationery: Stationery, opgave: Opgave
) -> None:
    profile = a_profile(work.session, "verkeerskunde", visibility=Visibility.COLLEAGUES)
    colleague = work.session.get_one(User, profile.user_id)
    matching.match_opgave(work, opgave.id)
    service.tell_matches(work, opgave.id, [colleague.id])
    interest_of(work.session, colleague, opgave, MONDAY)

    profile.visibility = Visibility.HIDDEN
    work.session.flush()
    service.tell_who_is_shown(later(work, 1), colleague.id)

    assert write(work, stationery, mails(work.session)[0]) is not None


def test_a_match_that_comes_back_tells_no_interest_again(
    work: Work, opgave: Opgave, owner: User
) -> None:
    colleague = interest_in(work.session, opgave)
    [mail] = mails(work.session)
    mail.state = DeliveryState.ACCEPTED
    service.mark_all_read(make_work(work.session, owner))
    matching.match_opgave(later(work, 2), opgave.id)

    service.tell_matches(later(work, 3), opgave.id, [colleague.id])

    told = select(Notice.told_at).where(Notice.kind == NoticeKind.INTEREST_SHOWN)
    assert work.session.scalars(told).all() == [MONDAY]


# Quiet hours


def test_on_a_saturday_it_waits_for_monday_and_its_life_counts_from_there(
    session: Session, opgave: Opgave
) -> None:
    interest_in(session, opgave, at=SATURDAY)

    [mail] = mails(session)
    seven = MONDAY.replace(hour=6, minute=0)
    assert (mail.next_attempt_at, mail.expires_at) == (seven, seven + 2 * A_DAY)


def test_the_marker_holds_back_what_comes_to_it_in_quiet_hours(
    session: Session, opgave: Opgave
) -> None:
    interest_in(session, opgave)
    [mail] = mails(session)
    evening = make_work(session, now=MONDAY.replace(hour=18, minute=1))
    claimed = claim_of(evening, mail)

    assert service.mark(evening, claimed) is False

    session.flush()
    session.refresh(mail)
    assert (mail.state, mail.attempts, mail.lease_owner) == (DeliveryState.PENDING, 0, None)
    seven = MONDAY.replace(hour=6, minute=0) + A_DAY
    assert (mail.next_attempt_at, mail.expires_at) == (seven, seven + 2 * A_DAY)


def test_mail_that_somebody_waits_for_knows_no_quiet_hours(session: Session) -> None:
    mail = a_delivery(session, kind=MailKind.SIGN_IN)
    night = make_work(session, now=SATURDAY)

    assert service.mark(night, claim_of(night, mail)) is True


def test_a_sign_in_link_is_claimed_before_any_number_of_others(session: Session) -> None:
    for _ in range(5):
        a_delivery(session, a_user(session), kind=MailKind.INTEREST_SHOWN)
    link = a_delivery(session, kind=MailKind.SIGN_IN)
    kinds = {MailKind.SIGN_IN, MailKind.INTEREST_SHOWN}

    [claimed] = service.claim(make_work(session), 1, kinds)

    assert claimed.delivery_id == link.id
