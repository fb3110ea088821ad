"""Somebody gets all that is kept of them, and nothing that others did not show them."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.loans import service as loans
from app.loans.rules import Again, FeedbackDraft, Party, Showed
from app.moderation.rules import Ruling
from app.privacy.export import Part, Person, parts_of
from tests.conversations.builders import a_question, say
from tests.loans.builders import TERMS, a_running_loan, parties
from tests.moderation.builders import a_report, last_message
from tests.responses.builders import an_invitation
from tests.support.builders import a_profile, a_skill, a_user
from tests.support.work import MONDAY, TODAY, make_work

SAID = "Ik kom uit Ommen"
BORROWED, REPORTED = "Inzet voor jouw opgaven", "Wat over jou gemeld is"
CLOSED = "Bij die sukkels van de overkant"


def rows_of(part: Part) -> list[dict[str, Any]]:
    return [dict(row) for page in part.pages for row in page]


def own(session: Session, user: User) -> dict[str, list[dict[str, Any]]]:
    session.flush()
    found = parts_of(session, Person(user.id, user.email))
    return {part.table.name: rows_of(part) for part in found}


def titled(session: Session, user: User) -> dict[str, list[dict[str, Any]]]:
    session.flush()
    found = parts_of(session, Person(user.id, user.email))
    return {part.table.title: rows_of(part) for part in found}


def test_a_newcomer_gets_their_account_only(session: Session) -> None:
    newcomer = a_user(session)
    a_profile(session, "inkoop")

    found = own(session, newcomer)

    assert found.keys() == {"user"}
    (row,) = found["user"]
    assert (row["name"], row["email"]) == (newcomer.name, newcomer.email)


def test_a_profile_comes_with_its_skills(session: Session) -> None:
    profile = a_profile(session, a_skill("inkoop", evidence=SAID))
    a_profile(session, a_skill("handhaving"))
    owner = session.get_one(User, profile.user_id)

    found = own(session, owner)

    assert [row["label"] for row in found["skill"]] == ["inkoop"]
    assert found["skill"][0]["evidence"] == SAID
    assert "sealed" not in str(found)


def test_both_sides_get_their_conversation(session: Session) -> None:
    talk = a_question(session, SAID)
    other = a_question(session, "Een heel andere vraag")
    say(session, talk, talk.owner, "Dat is goed")

    asked, owner = own(session, talk.professional), own(session, talk.owner)

    assert [row["text"] for row in asked["message"]] == [SAID, "Dat is goed"]
    assert [row["text"] for row in owner["message"]] == ["Dat is goed"]
    assert "Een heel andere vraag" not in str(asked)
    assert other.professional.email not in str(asked)


def test_of_what_was_taken_down_only_the_writer_gets_the_words(session: Session) -> None:
    talk = a_question(session, SAID)
    say(session, talk, talk.owner, CLOSED)
    last_message(session, talk).taken_down_at = MONDAY

    asked, owner = own(session, talk.professional), own(session, talk.owner)

    assert [row["text"] for row in asked["message"]] == [SAID, ""]
    assert [row["text"] for row in owner["message"]] == [CLOSED]


def test_what_a_borrower_wrote_comes_when_both_may_read_it(session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    over = datetime.combine(loan.last_day or TODAY, time(12), UTC) + timedelta(days=1)
    loans.end_what_is_over(make_work(session, now=over))
    draft = FeedbackDraft(Again.YES, "Prima gewerkt", skills={"inkoop": Showed.SHOWN})
    loans.give_feedback(make_work(session, who.borrower, over), loan.id, Party.BORROWER, draft)

    before = own(session, who.professional)
    mine = FeedbackDraft(Again.YES, "Fijne plek")
    loans.give_feedback(
        make_work(session, who.professional, over), loan.id, Party.PROFESSIONAL, mine
    )
    after = own(session, who.professional)

    assert before.keys() & {"feedback", "shown_skill"} == set()
    assert {row["went_well"] for row in after["feedback"]} == {"Prima gewerkt", "Fijne plek"}
    assert [row["label"] for row in after["shown_skill"]] == ["inkoop"]
    assert [row["learning_goal"] for row in after["terms"]] == [TERMS.learning_goal]
    assert own(session, a_user(session)).keys() == {"user"}


def test_a_no_to_an_invitation_is_of_who_said_it(session: Session) -> None:
    invitation = an_invitation(session)
    invitation.no_words, invitation.words = SAID, CLOSED
    invitation.taken_down_at = MONDAY
    invited = session.get_one(User, invitation.user_id)
    inviter = session.get_one(User, invitation.by_id)

    (theirs,), (own_one,) = own(session, invited)["invitation"], own(session, inviter)["invitation"]

    assert (theirs["words"], theirs["no_words"]) == ("", SAID)
    assert own_one["words"] == CLOSED


def test_who_looks_after_an_opgave_gets_its_loans(session: Session) -> None:
    who = parties(session)
    a_running_loan(session, who)
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=who.borrower.gemeente_code)
    who.opgave.co_owner_id = second.id

    (row,), (seconds,) = (titled(session, one)[BORROWED] for one in (who.borrower, second))

    assert row == seconds
    assert row["opgave_id"] == who.opgave.id
    assert row["user_id.name"] == who.professional.name
    assert who.manager.email not in str(row)
    assert BORROWED not in titled(session, who.professional)


def test_somebody_gets_what_was_decided_of_what_others_reported_of_them(session: Session) -> None:
    talk = a_question(session, SAID)
    reporter = a_user(session, name="Rosa de Melder")
    about: dict[str, Any] = {"message_id": last_message(session, talk).id, "words": CLOSED}
    decided: dict[str, Any] = {"decided_at": MONDAY, "answer": "Daarom."}
    later = MONDAY + timedelta(hours=1)
    a_report(session, reporter, ruling=Ruling.TAKEN_DOWN, **about, **decided)
    a_report(session, reporter, ruling=Ruling.LEFT, reported_at=later, **about, **decided)
    a_report(session, reporter, **about)

    found = titled(session, talk.professional)[REPORTED]

    assert [(one["ruling"], one["answer"]) for one in found] == [
        (Ruling.TAKEN_DOWN, "Daarom."),
        (Ruling.LEFT, ""),
    ]
    for word in (reporter.name, CLOSED, str(reporter.id)):
        assert word not in str(found)
    assert REPORTED not in titled(session, reporter)
    assert len(titled(session, reporter)["Wat je meldde"]) == 3
