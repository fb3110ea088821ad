"""Whoever is due, asked of many at once: the same people as when each is asked for."""

from datetime import timedelta
from itertools import pairwise, product
from random import Random
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of
from app.conversations.models import (
    AwaitedAnswer,
    Conversation,
    ConversationReader,
    Message,
    PublishedAnswer,
)
from app.conversations.rules import Side
from app.core.actor import Role
from app.hours.models import HourAccount, HourSettling
from app.loans.models import Loan, Terms
from app.matching.models import Match
from app.notifications import queries
from app.notifications.models import (
    ChannelChoice,
    Delivery,
    LeftOutSkill,
    LeftOutTheme,
    Notice,
    Preference,
)
from app.notifications.queries import Readers
from app.notifications.rules import (
    ROADS,
    DeliveryState,
    Family,
    Frequency,
    MailKind,
    NoticeKind,
    Weekday,
    wants_on,
)
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState, Visibility
from app.responses.models import Outcome, Response
from app.responses.rules import Answer, InvitationState, WhyClosed
from app.together.models import FollowedOpgave, JoinedOpgave
from app.vocabulary.rules import Theme
from tests.loans.builders import a_loan_asked
from tests.notifications.builders import a_delivery
from tests.responses.builders import an_invitation
from tests.support.builders import (
    a_concept,
    a_gemeente,
    a_profile,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, database_now

AN_HOUR = timedelta(hours=1)
Choice = TypeVar("Choice")
EVERYBODY = Readers(None, None)
SOON = MONDAY + AN_HOUR
# A coordinator needs a network, of which no digest tells.
OF_A_GEMEENTE = [role for role in Role if role is not Role.COORDINATOR]
THEMES = (Theme.WONEN, Theme.RUIMTE)
SKILLS = ("verkeerskunde", "inkoop")
# To an opgave of the own gemeente, open or not.
HAPPENS = (NoticeKind.ALLOWED, NoticeKind.SENT_BACK)
TOGETHER = (NoticeKind.OPGAVE_JOINED, NoticeKind.JOINT_LEFT, NoticeKind.FOLLOWED_ENDED)
WAITING = (NoticeKind.ANSWER_DUE, NoticeKind.ANSWER_LATE)
SYNONYM = "verkeer en vervoer"

YEARS = (2024, 2025)


class World:
    """A few people of two gemeenten with what chance gave them."""

    OPGAVEN = 3

    def __init__(self, session: Session, chance: Random) -> None:
        self.session, self.chance = session, chance
        self.gemeenten = [a_gemeente(session).code for _ in range(2)]
        a_concept(session, "verkeerskunde", SYNONYM)
        self.people = [self._somebody() for _ in range(6)]
        self.opgaven = [self._opgave() for _ in range(self.OPGAVEN)]
        self.professionals = self.chance.sample(self.people, 4)
        for user in self.professionals:
            a_profile(
                session,
                user=user,
                state=self.either(ProfileState.PUBLISHED, *ProfileState),
                visibility=self.either(*Visibility),
            )
        for user, opgave in product(self.professionals, self.opgaven):
            self._meet(user, opgave)
        for user in self.people:
            self._mail(user)
        # After all else, so that what chance gave them before does not depend on it.
        for opgave in self.opgaven:
            opgave.sent_back_words = self.either("", "Noem de wijk.")
        for user, opgave, kind in product(self.people, self.opgaven, HAPPENS):
            if self.now_and_then():
                self._happen(user, opgave, kind)
        self._do_together()
        self._talk_together()
        self._invite()
        self._lend()
        self._settle_hours()
        session.flush()

    def either(self, *these: Choice) -> Choice:
        return self.chance.choice(these)

    def now_and_then(self) -> bool:
        return self.chance.random() < 0.5

    def _somebody(self) -> User:
        roles = self.chance.sample(OF_A_GEMEENTE, self.chance.randrange(3))
        grants = [
            RoleGrant(
                id=uuid4(), role=role, granted_at=MONDAY, ended_at=self.either(None, None, MONDAY)
            )
            for role in roles
        ]
        user = a_user(self.session, gemeente_code=self.either(*self.gemeenten), grants=grants)
        if self.now_and_then():
            self.session.add(
                Preference(
                    user_id=user.id,
                    frequency=self.either(*Frequency),
                    weekday=self.either(Weekday.MONDAY, Weekday.FRIDAY),
                    paused_until=self.either(None, None, TODAY, TODAY + timedelta(days=1)),
                )
            )
        self._leave_out(user)
        self._choose_roads(user)
        return user

    def _choose_roads(self, user: User) -> None:
        for family in Family:
            if self.now_and_then():
                road = self.either(*ROADS[family])
                self.session.add(ChannelChoice(user_id=user.id, family=family, channel=road))

    def _leave_out(self, user: User) -> None:
        """Of what the opgaven have or ask, under this word or under another one for the same."""
        if self.now_and_then():
            self.session.add(LeftOutTheme(user_id=user.id, theme=self.either(*THEMES)))
        if self.now_and_then():
            word = self.either(*SKILLS, SYNONYM)
            self.session.add(LeftOutSkill(user_id=user.id, label=word, label_normal=word))

    def _opgave(self) -> Opgave:
        return an_opgave(
            self.session,
            an_asked_skill(self.either(*SKILLS), must=self.either(True, False)),
            themes=[self.either(*THEMES).value],
            gemeente_code=self.either(*self.gemeenten),
            status=self.either(OpgaveStatus.OPEN, OpgaveStatus.OPEN, OpgaveStatus.DONE),
            closes_on=TODAY + timedelta(days=self.chance.randint(-1, 3)),
        )

    def _meet(self, user: User, opgave: Opgave) -> None:
        for bring_about in (self._match, self._notice, self._answer):
            if self.now_and_then():
                bring_about(user, opgave)
        for reader in self.people:
            if self.now_and_then():
                self._notice(reader, opgave, user)

    def _match(self, user: User, opgave: Opgave) -> None:
        self.session.add(
            Match(
                profile_id=user.id,
                opgave_id=opgave.id,
                value=50,
                tier=1,
                reasons=[],
                found_at=MONDAY,
                changed_at=MONDAY,
            )
        )

    def _notice(self, reader: User, opgave: Opgave, about: User | None = None) -> None:
        kind = NoticeKind.COLLEAGUE_FOR_OPGAVE if about else NoticeKind.OPGAVE_FOR_YOU
        self.session.add(
            Notice(
                id=uuid4(),
                user_id=reader.id,
                kind=kind,
                opgave_id=opgave.id,
                profile_id=about.id if about else None,
                told_at=MONDAY + self.chance.randint(-2, 2) * AN_HOUR,
            )
        )

    def _happen(self, reader: User, opgave: Opgave, kind: NoticeKind) -> None:
        told_at = MONDAY + self.chance.randint(-2, 2) * AN_HOUR
        self.session.add(
            Notice(id=uuid4(), user_id=reader.id, kind=kind, opgave_id=opgave.id, told_at=told_at)
        )

    def _invite(self) -> None:
        """Some were answered since; their notices stayed."""
        for user, opgave in product(self.professionals, self.opgaven):
            if self.now_and_then():
                state = self.either(InvitationState.WAITING, InvitationState.DECLINED)
                an_invitation(self.session, opgave, user, state=state)
                self._happen(user, opgave, NoticeKind.INVITED)
            if self.now_and_then():
                self._happen(user, opgave, NoticeKind.OUTCOME)
                self._close(user, opgave)
            if self.now_and_then():
                self._happen(user, opgave, NoticeKind.GIVEN_BACK)
        for user, opgave in product(self.people, self.opgaven):
            if self.now_and_then():
                self._happen(user, opgave, NoticeKind.INVITATION_ENDED)

    def _close(self, user: User, opgave: Opgave) -> None:
        """Unless it was taken back since."""
        if self.now_and_then():
            ids = {"user_id": user.id, "opgave_id": opgave.id}
            self.session.add(
                Outcome(**ids, reason=WhyClosed.OTHER, words="", said_at=MONDAY, told_at=MONDAY)
            )

    def _do_together(self) -> None:
        for one, other in pairwise(self.opgaven):
            if self.now_and_then():
                self.session.add(JoinedOpgave(opgave_id=one.id, with_id=other.id, joined_at=MONDAY))
        for user, opgave in product(self.people, self.opgaven):
            if self.now_and_then():
                self.session.add(
                    FollowedOpgave(user_id=user.id, opgave_id=opgave.id, followed_at=MONDAY)
                )
            for kind in TOGETHER:
                if self.now_and_then():
                    self._happen(user, opgave, kind)

    def _talk_together(self) -> None:
        talks = [
            self._talk(user, opgave)
            for user, opgave in product(self.professionals, self.opgaven)
            if self.now_and_then()
        ]
        for talk in talks:
            self._wait(talk)
            self._publish(talk)

    def _wait(self, talk: Conversation) -> None:
        """For an answer that came or not, of which some were told."""
        self.session.add(
            AwaitedAnswer(
                id=uuid4(),
                conversation_id=talk.id,
                since=MONDAY,
                answer_before=TODAY,
                settled_at=self.either(None, MONDAY),
                reminded_at=MONDAY,
                late_told_at=MONDAY,
            )
        )
        for reader in self.people:
            if self.now_and_then():
                self._note(talk, reader, self.either(*WAITING), talk.user_id)

    def _publish(self, talk: Conversation) -> None:
        """Who asked was told, and now and then it was taken back."""
        self._note(talk, self.session.get_one(User, talk.user_id), NoticeKind.QUESTION_PUBLISHED)
        if self.now_and_then():
            self.session.add(
                PublishedAnswer(
                    id=uuid4(),
                    opgave_id=talk.opgave_id,
                    conversation_id=talk.id,
                    question="Waar is het?",
                    answer="Aan de haven.",
                    published_at=MONDAY,
                )
            )

    def _note(
        self, talk: Conversation, reader: User, kind: NoticeKind, about: UUID | None = None
    ) -> None:
        told_at = MONDAY + self.chance.randint(-2, 2) * AN_HOUR
        self.session.add(
            Notice(
                id=uuid4(),
                user_id=reader.id,
                kind=kind,
                opgave_id=talk.opgave_id,
                profile_id=about,
                told_at=told_at,
            )
        )

    def _talk(self, professional: User, opgave: Opgave) -> Conversation:
        """A message of each side or of one, which some were told of and some have read."""
        talk = Conversation(
            id=uuid4(),
            opgave_id=opgave.id,
            user_id=professional.id,
            begun_at=MONDAY,
            messages=2,
            last_at=MONDAY,
        )
        self.session.add(talk)
        self.session.flush()
        for number in (1, 2):
            self.session.add(
                Message(
                    conversation_id=talk.id,
                    number=number,
                    id=uuid4(),
                    side=self.either(*Side),
                    text="Kom je kijken?",
                    said_at=MONDAY,
                    by_mail=False,
                )
            )
        for reader in self.people:
            if self.now_and_then():
                self._tell_of(talk, reader)
        return talk

    def _tell_of(self, talk: Conversation, reader: User) -> None:
        is_own = reader.id == talk.user_id
        if self.now_and_then():
            self.session.add(
                ConversationReader(
                    id=uuid4(),
                    conversation_id=talk.id,
                    user_id=reader.id,
                    read_to=self.chance.randrange(3),
                )
            )
        about = None if is_own else talk.user_id
        self._note(talk, reader, NoticeKind.MESSAGE_WRITTEN, about)

    def _settle_hours(self) -> None:
        """Limits that were reached and years that were settled; some are so no more."""
        for code in self.gemeenten:
            changed_at = MONDAY + self.either(-4, 4) * AN_HOUR
            self.session.add(HourAccount(gemeente_code=code, changed_at=changed_at))
        for year in YEARS:
            undone_at = self.either(None, None, MONDAY)
            self.session.add(
                HourSettling(id=uuid4(), year=year, settled_at=MONDAY, undone_at=undone_at)
            )
        for reader in self.people:
            for of_year in (None, self.either(*YEARS)):
                if self.now_and_then():
                    self._tell_of_hours(reader, of_year)

    def _tell_of_hours(self, reader: User, year: int | None) -> None:
        self.session.add(
            Notice(
                id=uuid4(),
                user_id=reader.id,
                kind=NoticeKind.YEAR_SETTLED if year else NoticeKind.LIMIT_REACHED,
                gemeente_code=reader.gemeente_code,
                year=year,
                told_at=MONDAY + self.chance.randint(-2, 2) * AN_HOUR,
            )
        )

    def _lend(self) -> None:
        for user, opgave in product(self.professionals, self.opgaven):
            if user.gemeente_code != opgave.gemeente_code and self.now_and_then():
                self._loan(user, opgave)

    def _loan(self, professional: User, opgave: Opgave) -> None:
        """Signed by chance, managed by somebody with an account or not, and told of."""
        manager = self.either(*self.people).email
        loan = a_loan_asked(self.session, professional, opgave, manager)
        signed_at = self.either(None, MONDAY)
        self.session.get_one(Terms, (loan.id, 1)).lender_signed_at = signed_at
        loan.held_up_at = self.either(None, MONDAY)
        for reader in self.people:
            if self.now_and_then():
                self._tell_of_loan(loan, reader)

    def _tell_of_loan(self, loan: Loan, reader: User) -> None:
        told_at = MONDAY + self.chance.randint(-2, 2) * AN_HOUR
        self.session.add(
            Notice(
                id=uuid4(),
                user_id=reader.id,
                kind=NoticeKind.LOAN_MOVED,
                opgave_id=loan.opgave_id,
                profile_id=None if reader.id == loan.user_id else loan.user_id,
                told_at=told_at,
            )
        )
        if self.chance.random() < 0.2:
            a_delivery(
                self.session,
                reader,
                kind=MailKind.LOAN,
                subject_id=loan.id,
                state=self.either(*DeliveryState),
                news_from=self.either(told_at, told_at - AN_HOUR),
            )

    def _answer(self, user: User, opgave: Opgave) -> None:
        answer = self.either(*Answer)
        day = TODAY + timedelta(days=self.chance.randint(-1, 1))
        self.session.add(
            Response(
                user_id=user.id,
                opgave_id=opgave.id,
                answer=answer,
                answered_at=MONDAY - 48 * AN_HOUR,
                again_on=day if answer is Answer.LATER else None,
            )
        )

    def _mail(self, user: User) -> None:
        for _ in range(self.chance.randrange(3)):
            a_delivery(
                self.session,
                user,
                state=self.either(DeliveryState.ACCEPTED, *DeliveryState),
                news_until=MONDAY + self.either(-40, -12, -2, -1, 0, 1) * AN_HOUR,
                expires_at=database_now(self.session) + self.either(-AN_HOUR, AN_HOUR),
            )


def one_by_one(session: Session, weekday: Weekday | None) -> dict[UUID, object]:
    """The slow way: what each wants, what is on its way, and the news itself."""
    found: dict[UUID, object] = {}
    for user in session.scalars(select(User)):
        frequency, chosen = queries.preference_of(session, user.id)
        wants = frequency is not Frequency.NEVER
        if weekday is not None:
            wants = wants_on(frequency, chosen, weekday)
        since = queries.last_told(session, user.id)
        if (
            wants
            and not queries.paused_until(session, user.id, TODAY)
            and not is_being_told(session, user.id)
            and queries.news(session, actor_of(user), since, SOON, TODAY)
        ):
            found[user.id] = since
    return found


def is_being_told(session: Session, user_id: UUID) -> bool:
    now = database_now(session)
    return any(
        mail.state is DeliveryState.SUBMITTING
        or (mail.state is DeliveryState.PENDING and mail.expires_at > now)
        for mail in session.scalars(
            select(Delivery).where(Delivery.user_id == user_id, Delivery.kind == MailKind.DIGEST)
        )
    )


@pytest.mark.parametrize("weekday", [Weekday.MONDAY, None])
@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_many_asked_at_once_are_the_same_as_one_by_one(
    session: Session, weekday: Weekday | None, seed: int
) -> None:
    point = session.begin_nested()
    try:
        World(session, Random(seed))
        session.expire_all()

        due = queries.due_for_digest(session, EVERYBODY, weekday, SOON, TODAY)

        assert dict(due) == one_by_one(session, weekday)
    finally:
        point.rollback()


def test_readers_are_taken_in_turns_that_leave_nobody_out(session: Session) -> None:
    people = sorted(a_user(session).id for _ in range(5))

    turns = [queries.readers_after(session, None, 2)]
    while not turns[-1].is_the_end:
        turns.append(queries.readers_after(session, turns[-1].last, 2))

    assert [turn.last for turn in turns] == [people[1], people[3], None]
    assert all(former.last == latter.after for former, latter in pairwise(turns))


def test_many_people_take_as_many_questions_as_few(session: Session) -> None:
    for count in (1, 10):
        for _ in range(count):
            a_user(session)
        with counted(session) as statements:
            queries.due_for_digest(session, EVERYBODY, None, SOON, TODAY)
        assert len(statements) == 1
