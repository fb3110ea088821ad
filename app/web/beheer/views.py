"""What a beheerder looks after: people, requests, mail domains, and the work behind the pages."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import service
from app.accounts.models import User
from app.accounts.rules import USUAL_TERM, Term, last_day, may_invite, may_manage
from app.core import jobs
from app.core.actor import Role
from app.core.clock import dutch_day, utc_now
from app.core.dutch import dutch_date
from app.core.errors import Conflict, InvalidInput, NotFound
from app.core.faults import FaultyDraft
from app.core.rights import Right, may_everywhere
from app.extensions import db, shelf
from app.gemeenten import queries as gemeenten
from app.gemeenten import service as gemeenten_service
from app.gemeenten.models import Gemeente
from app.labels import label
from app.notifications.runs import run_lines
from app.notifications.waiting import IS_LATE, waits
from app.privacy import leaving, shutting_out
from app.privacy.export import Person
from app.privacy.leaving import Tie
from app.web.aliases import known_person
from app.web.auth import current_actor
from app.web.beheer import pages
from app.web.beheer.forms import (
    Decision,
    Deed,
    DomainForm,
    GemeenteForm,
    InviteForm,
    RetryForm,
    ShutOutForm,
    pressed,
)
from app.web.forms import NOT_A_BUTTON
from app.web.limits import per_person
from app.web.policy import allow
from app.web.work import open_work

SAID = {
    Decision.GRANT: "Toegelaten. De collega krijgt een mail.",
    Decision.GRANT_AND_CLAIM: "Toegelaten. Het maildomein hoort nu bij de gemeente.",
    Decision.REFUSE: "Afgewezen. De aanvrager krijgt een mail.",
}

DOMAIN_SAID = {
    Deed.GIVE: "Het maildomein is bewaard.",
    Deed.END: "Het maildomein is weg.",
}

WAITS = "Dat moet een ander nog bevestigen: kijk bij Rollen en rechten."

INVITATIONS = "60/day"
MANY_INVITATIONS = "Je nodigde vandaag al veel collega’s uit."
SHUT_OUT = "Het account is stopgezet. De collega krijgt een mail met wat je schreef."
LET_IN = "De collega kan weer inloggen. Rollen geef je opnieuw. Laat het de collega zelf weten."

beheer = Blueprint("beheer", __name__)


@beheer.get("/beheer")
@allow(Right.OPEN_BEHEER)
def index() -> ResponseReturnValue:
    return render_template("beheer/index.html", tasks=pages.tasks(db.session(), current_actor()))


@beheer.get("/beheer/aanvragen")
@allow(Right.DECIDE_ACCESS)
def requests() -> ResponseReturnValue:
    return _requests_page()


@beheer.post("/beheer/aanvragen/<uuid:request_id>")
@allow(Right.DECIDE_ACCESS)
def decide(request_id: UUID) -> ResponseReturnValue:
    try:
        decision = pressed(Decision, "decision")
        with open_work() as work:
            service.decide_access(
                work,
                request_id,
                grant=decision is not Decision.REFUSE,
                claim_domain=decision is Decision.GRANT_AND_CLAIM,
            )
    except (InvalidInput, Conflict) as refused:
        flash(refused.said, "error")
        return _requests_page(), _status_of(refused)
    flash(SAID[decision], "success")
    return redirect(url_for("beheer.requests"))


@beheer.get("/beheer/collegas")
@allow(Right.MANAGE_ACCOUNTS)
def colleagues() -> ResponseReturnValue:
    session, actor = db.session(), current_actor()
    gemeente = _chosen_gemeente()
    if not may_manage(actor, gemeente.code):
        raise NotFound(f"colleagues of {gemeente.code}")
    return render_template(
        "beheer/colleagues.html",
        gemeente=gemeente,
        people=pages.people_lines(session, actor, gemeente.code, dutch_day(utc_now())),
        terms=[(term.value, label(term)) for term in Term],
        usual=USUAL_TERM.value,
        choice=_choice_of(gemeente) if may_everywhere(actor, Right.MANAGE_ACCOUNTS) else None,
    )


@beheer.post("/beheer/collegas/<alias>/rol")
@allow(Right.GRANT_OPGAVEHOUDER)
def role(alias: str) -> ResponseReturnValue:
    user_id = known_person(alias)
    changed, deed = pressed(Role, "role"), pressed(Deed, "deed")
    term = pressed(Term, "term") if "term" in request.form else USUAL_TERM
    with open_work() as work:
        if deed is Deed.END:
            service.end_role(work, user_id, changed)
        else:
            service.grant_role(work, user_id, changed, last_day(term, work.today))
        work.session.flush()
        said, gemeente_code = _how_it_is_now(work.fetch(User, user_id), changed)
    flash(said, "success")
    return redirect(url_for("beheer.colleagues", gemeente=gemeente_code))


@beheer.route("/beheer/collegas/uitnodigen", methods=["GET", "POST"])
@allow(Right.INVITE_COLLEAGUE)
@per_person(INVITATIONS, MANY_INVITATIONS, methods=["POST"])
def invite() -> ResponseReturnValue:
    """Ask a colleague by mail to make an account."""
    gemeente, form = _chosen_gemeente(), InviteForm.of_request()
    if not may_invite(current_actor(), gemeente.code):
        raise NotFound(f"invite for {gemeente.code}")
    if form.submitted() and _invites(form, gemeente.code):
        return redirect(url_for("beheer.colleagues", gemeente=gemeente.code))
    domains = gemeenten.domains_of(db.session(), gemeente.code)
    page = render_template("beheer/invite.html", gemeente=gemeente, domains=domains, form=form)
    return page, form.status


@beheer.route("/beheer/collegas/<alias>/account", methods=["GET", "POST"])
@allow(Right.SHUT_OUT)
def account(alias: str) -> ResponseReturnValue:
    """Keep a colleague out, or let them in again."""
    user_id = known_person(alias)
    person = accounts.to_shut_out(db.session(), current_actor(), user_id)
    form = ShutOutForm.of_request()
    if form.submitted() and _changes_access(form, user_id):
        return redirect(url_for("beheer.colleagues", gemeente=person.gemeente_code))
    needed = leaving.needed_for(db.session(), Person(person.id, person.email))
    page = render_template(
        "beheer/account.html",
        person=person,
        alias=alias,
        form=form,
        opgaven=[one for one in needed if one.tie is Tie.OPGAVE],
    )
    return page, form.status


@beheer.get("/beheer/domeinen")
@allow(Right.CLAIM_DOMAIN)
def domains() -> ResponseReturnValue:
    return _domains_page(_chosen_gemeente(), DomainForm(formdata=None)), 200


@beheer.post("/beheer/domeinen")
@allow(Right.CLAIM_DOMAIN)
def change_domains() -> ResponseReturnValue:
    form, gemeente_code = DomainForm.of_request(), _chosen_gemeente().code
    known = gemeenten.domains_of(db.session(), gemeente_code)
    deed = pressed(Deed, "deed")
    change = gemeenten_service.add_domain if deed is Deed.GIVE else gemeenten_service.remove_domain
    try:
        with open_work() as work:
            change(work, gemeente_code, form.domain.data)
    except (InvalidInput, Conflict) as refused:
        form.domain.errors = [refused.said]
        return _domains_page(_chosen_gemeente(), form), _status_of(refused)
    has_changed = known != gemeenten.domains_of(db.session(), gemeente_code)
    flash(DOMAIN_SAID[deed] if has_changed else "Dit maildomein stond er al.", "success")
    return redirect(url_for("beheer.domains", gemeente=gemeente_code))


@beheer.get("/beheer/systeem")
@allow(Right.WATCH_SYSTEM)
def system() -> ResponseReturnValue:
    return _system_page()


@beheer.post("/beheer/systeem")
@allow(Right.REDO_WORK)
def try_again() -> ResponseReturnValue:
    form = RetryForm.of_request()
    if not form.submitted() or form.job_id.data is None:
        raise InvalidInput(said=NOT_A_BUTTON)
    with open_work() as work:
        jobs.try_again(work, form.job_id.data)
    flash("We proberen het opnieuw. Kijk over een minuut of het gelukt is.", "success")
    return redirect(url_for("beheer.system"))


def _invites(form: InviteForm, gemeente_code: str) -> bool:
    """Whether the mail goes; what is wrong stands on the form."""
    try:
        with open_work() as work:
            service.invite(work, form.email.data or "", gemeente_code)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    flash(f"We mailen je uitnodiging naar {form.email.data}.", "success")
    return True


def _changes_access(form: ShutOutForm, user_id: UUID) -> bool:
    """Whether it was done; what is wrong stands on the form."""
    is_kept_out = pressed(Deed, "deed") is Deed.END
    try:
        with open_work() as work:
            if is_kept_out:
                shutting_out.shut_out(work, user_id, form.why.data or "")
            else:
                service.let_in(work, user_id)
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return False
    except Conflict as refused:
        form.form_errors.append(refused.said)
        return False
    flash(SHUT_OUT if is_kept_out else LET_IN, "success")
    return True


def _how_it_is_now(person: User, role: Role) -> tuple[str, str]:
    """What is true of their role, and of which gemeente they are."""
    db.session.refresh(person, ["grants"])
    ends_on = {one.role: one.ends_on for one in accounts.running_grants(person)}.get(role)
    name = label(role).lower()
    if accounts.open_proposal(db.session(), person.id, role) is not None:
        return f"{person.name} is voorgesteld als {name}. {WAITS}", person.gemeente_code
    if ends_on is None:
        return f"{person.name} is niet langer {name}.", person.gemeente_code
    return f"{person.name} is {name} tot en met {dutch_date(ends_on)}.", person.gemeente_code


def _requests_page() -> str:
    return render_template("beheer/requests.html", requests=pages.request_lines(db.session()))


def _system_page() -> str:
    session, now = db.session(), utc_now()
    return render_template(
        "beheer/system.html",
        waits=waits(session, now),
        is_late=IS_LATE,
        workers=pages.workers(session),
        last_runs=pages.last_runs(session),
        kept=pages.kept_lines(session),
        digest_runs=run_lines(session),
        matching=pages.matching_part(session, now, shelf()),
        job_counts=pages.job_counts(session),
        failed_jobs=jobs.failed(session),
        mail_counts=pages.mail_counts(session),
    )


def _status_of(refused: InvalidInput | Conflict) -> int:
    return 409 if isinstance(refused, Conflict) else 422


def _chosen_gemeente() -> Gemeente:
    """The gemeente in the address, or else the own one."""
    code = request.args.get("gemeente") or current_actor().gemeente_code or ""
    return gemeenten.by_code(db.session(), code)


def _choice_of(gemeente: Gemeente) -> GemeenteForm:
    existing = gemeenten.existing_on(db.session(), dutch_day(utc_now()))
    return GemeenteForm.of_address(existing, gemeente.code)


def _domains_page(gemeente: Gemeente, form: DomainForm) -> str:
    return render_template(
        "beheer/domains.html",
        gemeente=gemeente,
        domains=gemeenten.domains_of(db.session(), gemeente.code),
        choice=_choice_of(gemeente),
        form=form,
    )
