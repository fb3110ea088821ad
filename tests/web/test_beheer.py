"""What a beheerder looks after, and what is none of anybody else's business."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import AccessRequest, KeptAddress, SignIn, User
from app.accounts.queries import roles_of
from app.accounts.rules import AccessState, WhyKept
from app.core.actor import Role
from app.core.heartbeat import Group, Heartbeat, beat
from app.core.jobs import MOST_ATTEMPTS, Job, JobState
from app.core.outbox import OutboxMessage
from app.gemeenten.models import EmailDomain, Gemeente
from app.matching.models import NightlyRun
from app.notifications import service as notifications
from app.notifications.models import Delivery, DigestRun
from app.notifications.rules import DeliveryState, MailKind
from app.notifications.service.writing import WRITERS
from app.notifications.service.writing.addressed import NothingToTell
from app.people.rules import Visibility
from app.privacy.models import RetentionRun
from app.web.aliases import alias_of
from tests.support.builders import a_domain, a_gemeente, a_grant, a_profile, a_user, an_opgave
from tests.support.pages import fault_at, text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, database_now, make_work

PAGES = (
    *("/beheer", "/beheer/aanvragen", "/beheer/collegas", "/beheer/domeinen"),
    *("/beheer/systeem", "/beheer/mail", "/beheer/netwerken"),
)
ALL, OWN, NONE = (200,) * 7, (200, 404, 200, 404, 404, 404, 404), (404,) * 7


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        (Role.BEHEERDER, ALL),
        (Role.GEMEENTEBEHEERDER, OWN),
        (Role.OPGAVEHOUDER, NONE),
    ],
)
def test_each_role_sees_its_own_pages(
    client: FlaskClient, session: Session, role: Role, answers: tuple[int, ...]
) -> None:
    sign_in(client, session, a_user(session, role))
    assert tuple(client.get(page).status_code for page in PAGES) == answers


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert [client.get(page).location for page in PAGES] == ["/inloggen"] * len(PAGES)


def test_the_first_page_tells_what_waits(client: FlaskClient, session: Session) -> None:
    a_request(session)
    a_failed_job(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer").text

    assert ("1 te beslissen" in page, "1 mislukt" in page) == (True, True)


def test_a_gemeentebeheerder_is_offered_only_what_works(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))
    page = client.get("/beheer").text
    assert ("/beheer/collegas" in page, "/beheer/systeem" in page) == (True, False)


@pytest.mark.parametrize(
    "page", ["/beheer/aanvragen", "/beheer/collegas", "/beheer/systeem", "/beheer/mail"]
)
def test_a_longer_list_asks_no_more_of_the_database(
    client: FlaskClient, session: Session, page: str
) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    home = beheerder.gemeente_code

    def one_more() -> None:
        a_request(session)
        a_failed_job(session)
        a_failed_mail(session)
        a_user(session, Role.OPGAVEHOUDER, gemeente_code=home)

    one_more()
    sign_in(client, session, beheerder)
    with counted(session) as for_one:
        client.get(page)
    one_more()
    one_more()
    with counted(session) as for_three:
        client.get(page)
    assert len(for_one) == len(for_three) > 0


# Requests


def test_without_requests_the_page_says_so(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    assert "Geen aanvragen" in client.get("/beheer/aanvragen").text


def test_a_request_shows_who_asks_for_which_gemeente(client: FlaskClient, session: Session) -> None:
    gemeente = a_gemeente(session)
    a_request(session, gemeente_code=gemeente.code, name="Noor <b>", email="noor@elders.nl")
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer/aanvragen").text

    assert ("Noor &lt;b&gt;" in page, "noor@elders.nl" in page) == (True, True)
    assert f"Laat toe en neem elders.nl over voor {gemeente.name}" in page


@pytest.mark.parametrize(
    ("decision", "state", "people", "domains"),
    [
        ("grant", AccessState.GRANTED, ["noor@elders.nl"], []),
        ("grant_and_claim", AccessState.GRANTED, ["noor@elders.nl"], ["elders.nl"]),
        ("refuse", AccessState.REFUSED, [], []),
    ],
)
def test_a_beheerder_decides(
    client: FlaskClient,
    session: Session,
    decision: str,
    state: AccessState,
    people: list[str],
    domains: list[str],
) -> None:
    request = a_request(session, email="noor@elders.nl")
    beheerder = a_user(session, Role.BEHEERDER)
    sign_in(client, session, beheerder)

    answer = client.post(f"/beheer/aanvragen/{request.id}", data={"decision": decision})

    others = select(User.email).where(User.id != beheerder.id)
    assert (answer.status_code, answer.location) == (302, "/beheer/aanvragen")
    assert request.state is state
    assert session.scalars(others).all() == people
    assert session.scalars(select(EmailDomain.domain)).all() == domains


def test_of_two_decisions_the_second_is_told_so(client: FlaskClient, session: Session) -> None:
    request = a_request(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    client.post(f"/beheer/aanvragen/{request.id}", data={"decision": "grant"})

    page = client.post(f"/beheer/aanvragen/{request.id}", data={"decision": "refuse"})

    assert (page.status_code, request.state) == (409, AccessState.GRANTED)
    assert "Over deze aanvraag is al beslist." in page.text


@pytest.mark.parametrize("decision", ["", "x" * 10_000, "💥", "\x00", "GRANT"])
def test_an_unknown_decision_decides_nothing(
    client: FlaskClient, session: Session, decision: str
) -> None:
    request = a_request(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    page = client.post(f"/beheer/aanvragen/{request.id}", data={"decision": decision})
    assert (page.status_code, request.state) == (422, AccessState.WAITING)


def test_a_domain_for_everybody_cannot_be_taken_over(client: FlaskClient, session: Session) -> None:
    request = a_request(session, email="noor@gmail.com")
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.post(f"/beheer/aanvragen/{request.id}", data={"decision": "grant_and_claim"})

    assert (page.status_code, request.state) == (422, AccessState.WAITING)
    assert session.scalars(select(EmailDomain)).all() == []
    assert ("Een gemeente kan het niet overnemen." in page.text, request.name in page.text) == (
        True,
        True,
    )


def test_a_domain_for_everybody_is_not_offered(client: FlaskClient, session: Session) -> None:
    a_request(session, email="noor@gmail.com")
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer/aanvragen").text

    assert ("Laat toe en neem" in page, "Bij gmail.com kan iedereen" in page) == (False, True)


def test_a_gemeentebeheerder_does_not_decide(client: FlaskClient, session: Session) -> None:
    request = a_request(session)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))
    answer = client.post(f"/beheer/aanvragen/{request.id}", data={"decision": "grant"})
    assert (answer.status_code, request.state) == (404, AccessState.WAITING)


# Colleagues and their roles


def test_a_gemeentebeheerder_sees_colleagues_of_the_own_gemeente(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    near = a_user(session, gemeente_code=beheerder.gemeente_code)
    far = a_user(session)
    sign_in(client, session, beheerder)

    page = client.get("/beheer/collegas").text

    assert (near.email in page, far.email in page) == (True, False)
    assert ("Maak opgavehouder" in page, "Stel voor als gemeentebeheerder" in page) == (True, False)
    assert "Toon deze gemeente" not in page


def role_of(client: FlaskClient, person: User) -> str:
    """Where a role is given to a person, whether or not a page offers that."""
    with client.application.app_context():
        return f"/beheer/collegas/{alias_of(person.id)}/rol"


@pytest.mark.parametrize("word", ["x", "é", "00000000-0000-0000-0000-000000000000"])
def test_nobody_stands_behind_what_no_page_said(
    client: FlaskClient, session: Session, word: str
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    sent = {"role": "opgavehouder", "deed": "give"}
    assert client.post(f"/beheer/collegas/{word}/rol", data=sent).status_code == 404


def test_no_page_with_names_tells_where_a_profile_without_a_name_is(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER)
    shy = a_user(session, Role.OPGAVEHOUDER, gemeente_code=beheerder.gemeente_code)
    a_profile(session, "wmo", user=shy, visibility=Visibility.ANONYMOUS)
    opgave = an_opgave(session, "wmo", owner=beheerder)
    sign_in(client, session, beheerder)

    pages = [
        client.get(address).text
        for address in ("/beheer/collegas", f"/opgaven/{opgave.id}/overdragen")
    ]

    assert [shy.email in page for page in pages] == [True, True]
    assert [str(shy.id) in page for page in pages] == [False, False]


def test_another_gemeente_does_not_exist_for_a_gemeentebeheerder(
    client: FlaskClient, session: Session
) -> None:
    far = a_user(session)
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))
    answers = [
        client.get(f"/beheer/collegas?gemeente={far.gemeente_code}"),
        client.post(role_of(client, far), data={"role": "opgavehouder", "deed": "give"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert roles_of(far) == frozenset()


def test_a_beheerder_looks_at_any_gemeente(client: FlaskClient, session: Session) -> None:
    far = a_user(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get(f"/beheer/collegas?gemeente={far.gemeente_code}").text

    assert (far.email in page, "Stel voor als gemeentebeheerder" in page) == (True, True)
    assert f'<option selected value="{far.gemeente_code}">' in page


@pytest.mark.parametrize("code", ["GM0000", "x", "%00", "💥", "x" * 3_000])
def test_an_unknown_gemeente_does_not_exist(
    client: FlaskClient, session: Session, code: str
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    answers = [client.get(f"{page}?gemeente={code}") for page in (PAGES[2], PAGES[3])]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_gemeente_without_people_says_what_to_do(client: FlaskClient, session: Session) -> None:
    empty = a_gemeente(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    assert "Nog geen collega’s" in client.get(f"/beheer/collegas?gemeente={empty.code}").text


def test_a_role_is_given_and_taken_away(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    person = a_user(session, gemeente_code=beheerder.gemeente_code)
    address = role_of(client, person)
    sign_in(client, session, beheerder)

    given = client.post(address, data={"role": "opgavehouder", "deed": "give"})
    session.refresh(person)
    after_giving = roles_of(person)
    client.post(address, data={"role": "opgavehouder", "deed": "end"})
    session.refresh(person)

    assert given.location == f"/beheer/collegas?gemeente={person.gemeente_code}"
    assert (set(after_giving), set(roles_of(person))) == ({Role.OPGAVEHOUDER}, set())


def test_taking_a_role_away_asks_once_more(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    a_user(session, Role.OPGAVEHOUDER, gemeente_code=beheerder.gemeente_code)
    sign_in(client, session, beheerder)

    page = " ".join(client.get("/beheer/collegas").text.split())

    inside = page.split("<details")[2].split("</details>")[0]
    assert page.count('value="end"') == inside.count('value="end"') == 1
    assert ("Niet langer opgavehouder" in inside, "Weet je het zeker?" in inside) == (True, True)


def test_a_gemeentebeheerder_names_no_gemeentebeheerders(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    person = a_user(session, gemeente_code=beheerder.gemeente_code)
    sign_in(client, session, beheerder)
    answers = [
        client.post(role_of(client, person), data={"role": role, "deed": "give"})
        for role in ("gemeentebeheerder", "beheerder")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert roles_of(person) == frozenset()


def test_nobody_becomes_a_beheerder_by_a_page(client: FlaskClient, session: Session) -> None:
    person = a_user(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    answer = client.post(role_of(client, person), data={"role": "beheerder", "deed": "give"})
    assert (answer.status_code, roles_of(person)) == (404, frozenset())


@pytest.mark.parametrize(
    "sent", [{}, {"role": "opgavehouder"}, {"role": "koning", "deed": "give"}, {"deed": "give"}]
)
def test_a_half_button_changes_no_role(
    client: FlaskClient, session: Session, sent: dict[str, str]
) -> None:
    person = a_user(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    answer = client.post(role_of(client, person), data=sent)
    assert (answer.status_code, roles_of(person)) == (422, frozenset())


def test_a_role_is_given_for_a_term_that_is_chosen_and_prolonged(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    person = a_user(session, gemeente_code=beheerder.gemeente_code, name="Jan Vos")
    address = role_of(client, person)
    sign_in(client, session, beheerder)

    said = []
    for deed, term in (("give", "quarter"), ("prolong", "two_years"), ("prolong", "quarter")):
        sent = {"role": "opgavehouder", "deed": deed, "term": term}
        said.append(client.post(address, data=sent, follow_redirects=True).text)

    days = ("22 februari 2027", "22 november 2028", "22 november 2028")
    assert [
        "Jan Vos is opgavehouder tot en met " + day in page
        for page, day in zip(said, days, strict=True)
    ] == [True] * 3
    assert "Opgavehouder tot en met 22 november 2028" in said[-1]
    wrong = client.post(address, data={"role": "opgavehouder", "deed": "give", "term": "eeuwig"})
    assert wrong.status_code == 422


def test_the_own_role_is_prolonged_by_another(client: FlaskClient, session: Session) -> None:
    ends_on = TODAY + timedelta(days=5)
    beheerder = a_user(
        session, grants=[a_grant(Role.GEMEENTEBEHEERDER, ends_on=ends_on), a_grant(Role.BEHEERDER)]
    )
    address = role_of(client, beheerder)
    sign_in(client, session, beheerder)

    page = client.get("/beheer/collegas").text
    answers = [
        client.post(address, data={"role": role, "deed": deed, "term": "year"})
        for role in ("opgavehouder", "gemeentebeheerder")
        for deed in ("give", "prolong")
    ]

    session.expire_all()
    assert ("Vraag het een andere beheerder" in page, "Verleng" in page, "Maak" in page) == (
        True,
        False,
        False,
    )
    assert [answer.status_code for answer in answers] == [409] * 4
    assert {grant.role: grant.ends_on for grant in beheerder.grants}[
        Role.GEMEENTEBEHEERDER
    ] == ends_on
    assert Role.OPGAVEHOUDER not in roles_of(beheerder)


def test_the_first_page_tells_which_roles_end_soon(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    code, soon = beheerder.gemeente_code, TODAY + timedelta(days=42)
    for day in (soon, soon + timedelta(days=1), TODAY - timedelta(days=1)):
        a_user(session, gemeente_code=code, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=day)])
    a_user(session, grants=[a_grant(Role.OPGAVEHOUDER, ends_on=soon)])

    near = sign_in(client, session, beheerder).get("/beheer").text
    far = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer").text

    assert ("1 loopt bijna af" in near, "2 lopen bijna af" in far) == (True, True)


def test_a_role_that_is_over_opens_no_page_the_day_after(
    client: FlaskClient, session: Session
) -> None:
    person = a_user(session, grants=[a_grant(Role.GEMEENTEBEHEERDER, ends_on=TODAY)])
    sign_in(client, session, person)
    before = client.get("/beheer").status_code
    with time_machine.travel(MONDAY + timedelta(days=1)):
        sign_in(client, session, person)
        after = client.get("/beheer").status_code

    assert (before, after) == (200, 404)


def test_a_role_works_from_the_next_page_on(client: FlaskClient, session: Session) -> None:
    person = a_user(session, Role.GEMEENTEBEHEERDER)
    sign_in(client, session, person)
    before = client.get("/beheer").status_code
    person.grants[0].ended_at = MONDAY
    session.commit()
    assert (before, client.get("/beheer").status_code) == (200, 404)


def test_s11_who_moves_while_signed_in_looks_after_neither_gemeente(
    client: FlaskClient, session: Session
) -> None:
    person = a_user(session, Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER)
    codes = [person.gemeente_code, a_gemeente(session).code]
    sign_in(client, session, person)
    pages = ["/opgaven/nieuw", *(f"/beheer/collegas?gemeente={code}" for code in codes)]
    before = [client.get(page).status_code for page in pages]

    person.gemeente_code = codes[1]
    session.commit()

    after = [client.get(page).status_code for page in pages]
    assert (before, after) == ([302, 200, 404], [403, 404, 404])


# Mail domains


def test_a_domain_is_added_and_taken_away(client: FlaskClient, session: Session) -> None:
    gemeente = a_gemeente(session)
    address = f"/beheer/domeinen?gemeente={gemeente.code}"
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    added = client.post(address, data={"deed": "give", "domain": " @Testerdam.NL "})
    page = client.get(address).text
    after_adding = session.scalars(select(EmailDomain.domain)).all()
    client.post(address, data={"deed": "end", "domain": "testerdam.nl"})

    assert (added.status_code, added.location) == (302, address)
    assert ("testerdam.nl" in page, after_adding) == (True, ["testerdam.nl"])
    assert session.scalars(select(EmailDomain.domain)).all() == []


def test_a_domain_that_was_known_already_is_said_to_be(
    client: FlaskClient, session: Session
) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")
    address = f"/beheer/domeinen?gemeente={gemeente.code}"
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    known = client.post(
        address, data={"deed": "give", "domain": "Testerdam.nl"}, follow_redirects=True
    )
    fresh = client.post(
        address, data={"deed": "give", "domain": "elders.nl"}, follow_redirects=True
    )

    assert "Dit maildomein stond er al." in known.text
    assert "Het maildomein is bewaard." in fresh.text


@pytest.mark.parametrize(
    "domain",
    [
        "",
        "   ",
        "testerdam",
        "test erdam.nl",
        "anna@testerdam.nl",
        "💥.nl",
        "<b>.nl",
        "a" * 300 + ".nl",
        "-.nl",
        "gmail.com",
    ],
)
def test_what_is_no_domain_of_a_gemeente_is_refused_and_kept(
    client: FlaskClient, session: Session, domain: str
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    page = client.post("/beheer/domeinen", data={"deed": "give", "domain": domain})
    assert (page.status_code, session.scalars(select(EmailDomain)).all()) == (422, [])
    assert ('aria-invalid="true"' in page.text, "<b>.nl" in page.text) == (True, False)
    assert domain.strip() in page.text or domain == "<b>.nl"


def test_a_domain_belongs_to_one_gemeente(client: FlaskClient, session: Session) -> None:
    a_domain(session, a_gemeente(session), "testerdam.nl")
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    page = client.post("/beheer/domeinen", data={"deed": "give", "domain": "testerdam.nl"})
    assert (page.status_code, "hoort al bij een andere gemeente" in page.text) == (409, True)


@pytest.mark.parametrize("sent", [{}, {"deed": "give"}, {"deed": "end"}, {"domain": "a.nl"}])
def test_half_a_domain_form_changes_nothing(
    client: FlaskClient, session: Session, sent: dict[str, str]
) -> None:
    gemeente = a_gemeente(session)
    a_domain(session, gemeente, "testerdam.nl")
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    answer = client.post(f"/beheer/domeinen?gemeente={gemeente.code}", data=sent)
    assert answer.status_code in (404, 422)
    assert session.scalars(select(EmailDomain.domain)).all() == ["testerdam.nl"]


# The work behind the pages


def test_the_system_page_counts_and_names_what_failed(
    client: FlaskClient, session: Session
) -> None:
    a_failed_job(session, last_error="OperationalError: <weg>")
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer/systeem").text

    assert "matching.match_profile" in page
    assert "OperationalError: &lt;weg&gt;" in page


def test_the_system_page_tells_when_the_clock_last_did_its_work(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    before = text_of(client.get("/beheer/systeem"))
    for days, count in ((1, 7), (0, 1)):
        moment = MONDAY - timedelta(days=days)
        session.add(NightlyRun(night=moment.date(), began_at=moment, matches=count + 10))
        session.add(DigestRun(period=str(moment), planned_at=moment, planned=count))
    session.commit()

    after = text_of(client.get("/beheer/systeem"))

    assert before.count("nog niet") == 2
    assert "Er zijn nog geen overzichten klaargezet." in before
    assert "Alles opnieuw vergeleken 23 november 2026 om 09:00: 11 matches" in after
    assert (
        "Overzichten klaargezet Voor 23 november 2026 23 november 2026 om 09:00: 1 mail, nog bezig "
        "Voor 22 november 2026 22 november 2026 om 09:00: 7 mails, nog bezig "
    ) in after


def test_the_system_page_counts_what_the_last_night_removed(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    session.add(
        RetentionRun(
            night=TODAY,
            began_at=MONDAY,
            ended_at=MONDAY + timedelta(minutes=5),
            done={"sign_in weg": 1200, "outbox_message weg": 7},
            waiting={"user weg": 1},
        )
    )
    session.commit()

    page = text_of(client.get("/beheer/systeem"))

    assert (
        "Laatste nacht 23 november 2026 om 09:00, klaar: 23 november 2026 om 09:05 "
        "Inloglinks: weg 1.200 Wat er gebeurde: weg 7 Je account: weg, moet nog wachten 1"
    ) in page


def test_without_failures_the_page_says_so(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    page = client.get("/beheer/systeem").text
    assert "Er is niets mislukt." in page


def test_a_failed_job_is_tried_again(client: FlaskClient, session: Session) -> None:
    job = a_failed_job(session)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    answer = client.post("/beheer/systeem", data={"job_id": str(job.id)})

    session.refresh(job)
    assert (answer.status_code, answer.location) == (302, "/beheer/systeem")
    assert (job.state, job.attempts) == (JobState.PENDING, 0)


@pytest.mark.parametrize(
    ("job_id", "status"),
    [("", 422), ("x", 422), ("9" * 30, 422), ("-1", 404), ("999999999", 404), ("1.5", 422)],
)
def test_an_unknown_job_is_not_tried_again(
    client: FlaskClient, session: Session, job_id: str, status: int
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    assert client.post("/beheer/systeem", data={"job_id": job_id}).status_code == status


def test_the_page_says_what_waits_and_since_when(client: FlaskClient, session: Session) -> None:
    now = database_now(session)
    a_failed_job(session, state=JobState.PENDING, next_attempt_at=now - timedelta(seconds=59))
    for minutes in (3, 130):
        told_at = MONDAY - timedelta(minutes=minutes)
        session.add(OutboxMessage(name="profile.changed", payload={}, occurred_at=told_at))
    a_failed_mail(session, state=DeliveryState.PENDING, next_attempt_at=now)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer/systeem")

    assert "Nieuws dat nog verdeeld moet worden (de oudste wacht 2 uur) 2" in text_of(page)
    assert "Taken die aan de beurt zijn (de oudste wacht minder dan een minuut) 1" in text_of(page)
    assert "Mails die weg moeten (de oudste wacht minder dan een minuut) 1" in text_of(page)


@pytest.mark.parametrize(("seconds", "is_said"), [(29, False), (31, True)])
def test_workers_that_stand_still_are_noticed(
    client: FlaskClient, session: Session, seconds: int, is_said: bool
) -> None:
    due_at = database_now(session) - timedelta(seconds=seconds)
    a_failed_job(session, state=JobState.PENDING, next_attempt_at=due_at)
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    page = client.get("/beheer/systeem").text

    assert ("De werkers lopen achter of staan stil." in page) is is_said


def test_the_page_says_when_each_group_of_workers_was_last_heard(
    client: FlaskClient, session: Session
) -> None:
    for group in Group:
        beat(session, group)
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    heard = text_of(client.get("/beheer/systeem"))

    ago = func.clock_timestamp() - timedelta(seconds=125)
    session.execute(update(Heartbeat).where(Heartbeat.group == Group.MATCH).values(beaten_at=ago))
    silent = text_of(client.get("/beheer/systeem"))

    assert "te lang niets" not in heard
    assert "Matches zoeken al 2 minuten stil" in silent
    assert "Van deze werkers horen we te lang niets: Matches zoeken. Kijk" in silent


def a_request(session: Session, **changed: object) -> AccessRequest:
    fields: dict[str, object] = {
        "id": uuid4(),
        "email": f"{uuid4().hex}@elders.nl",
        "name": "Noor",
        "state": AccessState.WAITING,
        "asked_at": MONDAY,
    }
    if "gemeente_code" not in changed:
        gemeente: Gemeente = a_gemeente(session)
        fields["gemeente_code"] = gemeente.code
    request = AccessRequest(**{**fields, **changed})
    session.add(request)
    session.commit()
    return request


def a_failed_job(session: Session, **changed: object) -> Job:
    fact = OutboxMessage(name="profile.changed", payload={}, occurred_at=MONDAY, relayed_at=MONDAY)
    session.add(fact)
    session.flush()
    fields: dict[str, object] = {
        "fact_id": fact.id,
        "reaction": "matching.match_profile",
        "payload": {},
        "state": JobState.FAILED,
        "attempts": MOST_ATTEMPTS,
    }
    job = Job(**{**fields, **changed})
    session.add(job)
    session.commit()
    return job


def a_failed_mail(session: Session, **changed: object) -> Delivery:
    fields: dict[str, object] = {
        "id": uuid4(),
        "kind": MailKind.ACCESS_ASKED,
        "dedupe_key": uuid4().hex,
        "subject_id": uuid4(),
        "state": DeliveryState.FAILED,
        "created_at": MONDAY,
        "next_attempt_at": MONDAY,
        "expires_at": MONDAY + timedelta(days=2),
        "last_answer": "550 no such user",
    }
    mail = Delivery(**{**fields, **changed})
    session.add(mail)
    session.commit()
    return mail


def test_nothing_of_beheer_is_for_who_has_no_role(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    pages = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/beheer") and "GET" in (rule.methods or ()) and not rule.arguments
    ]
    sign_in(client, session, a_user(session))

    answers = {page: client.get(page).status_code for page in pages}

    assert len(pages) > 8
    assert set(answers.values()) <= {403, 404}, answers


def test_a_colleague_is_invited_by_one_mail_that_names_who_does_so(
    client: FlaskClient, session: Session
) -> None:
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, name="Kees Keizer")
    a_domain(session, session.get_one(Gemeente, keeper.gemeente_code), "testerdam.nl")
    sign_in(client, session, keeper)
    page = client.get("/beheer/collegas/uitnodigen")
    typed = {"email": "Nieuw@Testerdam.nl"}

    sent = client.post("/beheer/collegas/uitnodigen", data=typed, follow_redirects=True)
    again = client.post("/beheer/collegas/uitnodigen", data=typed)
    kept = session.scalars(select(KeptAddress)).one()
    work = make_work(session)
    notifications.mail_colleague_invited(work, kept.id)
    mail = session.scalars(select(Delivery)).one()
    written = WRITERS[mail.kind](work, mail)

    assert "@testerdam.nl" in text_of(page)
    assert "We mailen je uitnodiging naar Nieuw@Testerdam.nl" in text_of(sent)
    assert (again.status_code, "al een uitnodiging" in fault_at(again, "email")) == (422, True)
    # No link, as they asked for none.
    assert (kept.why, session.scalars(select(SignIn)).all()) == (WhyKept.INVITED, [])
    assert (written.email, written.facts["inviter_name"]) == ("nieuw@testerdam.nl", "Kees Keizer")
    a_user(session, email=kept.email)
    with pytest.raises(NothingToTell):
        WRITERS[mail.kind](work, mail)


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("", "Vul het mailadres in."),
        ("iemand@elders.nl", "Dit adres heeft geen maildomein van deze gemeente."),
        ("bekend@testerdam.nl", "Deze collega heeft al een account."),
    ],
)
def test_who_is_not_of_the_gemeente_or_is_known_is_not_invited(
    client: FlaskClient, session: Session, email: str, said: str
) -> None:
    keeper = a_user(session, Role.GEMEENTEBEHEERDER)
    home = session.get_one(Gemeente, keeper.gemeente_code)
    a_domain(session, home, "testerdam.nl")
    a_domain(session, a_gemeente(session), "elders.nl")
    a_user(session, email="bekend@testerdam.nl", gemeente_code=home.code)
    sign_in(client, session, keeper)

    page = client.post("/beheer/collegas/uitnodigen", data={"email": email})

    assert (page.status_code, fault_at(page, "email")) == (422, f"Fout: {said}")
    assert session.scalars(select(KeptAddress)).all() == []


def test_a_gemeentebeheerder_invites_nobody_for_another_gemeente(
    client: FlaskClient, session: Session
) -> None:
    elsewhere = a_gemeente(session)
    a_domain(session, elsewhere, "elders.nl")
    page = f"/beheer/collegas/uitnodigen?gemeente={elsewhere.code}"
    sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))

    statuses = [
        client.get(page).status_code,
        client.post(page, data={"email": "iemand@elders.nl"}).status_code,
    ]

    assert statuses == [404, 404]
