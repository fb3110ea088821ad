"""Mail to somebody's address came back: what they read of it, and trying again."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts.models import User
from app.core.rights import Right
from app.extensions import db
from app.notifications import queries
from app.notifications.service import health
from app.notifications.service.health import Reason
from app.web.notifications.reader import Reader
from app.web.policy import allow
from app.web.work import open_work

WORDS = {
    Reason.GONE: (
        "Een mail naar {address} kwam terug: de mailserver zegt dat dit adres niet bestaat. Vraag "
        "je ICT-afdeling of het adres werkt. Doet het het weer? {then}"
    ),
    Reason.TOO_OFTEN: (
        "Mail naar {address} kwam de laatste tijd telkens terug. Misschien is je postbus vol. Maak "
        "ruimte, of vraag je ICT-afdeling wat er is. Doet het het weer? {then}"
    ),
    Reason.COMPLAINT: (
        "Een van onze mails naar {address} is gemeld als ongewenst. Was dat niet de bedoeling? "
        "{then} Wil je geen mail meer? Kies dan voor geen overzicht."
    ),
}
PRESS = "Druk dan op de knop."
# Who comes by a link from a mail; a link to sign in that arrives shows that the address works.
SIGN_IN = "Log dan in met dat adres."

returned = Blueprint("returned", __name__)


@returned.app_context_processor
def context() -> dict[str, Callable[..., str]]:
    return {"returned_mail": returned_mail}


@returned.post("/voorkeuren/adres")
@allow(Right.KEEP_NOTICES)
def try_again() -> ResponseReturnValue:
    address, address_hash = _address_of(current_user.user_id)
    with open_work() as work:
        health.start_clean(work, address_hash)
    has_digest = queries.families_in_digest(db.session(), current_user.user_id)
    then = " Komt er iets nieuws, dan krijg je je overzicht." if has_digest else ""
    flash(f"We mailen weer naar {address}.{then}", "success")
    return redirect(url_for("notifications.preferences"))


def returned_mail(reader: Reader | None = None) -> str:
    """What to say to who is signed in, or comes by a link from a mail; or nothing."""
    if reader is None and not current_user.is_authenticated:
        return ""
    address, address_hash = _address_of(reader.user_id if reader else current_user.user_id)
    reason = health.resting(db.session(), address, address_hash)
    if reason is None:
        return ""
    if reader is not None:
        return WORDS[reason].format(address=reader.address, then=SIGN_IN)
    return WORDS[reason].format(address=address, then=PRESS)


def _address_of(user_id: UUID) -> tuple[str, bytes]:
    address = db.session().get_one(User, user_id).email
    return address, health.hash_of(address, current_app.extensions["settings"].secret_key)
