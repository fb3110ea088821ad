"""Answering an opgave from its page, and reading who is interested."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Role
from app.gemeenten.models import Gemeente
from app.loans import service as loans
from app.matching import service as matching
from app.opgaven.models import Opgave
from app.opgaven.rules import Audience, OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses import service as responses
from app.responses.models import Response
from app.responses.rules import Answer
from app.web.responses.words import IN_DIGEST, NEWS_AGAIN
from tests.loans.builders import a_loan, parties
from tests.support.builders import a_gemeente, a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


@pytest.fixture
def opgave(session: Session, owner: User) -> Opgave:
    return an_opgave(session, "inkoop", owner=owner, title="Een plein")


@pytest.fixture
def professional(session: Session) -> User:
    user = a_user(session, name="Fatima", email="fatima@testerdam.example")
    a_profile(session, "inkoop", user=user, visibility=Visibility.ANONYMOUS)
    matching.match_everything(make_work(session))
    return user


def answers(session: Session) -> list[Answer]:
    return list(session.scalars(select(Response.answer)))


def buttons(page: str) -> list[str]:
    """What can be said on this page."""
    deeds = re.findall(r'action="/opgaven/[0-9a-f-]{36}/([a-z-]+)"', page)
    return [deed for deed in deeds if deed in {"belangstelling", "later", "toch-niet"}]


def test_the_page_says_what_is_shared_before_it_is_shared(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    page = sign_in(client, session, professional).get(f"/opgaven/{opgave.id}")

    assert buttons(page.text) == ["belangstelling", "later"]
    assert "zien dan je naam, je gemeente en je werkmailadres" in text_of(page)
    assert "Dan hoor je niets van deze opgave tot 7 december 2026. Past de" in text_of(page)
    assert answers(session) == []


@pytest.mark.parametrize(
    ("deed", "said", "then"),
    [
        ("belangstelling", "Je hebt belangstelling getoond.", ["toch-niet"]),
        (
            *("later", f"Je zei: later, tot 7 december 2026. {NEWS_AGAIN}{IN_DIGEST}."),
            ["belangstelling", "toch-niet"],
        ),
    ],
)
def test_an_answer_stands_on_the_opgave_the_matches_and_the_own_list(
    client: FlaskClient,
    session: Session,
    opgave: Opgave,
    professional: User,
    deed: str,
    said: str,
    then: list[str],
) -> None:
    opgave_id = opgave.id
    sign_in(client, session, professional)

    answer = client.post(f"/opgaven/{opgave_id}/{deed}")

    assert (answer.status_code, answer.location) == (302, f"/opgaven/{opgave_id}#antwoord")
    for path in (f"/opgaven/{opgave_id}", "/reacties"):
        page = client.get(path)
        assert said in text_of(page)
        assert buttons(page.text) == then
    assert said in text_of(client.get("/matches"))


def test_what_is_taken_back_in_the_list_is_gone_there(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    opgave_id = opgave.id
    sign_in(client, session, professional)
    client.post(f"/opgaven/{opgave_id}/belangstelling")

    answer = client.post(f"/opgaven/{opgave_id}/toch-niet", data={"terug": "lijst"})

    assert (answer.status_code, answer.location) == (302, "/reacties")
    assert "Je reageerde nog nergens op" in text_of(client.get("/reacties"))
    assert answers(session) == []


def test_the_list_says_that_an_opgave_was_taken_down(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    sign_in(client, session, professional)
    client.post(f"/opgaven/{opgave.id}/belangstelling")
    opgave.title, opgave.taken_down_at = "Een geheim plein", MONDAY
    gemeente = session.get_one(Gemeente, opgave.gemeente_code).name
    session.commit()

    page = client.get("/reacties")

    assert "Een opgave van 23 november 2026 die is weggehaald" in text_of(page)
    assert gemeente in text_of(page)
    assert "jouw gemeente" not in text_of(page)
    assert ("plein" in page.text, f'/opgaven/{opgave.id}"' in page.text) == (False, False)


def test_the_list_names_no_opgave_that_is_no_longer_for_the_reader(
    client: FlaskClient, session: Session, opgave: Opgave
) -> None:
    opgave_id, far = opgave.id, a_gemeente(session, province="Limburg").code
    sign_in(client, session, a_user(session, gemeente_code=far))
    client.post(f"/opgaven/{opgave_id}/later")
    narrowed = session.get_one(Opgave, opgave_id)
    narrowed.audience, narrowed.title = Audience.PROVINCE, "Een geheim plein"
    session.commit()

    page = client.get("/reacties")
    client.post(f"/opgaven/{opgave_id}/toch-niet", data={"terug": "lijst"})

    assert "Deze opgave is niet meer voor jouw gemeente" in text_of(page)
    assert "Je zei: later, tot 7 december 2026." in text_of(page)
    assert ("plein" in page.text, f'/opgaven/{opgave_id}"' in page.text) == (False, False)
    assert buttons(page.text) == ["toch-niet"]
    assert answers(session) == []


def test_more_answers_take_no_more_questions_to_the_database(
    client: FlaskClient, session: Session, professional: User
) -> None:
    sign_in(client, session, professional)
    asked = []

    for answered in (1, 2):
        for _ in range(answered):
            client.post(f"/opgaven/{an_opgave(session, 'inkoop').id}/belangstelling")
        with counted(session) as statements:
            client.get("/reacties")
        asked.append(len(statements))

    assert len(answers(session)) == 3
    assert asked == [asked[0]] * 2


@pytest.mark.parametrize(
    ("profile", "way"), [(None, "/profiel/bewerken"), (ProfileState.CONCEPT, "/profiel")]
)
def test_without_a_published_profile_the_page_shows_the_way(
    client: FlaskClient, session: Session, opgave: Opgave, profile: ProfileState | None, way: str
) -> None:
    user, opgave_id = a_user(session), opgave.id
    if profile:
        a_profile(session, "inkoop", user=user, state=profile)
    sign_in(client, session, user)

    page = client.get(f"/opgaven/{opgave_id}").text
    client.post(f"/opgaven/{opgave_id}/belangstelling")

    assert buttons(page) == ["later"]
    assert f'<a href="{way}">' in page[page.index('id="antwoord"') :]
    assert "met een profiel dat gepubliceerd is" in text_of(client.get("/opgaven"))
    assert answers(session) == []


def test_later_is_not_offered_when_it_is_too_late(
    client: FlaskClient, session: Session, professional: User
) -> None:
    opgave_id = an_opgave(session, "inkoop", closes_on=TODAY + 3 * A_DAY).id
    sign_in(client, session, professional)

    page = client.get(f"/opgaven/{opgave_id}").text
    client.post(f"/opgaven/{opgave_id}/later")

    assert buttons(page) == ["belangstelling"]
    assert "Dat is te kort dag voor later." in text_of(client.get("/opgaven"))


def test_nobody_answers_what_is_over_or_of_the_own_gemeente(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    ended_id = an_opgave(session, "inkoop", status=OpgaveStatus.DONE, ended_at=None).id
    opgave_id = opgave.id
    colleague = a_user(session, gemeente_code=owner.gemeente_code)

    assert "antwoord" not in client.get(f"/opgaven/{opgave_id}").text
    assert (
        'id="antwoord"' not in sign_in(client, session, colleague).get(f"/opgaven/{opgave_id}").text
    )
    assert (
        'id="antwoord"'
        not in sign_in(client, session, professional).get(f"/opgaven/{ended_id}").text
    )


def test_the_opgavehouder_reads_who_it_is_until_it_is_taken_back(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    path = f"/opgaven/{opgave.id}/collegas"
    owner_id, professional_id = owner.id, professional.id
    before = sign_in(client, session, owner).get(path)
    sign_in(client, session, session.get_one(User, professional_id))
    client.post(f"/opgaven/{opgave.id}/belangstelling")

    shown = sign_in(client, session, session.get_one(User, owner_id)).get(path)

    assert ("Fatima" in before.text, "Hebben belangstelling" in before.text) == (False, False)
    assert "Hebben belangstelling" in shown.text
    assert "mailto:fatima@testerdam.example?subject=Een%20plein" in shown.text
    assert "Toonde belangstelling op 23 november 2026." in text_of(shown)
    # Once, and not again among the colleagues who fit.
    assert text_of(shown).count("Op het profiel: inkoop.") == 2
    assert "Collega uit Utrecht" not in shown.text
    assert "Verder vonden we nu niemand die past." in shown.text

    sign_in(client, session, session.get_one(User, professional_id))
    client.post(f"/opgaven/{opgave.id}/toch-niet")
    after = sign_in(client, session, session.get_one(User, owner_id)).get(path)
    assert ("Fatima" in after.text, "fatima@" in after.text) == (False, False)


def test_who_looks_after_the_opgave_sees_from_afar_that_somebody_is_interested(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    a_profile(session, "inkoop", user=a_user(session))
    matching.match_everything(make_work(session))
    responses.show_interest(make_work(session, professional), opgave.id)
    hidden = a_profile(session, "inkoop", user=a_user(session), state=ProfileState.PAUSED)
    session.add(
        Response(
            opgave_id=opgave.id,
            user_id=hidden.user_id,
            answer=Answer.INTERESTED,
            answered_at=MONDAY,
        )
    )
    session.commit()
    sign_in(client, session, owner)

    pages = [client.get(path) for path in (f"/opgaven/{opgave.id}", "/onze-opgaven")]
    there = text_of(client.get(f"/opgaven/{opgave.id}/collegas"))

    assert ["1 collega heeft belangstelling" in text_of(page) for page in pages] == [True, True]
    assert f'href="/opgaven/{opgave.id}/collegas#belangstelling"' in pages[0].text
    assert "nog 1 collega past helemaal of deels" in text_of(pages[1])
    assert "Nog 1 collega past helemaal of deels" in there


def test_interest_in_an_opgave_that_has_ended_stands_in_the_list_of_ours(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    responses.show_interest(make_work(session, professional), opgave.id)
    opgave.status = OpgaveStatus.DONE
    session.commit()

    page = text_of(sign_in(client, session, owner).get("/onze-opgaven"))

    assert ("1 collega heeft belangstelling" in page, "helemaal of deels bij" in page) == (
        True,
        False,
    )


def test_a_visitor_or_another_gemeente_does_not_see_how_many_are_interested(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    responses.show_interest(make_work(session, professional), opgave.id)
    session.commit()
    path, other = f"/opgaven/{opgave.id}", a_user(session, Role.OPGAVEHOUDER)

    pages = [client.get(path).text, sign_in(client, session, other).get(path).text]

    assert ["heeft belangstelling" in page for page in pages] == [False, False]


def test_an_address_breaks_between_its_parts(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    professional.email = "f<b>.atima@testerdam.example"
    responses.show_interest(make_work(session, professional), opgave.id)
    session.commit()

    page = sign_in(client, session, owner).get(f"/opgaven/{opgave.id}/collegas").text

    assert ">f&lt;b&gt;<wbr>.atima<wbr>@testerdam<wbr>.example</a>" in page


def test_who_showed_interest_can_still_be_reached_when_the_opgave_has_ended(
    client: FlaskClient, session: Session, owner: User, opgave: Opgave, professional: User
) -> None:
    opgave_id, owner_id = opgave.id, owner.id
    sign_in(client, session, professional).post(f"/opgaven/{opgave_id}/belangstelling")
    session.get_one(Opgave, opgave_id).status = OpgaveStatus.DONE
    session.commit()

    sign_in(client, session, session.get_one(User, owner_id))

    assert "fatima@testerdam.example" in client.get(f"/opgaven/{opgave_id}/collegas").text
    assert "Bekijk wie belangstelling heeft" in client.get(f"/opgaven/{opgave_id}").text


def test_who_pauses_the_profile_reads_that_nobody_sees_the_interest(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    opgave_id, user_id = opgave.id, professional.id
    sign_in(client, session, professional).post(f"/opgaven/{opgave_id}/belangstelling")
    session.get_one(Profile, user_id).state = ProfileState.PAUSED
    session.commit()

    page = client.get("/reacties")

    assert "Je profiel is nu niet gepubliceerd." in text_of(page)
    assert "Je profiel is nu niet gepubliceerd." in text_of(client.get(f"/opgaven/{opgave_id}"))


def test_who_asked_for_hours_reads_how_that_stands_and_ends_it_there(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    sign_in(client, session, who.professional)
    address = f"/opgaven/{who.opgave.id}"
    pages = [client.get(address), client.get("/reacties")]

    for page in pages:
        assert "Wacht tot Fatma de Baas en gemeente" in text_of(page)
        assert f"/inzet/{loan.id}" in page.text
        assert "toch-niet" not in page.text
        assert f'href="{address}/inzet"' not in page.text
    for deed in ("toch-niet", "later"):
        answer = client.post(f"{address}/{deed}", follow_redirects=True)
        assert "Stoppen doe je op de pagina van de inzet." in text_of(answer)
    assert answers(session) == [Answer.INTERESTED]


def test_after_a_loan_hours_can_be_asked_anew(client: FlaskClient, session: Session) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    loans.withdraw(make_work(session, who.professional), loan.id)
    session.commit()
    sign_in(client, session, who.professional)

    page = client.get(f"/opgaven/{who.opgave.id}")

    assert f'href="/opgaven/{who.opgave.id}/inzet"' in page.text
    assert "toch-niet" in page.text


def test_the_list_promises_no_more_than_can_be_taken_back(
    client: FlaskClient, session: Session
) -> None:
    page = text_of(sign_in(client, session, a_user(session)).get("/reacties"))

    assert "altijd terugnemen" not in page
    assert "Staat er Toch niet bij? Dan kun je het terugnemen." in page


def test_who_reacted_keeps_it_for_a_year_by_a_button_and_no_longer_by_another(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    said = {"answer": Answer.CLOSED, "answered_at": MONDAY}
    session.add(Response(user_id=professional.id, opgave_id=opgave.id, **said))
    sign_in(client, session, professional)
    address, to_list = f"/opgaven/{opgave.id}/reactie", {"terug": "lijst"}

    before = client.get("/reacties")
    kept = client.post(f"{address}-bewaren", data=to_list, follow_redirects=True)
    after = client.post(f"{address}-niet-bewaren", data=to_list, follow_redirects=True)

    assert "Dit gaat weg 4 weken nadat de opgave sluit" in text_of(before)
    assert "Bewaar 1 jaar" in text_of(before)
    assert "Je bewaart dit tot 1 jaar nadat de opgave sluit" in text_of(kept)
    assert "Bewaar niet langer" in text_of(kept)
    assert "gaat weg 4 weken nadat de opgave sluit, net als andere" in text_of(after)
    assert "Bewaar 1 jaar" in text_of(after)


def test_what_goes_on_has_no_such_button(
    client: FlaskClient, session: Session, opgave: Opgave, professional: User
) -> None:
    responses.show_interest(make_work(session, professional), opgave.id)
    sign_in(client, session, professional)

    assert "reactie-bewaren" not in client.get("/reacties").text
    refused = client.post(f"/opgaven/{opgave.id}/reactie-bewaren", follow_redirects=True)
    assert "Je reactie staat nog." in text_of(refused)


def test_what_came_to_a_loan_goes_with_that_and_has_no_such_button(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    session.get_one(Response, (who.professional.id, loan.opgave_id)).answer = Answer.CLOSED
    sign_in(client, session, who.professional)

    page = client.get("/reacties").text

    assert "Naar je inzet" in page
    assert "reactie-bewaren" not in page
