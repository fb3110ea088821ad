"""The hours of the own gemeente, for all its colleagues; of people only who looks after them."""

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.clock import dutch_day, utc_now
from app.core.dutch import hours as in_hours
from app.core.errors import NotFound
from app.core.faults import FaultyDraft
from app.core.rights import Right
from app.extensions import db
from app.gemeenten import queries as gemeenten
from app.hours import queries, service
from app.hours.queries import Statement
from app.hours.rules import HOUR, Quarter, may_agree_limit, quarter_of
from app.web.auth import current_actor
from app.web.hours import pages
from app.web.hours.export import csv_of
from app.web.hours.forms import LimitForm
from app.web.hours.statement import statement_pdf
from app.web.policy import allow
from app.web.work import open_work

hours = Blueprint("hours", __name__)


@hours.get("/uren")
@allow(Right.READ_HOURS)
def index() -> str:
    actor, today = current_actor(), dutch_day(utc_now())
    page = pages.hours_page(db.session(), actor, _own_gemeente(), today)
    return render_template("hours/index.html", page=page)


@hours.get("/uren/<int(max=9999):year>/<int(max=4):quarter>")
@allow(Right.READ_HOURS)
def show(year: int, quarter: int) -> str:
    statement = pages.as_read_by(db.session(), current_actor(), _statement(year, quarter))
    page = pages.quarter_page(db.session(), current_actor(), statement, dutch_day(utc_now()))
    return render_template("hours/quarter.html", page=page, quarter=statement.quarter)


@hours.get("/uren/<int(max=9999):year>/<int(max=4):quarter>/csv")
@allow(Right.READ_HOURS)
def as_csv(year: int, quarter: int) -> Response:
    statement = pages.as_read_by(db.session(), current_actor(), _statement(year, quarter))
    _keep_export(statement)
    written = csv_of(statement, dutch_day(utc_now()))
    return _download(written, "text/csv; charset=utf-8", _file_name(statement, "csv"))


@hours.get("/uren/<int(max=9999):year>/<int(max=4):quarter>/pdf")
@allow(Right.READ_HOURS)
def as_pdf(year: int, quarter: int) -> Response:
    statement = pages.as_read_by(db.session(), current_actor(), _statement(year, quarter))
    if statement.quarter.ends_on >= dutch_day(utc_now()):
        raise NotFound(f"document of {statement.quarter}")
    _keep_export(statement)
    return _download(statement_pdf(statement), "application/pdf", _file_name(statement, "pdf"))


@hours.get("/uren/voorstel")
@allow(Right.READ_HOURS)
def proposal() -> str:
    """What would be settled of the year that is over, before it is."""
    code, today, session = _own_gemeente(), dutch_day(utc_now()), db.session()
    year = pages.year_to_settle(session, code, today)
    if year is None:
        raise NotFound(f"nothing of {code} to settle")
    page = pages.proposal_page(session, current_actor(), code, year, today)
    return render_template("hours/proposal.html", page=page)


@hours.route("/uren/limiet", methods=["GET", "POST"])
@allow(Right.AGREE_LIMIT)
def limit() -> ResponseReturnValue:
    code, session = _own_gemeente(), db.session()
    if not may_agree_limit(current_actor(), code):
        raise NotFound(f"limit of {code}")
    known = queries.limit(session, code)
    form = LimitForm.of_request(data={"hours": None if known is None else known // HOUR})
    if form.submitted():
        try:
            with open_work() as work:
                service.agree_limit(work, code, form.hours.data)
        except FaultyDraft as faulty:
            form.show_faults(faulty)
        else:
            flash(_agreed(form.hours.data), "success")
            return redirect(url_for("hours.index"))
    name = gemeenten.by_code(session, code).name
    return render_template("hours/limit.html", form=form, gemeente_name=name), form.status


def _agreed(agreed: int | None) -> str:
    if agreed is None:
        return "Jullie hebben geen limiet."
    return f"De limiet is bewaard: {in_hours(agreed * HOUR)} uur."


def _own_gemeente() -> str:
    code = current_actor().gemeente_code
    if code is None:
        raise NotFound("hours of nobody's gemeente")
    return code


def _statement(year: int, number: int) -> Statement:
    quarter = quarter_of(year, number)
    if quarter is None or quarter > Quarter.of(dutch_day(utc_now())):
        raise NotFound(f"quarter {number} of {year}")
    return queries.statement(db.session(), _own_gemeente(), quarter)


def _keep_export(statement: Statement) -> None:
    with open_work() as work:
        work.record("hours.exported", ("gemeente", statement.gemeente_code))


def _file_name(statement: Statement, kind: str) -> str:
    quarter = statement.quarter
    code = statement.gemeente_code.lower()
    return f"uren-{code}-{quarter.year}-kwartaal-{quarter.number}.{kind}"


def _download(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
