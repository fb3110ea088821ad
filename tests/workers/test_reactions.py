"""What follows from what, from the fact to the last effect."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from app.accounts import service as accounts
from app.accounts.models import User
from app.conversations import service as conversations
from app.conversations.models import AwaitedAnswer, Conversation
from app.core.actor import Role
from app.core.jobs import Job, JobState
from app.core.outbox import Event, OutboxMessage, facts_of
from app.loans.events import LoanAsked, LoanRefused, TermsChanged
from app.loans.rules import Party
from app.matching.disputing import dispute, withdraw
from app.matching.models import Dispute, Match
from app.notifications.models import Delivery, Notice
from app.notifications.rules import MailKind, NoticeKind
from app.opgaven import life
from app.opgaven import service as opgaven
from app.opgaven.events import OpgaveHandedOver
from app.opgaven.models import Opgave
from app.opgaven.service import publish_opgave
from app.people.events import ProfileChanged
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.people.service import pause_profile
from app.responses import service as responses
from tests.loans.builders import a_loan, a_running_loan, parties
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user
from workers import outbox
from workers.reactions import MAIL_CLOSERS, MAIL_LOAN, REACTIONS

pytestmark = pytest.mark.usefixtures("celery_app")


@pytest.fixture
def profile(session: Session) -> Profile:
    return a_living_profile(session, "Verkeerskunde")


@pytest.fixture
def opgave(session: Session, profile: Profile) -> Opgave:
    """An open one that has found its colleague."""
    opgave = a_living_opgave(session, "Verkeerskunde")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    follow(session)
    assert matches(session) == [profile.user_id]
    return opgave


def follow(session: Session) -> None:
    """Do what follows, as long as something follows from that."""
    session.commit()
    outbox.relay()
    waiting = select(Job.id).where(Job.state == JobState.PENDING).order_by(Job.id)
    while jobs := session.scalars(waiting).all():
        for job_id in jobs:
            outbox.run_job(job_id)
        session.expire_all()
        outbox.relay()


def matches(session: Session) -> list[object]:
    return list(session.scalars(select(Match.profile_id)))


@pytest.mark.usefixtures("opgave")
def test_who_pauses_is_matched_no_more(session: Session, profile: Profile) -> None:
    pause_profile(work_now(session, session.get_one(User, profile.user_id)))

    follow(session)

    assert matches(session) == []


@pytest.mark.usefixtures("opgave")
def test_of_who_hides_nobody_else_is_told_any_more(session: Session, profile: Profile) -> None:
    profile.visibility = Visibility.HIDDEN
    work_now(session).emit(ProfileChanged(user_id=profile.user_id))

    follow(session)

    assert list(session.scalars(select(Notice.kind))) == [NoticeKind.OPGAVE_FOR_YOU]


@pytest.mark.parametrize("end", [life.fill, life.withdraw])
def test_an_opgave_that_has_ended_is_matched_no_more(
    session: Session, opgave: Opgave, end: Callable[..., object]
) -> None:
    end(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)

    follow(session)

    assert matches(session) == []


def test_a_search_obeys_what_somebody_says_of_a_reason_until_they_take_it_back(
    session: Session,
) -> None:
    user = session.get_one(User, a_living_profile(session, "Energietransitiee").user_id)
    opgave = a_living_opgave(session, "Energietransitie")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    follow(session)
    found = matches(session)

    dispute(work_now(session, user), opgave.id, "Energietransitie")
    follow(session)
    left = matches(session)
    withdraw(work_now(session, user), session.scalars(select(Dispute.id)).one())
    follow(session)

    assert (found, left, matches(session)) == ([user.id], [], [user.id])


def a_living_question(session: Session) -> Conversation:
    """Of somebody who shows interest as well, so that a loan can follow."""
    opgave = a_living_opgave(session, "Verkeerskunde")
    owner = session.get_one(User, opgave.owner_id)
    publish_opgave(work_now(session, owner), opgave.id)
    asker = session.get_one(User, a_living_profile(session, "Verkeerskunde").user_id)
    work = work_now(session, asker)
    talk = conversations.ask(work, opgave.id, "Waar is het?", work.new_id())
    conversations.show_interest(work_now(session, asker), opgave.id)
    follow(session)
    assert waiting_for(session, talk) == [True]
    return talk


def waiting_for(session: Session, talk: Conversation) -> list[bool]:
    session.expire_all()
    own = select(AwaitedAnswer.settled_at).where(AwaitedAnswer.conversation_id == talk.id)
    return [settled_at is None for settled_at in session.scalars(own)]


def test_nobody_waits_for_an_opgave_that_ended(session: Session) -> None:
    talk = a_living_question(session)
    opgave = session.get_one(Opgave, talk.opgave_id)
    owner = session.get_one(User, opgave.owner_id)

    life.withdraw(work_now(session, owner), opgave.id)
    follow(session)

    assert waiting_for(session, talk) == []


def test_nobody_waits_for_what_they_took_back(session: Session) -> None:
    talk = a_living_question(session)
    asker = session.get_one(User, talk.user_id)

    responses.withdraw(work_now(session, asker), talk.opgave_id)
    follow(session)

    assert waiting_for(session, talk) == []


def test_who_hides_is_waited_for_anew_after_coming_back(session: Session) -> None:
    opgave = a_living_opgave(session, "Verkeerskunde")
    publish_opgave(work_now(session, session.get_one(User, opgave.owner_id)), opgave.id)
    profile = a_living_profile(session, "Verkeerskunde")
    person = session.get_one(User, profile.user_id)
    conversations.show_interest(work_now(session, person), opgave.id)
    follow(session)
    talk = session.scalars(select(Conversation)).one()
    assert waiting_for(session, talk) == [True]

    pause_profile(work_now(session, person))
    follow(session)
    hidden = waiting_for(session, talk)
    profile.state = ProfileState.PUBLISHED
    work_now(session, person).emit(ProfileChanged(user_id=person.id))
    follow(session)

    assert (hidden, waiting_for(session, talk)) == ([], [True])


@pytest.mark.parametrize("party", [Party.BORROWER.value, ""])
def test_a_manager_gets_no_mail_of_what_only_the_other_two_can_do(
    session: Session, party: str
) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    fact = {"loan_id": str(loan.id), "party": party}
    for reaction in REACTIONS["completion.reported"]:
        reaction.act(work_now(session, who.professional), fact)

    session.flush()
    mailed = set(session.scalars(select(Delivery.user_id)))
    closers = {who.professional.id, who.borrower.id}
    assert mailed == (closers - {who.borrower.id} if party else closers)


def test_who_is_lent_out_hears_by_what_follows_who_looks_after_the_opgave(
    session: Session,
) -> None:
    who = parties(session)
    a_running_loan(session, who)
    karin = a_user(session, Role.OPGAVEHOUDER, gemeente_code=who.borrower.gemeente_code)
    opgaven.hand_over(work_now(session, who.borrower), who.opgave.id, karin.id)
    session.flush()
    told = facts_of(session, (OpgaveHandedOver.name,), opgave_id=who.opgave.id)

    for reaction in REACTIONS[OpgaveHandedOver.name]:
        reaction.act(work_now(session), told[-1].payload)

    session.flush()
    found = select(Delivery.kind, Delivery.user_id)
    mailed = {(row.kind, row.user_id) for row in session.execute(found)}
    lent_out = {(MailKind.LOAN, one) for one in (who.professional.id, None)}
    assert mailed == {*lent_out, (MailKind.HANDED_OVER, karin.id)}


def test_a_manager_hears_what_they_decide_and_what_becomes_of_hours_that_are_lent() -> None:
    of_loans = {
        name: reactions
        for name, reactions in REACTIONS.items()
        if any(one in reactions for one in (MAIL_LOAN, MAIL_CLOSERS))
    }

    assert {name for name, reactions in of_loans.items() if MAIL_LOAN in reactions} == {
        *("loan.asked", "terms.changed", "manager.named", "remark.made"),
        *("terms.agreed", "proposal.refused", "loan.end_moved", "hours.reopened"),
        *("loan.refused", "loan.stopped", "loan.withdrawn", "loan.called_off"),
        *("end_talk.planned", "end_talk.nears", "loan.ended", "loan.closed"),
    }
    assert {name for name in of_loans if MAIL_CLOSERS in REACTIONS[name]} == {"completion.reported"}


@pytest.mark.parametrize(
    ("fact", "is_answer"),
    [
        (LoanAsked, True),
        (partial(LoanRefused, party=Party.BORROWER.value, reason="anders"), True),
        (partial(LoanRefused, party=Party.LENDER.value, reason="anders"), False),
        (partial(TermsChanged, version=2, party=Party.BORROWER.value), True),
        (partial(TermsChanged, version=2, party=Party.PROFESSIONAL.value), False),
    ],
)
def test_a_loan_that_is_asked_and_what_the_borrower_does_with_it_are_an_answer(
    session: Session, fact: Callable[..., Event], is_answer: bool
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    work = work_now(session, who.professional)
    talk = conversations.ask(work, who.opgave.id, "Waar is het?", work.new_id())
    session.flush()
    assert waiting_for(session, talk) == [True]

    work.emit(fact(loan_id=loan.id))
    session.flush()
    payload = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert payload is not None
    for reaction in REACTIONS[payload.name]:
        if reaction.name.startswith("answer_"):
            reaction.act(work, payload.payload)

    assert waiting_for(session, talk) == [not is_answer]


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        (Role.GEMEENTEBEHEERDER, ["power was given", "power was prolonged", "power was ended"]),
        (Role.BEHEERDER, ["power was given", "power was prolonged", "power was ended"]),
        (Role.OPGAVEHOUDER, []),
    ],
)
def test_an_alarm_goes_off_when_power_is_given_prolonged_and_ended(
    session: Session, role: Role, heard: list[str]
) -> None:
    user = a_user(session)

    with capture_logs() as lines:
        for days in (100, 200):
            until = work_now(session).today + timedelta(days=days)
            accounts.grant_role(work_now(session), user.id, role, until, reason="de eerste")
            follow(session)
        accounts.end_role(work_now(session), user.id, role)
        follow(session)

    alarms = [line for line in lines if line["event"] == "alarm"]
    assert [line["why"] for line in alarms] == heard
    assert {line["account"] for line in alarms} <= {str(user.id)}
    assert all(user.name not in str(line) and user.email not in str(line) for line in lines)
