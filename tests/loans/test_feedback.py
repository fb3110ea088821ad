"""Feedback is blind until both wrote or time is up; each is asked once more, and answered once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, NotFound
from app.core.faults import FaultyDraft
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.loans import due, queries, service
from app.loans.models import Loan, ShownSkill
from app.loans.next_steps import link_says
from app.loans.rules import NOBODY_LEFT, Again, FeedbackDraft, LoanState, Party, Showed
from app.loans.seen import SeenLoan
from app.loans.service.feedback import HAS_ANSWERED, IS_SHOWN, NOT_SHOWN, NOT_YET, NOT_YOURS
from app.loans.words import about_feedback, news
from app.people.models import Evidence
from app.privacy.leaving import leave
from tests.loans.builders import Parties, a_running_loan, parties
from tests.support.builders import a_user
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
GOOD = FeedbackDraft(Again.YES, "Fijne ploeg", "Eerder beginnen", "Ik kan het nu zelf")
OF_GEMEENTE = FeedbackDraft(Again.MAYBE, "Snel ingewerkt", skills={"inkoop": Showed.SHOWN})


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


@pytest.fixture
def loan(session: Session, who: Parties) -> Loan:
    """Over since tomorrow."""
    begun = TODAY - timedelta(days=28)
    made = a_running_loan(session, who, starts_on=begun, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.end_what_is_over(at(session, 1))
    assert made.state is LoanState.ENDED
    return made


def at(session: Session, after: int) -> Work:
    day: date = TODAY + after * A_DAY
    return make_work(session, now=datetime.combine(day, time(9), UTC))


def give(
    session: Session,
    who: Parties,
    loan: Loan,
    party: Party,
    draft: FeedbackDraft | None = None,
    after: int = 1,
) -> None:
    user = who.professional if party is Party.PROFESSIONAL else who.borrower
    work = make_work(session, user, at(session, after).now)
    usual = GOOD if party is Party.PROFESSIONAL else OF_GEMEENTE
    service.give_feedback(work, loan.id, party, draft or usual)
    session.flush()


def seen_of(session: Session, loan: Loan) -> SeenLoan:
    session.expire_all()
    return queries.of_any(session, loan.id)


def told(session: Session) -> list[str]:
    session.flush()
    names = session.scalars(select(OutboxMessage.name).order_by(OutboxMessage.id))
    return [name for name in names if name.startswith("feedback.")]


@pytest.mark.parametrize("first", [Party.PROFESSIONAL, Party.BORROWER])
def test_neither_reads_the_other_first(
    session: Session, who: Parties, loan: Loan, first: Party
) -> None:
    other = Party.BORROWER if first is Party.PROFESSIONAL else Party.PROFESSIONAL
    give(session, who, loan, first)

    seen = seen_of(session, loan)
    assert list(seen.readable_by(first)) == [first]
    assert list(seen.readable_by(other)) == []
    assert about_feedback(seen, other) == "Laat ook weten hoe het ging."
    give(session, who, loan, other)

    seen = seen_of(session, loan)
    for reader in (first, other):
        assert set(seen.readable_by(reader)) == {first, other}
    assert about_feedback(seen, Party.PROFESSIONAL) == (
        f"Gemeente {seen.borrower_name} schreef hoe het ging. Dat kun je nu lezen. "
        "Je kunt één keer antwoorden. Je liet dit zien: inkoop. Je kunt het op je profiel zetten."
    )
    assert about_feedback(seen, Party.BORROWER) == (
        f"{seen.professional_name} schreef hoe het ging. Dat kun je nu lezen."
    )
    assert news(seen, Party.BORROWER, TODAY).startswith(seen.professional_name)
    assert seen.readable_by(Party.LENDER) == {}
    assert about_feedback(seen, Party.LENDER) == ""
    assert told(session) == ["feedback.given", "feedback.given", "feedback.shown"]


def test_after_two_weeks_what_there_is_can_be_read(
    session: Session, who: Parties, loan: Loan
) -> None:
    give(session, who, loan, Party.BORROWER)

    assert service.show_feedback(at(session, 14)) == 0
    assert due.is_anything_due(session, TODAY + 15 * A_DAY)
    assert [service.show_feedback(at(session, 15)) for _ in range(2)] == [1, 0]

    seen = seen_of(session, loan)
    assert list(seen.readable_by(Party.PROFESSIONAL)) == [Party.BORROWER]
    assert about_feedback(seen, Party.BORROWER) == (
        f"{seen.professional_name} kan nu lezen wat je schreef, en gaf zelf geen feedback."
    )
    # Who read the other's may not write an own one after it.
    with pytest.raises(Conflict) as refused:
        give(session, who, loan, Party.PROFESSIONAL)
    assert refused.value.said == IS_SHOWN


def test_it_can_be_said_otherwise_until_it_is_shown(
    session: Session, who: Parties, loan: Loan
) -> None:
    give(session, who, loan, Party.BORROWER)
    less = FeedbackDraft(Again.NO, skills={"inkoop": Showed.GROWING, "toveren": Showed.SHOWN})
    give(session, who, loan, Party.BORROWER, less, after=3)

    rows = session.scalars(select(ShownSkill)).all()
    assert [(row.label, row.showed) for row in rows] == [("inkoop", Showed.GROWING)]
    seen = seen_of(session, loan)
    own = seen.feedback[Party.BORROWER]
    # The two weeks count from the first time.
    assert (own.again, own.went_well, own.given_on) == (Again.NO, "", TODAY + A_DAY)
    assert told(session) == ["feedback.given"]
    give(session, who, loan, Party.PROFESSIONAL)
    for party in (Party.PROFESSIONAL, Party.BORROWER):
        with pytest.raises(Conflict) as refused:
            give(session, who, loan, party)
        assert refused.value.said == IS_SHOWN


def test_what_the_goal_brought_is_of_the_professional_alone(
    session: Session, who: Parties, loan: Loan
) -> None:
    give(session, who, loan, Party.PROFESSIONAL)
    draft = FeedbackDraft(Again.YES, goal_words="Van mij")
    give(session, who, loan, Party.BORROWER, draft)

    seen = seen_of(session, loan)
    words = {party: one.goal_words for party, one in seen.feedback.items()}
    assert words == {Party.PROFESSIONAL: "Ik kan het nu zelf", Party.BORROWER: ""}


def test_what_runs_is_not_looked_back_on(session: Session, who: Parties) -> None:
    loan = a_running_loan(session, who)

    with pytest.raises(Conflict) as refused:
        give(session, who, loan, Party.PROFESSIONAL)
    assert refused.value.said == NOT_YET


def test_nobody_speaks_for_another(session: Session, loan: Loan) -> None:
    stranger = make_work(session, a_user(session))
    for party in (Party.PROFESSIONAL, Party.BORROWER):
        with pytest.raises(NotFound):
            service.give_feedback(stranger, loan.id, party, GOOD)
    with pytest.raises(Conflict) as refused:
        service.give_feedback(make_work(session), loan.id, Party.LENDER, GOOD)
    assert refused.value.said == NOT_YOURS


@pytest.mark.parametrize(
    "draft",
    [
        FeedbackDraft(),
        FeedbackDraft(Again.YES, went_well="x" * 1_001),
        FeedbackDraft(Again.YES, different="x" * 1_001),
        FeedbackDraft(Again.YES, goal_words="x" * 501),
    ],
)
def test_answers_have_their_limits(
    session: Session, who: Parties, loan: Loan, draft: FeedbackDraft
) -> None:
    with pytest.raises(FaultyDraft):
        give(session, who, loan, Party.PROFESSIONAL, draft)


def test_the_professional_answers_once(session: Session, who: Parties, loan: Loan) -> None:
    work = make_work(session, who.professional, at(session, 2).now)
    give(session, who, loan, Party.BORROWER)
    with pytest.raises(Conflict) as refused:
        service.answer_feedback(work, loan.id, "Dank je")
    assert refused.value.said == NOT_SHOWN
    give(session, who, loan, Party.PROFESSIONAL)
    with pytest.raises(FaultyDraft):
        service.answer_feedback(work, loan.id, "")

    for _ in range(2):
        service.answer_feedback(work, loan.id, "Dank je")
    with pytest.raises(Conflict) as refused:
        service.answer_feedback(work, loan.id, "En nog iets")

    assert refused.value.said == HAS_ANSWERED
    seen = seen_of(session, loan)
    assert seen.feedback[Party.BORROWER].reply == "Dank je"
    assert about_feedback(seen, Party.BORROWER) == (
        f"{seen.professional_name} antwoordde op jullie feedback. Dat antwoord kun je nu lezen."
    )
    assert told(session).count("feedback.answered") == 1


def test_who_is_only_asked_how_it_went_reads_when_that_is_read(
    session: Session, who: Parties, loan: Loan
) -> None:
    loan.state, loan.closed_at = LoanState.CLOSED, MONDAY
    session.flush()
    seen = seen_of(session, loan)

    when = "leest het als jullie allebei schreven, of na twee weken."
    assert about_feedback(seen, Party.PROFESSIONAL) == (
        f"Laat weten hoe het ging. Gemeente {seen.borrower_name} {when}"
    )
    assert about_feedback(seen, Party.BORROWER) == (
        f"Laat weten hoe het ging. {seen.professional_name} {when}"
    )


def test_who_gave_none_is_asked_once_more(session: Session, who: Parties, loan: Loan) -> None:
    give(session, who, loan, Party.BORROWER)

    assert service.ask_for_feedback(at(session, 6)) == 0
    assert due.is_anything_due(session, TODAY + 7 * A_DAY)
    assert [service.ask_for_feedback(at(session, 7)) for _ in range(2)] == [1, 0]

    found = select(OutboxMessage).where(OutboxMessage.name == "feedback.asked")
    assert [row.payload["of"] for row in session.scalars(found)] == [Party.PROFESSIONAL]


def test_of_who_left_nothing_is_asked_any_more(session: Session, who: Parties, loan: Loan) -> None:
    give(session, who, loan, Party.BORROWER)
    leave(at(session, 2), who.professional.id, is_told=False)

    seen = seen_of(session, loan)
    assert about_feedback(seen, Party.BORROWER) == NOBODY_LEFT
    assert about_feedback(seen, Party.LENDER) == ""
    assert link_says(seen, Party.BORROWER) != "Vertel hoe het ging"
    assert not due.is_anything_due(session, TODAY + 7 * A_DAY)
    assert service.ask_for_feedback(at(session, 7)) == 0
    with pytest.raises(Conflict) as refused:
        give(session, who, loan, Party.BORROWER)
    assert refused.value.said == NOBODY_LEFT


def test_nobody_is_asked_about_long_ago(session: Session, loan: Loan) -> None:
    assert service.ask_for_feedback(at(session, 61)) == 0
    assert service.ask_for_feedback(at(session, 60)) == 1


def test_facts_tell_nothing_of_what_was_said(session: Session, who: Parties, loan: Loan) -> None:
    for party in (Party.PROFESSIONAL, Party.BORROWER):
        give(session, who, loan, party)

    found = select(OutboxMessage).where(OutboxMessage.name.startswith("feedback."))
    payloads = repr([row.payload for row in session.scalars(found)])
    for word in ("Fijne", "Snel", "inkoop", "ja", "misschien"):
        assert f"'{word}" not in payloads


def test_only_what_was_shown_and_is_read_becomes_evidence(
    session: Session, who: Parties, loan: Loan
) -> None:
    work = make_work(session, who.professional, at(session, 2).now)
    give(session, who, loan, Party.BORROWER)
    for place in (0, 1):
        with pytest.raises(Conflict):
            service.keep_evidence(work, loan.id, place)
    give(session, who, loan, Party.PROFESSIONAL)

    for _ in range(2):
        service.keep_evidence(work, loan.id, 0)
    with pytest.raises(Conflict):
        service.keep_evidence(work, loan.id, 1)
    with pytest.raises(NotFound):
        service.keep_evidence(make_work(session, who.borrower), loan.id, 0)

    seen = seen_of(session, loan)
    row = session.scalars(select(Evidence)).one()
    assert seen.on_profile == {"inkoop"}
    assert (row.user_id, row.label, row.month) == (loan.user_id, "inkoop", date(2026, 11, 1))
    assert (row.gemeente_name, row.opgave_title) == (seen.borrower_name, who.opgave.title)
    assert row.is_hidden is False


@pytest.mark.parametrize("showed", [Showed.GROWING, Showed.NOT_ASKED])
def test_what_was_not_shown_is_no_evidence(
    session: Session, who: Parties, loan: Loan, showed: Showed
) -> None:
    give(session, who, loan, Party.BORROWER, FeedbackDraft(Again.YES, skills={"inkoop": showed}))
    give(session, who, loan, Party.PROFESSIONAL)

    with pytest.raises(Conflict):
        service.keep_evidence(make_work(session, who.professional), loan.id, 0)
