"""Interest that is shown, withdrawn, hidden and comes back, while mails of it are on their way.

What follows from a fact waits, as jobs do, and may be done late, twice, and in any order.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import and_, func, select, text, update

from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.outbox import OutboxMessage
from app.core.work import Work
from app.notifications import service
from app.notifications.models import Delivery
from app.notifications.rules import Channel, DeliveryState, Family, Frequency, Weekday, is_quiet
from app.notifications.rules import next_morning as morning_after
from app.notifications.service import Claim
from app.opgaven import life
from app.opgaven.models import Opgave
from app.opgaven.rules import TAKES_ANSWERS, OpgaveStatus
from app.people import queries as people
from app.people import service as profiles
from app.people.models import Profile
from app.people.rules import ProfileState, Visibility
from app.responses import service as responses
from app.responses.models import Response
from app.responses.rules import Answer
from tests.faults.machine import MailMachine, Sender
from tests.support.work import TODAY
from workers.reactions import (
    BY_NAME,
    NAMES,
    TELL_INTEREST,
    TELL_INTEREST_IN,
    TELL_INTEREST_OF,
    TELL_WHO_IS_SHOWN,
    Reaction,
)

Pair = tuple[UUID, UUID]
Job = tuple[Reaction, dict[str, Any]]
TELLERS = {TELL_INTEREST, TELL_INTEREST_IN, TELL_INTEREST_OF, TELL_WHO_IS_SHOWN}
SEEKS_UNTIL = TODAY + timedelta(days=60)
# What is left of the example before has ids that the next one makes for other rows.
FORGET_ANSWERS = text(
    "TRUNCATE response, mail_allowance, channel_choice, consent, conversation CASCADE"
)
# In a mail about interest: who, and then in which opgave they and those before them are interested.
WHO_OR_WHAT = re.compile(
    r"(?:Mail terug naar|Dat kan via) (\S+?)[.,]?\s|/opgaven/([0-9a-f-]{36})\b"
)


class Choice(StrEnum):
    """What the opgavehouder chooses about mail."""

    AT_ONCE = "at once"
    IN_DIGEST = "in the digest"
    PAUSE = "pause"
    GO_ON = "go on"
    NEVER = "never"
    DAILY = "daily"


class When(StrEnum):
    """When what follows from a deed is done."""

    NOW = "now"
    LATER = "later"
    # As of a job whose worker was killed after its effect.
    NOW_AND_LATER = "now and later"


picks, whens = st.integers(0, 1), st.sampled_from(When)
ROADS = {Choice.AT_ONCE: Channel.AT_ONCE, Choice.IN_DIGEST: Channel.DIGEST}


class InterestMachine(MailMachine):
    """One opgavehouder, two opgaven, and two professionals who are interested or not."""

    interest_told = 0

    def __init__(self) -> None:
        super().__init__()
        self.undone: list[Job] = []
        # How often each interest was shown.
        self.shown: Counter[Pair] = Counter()
        # Per mail the interest that it tells of, and which showing of it that is.
        self.tells: dict[str, dict[Pair, int]] = {}

    def forget(self, work: Work) -> None:
        super().forget(work)
        session, fans = work.session, [fan.user_id for fan in self.world.fans]
        session.execute(FORGET_ANSWERS)
        session.execute(
            update(Profile)
            .where(Profile.user_id.in_(fans))
            .values(state=ProfileState.PUBLISHED, visibility=Visibility.COLLEAGUES)
        )
        session.execute(
            update(Opgave)
            .where(Opgave.id.in_(self.world.wanted))
            .values(status=OpgaveStatus.OPEN, closes_on=SEEKS_UNTIL, people_taken=0)
        )

    # What people do

    @rule(fan=picks, opgave=picks, wants=st.booleans(), jobs=whens)
    def answer(self, fan: int, opgave: int, wants: bool, jobs: When) -> None:
        who, opgave_id = self.world.fans[fan], self.world.wanted[opgave]
        if wants:
            self._do(who, lambda work: self._show(work, opgave_id), jobs)
        else:
            self._do(who, lambda work: responses.withdraw(work, opgave_id), jobs)

    def _show(self, work: Work, opgave_id: UUID) -> None:
        user_id = work.actor.user_id
        assert user_id is not None
        before = work.session.get(Response, (user_id, opgave_id))
        responses.show_interest(work, opgave_id)
        if before is None:
            self.shown[user_id, opgave_id] += 1

    @rule(fan=picks, what=st.sampled_from(["pause", "go on", "hide", "show"]), jobs=whens)
    def change_profile(self, fan: int, what: str, jobs: When) -> None:
        who = self.world.fans[fan]
        match what:
            case "pause":
                self._do(who, profiles.pause_profile, jobs)
            case "go on":
                self._do(who, profiles.publish_profile, jobs)
            case _:
                tier = Visibility.HIDDEN if what == "hide" else Visibility.COLLEAGUES
                self._do(who, lambda work: _show_to(work, tier), jobs)

    @rule(opgave=picks, is_found=st.booleans(), jobs=whens)
    def fill_or_reopen(self, opgave: int, is_found: bool, jobs: When) -> None:
        keeper, opgave_id = self.world.keeper, self.world.wanted[opgave]
        if is_found:
            self._do(keeper, lambda work: life.fill(work, opgave_id), jobs)
        else:
            self._do(keeper, lambda work: life.reopen(work, opgave_id, SEEKS_UNTIL, 1), jobs)

    @rule(choice=st.sampled_from(Choice))
    def choose_how_to_hear(self, choice: Choice) -> None:
        self._do(self.world.keeper, lambda work: _choose(work, choice))

    def _do(self, who: Actor, deed: Callable[[Work], object], jobs: When = When.LATER) -> None:
        """What they may not do changes nothing; what follows from the rest is done, or waits."""
        follows: list[Job] = []
        with suppress(Conflict), self._work(who) as work:
            before = work.session.scalar(select(func.max(OutboxMessage.id))) or 0
            deed(work)
            work.session.flush()
            follows = _what_follows(work, before)
        if jobs is not When.LATER:
            for job in follows:
                self._react(job)
        if jobs is not When.NOW:
            self.undone += follows

    # What follows from it

    @precondition(lambda self: self.undone)
    @rule(pick=st.integers(0, 3))
    def react(self, pick: int) -> None:
        self._react(self.undone.pop(pick % len(self.undone)))

    def _react(self, job: Job) -> None:
        reaction, fact = job
        with self._work() as work:
            reaction.act(work, fact)

    # What must hold

    def _marked(self, work: Work, claimed: Claim, sender: Sender) -> None:
        super()._marked(work, claimed, sender)
        delivery, letter = work.fetch(Delivery, claimed.delivery_id), sender.letter
        assert letter is not None
        if delivery.user_id == self.world.keeper.user_id:
            told = self._interest_in(letter.text)
            self.tells[letter.message_id] = {pair: self.shown[pair] for pair in told}

    def _assert_told_once(self, mails: Collection[str | None]) -> None:
        super()._assert_told_once(mails)
        told = Counter(pair for pair, _ in self._interest_heard(mails))
        for pair, count in told.items():
            assert count <= self.shown[pair], "the same interest in two mails"

    def get_well(self) -> None:
        super().get_well()
        for choice in (Choice.GO_ON, Choice.DAILY):
            self.choose_how_to_hear(choice)
        while self.undone:
            self.react(0)

    def everybody_has_heard(self) -> None:
        super().everybody_has_heard()
        accepted = {
            one.message_id for one in self._deliveries() if one.state is DeliveryState.ACCEPTED
        }
        heard = set(self._interest_heard(accepted))
        type(self).interest_told += len(heard)
        owed = {(pair, self.shown[pair]) for pair in self._standing()}
        assert owed <= heard, "interest that stands was never told"

    def _standing(self) -> list[Pair]:
        with self._work() as work:
            found = (
                select(Response.user_id, Response.opgave_id)
                .join(Profile, Profile.user_id == Response.user_id)
                .join(Opgave, Opgave.id == Response.opgave_id)
                .where(
                    and_(
                        Response.answer == Answer.INTERESTED,
                        Profile.state == ProfileState.PUBLISHED,
                        Opgave.status.in_(TAKES_ANSWERS),
                    )
                )
            )
            return [(user_id, opgave_id) for user_id, opgave_id in work.session.execute(found)]

    def _interest_heard(self, mails: Collection[str | None]) -> list[tuple[Pair, int]]:
        return [
            told
            for letter in self.relay.taken
            if letter.message_id in mails
            for told in self.tells.get(letter.message_id, {}).items()
        ]

    def _interest_in(self, text: str) -> set[Pair]:
        found, people_before = set(), []
        for who, opgave in WHO_OR_WHAT.findall(text):
            if who:
                people_before.append(self.world.addresses[who])
            elif people_before:
                found |= {(one, UUID(opgave)) for one in people_before}
                people_before = []
        return found

    def let_pass(self, span: timedelta) -> None:
        """Of mail at once the machine looks at office hours only."""
        later = self.now + span
        super().let_pass(morning_after(later) - self.now if is_quiet(later) else span)


def _show_to(work: Work, tier: Visibility) -> None:
    profile = work.fetch(Profile, work.actor.user_id)
    # The skills of a profile outlive an example, and its ids.
    work = replace(work, new_id=uuid4)
    profiles.write_profile(work, replace(people.draft_of(profile), visibility=tier))


def _what_follows(work: Work, since: int) -> list[Job]:
    """What is to be told because of the facts after this one."""
    facts = select(OutboxMessage).where(OutboxMessage.id > since).order_by(OutboxMessage.id)
    return [
        (BY_NAME[name], fact.payload)
        for fact in work.session.scalars(facts)
        for name in NAMES[fact.name]
        if BY_NAME[name] in TELLERS
    ]


def _choose(work: Work, choice: Choice) -> None:
    match choice:
        case Choice.PAUSE:
            service.pause_digests(work, work.today + timedelta(days=1))
        case Choice.GO_ON:
            service.pause_digests(work, None)
        case Choice.NEVER | Choice.DAILY:
            often = Frequency.NEVER if choice is Choice.NEVER else Frequency.DAILY
            service.set_preference(work, often, Weekday.MONDAY)
        case _:
            service.choose_roads(work, {Family.RESPONSES: ROADS[choice]})
