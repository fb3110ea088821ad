"""From the page "Wie pakt dit ook op?" gemeenten join, follow and combine, and take that back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.gemeenten.models import Gemeente
from app.notifications.rules import NoticeKind
from app.notifications.service import tell_together
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.together import service
from app.together.models import Joint
from tests.support.builders import a_user, an_opgave
from tests.support.pages import fault_at, text_of
from tests.support.web import sign_in
from tests.support.words import a_vocabulary
from tests.support.work import MONDAY, make_work

TITLE = "Nieuw beleidsplan voor onze bomen"
TEXT = "Een actueel bomenbeleidsplan ontbreekt bij ons."


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def owner(client: FlaskClient, session: Session, tmp_path: Path) -> User:
    """An opgavehouder, who sits behind the browser."""
    a_vocabulary(session, tmp_path)
    owner = a_user(session, Role.OPGAVEHOUDER)
    sign_in(client, session, owner)
    return owner


@pytest.fixture
def ours(session: Session, owner: User) -> Opgave:
    return same(session, owner=owner, title="Bomen bij ons")


def same(session: Session, **changed: Any) -> Opgave:
    return an_opgave(session, "groenbeleid", **{"title": TITLE, "text": TEXT, **changed})


def who_else(opgave: Opgave) -> str:
    return f"/opgaven/{opgave.id}/wie-pakt-dit-op"


def page_for(client: FlaskClient, session: Session, user_id: UUID, opgave: Opgave) -> str:
    session.commit()
    sign_in(client, session, session.get_one(User, user_id))
    return text_of(client.get(who_else(opgave)))


def test_an_opgavehouder_joins_from_the_page_and_both_pages_show_it(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    before = client.get(who_else(ours)).text
    address = f"/opgaven/{ours.id}/meedoen/{theirs.id}"

    done = client.post(address, follow_redirects=True)
    there = page_for(client, session, theirs.owner_id, theirs)

    assert f'action="{address}"' in before
    assert f'action="{address}"' not in done.text
    assert "Jullie doen mee." in text_of(done)
    assert "Deze opgave doet mee met" in text_of(done)
    assert "Bomen bij ons doet mee met deze opgave. Wie erover gaat:" in there
    assert "Haal weg" in there


def test_either_side_ends_it_and_comes_back_to_the_own_page(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    service.join(make_work(session, session.get_one(User, theirs.owner_id)), theirs.id, ours.id)
    session.commit()

    done = client.post(f"/opgaven/{theirs.id}/meedoen/{ours.id}/stop", follow_redirects=True)

    assert done.request.path == who_else(ours)
    assert "Wie meedoet" not in text_of(done)


def test_what_is_over_can_be_followed_and_no_more(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session, status=OpgaveStatus.DONE, ended_at=MONDAY)
    page = client.get(who_else(ours)).text
    refused = client.post(f"/opgaven/{ours.id}/meedoen/{theirs.id}", follow_redirects=True)

    assert f"/opgaven/{ours.id}/meedoen/" not in page
    assert f'action="/opgaven/{theirs.id}/volgen"' in page
    assert "Die opgave is voorbij. Volgen kan nog wel." in text_of(refused)


def test_what_is_followed_already_can_be_left(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    follow = f'action="/opgaven/{theirs.id}/volgen"'
    before = client.get(who_else(ours)).text
    client.post(f"/opgaven/{theirs.id}/volgen")
    after = client.get(who_else(ours)).text

    assert (follow in before, follow in after) == (True, False)
    assert f'action="/opgaven/{theirs.id}/volgen/stop"' in after


def test_gemeenten_take_it_up_together_once_the_other_agrees(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    # What is refused takes nothing along that was kept before.
    session.commit()
    address = f"/opgaven/{ours.id}/samen/{theirs.id}"
    form = client.get(address)
    nameless = client.post(address, data={"name": ""})
    asked = client.post(address, data={"name": "Atelier bomen"}, follow_redirects=True)
    joint = session.scalars(select(Joint)).one()
    there = page_for(client, session, theirs.owner_id, theirs)
    agreed = client.post(f"/samen/{joint.id}/{theirs.id}/doe-mee", follow_redirects=True)
    client.delete_cookie("session")
    visitor = text_of(client.get(who_else(ours)))

    assert "Ieder houdt de eigen opgave." in text_of(form)
    assert (nameless.status_code, bool(fault_at(nameless, "name"))) == (422, True)
    assert "Je vroeg om samen op te pakken: “Atelier bomen”" in text_of(asked)
    assert "gevraagd, nog geen antwoord" in text_of(asked)
    assert address not in asked.text
    assert "Gevraagd om samen op te pakken: “Atelier bomen”" in there
    assert "Ja, we doen mee" in there
    assert "Jullie pakken het samen op." in text_of(agreed)
    assert "Samen opgepakt als “Atelier bomen”" in visitor
    assert "Stap eruit" not in visitor


def test_others_do_not_read_who_was_only_asked(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    work = make_work(session, session.get_one(User, ours.owner_id))
    service.combine(work, ours.id, theirs.id, "Atelier bomen")

    page = page_for(client, session, a_user(session).id, ours)

    assert "Atelier bomen" not in page
    assert "Doe mee" not in page


def test_each_steps_out_again(client: FlaskClient, session: Session, ours: Opgave) -> None:
    theirs = same(session)
    work = make_work(session, session.get_one(User, ours.owner_id))
    joint = service.combine(work, ours.id, theirs.id, "Atelier bomen")
    session.commit()

    done = client.post(
        f"/samen/{joint.id}/{theirs.id}/stop", data={"van": str(ours.id)}, follow_redirects=True
    )

    assert done.request.path == who_else(ours)
    assert "Atelier bomen" not in text_of(done)


def test_a_colleague_follows_and_finds_it_among_the_own_answers(
    client: FlaskClient, session: Session
) -> None:
    user = a_user(session)
    theirs = same(session)
    sign_in(client, session, user)
    offered = text_of(client.get(who_else(theirs)))
    done = text_of(client.post(f"/opgaven/{theirs.id}/volgen", follow_redirects=True))
    listed = text_of(client.get("/reacties"))
    over = client.post(f"/opgaven/{theirs.id}/volgen/stop", follow_redirects=True)

    assert "Volg deze opgave" in offered
    assert "Volg niet meer" in done
    assert "Opgaven die je volgt" in listed
    assert TITLE in listed
    assert "Opgaven die je volgt" not in text_of(over)


def test_a_visitor_reads_who_joins_and_gets_no_buttons(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    a_vocabulary(session, tmp_path)
    ours, theirs = same(session), same(session, title="Bomen daar")
    service.join(make_work(session, session.get_one(User, theirs.owner_id)), theirs.id, ours.id)
    session.commit()

    page = client.get(who_else(ours))

    assert "Bomen daar doet mee met deze opgave." in text_of(page)
    assert "/meedoen/" not in page.text
    assert "/volgen" not in page.text


def test_who_is_asked_is_led_to_answering_and_asks_nothing_back(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    theirs = same(session)
    asks = make_work(session, session.get_one(User, theirs.owner_id))
    joint = service.combine(asks, theirs.id, ours.id, "Atelier bomen")
    session.commit()
    address, answering = f"/opgaven/{ours.id}/samen/{theirs.id}", f"#samen-{joint.id}"

    page = client.get(who_else(ours))
    led = client.get(address)

    assert "Antwoord op de vraag van" in text_of(page)
    assert f'href="{who_else(ours)}{answering}"' in page.text
    assert f'id="samen-{joint.id}"' in page.text
    assert f'href="{address}"' not in page.text
    assert led.location == f"{who_else(ours)}{answering}"


def opgave_page(client: FlaskClient, opgave: Opgave) -> str:
    return text_of(client.get(f"/opgaven/{opgave.id}"))


def test_who_is_asked_reads_whom_to_speak_to_and_the_road_there(
    client: FlaskClient, session: Session, ours: Opgave
) -> None:
    asker = a_user(session, Role.OPGAVEHOUDER, name="Tessa Rietdijk")
    theirs = same(session, owner=asker)
    service.combine(make_work(session, asker), theirs.id, ours.id, "Atelier bomen")
    session.commit()

    page = client.get(who_else(ours))

    assert "Wie erover gaat: Tessa Rietdijk." in text_of(page)
    assert f'href="/opgaven/{theirs.id}/vraag"' in page.text
    assert asker.email not in page.text


def test_both_opgaven_show_with_whom_and_what_happened(
    client: FlaskClient, session: Session, owner: User, ours: Opgave
) -> None:
    here = session.get_one(Gemeente, ours.gemeente_code).name
    theirs = same(session)
    there = session.get_one(Gemeente, theirs.gemeente_code).name
    joint = service.combine(make_work(session, owner), ours.id, theirs.id, "Atelier bomen")
    session.commit()
    only_asked = opgave_page(client, ours)
    their_owner = session.get_one(User, theirs.owner_id)
    service.agree(make_work(session, their_owner), joint.id, theirs.id)
    session.commit()
    own = opgave_page(client, ours)
    sign_in(client, session, their_owner)
    other = opgave_page(client, theirs)

    assert "“Atelier bomen” samen met" not in only_asked
    assert f"Als “Atelier bomen” samen met gemeente {there}: {TITLE}" in own
    assert f"Als “Atelier bomen” samen met gemeente {here}: Bomen bij ons" in other
    asked = f"De vraag om het samen op te pakken ging naar gemeente {there}, door {owner.name}."
    assert asked in own
    assert f"Deze opgave wordt samen opgepakt met gemeente {there}." in own
    assert f"De vraag om het samen op te pakken kwam van gemeente {here}." in other
    agreed = f"Deze opgave wordt samen opgepakt met gemeente {here}, door {their_owner.name}."
    assert agreed in other
    assert owner.name not in other.partition("Wat er gebeurde")[2].partition("In het kort")[0]


def test_what_happened_tells_of_joining_and_of_stopping(
    client: FlaskClient, session: Session, owner: User, ours: Opgave
) -> None:
    theirs = same(session)
    there = session.get_one(Gemeente, theirs.gemeente_code).name
    their_owner = session.get_one(User, theirs.owner_id)
    service.join(make_work(session, owner), ours.id, theirs.id)
    service.join(make_work(session, their_owner), theirs.id, ours.id)
    service.end_joining(make_work(session, owner), ours.id, theirs.id)
    joint = service.combine(make_work(session, owner), ours.id, theirs.id, "Atelier bomen")
    service.leave(make_work(session, their_owner), joint.id, theirs.id)
    session.commit()

    page = opgave_page(client, ours)

    assert f"Deze opgave doet mee met gemeente {there}, door {owner.name}." in page
    assert f"Met deze opgave doet gemeente {there} mee." in page
    assert f"Het meedoen met gemeente {there} is gestopt, door {owner.name}." in page
    assert f"Het samen oppakken met gemeente {there} is gestopt." in page


def test_the_inbox_names_who_asks_and_who_says_yes(
    client: FlaskClient, session: Session, owner: User, ours: Opgave
) -> None:
    here = session.get_one(Gemeente, ours.gemeente_code).name
    theirs = same(session)
    there = session.get_one(Gemeente, theirs.gemeente_code).name
    their_owner = session.get_one(User, theirs.owner_id)
    joint = service.combine(make_work(session, owner), ours.id, theirs.id, "Atelier bomen")
    tell_together(make_work(session), NoticeKind.JOINT_ASKED, [theirs.id])
    session.commit()
    sign_in(client, session, their_owner)
    asked = text_of(client.get("/meldingen"))
    service.agree(make_work(session, their_owner), joint.id, theirs.id)
    tell_together(make_work(session), NoticeKind.JOINT_AGREED, [ours.id])
    session.commit()
    sign_in(client, session, owner)
    agreed = text_of(client.get("/meldingen"))

    assert f"Gemeente {here} wil “{TITLE}” samen met jullie oppakken" in asked
    assert f"Gemeente {there} pakt “Bomen bij ons” samen met jullie op" in agreed
