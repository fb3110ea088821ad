"""The network of who coordinates one: what happens in it, and a table of its loans."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.core.clock import utc_now
from app.core.dutch import number
from app.core.errors import Conflict, NotFound
from app.core.rights import Right
from app.extensions import db
from app.gemeenten.models import Network
from app.web.auth import current_actor
from app.web.network.forms import ExportForm
from app.web.network.pages import (
    MOST_EXPORTED,
    codes_of,
    csv_of,
    network_page,
    placement_lines,
)
from app.web.policy import allow
from app.web.work import open_work

TOO_MUCH = (
    f"Dit zijn meer dan {number(MOST_EXPORTED)} regels. Zoveel geven we niet in één keer mee. "
    "De nieuwste staan op deze bladzijde; wat je verder nodig hebt, vraag je de gemeenten zelf."
)
CHOOSE = "Kies waar je de tabel voor nodig hebt."

network = Blueprint("network", __name__)


@network.get("/netwerk")
@allow(Right.READ_NETWORK)
def index() -> ResponseReturnValue:
    own = accounts.coordinated_networks(db.session(), current_actor())
    if not own:
        raise NotFound("a network of one's own")
    return redirect(url_for("network.show", network_id=own[0].id))


@network.get("/netwerk/<uuid:network_id>")
@allow(Right.READ_NETWORK)
def show(network_id: UUID) -> ResponseReturnValue:
    return _page(_own(network_id), ExportForm(formdata=None))


@network.post("/netwerk/<uuid:network_id>/csv")
@allow(Right.READ_NETWORK)
def as_csv(network_id: UUID) -> ResponseReturnValue:
    """Its loans without names; the log says that the table was taken along, and for what."""
    found, form = _own(network_id), ExportForm.of_request()
    if not form.submitted() or form.purpose.data is None:
        form.purpose.errors = [CHOOSE]
        return _page(found, form), 422
    session, actor = db.session(), current_actor()
    with open_work() as work:
        codes = codes_of(session, found, work.today)
        lines = placement_lines(session, actor, codes, MOST_EXPORTED + 1)
        if len(lines) > MOST_EXPORTED:
            raise Conflict(f"more than {MOST_EXPORTED} rows", said=TOO_MUCH)
        work.record(f"network.exported.{form.purpose.data}", ("network", network_id))
        name = f"netwerk-{work.today:%Y-%m-%d}.csv"
    answer = Response(csv_of(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _own(network_id: UUID) -> Network:
    """The network, for who coordinates it; to others it is as one that is not there."""
    found = accounts.coordinated_networks(db.session(), current_actor())
    own = [one for one in found if one.id == network_id]
    if not own:
        raise NotFound(f"network {network_id}")
    return own[0]


def _page(found: Network, form: ExportForm) -> str:
    session, actor = db.session(), current_actor()
    own = accounts.coordinated_networks(session, actor)
    page = network_page(session, actor, found, own, utc_now())
    return render_template("network/show.html", page=page, form=form)
