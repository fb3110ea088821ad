"""How mail stands: what did not arrive and why, what came back, and sending it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.clock import utc_now
from app.core.dutch import how_long, number, plural
from app.core.errors import Conflict
from app.core.rights import Right
from app.extensions import db
from app.notifications import failures, queries, service
from app.notifications.failures import Failures, Returned
from app.notifications.models import Delivery
from app.notifications.postponed import Postponed, postponed
from app.notifications.rules import LINK_IS_OVER, DeliveryState
from app.web.beheer.forms import pressed, pressed_id
from app.web.beheer.pages import Count, mail_counts
from app.web.notifications.reader import masked
from app.web.policy import allow
from app.web.work import open_work

mail = Blueprint("mail", __name__)


@dataclass(frozen=True)
class MailPage:
    counts: list[Count]
    waiting: str
    postponed: list[Postponed]
    failures: list[Failures]
    # To whom, as far as whoever knows the address knows it again.
    addresses: dict[UUID, str]
    # Mails that cannot go again, and why.
    over: dict[UUID, str]
    left_alone: list[tuple[str, str]]
    returned: list[Returned]


@mail.get("/beheer/mail")
@allow(Right.WATCH_SYSTEM)
def show() -> ResponseReturnValue:
    return _page()


@mail.post("/beheer/mail/opnieuw")
@allow(Right.REDO_WORK)
def send_again() -> ResponseReturnValue:
    delivery_id = pressed_id("delivery_id")
    try:
        with open_work() as work:
            service.send_again(work, delivery_id)
    except Conflict as refused:
        flash(refused.said, "error")
        return _page(), 409
    flash("De mail gaat opnieuw weg. Kijk over een minuut of het gelukt is.", "success")
    return redirect(url_for("mail.show"))


@mail.post("/beheer/mail/alles-opnieuw")
@allow(Right.REDO_WORK)
def send_all_again() -> ResponseReturnValue:
    state, reason = pressed(DeliveryState, "state"), request.form.get("reason", "")
    with open_work() as work:
        count = service.send_all_again(work, state, reason.replace("\x00", ""))
    if count:
        said = f"{plural(count, 'mail gaat', 'mails gaan')} opnieuw weg. Kijk over een minuut."
        flash(said, "success")
    else:
        flash("Er was geen mail meer om opnieuw te sturen.", "info")
    return redirect(url_for("mail.show"))


def _page() -> str:
    return render_template("beheer/mail.html", page=_mail_page(db.session()))


def _mail_page(session: Session) -> MailPage:
    found = failures.failures(session)
    named: list[Delivery] = [one for group in found for one in group.mails]
    too_late = queries.too_late(session, named, utc_now())
    waiting = queries.backlog(session)
    return MailPage(
        counts=mail_counts(session),
        postponed=postponed(session),
        waiting="" if waiting.waited is None else how_long(waiting.waited),
        failures=found,
        addresses=_addresses(session, named),
        over={one.id: LINK_IS_OVER for one in named if one.id in too_late},
        left_alone=[
            (failures.reason_words(why), number(count))
            for why, count in failures.left_alone(session).items()
        ],
        returned=failures.last_returned(session),
    )


def _addresses(session: Session, mails: Iterable[Delivery]) -> dict[UUID, str]:
    found = queries.addresses_of(session, mails)
    return {mail_id: masked(address) for mail_id, address in found.items()}
