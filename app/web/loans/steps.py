"""What the pages of a loan share: who may take this step, what came of it, and what is said."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, NotAllowed
from app.core.faults import FaultyDraft
from app.core.work import Work
from app.extensions import db
from app.loans import queries, service
from app.loans.rules import Party, parties_with
from app.loans.seen import SeenLoan
from app.web.auth import current_actor
from app.web.forms import WebForm
from app.web.loans.pages import Deed, LoanPage, loan_page
from app.web.policy import right_for
from app.web.work import open_work

# What is said of a step that a manager takes too, signed in or by the link of a mail.
REMARKED = "Je bericht is verstuurd. De anderen krijgen een mail."
REFUSED = "Je zei nee. De anderen krijgen een mail en lezen je reden."
ENDS = "De inzet stopt op {day}. De anderen krijgen een mail en lezen je reden."
CALLED_OFF = "De inzet gaat niet door. De anderen krijgen een mail en lezen je reden."
DISPUTED = "Je bericht is verstuurd. De anderen krijgen een mail, en de uren worden nagekeken."

OF_ANOTHER = "Deze stap is van iemand anders in deze inzet."


class StepIsGone(Exception):
    """A form was asked for that no longer fits how the loan stands."""

    def __init__(self, page: LoanPage, address: str, deed: Deed) -> None:
        super().__init__(page.said)
        went = page.feedback_said if deed is Deed.GIVE_FEEDBACK else ""
        self.said = " ".join(filter(None, (page.changed, page.said, page.why, went)))
        self.address = address


def step_is_gone(gone: StepIsGone) -> ResponseReturnValue:
    """Mostly it was the reader who changed that: they read how it stands, and go on from there."""
    page = render_template("loans/step_gone.html", said=gone.said, address=gone.address)
    return page, HTTPStatus.CONFLICT


def seen_loan(loan_id: UUID) -> tuple[SeenLoan, Party]:
    """The loan and the part of the reader in it, when that part has the right of this page."""
    seen, party = queries.of_party(db.session(), current_actor(), loan_id)
    right = right_for(current_app, request.endpoint or "")
    if right is None or party not in parties_with(right):
        raise NotAllowed(f"{right} as {party}", said=OF_ANOTHER)
    return seen, party


def seen_for(loan_id: UUID, deed: Deed) -> tuple[SeenLoan, Party]:
    """The loan for a form; `StepIsGone` when there is nothing of the kind to do any more."""
    seen, party = seen_loan(loan_id)
    page = loan_page(seen, party, dutch_day(utc_now()))
    if deed not in page.deeds:
        raise StepIsGone(page, url_for("loans.show", loan_id=loan_id), deed)
    return seen, party


def done(form: WebForm, deed: Callable[[Work], object], said: str | Callable[[], str]) -> bool:
    """Whether it was done; what is wrong stands on the form, with what was typed.

    What is said of it may follow from how things stand then.
    """
    try:
        with open_work() as work:
            deed(work)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except service.LimitPassed as passed:
        with open_work() as work:
            service.note_held_up(work, passed.loan_id)
        form.form_errors.append(passed.said)
        return False
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    flash(said if isinstance(said, str) else said(), "success")
    return True
