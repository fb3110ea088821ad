"""The life of mails as a machine: senders, a relay, and time, in any order that can happen.

The rows and what is done with them are the product's own. The relay is a model of what Postfix
promises: it cuts a line on which nothing comes for `RELAY_PATIENCE`, and answers a dot within
`LATEST_ANSWER`; together they stay within `ANSWER_WAIT`, after which the product decides.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select, text

from app.accounts import service as accounts
from app.accounts.models import SignIn, User
from app.core.actor import SYSTEM, Actor
from app.core.ledger import NO_LEDGER, Entry, Known, Ledger
from app.core.mail import Answer, Letter, Verdict
from app.core.phases import Phase
from app.core.work import Work
from app.notifications import queries, service
from app.notifications.models import Delivery
from app.notifications.rules import (
    ANSWER_WAIT,
    URGENT,
    DeliveryState,
    Frequency,
    MailKind,
    Weekday,
    due_on,
)
from app.notifications.service import Claim, Stationery, sending
from tests.support.at_once import SharedDatabase
from tests.support.work import MONDAY

SENDERS = 2
A_MOMENT = timedelta(milliseconds=1)
RELAY_PATIENCE = timedelta(seconds=30)
LATEST_ANSWER = timedelta(seconds=50)
assert RELAY_PATIENCE + LATEST_ANSWER < ANSWER_WAIT

# What happens in one example is forgotten before the next one.
FORGET = text(
    "TRUNCATE delivery, attempt, bounce, address_health, digest_run, notice, preference,"
    " sign_in, outbox_message, job"
)
# The database judges leases by its own clock: time passes by moving what it looks at.
LET_PASS = text(
    "UPDATE delivery SET next_attempt_at = next_attempt_at - :passed,"
    " expires_at = expires_at - :passed, lease_until = lease_until - :passed,"
    " submitted_at = submitted_at - :passed"
)
OPGAVE_IN_A_MAIL = re.compile(r"/opgaven/([0-9a-f-]{36})\b")

SPANS = [timedelta(seconds=20), timedelta(seconds=70), ANSWER_WAIT, timedelta(hours=1)]
REFUSALS = [
    Answer(Verdict.LATER, "451 4.3.0 Not now", Phase.RCPT, 451),
    Answer(Verdict.LATER, "SMTPServerDisconnected", Phase.MAIL),
    Answer(Verdict.REFUSED, "552 5.2.3 Too long", Phase.RCPT, 552),
    Answer(Verdict.NO_RELAY, "ConnectionRefusedError", Phase.CONNECT),
]
LOST = Answer(Verdict.UNKNOWN, "SMTPServerDisconnected", Phase.DOT)


@dataclass(frozen=True)
class Fate:
    """What the sender hears of its dot, and after how long the relay has the mail, if ever."""

    answer: Answer
    taken_after: timedelta | None = None


TAKEN = Fate(Answer(Verdict.ACCEPTED, "250 2.0.0 Ok", Phase.DOT, 250), timedelta(0))
NEVER_CAME = Fate(LOST)
FATES = [
    TAKEN,
    Fate(LOST, timedelta(0)),
    Fate(LOST, LATEST_ANSWER),
    Fate(Answer(Verdict.LATER, "451 4.3.0 No", Phase.DOT, 451)),
    Fate(Answer(Verdict.REFUSED, "554 5.6.0 No", Phase.DOT, 554)),
    NEVER_CAME,
]


@dataclass(frozen=True)
class World:
    """What there is in every example: people, and opgaven that fit each of them.

    Apart from those, of whom nobody is told that they fit: an opgavehouder, who they are that may
    be interested, and in what.
    """

    database: SharedDatabase
    stationery: Stationery
    people: list[UUID]
    opgaven: list[UUID]
    keeper: Actor
    fans: list[Actor]
    wanted: list[UUID]
    # Who has which address.
    addresses: dict[str, UUID]


class Stage(StrEnum):
    """How far a sender is with the first of its claims."""

    IDLE = "idle"
    CLAIMED = "claimed"
    WRITTEN = "written"
    MARKED = "marked"
    ANSWERED = "answered"


@dataclass
class Sender:
    """A process that sends; what it knows is gone when it is killed."""

    claims: list[Claim] = field(default_factory=list)
    letter: Letter | None = None
    marked_at: datetime | None = None
    answer: Answer | None = None

    @property
    def stage(self) -> Stage:
        if self.answer is not None:
            return Stage.ANSWERED
        if self.marked_at is not None:
            return Stage.MARKED
        if self.letter is not None:
            return Stage.WRITTEN
        return Stage.CLAIMED if self.claims else Stage.IDLE

    def go_on(self) -> None:
        """With the next claim."""
        self.claims.pop(0)
        self.letter = self.marked_at = self.answer = None


@dataclass
class Relay:
    """What was taken, per Message-ID, and what will be taken in a moment."""

    taken: list[Letter] = field(default_factory=list)
    taking: list[tuple[datetime, Letter]] = field(default_factory=list)

    @property
    def copies(self) -> Counter[str]:
        return Counter(letter.message_id for letter in self.taken)

    def let_pass(self, now: datetime) -> None:
        self.taken += [letter for moment, letter in self.taking if moment <= now]
        self.taking = [one for one in self.taking if one[0] > now]

    def ask(self, asked: Mapping[str, datetime]) -> Mapping[str, Entry]:
        """As a ledger: it keeps everything, and answers at once."""
        copies = self.copies
        return {
            name: Entry(Known.ACCEPTED if name in copies else Known.SURELY_NOT) for name in asked
        }


# Which of the senders that are so far, and which person.
picks = st.integers(0, SENDERS - 1)
places = st.integers(0, 2)


NO_DOT = (Stage.IDLE, Stage.CLAIMED, Stage.WRITTEN, Stage.ANSWERED)
BUSY = (Stage.CLAIMED, Stage.WRITTEN, Stage.MARKED, Stage.ANSWERED)


def at(*stages: Stage) -> Callable[[Any], Any]:
    """Only when a sender is so far."""
    return precondition(lambda self: any(one.stage in stages for one in self.senders))


class MailMachine(RuleBasedStateMachine):
    """Each rule is one thing that can happen; each invariant holds after every one of them."""

    world: World
    has_ledger: bool
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.relay = Relay()
        self.ledger: Ledger = self.relay if self.has_ledger else NO_LEDGER
        self.now, self.runs, self.ids = MONDAY, 0, 0
        self.senders = [Sender() for _ in range(SENDERS)]
        self.told: set[tuple[UUID, UUID]] = set()
        # Per mail whom it was for, and what it tells them.
        self.readers: dict[str, UUID] = {}

    # What the product has to tell

    @initialize(opgaven=st.sets(places, min_size=1))
    def begin(self, opgaven: set[int]) -> None:
        """A morning on which there is something to tell."""
        # An example that fails must fail again.
        sending.CHANCE.seed(0)
        with self._work() as work:
            self.forget(work)
        for opgave in opgaven:
            self.tell(0, opgave)
        self.plan()

    def forget(self, work: Work) -> None:
        work.session.execute(FORGET)

    @rule(person=places, opgave=st.integers(0, 4))
    def tell_and_plan(self, person: int, opgave: int) -> None:
        self.tell(person, opgave)
        self.plan()

    @rule(person=places, what=st.sampled_from(["plan", "sign in", "leave", "come back"]))
    def hear_of(self, person: int, what: str) -> None:
        match what:
            case "plan":
                self.plan()
            case "sign in":
                self.ask_to_sign_in(person)
            case _:
                self.choose(person, wants=what == "come back")

    def tell(self, person: int, opgave: int) -> None:
        pair = self.world.people[person], self.world.opgaven[opgave]
        with self._work() as work:
            service.tell_matches(work, pair[1], [pair[0]])
        self.told.add(pair)

    def plan(self) -> None:
        self.runs += 1
        due = due_on(MONDAY.date() + timedelta(days=self.runs))
        with self._work() as work:
            service.plan_digests(work, due, everybody=True)

    def ask_to_sign_in(self, person: int) -> None:
        with self._work() as work:
            address = work.fetch(User, self.world.people[person]).email
            accounts.ask_sign_in(work, address)
        with self._work() as work:
            for sign_in in work.session.scalars(select(SignIn)):
                service.mail_sign_in(work, sign_in.id)

    def choose(self, person: int, wants: bool) -> None:
        frequency = Frequency.DAILY if wants else Frequency.NEVER
        with self._work() as work:
            service.set_preference(
                work, frequency, Weekday.MONDAY, by_link=self.world.people[person]
            )

    # What senders do

    @at(*NO_DOT)
    @rule(pick=picks, most=st.integers(1, 3))
    def do_one_thing(self, pick: int, most: int) -> None:
        self._step(self._pick(pick, *NO_DOT), most)

    @at(*NO_DOT)
    @rule(pick=picks, steps=st.integers(2, 4))
    def do_more(self, pick: int, steps: int) -> None:
        """What comes next, up to a dot."""
        one = self._pick(pick, *NO_DOT)
        for _ in range(steps):
            self._step(one, most=3)

    def _step(self, one: Sender, most: int) -> None:
        match one.stage:
            case Stage.IDLE:
                self._claim(one, most)
            case Stage.CLAIMED:
                self._write(one)
            case Stage.WRITTEN:
                self._mark(one)
            case Stage.ANSWERED:
                self._record(one)
            case Stage.MARKED:
                pass

    def _claim(self, one: Sender, most: int) -> None:
        with self._work() as work:
            one.claims = sorted(service.claim(work, most), key=lambda one: one.delivery_id)

    def _write(self, one: Sender) -> None:
        with self._work() as work:
            one.letter = service.write_letter(work, self.world.stationery, one.claims[0])
            if one.letter is None:
                one.go_on()
            else:
                self._remember(work, one.claims[0], one.letter)

    def _mark(self, one: Sender) -> None:
        assert one.letter is not None
        with self._work() as work:
            if service.mark_letter(work, one.claims[0], one.letter):
                one.marked_at = self.now
                self._marked(work, one.claims[0], one)
            else:
                one.answer = Answer(Verdict.HELD_BACK, phase=Phase.DATA)

    def _record(self, one: Sender) -> None:
        assert one.answer is not None
        with self._work() as work:
            service.record(work, one.claims[0], one.answer, one.letter)
        one.go_on()

    @at(Stage.WRITTEN)
    @rule(pick=picks, answer=st.sampled_from(REFUSALS))
    def refuse_before_the_dot(self, pick: int, answer: Answer) -> None:
        self._pick(pick, Stage.WRITTEN).answer = answer

    @at(Stage.MARKED)
    @rule(pick=picks, fate=st.sampled_from(FATES))
    def dot(self, pick: int, fate: Fate) -> None:
        one = self._pick(pick, Stage.MARKED)
        assert one.letter is not None
        assert one.marked_at is not None
        # Who froze this long speaks to a line that was cut.
        is_cut = self.now - one.marked_at > RELAY_PATIENCE
        fate = NEVER_CAME if is_cut else fate
        one.answer = fate.answer
        if fate.taken_after is not None:
            self.relay.taking.append((self.now + fate.taken_after, one.letter))
            self.relay.let_pass(self.now)

    @at(*BUSY)
    @rule(pick=picks)
    def give_back(self, pick: int) -> None:
        one = self._pick(pick, *BUSY)
        with self._work() as work:
            service.release(work, one.claims[1:])
        del one.claims[1:]

    @at(*BUSY)
    @rule(pick=picks)
    def kill(self, pick: int) -> None:
        one = self._pick(pick, *BUSY)
        self.senders[self.senders.index(one)] = Sender()

    # What happens by itself

    @rule(span=st.sampled_from(SPANS), with_a_tick=st.booleans())
    def wait(self, span: timedelta, with_a_tick: bool) -> None:
        self.let_pass(span)
        if with_a_tick:
            self.settle()

    def let_pass(self, span: timedelta) -> None:
        with self._work() as work:
            work.session.execute(LET_PASS, {"passed": span})
        self.now += span
        self.relay.let_pass(self.now)

    @rule()
    def settle(self) -> None:
        with self._work() as work:
            service.settle(work, self.ledger)

    # What must hold

    @invariant()
    def nobody_hears_twice(self) -> None:
        """No mail, and no news."""
        type(self).steps += 1
        deliveries = self._deliveries()
        self._assert_copies(deliveries)
        self._assert_told_once(self._sure(deliveries))

    def _assert_told_once(self, mails: Collection[str | None]) -> None:
        told = Counter(self._heard(mails))
        assert all(count == 1 for count in told.values()), "the same news in two digests"

    def _sure(self, deliveries: Iterable[Delivery]) -> set[str | None]:
        """Of one in doubt the news goes with the next; so without a ledger it may come again."""
        return {
            one.message_id
            for one in deliveries
            if self.has_ledger or one.state is DeliveryState.ACCEPTED
        }

    def _assert_copies(self, deliveries: Iterable[Delivery]) -> None:
        copies = self.relay.copies
        for delivery in deliveries:
            count = copies[delivery.message_id or ""]
            if delivery.kind not in URGENT or self.has_ledger:
                assert count <= 1, f"{count} copies of one mail"
            if delivery.state is DeliveryState.ACCEPTED:
                assert count, "accepted, and the relay has nothing"
            if count and (delivery.kind not in URGENT or self.has_ledger):
                assert delivery.state in self._taken_states(), f"taken, but {delivery.state}"

    def teardown(self) -> None:
        """In the end, when everything works again, everybody has heard everything, once."""
        self.get_well()
        for _ in range(2):
            self.let_pass(timedelta(days=1))
            self.settle()
            self.plan()
            self._send_everything()
        self.nobody_hears_twice()
        self.everybody_has_heard()

    def get_well(self) -> None:
        for person in range(len(self.world.people)):
            self.choose(person, wants=True)

    def everybody_has_heard(self) -> None:
        accepted = {
            one.message_id
            for one in self._deliveries()
            if one.state is DeliveryState.ACCEPTED and one.kind is MailKind.DIGEST
        }
        assert set(self._heard(accepted)) == self.told

    def _heard(self, mails: Collection[str | None]) -> list[tuple[UUID, UUID]]:
        """Which professional was told of which opgave in these mails, as often as they were."""
        return [
            (reader, UUID(opgave))
            for letter in self.relay.taken
            if letter.message_id in mails
            and (reader := self.readers.get(letter.message_id)) in self.world.people
            for opgave in set(OPGAVE_IN_A_MAIL.findall(letter.text))
        ]

    def _send_everything(self) -> None:
        one = Sender()
        self.senders = [one]
        self._step(one, most=50)
        while one.claims:
            self._step(one, most=50)
            if one.stage is Stage.MARKED:
                self.dot(0, TAKEN)

    def _pick(self, pick: int, *stages: Stage) -> Sender:
        found = [one for one in self.senders if one.stage in stages]
        return found[pick % len(found)]

    def _remember(self, work: Work, claimed: Claim, letter: Letter) -> None:
        if claimed.kind is MailKind.DIGEST:
            delivery = work.fetch(Delivery, claimed.delivery_id)
            assert delivery.user_id is not None
            self.readers[letter.message_id] = delivery.user_id

    def _marked(self, work: Work, claimed: Claim, sender: Sender) -> None:  # noqa: ARG002
        """What must be so of a mail that may go now."""
        delivery = work.fetch(Delivery, claimed.delivery_id)
        if claimed.kind is MailKind.DIGEST and delivery.user_id is not None:
            frequency, _ = queries.preference_of(work.session, delivery.user_id)
            assert frequency is not Frequency.NEVER, "marked for who left"

    def _taken_states(self) -> set[DeliveryState]:
        known = {DeliveryState.SUBMITTING, DeliveryState.ACCEPTED}
        return known if self.has_ledger else known | {DeliveryState.UNKNOWN}

    def _deliveries(self) -> list[Delivery]:
        with self._work() as work:
            rows = work.session.scalars(select(Delivery)).all()
            work.session.expunge_all()
            return list(rows)

    @contextmanager
    def _work(self, actor: Actor = SYSTEM) -> Iterator[Work]:
        """Each a moment after the one before; the same ids in the same example."""
        self.now += A_MOMENT
        with self.world.database.work(actor, self.now) as work:
            yield replace(work, new_id=self._new_id)

    def _new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)
