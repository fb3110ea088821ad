"""Answers by the links of a digest: seen by GET, done by POST, as the person the link is for."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.orm import METADATA
from app.links import Deed, Links
from app.matching import service as matching
from app.matching.models import Dispute
from app.notifications import queries, service
from app.notifications.rules import morning_of
from app.notifications.service import Stationery, health
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses.models import Invitation, Outcome, Response
from app.responses.rules import Answer, InvitationState, WhyClosed
from app.responses.service import WAS_CLOSED
from app.web.responses.words import IN_DIGEST, NEWS_AGAIN
from tests.notifications.builders import a_told_match
from tests.responses.builders import an_invitation
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
# What each page sends when its (first) button is pressed.
PRESSED = {
    Deed.INTERESTED: {},
    Deed.LATER: {},
    Deed.NOT_MY_SKILL: {"asked": "verkeerskunde", "offered": ""},
    Deed.PAUSE: {"how_long": "2-weken"},
    Deed.INVITATION: {"said": "nee", "reason": "te_ver", "no_words": "Het is echt te ver."},
}
OF_OPGAVE = [deed for deed in Deed if deed is not Deed.PAUSE]
Path = Callable[[Deed], str]


@pytest.fixture
def reader(session: Session) -> User:
    """Somebody who is not known by name, with a word that stands for another."""
    user = a_user(session, name="Fatima", email="fatima@testerdam.example")
    a_profile(session, "verkeer en kunde", user=user, visibility=Visibility.ANONYMOUS)
    return user


@pytest.fixture
def opgave(session: Session, reader: User) -> Opgave:
    opgave = an_opgave(session, "verkeerskunde", title="Een plein", closes_on=TODAY + 40 * A_DAY)
    matching.match_everything(make_work(session))
    # It waits for as long as the link works.
    an_invitation(session, opgave, reader, answer_by=opgave.closes_on)
    session.commit()
    return opgave


@pytest.fixture
def path(app: Flask, reader: User, opgave: Opgave) -> Path:
    user_id, opgave_id = reader.id, opgave.id

    def path(deed: Deed) -> str:
        links = Links(app.extensions["settings"])
        made = {
            Deed.INTERESTED: lambda: links.interested(user_id, opgave_id),
            Deed.LATER: lambda: links.later(user_id, opgave_id),
            Deed.NOT_MY_SKILL: lambda: links.not_my_skill(user_id, opgave_id),
            Deed.PAUSE: lambda: links.pause(user_id),
            Deed.INVITATION: lambda: links.invitation(user_id, opgave_id),
        }
        return made[deed]().removeprefix("http://localhost")

    return path


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Everything that the database holds."""
    session.expire_all()
    return {table.name: _rows_of(session, table) for table in METADATA.sorted_tables}


def _rows_of(session: Session, table: Table) -> list[tuple[object, ...]]:
    return sorted(map(tuple, session.execute(select(table))), key=repr)


def done(session: Session) -> set[Deed]:
    """Which deeds have been done."""
    session.expire_all()
    answers = set(session.scalars(select(Response.answer)))
    user_id = session.scalars(select(User.id).where(User.name == "Fatima")).one()
    found = {
        Deed.INTERESTED: Answer.INTERESTED in answers,
        Deed.LATER: Answer.LATER in answers,
        Deed.NOT_MY_SKILL: session.scalars(select(Dispute)).first() is not None,
        Deed.PAUSE: queries.paused_until(session, user_id, TODAY) is not None,
        Deed.INVITATION: InvitationState.DECLINED in session.scalars(select(Invitation.state)),
    }
    return {deed for deed, is_done in found.items() if is_done}


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_a_link_changes_nothing(
    client: FlaskClient, session: Session, path: Path, deed: Deed, method: str
) -> None:
    before = rows(session)

    answer = client.open(path(deed), method=method)

    assert answer.status_code == 200
    assert rows(session) == before


@pytest.mark.parametrize("deed", Deed)
def test_a_page_says_for_whom_it_is_and_has_its_button(
    client: FlaskClient, path: Path, deed: Deed
) -> None:
    page = client.get(path(deed))

    assert "f…@testerdam.example" in text_of(page)
    assert "fatima" not in page.text.lower()
    assert re.findall(r'<form[^>]*method="post"', page.text)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("deed", Deed)
def test_the_button_does_this_and_no_more_without_cookie_or_token(
    app: Flask, client: FlaskClient, session: Session, path: Path, deed: Deed
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = client.post(path(deed), data=PRESSED[deed])

    app.config["WTF_CSRF_ENABLED"] = False
    assert (answer.status_code, done(session)) == (200, {deed})
    assert client.get("/matches").status_code == 302


@pytest.mark.parametrize("deed", Deed)
def test_pressing_twice_is_pressing_once(
    client: FlaskClient, session: Session, path: Path, deed: Deed
) -> None:
    client.post(path(deed), data=PRESSED[deed])
    before = rows(session)

    answer = client.post(path(deed), data=PRESSED[deed])

    assert (answer.status_code, rows(session)) == (200, before)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize(("days", "status"), [(30, 200), (31, 410)])
def test_a_link_works_for_thirty_days_and_then_says_so(
    client: FlaskClient, session: Session, path: Path, deed: Deed, days: int, status: int
) -> None:
    link = path(deed)

    with time_machine.travel(MONDAY + days * A_DAY, tick=False):
        shown = client.get(link)
        acted = client.post(link, data=PRESSED[deed])

    assert (shown.status_code, acted.status_code) == (status, status)
    for page in (shown, acted):
        assert ("Deze link is te oud" in page.text) is (status == 410)
        is_of_old_pause = (status, deed) == (410, Deed.PAUSE)
        assert ("Wil je pauze? Neem de link" in page.text) is is_of_old_pause
    assert (done(session) == set()) is (status == 410)


@pytest.mark.parametrize(("deed", "other"), list(permutations(Deed, 2)))
def test_a_link_for_one_deed_does_no_other(
    client: FlaskClient, session: Session, path: Path, deed: Deed, other: Deed
) -> None:
    swapped = path(other).replace(f"/{other.value}/", f"/{deed.value}/")

    answers = [client.get(swapped), client.post(swapped, data=PRESSED[deed])]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert done(session) == set()


@pytest.mark.parametrize("deed", Deed)
def test_a_damaged_link_and_that_of_who_left_lead_nowhere(
    app: Flask, client: FlaskClient, path: Path, deed: Deed
) -> None:
    ours = path(deed)
    unsubscribe = Links(app.extensions["settings"]).unsubscribe(uuid4()).rsplit("/", 1)[-1]
    gone = Links(app.extensions["settings"]).pause(uuid4()).removeprefix("http://localhost")

    for link in (ours[:-1], f"/antwoord/{deed.value}/{unsubscribe}", gone):
        answers = [client.get(link), client.post(link, data=PRESSED[deed])]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert "Open de link in de mail zelf" in answers[0].text
        is_pause = deed is Deed.PAUSE or link == gone
        assert ("kies bij Meldingen hoe vaak" in answers[0].text) is is_pause
        assert ("ga naar Mijn matches" in answers[0].text) is not is_pause
        assert answers[0].headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("deed", Deed)
def test_it_is_done_for_the_person_of_the_link_whoever_is_signed_in(
    client: FlaskClient, session: Session, path: Path, deed: Deed
) -> None:
    another = a_user(session)
    a_profile(session, "verkeer en kunde", user=another)
    another_id = another.id
    sign_in(client, session, another)

    page = client.get(path(deed))
    client.post(path(deed), data=PRESSED[deed])

    assert "Je bent nu ingelogd met een ander adres" in text_of(page)
    assert done(session) == {deed}
    assert queries.paused_until(session, another_id, TODAY) is None
    for kind in (Response, Dispute):
        assert another_id not in set(session.scalars(select(kind.user_id)))


@pytest.mark.parametrize("deed", OF_OPGAVE)
@pytest.mark.parametrize("is_deleted", [True, False])
def test_an_opgave_that_is_over_meanwhile_says_so(
    client: FlaskClient, session: Session, path: Path, opgave: Opgave, deed: Deed, is_deleted: bool
) -> None:
    link = path(deed)
    if is_deleted:
        session.delete(opgave)
    else:
        opgave.status = OpgaveStatus.DONE
    session.commit()

    answers = [client.get(link), client.post(link, data=PRESSED[deed])]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "Deze opgave is niet meer open" in answers[1].text
    assert done(session) == set()


def test_interest_without_a_published_profile_is_refused_in_words(
    client: FlaskClient, session: Session, path: Path, reader: User
) -> None:
    session.get_one(Profile, reader.id).state = ProfileState.PAUSED
    session.commit()

    shown, acted = client.get(path(Deed.INTERESTED)), client.post(path(Deed.INTERESTED))

    assert (shown.status_code, acted.status_code) == (200, 409)
    assert "met een profiel dat gepubliceerd is" in text_of(acted)
    assert "<form method" not in acted.text[acted.text.index("<main") :]


def test_later_takes_interest_back_and_says_so_beforehand(
    client: FlaskClient, session: Session, path: Path
) -> None:
    client.post(path(Deed.INTERESTED))

    page = client.get(path(Deed.LATER))
    client.post(path(Deed.LATER))

    assert "Je toonde eerder belangstelling. Die nemen we dan terug." in text_of(page)
    assert done(session) == {Deed.LATER}


@pytest.mark.parametrize("deed", [Deed.INTERESTED, Deed.LATER])
def test_who_was_told_no_reads_why_there_is_no_button(
    client: FlaskClient, session: Session, path: Path, reader: User, opgave: Opgave, deed: Deed
) -> None:
    ids = {"user_id": reader.id, "opgave_id": opgave.id}
    session.add(Response(**ids, answer=Answer.CLOSED, answered_at=MONDAY))
    session.add(Outcome(**ids, reason=WhyClosed.HOURS, said_at=opgave.changed_at))
    session.commit()

    pages = [client.get(path(deed)), client.post(path(deed))]

    assert [page.status_code for page in pages] == [200, 409]
    for page in pages:
        assert WAS_CLOSED in text_of(page)
        assert "<button" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert done(session) == set()


def test_later_says_where_it_is_news_again_and_promises_no_digest(
    client: FlaskClient, path: Path, opgave: Opgave, session: Session
) -> None:
    # The digest of Monday comes when it is closed.
    opgave.closes_on = date(2026, 12, 6)
    session.commit()

    pages = [client.get(path(Deed.LATER)), client.post(path(Deed.LATER))]

    assert f"niets van deze opgave tot 3 december 2026. {NEWS_AGAIN}{IN_DIGEST}." in text_of(
        pages[0]
    )
    assert f"Je zei: later, tot 3 december 2026. {NEWS_AGAIN}{IN_DIGEST}." in text_of(pages[1])


@pytest.mark.parametrize("data", [{}, {"how_long": "altijd"}])
def test_a_pause_that_no_button_offers_is_refused(
    client: FlaskClient, session: Session, path: Path, data: dict[str, str]
) -> None:
    assert client.post(path(Deed.PAUSE), data=data).status_code == 422
    assert done(session) == set()


@pytest.mark.parametrize(
    ("data", "until"),
    [
        ({"how_long": "2-weken"}, TODAY + 14 * A_DAY),
        ({"how_long": "4-weken"}, TODAY + 28 * A_DAY),
        ({"how_long": "dag", "paused_until": "05-12-2026"}, TODAY + 12 * A_DAY),
        ({"how_long": "dag", "paused_until": ""}, None),
        ({"how_long": "dag", "paused_until": "05-12-2020"}, None),
    ],
)
def test_a_pause_lasts_as_long_as_was_chosen(
    client: FlaskClient,
    session: Session,
    path: Path,
    reader: User,
    data: dict[str, str],
    until: date | None,
) -> None:
    user_id = reader.id

    answer = client.post(path(Deed.PAUSE), data=data)

    assert queries.paused_until(session, user_id, TODAY) == until
    assert ("Je hebt even pauze" in text_of(answer)) is (until is not None)
    assert answer.status_code == (200 if until else 422)


def test_who_has_a_pause_can_end_it(client: FlaskClient, session: Session, path: Path) -> None:
    client.post(path(Deed.PAUSE), data={"how_long": "4-weken"})
    offered = client.get(path(Deed.PAUSE)).text

    page = client.post(path(Deed.PAUSE), data={"how_long": "geen"})

    assert ("Toch weer" in offered, "Toch weer" in page.text) == (True, False)
    assert "Je krijgt weer een overzicht" in page.text
    assert done(session) == set()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Kies een dag die nog komt."),
        ("2020-12-05", "Kies een dag die nog komt."),
        ("9999-12-31", "Kies een dag binnen een jaar."),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words_of_this_page(
    client: FlaskClient, path: Path, typed: str, said: str
) -> None:
    data = {"how_long": "dag", "paused_until": typed}

    page = client.post(path(Deed.PAUSE), data=data)

    errors = re.findall(r'<a[^>]*href="#paused_until"[^>]*>[^<:]*: ([^<]*)', page.text)
    assert (page.status_code, errors) == (422, [said])
    assert "(niet verplicht)" not in page.text
    assert "Wil je helemaal geen overzicht meer?" in text_of(page)
    assert 'href="/voorkeuren"' in page.text


@pytest.mark.parametrize("data", [None, {"how_long": "2-weken"}, {"how_long": "geen"}])
def test_who_wants_no_digest_is_promised_none_by_a_pause(
    client: FlaskClient,
    session: Session,
    path: Path,
    reader: User,
    data: dict[str, str] | None,
) -> None:
    service.unsubscribe(make_work(session), reader.id)
    session.commit()

    page = client.post(path(Deed.PAUSE), data=data) if data else client.get(path(Deed.PAUSE))

    assert "Je koos ervoor nooit een overzicht te krijgen." in text_of(page)
    assert "Je krijgt weer een overzicht" not in page.text
    assert "kies je bij je voorkeuren" in text_of(page)
    assert "Twee weken" not in page.text


@pytest.mark.parametrize("data", [None, {"how_long": "2-weken"}, {"how_long": "geen"}])
def test_who_gets_no_mail_is_promised_none_by_a_pause(
    client: FlaskClient,
    session: Session,
    path: Path,
    reader: User,
    stationery: Stationery,
    data: dict[str, str] | None,
) -> None:
    address_hash = health.hash_of(reader.email, stationery.secret)
    health.hold_against(make_work(session), reader.email, address_hash, "5.1.1")
    session.commit()

    page = client.post(path(Deed.PAUSE), data=data) if data else client.get(path(Deed.PAUSE))

    assert "Mail aan jou komt niet aan" in text_of(page)
    assert "Je krijgt weer een overzicht" not in page.text
    assert ("Je pauze duurt tot maandag 7 december" in text_of(page)) is (
        data == {"how_long": "2-weken"}
    )


def test_the_page_about_skills_offers_what_the_match_rests_on(
    client: FlaskClient, session: Session, path: Path
) -> None:
    page = client.get(path(Deed.NOT_MY_SKILL))

    assert "“verkeerskunde” is niet mijn vak" in text_of(page)
    assert "“verkeer en kunde” is iets anders dan “verkeerskunde”" in text_of(page)
    after = client.post(path(Deed.NOT_MY_SKILL), data=PRESSED[Deed.NOT_MY_SKILL])
    assert "We houden hier voortaan rekening mee" in text_of(after)
    assert "Deze opgave past nu niet bij je." in text_of(after)


@pytest.mark.parametrize("deed", Deed)
def test_the_next_digest_obeys(
    client: FlaskClient, session: Session, reader: User, opgave: Opgave, path: Path, deed: Deed
) -> None:
    user_id, opgave_id = reader.id, opgave.id
    another = a_told_match(session)
    queries_before = news(session, user_id, 1)
    service.tell_matches(make_work(session), opgave_id, [user_id])
    session.commit()
    before = news(session, user_id, 1)

    client.post(path(deed), data=PRESSED[deed])
    matching.match_profile(make_work(session), user_id)

    assert (queries_before, before) == ([], ["Een plein"])
    assert news(session, user_id, 1) == []
    again = {Deed.LATER: 14, Deed.PAUSE: 14}.get(deed)
    assert news(session, user_id, 14) == (["Een plein"] if again else [])
    assert news(session, another.professional.id, 1) == ["Een opgave"]


def news(session: Session, user_id: UUID, days: int) -> list[str]:
    """What a digest that many days on would tell this person, when one would come."""
    session.expire_all()
    today = TODAY + days * A_DAY
    everybody, until = queries.Readers(None, None), morning_of(today)
    due = dict(queries.due_for_digest(session, everybody, None, until, today))
    if user_id not in due:
        return []
    actor = actor_of(session.get_one(User, user_id))
    return [one.seen.opgave.title for one in queries.news(session, actor, None, until, today)]


def test_what_was_said_of_a_skill_stands_there_again_and_can_be_taken_back(
    client: FlaskClient, session: Session, path: Path
) -> None:
    link = path(Deed.NOT_MY_SKILL)
    client.post(link, data=PRESSED[Deed.NOT_MY_SKILL])
    again = client.get(link)
    button = re.search(r'name="toch_wel" value="([^"]+)"', again.text)
    assert button is not None

    answers = [client.post(link, data={"toch_wel": button[1]}) for _ in range(2)]

    assert "Je zei: “verkeerskunde” is niet mijn vak. Toch wel" in text_of(again)
    assert "Dat kan komen door wat je zei." in text_of(again)
    assert "Teruggedraaid: “verkeerskunde” is niet mijn vak." in text_of(answers[0])
    assert "Dit was al teruggedraaid." in text_of(answers[1])
    assert "Je zei" not in text_of(client.get(link))
    session.expire_all()
    assert [one.withdrawn_at is None for one in session.scalars(select(Dispute))] == [False]


@pytest.mark.parametrize("is_own", [True, False])
def test_what_was_said_elsewhere_or_by_another_is_not_taken_back_by_this_link(
    client: FlaskClient, session: Session, path: Path, reader: User, opgave: Opgave, *, is_own: bool
) -> None:
    who = reader if is_own else session.get_one(User, a_profile(session).user_id)
    asked = "inkoop" if is_own else "verkeerskunde"
    other = Dispute(id=uuid4(), user_id=who.id, opgave_id=opgave.id, asked=asked, made_at=MONDAY)
    session.add(other)
    session.commit()
    link = path(Deed.NOT_MY_SKILL)

    page = client.get(link).text
    answers = [client.post(link, data={"toch_wel": one}) for one in (str(other.id), "", "\x00")]

    assert "Je zei" not in page
    assert [answer.status_code for answer in answers] == [200] * 3
    session.refresh(other)
    assert other.withdrawn_at is None
