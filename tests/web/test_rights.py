"""The page of roles and rights: who reads of whom, who confirms, and what leaves the house."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import roles_of
from app.accounts.rules import Hands
from app.core.actor import Role
from app.core.audit import AuditEntry
from app.core.rights import MATRIX
from app.web.aliases import alias_of
from tests.support.builders import a_grant, a_network, a_proposal, a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY

PAGE = "/beheer/rechten"


def rows_of(client: FlaskClient) -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}/csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True).removeprefix("\ufeff")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def deeds(session: Session) -> list[str]:
    found = select(AuditEntry.deed).where(AuditEntry.deed.startswith("rights."))
    return sorted(session.scalars(found))


def test_a_gemeentebeheerder_reads_the_roles_of_the_own_gemeente(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans de Wit")
    code, ends_on = beheerder.gemeente_code, TODAY + timedelta(days=30)
    given = a_grant(Role.OPGAVEHOUDER, ends_on=ends_on, granted_by=beheerder.id)
    a_user(session, grants=[given], gemeente_code=code, name="Jan Vos")
    over = a_grant(Role.OPGAVEHOUDER, ends_on=TODAY - timedelta(days=1))
    a_user(session, grants=[over], gemeente_code=code, name="Piet Over")
    far = a_user(session, Role.OPGAVEHOUDER, name="Ver Weg")
    sign_in(client, session, beheerder)

    page, elsewhere = client.get(PAGE).text, client.get(f"{PAGE}?gemeente={far.gemeente_code}")
    rows = rows_of(client)

    assert ["Jan Vos" in page, "23 december 2026" in page] == [True, True]
    assert ["Piet Over" in page, "Ver Weg" in page, elsewhere.status_code] == [False, False, 404]
    assert [row["Naam"] for row in rows] == ["Ans de Wit", "Jan Vos"]
    assert (rows[1]["Rol"], rows[1]["Gegeven door"], rows[1]["Tot en met"]) == (
        "Opgavehouder",
        "Ans de Wit",
        "23-12-2026",
    )
    assert deeds(session) == ["rights.exported", "rights.read"]


def test_a_beheerder_reads_and_exports_those_of_all(client: FlaskClient, session: Session) -> None:
    people = [a_user(session, Role.OPGAVEHOUDER) for _ in range(2)]
    beheerder = a_user(session, Role.BEHEERDER)
    sign_in(client, session, beheerder)

    pages = [client.get(f"{PAGE}?gemeente={one.gemeente_code}").text for one in people]

    assert [one.email in page for one, page in zip(people, pages, strict=True)] == [True, True]
    found = {row["Mailadres"] for row in rows_of(client)}
    assert found == {beheerder.email, *(one.email for one in people)}


def test_the_log_says_of_how_many_gemeenten_roles_were_exported(
    client: FlaskClient, session: Session
) -> None:
    near, platform = (a_user(session, role) for role in (Role.GEMEENTEBEHEERDER, Role.BEHEERDER))
    for one in (near, platform):
        sign_in(client, session, one)
        client.get(f"{PAGE}/csv")

    found = select(AuditEntry).where(AuditEntry.deed.startswith("rights."))
    logged = {one.actor_id: (one.deed, one.subject_id) for one in session.scalars(found)}
    assert logged == {
        near.id: ("rights.exported", near.gemeente_code),
        platform.id: ("rights.exported.all", ""),
    }


GONE = "iemand die hier niet meer is"
RUNS_IT = "wie de site draait"


@pytest.mark.parametrize(
    ("hands", "by_are_gone", "said"),
    [
        (Hands.ONE, False, ("Ans", "")),
        (Hands.ONE, True, (GONE, "")),
        (Hands.TWO, False, ("Ans", "Bea")),
        (Hands.TWO, True, (GONE, GONE)),
        (Hands.WITH_OPERATOR, False, ("Ans", RUNS_IT)),
        (Hands.WITH_OPERATOR, True, (GONE, RUNS_IT)),
        (Hands.OPERATOR, False, (RUNS_IT, "")),
        # Of the release before, while that still runs.
        (None, False, ("Ans", "Bea")),
    ],
)
def test_who_gave_a_role_or_more_time_is_told_truly_also_when_they_left(
    client: FlaskClient,
    session: Session,
    hands: Hands | None,
    by_are_gone: bool,
    said: tuple[str, str],
) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    ans, bea = (a_user(session, name=name) for name in ("Ans", "Bea"))
    first = ans.id if hands is not Hands.OPERATOR else None
    second = bea.id if hands in {Hands.TWO, None} else None
    given = a_grant(
        Role.GEMEENTEBEHEERDER,
        hands=hands,
        granted_by=first,
        confirmed_by=second,
        reason="Was nodig",
        prolonged_at=MONDAY,
        prolonged_by=first,
        prolonging_confirmed_by=second,
        prolonging_hands=hands,
        prolonging_reason="Is nog nodig",
    )
    a_user(session, grants=[given], name="Jan Vos", gemeente_code=beheerder.gemeente_code)
    if by_are_gone:
        for one in (ans, bea):
            session.delete(one)
        session.flush()
        session.expire_all()
    sign_in(client, session, beheerder)

    page = text_of(client.get(PAGE))
    [row] = [one for one in rows_of(client) if one["Naam"] == "Jan Vos"]

    by, confirmed = said
    assert f"Gegeven door {by}" in page
    assert f"Verlengd door {by}" in page
    assert ("Bevestigd door" in page, "Verlengen bevestigd door" in page) == (bool(confirmed),) * 2
    assert f"Bevestigd door {confirmed}".strip() in page or not confirmed
    assert ("Reden Was nodig" in page, "Reden van verlengen Is nog nodig" in page) == (True, True)
    assert [row[head] for head in ("Gegeven door", "Bevestigd door", "Reden")] == [
        *(by, confirmed, "Was nodig")
    ]
    heads = ("Verlengd op", "Verlengd door", "Verlengen bevestigd door", "Reden van verlengen")
    assert [row[head] for head in heads] == ["23-11-2026", by, confirmed, "Is nog nodig"]


def test_of_what_was_never_prolonged_nothing_is_told(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    sign_in(client, session, beheerder)

    assert "erlengd" not in text_of(client.get(PAGE))
    assert [row["Verlengd op"] for row in rows_of(client)] == [""]


def test_of_a_coordinator_it_tells_of_which_network(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    code = beheerder.gemeente_code
    network = a_network(session, code, name="=Zand")
    given = a_grant(Role.COORDINATOR, network_id=network.id)
    a_user(session, grants=[given], gemeente_code=code, name="Jan Vos")
    asked = {"role": Role.COORDINATOR, "network_id": network.id, "proposed_by": beheerder.id}
    a_proposal(session, **asked)
    sign_in(client, session, beheerder)

    page = text_of(client.get(PAGE))

    assert page.count("Netwerk =Zand") == 2
    networks = {row["Naam"]: row["Netwerk"] for row in rows_of(client)}
    assert networks == {beheerder.name: "", "Jan Vos": "'=Zand"}


def test_no_cell_of_the_export_is_a_formula(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans")
    evil = '=HYPERLINK("https://kwaad.example")'
    grant = a_grant(Role.OPGAVEHOUDER, reason="@SUM(1)")
    a_user(session, grants=[grant], name=evil, gemeente_code=beheerder.gemeente_code)
    sign_in(client, session, beheerder)

    [row] = [one for one in rows_of(client) if one["Naam"] != "Ans"]

    assert (row["Naam"], row["Reden"]) == (f"'{evil}", "'@SUM(1)")


def test_the_matrix_is_there_to_be_read(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    page = text_of(client.get(PAGE))

    assert [row.label for row in MATRIX.values() if row.label not in page] == []
    assert "van alle gemeenten, met een tweede persoon" in page


def test_a_role_is_proposed_on_one_page_and_confirmed_on_another(
    client: FlaskClient, session: Session
) -> None:
    first, second = (a_user(session, Role.BEHEERDER, name=name) for name in ("Ans", "Bea"))
    person = a_user(session, name="Jan Vos")
    sent = {"role": "gemeentebeheerder", "deed": "give", "term": "quarter"}

    sign_in(client, session, first)
    before = client.get(f"/beheer/collegas?gemeente={person.gemeente_code}").text
    address = f"/beheer/collegas/{alias_of(person.id)}/rol"
    said = client.post(address, data=sent, follow_redirects=True).text
    own = client.get(PAGE).text
    sign_in(client, session, second)
    waits, other = client.get("/beheer").text, client.get(PAGE).text
    [action] = [one for one in other.split('"') if one.startswith(f"{PAGE}/voorstellen/")]
    confirmed = client.post(action, data={"verdict": "confirm"}, follow_redirects=True).text

    session.refresh(person)
    assert "Stel voor als gemeentebeheerder" in before
    assert "Jan Vos is voorgesteld als gemeentebeheerder." in said
    assert "Een ander bevestigt dit: Bea." in own
    assert ('value="confirm"' in own, 'value="confirm"' in other) == (False, True)
    assert ("1 te bevestigen" in waits, "Jan Vos als gemeentebeheerder" in other) == (True, True)
    assert "De rol werkt vanaf nu." in confirmed
    assert roles_of(person) == {Role.GEMEENTEBEHEERDER}


def test_more_time_is_proposed_by_a_button_that_says_so(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    person = a_user(session, Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER)

    page = client.get(f"/beheer/collegas?gemeente={person.gemeente_code}").text

    assert ("Stel voor gemeentebeheerder te verlengen" in page, "Verleng opgavehouder" in page) == (
        True,
        True,
    )


def test_a_single_beheerder_reads_what_to_do(client: FlaskClient, session: Session) -> None:
    only, person = a_user(session, Role.BEHEERDER), a_user(session)
    a_proposal(session, user_id=person.id, proposed_by=only.id)
    sign_in(client, session, only)

    page = text_of(client.get(PAGE))

    assert "Er is geen tweede platformbeheerder die dit kan bevestigen." in page
    assert f"flask accounts confirm {person.email} gemeentebeheerder --reason" in page


def test_a_beheerder_of_the_platform_is_confirmed_at_the_command_line_only(
    client: FlaskClient, session: Session
) -> None:
    proposal = a_proposal(session, role=Role.BEHEERDER)
    second = a_user(session, Role.BEHEERDER)
    sign_in(client, session, second)

    page = text_of(client.get(PAGE))
    answers = [
        client.post(f"{PAGE}/voorstellen/{proposal.id}", data={"verdict": verdict}).status_code
        for verdict in ("confirm", "refuse")
    ]

    assert "Bevestigen gaat op de opdrachtregel" in page
    assert answers == [404, 404]
    assert roles_of(session.get_one(User, proposal.user_id)) == frozenset()


@pytest.mark.parametrize("sent", [{}, {"verdict": "perhaps"}])
def test_half_a_button_decides_nothing(
    client: FlaskClient, session: Session, sent: dict[str, str]
) -> None:
    proposal = a_proposal(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    answer = client.post(f"{PAGE}/voorstellen/{proposal.id}", data=sent)

    assert (answer.status_code, proposal.decided_at) == (422, None)
