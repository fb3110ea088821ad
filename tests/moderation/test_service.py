"""Reporting, deciding and putting back: by whom, once, and what follows for whom."""

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.conversations import publishing
from app.conversations import queries as conversations
from app.conversations import service as conversing
from app.conversations.models import PublishedAnswer
from app.conversations.rules import TAKEN_DOWN
from app.core.actor import Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.moderation import queries, service
from app.moderation.models import Report
from app.moderation.rules import MOST_A_DAY, Ground, Ruling, Subject
from app.opgaven import life
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people import service as profiles
from app.people.models import Profile
from app.people.rules import ProfileState
from tests.conftest import DatabaseMaker
from tests.conversations.builders import Talk, a_talk, say
from tests.moderation.builders import a_published_answer, a_report, last_message
from tests.responses.builders import a_match, an_invitation
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

KEPT = timedelta(days=365)


@pytest.fixture
def reader(session: Session) -> User:
    return a_user(session)


@pytest.fixture
def beheerder(session: Session) -> User:
    return a_user(session, Role.BEHEERDER)


@pytest.fixture
def talk(session: Session) -> Talk:
    found = a_talk(session)
    say(session, found, found.owner, "Wat ben jij een sukkel.")
    return found


@pytest.fixture
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


def told(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id)))


def count(session: Session) -> int:
    return session.scalar(select(func.count(Report.id))) or 0


def report(work: Work, subject: Subject, subject_id: UUID) -> Report:
    made = service.report(work, subject, subject_id, Ground.UNKIND, "")
    work.session.flush()
    return made


def take_down(session: Session, beheerder: User, one: Report) -> None:
    work = make_work(session, beheerder)
    service.decide(work, one.id, Ruling.TAKEN_DOWN, "Dit is kwetsend.", read=1)


def test_who_reads_something_can_report_it(session: Session, reader: User, talk: Talk) -> None:
    profile = a_profile(session, "wonen")
    message = last_message(session, talk)
    published, invitation = a_published_answer(session), an_invitation(session)
    invited = session.get_one(User, invitation.user_id)

    made = [
        report(make_work(session, reader), Subject.OPGAVE, talk.opgave.id),
        report(make_work(session, reader), Subject.PROFILE, profile.user_id),
        report(make_work(session, talk.professional), Subject.MESSAGE, message.id),
        report(make_work(session, reader), Subject.PUBLISHED, published.id),
        report(make_work(session, invited), Subject.INVITATION, invitation.id),
    ]

    assert [one.subject for one in made] == list(Subject)
    assert [one.subject_id for one in made] == [
        *(talk.opgave.id, profile.user_id, message.id, published.id, invitation.id)
    ]
    assert told(session)[-5:] == ["report.made"] * 5


def test_what_somebody_cannot_read_is_not_there_to_report(session: Session, talk: Talk) -> None:
    stranger = make_work(session, a_user(session))
    concept = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)
    paused = a_profile(session, "wonen", state=ProfileState.PAUSED)

    for subject, subject_id in [
        (Subject.OPGAVE, concept.id),
        (Subject.PROFILE, paused.user_id),
        (Subject.MESSAGE, last_message(session, talk).id),
        (Subject.INVITATION, an_invitation(session).id),
        *((subject, uuid4()) for subject in Subject),
    ]:
        with pytest.raises(NotFound):
            report(stranger, subject, subject_id)
    assert count(session) == 0


def test_what_is_down_is_not_there_to_report(session: Session, talk: Talk) -> None:
    message, invitation = last_message(session, talk), an_invitation(session)
    published = a_published_answer(session)
    invited = make_work(session, session.get_one(User, invitation.user_id))
    message.taken_down_at = invitation.taken_down_at = published.taken_down_at = MONDAY
    session.flush()

    for work, subject, subject_id in [
        (make_work(session, talk.professional), Subject.MESSAGE, message.id),
        (invited, Subject.INVITATION, invitation.id),
        (make_work(session, a_user(session)), Subject.PUBLISHED, published.id),
    ]:
        with pytest.raises(NotFound):
            report(work, subject, subject_id)


def test_what_is_ones_own_is_not_reported(session: Session, talk: Talk) -> None:
    owner = make_work(session, talk.owner)
    published = a_published_answer(session)
    assert published.published_by is not None
    publisher = make_work(session, session.get_one(User, published.published_by))

    for work, subject, subject_id in [
        (owner, Subject.OPGAVE, talk.opgave.id),
        (make_work(session, talk.professional), Subject.PROFILE, talk.professional.id),
        (owner, Subject.MESSAGE, last_message(session, talk).id),
        (publisher, Subject.PUBLISHED, published.id),
    ]:
        with pytest.raises(Conflict, match="van jezelf"):
            report(work, subject, subject_id)


def test_a_visitor_reports_nothing(session: Session) -> None:
    with pytest.raises(NotAllowed):
        report(make_work(session), Subject.OPGAVE, an_opgave(session).id)


def test_the_same_thing_twice_is_once_and_anew_after_a_decision(
    session: Session, reader: User, beheerder: User
) -> None:
    opgave = an_opgave(session)
    work = make_work(session, reader)

    first = report(work, Subject.OPGAVE, opgave.id)
    assert report(work, Subject.OPGAVE, opgave.id) is first
    service.decide(make_work(session, beheerder), first.id, Ruling.LEFT, "", read=1)
    report(work, Subject.OPGAVE, opgave.id)

    assert count(session) == 2


def test_the_same_form_sent_at_once_is_one_report(shared: SharedDatabase) -> None:
    with shared.work() as work:
        reader, opgave = a_user(work.session), an_opgave(work.session)
        actor, opgave_id = make_work(work.session, reader).actor, opgave.id

    def again(work: Work) -> UUID:
        return service.report(work, Subject.OPGAVE, opgave_id, Ground.UNKIND, "").id

    one, two = shared.overlap(again, again, actor)

    with shared.work() as work:
        assert (one, count(work.session)) == (two, 1)


def test_nobody_fills_the_queue(session: Session, reader: User) -> None:
    work = make_work(session, reader)
    for _ in range(MOST_A_DAY):
        report(work, Subject.OPGAVE, an_opgave(session).id)
    one_more = an_opgave(session).id

    with pytest.raises(Conflict, match="laatste 24 uur al 10 keer"):
        report(work, Subject.OPGAVE, one_more)

    tomorrow = make_work(session, reader, MONDAY + timedelta(days=1, minutes=1))
    assert report(tomorrow, Subject.OPGAVE, one_more).reporter_id == reader.id


def test_one_decision_is_about_every_report_of_the_same_thing(
    session: Session, beheerder: User
) -> None:
    opgave = an_opgave(session)
    reports = [a_report(session, opgave_id=opgave.id) for _ in range(2)]
    other = a_report(session)

    service.decide(make_work(session, beheerder), reports[1].id, Ruling.LEFT, "Mag.", read=2)

    assert [one.ruling for one in [*reports, other]] == [Ruling.LEFT, Ruling.LEFT, None]
    assert {(one.decided_by, one.decided_at, one.answer) for one in reports} == {
        (beheerder.id, MONDAY, "Mag.")
    }
    assert told(session) == ["report.decided"]
    assert opgave.status is OpgaveStatus.OPEN


def test_what_came_meanwhile_is_read_first(session: Session, beheerder: User) -> None:
    first = a_report(session)
    a_report(session, opgave_id=first.opgave_id)

    with pytest.raises(Conflict, match="kwam nog iets bij"):
        service.decide(make_work(session, beheerder), first.id, Ruling.LEFT, "", read=1)


def test_a_decision_is_made_once(session: Session, beheerder: User) -> None:
    one = a_report(session)
    take_down(session, beheerder, one)

    with pytest.raises(Conflict, match="al beslist"):
        service.decide(make_work(session, beheerder), one.id, Ruling.LEFT, "", read=1)


def test_a_decision_without_reason_changes_nothing(session: Session, beheerder: User) -> None:
    one = a_report(session)

    with pytest.raises(FaultyDraft):
        service.decide(make_work(session, beheerder), one.id, Ruling.TAKEN_DOWN, "", read=1)

    assert one.decided_at is None


@pytest.mark.parametrize("role", [Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER])
def test_only_a_beheerder_decides_and_puts_back(session: Session, role: Role) -> None:
    work, one = make_work(session, a_user(session, role)), a_report(session)

    for deed in (
        lambda: service.decide(work, one.id, Ruling.TAKEN_DOWN, "Weg.", read=1),
        lambda: service.put_back(work, one.id),
        lambda: life.take_down(work, one.opgave_id or uuid4()),
        lambda: profiles.take_down(work, uuid4()),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_nobody_decides_about_themselves(session: Session) -> None:
    both = a_user(session, Role.BEHEERDER, Role.OPGAVEHOUDER)
    one = a_report(session, opgave_id=an_opgave(session, owner=both).id)

    with pytest.raises(Conflict, match="een andere beheerder"):
        take_down(session, both, one)


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        (OpgaveStatus.OPEN, 1),
        (OpgaveStatus.FILLED, 1),
        (OpgaveStatus.RUNNING, 1),
        (OpgaveStatus.DONE, 0),
        (OpgaveStatus.WITHDRAWN, 0),
    ],
)
def test_an_opgave_that_is_taken_down_is_read_by_its_own_people_only(
    session: Session, reader: User, beheerder: User, status: OpgaveStatus, ended: int
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner, status=status)

    take_down(session, beheerder, a_report(session, opgave_id=opgave.id))

    assert (opgave.status, opgave.taken_down_at) == (OpgaveStatus.WITHDRAWN, MONDAY)
    assert told(session).count("opgave.ended") == ended
    assert told(session).count("opgave.taken_down") == 1
    for viewer in (reader, beheerder):
        with pytest.raises(NotFound):
            opgaven.seen_opgave(session, make_work(session, viewer).actor, opgave.id)
    assert opgaven.seen_opgave(session, make_work(session, owner).actor, opgave.id)
    with pytest.raises(Conflict, match="komt niet terug"):
        service.put_back(make_work(session, beheerder), session.scalars(select(Report.id)).one())


def test_a_profile_that_others_saw_is_seen_again_when_a_beheerder_puts_it_back(
    session: Session, beheerder: User
) -> None:
    profile = a_profile(session, "wonen")
    owner = make_work(session, session.get_one(User, profile.user_id))
    one = a_report(session, profile_id=profile.user_id)

    take_down(session, beheerder, one)
    assert profile.state is ProfileState.PAUSED
    with pytest.raises(FaultyDraft, match="weggehaald na een melding"):
        profiles.publish_profile(owner)
    service.put_back(make_work(session, beheerder), one.id)

    assert session.get_one(Profile, profile.user_id).state is ProfileState.PUBLISHED
    assert told(session) == [
        *("profile.paused", "report.decided", "profile.changed", "report.put_back")
    ]


@pytest.mark.parametrize("state", [ProfileState.CONCEPT, ProfileState.PAUSED])
def test_a_profile_that_nobody_saw_stays_hidden_when_it_is_put_back(
    session: Session, beheerder: User, state: ProfileState
) -> None:
    profile = a_profile(session, "wonen", state=state)
    one = a_report(session, profile_id=profile.user_id)

    take_down(session, beheerder, one)
    service.put_back(make_work(session, beheerder), one.id)

    assert (profile.state, profile.taken_down_at) == (state, None)


def test_a_profile_that_its_owner_left_unfinished_or_paused_meanwhile_stays_theirs_to_publish(
    session: Session, beheerder: User
) -> None:
    unfinished, paused = a_profile(session, "wonen"), a_profile(session, "water")
    for profile in (unfinished, paused):
        one = a_report(session, profile_id=profile.user_id)
        take_down(session, beheerder, one)
        if profile is unfinished:
            profile.headline = ""
        else:
            profiles.pause_profile(make_work(session, session.get_one(User, profile.user_id)))
        service.put_back(make_work(session, beheerder), one.id)

    assert {unfinished.state, paused.state} == {ProfileState.PAUSED}


def test_hours_that_passed_meanwhile_hide_no_profile(session: Session, beheerder: User) -> None:
    profile = a_profile(session, "wonen")
    one = a_report(session, profile_id=profile.user_id)
    take_down(session, beheerder, one)
    profile.windows[0].starts_on = profile.windows[0].ends_on = date(2020, 1, 1)

    service.put_back(make_work(session, beheerder), one.id)

    assert profile.state is ProfileState.PUBLISHED


def test_a_message_that_is_taken_down_is_read_by_nobody(
    session: Session, beheerder: User, talk: Talk
) -> None:
    one = a_report(session, talk.professional, message_id=last_message(session, talk).id)

    take_down(session, beheerder, one)
    gone = [message.text for message in conversations.messages(session, talk.id)]
    service.put_back(make_work(session, beheerder), one.id)
    back = [message.text for message in conversations.messages(session, talk.id)]

    assert (gone, back) == ([TAKEN_DOWN], ["Wat ben jij een sukkel."])


def test_a_published_answer_that_is_taken_down_stands_nowhere(
    session: Session, beheerder: User
) -> None:
    published = a_published_answer(session)
    one = a_report(session, published_id=published.id)

    take_down(session, beheerder, one)
    gone = conversations.published(session, published.opgave_id)
    assert [case.first for case in queries.still_down(session)] == [one]
    service.put_back(make_work(session, beheerder), one.id)

    assert gone == []
    assert conversations.published(session, published.opgave_id) == [published]


def test_the_words_of_an_invitation_are_down_in_the_message_that_they_become(
    session: Session, beheerder: User
) -> None:
    opgave, _, person = a_match(session)
    invitation = an_invitation(session, opgave, person, words="Kom eens, sukkel.")
    one = a_report(session, person, invitation_id=invitation.id)

    take_down(session, beheerder, one)
    assert "weggehaald" in invitation.shown_words
    conversing.show_interest(make_work(session, person), opgave.id)
    talk = conversing.begin(make_work(session, person), opgave.id, person.id)
    gone = [message.text for message in conversations.messages(session, talk.id)]
    service.put_back(make_work(session, beheerder), one.id)
    back = [message.text for message in conversations.messages(session, talk.id)]

    assert (gone, back) == ([TAKEN_DOWN], ["Kom eens, sukkel."])
    assert invitation.shown_words == "Kom eens, sukkel."


def test_words_with_interest_that_are_taken_down_go_in_no_mail(
    session: Session, beheerder: User
) -> None:
    talk = a_talk(session, "Jullie zijn sukkels.")
    one = a_report(session, talk.owner, message_id=last_message(session, talk).id)

    take_down(session, beheerder, one)

    assert conversations.words_with_interest(session, talk.conversation) == ""


def test_what_was_decided_a_year_ago_is_forgotten(session: Session) -> None:
    decided: dict[str, Any] = {"ruling": Ruling.LEFT}
    old = a_report(session, decided_at=MONDAY - KEPT - timedelta(minutes=1), **decided)
    kept = [
        a_report(session, decided_at=MONDAY - KEPT, **decided),
        a_report(session, reported_at=MONDAY - 2 * KEPT),
    ]

    assert service.over_since(session, MONDAY - KEPT) == (1, old.decided_at)
    assert service.forget(make_work(session), MONDAY - KEPT) == 1

    left = set(session.scalars(select(Report.id)))
    assert (left, old.id in left) == ({one.id for one in kept}, False)


def test_the_case_of_what_is_still_down_is_not_forgotten(
    session: Session, beheerder: User, talk: Talk
) -> None:
    reports = [
        a_report(session),
        a_report(session, profile_id=a_profile(session, "wonen").user_id),
        a_report(session, message_id=last_message(session, talk).id),
    ]
    for one in reports:
        take_down(session, beheerder, one)
    later = make_work(session), MONDAY + timedelta(days=1)

    assert service.forget(*later) == 0
    for one in reports[1:]:
        service.put_back(make_work(session, beheerder), one.id)
    assert service.forget(*later) == 2


def test_nobody_puts_back_what_is_their_own(session: Session, beheerder: User) -> None:
    one = a_report(session, profile_id=a_profile(session, "wonen", user=beheerder).user_id)
    take_down(session, a_user(session, Role.BEHEERDER), one)

    with pytest.raises(Conflict, match="een andere beheerder"):
        service.put_back(make_work(session, beheerder), one.id)


def test_an_opgave_that_is_erased_takes_its_reports_along(session: Session) -> None:
    one = a_report(session)

    session.delete(session.get_one(Opgave, one.opgave_id))
    session.flush()

    assert count(session) == 0


def test_what_stood_there_is_kept_with_the_report(session: Session, reader: User) -> None:
    profile = a_profile(session, "wonen", headline="Ik verkoop zonnepanelen")
    opgave = an_opgave(session, "Verkoop", title="Verdien snel geld")

    made = [
        report(make_work(session, reader), Subject.PROFILE, profile.user_id),
        report(make_work(session, reader), Subject.OPGAVE, opgave.id),
    ]
    profile.headline, opgave.title = "Ik help graag", "Een veilig plein"
    profile.state = ProfileState.PAUSED

    assert ["zonnepanelen" in one.copy or "snel geld" in one.copy for one in made] == [True, True]
    assert "Gevraagd: Verkoop" in made[1].copy


def test_what_was_kept_is_forgotten_with_the_report_and_with_who_wrote_it(
    session: Session, reader: User, beheerder: User
) -> None:
    profiles_reported = [a_profile(session, "wonen", headline="Reclame") for _ in range(2)]
    for profile in profiles_reported:
        report(make_work(session, reader), Subject.PROFILE, profile.user_id)
    old, other = session.scalars(select(Report).order_by(Report.id)).all()
    service.decide(make_work(session, beheerder), old.id, Ruling.LEFT, "", read=1)

    service.forget(make_work(session), MONDAY + timedelta(minutes=1))
    session.delete(session.get_one(User, other.profile_id))
    session.flush()

    assert session.scalars(select(Report.copy)).all() == []


@pytest.mark.parametrize("kind", ["invitation", "message", "profile"])
def test_a_decision_waits_for_who_is_being_erased(shared: SharedDatabase, kind: str) -> None:
    with shared.work() as work:
        talk = a_talk(work.session, "Wat een onzin.")
        person_id = talk.professional.id
        about: dict[str, Any] = {
            "invitation": an_invitation(work.session, talk.opgave, talk.professional).id,
            "message": last_message(work.session, talk).id,
            "profile": person_id,
        }
        report_id = a_report(work.session, None, **{f"{kind}_id": about[kind]}).id
        actor = actor_of(a_user(work.session, Role.BEHEERDER))
    given: list[object] = []

    def decides() -> None:
        try:
            with shared.work(actor) as work:
                service.decide(work, report_id, Ruling.TAKEN_DOWN, "Weg.", read=1)
        except NotFound as refused:
            given.append(refused)

    decider = Thread(target=decides)
    with shared.work() as work:
        # The two halves of erasing: the row of the person, and what goes with it.
        work.fetch_to_change(User, person_id)
        decider.start()
        shared.until_it_waits(decider)
        work.session.execute(delete(User).where(User.id == person_id))
    decider.join()

    assert len(given) == 1
    with shared.work() as work:
        assert work.session.get(Report, report_id) is None


def test_a_report_of_what_its_own_people_take_back_stays_with_its_copy(
    session: Session, reader: User, beheerder: User
) -> None:
    published = a_published_answer(session)
    owner = session.get_one(User, published.published_by)
    one = report(make_work(session, reader), Subject.PUBLISHED, published.id)

    publishing.take_back(make_work(session, owner), published.id)
    service.forget_taken_back(make_work(session))
    session.expire_all()

    assert conversations.published(session, published.opgave_id) == []
    [case] = queries.waiting(session)
    assert case.first is one
    assert "sukkels" in one.copy
    assert queries.reported(session, one, TODAY).text == ""
    service.decide(make_work(session, beheerder), one.id, Ruling.LEFT, "", read=1)
    service.forget(make_work(session), MONDAY + timedelta(days=1))
    service.forget_taken_back(make_work(session))
    session.expire_all()
    assert session.get(PublishedAnswer, published.id) is None


def test_what_is_taken_back_and_nobody_reported_is_gone_with_the_day(session: Session) -> None:
    published = a_published_answer(session)
    other, gone_id, opgave_id = a_published_answer(session), published.id, published.opgave_id
    owner = make_work(session, session.get_one(User, published.published_by))
    for _ in range(2):
        assert publishing.take_back(owner, published.id) == published.opgave_id

    service.forget_taken_back(make_work(session))
    session.expire_all()

    assert session.scalars(select(PublishedAnswer.id)).all() == [other.id]
    assert told(session).count("question.taken_back") == 1
    # Twice is once, also after that.
    assert publishing.take_back(owner, gone_id) == opgave_id


def test_the_same_decision_sent_twice_is_made_once(session: Session, beheerder: User) -> None:
    one = a_report(session)

    for _ in range(2):
        take_down(session, beheerder, one)

    assert told(session).count("report.decided") == 1
