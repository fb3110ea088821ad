"""The start page and what every public service tells about itself."""

from datetime import timedelta
from pathlib import Path

import structlog
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.rights import Right
from app.extensions import csrf, db, limiter
from app.privacy.dictionary import dictionary
from app.privacy.register import HEADS
from app.privacy.register import register as register_of
from app.settings import Settings
from app.web.headers import REPORTS_TO
from app.web.home import breaches, pages
from app.web.home.readiness import readiness
from app.web.policy import allow
from app.web.sheets import sheet

# Somebody who reads the file later than this should look whether it still holds.
SECURITY_TXT_LIVES = timedelta(days=180)

# Of one network; a page that is broken for everybody is heard of all the same.
REPORTS = "20/minute;200/day"

home = Blueprint("home", __name__)
log = structlog.get_logger()


@home.get("/")
@allow(Right.READ_SITE)
def index() -> ResponseReturnValue:
    session, today = db.session(), dutch_day(utc_now())
    return render_template(
        "home/index.html",
        figures=pages.figures(session, today),
        opgaven=pages.newest_opgaven(session, today),
        movement=pages.movement(),
    )


@home.get("/over")
@allow(Right.READ_SITE)
def about() -> ResponseReturnValue:
    return render_template("home/over.html")


@home.get("/bouw-mee")
@allow(Right.READ_SITE)
def build_along() -> ResponseReturnValue:
    return render_template("home/bouw-mee.html")


@home.get("/privacy")
@allow(Right.READ_SITE)
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html", terms=dictionary().terms.values())


@home.get("/verwerkingsregister")
@allow(Right.READ_SITE)
def register() -> ResponseReturnValue:
    return render_template("home/register.html", lines=list(register_of(dictionary())))


@home.get("/verwerkingsregister/csv")
@allow(Right.READ_SITE)
def register_as_csv() -> ResponseReturnValue:
    rows = sheet(HEADS, (line.cells for line in register_of(dictionary())))
    answer = Response(rows, mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=verwerkingsregister.csv"
    return answer


@home.get("/toegankelijkheid")
@allow(Right.READ_SITE)
def accessibility() -> ResponseReturnValue:
    return render_template("home/toegankelijkheid.html")


@home.get("/healthz")
@allow(Right.READ_SITE)
def healthz() -> ResponseReturnValue:
    """This process answers; nothing else is asked."""
    return _plain("ok\n")


@home.get("/readyz")
@allow(Right.READ_SITE)
def readyz() -> ResponseReturnValue:
    migrations = Path(current_app.extensions["migrate"].directory)
    found = readiness(db.session(), migrations, _settings().redis_url)
    return vars(found), 200 if found.is_ready else 503


@home.get("/robots.txt")
@allow(Right.READ_SITE)
def robots() -> ResponseReturnValue:
    """Search engines may know the public pages; of a demo with invented people they need none."""
    closed = ["/"] if _settings().demo_accounts else ["/inloggen", "/afmelden"]
    return _plain("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in closed))


@home.get("/.well-known/security.txt")
@allow(Right.READ_SITE)
def security_txt() -> ResponseReturnValue:
    expires = dutch_day(utc_now()) + SECURITY_TXT_LIVES
    address = _settings().base_url + url_for("home.security_txt")
    return _plain(
        f"Contact: mailto:{_settings().contact_email}\n"
        f"Expires: {expires.isoformat()}T00:00:00Z\n"
        "Preferred-Languages: nl, en\n"
        f"Canonical: {address}\n"
    )


@home.get("/favicon.ico")
@allow(Right.READ_SITE)
def favicon() -> ResponseReturnValue:
    return current_app.send_static_file("favicon.svg")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")


@home.post(REPORTS_TO)
@allow(Right.READ_SITE)
@csrf.exempt
@limiter.limit(REPORTS)
def breach() -> ResponseReturnValue:
    """A browser kept something out: one line, without a word of what it sent."""
    request.max_content_length = breaches.MOST_BYTES
    found = breaches.read(request.get_data())
    if found:
        first = found[0]
        log.warning(
            "policy broken", rule=first.rule, sort=first.sort, on=first.page, times=len(found)
        )
    return "", 204
