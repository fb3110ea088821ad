"""Loans for who is signed in: asking, signing, changing, ending, and the hours of each week."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.clock import dutch_day, utc_now
from app.core.dutch import dutch_date
from app.core.errors import NotFound
from app.core.faults import Fault
from app.core.ids import new_id
from app.core.rights import Right
from app.core.work import Work
from app.core.workdays import next_workday
from app.extensions import db
from app.loans import queries, service
from app.loans.next_steps import once_refused
from app.loans.rules import CLOSES_AFTER, Manager, Party, faults, hours_mark
from app.loans.seen import SeenLoan
from app.loans.words import thanks, waits_for_other
from app.opgaven import queries as opgaven
from app.opgaven.rules import may_edit
from app.web.auth import current_actor
from app.web.forms import WebForm
from app.web.loans import hours
from app.web.loans.agreement import agreement
from app.web.loans.asked import asked_page
from app.web.loans.forms import (
    AgreeForm,
    AskForm,
    DisputeForm,
    EndForm,
    EndTalkForm,
    ManagerForm,
    RefuseForm,
    RemarkForm,
    ReturnForm,
    SignForm,
    TermsForm,
)
from app.web.loans.hours import HoursForm, hours_form
from app.web.loans.pages import Deed, LoanPage, loan_line, loan_page
from app.web.loans.room import room_line
from app.web.loans.steps import (
    CALLED_OFF,
    DISPUTED,
    ENDS,
    REFUSED,
    REMARKED,
    StepIsGone,
    done,
    seen_for,
    seen_loan,
    step_is_gone,
)
from app.web.policy import allow
from app.web.work import open_work

ASKED = (
    "Je aanvraag is verstuurd. Je leidinggevende en de opdrachtgever krijgen een mail. "
    "Pas als alle drie getekend hebben, gaat het door."
)
CHANGED = (
    "Je voorstel is verstuurd, met jouw handtekening. De anderen krijgen bericht en tekenen "
    "opnieuw."
)
NOTHING_CHANGED = "Je veranderde niets aan de afspraken. Er is dus niets verstuurd."
NAMED = "Bewaard. Je leidinggevende krijgt een mail."
WITHDRAWN = "Je aanvraag is ingetrokken. De anderen krijgen bericht."
TALK_PLANNED = "Het eindgesprek staat op die dag. De anderen zien dat bij de afspraken."
WRITTEN = "Je uren staan genoteerd."
AGREED = "Je hebt de uren bevestigd."
REPORTED = "Zonder bezwaar sluit de inzet op {day}. De ander krijgt een mail."

loans = Blueprint("loans", __name__)
loans.register_error_handler(StepIsGone, step_is_gone)


@loans.get("/inzet")
@allow(Right.READ_LOAN)
def index() -> str:
    """Everything in which the reader has a part, what waits for them first."""
    actor = current_actor()
    found = queries.all_of(db.session(), actor)
    today = dutch_day(utc_now())
    lines = [loan_line(seen, party, today) for seen, party in found]
    return render_template(
        "loans/index.html",
        waiting=[line for line in lines if line.waits_for_you],
        others=[line for line in lines if not line.waits_for_you],
        borrows=may_edit(actor, actor.gemeente_code or ""),
    )


@loans.get("/gevraagd-aan-mij")
@allow(Right.READ_ASKED)
def asked() -> str:
    """What the reader is asked as a manager; with an account they find it here as well."""
    manager = Manager(queries.email_of(db.session(), current_actor()))
    found = queries.asked_of(db.session(), manager)
    return render_template("loans/asked.html", page=asked_page(found, dutch_day(utc_now())))


@loans.route("/opgaven/<uuid:opgave_id>/inzet", methods=["GET", "POST"])
@allow(Right.ASK_LOAN)
def ask(opgave_id: UUID) -> ResponseReturnValue:
    seen = opgaven.shown_opgave(db.session(), current_actor(), opgave_id)
    begun = _under_way(opgave_id)
    if begun is not None and request.method == "GET":
        return redirect(url_for("loans.show", loan_id=begun))
    form = AskForm.of_request(
        data={
            "loan_id": str(new_id()),
            "hours_per_week": seen.opgave.hours_per_week,
            "starts_on": seen.opgave.starts_on,
            "ends_on": seen.opgave.ends_on,
            "returns_on": seen.opgave.ends_on and next_workday(seen.opgave.ends_on),
            **_asked_before(opgave_id),
        }
    )
    if form.submitted():
        loan_id = form.new_loan_id

        def put(work: Work) -> None:
            service.ask(work, loan_id, opgave_id, form.asked())
            form.ask_back()

        if done(form, put, ASKED):
            return redirect(url_for("loans.show", loan_id=loan_id))
    elif form.errors:
        with open_work() as work:
            form.show_rest(service.faults_of(work, form.asked()))
    return render_template("loans/ask.html", form=form, seen=seen), form.status


@loans.get("/inzet/<uuid:loan_id>")
@allow(Right.READ_LOAN)
def show(loan_id: UUID) -> str:
    seen, party = seen_loan(loan_id)
    page = loan_page(seen, party, dutch_day(utc_now()))
    return _show(seen, party, page, hours_form(page.weeks, seen))


@loans.get("/inzet/<uuid:loan_id>/afspraken/<int(max=9999):version>")
@allow(Right.READ_LOAN)
def agreed(loan_id: UUID, version: int) -> Response:
    seen, _ = seen_loan(loan_id)
    return agreement(seen, version, current_actor())


@loans.post("/inzet/<uuid:loan_id>/tekenen")
@allow(Right.SIGN_LOAN)
def sign(loan_id: UUID) -> ResponseReturnValue:
    form = SignForm.of_request()
    _, party = seen_loan(loan_id)

    def put(work: Work) -> None:
        if party is Party.PROFESSIONAL:
            service.sign_as_professional(work, loan_id, form.seen_version)
        elif party is Party.BORROWER:
            service.sign_as_borrower(work, loan_id, form.seen_version)
        else:
            service.sign_as_lender(work, loan_id, form.seen_version, _manager(work.actor))

    def thank() -> str:
        return thanks(*seen_loan(loan_id), dutch_day(utc_now()))

    return _back(loan_id, form, put, thank)


@loans.route("/inzet/<uuid:loan_id>/wijzigen", methods=["GET", "POST"])
@allow(Right.CHANGE_LOAN)
def change(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.CHANGE)
    on_table_now = seen.loan.draft_of(seen.terms)
    form = TermsForm.of_request(data={**vars(on_table_now), "version": seen.loan.version})
    if party is not Party.PROFESSIONAL:
        form.speak_of(seen.professional_name, seen.lender_name)

    def tell() -> str:
        on_table, _ = seen_loan(loan_id)
        return NOTHING_CHANGED if on_table.loan.version == form.seen_version else CHANGED

    def lay_down(work: Work) -> None:
        service.change(work, loan_id, party, form.seen_version, form.draft())
        form.ask_back(on_table_now)

    def rest() -> list[Fault]:
        return faults(form.draft(), dutch_day(utc_now()), seen.terms.starts_on)

    return _step(seen, form, lay_down, tell, "change", rest=rest)


@loans.route("/inzet/<uuid:loan_id>/vragen", methods=["GET", "POST"])
@allow(Right.STEER_LOAN)
def remark(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.REMARK)
    form = RemarkForm.of_request(data={"remark_id": str(new_id())})

    def say(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        service.remark(work, loan_id, form.new_remark_id, party, form.words.data or "", manager)

    question = seen.question_to(party)
    return _step(seen, form, say, REMARKED, "remark", asked=question)


@loans.route("/inzet/<uuid:loan_id>/weigeren", methods=["GET", "POST"])
@allow(Right.SIGN_LOAN)
def refuse(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.REFUSE)
    form = RefuseForm.of_request(data={"version": seen.loan.version})

    def say_no(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        service.refuse_terms(work, loan_id, party, form.seen_version, form.refusal(), manager)

    is_proposer = seen.terms.made_by is party
    comes = once_refused(seen)
    return _step(seen, form, say_no, REFUSED, "refuse", is_proposer=is_proposer, comes=comes)


@loans.route("/inzet/<uuid:loan_id>/leidinggevende", methods=["GET", "POST"])
@allow(Right.WITHDRAW_LOAN)
def name_manager(loan_id: UUID) -> ResponseReturnValue:
    seen, _ = seen_for(loan_id, Deed.NAME_MANAGER)
    loan = seen.loan
    known = {"manager_name": loan.manager_name, "manager_email": loan.manager_email}
    form = ManagerForm.of_request(data=known)
    return _step(
        seen, form, lambda work: service.name_another(work, loan_id, form.named()), NAMED, "manager"
    )


@loans.get("/inzet/<uuid:loan_id>/intrekken")
@allow(Right.WITHDRAW_LOAN)
def ask_to_withdraw(loan_id: UUID) -> str:
    seen, _ = seen_for(loan_id, Deed.WITHDRAW)
    return render_template("loans/withdraw.html", seen=seen)


@loans.post("/inzet/<uuid:loan_id>/intrekken")
@allow(Right.WITHDRAW_LOAN)
def withdraw(loan_id: UUID) -> ResponseReturnValue:
    seen_loan(loan_id)
    return _back(
        loan_id, SignForm.of_request(), lambda work: service.withdraw(work, loan_id), WITHDRAWN
    )


@loans.route("/inzet/<uuid:loan_id>/eindgesprek", methods=["GET", "POST"])
@allow(Right.STEER_LOAN)
def plan_end_talk(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.PLAN_END_TALK)
    form = EndTalkForm.of_request(data={"end_talk_on": seen.loan.end_talk_on})

    def plan(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        service.plan_end_talk(work, loan_id, party, form.end_talk_on.data, manager)

    is_own = party is Party.PROFESSIONAL
    return _step(seen, form, plan, TALK_PLANNED, "end_talk", is_own=is_own)


@loans.route("/inzet/<uuid:loan_id>/niet-doorgaan", methods=["GET", "POST"])
@allow(Right.STEER_LOAN)
def call_off(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.CALL_OFF)
    form = RefuseForm.of_request()

    def call_it_off(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        service.call_off(work, loan_id, party, form.refusal(), manager)

    return _step(seen, form, call_it_off, CALLED_OFF, "call_off")


@loans.route("/inzet/<uuid:loan_id>/stoppen", methods=["GET", "POST"])
@allow(Right.STEER_LOAN)
def end(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.END)
    form = EndForm.of_request()

    def end_it(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        last_day, returns_on = form.last_day.data, form.returns_on.data
        service.end_early(work, loan_id, party, last_day, form.refusal(), manager, returns_on)

    said = ENDS.format(day=dutch_date(form.last_day.data))
    return _step(seen, form, end_it, said, "end", rest=lambda: form.rest(seen.loan.last_day))


@loans.route("/inzet/<uuid:loan_id>/uren", methods=["GET", "POST"])
@allow(Right.WRITE_HOURS)
def write_hours(loan_id: UUID) -> ResponseReturnValue:
    if request.method == "GET":
        seen_loan(loan_id)
        return redirect(url_for("loans.show", loan_id=loan_id, _anchor="uren"))
    seen, party = seen_for(loan_id, Deed.WRITE_HOURS)
    page = loan_page(seen, party, dutch_day(utc_now()))
    form = hours_form(page.weeks, seen)
    if not form.submitted():
        hours.look_at_rest(seen, form)
    elif done(form, lambda work: hours.write_hours(work, seen, form), WRITTEN):
        return redirect(url_for("loans.show", loan_id=loan_id))
    # What was read may be old: whoever presses again read the page as it is now.
    seen, _ = seen_loan(loan_id)
    form.read.data = hours_mark(seen.weeks)
    return _show(seen, party, page, form), form.status


@loans.route("/inzet/<uuid:loan_id>/afsluiten", methods=["GET", "POST"])
@allow(Right.CLOSE_LOAN)
def agree_on_hours(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.AGREE_ON_HOURS)
    form = _form_to_close(seen, party)

    def agree(work: Work) -> None:
        returned_on = form.returned_on.data if isinstance(form, ReturnForm) else None
        service.agree_on_hours(work, loan_id, party, form.hours.data or "", returned_on)

    if form.submitted() and done(form, agree, AGREED):
        return redirect(url_for("loans.show", loan_id=loan_id))
    seen, _ = seen_loan(loan_id)
    # The page shows the hours as they are now: those are agreed on by pressing again.
    form.hours.data = hours_mark(seen.weeks)
    page = loan_page(seen, party, dutch_day(utc_now()))
    return render_template("loans/close.html", form=form, seen=seen, page=page), form.status


@loans.route("/inzet/<uuid:loan_id>/klaar-melden", methods=["GET", "POST"])
@allow(Right.CLOSE_LOAN)
def report(loan_id: UUID) -> ResponseReturnValue:
    """What follows is said first: from then on time closes it."""
    today = dutch_day(utc_now())
    if request.method == "GET":
        seen, party = seen_for(loan_id, Deed.REPORT)
        page = loan_page(seen, party, today)
        waited_for = waits_for_other(seen, party)
        closes_on = today + CLOSES_AFTER
        return render_template(
            "loans/report.html", page=page, waited_for=waited_for, closes_on=closes_on
        )
    _, party = seen_loan(loan_id)
    return _back(
        loan_id,
        SignForm.of_request(),
        lambda work: service.report_completion(work, loan_id, party),
        REPORTED.format(day=dutch_date(today + CLOSES_AFTER)),
    )


@loans.route("/inzet/<uuid:loan_id>/uren-kloppen-niet", methods=["GET", "POST"])
@allow(Right.DISPUTE_HOURS)
def dispute_hours(loan_id: UUID) -> ResponseReturnValue:
    seen, party = seen_for(loan_id, Deed.DISPUTE_HOURS)
    form = DisputeForm.of_request(data={"remark_id": str(new_id())})

    def dispute(work: Work) -> None:
        manager = _manager_as(party, work.actor)
        words = form.words.data or ""
        service.dispute_hours(work, loan_id, form.new_remark_id, party, words, manager)

    return _step(seen, form, dispute, DISPUTED, "dispute_hours")


def _step(
    seen: SeenLoan,
    form: WebForm,
    deed: Callable[[Work], object],
    said: str | Callable[[], str],
    page: str,
    rest: Callable[[], list[Fault]] = list,
    **facts: object,
) -> ResponseReturnValue:
    """The form on its page, until the deed is done; then the page of the loan, with what was.

    `rest` is what is wrong besides what could not be read.
    """
    if form.submitted():
        if done(form, deed, said):
            return redirect(url_for("loans.show", loan_id=seen.loan.id))
    elif form.errors:
        form.show_rest(rest())
    return render_template(f"loans/{page}.html", form=form, seen=seen, **facts), form.status


def _show(seen: SeenLoan, party: Party, page: LoanPage, form: HoursForm) -> str:
    return render_template(
        "loans/show.html",
        page=page,
        hours=form,
        asks_again=party is Party.PROFESSIONAL
        and queries.may_ask_again(db.session(), seen.loan, dutch_day(utc_now())),
        sign=SignForm(formdata=None, data={"version": page.version}),
        room=room_line(db.session(), seen, party, dutch_day(utc_now())),
    )


def _form_to_close(seen: SeenLoan, party: Party) -> AgreeForm:
    known = {"hours": hours_mark(seen.weeks)}
    if party is not Party.PROFESSIONAL:
        return AgreeForm.of_request(data=known)
    return ReturnForm.of_request(
        data={**known, "returned_on": seen.loan.returned_on or seen.expected_back_on}
    )


def _asked_before(opgave_id: UUID) -> dict[str, object]:
    """The terms and the manager of what did not go on, so that nobody types them again."""
    user_id = current_actor().user_id
    seen = queries.asked_before(db.session(), opgave_id, user_id) if user_id else None
    if seen is None:
        return {}
    loan = seen.loan
    who = {"manager_name": loan.manager_name, "manager_email": loan.manager_email}
    return {**vars(seen.terms.draft()), **who}


def _under_way(opgave_id: UUID) -> UUID | None:
    user_id = current_actor().user_id
    found = queries.under_way(db.session(), opgave_id, user_id) if user_id else None
    return found.id if found else None


def _manager_as(party: Party, actor: Actor) -> Manager | None:
    """Who takes a step for the lender; nobody for another party."""
    return _manager(actor) if party is Party.LENDER else None


def _manager(actor: Actor) -> Manager:
    """Who is signed in with the address of the manager speaks for the lender."""
    email = queries.email_of(db.session(), actor)
    if not email:
        raise NotFound("manager")
    return Manager(email)


def _back(
    loan_id: UUID, form: WebForm, deed: Callable[[Work], object], said: str | Callable[[], str]
) -> ResponseReturnValue:
    """To the page of the loan, with what came of a button."""
    if not form.submitted():
        flash(" ".join(error for errors in form.errors.values() for error in errors), "warning")
    elif not done(form, deed, said):
        errors = [error for found in form.errors.values() for error in found]
        flash(" ".join(map(str, errors)), "warning")
    return redirect(url_for("loans.show", loan_id=loan_id))
