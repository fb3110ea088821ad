"""What many digests tell, asked at once: the same as what each would tell on its own."""

from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import actor_of
from app.matching.core.facts import Kind
from app.matching.models import Match
from app.notifications import queries
from app.notifications.digest import Told
from app.notifications.models import Delivery, Notice
from app.notifications.parts import PARTS
from app.notifications.rules import DeliveryState, MailKind, NoticeKind
from app.notifications.telling import told_in_digests, told_to
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.responses.models import Response
from app.responses.rules import Answer
from tests.matching.core.builders import a_missing, a_reason
from tests.notifications.builders import a_delivery
from tests.notifications.test_due import AN_HOUR, World
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY

MOST_SEEDS = 60
# What chance must have brought about before there was enough to compare.
EVERYTHING = {(part.name, kind) for part in PARTS for kind in ("all", "few")} | {
    ("responses", "of few opgaven"),
    ("colleagues", "of few opgaven"),
}
# Of an urenbank all is told.
EVERYTHING -= {("urenbank", "few")}


class ToldWorld(World):
    """With matches that differ, interest, mail that went at once, and enough to leave out."""

    OPGAVEN = 10

    def __init__(self, session: Session, seed: int) -> None:
        # Who shows interest in everything has no matches to hear of: so more of them in turn.
        self.interested = seed % 4
        super().__init__(session, Random(seed))

    def now_and_then(self) -> bool:
        return self.chance.random() < 0.95

    def rarely(self) -> bool:
        return self.chance.random() < 0.2

    def _leave_out(self, user: User) -> None:
        if self.rarely():
            super()._leave_out(user)

    def _choose_roads(self, user: User) -> None:
        if self.rarely():
            super()._choose_roads(user)

    def _opgave(self) -> Opgave:
        opgave = super()._opgave()
        if not self.rarely():
            opgave.status, opgave.closes_on = OpgaveStatus.OPEN, TODAY
        return opgave

    def _answer(self, user: User, opgave: Opgave) -> None:
        if user in self.professionals[: self.interested]:
            self.session.add(
                Response(
                    user_id=user.id,
                    opgave_id=opgave.id,
                    answer=Answer.INTERESTED,
                    answered_at=MONDAY - 48 * AN_HOUR,
                )
            )
        elif self.rarely():
            super()._answer(user, opgave)

    def _match(self, user: User, opgave: Opgave) -> None:
        reasons = [self._reason() for _ in range(self.chance.randint(1, 3))]
        self.session.add(
            Match(
                profile_id=user.id,
                opgave_id=opgave.id,
                value=self.either(40, 60, 90),
                tier=self.either(1, 1, 2),
                reasons=[reason.as_plain() for reason in reasons],
                found_at=MONDAY,
                changed_at=MONDAY,
            )
        )

    def _reason(self) -> Any:
        if self.rarely():
            return a_missing("omgevingsrecht")
        return a_reason(kind=self.either(*Kind), must=self.either(True, False))

    def _notice(self, reader: User, opgave: Opgave, about: User | None = None) -> None:
        super()._notice(reader, opgave, about)
        if about is not None and self.now_and_then():
            self._interest(reader, opgave, about)

    def _interest(self, reader: User, opgave: Opgave, about: User) -> None:
        told_at = MONDAY + self.chance.randint(-2, 2) * AN_HOUR
        notice = Notice(
            id=uuid4(),
            user_id=reader.id,
            kind=NoticeKind.INTEREST_SHOWN,
            opgave_id=opgave.id,
            profile_id=about.id,
            told_at=told_at,
        )
        self.session.add(notice)
        if self.rarely():
            a_delivery(
                self.session,
                reader,
                kind=MailKind.INTEREST_SHOWN,
                subject_id=notice.id,
                state=self.either(*DeliveryState),
                news_from=self.either(told_at, told_at - AN_HOUR),
            )

    def _mail(self, user: User) -> None:
        if self.rarely():
            super()._mail(user)
        for _ in range(2):
            a_delivery(
                self.session,
                user,
                news_from=self.either(None, None, MONDAY - AN_HOUR),
                news_until=MONDAY + self.either(1, 3, 3) * AN_HOUR,
            )


def one_by_one(session: Session, mail: Delivery, reader: User) -> tuple[Told, ...]:
    """The slow way: all news of this one reader, whole."""
    told = queries.last_told(session, reader.id)
    since = max(filter(None, (mail.news_from, told)), default=None)
    until = mail.news_until or mail.created_at
    return told_to(queries.news(session, actor_of(reader), since, until, TODAY))


def pending_digests(session: Session) -> dict[UUID, tuple[Delivery, User]]:
    rows = session.execute(
        select(Delivery, User)
        .join(User, User.id == Delivery.user_id)
        .where(Delivery.kind == MailKind.DIGEST, Delivery.state == DeliveryState.PENDING)
    )
    return {mail.id: (mail, user) for mail, user in rows}


def test_many_digests_tell_the_same_as_each_on_its_own(session: Session) -> None:
    seen: set[tuple[str, str]] = set()
    for seed in range(MOST_SEEDS):
        if seen >= EVERYTHING:
            break
        point = session.begin_nested()
        ToldWorld(session, seed)
        session.expire_all()
        mails = pending_digests(session)

        viewers = {mail_id: actor_of(user) for mail_id, (_, user) in mails.items()}
        told = told_in_digests(session, viewers, TODAY)

        apart = {mail_id: one_by_one(session, *both) for mail_id, both in mails.items()}
        assert told == {mail_id: parts for mail_id, parts in apart.items() if parts}, f"seed {seed}"
        seen |= {
            (part.name, kind) for parts in told.values() for part in parts for kind in kinds(part)
        }
        point.rollback()

    assert seen >= EVERYTHING


def kinds(part: Told) -> set[str]:
    """Whether all was told or few of it."""
    section: Any = part.section
    groups = getattr(section, "groups", ())
    more = getattr(section, "more", 0) + sum(group.more for group in groups)
    found = {"few"} if more else {"all"}
    return found | ({"of few opgaven"} if getattr(section, "more_opgaven", 0) else set())


def test_many_digests_take_as_many_questions_as_one(session: Session) -> None:
    ToldWorld(session, 3)
    mails = pending_digests(session)
    viewers = {mail_id: actor_of(user) for mail_id, (_, user) in mails.items()}
    session.flush()

    with counted(session) as statements:
        assert told_in_digests(session, viewers, TODAY)

    # Of what stands, opgaven and colleagues; and of loans with all that is told of them.
    assert len(statements) == 3 + 12
