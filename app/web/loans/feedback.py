"""Pages on which both sides of a loan that is over say how it went."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.rights import Right
from app.core.work import Work
from app.extensions import db
from app.loans import queries, service
from app.loans.rules import Party, Showed
from app.loans.seen import SeenLoan
from app.web.forms import WebForm
from app.web.loans.forms import AnswerFeedbackForm, FeedbackForm, feedback_form
from app.web.loans.pages import Deed
from app.web.loans.steps import StepIsGone, done, seen_for, seen_loan, step_is_gone
from app.web.policy import allow

GIVEN = "Bedankt. Je feedback is bewaard."
KEPT = "Het staat op je profiel. Daar kun je het verbergen of weghalen."
ANSWERED = "Je antwoord staat erbij."

loan_feedback = Blueprint("loan_feedback", __name__)
loan_feedback.register_error_handler(StepIsGone, step_is_gone)


@loan_feedback.route("/inzet/<uuid:loan_id>/feedback", methods=["GET", "POST"])
@allow(Right.CLOSE_LOAN)
def give(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.GIVE_FEEDBACK)
    form = _form(seen, party)

    def say(work: Work) -> None:
        service.give_feedback(work, loan_id, party, form.draft())

    if form.submitted() and done(form, say, GIVEN):
        return redirect(url_for("loans.show", loan_id=loan_id, _anchor="feedback"))
    page = render_template("loans/feedback.html", form=form, seen=seen, party=party)
    return page, form.status


@loan_feedback.route("/inzet/<uuid:loan_id>/feedback/antwoord", methods=["GET", "POST"])
@allow(Right.KEEP_FEEDBACK)
def answer(loan_id: UUID) -> ResponseReturnValue:
    seen, _ = seen_for(loan_id, Deed.ANSWER_FEEDBACK)
    form = AnswerFeedbackForm.of_request()

    def say(work: Work) -> None:
        service.answer_feedback(work, loan_id, form.words.data or "")

    if form.submitted() and done(form, say, ANSWERED):
        return redirect(url_for("loans.show", loan_id=loan_id, _anchor="feedback"))
    return render_template("loans/answer_feedback.html", form=form, seen=seen), form.status


@loan_feedback.post("/inzet/<uuid:loan_id>/vaardigheden/<int(max=99):place>/op-profiel")
@allow(Right.KEEP_FEEDBACK)
def keep_evidence(loan_id: UUID, place: int) -> ResponseReturnValue:
    seen_loan(loan_id)
    form = WebForm.of_request()
    if not done(form, lambda work: service.keep_evidence(work, loan_id, place), KEPT):
        flash(" ".join(map(str, form.form_errors)), "warning")
    return redirect(url_for("loans.show", loan_id=loan_id, _anchor="feedback"))


def _form(seen: SeenLoan, party: Party) -> FeedbackForm:
    """As it was given, as long as nobody else could read it."""
    is_borrower = party is Party.BORROWER
    labels = queries.asked_labels(db.session(), seen.loan.opgave_id) if is_borrower else []
    given = seen.feedback.get(party)
    known = {one.label: one.showed for one in seen.skills}
    data = {
        f"skill_{place}": known.get(label, Showed.NOT_ASKED) for place, label in enumerate(labels)
    }
    if given is not None:
        names = ("again", "went_well", "different", "goal_words")
        data |= {name: getattr(given, name) for name in names}
    form = feedback_form(party, labels).of_request(data=data)
    if is_borrower or seen.agreed is None or not seen.agreed.learning_goal:
        del form.goal_words
    return form
