"""People come, get roles, lose them and move, days pass: the pages answer as the model."""

from datetime import timedelta
from uuid import UUID

import time_machine
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Connection, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import moving, queries, service
from app.accounts.models import User
from app.accounts.rules import Term, last_day
from app.core.actor import Role
from app.core.clock import utc_now
from app.core.errors import Conflict
from app.core.work import Work
from app.privacy.leaving import leave
from app.web.aliases import alias_of
from tests.rights import model
from tests.rights.model import DONE, GIVEN_BY, PAGES, PROVE, SIGN_IN, Browser, Model, O, Person
from tests.support.builders import a_gemeente, a_grant, a_network, a_user
from tests.support.web import sign_in
from tests.support.work import MONDAY, make_work

BROWSERS = 3
# Those first whose roles are for one gemeente.
people = st.sampled_from([2, 4, 3, 0, 1, 5])
browsers, places = st.integers(0, BROWSERS - 1), st.integers(0, 2)
ROLES, NETWORKS = st.sampled_from([O, model.G, model.A, O]), st.sampled_from([model.N, model.S])
TERMS = st.sampled_from([Term.QUARTER, Term.YEAR, Term.TWO_YEARS])
SPANS = st.sampled_from(
    [timedelta(minutes=5), timedelta(minutes=31), timedelta(days=1), timedelta(days=92)]
)
# Of these the answer depends on a role that is for one gemeente.
TELLING = ("/beheer/collegas", "/opgaven/nieuw")
FIRST = (
    (0, (model.A,)),
    (1, (model.A,)),
    (0, (model.G, O)),
    (1, (O,)),
    (2, (model.A, O)),
    (2, (model.N,)),
)
STATUSES = {200: DONE, 302: DONE}


class RightsMachine(RuleBasedStateMachine):
    connection: Connection
    session: Session
    clients: list[FlaskClient]
    # How often each answer was got, so that a run that reached nothing is seen.
    got: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.example = self.connection.begin_nested()
        self.clock = time_machine.travel(MONDAY, tick=False)
        self.traveller = self.clock.start()
        self.model = Model(utc_now())
        self.turn = 0
        self.ids: dict[int, UUID] = {}
        self.codes = [a_gemeente(self.session).code for _ in range(3)]
        self.networks = {
            one: a_network(self.session, self.codes[0]).id for one in (model.N, model.S)
        }
        for number, (place, roles) in enumerate(FIRST):
            self.add(number, place, roles)
        for browser, person in enumerate((1, 2, 4)):
            self.signs_in(browser, person, is_proven=browser < BROWSERS - 1)

    def teardown(self) -> None:
        self.clock.stop()
        self.session.rollback()
        self.session.expunge_all()
        self.example.rollback()
        for client in self.clients:
            with client.session_transaction() as cookie:
                cookie.clear()

    def role(self, name: str) -> tuple[Role, UUID | None]:
        """As the house knows it: of a coordinator with the network."""
        network_id = self.networks.get(name)
        return (Role.COORDINATOR if network_id else Role(name)), network_id

    def add(self, number: int, place: int, roles: tuple[str, ...]) -> None:
        until = last_day(Term.YEAR, self.model.today)
        known = [self.role(one) for one in roles]
        grants = [a_grant(role, ends_on=until, network_id=where) for role, where in known]
        user = a_user(self.session, grants=grants, gemeente_code=self.codes[place])
        self.session.commit()
        self.ids[number] = user.id
        self.model.people[number] = Person(self.codes[place])
        for role in roles:
            self.model.hold(number, role, until)

    def user(self, person: int) -> User:
        return self.session.get_one(User, self.ids[person])

    # What happens

    @rule(browser=browsers, person=people, is_proven=st.sampled_from([True, True, True, False]))
    def signs_in(self, browser: int, person: int, is_proven: bool) -> None:
        if person not in self.model.people or self.model.people[person].is_out:
            return
        self.clients[browser].get("/")
        sign_in(self.clients[browser], self.session, self.user(person), is_proven=is_proven)
        self.model.browsers[browser] = Browser(person, utc_now(), utc_now(), is_proven)

    @rule(browser=browsers)
    def signs_out(self, browser: int) -> None:
        self.clients[browser].post("/uitloggen")
        self.model.browsers.pop(browser, None)

    @rule(browser=browsers)
    def signs_out_elsewhere(self, browser: int) -> None:
        expected = self.model.sign_out_elsewhere(browser)
        answer = self.clients[browser].post("/account/overal-uitloggen")
        self.same(answer, expected, f"{browser} signs out elsewhere")

    @rule(browser=browsers, person=people, role=ROLES, term=TERMS)
    def gives(self, browser: int, person: int, role: str, term: Term) -> None:
        if person in self.model.people:
            expected = self.model.about_role(browser, person, role)
            if expected == DONE:
                expected = self.to_be_given(browser, person, role, term)
            self.presses(browser, person, {"role": role, "deed": "give", "term": term}, expected)

    @rule(browser=browsers, person=people, role=ROLES)
    def ends(self, browser: int, person: int, role: str) -> None:
        if person in self.model.people:
            expected = self.model.about_role(browser, person, role)
            if expected == DONE:
                self.model.end(person, role)
            self.presses(browser, person, {"role": role, "deed": "end"}, expected)

    @rule(browser=browsers, person=people, role=NETWORKS, term=TERMS)
    def names_a_coordinator(self, browser: int, person: int, role: str, term: Term) -> None:
        """A refusal is said beside the field."""
        if person not in self.model.people:
            return
        expected = self.model.answer(browser, GIVEN_BY[role], "")
        if expected == DONE:
            given = self.to_be_given(browser, person, role, term)
            expected = "422" if given == "409" else given
        sent = {"email": self.user(person).email, "term": term}
        address = f"/beheer/netwerken/{self.networks[role]}/coordinatoren"
        self.same(self.clients[browser].post(address, data=sent), expected, f"{role} {sent}")

    @rule(browser=browsers, person=people, role=NETWORKS)
    def relieves_a_coordinator(self, browser: int, person: int, role: str) -> None:
        if person not in self.model.people:
            return
        expected = self.model.answer(browser, GIVEN_BY[role], "")
        if expected == DONE:
            self.model.end(person, role)
        alias = alias_of(self.user(person).id)
        address = f"/beheer/netwerken/{self.networks[role]}/coordinatoren/{alias}/weg"
        self.same(self.clients[browser].post(address), expected, address)

    def to_be_given(self, browser: int, person: int, role: str, term: Term) -> str:
        by, until = self.model.browsers[browser].person, last_day(term, self.model.today)
        return self.model.give(by, person, role, until, alone=False)

    @rule(browser=browsers, person=people, deed=st.sampled_from(["end", "give"]))
    def shuts_out_or_lets_in(self, browser: int, person: int, deed: str) -> None:
        if person not in self.model.people:
            return
        expected = self.model.about_account(browser, person, GIVEN_BY[O])
        if expected == DONE:
            by = self.model.browsers[browser].person
            does = self.model.shut_out if deed == "end" else self.model.let_in
            expected = does(by, person)
        address = f"/beheer/collegas/{alias_of(self.user(person).id)}/account"
        answer = self.clients[browser].post(address, data={"deed": deed, "why": "Werkt hier niet."})
        self.same(answer, expected, f"{address} {deed}")

    def presses(self, browser: int, person: int, sent: dict[str, str], expected: str) -> None:
        address = f"/beheer/collegas/{alias_of(self.user(person).id)}/rol"
        self.same(self.clients[browser].post(address, data=sent), expected, f"{address} {sent}")

    @rule(browser=browsers, which=st.integers(0, 9), confirm=st.sampled_from([True, True, False]))
    def decides(self, browser: int, which: int, confirm: bool) -> None:
        known = [key for key in sorted(self.model.proposals) if key[1] != model.A]
        if not known:
            return
        key = known[which % len(known)]
        proposal = queries.open_proposal(self.session, self.user(key[0]).id, *self.role(key[1]))
        assert proposal is not None
        expected = self.model.answer(browser, {model.A: "far"}, "")
        if expected == DONE:
            by = self.model.browsers[browser].person
            expected = self.model.decide(by, key, confirm=confirm)
        sent = {"verdict": "confirm" if confirm else "refuse"}
        address = f"/beheer/rechten/voorstellen/{proposal.id}"
        self.same(self.clients[browser].post(address, data=sent), expected, f"{key} {sent}")

    @rule(person=people, name=ROLES | NETWORKS, term=TERMS)
    def is_given_by_an_operator(self, person: int, name: str, term: Term) -> None:
        if person not in self.model.people:
            return
        until = last_day(term, self.model.today)
        expected = self.model.give(None, person, name, until, alone=True)
        user_id, (role, network_id) = self.user(person).id, self.role(name)
        try:
            service.grant_role(
                self.work(), user_id, role, until, reason="proef", network_id=network_id
            )
            got = DONE
        except Conflict:
            got = "409"
        self.session.commit()
        assert got == expected

    @rule(span=SPANS, sweeps=st.booleans(), come_back=st.booleans())
    def time_passes(self, span: timedelta, sweeps: bool, come_back: bool) -> None:
        self.traveller.shift(span)
        self.model.now = utc_now()
        if come_back:
            for browser, one in list(self.model.browsers.items()):
                self.signs_in(browser, one.person, is_proven=one.is_proven)
        if sweeps:
            self.model.sweep()
            service.sweep_roles(self.work())
            self.session.commit()

    @rule(person=people)
    def leaves(self, person: int) -> None:
        if person not in self.model.people:
            return
        goes = self.model.leave(person)
        try:
            leave(self.work(), self.user(person).id, is_told=False)
            gone = True
        except Conflict:
            gone = False
        self.session.commit()
        assert gone is goes

    @rule(person=people, place=places)
    def comes_back(self, person: int, place: int) -> None:
        """As somebody new: what an account could do before, the next one of that person cannot."""
        if person not in self.model.people:
            self.add(person, place, ())

    @rule(person=people, place=places)
    def moves(self, person: int, place: int) -> None:
        if person in self.model.people:
            moved = update(User).where(User.id == self.ids[person])
            self.session.execute(moved.values(gemeente_code=self.codes[place]))
            self.session.commit()
            self.model.people[person].gemeente = self.codes[place]

    @rule(place=places, into=places)
    def merges(self, place: int, into: int) -> None:
        """By the command that an operator gives, after which the first gemeente is empty."""
        if place != into:
            old, new = self.codes[place], self.codes[into]
            moving.follow(self.work(), old, new)
            self.session.commit()
            self.model.merge(old, new)

    # What is seen, in between and all the time

    @invariant()
    def every_browser_opens_what_it_may(self) -> None:
        """A page each, and every other time one that tells most."""
        self.turn += 1
        for browser in range(BROWSERS):
            number = self.turn + browser
            pages = TELLING if self.turn % 2 else sorted(PAGES)
            self.looks(browser, pages[number // 2 % len(pages)], number % len(self.codes))

    def looks(self, browser: int, page: str, place: int) -> None:
        expected = self.model.page(browser, page, self.codes[place])
        answer = self.clients[browser].get(f"{page}?gemeente={self.codes[place]}")
        self.same(answer, expected, f"{browser} looks at {page} of {place}")

    def same(self, answer: TestResponse, expected: str, asked: str) -> None:
        self.got[expected] = self.got.get(expected, 0) + 1
        got = read(answer)
        assert got == expected, f"{asked}: {got}, not {expected}"

    def work(self) -> Work:
        return make_work(self.session, now=utc_now())


def read(answer: TestResponse) -> str:
    if answer.location == "/inloggen":
        return SIGN_IN
    if answer.location == "/account/tweede-stap":
        return PROVE
    return STATUSES.get(answer.status_code, str(answer.status_code))
