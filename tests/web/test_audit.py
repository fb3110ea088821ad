"""The pages of the audit: who saw you, what happened with you, and the log of beheerders."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import text
from sqlalchemy.orm import Session

import app.tables  # noqa: F401  (every room, so that every fact is known)
from app.accounts import service
from app.accounts.models import User
from app.core.actor import Role
from app.core.audit import AuditEntry, entries
from app.core.outbox import EVENTS
from app.gemeenten.models import Gemeente
from app.hours.rules import Lent
from app.hours.service import book
from app.opgaven import life, review
from app.opgaven import service as opgaven
from app.opgaven.rules import OpgaveStatus, Part
from app.people.rules import Visibility
from app.together import service as combining
from app.together.models import Joint
from app.web.audit.words import DEEDS, KINDS, words_of
from tests.conversations.builders import a_talk
from tests.loans.builders import a_loan, parties
from tests.moderation.builders import a_report
from tests.support.browser import NARROW, WIDE
from tests.support.builders import a_gemeente, a_profile, a_user, an_access_request, an_opgave
from tests.support.pages import fault_at, text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work

# These say in their deed which way they went.
TWO_WAYS = {
    *("role.changed", "role.prolonged", "domain.changed"),
    *("factor.changed", "provider.changed", "network.changed"),
    *("role.proposed", "role.decided", "takeover.decided"),
}


@pytest.fixture(autouse=True)
def at_once(session: Session) -> Iterator[None]:
    """Rows get their place when a transaction commits, and tests never do."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    yield
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def deeds(session: Session) -> list[str]:
    return [entry.deed for entry in entries(session)]


def test_every_fact_has_words() -> None:
    assert EVENTS.keys() - TWO_WAYS - {""} - DEEDS.keys() == set()


def test_every_change_of_a_second_step_has_words() -> None:
    of_app = ("enrolled", "renewed", "forgotten", "closed")
    of_passkeys = ("passkey_added", "passkey_removed", "passkey_used", "passkey_refused")
    changes = {f"factor.{one}" for one in (*of_app, *of_passkeys)}

    assert changes <= DEEDS.keys()


def test_the_log_tells_taking_down_from_withdrawing_and_from_ending(session: Session) -> None:
    owner, beheerder = a_user(session, Role.OPGAVEHOUDER), a_user(session, Role.BEHEERDER)
    withdrawn, gone = (an_opgave(session, owner=owner).id for _ in range(2))
    over = an_opgave(session, owner=owner, status=OpgaveStatus.RUNNING).id

    life.finish(make_work(session, owner), over)
    life.withdraw(make_work(session, owner), withdrawn)
    life.take_down(make_work(session, beheerder), gone)
    session.flush()

    assert [(words_of(one.deed), one.actor_id) for one in entries(session)][:4] == [
        ("eindigde een opgave, want een beheerder haalde de opgave weg", None),
        ("haalde een opgave weg", beheerder.id),
        ("trok een opgave in", owner.id),
        ("sloot een opgave", owner.id),
    ]


def test_a_deed_of_an_earlier_release_keeps_its_word() -> None:
    assert words_of("gone.deed") == "gone.deed"


def test_who_opens_a_profile_is_read_by_its_owner(client: FlaskClient, session: Session) -> None:
    town = a_gemeente(session, name="Adorp")
    owner = a_user(session, gemeente_code=a_gemeente(session).code)
    reader = a_user(session, name="Nel de Lezer", gemeente_code=town.code)
    a_profile(session, user=owner, visibility=Visibility.COLLEAGUES)

    sign_in(client, session, reader).get(f"/collegas/{owner.id}")
    page = sign_in(client, session, owner).get("/profiel/bekeken").text

    assert "Nel de Lezer" in page
    assert "gemeente Adorp" in page


def test_looking_at_yourself_is_not_kept(client: FlaskClient, session: Session) -> None:
    owner = a_user(session)
    a_profile(session, user=owner, visibility=Visibility.COLLEAGUES)

    sign_in(client, session, owner).get(f"/collegas/{owner.id}")

    assert "profile.seen" not in deeds(session)


def test_a_profile_that_does_not_exist_for_somebody_is_not_seen(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session)
    a_profile(session, user=owner, visibility=Visibility.HIDDEN)

    answer = sign_in(client, session, a_user(session)).get(f"/collegas/{owner.id}")

    assert answer.status_code == 404
    assert "profile.seen" not in deeds(session)


def test_somebody_reads_what_they_did_and_what_was_done_to_them(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans Beheer")
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, user).get("/profiel/logboek").text

    assert "Ans Beheer" in page
    assert "gaf de rol opgavehouder (jou)" in page


def test_nobody_reads_the_log_of_another(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER, name="Ans Beheer")
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, a_user(session)).get("/profiel/logboek").text

    assert "Ans Beheer" not in page


def test_the_own_log_tells_nobody_who_an_anonymous_colleague_is(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, name="Tessa Rietdijk")
    a_profile(session, user=owner, visibility=Visibility.ANONYMOUS)
    reader = sign_in(client, session, a_user(session, Role.OPGAVEHOUDER))

    assert "Tessa" not in reader.get(f"/collegas/{owner.id}").text
    page = reader.get("/profiel/logboek").text

    assert "bekeek een profiel" in page
    assert "Tessa" not in page


def test_a_beheerder_reads_whom_a_deed_was_about(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    user = a_user(session, name="Tessa Rietdijk", gemeente_code=beheerder.gemeente_code)
    service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)

    page = sign_in(client, session, beheerder).get("/beheer/logboek").text

    assert "gaf de rol opgavehouder (Tessa Rietdijk)" in page


def test_a_gemeentebeheerder_reads_what_was_done_for_the_own_gemeente(
    client: FlaskClient, session: Session
) -> None:
    here, there = (
        a_user(session, Role.GEMEENTEBEHEERDER, name=name) for name in ("Ans Hier", "Bo Daar")
    )
    for beheerder in (here, there):
        user = a_user(session, gemeente_code=beheerder.gemeente_code)
        service.grant_role(make_work(session, beheerder), user.id, Role.OPGAVEHOUDER)
    assert here.gemeente_code != there.gemeente_code

    page = sign_in(client, session, here).get("/beheer/logboek").text

    assert ("Ans Hier" in page, "Bo Daar" in page) == (True, False)


def test_a_gemeentebeheerder_reads_which_way_reviewing_went_and_who_got_an_opgave(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    heir = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=beheerder.gemeente_code, name="Tessa Rietdijk"
    )
    opgave = an_opgave(session, "wmo", owner=beheerder)
    for is_on in (True, False):
        review.choose(make_work(session, beheerder), is_on=is_on)
    opgaven.hand_over(make_work(session, beheerder), opgave.id, heir.id)
    session.flush()

    page = text_of(sign_in(client, session, beheerder).get("/beheer/logboek"))
    theirs = text_of(sign_in(client, session, heir).get("/profiel/logboek"))

    assert "zette het beoordelen van opgaven aan." in page
    assert "zette het beoordelen van opgaven uit." in page
    assert "droeg een opgave over (Tessa Rietdijk)" in page
    assert "droeg een opgave over (jou)" in theirs


def test_a_gemeentebeheerder_reads_that_a_gemeente_was_asked_to_combine(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    ours, theirs = an_opgave(session, "wmo", owner=beheerder), an_opgave(session, "wmo")
    combining.combine(make_work(session, beheerder), ours.id, theirs.id, "Atelier bomen")
    session.flush()

    page = text_of(sign_in(client, session, beheerder).get("/beheer/logboek"))
    own = sign_in(client, session, beheerder).get("/profiel/logboek")

    assert "vroeg om samen een opgave op te pakken. Samen: “Atelier bomen”" in page
    assert "samen een opgave op te pakken. Samen: “Atelier bomen”" in text_of(own)
    assert f'href="/opgaven/{ours.id}/wie-pakt-dit-op"' in own.text


@pytest.mark.parametrize(
    "deed", ["interest.shown", "opgave.followed", "loan.asked", "profile.seen", "later.said"]
)
def test_a_gemeentebeheerder_does_not_read_who_looks_for_other_work(
    client: FlaskClient, session: Session, deed: str
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    user = a_user(session, gemeente_code=beheerder.gemeente_code)
    make_work(session, user).record(deed, ("opgave", user.id), user.id)
    session.flush()

    page = sign_in(client, session, beheerder).get("/beheer/logboek").text

    assert words_of(deed) not in page


def test_reading_the_log_is_kept_too(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek")

    assert "audit.read" in deeds(session)


def test_an_entry_names_the_request_that_the_answer_names(
    client: FlaskClient, session: Session
) -> None:
    answer = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek")

    assert entries(session)[0].request_id == answer.headers["X-Request-ID"]


def test_signing_in_and_out_is_kept(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session)).post("/uitloggen")

    assert deeds(session) == ["session.ended", "session.begun"]


def test_older_deeds_stand_on_a_next_page(client: FlaskClient, session: Session) -> None:
    user = a_user(session)
    work = make_work(session, user)
    for number in range(55):
        work.record("opgave.changed", ("opgave", number))
        session.flush()
    sign_in(client, session, user)

    first = client.get("/profiel/logboek").text
    older = first.split("logboek?voor=")[1].split('"')[0]
    second = client.get(f"/profiel/logboek?voor={older}").text

    assert first.count("wijzigde een opgave") == 49
    assert second.count("wijzigde een opgave") == 6


@pytest.mark.browser
def test_a_deed_takes_few_lines_on_a_small_screen_too(
    browser: Browser, client: FlaskClient, session: Session
) -> None:
    user, opgave = a_user(session, name="Omar Haddad"), an_opgave(session, title="Een plein")
    make_work(session, user).record("opgave.changed", ("opgave", opgave.id))
    session.flush()
    sign_in(client, session, a_user(session, Role.BEHEERDER))
    sheet = Path(str(client.application.static_folder), "css", "dgvn.css").read_text()
    listed = client.get("/beheer/logboek").text.split("</form>")[-1]

    heights = {}
    for window in (NARROW, WIDE):
        page = browser.new_page(viewport={"width": window[0], "height": window[1]})
        page.set_content(f"<style>{sheet}</style><body class='dgvn-body'><main>{listed}")
        deed = page.locator("li", has_text="wijzigde een opgave")
        heights[window] = deed.evaluate("one => one.offsetHeight")
        page.close()

    assert heights[NARROW] <= heights[WIDE]


def test_nothing_but_a_place_is_taken(client: FlaskClient, session: Session) -> None:
    sign_in(client, session, a_user(session))

    for typed in ("x", "-1", "9" * 40, "1%27"):
        assert client.get(f"/profiel/logboek?voor={typed}").status_code == 200


def test_no_entry_is_of_the_house_itself(app: Flask, session: Session) -> None:
    """What workers do of themselves is told, and is no deed of anybody."""
    work = make_work(session)
    work.emit(EVENTS["matching.unfinished"]())
    session.flush()

    assert session.query(AuditEntry).count() == 0


def test_the_own_log_names_the_opgave_the_loan_and_the_conversation_of_a_line(
    client: FlaskClient, session: Session
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    talk = a_talk(session, "Hoi")
    for user, about in (
        (who.professional, ("opgave", who.opgave.id)),
        (who.professional, ("loan", loan.id)),
        (talk.professional, ("conversation", talk.id)),
    ):
        make_work(session, user).record("opgave.followed", about)
    session.flush()

    of_loan = sign_in(client, session, who.professional).get("/profiel/logboek").text
    of_talk = sign_in(client, session, talk.professional).get("/profiel/logboek").text

    title, over = f"“{who.opgave.title}”", f"“{talk.opgave.title}”"
    assert f'<a href="/opgaven/{who.opgave.id}">{title}</a>' in of_loan
    assert f'<a href="/inzet/{loan.id}">Inzet voor {title}</a>' in of_loan
    assert f'<a href="/gesprekken/{talk.id}">Gesprek over {over}</a>' in of_talk


def test_the_own_log_names_no_opgave_that_its_reader_may_not_read(
    client: FlaskClient, session: Session
) -> None:
    user, opgave = a_user(session), an_opgave(session, title="Het geheime plein")
    make_work(session, user).record("opgave.followed", ("opgave", opgave.id))
    session.flush()
    sign_in(client, session, user)

    readable = client.get("/profiel/logboek").text
    opgave.status, opgave.published_at = OpgaveStatus.CONCEPT, None
    session.flush()
    hidden = client.get("/profiel/logboek").text
    opgave.status, opgave.taken_down_at = OpgaveStatus.WITHDRAWN, MONDAY
    session.flush()
    gone = client.get("/profiel/logboek").text

    assert "Het geheime plein" in readable
    assert "Het geheime plein" not in hidden + gone
    assert "Een opgave die is weggehaald" in gone
    assert "ging een opgave volgen" in hidden


def test_a_beheerder_reads_names_in_the_log(client: FlaskClient, session: Session) -> None:
    opgave = an_opgave(session, title="Een veilig plein")
    user = a_user(session, name="Tessa Rietdijk")
    work = make_work(session, user)
    work.record("opgave.changed", ("opgave", opgave.id))
    work.record("session.begun", ("user", user.id))
    work.record("limit.agreed", ("gemeente", user.gemeente_code))
    session.flush()
    name = session.get_one(Gemeente, user.gemeente_code).name

    page = text_of(sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek"))

    for said in ("“Een veilig plein”", "Account van Tessa Rietdijk", f"Gemeente {name}"):
        assert said in page
    assert str(opgave.id) not in page


def test_the_log_shows_words_and_no_id_of_a_thing(client: FlaskClient, session: Session) -> None:
    work = make_work(session, a_user(session))
    lent = Lent(a_gemeente(session).code, a_gemeente(session).code, 480)
    book(work, lent)
    joint = Joint(id=uuid4(), name="Samen tegen rommel", begun_at=MONDAY, begun_by=None)
    session.add(joint)
    session.flush()
    nameless = uuid4()
    work.record("joint.agreed", ("joint", joint.id))
    work.record("sign_in.asked", ("sign_in", nameless))
    work.record("loan.asked", ("loan", nameless))
    session.flush()
    names = [session.get_one(Gemeente, one).name for one in (lent.borrower_code, lent.lender_code)]

    answer = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek")

    page = text_of(answer)
    assert f"8 uur van gemeente {names[0]} naar gemeente {names[1]}" in page
    assert "Samen: “Samen tegen rommel”" in page
    numbers = {one.request_id for one in entries(session)}
    ids = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", page))
    assert ids - numbers == set()
    assert "verzoek" not in page


def test_a_gemeentebeheerder_reads_no_name_of_whom_a_beheerder_looks_after_elsewhere(
    client: FlaskClient, session: Session
) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=beheerder.gemeente_code)
    asked = an_access_request(session, "noor@elders.example")
    elsewhere = a_user(session, name="Tessa Rietdijk")
    work = make_work(session, beheerder)
    work.record("access.decided", ("request", asked.id))
    work.record("audit.searched", ("user", elsewhere.id))
    service.grant_role(work, elsewhere.id, Role.OPGAVEHOUDER)
    session.flush()

    by_keeper = text_of(sign_in(client, session, keeper).get("/beheer/logboek"))
    by_beheerder = text_of(sign_in(client, session, beheerder).get("/beheer/logboek"))

    assert "besliste over een aanvraag" in by_keeper
    assert ("Noor" in by_keeper, "Tessa" in by_keeper) == (False, False)
    sign_in(client, session, keeper)
    assert str(elsewhere.id) not in client.get("/beheer/logboek").text
    assert "gaf de rol opgavehouder (iemand van een andere gemeente)" in by_keeper
    assert "Aanvraag van Noor" in by_beheerder
    assert "Account van Tessa Rietdijk" in by_beheerder


def test_the_log_asks_no_more_for_more_lines(client: FlaskClient, session: Session) -> None:
    beheerder = a_user(session, Role.BEHEERDER)
    sign_in(client, session, beheerder)

    def write(times: int) -> None:
        for _ in range(times):
            work = make_work(session, a_user(session))
            talk = a_talk(session, "Hoi")
            work.record("opgave.changed", ("opgave", talk.opgave.id))
            work.record("message.written", ("conversation", talk.id))
            work.record("report.made", ("report", a_report(session).id))
            work.record("profile.seen", ("profile", talk.professional.id), talk.professional.id)
            work.record("loan.asked", ("loan", uuid4()))
            session.flush()

    counts = []
    for times in (1, 3):
        write(times)
        client.get("/beheer/logboek")
        with counted(session) as asked:
            client.get("/beheer/logboek")
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.fixture
def written(session: Session) -> User:
    """What two people did on two days."""
    tessa = a_user(session, name="Tessa Rietdijk", email="tessa@testerdam.example")
    other = a_user(session, name="Omar Haddad")
    make_work(session, tessa).record("opgave.changed", ("opgave", uuid4()))
    make_work(session, other).record("session.begun", ("user", other.id))
    later = make_work(session, other, MONDAY + timedelta(days=1))
    later.record("role.given.opgavehouder", ("user", tessa.id), tessa.id)
    session.flush()
    return tessa


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=Tessa", ["wijzigde een opgave", "gaf de rol opgavehouder"]),
        ("q=TESSA@testerdam.example", ["wijzigde een opgave", "gaf de rol opgavehouder"]),
        ("wat=opgaven", ["wijzigde een opgave"]),
        ("q=Omar&wat=rollen", ["gaf de rol opgavehouder"]),
        ("van=2026-11-24&tot=2026-11-25", ["gaf de rol opgavehouder"]),
        ("van=2026-11-23&tot=23-11-2026", ["wijzigde een opgave", "logde in"]),
    ],
)
def test_a_beheerder_finds_deeds_by_who_what_and_when(
    client: FlaskClient, session: Session, written: User, asked: str, found: list[str]
) -> None:
    with time_machine.travel(MONDAY + timedelta(days=9), tick=False):
        sign_in(client, session, a_user(session, Role.BEHEERDER))
        page = client.get(f"/beheer/logboek?{asked}").text.split("</form>")[-1]

    every = ["wijzigde een opgave", "logde in", "gaf de rol opgavehouder"]
    assert [one for one in every if one in page] == [one for one in every if one in found]


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ("q=Niemand+Hier", "q", "We vinden niemand"),
        ("van=31-02-2027", "van", "Vul een datum in"),
        ("van=2026-11-24&tot=2026-11-23", "tot", "De einddatum ligt voor de begindatum."),
        ("van=0001-01-01", "van", "Kies een datum van"),
        ("tot=9999-12-31", "tot", "Kies een datum van"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_field(
    client: FlaskClient, session: Session, written: User, asked: str, field: str, said: str
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    answer = client.get(f"/beheer/logboek?{asked}")

    assert answer.status_code == 422
    assert said in fault_at(answer, field)
    assert f'name="{field}"' in answer.text
    assert "Wat je al invulde" not in answer.text
    assert "wijzigde een opgave" not in answer.text


def test_a_search_is_a_deed_and_names_whom_it_was_for(
    client: FlaskClient, session: Session, written: User
) -> None:
    sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek?q=Tessa")

    newest = entries(session)[0]
    assert (newest.deed, newest.subject_id) == ("audit.searched", str(written.id))


def test_the_next_part_of_the_log_keeps_what_was_asked(
    client: FlaskClient, session: Session
) -> None:
    work = make_work(session, a_user(session))
    for _ in range(55):
        work.record("opgave.changed", ("opgave", uuid4()))
        work.record("session.begun", ("user", uuid4()))
        session.flush()
    sign_in(client, session, a_user(session, Role.BEHEERDER))

    first = client.get("/beheer/logboek?wat=opgaven").text
    address = unescape(first.split('href="/beheer/logboek?')[1].split('"')[0])
    second = client.get(f"/beheer/logboek?{address}").text

    assert (first.count("wijzigde een opgave"), second.count("wijzigde een opgave")) == (50, 5)
    assert "logde in." not in second


def test_a_gemeentebeheerder_finds_only_the_own_people_and_what_may_be_read(
    client: FlaskClient, session: Session, written: User
) -> None:
    beheerder = a_user(session, Role.GEMEENTEBEHEERDER)
    at_home = a_user(session, name="Tessa Thuis", gemeente_code=beheerder.gemeente_code)
    work = make_work(session, at_home)
    work.record("opgave.changed", ("opgave", uuid4()))
    work.record("loan.asked", ("loan", uuid4()))
    session.flush()
    sign_in(client, session, beheerder)

    elsewhere = client.get("/beheer/logboek?q=tessa@testerdam.example")
    here = client.get("/beheer/logboek?q=Tessa").text
    loans = client.get("/beheer/logboek?q=Tessa&wat=inzet").text

    assert elsewhere.status_code == 422
    assert ("wijzigde een opgave" in here, "vroeg om uren" in here + loans) == (True, False)


def test_every_deed_is_of_one_kind() -> None:
    kinds = {deed: [kind for kind in KINDS if kind.holds(deed)] for deed in DEEDS}

    assert [deed for deed, found in kinds.items() if len(found) != 1] == []


def test_a_second_opgavehouder_has_one_name_everywhere() -> None:
    assert Part.CO_OWNER.value in DEEDS["co_owner.named"]


def test_a_gemeentebeheerder_is_offered_what_may_be_found(
    client: FlaskClient, session: Session
) -> None:
    of_gemeente = sign_in(client, session, a_user(session, Role.GEMEENTEBEHEERDER))
    there = of_gemeente.get("/beheer/logboek")
    refused = of_gemeente.get("/beheer/logboek?wat=inzet")
    of_all = sign_in(client, session, a_user(session, Role.BEHEERDER)).get("/beheer/logboek").text

    choices = ('value="opgaven"' in there.text, 'value="inzet"' in there.text)
    assert choices == (True, False)
    assert "zoals reageren en uren lenen, lees je hier niet" in text_of(there)
    assert refused.status_code == 422
    assert ('value="opgaven"' in of_all, 'value="inzet"' in of_all) == (True, True)


def test_the_newest_deed_is_first_and_what_followed_stands_above_its_cause(
    client: FlaskClient, session: Session
) -> None:
    """Also when somebody whose request began earlier was done later."""
    user = a_user(session)
    for minutes, deed in ((2, "opgave.filled"), (1, "opgave.drafted"), (3, "opgave.changed")):
        work = make_work(session, user, MONDAY + timedelta(minutes=minutes))
        work.record(deed, ("opgave", user.id), user.id)
        work.record("seat.taken.itself", ("opgave", user.id), user.id)
        session.flush()
    sign_in(client, session, user)

    page = text_of(client.get("/profiel/logboek"))

    filled, drafted, changed = map(words_of, ("opgave.filled", "opgave.drafted", "opgave.changed"))
    taken = words_of("seat.taken.itself")
    order = re.findall(rf"{filled}|{drafted}|{changed}|{taken}", page)
    assert order == [taken, changed, taken, filled, taken, drafted]
