"""Networks of gemeenten: founding and describing them, their gemeenten and who coordinates them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import User
from app.accounts.rules import USUAL_TERM, Term, last_day
from app.core.actor import Role
from app.core.clock import dutch_day, utc_now
from app.core.dutch import plural
from app.core.errors import Conflict, InvalidInput
from app.core.faults import Fault, FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.gemeenten import networks as service
from app.gemeenten import queries
from app.gemeenten.models import Network
from app.gemeenten.rules import NAME_LIMIT, PURPOSE_LIMIT, NetworkDraft
from app.web.aliases import alias_of, known_person
from app.web.choices import one_of
from app.web.forms import NOT_A_BUTTON, DayField, LineField, PickField, TextField, WebForm
from app.web.policy import allow
from app.web.work import open_work

networks = Blueprint("networks", __name__)


class NetworkForm(WebForm):
    name = LineField("Naam", description=f"Hoogstens {NAME_LIMIT} tekens.")
    purpose = TextField(
        "Waar is het voor?",
        description=f"Wat doen deze gemeenten samen? Hoogstens {PURPOSE_LIMIT} tekens.",
    )
    begun_on = DayField("Begonnen op")

    def draft(self) -> NetworkDraft:
        return NetworkDraft(self.name.data or "", self.purpose.data or "", self.begun_on.data)


class JoinForm(WebForm):
    gemeente = PickField("Gemeente", validate_choice=False)

    def picked(self) -> str:
        """The code of a gemeente, or `FaultyDraft`."""
        if not self.gemeente.data:
            raise FaultyDraft([Fault("gemeente", "Kies een gemeente.")])
        return self.gemeente.data

    def offer(self, network_id: UUID) -> None:
        session, today = db.session(), dutch_day(utc_now())
        known = {row.gemeente_code for row in queries.rows_of_network(session, network_id)}
        self.gemeente.choices = [("", "Kies een gemeente")] + [
            (one.code, one.name)
            for one in queries.existing_on(session, today)
            if one.code not in known
        ]


class CoordinatorForm(WebForm):
    email = LineField("Werkmailadres", description="Van een collega met een account.")
    term = one_of("Voor hoe lang?", Term, default=USUAL_TERM)

    def person(self) -> User:
        """Whose address it is, or `FaultyDraft`."""
        found = accounts.by_email(db.session(), self.email.data or "")
        if found is None:
            raise FaultyDraft([Fault("email", "Dit adres kennen we niet.")])
        return found


@dataclass(frozen=True)
class CoordinatorLine:
    alias: str
    name: str
    email: str
    ends_on: date


@dataclass(frozen=True)
class NetworkLine:
    name: str
    href: str
    gemeenten: str


@networks.get("/beheer/netwerken")
@allow(Right.KEEP_NETWORKS)
def index() -> ResponseReturnValue:
    return _index_page(NetworkForm(formdata=None, data={"begun_on": dutch_day(utc_now())}))


@networks.post("/beheer/netwerken")
@allow(Right.KEEP_NETWORKS)
def found() -> ResponseReturnValue:
    form = NetworkForm.of_request()
    network_id = None
    if form.submitted():
        try:
            with open_work() as work:
                network_id = service.found_network(work, form.draft())
        except FaultyDraft as faulty:
            form.show_faults(faulty)
    if network_id is None:
        return _index_page(form), 422
    flash("Het netwerk is er. Zet er nu gemeenten in.", "success")
    return redirect(url_for("networks.show", network_id=network_id))


@networks.get("/beheer/netwerken/<uuid:network_id>")
@allow(Right.KEEP_NETWORKS)
def show(network_id: UUID) -> ResponseReturnValue:
    network = queries.network(db.session(), network_id)
    return _page(network, _described(network), JoinForm(formdata=None))


@networks.post("/beheer/netwerken/<uuid:network_id>")
@allow(Right.KEEP_NETWORKS)
def describe(network_id: UUID) -> ResponseReturnValue:
    form, network = NetworkForm.of_request(), queries.network(db.session(), network_id)
    if form.submitted():
        try:
            with open_work() as work:
                service.describe_network(work, network_id, form.draft())
        except FaultyDraft as faulty:
            form.show_faults(faulty)
    if form.errors:
        return _page(network, form, JoinForm(formdata=None)), 422
    flash("Bewaard.", "success")
    return redirect(url_for("networks.show", network_id=network_id))


@networks.post("/beheer/netwerken/<uuid:network_id>/gemeenten")
@allow(Right.KEEP_NETWORKS)
def add(network_id: UUID) -> ResponseReturnValue:
    form, network = JoinForm.of_request(), queries.network(db.session(), network_id)
    try:
        with open_work() as work:
            service.add_gemeente(work, network_id, form.picked())
    except FaultyDraft as faulty:
        form.show_faults(faulty)
        return _page(network, _described(network), form), 422
    flash("De gemeente hoort nu bij het netwerk.", "success")
    return redirect(url_for("networks.show", network_id=network_id))


@networks.post("/beheer/netwerken/<uuid:network_id>/gemeenten/weg")
@allow(Right.KEEP_NETWORKS)
def end(network_id: UUID) -> ResponseReturnValue:
    code = request.form.get("gemeente")
    if not code:
        raise InvalidInput(said=NOT_A_BUTTON)
    with open_work() as work:
        service.end_gemeente(work, network_id, code)
    flash("De gemeente hoort niet meer bij het netwerk.", "success")
    return redirect(url_for("networks.show", network_id=network_id))


@networks.post("/beheer/netwerken/<uuid:network_id>/coordinatoren")
@allow(Right.GRANT_COORDINATOR)
def propose(network_id: UUID) -> ResponseReturnValue:
    form, network = CoordinatorForm.of_request(), queries.network(db.session(), network_id)
    try:
        person = form.person()
        with open_work() as work:
            until = last_day(form.term.data or USUAL_TERM, work.today)
            accounts_service.grant_role(
                work, person.id, Role.COORDINATOR, until, network_id=network_id
            )
    except FaultyDraft as faulty:
        form.show_faults(faulty)
    except (InvalidInput, Conflict) as refused:
        form.email.errors = [refused.said]
    else:
        flash(_how_it_is_now(person.id, network_id), "success")
        return redirect(url_for("networks.show", network_id=network_id))
    return _page(network, _described(network), JoinForm(formdata=None), form), 422


@networks.post("/beheer/netwerken/<uuid:network_id>/coordinatoren/<alias>/weg")
@allow(Right.GRANT_COORDINATOR)
def end_coordinator(network_id: UUID, alias: str) -> ResponseReturnValue:
    network = queries.network(db.session(), network_id)
    with open_work() as work:
        accounts_service.end_role(work, known_person(alias), Role.COORDINATOR, network.id)
    flash("De rol is beëindigd.", "success")
    return redirect(url_for("networks.show", network_id=network_id))


def _how_it_is_now(user_id: UUID, network_id: UUID) -> str:
    """Nothing was proposed of who coordinates it for as long already."""
    if accounts.open_proposal(db.session(), user_id, Role.COORDINATOR, network_id) is not None:
        return "Voorgesteld. Een andere platformbeheerder bevestigt het."
    return "Deze collega is al zo lang netwerkcoördinator van dit netwerk. Er is niets veranderd."


def _described(network: Network) -> NetworkForm:
    return NetworkForm(formdata=None, obj=network)


def _index_page(form: NetworkForm) -> str:
    session, today = db.session(), dutch_day(utc_now())
    many = queries.count_in_networks(session, today)
    lines = [
        NetworkLine(
            one.name,
            url_for("networks.show", network_id=one.id),
            plural(many.get(one.id, 0), "gemeente", "gemeenten"),
        )
        for one in queries.networks(session)
    ]
    return render_template("beheer/networks.html", networks=lines, form=form)


def _page(
    network: Network,
    form: NetworkForm,
    joining: JoinForm,
    proposing: CoordinatorForm | None = None,
) -> str:
    session, today = db.session(), dutch_day(utc_now())
    joining.offer(network.id)
    return render_template(
        "beheer/network.html",
        network=network,
        gemeenten=queries.gemeenten_of_network(session, network.id, today),
        form=form,
        joining=joining,
        proposing=proposing or CoordinatorForm(formdata=None),
        coordinators=[
            CoordinatorLine(alias_of(user.id), user.name, user.email, grant.ends_on)
            for user, grant in accounts.coordinators_of(session, network.id)
        ],
    )
