"""One's own data comes as one file, to read and to work with."""

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import grants
from app.core.actor import Role
from app.core.audit import entries
from app.loans import service as loans
from app.loans.rules import Party, Reason, Refusal
from app.matching.service import match_opgave
from app.people.rules import CONSENT, CONSENTS, Level, ProfileState
from app.people.service import publish_profile
from app.privacy.dictionary import dictionary
from app.privacy.export import ROWS_A_PAGE, Person, parts_of
from tests.conversations.builders import a_question, say
from tests.loans.builders import a_loan, a_running_loan, parties, sign_rest
from tests.support.builders import a_profile, a_skill, a_user, an_asked_skill, an_opgave
from tests.support.laden import Laden, fill
from tests.support.pages import fault_at, text_of
from tests.support.web import sign_in
from tests.support.work import TODAY, make_work

# About fifty rows come for each of these.
TIMES, ROWS = 205, 10_000
FORMULA = "=HYPERLINK(1)"
ROLE = "fetches_own_data"


def fetched(client: FlaskClient) -> ZipFile:
    answer = client.post("/account/gegevens")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert "mijn-gegevens-2026-11-23.zip" in answer.headers["Content-Disposition"]
    return ZipFile(BytesIO(answer.data))


def table(bundle: ZipFile, name: str) -> list[dict[str, str]]:
    text = bundle.read(f"tabellen/{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_somebody_gets_their_data_in_three_shapes(client: FlaskClient, session: Session) -> None:
    profile = a_profile(session, a_skill("inkoop", evidence=FORMULA), about="Ik ben <b>er</b>")
    owner = session.get_one(User, profile.user_id)
    a_profile(session, a_skill("handhaving"))
    sign_in(client, session, owner)

    bundle = fetched(client)

    page = bundle.read("lees-mij.html").decode()
    assert "Ik ben &lt;b&gt;er&lt;/b&gt;" in page
    assert "handhaving" not in page
    (skill,) = table(bundle, "kennis-en-ervaring")
    assert skill["Kennis of ervaring"] == "inkoop"
    assert skill["Waaruit dat blijkt"] == f"'{FORMULA}"
    told = json.loads(bundle.read("gegevens.json"))
    assert told["Je account"][0]["werkmail"] == owner.email
    assert told["Kennis en ervaring"][0]["waaruit dat blijkt"] == FORMULA
    assert told["Profiel"][0]["stand"] == profile.state.value


def test_a_sheet_has_the_words_that_its_owner_reads_on_the_site(
    client: FlaskClient, session: Session
) -> None:
    skill = a_skill("inkoop", level=Level.EXPERT, energy=5)
    profile = a_profile(session, skill, themes=["wonen"], movement=["aanpakker"])
    opgave = an_opgave(session, an_asked_skill("inkoop", level=2))
    session.commit()
    match_opgave(make_work(session), opgave.id)
    sign_in(client, session, session.get_one(User, profile.user_id))

    bundle = fetched(client)

    (known,), (own,) = table(bundle, "kennis-en-ervaring"), table(bundle, "profiel")
    (match,) = table(bundle, "matches")
    assert (known["Niveau"], known["Energie"]) == ("Expert", "5 van 5")
    assert (own["Thema’s"], own["Beweging"]) == ("Wonen", "Aanpakker")
    assert match["Groep"] == "alles wat nodig is"
    assert match["Redenen"].startswith("Op je profiel: inkoop.")
    assert match["Redenen"].endswith(" punten.")


def test_what_somebody_agreed_with_comes_in_full(client: FlaskClient, session: Session) -> None:
    profile = a_profile(session, "wmo", state=ProfileState.CONCEPT)
    owner = session.get_one(User, profile.user_id)
    publish_profile(make_work(session, owner))
    sign_in(client, session, owner)

    (row,) = table(fetched(client), "waarmee-je-het-eens-was")

    assert row["Tekst"] == f"{CONSENT}: {CONSENTS[CONSENT]}"


def test_an_opgave_is_named_until_it_is_taken_down(client: FlaskClient, session: Session) -> None:
    talk = a_question(session)
    say(session, talk, talk.owner, "Op de markt")
    sign_in(client, session, talk.professional)

    (row,) = table(fetched(client), "gesprekken")
    assert row["Opgave"] == talk.opgave.title
    talk.opgave.taken_down_at = talk.opgave.created_at
    session.flush()
    (row,) = table(fetched(client), "gesprekken")
    assert row["Opgave"] == "Een opgave die is weggehaald"


def test_who_looks_after_an_opgave_reads_its_loans_in_three_shapes(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    a_running_loan(session, who)
    sign_in(client, session, who.borrower)

    bundle = fetched(client)

    (row,) = table(bundle, "inzet-voor-jouw-opgaven")
    assert (row["Gedetacheerde"], row["Opgave"]) == (who.professional.name, who.opgave.title)
    assert "Inzet voor jouw opgaven" in bundle.read("lees-mij.html").decode()
    (told,) = json.loads(bundle.read("gegevens.json"))["Inzet voor jouw opgaven"]
    assert told["gedetacheerde"] == who.professional.name


def test_ten_thousand_rows_come_whole_and_a_page_at_a_time(
    client: FlaskClient, session: Session
) -> None:
    person, other = (session.get_one(User, a_profile(session, "wmo").user_id) for _ in range(2))
    fill(session, Laden(person, other), TIMES)
    sign_in(client, session, person)

    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    pages = [
        len(page)
        for part in parts_of(session, Person(person.id, person.email))
        for page in part.pages
    ]
    bundle = fetched(client)

    told = json.loads(bundle.read("gegevens.json"))
    told.pop("gemaakt op")
    counts = {title: len(rows) for title, rows in told.items()}
    assert sum(counts.values()) > ROWS
    assert sum(pages) <= sum(counts.values())
    assert max(pages) <= ROWS_A_PAGE
    assert counts.keys() == {one.title for one in dictionary().of_people()}
    tables = [name for name in bundle.namelist() if name.startswith("tabellen/")]
    in_tables = [len(table(bundle, Path(name).stem)) for name in tables]
    assert sorted(in_tables) == sorted(counts.values())
    page = bundle.read("lees-mij.html").decode()
    assert page.count("<tr>") == sum(counts.values()) + len(counts)


def test_fetching_is_kept_in_the_log(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    sign_in(client, session, user)

    fetched(client)

    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    deeds = [(entry.deed, entry.actor_id) for entry in entries(session)]
    assert ("data.exported", user.id) in deeds


def test_the_button_stands_on_the_account_page(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    page = client.get("/account").text

    assert 'action="/account/gegevens"' in page
    assert "Haal je gegevens op" in page


def test_the_role_of_the_application_fetches_it_too(client: FlaskClient, session: Session) -> None:
    """It may read the log by its own functions only."""
    user = a_user(session)
    sign_in(client, session, user)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    make_work(session, user).record("profile.seen", ("profile", user.id), user.id)
    session.flush()
    grants.prepare(session, ROLE)
    session.execute(text(f"SET LOCAL ROLE {ROLE}"))

    bundle = fetched(client)

    assert [row["Daad"] for row in table(bundle, "logboek")].count("bekeek een profiel") == 1


END = "/account/beeindigen"


def test_an_account_ends_when_somebody_is_sure(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    a_profile(session, "wmo", user=user)
    sign_in(client, session, user)
    user_id = user.id

    found = END in client.get("/account").text
    unsure = client.post(END)
    still = session.get(User, user_id) is not None
    gone = client.post(END, data={"is_sure": "y"}, follow_redirects=True)

    assert (found, unsure.status_code, still) == (True, 422, True)
    assert fault_at(unsure, "is_sure") == "Fout: Zet een vinkje als je het zeker weet."
    assert "Je account is weg, met alles wat we van je bewaarden." in text_of(gone)
    session.expire_all()
    assert session.get(User, user_id) is None
    assert client.get("/account").status_code == 302
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    deeds = [one.deed for one in entries(session, about=user_id, by=user_id)]
    assert "person.left" in deeds


def test_who_is_needed_reads_for_what_and_cannot_go(client: FlaskClient, session: Session) -> None:
    who = parties(session)
    loan = a_running_loan(session, who)
    sign_in(client, session, who.professional)

    page = client.get(END)
    refused = client.post(END, data={"is_sure": "y"})

    assert f'href="/inzet/{loan.id}"' in page.text
    said = text_of(page)
    assert f"Jouw inzet voor {who.opgave.title}" in said
    assert "laat de inzet niet doorgaan." in said
    assert "is_sure" not in page.text
    assert refused.status_code == 422
    assert session.get(User, who.professional.id) is not None


def test_who_leaves_reads_no_way_out_that_is_not_there(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who, starts_on=TODAY)
    sign_in(client, session, who.professional)

    def said() -> str:
        session.flush()
        return text_of(client.get(END))

    assert "trek je aanvraag in." in said()
    sign_rest(session, who, loan.id, 1)
    assert "stop de inzet. Na de laatste dag kun je verder." in said()
    work = make_work(session, who.professional)
    loans.end_early(work, loan.id, Party.PROFESSIONAL, TODAY, Refusal(Reason.TOO_BUSY))
    stopped = said()
    assert "stop de inzet" not in stopped
    assert "23 november 2026 is de laatste dag. Daarna kun je verder." in stopped


def test_the_last_who_looks_after_the_site_stays(client: FlaskClient, session: Session) -> None:
    last = a_user(session, Role.BEHEERDER)
    sign_in(client, session, last)

    page = text_of(client.get(END))
    refused = client.post(END, data={"is_sure": "y"})
    a_user(session, Role.BEHEERDER)
    session.commit()
    gone = client.post(END, data={"is_sure": "y"})

    assert "Jij bent de enige beheerder van de site." in page
    assert (refused.status_code, gone.status_code) == (422, 302)


def test_who_has_power_proves_who_they_are_before_they_go(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    sign_in(client, session, beheerder, is_proven=False)

    answer = client.post(END, data={"is_sure": "y"})

    assert answer.status_code in {302, 400}
    assert session.get(User, beheerder.id) is not None
