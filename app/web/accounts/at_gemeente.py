"""Signing in where one's own gemeente does: there and back (OpenID Connect)."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.accounts import arriving, service
from app.accounts.identities import Identity, ShutOut, TurnedAway, Why
from app.accounts.rules import tidy_email
from app.core.actor import ANYONE
from app.core.clock import dutch_day, utc_now
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.core.text import clean_line
from app.extensions import db, limiter
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente, Provider
from app.links import Links
from app.openid.calling import Away
from app.openid.provider import Client, Providers, Visit, new_visit
from app.sealing import OF_PROVIDERS, Seal
from app.web.accounts.arrival import walk_in, walk_on
from app.web.accounts.forms import NewcomerForm
from app.web.accounts.known import known_here
from app.web.accounts.views import LINKS, OPENINGS
from app.web.policy import allow
from app.web.work import open_work

# Time to sign in there, perhaps with a new password; and to give a name here.
VISIT_LIVES = timedelta(minutes=15)
NEWCOMER_LIVES = timedelta(minutes=30)

AWAY = "De inlog van je gemeente is nu niet bereikbaar. Probeer het over een paar minuten opnieuw."
STRANGE = "Er klopte iets niet aan wat we terugkregen. Probeer het nog een keer."
SAID: Mapping[Why, str] = {
    # Most often somebody who went back, to a page of the gemeente that they had been through.
    Why.STATE: (
        "Deze poging om in te loggen telt niet meer: je ging een stap terug, was lang weg, of "
        "begon in een ander venster. Begin hieronder opnieuw."
    ),
    Why.DECLINED: "Je bent niet ingelogd: het inloggen bij je gemeente is afgebroken.",
    Why.PROVIDER: "Je gemeente kon je niet inloggen. Probeer het later nog eens.",
    Why.UNVERIFIED: (
        "Je gemeente zegt ons niet zeker welk werkmailadres van jou is. Laat dit weten aan de "
        "servicedesk van je gemeente."
    ),
    Why.DOMAIN: (
        "Je gemeente gaf een mailadres door dat niet van die gemeente is. Log in met het adres "
        "van de gemeente waar je werkt."
    ),
    Why.GEMEENTE: (
        "Je account hoort bij een andere gemeente. Log in bij die gemeente, of vraag ons om je "
        "account te verhuizen."
    ),
    Why.OTHERS: (
        "Je logde bij je gemeente in als iemand anders dan je hier bent. Log daar in met je eigen "
        "account."
    ),
    Why.OLD: (
        "Je gemeente liet je door zonder dat je opnieuw inlogde. Log daar eerst uit en probeer het "
        "dan nog een keer."
    ),
    Why.ANOTHER: (
        "Bij dit mailadres hoort een account dat je gemeente als iemand anders kent. Mail ons, "
        "dan zoeken we het uit."
    ),
}

log = structlog.get_logger()

at_gemeente = Blueprint("at_gemeente", __name__, url_prefix="/inloggen/gemeente")


@at_gemeente.route("/<key>", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(LINKS, methods=["POST"])
def choose(key: str) -> ResponseReturnValue:
    """On to one's gemeente; or a link all the same, when that gemeente leaves the choice."""
    provider = _provider(key)
    address = _address(provider)
    if request.method == "GET":
        return _choice(provider)
    if provider.is_only or not address:
        return redirect(url_for("accounts.sign_in"))
    with open_work(ANYONE) as work:
        service.ask_sign_in(work, address)
    return redirect(url_for("accounts.sent"))


@at_gemeente.get("/<key>/heen")
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def go(key: str) -> ResponseReturnValue:
    provider = _provider(key)
    return _go(provider, new_visit(), _address(provider))


@at_gemeente.get("/<key>/controle")
@allow(Right.KEEP_ACCOUNT)
@limiter.limit(OPENINGS)
def prove(key: str) -> ResponseReturnValue:
    """There anew, for who is signed in and has to prove that it is still them."""
    visit = new_visit(anew_since=utc_now())
    return _go(_provider(key), visit, current_user.email, current_user.session_id)


@at_gemeente.get("/<key>/terug")
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def back(key: str) -> ResponseReturnValue:
    """Here the provider of this gemeente sends people back to, and no other one."""
    provider = _provider(key)
    # Each visit is taken once.
    kept = _opened(provider, session.pop("visit", None)) or {}
    if kept.get("proves"):
        return _back_with_proof(provider, kept)
    try:
        identity = _identity(provider, kept)
        with open_work(ANYONE) as work:
            session_id = arriving.arrive(work, provider.gemeente_code, identity, known_here())
    except TurnedAway as turned:
        return _turned_away(provider, turned.why)
    except ShutOut as shut_out:
        return _to_own_data(shut_out)
    except Away as away:
        return _away(provider, away)
    if session_id is None:
        until = utc_now() + NEWCOMER_LIVES
        session["newcomer"] = _sealed(provider, asdict(identity), until)
        return redirect(url_for("at_gemeente.newcomer", key=key))
    return walk_in(session_id)


@at_gemeente.route("/<key>/naam", methods=["GET", "POST"])
@allow(Right.SIGN_IN)
@limiter.limit(OPENINGS)
def newcomer(key: str) -> ResponseReturnValue:
    """The first time: how somebody is called, as their gemeente says or as they like."""
    provider = _provider(key)
    kept = _opened(provider, session.get("newcomer"))
    if kept is None:
        return redirect(url_for("at_gemeente.choose", key=key))
    identity = Identity(**kept)
    form = NewcomerForm.of_request(data={"name": clean_line(identity.name)})
    if form.submitted():
        try:
            with open_work(ANYONE) as work:
                session_id = arriving.welcome(
                    work, provider.gemeente_code, identity, form.name.data or ""
                )
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        except TurnedAway as turned:
            return _turned_away(provider, turned.why)
        except ShutOut as shut_out:
            return _to_own_data(shut_out)
        else:
            return walk_in(session_id)
    page = render_template(
        "accounts/finish.html",
        form=form,
        address=tidy_email(identity.email),
        gemeente=_gemeente(provider),
    )
    return page, form.status


def _go(
    provider: Provider, visit: Visit, address: str, proves: UUID | None = None
) -> ResponseReturnValue:
    """On to there, as this address if they like; `proves` is the session whose owner that tells."""
    now = utc_now()
    try:
        way_in = _providers().way_in(_client(provider), visit, address, now)
    except Away as away:
        return _away(provider, away, proves=proves is not None)
    kept = {"visit": asdict(visit), "proves": str(proves) if proves else None}
    session["visit"] = _sealed(provider, kept, now + VISIT_LIVES)
    return redirect(way_in)


def _back_with_proof(provider: Provider, kept: Mapping[str, Any]) -> ResponseReturnValue:
    """Back in the session that went, and in no other; who is signed in stays so in any case."""
    if not current_user.is_authenticated or kept["proves"] != str(current_user.session_id):
        return _turned_away(provider, Why.STATE)
    try:
        identity = _identity(provider, kept)
        with open_work() as work:
            session_id = arriving.prove(
                work, current_user.session_id, provider.gemeente_code, identity
            )
    except TurnedAway as turned:
        return _turned_away(provider, turned.why, to=url_for("account.prove"))
    except ShutOut as shut_out:
        return _to_own_data(shut_out)
    except Away as away:
        return _away(provider, away, proves=True)
    return walk_on(session_id)


def _provider(key: str) -> Provider:
    return gemeenten.provider_of(db.session(), key.upper()) or abort(404)


def _gemeente(provider: Provider) -> Gemeente:
    return gemeenten.by_code(db.session(), provider.gemeente_code)


def _providers() -> Providers:
    found: Providers = current_app.extensions["providers"]
    return found


def _client(provider: Provider) -> Client:
    settings = current_app.extensions["settings"]
    secret = Seal(settings, OF_PROVIDERS).open(provider.sealed)
    if secret is None:
        # Sealed with another SECRET_KEY: the operator connects this gemeente anew.
        raise Away("no secret")
    returns_to = Links(settings).provider_returns(provider.gemeente_code)
    return Client(provider.issuer, provider.client_id, secret, returns_to)


def _address(provider: Provider) -> str:
    """Whom we expect: the address that was typed, when it is of that gemeente."""
    typed = session.get("asked_for")
    if not isinstance(typed, str):
        return ""
    own = gemeenten.of_email(db.session(), typed, dutch_day(utc_now()))
    return typed if own is not None and own.code == provider.gemeente_code else ""


def _identity(provider: Provider, kept: Mapping[str, Any]) -> Identity:
    """Who came back of this visit; one of the release before was kept otherwise."""
    if "visit" not in kept:
        raise TurnedAway(Why.STATE)
    return _providers().identity(
        _client(provider), Visit(**kept["visit"]), request.args.to_dict(), utc_now()
    )


def _sealed(provider: Provider, kept: dict[str, Any], until: datetime) -> str:
    """For the cookie of this browser: of this provider, and not for long."""
    whole = {"gemeente": provider.gemeente_code, "until": until.timestamp(), "kept": kept}
    return _seal().close(json.dumps(whole))


def _opened(provider: Provider, sealed: object) -> dict[str, Any] | None:
    opened = _seal().open(sealed) if isinstance(sealed, str) else None
    whole = json.loads(opened) if opened else {}
    is_of_it = whole.get("gemeente") == provider.gemeente_code
    return whole["kept"] if is_of_it and utc_now().timestamp() < whole["until"] else None


def _seal() -> Seal:
    return Seal(current_app.extensions["settings"], "visit")


def _turned_away(provider: Provider, why: Why, to: str = "") -> ResponseReturnValue:
    """To the page where they began, so that what came back stands in no address any more."""
    log.warning("sign_on_refused", gemeente=provider.gemeente_code, why=why.value)
    flash(SAID.get(why, STRANGE), "warning")
    return redirect(to or url_for("at_gemeente.choose", key=provider.gemeente_code.lower()))


def _to_own_data(shut_out: ShutOut) -> ResponseReturnValue:
    """The page that says that they are kept out; their gemeente said who they are."""
    with open_work(ANYONE) as work:
        link_id = service.link_to_own_data(work, shut_out.user_id)
    return redirect(Links(current_app.extensions["settings"]).sign_in(link_id))


def _away(provider: Provider, away: Away, *, proves: bool = False) -> ResponseReturnValue:
    log.warning("provider_away", gemeente=provider.gemeente_code, why=str(away))
    if proves:
        flash(AWAY, "warning")
        return redirect(url_for("account.prove"))
    return _choice(provider, is_away=True), 503


def _choice(provider: Provider, *, is_away: bool = False) -> str:
    return render_template(
        "accounts/at_gemeente.html",
        key=provider.gemeente_code.lower(),
        gemeente=_gemeente(provider),
        address=_address(provider),
        is_only=provider.is_only,
        is_away=is_away,
    )
