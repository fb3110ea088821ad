"""The log of a loan: each step in its own words, of who did it, or of nobody when it followed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.actor import SYSTEM, Actor, Role
from app.core.audit import OF_ITSELF, entries
from app.core.work import Work
from app.gemeenten.models import Gemeente
from app.hours import service as hours
from app.links import Links
from app.loans import service
from app.loans.models import Loan
from app.loans.rules import (
    Again,
    FeedbackDraft,
    NamedManager,
    Party,
    Reason,
    Refusal,
    hours_mark,
)
from app.opgaven import life
from app.privacy import leaving
from app.responses import inviting
from app.responses import service as responses
from app.responses.rules import WhyNot
from app.web.audit.words import words_of
from app.web.auth import id_of_address
from tests.loans.builders import TERMS, Parties, a_loan, a_running_loan, parties
from tests.responses.builders import a_match
from tests.support.builders import a_user
from tests.support.pages import text_of
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
BEGUN = TODAY - timedelta(days=28)
WEEK = BEGUN - BEGUN.weekday() * A_DAY
NO = Refusal(Reason.TOO_BUSY, "Het past niet")


@pytest.fixture(autouse=True)
def at_once(session: Session) -> Iterator[None]:
    """Rows get their place when a transaction commits, and tests never do."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    yield
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@pytest.fixture
def who(session: Session) -> Parties:
    made = parties(session)
    made.professional.name, made.borrower.name = "Tessa Rietdijk", "Omar Haddad"
    return made


@pytest.fixture
def beheerder(session: Session) -> User:
    return a_user(session, Role.BEHEERDER)


def by_mail(app: Flask, loan: Loan, who: Parties) -> str:
    return urlsplit(Links(app.extensions["settings"]).loan_to_sign(loan.id, who.manager.email)).path


def log_of(client: FlaskClient, session: Session, user: User, asked: str = "") -> str:
    return text_of(sign_in(client, session, user).get(f"/beheer/logboek{asked}"))


def own_log(client: FlaskClient, session: Session, user: User) -> str:
    return text_of(sign_in(client, session, user).get("/profiel/logboek"))


def town_of(session: Session, user: User) -> str:
    return session.get_one(Gemeente, user.gemeente_code).name


def words_by(email: str) -> str:
    return f"{email} (leidinggevende, via de link in een mail)"


def test_what_a_manager_does_by_the_link_of_a_mail_reads_as_that_manager(
    app: Flask, client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    link, visitor = by_mail(app, loan, who), app.test_client()
    asked = {"remark_id": str(uuid4()), "words": "Welke dagen?"}
    visitor.post(f"{link}/vragen", data=asked)
    visitor.post(link, data={"version": "1"})
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    visitor.get(f"{link}/afspraken/1")

    page = log_of(client, session, beheerder)

    for said in (
        "schreef een vraag of antwoord bij een inzet",
        "tekende afspraken",
        "haalde de afspraken van een inzet op",
    ):
        assert f"{words_by(who.manager.email)} {said} (Tessa Rietdijk)." in page
    assert "Iemand die niet was ingelogd" not in page


def test_a_manager_who_says_no_by_the_link_is_known_too_whoever_is_signed_in_there(
    app: Flask, client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    sign_in(client, session, who.professional)
    refused = {"version": "1", "reason": Reason.TOO_BUSY.value, "words": "Nu niet"}
    client.post(f"{by_mail(app, loan, who)}/weigeren", data=refused)

    page = log_of(client, session, beheerder)

    assert f"{words_by(who.manager.email)} zei nee tegen een aanvraag om uren" in page


def test_who_deals_with_managers_finds_one_by_the_address(
    app: Flask, client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    app.test_client().post(by_mail(app, loan, who), data={"version": "1"})

    found = log_of(client, session, beheerder, f"?q={who.manager.email.upper()}")

    assert f"{words_by(who.manager.email)} tekende afspraken" in found
    assert "Tessa Rietdijk (" not in found
    assert entries(session)[0].subject == "manager"
    assert log_of(client, session, beheerder, "?q=niemand@nergens.example").count("We vinden")


def test_a_manager_who_was_replaced_is_not_taken_for_the_next(
    app: Flask, client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    asked = {"remark_id": str(uuid4()), "words": "Welke dagen?"}
    app.test_client().post(f"{by_mail(app, loan, who)}/vragen", data=asked)
    next_one = f"chef@{who.manager.email.partition('@')[2]}"
    named = NamedManager("Chef", next_one)
    service.name_another(make_work(session, who.professional), loan.id, named)

    page = log_of(client, session, beheerder)

    said = "schreef een vraag of antwoord bij een inzet"
    assert f"Een eerdere leidinggevende (via de link in een mail) {said}" in page
    assert next_one not in page


def test_an_address_that_was_taken_away_is_found_and_named_no_more(
    app: Flask, client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    refused = {"version": "1", "reason": Reason.TOO_BUSY.value, "words": "Nu niet"}
    app.test_client().post(f"{by_mail(app, loan, who)}/weigeren", data=refused)
    leaving.forget_address(make_work(session), who.manager.email)

    page = log_of(client, session, beheerder)
    found = log_of(client, session, beheerder, f"?q={who.manager.email}")

    assert "Een eerdere leidinggevende (via de link in een mail) zei nee tegen" in page
    assert who.manager.email not in page
    assert "We vinden niemand" in found


def test_each_reads_of_a_manager_what_they_may_read_of_the_loan(
    app: Flask, client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    code = who.professional.gemeente_code
    manager = a_user(session, gemeente_code=code, email=who.manager.email)
    keeper = a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    app.test_client().post(by_mail(app, loan, who), data={"version": "1"})

    own = own_log(client, session, manager)
    of_professional = own_log(client, session, who.professional)

    assert "Je (via de link in een mail) tekende afspraken." in own
    assert f"{words_by(who.manager.email)} tekende afspraken." in of_professional
    assert "tekende afspraken" not in own_log(client, session, a_user(session))
    assert who.manager.email not in log_of(client, session, keeper)
    assert "tekende afspraken" not in log_of(client, session, keeper, f"?q={who.manager.email}")


def test_a_deed_from_before_the_log_knew_managers_is_one_of_a_manager(
    client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    make_work(session).record("terms.signed", ("loan", loan.id))
    session.flush()

    page = log_of(client, session, beheerder)

    assert "Een leidinggevende (via de link in een mail) tekende afspraken." in page


def test_what_follows_the_last_signature_stands_above_it_and_is_of_nobody(
    client: FlaskClient, session: Session, who: Parties, beheerder: User
) -> None:
    loan = a_loan(session, who)
    fewer = replace(TERMS, hours_per_week=4)
    service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, fewer)
    service.sign_as_lender(make_work(session), loan.id, 2, who.manager)
    sign_in(client, session, who.professional)
    client.post(f"/inzet/{loan.id}/tekenen", data={"version": "2"})

    page = log_of(client, session, beheerder)
    home, place = (town_of(session, one) for one in (who.professional, who.borrower))
    order = [
        "Vanzelf werden afspraken rond, want alle drie tekenden (Tessa Rietdijk).",
        f"Vanzelf ({place}) raakte een opgave bezet.",
        f"Vanzelf ({place}) raakte een plek bij een opgave bezet.",
        f"Tessa Rietdijk ({home}) tekende afspraken.",
    ]

    found = [page.find(said) for said in order]
    assert -1 not in found
    assert found == sorted(found)
    for untrue in ("zette een opgave op bezet", "kreeg een plek", "maakte afspraken rond"):
        assert untrue not in page


def test_an_opgave_that_fills_of_itself_is_in_the_log_of_its_own_gemeente_only(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    fewer = replace(TERMS, hours_per_week=4)
    service.change(make_work(session, who.borrower), loan.id, Party.BORROWER, 1, fewer)
    service.sign_as_lender(make_work(session), loan.id, 2, who.manager)
    service.sign_as_professional(make_work(session, who.professional), loan.id, 2)
    keepers = [
        a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=one.gemeente_code)
        for one in (who.borrower, who.professional)
    ]

    logs = [log_of(client, session, one) for one in keepers]

    assert ["raakte een opgave bezet" in log for log in logs] == [True, False]
    assert "Tessa" not in "".join(logs)


def test_who_waited_for_signatures_reads_that_it_fell_with_the_opgave(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    life.withdraw(make_work(session, who.borrower), who.opgave.id)
    service.end_what_was_asked(make_work(session), who.opgave.id)
    session.flush()

    page = own_log(client, session, who.professional)

    assert loan.reason is Reason.OPGAVE_ENDED
    said = f"Vanzelf {words_of('loan.stopped.itself')}. Inzet voor “{who.opgave.title}”"
    assert said in page
    assert said not in own_log(client, session, who.borrower)


# Who did it, in which words; of nobody what followed, or what the clock did.
Deeds = list[tuple[str, str]]
PROFESSIONAL, BORROWER, MANAGER, NOBODY = "professional", "borrower", "manager", "nobody"


@dataclass(frozen=True)
class Stage:
    """A loan, and who takes steps in it at which moment."""

    session: Session
    who: Parties
    loan: Loan
    manager_id: UUID

    def by(self, whom: str, after: int = 0) -> Work:
        actors = {
            PROFESSIONAL: actor_of(self.who.professional),
            BORROWER: actor_of(self.who.borrower),
            MANAGER: Actor(address_id=self.manager_id),
            NOBODY: SYSTEM,
        }
        return make_work(self.session, actors[whom], MONDAY + timedelta(days=after))

    def known(self, actor_id: UUID | None) -> str:
        names = {
            self.who.professional.id: PROFESSIONAL,
            self.who.borrower.id: BORROWER,
            self.manager_id: MANAGER,
        }
        return names[actor_id] if actor_id else NOBODY

    def agree(self, party: Party, minutes: int, after: int) -> None:
        whom = PROFESSIONAL if party is Party.PROFESSIONAL else BORROWER
        mark = hours_mark({WEEK: minutes} if minutes else {})
        back = TODAY + 2 * A_DAY if party is Party.PROFESSIONAL else None
        service.agree_on_hours(self.by(whom, after), self.loan.id, party, mark, back)


def signs_and_is_held_up(stage: Stage) -> None:
    code = stage.who.borrower.gemeente_code
    keeper = a_user(stage.session, Role.GEMEENTEBEHEERDER, gemeente_code=code)
    hours.agree_limit(make_work(stage.session, keeper), code, 0)
    service.note_held_up(stage.by(BORROWER), stage.loan.id)


def refuses(stage: Stage) -> None:
    service.refuse_terms(stage.by(MANAGER), stage.loan.id, Party.LENDER, 1, NO, stage.who.manager)


def takes_it_back(stage: Stage) -> None:
    service.withdraw(stage.by(PROFESSIONAL), stage.loan.id)


def names_another(stage: Stage) -> None:
    named = NamedManager("Chef", f"chef@{stage.who.manager.email.partition('@')[2]}")
    service.name_another(stage.by(PROFESSIONAL), stage.loan.id, named)


def is_not_reached(stage: Stage) -> None:
    service.note_unreached(stage.by(NOBODY), stage.loan.id, stage.who.manager.email)


def proposes(stage: Stage) -> None:
    fewer = replace(TERMS, hours_per_week=4, starts_on=BEGUN)
    service.change(stage.by(BORROWER), stage.loan.id, Party.BORROWER, stage.loan.version, fewer)


def proposes_and_hears_no(stage: Stage) -> None:
    proposes(stage)
    work, manager = stage.by(MANAGER), stage.who.manager
    service.refuse_terms(work, stage.loan.id, Party.LENDER, 2, NO, manager)


def proposes_and_takes_it_back(stage: Stage) -> None:
    proposes(stage)
    service.refuse_terms(stage.by(BORROWER), stage.loan.id, Party.BORROWER, 2, NO)


def calls_off(stage: Stage) -> None:
    service.call_off(stage.by(BORROWER), stage.loan.id, Party.BORROWER, NO)


def stops_early(stage: Stage) -> None:
    day, manager = TODAY, stage.who.manager
    service.end_early(stage.by(MANAGER), stage.loan.id, Party.LENDER, day, NO, manager)


def plans_the_end_talk(stage: Stage) -> None:
    service.plan_end_talk(stage.by(BORROWER), stage.loan.id, Party.BORROWER, TODAY)


def writes(stage: Stage) -> None:
    service.write_hours(stage.by(PROFESSIONAL), stage.loan.id, WEEK, 480)


def objects_and_is_given_in_to(stage: Stage) -> None:
    writes(stage)
    work = stage.by(MANAGER, 1)
    service.dispute_hours(
        work, stage.loan.id, uuid4(), Party.LENDER, "Het was korter", stage.who.manager
    )
    service.write_hours(stage.by(PROFESSIONAL, 1), stage.loan.id, WEEK, 240)


def is_over_and_closed_by_both(stage: Stage) -> None:
    service.end_what_is_over(stage.by(NOBODY, 2))
    stage.agree(Party.PROFESSIONAL, 0, 2)
    stage.agree(Party.BORROWER, 0, 2)


def is_over_and_closed_by_time(stage: Stage) -> None:
    service.end_what_is_over(stage.by(NOBODY, 2))
    service.report_what_fell_silent(stage.by(NOBODY, 60))
    service.close_what_nobody_disputes(stage.by(NOBODY, 120))


def agrees_and_reports_that_it_is_done(stage: Stage) -> None:
    service.end_what_is_over(stage.by(NOBODY, 2))
    stage.agree(Party.BORROWER, 0, 2)
    service.report_completion(stage.by(BORROWER, 30), stage.loan.id, Party.BORROWER)


def say_how_it_went(stage: Stage) -> None:
    service.end_what_is_over(stage.by(NOBODY, 2))
    draft = FeedbackDraft(Again.YES, "Fijn")
    service.give_feedback(stage.by(PROFESSIONAL, 2), stage.loan.id, Party.PROFESSIONAL, draft)
    service.give_feedback(stage.by(BORROWER, 2), stage.loan.id, Party.BORROWER, draft)
    service.answer_feedback(stage.by(PROFESSIONAL, 2), stage.loan.id, "Dank je")


ASKED, AGREED_ON, RUNS, LAST_WEEK = "asked", "agreed on", "runs", "ends today"
OVER = (NOBODY, "liep een inzet af")


@pytest.mark.parametrize(
    ("begin", "step", "said"),
    [
        (
            ASKED,
            signs_and_is_held_up,
            [(BORROWER, "kon niet tekenen, want dat ging boven de limiet van een gemeente")],
        ),
        (ASKED, refuses, [(MANAGER, "zei nee tegen een aanvraag om uren")]),
        (ASKED, takes_it_back, [(PROFESSIONAL, "trok een aanvraag om uren in")]),
        (
            ASKED,
            names_another,
            [(PROFESSIONAL, "noemde een andere leidinggevende of een ander adres")],
        ),
        (ASKED, is_not_reached, [(NOBODY, "kwam mail aan een leidinggevende terug")]),
        (
            RUNS,
            proposes_and_hears_no,
            [
                (BORROWER, "tekende afspraken"),
                (BORROWER, "stelde andere afspraken voor"),
                (MANAGER, "zei nee tegen andere afspraken"),
            ],
        ),
        (
            RUNS,
            proposes_and_takes_it_back,
            [
                (BORROWER, "tekende afspraken"),
                (BORROWER, "stelde andere afspraken voor"),
                (BORROWER, "trok een voorstel voor andere afspraken in"),
            ],
        ),
        (AGREED_ON, calls_off, [(BORROWER, "liet een inzet niet doorgaan")]),
        (RUNS, stops_early, [(MANAGER, "liet een inzet eerder stoppen")]),
        (RUNS, plans_the_end_talk, [(BORROWER, "plande een eindgesprek")]),
        (RUNS, writes, [(PROFESSIONAL, "schreef uren")]),
        (
            RUNS,
            objects_and_is_given_in_to,
            [
                (PROFESSIONAL, "schreef uren"),
                (MANAGER, "maakte bezwaar tegen uren"),
                (PROFESSIONAL, "veranderde uren die anderen nakijken"),
                (NOBODY, "kwam de vraag om uren nog eens na te kijken"),
            ],
        ),
        (
            LAST_WEEK,
            is_over_and_closed_by_both,
            [
                OVER,
                (PROFESSIONAL, "bevestigde uren"),
                (BORROWER, "bevestigde uren"),
                (NOBODY, "werd een inzet afgesloten"),
            ],
        ),
        (
            LAST_WEEK,
            is_over_and_closed_by_time,
            [
                OVER,
                (NOBODY, "werd een inzet klaar gemeld, want niemand zei nog iets"),
                (NOBODY, "werd een inzet afgesloten"),
            ],
        ),
        (
            LAST_WEEK,
            agrees_and_reports_that_it_is_done,
            [
                OVER,
                (BORROWER, "bevestigde uren"),
                (BORROWER, "meldde dat een inzet klaar is"),
            ],
        ),
        (
            LAST_WEEK,
            say_how_it_went,
            [
                OVER,
                (PROFESSIONAL, "gaf feedback"),
                (BORROWER, "gaf feedback"),
                (NOBODY, "werd feedback te lezen"),
                (PROFESSIONAL, "antwoordde op feedback"),
            ],
        ),
    ],
)
def test_each_step_of_a_loan_has_words_and_an_actor_of_its_own(
    app: Flask,
    session: Session,
    who: Parties,
    begin: str,
    step: Callable[[Stage], None],
    said: Deeds,
) -> None:
    days: dict[str, Any] = {
        RUNS: {"starts_on": BEGUN},
        LAST_WEEK: {"starts_on": BEGUN, "ends_on": TODAY, "returns_on": TODAY + A_DAY},
    }
    begun = a_loan if begin == ASKED else a_running_loan
    loan = begun(session, who, **days.get(begin, {}))
    stage = Stage(session, who, loan, id_of_address(who.manager.email))
    session.flush()
    before = {one.id for one in entries(session)}

    step(stage)
    session.flush()

    of_loan = [one for one in reversed(entries(session)) if one.subject == "loan"]
    told = [
        (stage.known(one.actor_id), words_of(one.deed)) for one in of_loan if one.id not in before
    ]
    assert told == said


@pytest.mark.parametrize(
    ("begins_on", "step", "cause"),
    [
        (BEGUN, writes, "hours.written"),
        (TODAY + A_DAY, calls_off, "loan.called_off"),
        (BEGUN, objects_and_is_given_in_to, "hours.corrected"),
    ],
)
def test_what_follows_is_written_down_after_its_cause(
    session: Session, who: Parties, begins_on: date, step: Callable[[Stage], None], cause: str
) -> None:
    loan = a_running_loan(session, who, starts_on=begins_on)
    session.flush()
    before = {one.id for one in entries(session)}

    step(Stage(session, who, loan, id_of_address(who.manager.email)))
    session.flush()

    deeds = [one.deed for one in entries(session) if one.id not in before]
    followed = deeds[: deeds.index(cause)]
    assert followed
    assert all(deed.endswith(OF_ITSELF) for deed in followed)


def test_a_yes_a_no_and_a_word_taken_back_are_no_end_of_an_invitation(
    session: Session,
) -> None:
    told = []
    for answer in ("yes", "no", "back"):
        opgave, owner, person = a_match(session)
        made = inviting.invite(make_work(session, owner), opgave.id, person.id, "Past dit bij je?")
        if answer == "yes":
            responses.show_interest(make_work(session, person), opgave.id)
        elif answer == "no":
            inviting.decline(make_work(session, person), opgave.id, WhyNot.NO_TIME)
        else:
            inviting.take_back(make_work(session, owner), made.id)
        session.flush()
        newest = next(one for one in entries(session) if one.subject == "invitation")
        told.append((newest.actor_id in {owner.id, person.id}, words_of(newest.deed)))

    assert told == [
        (True, "nam een uitnodiging aan"),
        (True, "zei nee tegen een uitnodiging"),
        (True, "trok een uitnodiging in"),
    ]
