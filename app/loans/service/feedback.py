"""How it went, from both sides; neither reads the other's before both wrote, or time is up."""

from uuid import UUID

from sqlalchemy import delete

from app.core.errors import Conflict
from app.core.faults import refuse
from app.core.work import Work
from app.loans import due, queries
from app.loans.events import FeedbackAnswered, FeedbackAsked, FeedbackGiven, FeedbackShown
from app.loans.models import Feedback, Loan, ShownSkill, Terms
from app.loans.rules import (
    CLOSERS,
    FEEDBACK_BLIND,
    NOBODY_LEFT,
    OVER,
    FeedbackDraft,
    Party,
    Showed,
    feedback_faults,
    reply_faults,
)
from app.loans.seen import feedback_on
from app.loans.service.finding import as_one_of, as_professional
from app.people import service as people
from app.people.rules import Confirmed

NOT_YET = "Feedback geven kan na de laatste dag van de inzet."
NOT_YOURS = "De gedetacheerde en de opdrachtgever geven elkaar feedback."
IS_SHOWN = "De feedback is al te lezen. Veranderen of erbij schrijven kan niet meer."
NOT_SHOWN = "Er is nog geen feedback om op te antwoorden."
NOT_CONFIRMED = "Deze vaardigheid is niet bevestigd. Er is niets veranderd."
HAS_ANSWERED = "Je hebt al geantwoord. Dat kan maar één keer."


def give_feedback(work: Work, loan_id: UUID, party: Party, draft: FeedbackDraft) -> None:
    """Say how it went, or say it otherwise, until it can be read; with both it can."""
    if party not in CLOSERS:
        raise Conflict(f"the lender gives no feedback on loan {loan_id}", said=NOT_YOURS)
    loan = as_one_of(work, loan_id, party)
    if loan.state not in OVER:
        raise Conflict(f"loan {loan.id} is not over", said=NOT_YET)
    if queries.of_any(work.session, loan.id).has_professional_left:
        raise Conflict(f"the professional of loan {loan.id} left", said=NOBODY_LEFT)
    given = feedback_on(work.session, [loan.id]).get(loan.id, {})
    if any(one.shown_on for one in given.values()):
        raise Conflict(f"feedback on loan {loan.id} is shown", said=IS_SHOWN)
    refuse(feedback_faults(draft))
    _write(work, loan, party, draft, given.get(party))
    if party not in given:
        work.emit(FeedbackGiven(loan_id=loan.id, party=party.value))
    if given.keys() | {party} == set(CLOSERS):
        work.session.flush()
        _show(work, loan)


def answer_feedback(work: Work, loan_id: UUID, words: str) -> None:
    """What the professional has to say to what they read, once; the same words twice is one."""
    loan = as_professional(work, loan_id)
    given = feedback_on(work.session, [loan.id]).get(loan.id, {})
    theirs = given.get(Party.BORROWER)
    if theirs is None or theirs.shown_on is None:
        raise Conflict(f"no feedback on loan {loan.id}", said=NOT_SHOWN)
    refuse(reply_faults(words))
    if theirs.reply == words:
        return
    if theirs.reply:
        raise Conflict(f"feedback on loan {loan.id} was answered", said=HAS_ANSWERED)
    theirs.reply = words
    work.emit(FeedbackAnswered(loan_id=loan.id))


def keep_evidence(work: Work, loan_id: UUID, place: int) -> None:
    """Put on the own profile that the borrower saw this skill shown; only its owner does."""
    loan = as_professional(work, loan_id)
    given = feedback_on(work.session, [loan.id]).get(loan.id, {}).get(Party.BORROWER)
    skill = work.session.get(ShownSkill, (loan.id, place))
    is_readable = given is not None and given.shown_on is not None
    if not is_readable or skill is None or skill.showed is not Showed.SHOWN:
        raise Conflict(f"skill {place} of loan {loan.id} is not confirmed", said=NOT_CONFIRMED)
    agreed = work.fetch(Terms, (loan.id, loan.agreed_version))
    people.keep_evidence(
        work,
        Confirmed(
            source_id=loan.id,
            label=skill.label,
            gemeente_name=agreed.borrower_name,
            opgave_title=agreed.opgave_title,
            day=loan.last_day or agreed.ends_on,
        ),
    )


def show_feedback(work: Work) -> int:
    """Show what was given long enough ago, also when the other gave none; of how many loans."""
    shown = 0
    for loan_id in due.feedback_to_show(work.session, work.today):
        loan = work.fetch_to_change(Loan, loan_id)
        given = feedback_on(work.session, [loan_id]).get(loan_id, {})
        # Both may have been given while this waited for the row.
        if any(
            one.shown_on is None and one.given_on + FEEDBACK_BLIND <= work.today
            for one in given.values()
        ):
            _show(work, loan)
            shown += 1
    return shown


def ask_for_feedback(work: Work) -> int:
    """Ask who gave none once more, a week after the end; about how many loans."""
    asked = due.feedback_to_ask(work.session, work.today)
    for loan_id in asked:
        loan = work.fetch_to_change(Loan, loan_id)
        given = feedback_on(work.session, [loan_id]).get(loan_id, {})
        if loan.feedback_asked_on is None:
            loan.feedback_asked_on = work.today
            for party in CLOSERS:
                if party not in given:
                    work.emit(FeedbackAsked(loan_id=loan_id, of=party.value))
    return len(asked)


def _write(
    work: Work, loan: Loan, party: Party, draft: FeedbackDraft, known: Feedback | None
) -> None:
    row = known or Feedback(loan_id=loan.id, party=party, given_on=work.today)
    if draft.again is not None:
        row.again = draft.again
    row.went_well, row.different = draft.went_well, draft.different
    row.goal_words = draft.goal_words if party is Party.PROFESSIONAL else ""
    work.session.add(row)
    if party is Party.BORROWER:
        work.session.execute(delete(ShownSkill).where(ShownSkill.loan_id == loan.id))
        asked = queries.asked_labels(work.session, loan.opgave_id)
        for place, label in enumerate(asked):
            showed = draft.skills.get(label, Showed.NOT_ASKED)
            row_of = ShownSkill(loan_id=loan.id, place=place, label=label, showed=showed)
            work.session.add(row_of)


def _show(work: Work, loan: Loan) -> None:
    for one in feedback_on(work.session, [loan.id])[loan.id].values():
        one.shown_on = work.today
    work.of_itself().emit(FeedbackShown(loan_id=loan.id), loan.user_id)
