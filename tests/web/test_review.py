"""The pages of a gemeentebeheerder who looks at opgaven before they open; and of handing over."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from tests.support.builders import a_user, an_opgave
from tests.support.pages import fault_at, text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY

QUEUE = "/beheer/beoordelen"


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def reviewer(client: FlaskClient, session: Session, owner: User) -> User:
    """Who sits behind the browser."""
    user = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code)
    sign_in(client, session, user)
    return user


@pytest.fixture
def waiting(session: Session, owner: User) -> Opgave:
    opgave = an_opgave(
        session,
        "Wmo",
        owner=owner,
        title="Een plein",
        status=OpgaveStatus.REVIEW,
        published_at=None,
        submitted_at=MONDAY,
        submitted_by=owner.id,
    )
    session.commit()
    return opgave


def test_looking_along_is_switched_on_and_off(
    client: FlaskClient, session: Session, reviewer: User
) -> None:
    begin = text_of(client.get("/beheer"))
    on = text_of(client.post(QUEUE, data={"aan": "ja"}, follow_redirects=True))
    off = text_of(client.post(QUEUE, data={"aan": "nee"}, follow_redirects=True))

    assert "Opgaven beoordelen" in begin
    assert "Vanaf nu bekijkt een gemeentebeheerder elke opgave" in on
    assert "Er wacht niets op je oordeel" in on
    assert "Vanaf nu zet een opgavehouder een opgave zelf open." in off


def test_an_opgavehouder_asks_a_gemeentebeheerder_opens(
    client: FlaskClient, session: Session, owner: User, reviewer: User
) -> None:
    client.post(QUEUE, data={"aan": "ja"})
    opgave = an_opgave(session, "Wmo", owner=owner, status=OpgaveStatus.CONCEPT, published_at=None)
    session.commit()
    address = f"/opgaven/{opgave.id}"

    sign_in(client, session, owner)
    offered = text_of(client.get(address))
    asked = text_of(client.post(f"{address}/publiceren", follow_redirects=True))
    sign_in(client, session, reviewer)
    queue = text_of(client.get(QUEUE))
    offers = text_of(client.get(address))
    opened = text_of(
        client.post(
            f"{address}/goedkeuren", data={"version": opgave.version}, follow_redirects=True
        )
    )

    assert "Vraag een oordeel" in offered
    assert "De opgave wacht op een collega die meekijkt" in asked
    assert "Goed, zet open" not in asked
    assert "Beheer 1" in queue
    assert "1 opgave wacht" in queue
    assert "Goed, zet open" in offers
    assert "De opgave staat open. De opgavehouder krijgt bericht." in opened
    assert opgave.status is OpgaveStatus.OPEN


def test_sending_back_takes_words_that_the_opgavehouder_reads(
    client: FlaskClient, session: Session, owner: User, reviewer: User, waiting: Opgave
) -> None:
    address = f"/opgaven/{waiting.id}"
    name = reviewer.name

    form = client.get(f"{address}/terugsturen")
    empty = client.post(f"{address}/terugsturen", data={"words": ""})
    client.post(f"{address}/terugsturen", data={"words": "Noem de wijk."})
    sign_in(client, session, owner)
    seen = text_of(client.get(address))

    assert (form.status_code, empty.status_code) == (200, 422)
    assert fault_at(empty, "words") == "Fout: Schrijf wat er anders moet."
    assert f"{name} keek mee en vraagt: Noem de wijk." in seen
    assert waiting.status is OpgaveStatus.CONCEPT


def test_what_was_changed_meanwhile_stays_waiting(
    client: FlaskClient, session: Session, reviewer: User, waiting: Opgave
) -> None:
    data = {"version": waiting.version - 1}

    said = client.post(f"/opgaven/{waiting.id}/goedkeuren", data=data, follow_redirects=True)

    assert "Deze opgave is intussen gewijzigd." in text_of(said)
    assert waiting.status is OpgaveStatus.REVIEW


@pytest.mark.parametrize(("role", "status"), [(Role.OPGAVEHOUDER, 404), (Role.BEHEERDER, 403)])
def test_others_have_nothing_to_judge(
    client: FlaskClient, session: Session, waiting: Opgave, role: Role, status: int
) -> None:
    a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=waiting.gemeente_code)
    sign_in(client, session, a_user(session, role, gemeente_code=waiting.gemeente_code))
    data = {"version": waiting.version, "words": "Nee."}

    answers = [
        client.get(QUEUE),
        client.get(f"/opgaven/{waiting.id}/terugsturen"),
        client.post(f"/opgaven/{waiting.id}/terugsturen", data=data),
        client.post(f"/opgaven/{waiting.id}/goedkeuren", data=data),
    ]

    assert [answer.status_code for answer in answers] == [404, *[status] * 3]
    assert waiting.status is OpgaveStatus.REVIEW


def test_another_opgavehouder_looks_where_there_is_no_other_gemeentebeheerder(
    client: FlaskClient, session: Session, owner: User
) -> None:
    """The only gemeentebeheerder wrote it: they read who can, and that colleague opens it."""
    code = owner.gemeente_code
    writer = a_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    sign_in(client, session, writer)
    client.post(QUEUE, data={"aan": "ja"})
    opgave = an_opgave(session, "Wmo", owner=writer, status=OpgaveStatus.CONCEPT, published_at=None)
    session.commit()
    address, name = f"/opgaven/{opgave.id}", owner.name

    asked = text_of(client.post(f"{address}/publiceren", follow_redirects=True))
    data = {"version": opgave.version}
    refused = text_of(client.post(f"{address}/goedkeuren", data=data, follow_redirects=True))
    sign_in(client, session, owner)
    offered = text_of(client.get(address))
    form = client.get(f"{address}/terugsturen")
    opened = text_of(client.post(f"{address}/goedkeuren", data=data, follow_redirects=True))

    assert f"Wie kan meekijken: {name}." in asked
    assert "Deze opgave schreef je zelf. Een collega die meekijkt" in refused
    assert "Goed, zet open" in offered
    assert form.status_code == 200
    assert "De opgave staat open." in opened


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (
            (Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER),
            "Maak een collega opgavehouder",
        ),
        ((Role.OPGAVEHOUDER,), "Vraag je gemeentebeheerder om een collega opgavehouder te maken"),
    ],
)
def test_where_nobody_else_can_look_the_page_says_what_to_do(
    client: FlaskClient, session: Session, roles: tuple[Role, ...], said: str
) -> None:
    writer = a_user(session, *roles)
    opgave = an_opgave(
        session, owner=writer, status=OpgaveStatus.REVIEW, published_at=None, submitted_at=MONDAY
    )
    sign_in(client, session, writer)

    page = text_of(client.get(f"/opgaven/{opgave.id}"))

    assert "Bij jullie gemeente kan nog niemand anders meekijken." in page
    assert said in page
    assert "Wie kan meekijken" not in page


def test_an_opgave_is_handed_over_from_its_page(
    client: FlaskClient, session: Session, owner: User
) -> None:
    heir = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    opgave = an_opgave(session, "Wmo", owner=owner)
    sign_in(client, session, owner)
    address = f"/opgaven/{opgave.id}"

    link = text_of(client.get(address))
    form = client.get(f"{address}/overdragen")
    nobody = client.post(f"{address}/overdragen", data={"user_id": "x"})
    by_id = client.post(f"{address}/overdragen", data={"user_id": str(heir.id)})
    [chosen] = re.findall(f'value="([^"]+)"[^>]*>[^<]*{heir.email}', form.text)
    done = client.post(f"{address}/overdragen", data={"user_id": chosen}, follow_redirects=True)

    assert "Draag over aan een collega" in link
    assert heir.email in text_of(form)
    assert "krijgt er meteen mail over" in text_of(form)
    assert {fault_at(page, "user_id") for page in (nobody, by_id)} == {
        "Fout: Kies een collega die opgavehouder is."
    }
    assert "De opgave is overgedragen." in text_of(done)
    assert opgave.owner_id == heir.id


def test_without_a_colleague_the_page_says_how_to_get_one(
    client: FlaskClient, session: Session, owner: User
) -> None:
    opgave = an_opgave(session, "Wmo", owner=owner)
    sign_in(client, session, owner)

    page = client.get(f"/opgaven/{opgave.id}/overdragen")
    said = text_of(page)

    assert "Bij jullie gemeente is nog niemand anders opgavehouder." in said
    assert "Jouw gemeente heeft nog geen gemeentebeheerder, die dat kan regelen." in said
    assert "en vraag om een gemeentebeheerder voor jullie gemeente." in said
    assert 'href="mailto:' in page.text


def test_who_may_make_a_colleague_opgavehouder_is_led_there(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    opgave = an_opgave(session, "Wmo", owner=beheerder)
    sign_in(client, session, beheerder)

    page = client.get(f"/opgaven/{opgave.id}/overdragen")

    assert "Maak een collega opgavehouder" in text_of(page)
    assert 'href="/beheer/collegas"' in page.text


def test_who_looks_along_reads_who_asks_it(
    client: FlaskClient, owner: User, reviewer: User, waiting: Opgave
) -> None:
    client.post(QUEUE, data={"aan": "ja"})

    queue = text_of(client.get(QUEUE))

    assert f"Ingestuurd door {owner.name}. Wacht " in queue
    assert "zet hem open of stuur hem terug met je vraag." in queue
