"""The lists of opgaven, reactions and conversations: each says who is to move, and all the same."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.conversations import awaiting
from app.conversations import service as conversations
from app.core.actor import Role
from app.core.workdays import monday_of
from app.gemeenten.models import Gemeente
from app.loans import queries, service
from app.loans.models import Loan
from app.loans.rules import Party, Reason, Refusal, hours_mark
from app.loans.words import how_it_stands
from app.opgaven import review
from app.opgaven import service as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.together import service as together
from app.web.opgaven.waiting import NOBODY_TO_JUDGE, REVIEW, TO_JUDGE
from app.web.waiting import WAITS_FOR_US, WAITS_FOR_YOU
from tests.conversations.builders import Talk, say
from tests.loans.builders import (
    Parties,
    a_lender,
    a_loan,
    a_running_loan,
    interest,
    manager_of,
    parties,
)
from tests.support.builders import a_user, an_opgave
from tests.support.pages import text_of
from tests.support.queries import counted
from tests.support.web import sign_in
from tests.support.work import MONDAY, TODAY, make_work

A_DAY = timedelta(days=1)
BEGUN = TODAY - timedelta(days=28)
LATER = MONDAY + 2 * A_DAY
OURS, REACTIONS = "/onze-opgaven", "/reacties"


@pytest.fixture(autouse=True)
def wednesday() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def who(session: Session) -> Parties:
    return parties(session)


def signed_by_us(session: Session, who: Parties) -> Loan:
    loan = a_loan(session, who)
    service.sign_as_borrower(make_work(session, who.borrower), loan.id, 1)
    return loan


def running(session: Session, who: Parties) -> Loan:
    loan = a_running_loan(session, who, starts_on=BEGUN)
    service.write_hours(make_work(session, who.professional), loan.id, monday_of(BEGUN), 480)
    return loan


def asked_something(session: Session, who: Parties) -> Loan:
    loan = running(session, who)
    work = make_work(session, who.professional, MONDAY + A_DAY)
    service.remark(work, loan.id, uuid4(), Party.PROFESSIONAL, "Wie is er vrijdag?")
    return loan


def stopped(session: Session, who: Parties) -> Loan:
    loan = running(session, who)
    work, why = make_work(session, who.borrower), Refusal(Reason.WORK_IS_DONE)
    service.end_early(work, loan.id, Party.BORROWER, TODAY + 7 * A_DAY, why)
    return loan


def objected_to(session: Session, who: Parties) -> Loan:
    loan = running(session, who)
    work = make_work(session, who.borrower, MONDAY + A_DAY)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Toen was er verlof.")
    return loan


def over(session: Session, who: Parties) -> Loan:
    loan = a_running_loan(session, who, starts_on=BEGUN, ends_on=TODAY, returns_on=TODAY + A_DAY)
    service.end_what_is_over(make_work(session, now=MONDAY + A_DAY))
    return loan


def over_and_objected_to(session: Session, who: Parties) -> Loan:
    loan = over(session, who)
    work = make_work(session, who.borrower, LATER)
    service.dispute_hours(work, loan.id, uuid4(), Party.BORROWER, "Toen was er verlof.")
    return loan


def agreed_by_us(session: Session, who: Parties) -> Loan:
    loan = over(session, who)
    work = make_work(session, who.borrower, LATER)
    service.agree_on_hours(work, loan.id, Party.BORROWER, hours_mark({}))
    return loan


# Each with whether it waits for the professional, and for the gemeente that borrows.
STATES: dict[Callable[[Session, Parties], Loan], tuple[bool, bool]] = {
    a_loan: (False, True),
    signed_by_us: (False, False),
    a_running_loan: (False, False),
    running: (False, False),
    asked_something: (False, True),
    stopped: (False, False),
    objected_to: (True, False),
    over: (True, True),
    over_and_objected_to: (True, False),
    agreed_by_us: (True, False),
}


def a_talk_of(session: Session, who: Parties) -> Talk:
    work = make_work(session, who.professional)
    begun = conversations.begin(work, who.opgave.id, who.professional.id)
    return Talk(begun, who.professional, who.borrower, who.opgave)


def another_of(session: Session, borrower_id: UUID) -> Parties:
    """An opgave and a professional more, of the same opgavehouder."""
    borrower, professional = session.get_one(User, borrower_id), a_lender(session)
    opgave = an_opgave(session, "inkoop", owner=borrower)
    interest(session, professional, opgave)
    return Parties(opgave, professional, manager_of(professional), borrower)


def stands(session: Session, loan: Loan, party: Party) -> str:
    """As its own page says it."""
    session.flush()
    return how_it_stands(queries.of_any(session, loan.id), party, LATER.date())


@pytest.mark.parametrize("state", STATES)
def test_the_list_of_opgaven_says_how_each_loan_stands_and_whether_it_waits_for_us(
    client: FlaskClient, session: Session, who: Parties, state: Callable[..., Loan]
) -> None:
    loan = state(session, who)
    line = f"Inzet van {who.professional.name} voor {who.opgave.title} : "
    session.commit()

    page = text_of(sign_in(client, session, who.borrower).get(OURS))

    assert line + stands(session, loan, Party.BORROWER) in page
    assert (f"{WAITS_FOR_US} {line}" in page) is STATES[state][1]
    assert page.count(WAITS_FOR_US) == STATES[state][1]


def test_a_closed_loan_stands_in_the_list_no_more(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = agreed_by_us(session, who)
    work = make_work(session, who.professional, LATER)
    service.agree_on_hours(work, loan.id, Party.PROFESSIONAL, hours_mark({}), TODAY + A_DAY)
    session.commit()

    page = text_of(sign_in(client, session, who.borrower).get(OURS))

    assert "Inzet van" not in page


def test_what_waits_for_us_goes_first_of_an_opgave(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    signed_by_us(session, who)
    talk = a_talk_of(session, who)
    say(session, talk, who.borrower, "Wanneer begin je?")
    sign_in(client, session, who.borrower)
    session.commit()
    theirs = text_of(client.get(OURS))
    say(session, talk, who.professional, "Maandag. Is er een laptop?")
    session.commit()

    ours = text_of(client.get(OURS))

    name, talks = who.professional.name, f"Gesprek met {who.professional.name}"
    assert f"{talks} voor {who.opgave.title} : {name} is aan zet." in theirs
    assert WAITS_FOR_US not in theirs
    assert f"{WAITS_FOR_US} {talks} voor {who.opgave.title} : Jullie zijn aan zet." in ours
    assert ours.index(talks) < ours.index(f"Inzet van {name}")


@pytest.mark.parametrize("state", STATES)
def test_the_list_of_reactions_says_how_the_loan_stands_and_whether_it_waits_for_you(
    client: FlaskClient, session: Session, who: Parties, state: Callable[..., Loan]
) -> None:
    loan = state(session, who)
    a_talk_of(session, who)
    awaiting.note_answer(make_work(session), who.opgave.id, who.professional.id)
    said = stands(session, loan, Party.PROFESSIONAL)
    session.commit()

    page = text_of(sign_in(client, session, who.professional).get(REACTIONS))

    assert (f"{WAITS_FOR_YOU} {said} Naar je inzet" in page) is STATES[state][0]
    assert page.count(WAITS_FOR_YOU) == STATES[state][0]
    assert said in page
    assert "Niemand is nu aan zet" not in page
    # Of the lead, and not of a button.
    assert page.count("Toch niet") == 1


def test_who_is_asked_something_beside_a_loan_reads_that_first(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    say(session, a_talk_of(session, who), who.borrower, "Wanneer begin je?")
    said = stands(session, loan, Party.PROFESSIONAL)
    session.commit()

    page = text_of(sign_in(client, session, who.professional).get(REACTIONS))

    first = f"{WAITS_FOR_YOU} Jij bent aan zet. Naar het gesprek"
    assert page.index(first) < page.index(said)


def test_who_asked_for_hours_since_answered_by_that(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    loan = a_loan(session, who)
    say(session, a_talk_of(session, who), who.borrower, "Vraag de uren maar aan.")
    loan.asked_at = MONDAY + A_DAY
    session.commit()

    sign_in(client, session, who.professional)
    for page in (REACTIONS, "/gesprekken"):
        assert "bent aan zet" not in text_of(client.get(page))
    sign_in(client, session, who.borrower)
    assert "is aan zet" not in text_of(client.get(OURS))


def test_interest_in_what_is_over_is_not_taken_back_on_its_page_either(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    sign_in(client, session, who.professional)
    session.commit()
    before = text_of(client.get(f"/opgaven/{who.opgave.id}"))
    over(session, who)
    session.commit()

    after = text_of(client.get(f"/opgaven/{who.opgave.id}"))

    assert ["Toch niet" in page for page in (before, after)] == [True, False]


def lines_of(client: FlaskClient, session: Session, reader: User) -> str:
    session.commit()
    return text_of(sign_in(client, session, reader).get(OURS))


def test_both_gemeenten_read_that_one_asks_to_take_it_up_together(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    other = a_user(session, Role.OPGAVEHOUDER)
    theirs = an_opgave(session, "inkoop", owner=other, title="Van hen")
    names = [session.get_one(Gemeente, one.gemeente_code).name for one in (who.borrower, other)]
    work = make_work(session, who.borrower)
    joint = together.combine(work, who.opgave.id, theirs.id, "Atelier bomen")

    asks, asked = (lines_of(client, session, one) for one in (who.borrower, other))
    together.agree(make_work(session, other), joint.id, theirs.id)
    after = [lines_of(client, session, one) for one in (who.borrower, other)]

    line = "Samen oppakken als “Atelier bomen” voor"
    assert f"{line} {who.opgave.title} : Wacht tot gemeente {names[1]} antwoordt." in asks
    said = f"{line} Van hen : Gemeente {names[0]} vraagt of jullie meedoen."
    assert f"{WAITS_FOR_US} {said}" in asked
    assert WAITS_FOR_US not in asks
    assert [line in page for page in after] == [False, False]


def test_nobody_waits_for_the_answer_of_an_opgave_that_is_over(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    theirs = an_opgave(session, "inkoop")
    together.combine(make_work(session, who.borrower), who.opgave.id, theirs.id, "Bomen")
    theirs.status = OpgaveStatus.WITHDRAWN

    assert "Samen oppakken" not in lines_of(client, session, who.borrower)


def a_concept(session: Session, owner: User) -> Opgave:
    return an_opgave(session, "inkoop", owner=owner, status=OpgaveStatus.CONCEPT, published_at=None)


def test_the_list_says_who_is_to_judge_and_who_sent_back(
    client: FlaskClient, session: Session
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    judges = [
        a_user(session, Role.GEMEENTEBEHEERDER, gemeente_code=owner.gemeente_code, name=name)
        for name in ("Anna Smit", "Bert Vos")
    ]
    review.choose(make_work(session, judges[0]), is_on=True)
    opgave = a_concept(session, owner)
    opgaven.publish_opgave(make_work(session, owner), opgave.id)

    writer, judge = (lines_of(client, session, one) for one in (owner, judges[0]))
    review.send_back(make_work(session, judges[1]), opgave.id, "Noem de wijk.")
    back = lines_of(client, session, owner)
    review.choose(make_work(session, judges[0]), is_on=False)

    assert "Wacht tot Anna Smit of Bert Vos meekijkt." in writer
    assert WAITS_FOR_US not in writer
    assert WAITS_FOR_YOU not in writer
    assert f"{WAITS_FOR_YOU} {REVIEW} voor {opgave.title} : {TO_JUDGE}" in judge
    line = f"{WAITS_FOR_US} Teruggestuurd door Bert Vos voor {opgave.title} : Lees wat er anders"
    assert line in back
    assert "vraag opnieuw een oordeel." in back
    assert "pas de opgave aan en zet hem open." in lines_of(client, session, owner)


def test_where_nobody_else_can_judge_the_gemeente_is_to_move(
    client: FlaskClient, session: Session
) -> None:
    only = a_user(session, Role.GEMEENTEBEHEERDER)
    review.choose(make_work(session, only), is_on=True)
    opgave = a_concept(session, only)
    opgaven.publish_opgave(make_work(session, only), opgave.id)

    page = lines_of(client, session, only)

    assert f"{WAITS_FOR_US} {REVIEW} voor {opgave.title} : {NOBODY_TO_JUDGE}" in page


def test_more_questions_and_judgements_take_the_list_no_more_questions_of_the_database(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    asked, borrower_id = [], who.borrower.id
    sign_in(client, session, who.borrower)

    for _ in range(2):
        borrower = session.get_one(User, borrower_id)
        ours, theirs = an_opgave(session, owner=borrower), an_opgave(session)
        together.combine(make_work(session, borrower), ours.id, theirs.id, "Bomen")
        an_opgave(session, owner=borrower, status=OpgaveStatus.REVIEW, published_at=None)
        a_concept(session, borrower).sent_back_words = "Noem de wijk."
        session.commit()
        with counted(session) as statements:
            page = client.get(OURS).text
        asked.append((len(statements), page.count("Teruggestuurd"), page.count("“Bomen”")))

    assert asked == [(asked[0][0], 1, 1), (asked[0][0], 2, 2)]


# Who wrote last beside the loan.
LAST_WORDS: dict[str, tuple[str, ...]] = {
    "nobody": (),
    "gemeente": ("borrower",),
    "professional": ("borrower", "professional"),
}


@pytest.mark.parametrize(
    ("state", "last"),
    [
        *((state, "gemeente") for state in STATES),
        *((state, last) for state in (a_loan, over) for last in ("nobody", "professional")),
    ],
)
def test_all_three_lists_say_the_same_of_who_is_to_move(
    client: FlaskClient,
    session: Session,
    who: Parties,
    state: Callable[..., Loan],
    last: str,
) -> None:
    talk, loan = a_talk_of(session, who), state(session, who)
    awaiting.note_answer(make_work(session), who.opgave.id, who.professional.id)
    for writer in LAST_WORDS[last]:
        say(session, talk, getattr(who, writer), "Kan het ook op vrijdag?")
    home = session.get_one(Gemeente, who.opgave.gemeente_code).name
    turns = ["Niemand is nu aan zet", "Jij bent aan zet", "Jullie zijn aan zet"]
    turns += [f"Gemeente {home} is aan zet", f"{who.professional.name} is aan zet"]
    own = {party: stands(session, loan, party) for party in Party}
    readers = (
        (who.professional, Party.PROFESSIONAL, REACTIONS),
        (who.borrower, Party.BORROWER, OURS),
    )
    session.commit()

    for reader, party, address in readers:
        sign_in(client, session, reader)
        pages = [text_of(client.get(one)) for one in ("/gesprekken", address)]
        said = [[one for one in (*turns, own[party]) if one in page] for page in pages]
        assert said[0] == said[1]
        assert own[party] in said[0]


def test_more_loans_take_the_list_of_opgaven_no_more_questions(
    client: FlaskClient, session: Session, who: Parties
) -> None:
    asked, borrower_id = [], who.borrower.id
    sign_in(client, session, who.borrower)
    a_loan(session, who)

    for _ in range(2):
        session.commit()
        with counted(session) as statements:
            page = client.get(OURS).text
        asked.append((len(statements), page.count("Inzet van")))
        a_loan(session, another_of(session, borrower_id))

    assert asked == [(asked[0][0], 1), (asked[0][0], 2)]
