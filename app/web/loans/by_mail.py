"""For the manager of who is lent: everything by the link of a mail, without an account.

Following a link changes nothing; its pages have the buttons that do.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts.service import IS_SHUT_OUT
from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.dutch import dutch_date
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.ids import new_id
from app.core.rights import Right
from app.core.work import Work
from app.extensions import csrf, db
from app.links import Links, LoanPermit
from app.loans import queries, service
from app.loans.next_steps import once_refused
from app.loans.rules import Manager, Party
from app.loans.seen import SeenLoan
from app.loans.words import thanks
from app.web.auth import actor_by_mail
from app.web.forms import WebForm
from app.web.loans.agreement import agreement
from app.web.loans.asked import asked_page
from app.web.loans.forms import DisputeForm, EndForm, RefuseForm, RemarkForm, SignForm
from app.web.loans.pages import Deed, LoanPage, has_signed, loan_page
from app.web.loans.room import room_line
from app.web.loans.steps import (
    CALLED_OFF,
    DISPUTED,
    ENDS,
    REFUSED,
    REMARKED,
    StepIsGone,
    step_is_gone,
)
from app.web.policy import allow
from app.web.work import open_work

DAMAGED = (
    "Deze link is niet heel. Misschien viel er een stukje af bij het kopiëren. "
    "Open de link in de mail zelf."
)
# The address is the permission; there is no session whose token could tell more.
WITHOUT_TOKEN = {"csrf": False}

loans_by_mail = Blueprint("loans_by_mail", __name__)
loans_by_mail.register_error_handler(StepIsGone, step_is_gone)


class LinkIsOver(Exception):
    """The link was ours, and is too old."""


@loans_by_mail.errorhandler(LinkIsOver)
def link_is_over(_: LinkIsOver) -> ResponseReturnValue:
    return render_template("loans/by_mail/link_over.html"), HTTPStatus.GONE


@loans_by_mail.route("/tekenen/<token>", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def show(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen(permit)
    form = SignForm.of_request(meta=WITHOUT_TOKEN)
    if form.submitted() and _done(
        actor_by_mail(permit.email),
        form,
        lambda work: service.sign_as_lender(work, permit.loan_id, form.seen_version, manager),
    ):
        return redirect(url_for("loans_by_mail.show", token=token, gedaan=Deed.SIGN))
    # What was read may be old: the page shows what is on the table now.
    seen, _ = _seen(permit)
    status = HTTPStatus.CONFLICT if form.errors else HTTPStatus.OK
    return render_template(
        "loans/by_mail/show.html",
        form=form,
        page=_page(seen),
        seen=seen,
        thanks=_thanks(seen),
        done=_done_before(seen),
        room=room_line(db.session(), seen, Party.LENDER, dutch_day(utc_now())),
        token=token,
        last_day=permit.last_day,
    ), status


@loans_by_mail.get("/tekenen/<token>/gevraagd")
@allow(Right.ANSWER_BY_MAIL)
def asked(token: str) -> str:
    """All that this address is asked; deciding on another goes by the mail about that one."""
    permit = _permit(token)
    _, manager = _seen(permit)
    page = asked_page(queries.asked_of(db.session(), manager), dutch_day(utc_now()))
    return render_template(
        "loans/by_mail/asked.html", page=page, loan_id=permit.loan_id, token=token
    )


@loans_by_mail.get("/tekenen/<token>/afspraken/<int(max=9999):version>")
@allow(Right.ANSWER_BY_MAIL)
def agreed(token: str, version: int) -> Response:
    permit = _permit(token)
    seen, _ = _seen(permit)
    return agreement(seen, version, actor_by_mail(permit.email))


@loans_by_mail.route("/tekenen/<token>/vragen", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def remark(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen_for(permit, token, Deed.REMARK)
    form = RemarkForm.of_request(data={"remark_id": str(new_id())}, meta=WITHOUT_TOKEN)

    def say(work: Work) -> None:
        words = form.words.data or ""
        service.remark(work, permit.loan_id, form.new_remark_id, Party.LENDER, words, manager)

    question = seen.question_to(Party.LENDER)
    return _step(token, seen, form, say, Deed.REMARK, asked=question)


@loans_by_mail.route("/tekenen/<token>/weigeren", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def refuse(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen_for(permit, token, Deed.REFUSE)
    form = RefuseForm.of_request(data={"version": seen.loan.version}, meta=WITHOUT_TOKEN)

    def say_no(work: Work) -> None:
        service.refuse_terms(
            work, permit.loan_id, Party.LENDER, form.seen_version, form.refusal(), manager
        )

    return _step(token, seen, form, say_no, Deed.REFUSE, comes=once_refused(seen))


@loans_by_mail.route("/tekenen/<token>/niet-doorgaan", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def call_off(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen_for(permit, token, Deed.CALL_OFF)
    form = RefuseForm.of_request(meta=WITHOUT_TOKEN)

    def call_it_off(work: Work) -> None:
        service.call_off(work, permit.loan_id, Party.LENDER, form.refusal(), manager)

    return _step(token, seen, form, call_it_off, Deed.CALL_OFF)


@loans_by_mail.route("/tekenen/<token>/stoppen", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def end(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen_for(permit, token, Deed.END)
    form = EndForm.of_request(meta=WITHOUT_TOKEN)

    def end_it(work: Work) -> None:
        last_day, returns_on = form.last_day.data, form.returns_on.data
        service.end_early(
            work, permit.loan_id, Party.LENDER, last_day, form.refusal(), manager, returns_on
        )

    return _step(token, seen, form, end_it, Deed.END, rest=lambda: form.rest(seen.loan.last_day))


@loans_by_mail.route("/tekenen/<token>/uren-kloppen-niet", methods=["GET", "POST"])
@allow(Right.ANSWER_BY_MAIL)
@csrf.exempt
def dispute_hours(token: str) -> ResponseReturnValue:
    permit = _permit(token)
    seen, manager = _seen_for(permit, token, Deed.DISPUTE_HOURS)
    form = DisputeForm.of_request(data={"remark_id": str(new_id())}, meta=WITHOUT_TOKEN)

    def dispute(work: Work) -> None:
        service.dispute_hours(
            work,
            permit.loan_id,
            form.new_remark_id,
            Party.LENDER,
            form.words.data or "",
            manager,
        )

    return _step(token, seen, form, dispute, Deed.DISPUTE_HOURS)


def _step(
    token: str,
    seen: SeenLoan,
    form: WebForm,
    deed: Callable[[Work], object],
    step: Deed,
    rest: Callable[[], list[Fault]] = list,
    **facts: object,
) -> ResponseReturnValue:
    """The form on its page, until the deed is done; then that it was, and how the loan stands.

    `rest` is what is wrong besides what could not be read.
    """
    if form.submitted():
        if _done(actor_by_mail(seen.loan.manager_email), form, deed):
            return redirect(url_for("loans_by_mail.show", token=token, gedaan=step))
    elif form.errors:
        form.show_rest(rest())
    shown = render_template(
        f"loans/by_mail/{step}.html", form=form, seen=seen, token=token, **facts
    )
    return shown, form.status


def _permit(token: str) -> LoanPermit:
    permit = Links(current_app.extensions["settings"]).loan_permit_of(token)
    if permit is None:
        raise NotFound("token", said=DAMAGED)
    if permit.is_over:
        raise LinkIsOver
    if accounts.shut_out_with(db.session(), permit.email) is not None:
        raise NotAllowed("the manager is kept out", said=IS_SHUT_OUT)
    return permit


def _seen(permit: LoanPermit) -> tuple[SeenLoan, Manager]:
    manager = Manager(permit.email)
    return queries.of_manager(db.session(), permit.loan_id, manager), manager


def _seen_for(permit: LoanPermit, token: str, deed: Deed) -> tuple[SeenLoan, Manager]:
    """The loan for a form; `StepIsGone` when there is nothing of the kind to do any more."""
    seen, manager = _seen(permit)
    page = _page(seen)
    if deed not in page.deeds:
        raise StepIsGone(page, url_for("loans_by_mail.show", token=token), deed)
    return seen, manager


def _page(seen: SeenLoan) -> LoanPage:
    return loan_page(seen, Party.LENDER, dutch_day(utc_now()))


def _thanks(seen: SeenLoan) -> str:
    """While others still have to sign, and to who has just signed as the last one."""
    if not has_signed(seen, Party.LENDER):
        return ""
    is_said = bool(seen.waits_for) or request.args.get("gedaan") == Deed.SIGN
    return thanks(seen, Party.LENDER, dutch_day(utc_now())) if is_said else ""


def _done_before(seen: SeenLoan) -> str:
    """What came of the step from which the reader comes; nothing when another came after it."""
    loan, refused = seen.loan, seen.newest_refusal
    speaker = seen.remarks[-1].party if seen.remarks else None
    by: dict[str, tuple[Party | None, str]] = {
        Deed.REMARK: (speaker, REMARKED),
        Deed.DISPUTE_HOURS: (speaker, DISPUTED),
        Deed.REFUSE: (refused.refused_by if refused else loan.ended_by, REFUSED),
        Deed.CALL_OFF: (loan.ended_by, CALLED_OFF),
        Deed.END: (loan.ended_by, ENDS.format(day=dutch_date(loan.last_day))),
    }
    party, said = by.get(request.args.get("gedaan", ""), (None, ""))
    return said if party is Party.LENDER else ""


def _done(actor: Actor, form: WebForm, deed: Callable[[Work], object]) -> bool:
    """Whether it was done. Its address then says so to the page: a flash would need a cookie."""
    try:
        with open_work(actor) as work:
            deed(work)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except service.LimitPassed as passed:
        with open_work(actor) as work:
            service.note_held_up(work, passed.loan_id)
        form.form_errors.append(passed.said)
        return False
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    return True
