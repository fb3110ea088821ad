"""Who leaves takes along all that names them, and the database takes it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import SignIn, User
from app.conversations import publishing
from app.conversations import service as conversations
from app.conversations.models import Conversation
from app.conversations.rules import Words
from app.core.actor import Role
from app.core.errors import Conflict
from app.core.mail import Letter
from app.core.outbox import facts_of
from app.core.workdays import monday_of
from app.loans import service as loans
from app.loans.models import Loan, WorkedWeek
from app.loans.rules import (
    Again,
    FeedbackDraft,
    Manager,
    NamedManager,
    Party,
    Reason,
    Refusal,
    Showed,
)
from app.moderation import service as moderation
from app.moderation.rules import Ground, Subject
from app.notifications import service as notifications
from app.notifications.models import Delivery
from app.notifications.queries import inbox
from app.notifications.rules import ON_ITS_WAY, DeliveryState, MailKind, NoticeKind
from app.opgaven.events import OpgaveHandedOver
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.post import Post
from app.privacy import leaving
from app.privacy.export import Person
from app.privacy.leaving import Needed, Tie, leave
from app.responses import ending
from app.responses.rules import WhyClosed
from app.tables import METADATA
from tests.conversations.builders import a_returned_answer, a_talk, say
from tests.loans.builders import Parties, a_lender, a_loan, a_running_loan, interest, parties
from tests.responses.builders import a_fitting_person, an_invitation
from tests.support.builders import a_profile, a_user, an_access_request, an_opgave
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

NAME = "Willemijn Zonderling"
GOAL = "Leren hoe een grote gemeente dit aanpakt"
# Facts, deeds, jobs and booked hours keep the id, as the page says; it leads to nobody.
KEEP_THE_ID = {"outbox_message", "audit_entry", "job", "hour_transfer"}


def leaves(session: Session, user_id: str) -> None:
    """As they do it themselves."""
    session.flush()
    leave(make_work(session, session.get_one(User, UUID(user_id))), UUID(user_id))
    session.flush()
    the_last_mail_went(session)
    session.expire_all()


def the_last_mail_went(session: Session) -> None:
    last = update(Delivery).where(Delivery.kind == MailKind.ACCOUNT_ENDED)
    session.execute(last.values(state=DeliveryState.ACCEPTED))
    notifications.settle(make_work(session))


def holding(session: Session, word: str) -> set[str]:
    """The tables with a row in which this word stands."""
    return {
        table
        for table in METADATA.tables
        if session.scalar(
            text(f'SELECT EXISTS (SELECT FROM "{table}" one WHERE one::text LIKE :word)'),
            {"word": f"%{word}%"},
        )
    }


@pytest.fixture
def leaver(session: Session) -> User:
    """A professional who is an opgavehouder and a manager as well."""
    made = a_lender(session)
    made.name = NAME
    an_access_request(session, made.email)
    session.add(SignIn(id=uuid4(), email=made.email, asked_at=MONDAY, expires_at=MONDAY))
    session.flush()
    return made


def a_loan_that_ran(session: Session, who: Parties) -> Loan:
    """Begun last week, with hours, a question of each party, and stopped today."""
    loan = a_running_loan(session, who, starts_on=TODAY - timedelta(days=14))
    loans.write_hours(
        make_work(session, who.professional), loan.id, monday_of(TODAY - timedelta(days=7)), 480
    )
    speakers = (
        (make_work(session, who.professional), Party.PROFESSIONAL, None),
        (make_work(session, who.borrower), Party.BORROWER, None),
        (make_work(session), Party.LENDER, who.manager),
    )
    for work, party, manager in speakers:
        loans.remark(work, loan.id, uuid4(), party, "Hoe gaan we verder?", manager)
    why = Refusal(next(iter(Reason)), "Het is af.")
    loans.end_early(make_work(session, who.professional), loan.id, Party.PROFESSIONAL, TODAY, why)
    loans.end_what_is_over(make_work(session, now=MONDAY + timedelta(days=1)))
    how_it_went(session, who, loan)
    session.flush()
    return loan


def how_it_went(session: Session, who: Parties, loan: Loan) -> None:
    """Both say it, and what was shown stands on the profile."""
    own, theirs = make_work(session, who.professional), make_work(session, who.borrower)
    seen = {"inkoop": Showed.SHOWN}
    loans.give_feedback(own, loan.id, Party.PROFESSIONAL, FeedbackDraft(Again.YES, GOAL))
    loans.give_feedback(theirs, loan.id, Party.BORROWER, FeedbackDraft(Again.YES, skills=seen))
    session.flush()
    loans.answer_feedback(own, loan.id, f"Dank, {GOAL}")
    loans.keep_evidence(own, loan.id, 0)


def as_professional(session: Session, leaver: User) -> Parties:
    who = parties(session)
    interest(session, leaver, who.opgave)
    return Parties(
        who.opgave, leaver, Manager(f"baas@{leaver.email.partition('@')[2]}"), who.borrower
    )


def test_a_loan_that_ran_stays_under_a_colleague_without_a_name(
    session: Session, leaver: User
) -> None:
    loan = a_loan_that_ran(session, as_professional(session, leaver))
    user_id, address = str(leaver.id), leaver.email
    before = holding(session, user_id)
    assert {"loan", "terms", "user", "profile"} <= before | holding(session, NAME)

    leaves(session, user_id)

    assert holding(session, NAME) == holding(session, address) == holding(session, GOAL) == set()
    assert holding(session, user_id) <= KEEP_THE_ID
    assert session.get_one(User, session.get_one(Loan, loan.id).user_id).name == "Oud-collega"
    gone = ("feedback", "shown_skill", "evidence")
    assert [session.scalar(text(f"SELECT count(*) FROM {one}")) for one in gone] == [0, 0, 0]
    assert session.get(WorkedWeek, (loan.id, monday_of(TODAY - timedelta(days=7)))) is not None


def test_what_never_began_goes(session: Session, leaver: User) -> None:
    who = as_professional(session, leaver)
    loan_id = a_running_loan(session, who).id
    why = Refusal(next(iter(Reason)), "Er komt iets tussen.")
    loans.call_off(make_work(session, leaver), loan_id, Party.PROFESSIONAL, why)
    user_id, address = str(leaver.id), leaver.email

    leaves(session, user_id)

    assert session.get(Loan, loan_id) is None
    assert holding(session, NAME) == holding(session, address) == holding(session, "Oud-c") == set()
    assert holding(session, user_id) <= KEEP_THE_ID


def test_what_was_only_asked_is_withdrawn_first_and_goes(session: Session, leaver: User) -> None:
    loan_id = a_loan(session, as_professional(session, leaver)).id
    person = Person(leaver.id, leaver.email)
    assert leaving.needed_for(session, person) == [Needed(Tie.LOAN, loan_id, "Een opgave")]
    with pytest.raises(Conflict) as refused:
        leaves(session, str(leaver.id))
    assert refused.value.said == leaving.STILL_BUSY
    loans.withdraw(make_work(session, leaver), loan_id)
    user_id, address = str(leaver.id), leaver.email

    leaves(session, user_id)

    assert session.get(Loan, loan_id) is None
    assert holding(session, NAME) == holding(session, address) == holding(session, "Oud-c") == set()
    assert holding(session, user_id) <= KEEP_THE_ID


def test_who_looked_after_an_opgave_leaves_no_name_in_its_loans_and_conversations(
    session: Session, leaver: User
) -> None:
    who = parties(session)
    leaver.gemeente_code = home = who.borrower.gemeente_code
    leaver.grants = a_user(session, Role.OPGAVEHOUDER, gemeente_code=home).grants
    who.opgave.owner_id = leaver.id
    session.flush()
    a_loan_that_ran(session, Parties(who.opgave, who.professional, who.manager, leaver))
    talk = conversations.begin(make_work(session, leaver), who.opgave.id, who.professional.id)
    conversations.say(make_work(session, leaver), talk.id, uuid4(), "Wanneer kun je beginnen?")
    person = Person(leaver.id, leaver.email)
    assert leaving.needed_for(session, person) == [Needed(Tie.OPGAVE, who.opgave.id, "Een opgave")]
    who.opgave.owner_id = who.borrower.id
    user_id, address = str(leaver.id), leaver.email

    leaves(session, user_id)

    assert holding(session, NAME) == holding(session, address) == set()
    assert holding(session, user_id) <= KEEP_THE_ID
    assert holding(session, "Wanneer kun je beginnen?") == {"message"}


def test_a_manager_without_an_account_goes_by_the_address(session: Session) -> None:
    who, other = parties(session), parties(session)
    other = Parties(other.opgave, who.professional, who.manager, other.borrower)
    interest(session, who.professional, other.opgave)
    over = a_loan_that_ran(session, who)
    runs = a_running_loan(session, other)
    work, address = make_work(session), who.manager.email
    with pytest.raises(Conflict):
        leaving.forget_address(work, address)

    named = NamedManager("Nora Nieuw", "Nora@testerdam.example")
    leaving.forget_address(work, address, named)
    session.flush()
    session.expire_all()

    assert holding(session, address) == holding(session, "Fatma de Baas") == set()
    assert session.get_one(Loan, over.id).manager_name == "Oud-collega"
    assert session.get_one(Loan, runs.id).manager_email == "nora@testerdam.example"


def test_conversations_of_a_professional_go_whole(session: Session) -> None:
    a_returned_answer(session)
    asked = session.scalars(select(Conversation)).one()
    owner = session.get_one(User, session.get_one(Opgave, asked.opgave_id).owner_id)
    words = Words("Waar is het plein?", "Aan de haven.")
    publishing.publish(make_work(session, owner), asked.id, uuid4(), words)
    from_person = session.scalars(text("SELECT user_id FROM conversation")).one()
    professional = session.get_one(User, from_person)
    user_id, address = str(professional.id), professional.email

    leaves(session, user_id)

    assert holding(session, address) == set()
    assert holding(session, user_id) <= KEEP_THE_ID
    gone = {"conversation", "conversation_reader", "received_mail"}
    assert [session.scalar(text(f"SELECT count(*) FROM {one}")) for one in gone] == [0, 0, 0]
    # Without a name, and without a link to who asked.
    assert holding(session, "Aan de haven.") == {"published_answer"}


def test_who_they_wrote_to_hears_that_they_are_gone_and_reads_it_where_the_talk_was(
    client: FlaskClient, session: Session
) -> None:
    talk = a_talk(session)
    say(session, talk, talk.professional, "Wanneer begint het?")
    user_id, name = talk.professional.id, talk.professional.name
    stranger = a_user(session, Role.OPGAVEHOUDER)
    pages = (f"/gesprekken/{talk.id}", f"/opgaven/{talk.opgave.id}/gesprekken")

    leaves(session, str(user_id))
    told = inbox(session, accounts.actor_of(talk.owner), TODAY)
    sign_in(client, session, talk.owner)
    read = [client.get(page) for page in pages]
    sign_in(client, session, stranger)
    elsewhere = [client.get(page) for page in pages]

    assert [one.notice.kind for one in told] == [NoticeKind.ASKER_LEFT]
    assert [one.notice.profile_id for one in told] == [None]
    assert [one.status_code for one in (*read, *elsewhere)] == [404] * 4
    said = "wie je schreef, heeft geen account meer."
    assert [said in one.text for one in (*read, *elsewhere)] == [True, True, False, False]
    assert name not in "".join(one.text for one in read)


def test_what_was_reported_of_somebody_goes_with_them(session: Session, leaver: User) -> None:
    profile = session.get(Profile, leaver.id) or a_profile(session, "wonen", user=leaver)
    profile.headline = f"Ik ben {NAME}"
    reporter = make_work(session, a_user(session))
    moderation.report(reporter, Subject.PROFILE, leaver.id, Ground.UNKIND, "Raar.")
    session.flush()
    assert "report" in holding(session, NAME)
    user_id = str(leaver.id)

    leaves(session, user_id)

    assert holding(session, NAME) == set()
    assert holding(session, user_id) <= KEEP_THE_ID


def test_what_somebody_invited_for_or_said_no_to_keeps_no_name(
    session: Session, leaver: User
) -> None:
    who, other = as_professional(session, leaver), parties(session)
    an_invitation(session, other.opgave, leaver)
    ending.say_no(
        make_work(session, who.borrower), who.opgave.id, leaver.id, WhyClosed.OTHER, "Helaas."
    )
    other.opgave.owner_id = leaver.id
    an_invitation(session, other.opgave, a_fitting_person(session), words="Kom je ook?")
    user_id, address = str(leaver.id), leaver.email
    assert {"invitation", "outcome"} <= holding(session, user_id)
    other.opgave.owner_id = other.borrower.id

    leaves(session, user_id)

    assert holding(session, NAME) == holding(session, address) == set()
    assert holding(session, user_id) <= KEEP_THE_ID
    assert holding(session, "Helaas.") == set()
    assert holding(session, "Kom je ook?") == {"invitation"}


def test_what_ended_goes_to_who_looked_after_it_too_or_to_nobody(
    session: Session, leaver: User
) -> None:
    """And a concept goes: only its writer ever saw it."""
    leaver.grants = [*leaver.grants, *a_user(session, Role.OPGAVEHOUDER).grants]
    other = a_user(session, Role.OPGAVEHOUDER, gemeente_code=leaver.gemeente_code)
    over = OpgaveStatus.DONE
    shared = an_opgave(session, "wmo", owner=leaver, co_owner_id=other.id, status=over).id
    alone = an_opgave(session, "wmo", owner=leaver, status=over).id
    concept = an_opgave(session, "wmo", owner=leaver, status=OpgaveStatus.CONCEPT).id
    user_id = str(leaver.id)

    leaves(session, user_id)

    nobody = session.get_one(User, session.get_one(Opgave, alone).owner_id)
    assert (nobody.name, nobody.email.endswith(".invalid")) == ("Oud-collega", True)
    assert session.get_one(Opgave, shared).owner_id == other.id
    told = facts_of(session, (OpgaveHandedOver.name,), opgave_id=shared)
    assert [one.payload["to_id"] for one in told] == [str(other.id)]
    assert session.get(Opgave, concept) is None
    assert holding(session, user_id) <= KEEP_THE_ID
    # The others see a colleague less, and nobody in their place.
    assert [one.id for one in accounts.colleagues(session, nobody.gemeente_code)] == [other.id]


def letter_of(app: Flask, session: Session, delivery: Delivery) -> Letter | None:
    claimed = notifications.Claim(delivery.id, delivery.kind, uuid4())
    post: Post = app.extensions["post"]
    return notifications.write_letter(make_work(session), post.stationery, claimed)


def test_one_last_mail_says_what_is_gone_and_what_stays(
    app: Flask, session: Session, leaver: User
) -> None:
    address, user_id = leaver.email, leaver.id
    leave(make_work(session, leaver), user_id)
    session.flush()
    last = session.scalars(select(Delivery)).one()

    letter = letter_of(app, session, last)

    assert holding(session, address) == {"kept_address"}
    assert letter is not None
    assert (letter.to, letter.subject) == (address, "Je account is weg")
    said = " ".join(letter.text.split())
    assert "Op 23 november 2026 om 09:00 is je account" in said
    assert "Dit is weg: * je profiel" in said
    assert "Dit blijft, zonder je naam: * opgaven die zijn afgelopen" in said
    assert "Mail ons: " in said
    for part in (letter.text, letter.html):
        assert NAME not in part
        assert "/account" not in part
        assert "/afmelden" not in part


@pytest.mark.parametrize("state", sorted(set(DeliveryState) - set(ON_ITS_WAY)))
def test_however_the_last_mail_ended_the_address_goes_with_it(
    session: Session, leaver: User, state: DeliveryState
) -> None:
    address = leaver.email
    leave(make_work(session, leaver), leaver.id)
    session.flush()
    notifications.settle(make_work(session))
    before = holding(session, address)
    last = session.scalars(select(Delivery)).one()
    last.state, last.last_answer = state, f"550 <{address}> is unknown"
    session.flush()

    assert notifications.has_to_settle(make_work(session))
    notifications.settle(make_work(session))

    assert before == {"kept_address"}
    assert holding(session, address) == set()
    assert session.scalars(select(Delivery)).all() == []


def test_who_comes_back_and_leaves_again_before_that_mail_went_is_mailed_once(
    session: Session, leaver: User
) -> None:
    address, gemeente_code = leaver.email, leaver.gemeente_code
    leave(make_work(session, leaver), leaver.id)
    session.flush()
    again = a_user(session, email=address, gemeente_code=gemeente_code)

    leave(make_work(session, again), again.id)
    session.flush()

    assert len(session.scalars(select(Delivery)).all()) == 1
