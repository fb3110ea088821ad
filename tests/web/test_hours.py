"""The pages of the urenbank."""

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, StringIO

import pytest
import time_machine
from flask.testing import FlaskClient
from pikepdf import Dictionary, Name, Pdf
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core.actor import Role
from app.core.dutch import dutch_date
from app.core.workdays import monday_of
from app.hours import queries, service
from app.hours.rules import HOUR, Quarter
from app.loans import service as loans
from app.opgaven.models import Opgave
from app.opgaven.rules import TITLE_LIMIT, OpgaveStatus
from app.web.hours.export import decimal_hours
from app.web.hours.pages import limit_words, owed_words, standing_words
from app.web.hours.statement import statement_pdf
from tests.hours.builders import a_statement, booked, lent
from tests.loans.builders import a_running_loan, parties
from tests.support.builders import a_gemeente, a_user, an_opgave
from tests.support.pages import fault_at, text_of, value_of
from tests.support.product import ROOT
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

SUMMER = datetime(2026, 7, 6, 9, tzinfo=UTC)
LAST_YEAR = datetime(2025, 6, 2, 9, tzinfo=UTC)


def a_colleague(session: Session, *roles: Role) -> User:
    return a_user(session, *roles, gemeente_code=a_gemeente(session, name="Leendam").code)


def rows_of(answer: TestResponse) -> list[list[str]]:
    text = answer.data.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def test_a_colleague_reads_how_the_own_gemeente_stands(
    client: FlaskClient, session: Session
) -> None:
    person = a_colleague(session)
    opgave = an_opgave(session)
    booked(session, opgave.gemeente_code, person.gemeente_code, 30, SUMMER)
    booked(session, opgave.gemeente_code, person.gemeente_code, 8)
    sign_in(client, session, person)

    said = text_of(client.get("/uren"))

    assert "We hebben 38 uur te goed." in said
    assert "Vierde kwartaal van 2026 Stand nu: 38 uur te goed." in said
    assert "Derde kwartaal van 2026 Stand aan het eind: 30 uur te goed." in said
    assert "We spraken geen limiet af" in said
    assert "Spreek een limiet af" not in said
    assert 'href="/uren"' in client.get("/").text


def test_without_hours_the_page_says_how_they_come(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_colleague(session))

    said = text_of(client.get("/uren"))

    assert "We staan quitte" in said
    assert "Nog geen uren" in said


def test_a_quarter_tells_of_what_and_with_whom_but_not_who(
    client: FlaskClient, session: Session
) -> None:
    worker = a_colleague(session)
    opgave = an_opgave(session, title="Minder regels")
    work = make_work(session, worker)
    week = lent(opgave.gemeente_code, worker.gemeente_code, 8, opgave_id=opgave.id)
    service.rebook(work, week)
    service.rebook(
        work,
        lent(week.borrower_code, week.lender_code, 6, opgave_id=opgave.id, loan_id=week.loan_id),
    )
    reader = a_user(session, gemeente_code=worker.gemeente_code)
    sign_in(client, session, reader)

    answer = client.get("/uren/2026/4")
    said = text_of(answer)

    assert "Stand op 1 oktober 2026 0 uur" in said
    assert "Uitgeleend 6 uur" in said
    assert "Stand nu 6 uur te goed" in said
    assert "Minder regels" in said
    assert "Week van 16 november 2026: 8 uur" in said
    assert "Eraf, week van 16 november 2026: 8 uur (geboekt op 23 november 2026)" in said
    assert f'href="/opgaven/{opgave.id}"' in answer.text
    assert worker.name not in said.replace(reader.name, "")


def test_a_booking_leads_to_its_loan_for_who_has_a_part_in_it(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    begun = TODAY - timedelta(days=14)
    loan = a_running_loan(session, who, starts_on=begun)
    monday = monday_of(TODAY - timedelta(days=7))
    loans.write_hours(make_work(session, who.professional), loan.id, monday, 480)
    here = who.professional.gemeente_code
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=here)
    colleague = a_user(session, gemeente_code=here)
    people = (who.professional, who.borrower, keeper, colleague)

    found = [sign_in(client, session, one).get("/uren/2026/4") for one in people]

    assert [f'href="/inzet/{loan.id}"' in one.text for one in found] == [True, True, False, False]
    said = f"{dutch_date(monday)}: 8 uur: inzet van {dutch_date(begun)} tot en met 21 februari 2027"
    assert [said in text_of(one) for one in found] == [False, False, True, False]
    assert f"Week van {dutch_date(monday)}: 8 uur" in text_of(found[3])


def test_an_opgave_that_is_not_for_the_reader_has_no_link(
    client: FlaskClient, session: Session
) -> None:
    reader = a_colleague(session)
    opgave = an_opgave(session, status=OpgaveStatus.CONCEPT, published_at=None)
    booked(session, opgave.gemeente_code, reader.gemeente_code, 8, opgave_id=opgave.id)
    sign_in(client, session, reader)

    answer = client.get("/uren/2026/4")

    assert opgave.title in text_of(answer)
    assert f"/opgaven/{opgave.id}" not in answer.text


def test_an_opgave_that_was_taken_down_is_not_named_to_the_other_gemeente(
    client: FlaskClient, session: Session
) -> None:
    reader = a_colleague(session)
    opgave = an_opgave(session, title="Minder regels 😀", taken_down_at=MONDAY)
    owner = session.get_one(User, opgave.owner_id)
    booked(session, opgave.gemeente_code, reader.gemeente_code, 8, opgave_id=opgave.id)
    pages = ("/uren/2026/4", "/uren/2026/4/csv")

    theirs = [sign_in(client, session, reader).get(page).text for page in pages]
    own = [sign_in(client, session, owner).get(page).text for page in pages]

    assert ["Minder regels" in page for page in (*theirs, *own)] == [False, False, True, True]
    assert "Een opgave van 23 november 2026 die is weggehaald" in theirs[0]


def test_an_earlier_quarter_tells_how_it_ended(client: FlaskClient, session: Session) -> None:
    person = a_colleague(session)
    booked(session, person.gemeente_code, a_gemeente(session).code, 30, SUMMER)
    sign_in(client, session, person)

    said = text_of(client.get("/uren/2026/3"))

    assert "Geleend 30 uur" in said
    assert "Stand op 30 september 2026 30 uur schuldig" in said
    assert "In dit kwartaal is er niets geboekt." in text_of(client.get("/uren/2026/2"))


@pytest.mark.parametrize("quarter", ["2027/1", "2026/0", "1/1", "2026/5"])
def test_a_quarter_that_is_not_there_yet_or_never_is_not_found(
    client: FlaskClient, session: Session, quarter: str
) -> None:
    sign_in(client, session, a_colleague(session))

    assert client.get(f"/uren/{quarter}").status_code == 404
    assert client.get(f"/uren/{quarter}/csv").status_code == 404


def test_a_spreadsheet_gets_every_booking_with_the_balance_after_it(
    client: FlaskClient, session: Session
) -> None:
    person = a_colleague(session)
    other = a_gemeente(session, name="'s-Halen")
    opgave = an_opgave(session, title="=1+1; of niet")
    booked(session, other.code, person.gemeente_code, 30, SUMMER)
    week = lent(person.gemeente_code, other.code, opgave_id=opgave.id)
    service.book(make_work(session), replace(week, minutes=450))
    sign_in(client, session, person)

    answer = client.get("/uren/2026/4/csv")

    assert answer.data.startswith(b"\xef\xbb\xbfGeboekt op;Wat;")
    assert answer.content_type == "text/csv; charset=utf-8"
    code = person.gemeente_code.lower()
    name = f'attachment; filename="uren-{code}-2026-kwartaal-4.csv"'
    assert answer.headers["Content-Disposition"] == name
    assert rows_of(answer)[1:] == [
        ["01-10-2026", "Beginstand", "", "", "", "", "", "30,00"],
        [
            *("23-11-2026", "Geleend", "", "'s-Halen", "'=1+1; of niet", "16-11-2026"),
            *("-7,50", "22,50"),
        ],
        # It is not over yet.
        ["23-11-2026", "Stand nu", "", "", "", "", "", "22,50"],
    ]
    ended = rows_of(client.get("/uren/2026/3/csv"))
    assert ended[-1] == ["30-09-2026", "Eindstand", "", "", "", "", "", "30,00"]


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0,00"), (450, "7,50"), (-15, "-0,25"), (74_040, "1234,00")]
)
def test_hours_of_a_spreadsheet_have_a_decimal_comma(minutes: int, said: str) -> None:
    assert decimal_hours(minutes) == said


def test_the_balance_is_told_in_words() -> None:
    assert standing_words(120 * HOUR) == "We hebben 120 uur te goed."
    assert standing_words(-450) == "We zijn 7,5 uur schuldig."
    assert standing_words(0) == "We staan quitte: er staan geen uren open."
    assert [owed_words(one) for one in (0, 90, -90)] == [
        *("0 uur", "1,5 uur te goed", "1,5 uur schuldig")
    ]


def test_the_limit_is_told_with_the_room_that_is_left() -> None:
    assert "nog ruimte voor 60 uur" in limit_words(-40 * HOUR, 100 * HOUR)
    assert "nog ruimte voor 52 uur. 8 uur is al toegezegd" in limit_words(
        -40 * HOUR, 100 * HOUR, 8 * HOUR
    )
    assert "is toegezegd" in limit_words(-40 * HOUR, 100 * HOUR, 60 * HOUR)
    assert "Die ruimte is op" in limit_words(-100 * HOUR, 100 * HOUR)
    assert "geen limiet" in limit_words(-100 * HOUR, None)


def test_a_gemeentebeheerder_agrees_on_a_limit_and_drops_it(
    client: FlaskClient, session: Session
) -> None:
    person = a_colleague(session, Role.GEMEENTEBEHEERDER)
    sign_in(client, session, person)
    assert "Spreek een limiet af" in text_of(client.get("/uren"))

    answer = client.post("/uren/limiet", data={"hours": "100"}, follow_redirects=True)

    assert "De limiet is bewaard: 100 uur." in text_of(answer)
    assert "Wijzig de limiet" in text_of(answer)
    assert value_of(client.get("/uren/limiet"), "hours") == "100"
    client.post("/uren/limiet", data={"hours": ""})
    assert queries.limit(session, person.gemeente_code) is None


@pytest.mark.parametrize(("typed", "shown"), [("1.000", "1.000"), ("100.000", "100.000")])
def test_a_limit_can_be_typed_as_it_is_shown(
    client: FlaskClient, session: Session, typed: str, shown: str
) -> None:
    sign_in(client, session, a_colleague(session, Role.GEMEENTEBEHEERDER))

    answer = client.post("/uren/limiet", data={"hours": typed}, follow_redirects=True)

    assert f"De limiet is bewaard: {shown} uur." in text_of(answer)


@pytest.mark.parametrize("typed", ["veel", "-1", "100001", "100.001", "1.00", "10.0000", ".100"])
def test_a_limit_that_is_no_number_of_hours_is_refused(
    client: FlaskClient, session: Session, typed: str
) -> None:
    sign_in(client, session, a_colleague(session, Role.GEMEENTEBEHEERDER))

    answer = client.post("/uren/limiet", data={"hours": typed})

    assert answer.status_code == 422
    assert fault_at(answer, "hours")


@pytest.mark.parametrize("typed", ["100.001", "99999999999", "99.999.999.999"])
def test_a_limit_that_is_too_great_is_told_what_fits(
    client: FlaskClient, session: Session, typed: str
) -> None:
    sign_in(client, session, a_colleague(session, Role.GEMEENTEBEHEERDER))

    answer = client.post("/uren/limiet", data={"hours": typed})

    assert fault_at(answer, "hours") == "Fout: Kies een getal van 0 tot en met 100.000."


def test_a_beheerder_of_the_platform_agrees_on_no_limit(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_colleague(session, Role.BEHEERDER))

    assert client.get("/uren/limiet").status_code == 404
    assert client.post("/uren/limiet", data={"hours": "1"}).status_code == 404


def owing(session: Session, count: int = 3) -> tuple[str, str]:
    """A borrower with so many loans from one lender, last year."""
    borrower, lender = a_gemeente(session, name="Haaldam"), a_gemeente(session, name="Leendam")
    for _ in range(count):
        booked(session, borrower.code, lender.code, 40, LAST_YEAR)
    return borrower.code, lender.code


def test_a_beheerder_settles_a_year_and_undoes_it(client: FlaskClient, session: Session) -> None:
    borrower, _ = owing(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    assert "Uren verrekenen" in text_of(client.get("/beheer"))
    assert "2025 Nog niet verrekend. " in text_of(client.get("/beheer/verrekenen"))

    page = client.get("/beheer/verrekenen/2025")
    said = text_of(page)
    assert "Haaldam maakt 120 uur goed aan Leendam." in said
    assert "Met 1 verrekening is 2025 verrekend." in said
    assert "zou 3 verrekeningen vragen: dat scheelt er 2." in said

    settled = text_of(press_settle(client, page))
    assert "De uren van 2025 zijn verrekend." in settled
    assert "Haaldam maakt 120 uur goed aan Leendam." in settled
    assert "Ja, verreken" not in settled
    assert queries.balance(session, borrower) == 0

    # The same button once more, from a page that was still open.
    assert press_settle(client, page).status_code == 200
    assert queries.balance(session, borrower) == 0

    undone = client.post("/beheer/verrekenen/2025/ongedaan", follow_redirects=True)
    assert "ongedaan gemaakt" in text_of(undone)
    assert queries.balance(session, borrower) == -120 * HOUR
    assert "Nog niet verrekend." in text_of(undone)


def press_settle(client: FlaskClient, page: TestResponse) -> TestResponse:
    mark = value_of(page, "mark")
    return client.post("/beheer/verrekenen/2025", data={"mark": mark}, follow_redirects=True)


def test_a_proposal_from_before_is_shown_anew(client: FlaskClient, session: Session) -> None:
    borrower, lender = owing(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    page = client.get("/beheer/verrekenen/2025")
    booked(session, borrower, lender, 1, LAST_YEAR)
    session.commit()

    answer = press_settle(client, page)

    assert answer.status_code == 409
    assert "intussen veranderd" in text_of(answer)
    assert "Haaldam maakt 121 uur goed aan Leendam." in text_of(answer)


def test_a_year_that_runs_is_shown_without_a_button(client: FlaskClient, session: Session) -> None:
    booked(session, a_gemeente(session).code, a_gemeente(session).code, 8)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    said = text_of(client.get("/beheer/verrekenen/2026"))

    assert "Dit jaar loopt nog." in said
    assert "maakt 8 uur goed aan" in said
    assert "Straks telt alles mee wat op 31 december 2026 openstaat." in said
    assert "openstond" not in said
    assert "Verreken de uren" not in said
    assert client.post("/beheer/verrekenen/2026", data={"mark": "x"}).status_code == 409


@pytest.mark.parametrize("year", [1999, 2027])
def test_a_year_that_nobody_means_is_not_found(
    client: FlaskClient, session: Session, year: int
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    assert client.get(f"/beheer/verrekenen/{year}").status_code == 404
    assert client.post(f"/beheer/verrekenen/{year}").status_code == 404


def test_before_it_is_settled_each_gemeente_reads_what_is_proposed_for_it(
    client: FlaskClient, session: Session
) -> None:
    borrower, lender = owing(session)
    other = a_user(session)
    booked(session, borrower, other.gemeente_code, 40, LAST_YEAR)
    person = a_user(session, Role.BEHEERDER, gemeente_code=lender)
    sign_in(client, session, person)

    there = text_of(client.get("/uren"))
    page = text_of(client.get("/uren/voorstel"))

    assert "De uren van 2025 zijn nog niet verrekend. Bekijk het voorstel" in there
    assert "Haaldam maakt 120 uur goed aan Leendam." in page
    assert "Leendam heeft nog geen gemeentebeheerder. Mail ons: " in page
    assert "40 uur" not in page
    assert "Alles wat op 31 december 2025 openstond, telt mee." in page

    press_settle(client, client.get("/beheer/verrekenen/2025"))

    assert "Bekijk het voorstel" not in client.get("/uren").text
    assert client.get("/uren/voorstel").status_code == 404


def test_who_looks_after_the_urenbank_reads_in_the_proposal_whom_to_speak_to(
    client: FlaskClient, session: Session
) -> None:
    borrower, lender = owing(session)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=lender)
    other = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=borrower)
    sign_in(client, session, keeper)

    page = client.get("/uren/voorstel")

    assert f"{other.name}, gemeentebeheerder van Haaldam: " in text_of(page)
    assert f'href="mailto:{other.email}?subject=Uren%20van%202025"' in page.text


def test_of_whom_nothing_was_booked_no_proposal_speaks(
    client: FlaskClient, session: Session
) -> None:
    owing(session)
    sign_in(client, session, a_user(session))

    assert "Bekijk het voorstel" not in client.get("/uren").text
    assert client.get("/uren/voorstel").status_code == 404


def test_what_was_settled_stands_in_the_quarter_of_its_booking(
    client: FlaskClient, session: Session
) -> None:
    borrower, _ = owing(session)
    person = a_user(session, Role.BEHEERDER, gemeente_code=borrower)
    sign_in(client, session, person)
    press_settle(client, client.get("/beheer/verrekenen/2025"))

    said = text_of(client.get("/uren/2026/4"))

    assert "Stand op 1 oktober 2026 120 uur schuldig" in said
    assert "Verrekend +120 uur, goed te maken door ons" in said
    assert "120 uur, goed te maken door ons" in said
    assert "Stand nu 0 uur" in said
    told = "zijn verrekend op 23 november 2026. Haaldam maakt 120 uur goed aan Leendam."
    assert f"De uren van 2025 {told}" in text_of(client.get("/uren"))

    client.post("/beheer/verrekenen/2025/ongedaan")

    said = text_of(client.get("/uren/2026/4"))
    assert "Verrekend, en daarna weer ongedaan gemaakt: er verandert niets." in said
    assert "120 uur, op 23 november 2026 ongedaan gemaakt" in said
    assert "zijn verrekend" not in text_of(client.get("/uren"))


def test_who_has_no_part_in_a_settlement_reads_nothing_of_it(
    client: FlaskClient, session: Session
) -> None:
    owing(session)
    person = a_colleague(session, Role.BEHEERDER)
    sign_in(client, session, person)
    press_settle(client, client.get("/beheer/verrekenen/2025"))

    assert "zijn verrekend" not in text_of(client.get("/uren"))


MAKE_IT = """
from hashlib import sha256
from app.web.hours.statement import statement_pdf
from tests.hours.builders import a_statement
print(sha256(statement_pdf(a_statement())).hexdigest())
"""
HOSTILE = (
    '#eval("1/0") *vet* _schuin_ = kop @wie <label> \\ $x$ // niets',
    "😀 שלום العربية \u202eomgekeerd",
    "x" * TITLE_LIMIT,
)


def a_quarter_that_is_over(session: Session, *titles: str) -> User:
    person = a_colleague(session)
    for title in titles:
        opgave = an_opgave(session, title=title)
        booked(session, opgave.gemeente_code, person.gemeente_code, 8, SUMMER, opgave.id)
    return person


def document(answer: TestResponse) -> Pdf:
    return Pdf.open(BytesIO(answer.data))


def test_a_quarter_that_is_over_is_a_document_that_can_be_listened_to(
    client: FlaskClient, session: Session
) -> None:
    person = a_quarter_that_is_over(session, "Minder regels")
    sign_in(client, session, person)
    assert 'href="/uren/2026/3/pdf"' in client.get("/uren/2026/3").text

    answer = client.get("/uren/2026/3/pdf")

    found = document(answer)
    code = person.gemeente_code.lower()
    assert answer.content_type == "application/pdf"
    assert f"uren-{code}-2026-kwartaal-3.pdf" in answer.headers["Content-Disposition"]
    assert bool(found.Root.MarkInfo.Marked)
    assert str(found.Root.Lang) == "nl"
    assert str(found.docinfo["/Title"]) == "Uren van gemeente Leendam, derde kwartaal van 2026"
    assert found.Root.StructTreeRoot.Type == Name.StructTreeRoot
    kinds = [str(one.get("/S")) for one in found.objects if isinstance(one, Dictionary)]
    assert kinds.count("/TH") == 6
    assert kinds.count("/TR") == 2


def test_a_document_is_the_same_whenever_it_is_made(client: FlaskClient, session: Session) -> None:
    person = a_quarter_that_is_over(session, *HOSTILE)
    sign_in(client, session, person)
    first = client.get("/uren/2026/3/pdf").data

    # Later bookings, and another title for an opgave, belong to what comes after.
    for opgave in session.scalars(select(Opgave)):
        booked(session, opgave.gemeente_code, person.gemeente_code, 3, opgave_id=opgave.id)
        opgave.title = "Iets anders"
    session.commit()
    with time_machine.travel(MONDAY + timedelta(weeks=60)):
        sign_in(client, session, person)
        again = client.get("/uren/2026/3/pdf").data

    assert first.startswith(b"%PDF-")
    assert again == first


def test_a_document_names_no_opgave_that_was_taken_down_to_the_other_gemeente(
    client: FlaskClient, session: Session
) -> None:
    reader = a_quarter_that_is_over(session, "Minder regels")
    opgave = session.scalars(select(Opgave)).one()
    owner, page = session.get_one(User, opgave.owner_id), "/uren/2026/3/pdf"
    before = sign_in(client, session, owner).get(page).data

    opgave.taken_down_at = MONDAY
    session.commit()
    theirs = sign_in(client, session, reader).get(page).data
    own = sign_in(client, session, owner).get(page).data

    known = queries.statement(session, reader.gemeente_code, Quarter(2026, 3))
    (line,) = known.lines
    nameless = replace(line, opgave_title="Een opgave van 23 november 2026 die is weggehaald")
    assert theirs == statement_pdf(replace(known, lines=(nameless,)))
    assert own == before


def test_another_process_makes_the_same_document() -> None:
    there = subprocess.run(
        [sys.executable, "-c", MAKE_IT],
        cwd=ROOT,
        env={"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7", "LANG": "C.UTF-8"},
        capture_output=True,
        check=True,
        text=True,
    )

    assert there.stdout.strip() == sha256(statement_pdf(a_statement())).hexdigest()


def test_a_quarter_in_which_nothing_was_booked_has_a_document_too(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_colleague(session))

    assert client.get("/uren/2026/2/pdf").data.startswith(b"%PDF-")


def test_a_quarter_that_runs_has_no_document_yet(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_colleague(session))

    assert client.get("/uren/2026/4/pdf").status_code == 404
    assert "Na 31 december 2026 kun je dit ook als document" in text_of(client.get("/uren/2026/4"))


@pytest.mark.parametrize("deed", ["", "/ongedaan"])
@pytest.mark.parametrize("year", [0, 1999, 9999])
def test_a_year_without_hours_is_not_there_to_settle(
    client: FlaskClient, session: Session, year: int, deed: str
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    assert client.post(f"/beheer/verrekenen/{year}{deed}").status_code == 404
