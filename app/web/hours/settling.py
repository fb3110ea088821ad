"""A beheerder settles the hours of a year, with as few settlings as can be found."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.errors import Conflict, NotFound
from app.core.rights import Right
from app.extensions import db
from app.hours import service
from app.hours.rules import FIRST_YEAR
from app.web.hours import pages
from app.web.policy import allow
from app.web.work import open_work

settling = Blueprint("settling", __name__)


@settling.get("/beheer/verrekenen")
@allow(Right.SETTLE_HOURS)
def index() -> str:
    years = pages.year_lines(db.session(), dutch_day(utc_now()))
    return render_template("hours/years.html", years=years)


@settling.get("/beheer/verrekenen/<int(max=9999):year>")
@allow(Right.SETTLE_HOURS)
def show(year: int) -> str:
    return _year_page(year)


@settling.post("/beheer/verrekenen/<int(max=9999):year>")
@allow(Right.SETTLE_HOURS)
def settle(year: int) -> ResponseReturnValue:
    _today_of(year)
    try:
        with open_work() as work:
            service.settle_year(work, year, request.form.get("mark", ""))
    except Conflict as refused:
        flash(refused.said, "error")
        return _year_page(year), 409
    flash(
        f"De uren van {year} zijn verrekend. Wat eind dat jaar openstond, staat op nul.", "success"
    )
    return redirect(url_for("settling.show", year=year))


@settling.post("/beheer/verrekenen/<int(max=9999):year>/ongedaan")
@allow(Right.SETTLE_HOURS)
def undo(year: int) -> ResponseReturnValue:
    _today_of(year)
    try:
        with open_work() as work:
            service.undo_settling(work, year)
    except Conflict as refused:
        flash(refused.said, "error")
        return _year_page(year), 409
    flash(f"De verrekening van {year} is ongedaan gemaakt.", "success")
    return redirect(url_for("settling.show", year=year))


def _year_page(year: int) -> str:
    today = _today_of(year)
    return render_template("hours/year.html", page=pages.year_page(db.session(), year, today))


def _today_of(year: int) -> date:
    """The day on which this year is looked at; `NotFound` when there are no hours of it."""
    today = dutch_day(utc_now())
    if not FIRST_YEAR <= year <= today.year:
        raise NotFound(f"year {year}")
    return today
