"""What three parties and time can do to one loan, in any order, also twice, too late or forged."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.core.errors import Conflict, DomainError
from app.core.work import Work
from app.core.workdays import monday_of
from app.loans import queries, service
from app.loans.models import LentWeek, Loan, Terms, WorkedWeek
from app.loans.rules import (
    CLOSERS,
    OVER,
    LoanState,
    Manager,
    Party,
    Reason,
    Refusal,
    TermsDraft,
    hours_mark,
    mondays_of,
)
from tests.loans.builders import TERMS, Parties, asked_of
from tests.support.work import MONDAY, TODAY, make_work

HOURS = st.sampled_from([1, 8, 16, 36, 40])
STARTS = st.sampled_from([TODAY, TODAY + timedelta(days=7)])
SPANS = st.sampled_from([timedelta(days=3), timedelta(days=20), timedelta(days=90)])
# Most steps are taken by who may take them, or nothing would ever run.
VERSIONS = st.sampled_from([0, 0, 0, 0, 0, -1, 1])
PARTIES = st.sampled_from(list(Party))
RIGHT = "the right one"
# How far the first loan is before anything else happens.
MILESTONES = ("nothing", "gevraagd", "lopend", "extended", "beeindigd", "afgesloten")
WHO = st.sampled_from([RIGHT] * 6 + ["professional", "borrower", "stranger", "nobody"])
MANAGERS = st.sampled_from(["manager"] * 4 + ["stranger"])
WHYS = st.sampled_from([Refusal(Reason.HOURS), Refusal(Reason.OTHER, "Zo is het"), Refusal()])


@dataclass(frozen=True)
class World:
    session: Session
    who: Parties
    # Another opgave that the professional may be lent to as well.
    second: Parties
    stranger: User


class LoanMachine(RuleBasedStateMachine):
    """The rows are the product's own; what each party really signed is kept beside them."""

    world: World
    begins = "nothing"
    steps = 0
    # How often each state was seen, and other terms of a loan that ran: what was never reached
    # was never tested.
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.session = self.world.session
        self.example = self.session.begin_nested()
        self.now: datetime = MONDAY
        self.signed: dict[tuple[UUID, int], set[Party]] = {}
        self.turn = 0
        self.read: dict[UUID, Loan] = {}
        self.read_in = -1
        # Refusals of what is there for the actor, without a word why.
        self.untold = 0
        self.drafts: dict[tuple[UUID, int], TermsDraft] = {}
        self.ids: list[UUID] = []
        # On which minutes of which weeks each agreed who has to.
        self.agreed: dict[UUID, dict[Party, dict[date, int]]] = {}

    def teardown(self) -> None:
        self.example.rollback()
        self.session.expire_all()

    @initialize(hours=HOURS, starts_on=STARTS, span=SPANS)
    def two_forms(self, hours: int, starts_on: date, span: timedelta) -> None:
        self.ids = [uuid4(), uuid4()]
        road: tuple[Callable[[], None], ...] = (
            lambda: self.ask(0, RIGHT, hours, starts_on, span),
            lambda: self.all_who_have_not_yet_sign(0),
            lambda: self.agree_on_other_terms(0, hours, starts_on, span + timedelta(days=1)),
            lambda: self.time_passes(timedelta(days=100)),
            lambda: self.both_agree_on_the_hours(0),
        )
        for step in road[: MILESTONES.index(self.begins)]:
            step()
            self.count_what_was_reached()

    # What can be done

    @rule(which=st.integers(0, 1), actor=WHO, hours=HOURS, starts_on=STARTS, span=SPANS)
    def ask(self, which: int, actor: str, hours: int, starts_on: date, span: timedelta) -> None:
        draft = terms(hours, starts_on, span)
        who = self.parties(which)
        asked = replace(asked_of(who.manager), terms=draft)
        known = self.loan(which) is not None
        actor = rightly(actor, Party.PROFESSIONAL)
        if self.tried(lambda work: service.ask(work, self.ids[which], who.opgave.id, asked), actor):
            assert actor == "professional"
            if not known:
                self.wrote(which, Party.PROFESSIONAL, draft)

    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, manager=MANAGERS, back=VERSIONS)
    def sign(self, which: int, party: Party, actor: str, manager: str, back: int) -> None:
        self.put_signature(which, party, rightly(actor, party), manager, back)

    @rule(which=st.integers(0, 1))
    def all_who_have_not_yet_sign(self, which: int) -> None:
        for party in Party:
            self.put_signature(which, party, rightly(RIGHT, party), "manager", 0)

    @rule(
        which=st.integers(0, 1),
        party=st.sampled_from([Party.PROFESSIONAL, Party.BORROWER]),
        actor=WHO,
        back=VERSIONS,
        hours=HOURS,
        starts_on=STARTS,
        span=SPANS,
    )
    def change(
        self,
        which: int,
        party: Party,
        actor: str,
        back: int,
        hours: int,
        starts_on: date,
        span: timedelta,
    ) -> None:
        draft, loan = terms(hours, starts_on, span), self.loan(which)
        before, actor = loan.version if loan else 1, rightly(actor, party)
        # The same terms once more are said to go on with what somebody stopped.
        goes_on = loan is not None and loan.ended_by is not None
        if self.tried(
            lambda work: service.change(work, self.ids[which], party, before + back, draft), actor
        ):
            assert back == 0
            assert self.may(party, actor, "")
            if goes_on or draft != self.drafts[self.ids[which], before]:
                self.wrote(which, party, draft)

    @precondition(lambda self: self.turn % 3 != 0)
    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, manager=MANAGERS, why=WHYS)
    def say_no(self, which: int, party: Party, actor: str, manager: str, why: Refusal) -> None:
        loan = self.loan(which)
        version, actor = loan.version if loan else 1, rightly(actor, party)
        if self.tried(
            lambda work: service.refuse_terms(
                work, self.ids[which], party, version, why, self.manager(which, manager)
            ),
            actor,
        ):
            assert self.may(party, actor, manager)
            assert why.reason is not None

    @rule(which=st.integers(0, 1), hours=HOURS, starts_on=STARTS, span=SPANS)
    def agree_on_other_terms(
        self, which: int, hours: int, starts_on: date, span: timedelta
    ) -> None:
        self.change(which, Party.BORROWER, RIGHT, 0, hours, starts_on, span)
        self.all_who_have_not_yet_sign(which)

    @precondition(lambda self: self.turn % 3 == 0)
    @rule(which=st.integers(0, 1), actor=WHO)
    def withdraw(self, which: int, actor: str) -> None:
        actor = rightly(actor, Party.PROFESSIONAL)
        if self.tried(lambda work: service.withdraw(work, self.ids[which]), actor):
            assert actor == "professional"

    @rule(
        which=st.integers(0, 1),
        party=PARTIES,
        actor=WHO,
        manager=MANAGERS,
        days=st.integers(-2, 30),
        why=WHYS,
    )
    def end_early(
        self, which: int, party: Party, actor: str, manager: str, days: int, why: Refusal
    ) -> None:
        day, actor = self.now.date() + timedelta(days=days), rightly(actor, party)
        if self.tried(
            lambda work: service.end_early(
                work, self.ids[which], party, day, why, self.manager(which, manager)
            ),
            actor,
        ):
            assert self.may(party, actor, manager)
            assert days >= 0

    @precondition(lambda self: self.turn % 3 == 0)
    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, manager=MANAGERS, why=WHYS)
    def call_off(self, which: int, party: Party, actor: str, manager: str, why: Refusal) -> None:
        whose, actor = self.manager(which, manager), rightly(actor, party)
        if self.tried(
            lambda work: service.call_off(work, self.ids[which], party, why, whose), actor
        ):
            assert self.may(party, actor, manager)

    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, manager=MANAGERS)
    def remark(self, which: int, party: Party, actor: str, manager: str) -> None:
        """Whatever is said, nobody signed by it."""
        whose, actor = self.manager(which, manager), rightly(actor, party)
        if self.tried(
            lambda work: service.remark(work, self.ids[which], uuid4(), party, "Hoe?", whose), actor
        ):
            assert self.may(party, actor, manager)

    @rule(
        which=st.integers(0, 1),
        actor=WHO,
        weeks=st.integers(-1, 3),
        minutes=st.sampled_from([0, 480, 9_000]),
    )
    def write_hours(self, which: int, actor: str, weeks: int, minutes: int) -> None:
        monday, actor = (
            monday_of(TODAY) + timedelta(weeks=weeks),
            rightly(actor, Party.PROFESSIONAL),
        )
        before = self.weeks(self.ids[which])
        if self.tried(
            lambda work: service.write_hours(work, self.ids[which], monday, minutes), actor
        ):
            assert actor == "professional"
            assert minutes < 9_000
            if self.weeks(self.ids[which]) != before:
                self.agreed[self.ids[which]] = {}

    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, off=st.sampled_from([0, 0, 0, 1]))
    def agree_on_hours(self, which: int, party: Party, actor: str, off: int) -> None:
        self.close(which, party, rightly(actor, party), off)

    @rule(which=st.integers(0, 1))
    def both_agree_on_the_hours(self, which: int) -> None:
        for party in CLOSERS:
            self.close(which, party, rightly(RIGHT, party), 0)

    @rule(which=st.integers(0, 1), actor=WHO)
    def report_completion(self, which: int, actor: str) -> None:
        party = Party.BORROWER if actor == "borrower" else Party.PROFESSIONAL
        loan_id, actor = self.ids[which], rightly(actor, party)
        loan = self.loan(which)
        was_reported = loan is not None and loan.reported_on is not None
        if self.tried(lambda work: service.report_completion(work, loan_id, party), actor):
            assert self.may(party, actor, "")
            assert was_reported or party in self.agreed[loan_id]

    @precondition(lambda self: self.turn % 3 == 0)
    @rule(which=st.integers(0, 1), party=PARTIES, actor=WHO, manager=MANAGERS)
    def dispute_hours(self, which: int, party: Party, actor: str, manager: str) -> None:
        whose, actor = self.manager(which, manager), rightly(actor, party)
        if self.tried(
            lambda work: service.dispute_hours(
                work, self.ids[which], uuid4(), party, "Week 3 mist.", whose
            ),
            actor,
        ):
            assert self.may(party, actor, manager)
            self.agreed[self.ids[which]] = {}

    @rule(passed=st.sampled_from([timedelta(days=1), timedelta(days=12), timedelta(days=60)]))
    def time_passes(self, passed: timedelta) -> None:
        self.now += passed
        for task in (
            service.end_what_is_over,
            service.tell_end_talks,
            service.finish_opgaven,
            service.report_what_fell_silent,
            service.close_what_nobody_disputes,
        ):
            assert self.tried(task, "nobody")

    @rule(borrows=st.booleans())
    def look(self, *, borrows: bool) -> None:
        """The number in the menu is that of what the page says waits."""
        viewer = actor_of(self.world.who.borrower if borrows else self.world.who.professional)
        shown = queries.all_of(self.session, viewer)
        waits = Counter(party for seen, party in shown if seen.waits_for_party(party))
        assert queries.waiting(self.session, viewer) == waits

    # What always holds

    @invariant()
    def count_what_was_reached(self) -> None:
        self.reached.update(loan.state.value for loan in self.loans())
        self.reached["extended"] += sum((loan.agreed_version or 0) > 1 for loan in self.loans())

    @invariant()
    def what_runs_has_three_signatures_on_the_same_terms(self) -> None:
        for loan in self.loans():
            if loan.state in {LoanState.ACTIVE, *OVER}:
                assert loan.agreed_version is not None
                assert self.signed[loan.id, loan.agreed_version] == set(Party)

    @invariant()
    def who_is_refused_reads_why(self) -> None:
        assert self.untold == 0

    @invariant()
    def terms_are_never_changed(self) -> None:
        rows = self.session.scalars(select(Terms)).all()
        assert {(row.loan_id, row.version): row.draft() for row in rows} == self.drafts
        assert {(row.loan_id, row.version): set(row.signed_at) for row in rows} == self.signed

    @invariant()
    def a_week_holds_what_is_lent_in_it(self) -> None:
        expected: dict[date, int] = {}
        for loan in self.loans():
            if loan.agreed_version is not None and loan.last_day is not None:
                agreed = self.drafts[loan.id, loan.agreed_version]
                for monday in mondays_of(agreed.starts_on or TODAY, loan.last_day):
                    expected[monday] = expected.get(monday, 0) + (agreed.hours_per_week or 0)
        rows = self.session.execute(select(LentWeek.monday, LentWeek.hours)).all()
        assert {monday: hours for monday, hours in rows if hours} == expected
        assert max(expected.values(), default=0) <= 40

    @invariant()
    def hours_are_of_loans_that_ran(self) -> None:
        ran = {loan.id for loan in self.loans() if loan.agreed_version is not None}
        assert set(self.session.scalars(select(WorkedWeek.loan_id))) <= ran

    @invariant()
    def a_seat_is_taken_by_who_was_agreed_on(self) -> None:
        for which in (0, 1):
            loan, opgave = self.loan(which), self.parties(which).opgave
            self.session.refresh(opgave)
            ran = loan is not None and loan.agreed_version is not None
            gone = {*OVER, LoanState.CALLED_OFF}
            left = ran and loan is not None and loan.state in gone and loan.ended_by
            assert opgave.people_taken == int(ran and not left)

    @invariant()
    def what_is_closed_has_hours_that_both_agreed_on_or_nobody_disputed(self) -> None:
        for loan in self.loans():
            if loan.state is not LoanState.CLOSED:
                continue
            agreed, worked = self.agreed.get(loan.id, {}), self.weeks(loan.id)
            if loan.closed_by is not None:
                assert agreed == dict.fromkeys(CLOSERS, worked)
            else:
                assert list(agreed.values()) in ([], [worked])
                assert loan.reported_on is not None

    # Helpers

    def close(self, which: int, party: Party, actor: str, off: int) -> None:
        loan, loan_id = self.loan(which), self.ids[which]
        weeks, was_closed = self.weeks(loan_id), loan and loan.state is LoanState.CLOSED
        # Other hours may be as many, in another week.
        seen = hours_mark({monday + timedelta(weeks=off): one for monday, one in weeks.items()})
        day = self.now.date()
        if self.tried(lambda work: service.agree_on_hours(work, loan_id, party, seen, day), actor):
            assert party in CLOSERS
            assert self.may(party, actor, "")
            assert was_closed or off == 0 or not weeks
            self.agreed.setdefault(loan_id, {})[party] = weeks

    def weeks(self, loan_id: UUID) -> dict[date, int]:
        rows = select(WorkedWeek.monday, WorkedWeek.minutes).where(WorkedWeek.loan_id == loan_id)
        return dict(self.session.execute(rows).all())

    def put_signature(self, which: int, party: Party, actor: str, manager: str, back: int) -> None:
        loan, loan_id = self.loan(which), self.ids[which]
        version = (loan.version if loan else 1) + back
        whose = self.manager(which, manager)
        ways: dict[Party, Callable[[Work], object]] = {
            Party.PROFESSIONAL: lambda work: service.sign_as_professional(work, loan_id, version),
            Party.BORROWER: lambda work: service.sign_as_borrower(work, loan_id, version),
            Party.LENDER: lambda work: service.sign_as_lender(work, loan_id, version, whose),
        }
        if self.tried(ways[party], actor):
            assert back == 0
            assert self.may(party, actor, manager)
            self.signed[loan_id, version].add(party)

    def tried(self, deed: Callable[[Work], Any], actor: str) -> bool:
        """Whether it was done; what was refused has left nothing."""
        type(self).steps += 1
        self.turn += 1
        step = self.session.begin_nested()
        try:
            deed(self.work(actor))
            self.session.flush()
        except DomainError as refused:
            step.rollback()
            self.untold += isinstance(refused, Conflict) and not refused.said
            return False
        step.commit()
        return True

    def work(self, actor: str) -> Work:
        users = {
            "professional": self.world.who.professional,
            "borrower": self.world.who.borrower,
            "stranger": self.world.stranger,
        }
        user = users.get(actor)
        return (
            make_work(self.session, user, self.now)
            if user
            else make_work(self.session, now=self.now)
        )

    def wrote(self, which: int, party: Party, draft: TermsDraft) -> None:
        loan = self.loan(which)
        assert loan is not None
        self.drafts[loan.id, loan.version] = draft
        self.signed[loan.id, loan.version] = {party}

    def may(self, party: Party, actor: str, manager: str) -> bool:
        if party is Party.LENDER:
            return manager == "manager"
        return actor == party.name.lower()

    def manager(self, which: int, name: str) -> Manager:
        who = self.parties(which)
        return who.manager if name == "manager" else Manager("iemand@elders.example")

    def parties(self, which: int) -> Parties:
        return self.world.second if which else self.world.who

    def loan(self, which: int) -> Loan | None:
        return self.stored().get(self.ids[which])

    def loans(self) -> list[Loan]:
        return [loan for which in (0, 1) if (loan := self.loan(which)) is not None]

    def stored(self) -> dict[UUID, Loan]:
        """What the database holds of them, read once a turn: between turns nothing changes."""
        if self.read_in != self.turn:
            rows = select(Loan).where(Loan.id.in_(self.ids))
            found = self.session.scalars(rows, execution_options={"populate_existing": True})
            self.read, self.read_in = {loan.id: loan for loan in found}, self.turn
        return self.read


def rightly(actor: str, party: Party) -> str:
    return party.name.lower() if actor == RIGHT else actor


def terms(hours: int, starts_on: date, span: timedelta) -> TermsDraft:
    ends_on = starts_on + span
    return replace(
        TERMS,
        hours_per_week=hours,
        starts_on=starts_on,
        ends_on=ends_on,
        returns_on=ends_on + timedelta(days=1),
    )
