"""Nothing stays longer than the dictionary says, and nothing goes before."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.events import PersonAway
from app.accounts.models import AccessRequest, KeptAddress, SignIn, User, UserSession
from app.accounts.rules import NOWHERE, Away, WhyKept
from app.conversations.models import Conversation
from app.core.actor import SYSTEM, Role
from app.core.jobs import Job, JobState
from app.core.outbox import OutboxMessage, facts_of
from app.core.work import Work, begin
from app.hours.models import HourTransfer
from app.loans.models import Loan
from app.loans.rules import LoanState
from app.moderation.rules import Ruling
from app.notifications.models import MailAllowance, Notice
from app.notifications.rules import NoticeKind
from app.notifications.service import health
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from app.people.rules import ProfileState
from app.privacy import retention
from app.privacy.dictionary import Deed, Term, dictionary, months_on
from app.privacy.models import RetentionRun
from app.privacy.retention import Rule, Standing, retain, rules, standing, tonight
from app.responses.models import KeptReaction, Response
from app.responses.rules import Answer, InvitationState
from app.tables import METADATA
from app.together.models import Joint
from tests.conversations.builders import a_talk
from tests.hours.builders import booked
from tests.loans.builders import a_loan, a_running_loan, parties
from tests.moderation.builders import a_report
from tests.notifications.builders import a_delivery
from tests.privacy.test_leaving import a_loan_that_ran
from tests.responses.builders import an_invitation
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

OWN = dictionary()
A_DAY = timedelta(days=1)
# Carried out where it is made: with each mail that comes back, and by who leaves.
ELSEWHERE = {("address_health", "adres"), ("concept_merge", "bezoek"), ("word_decision", "bezoek")}
# Of people, and never over: what gemeenten owe each other, and what was decided about words.
NEVER_OVER: set[str] = set()


def seal(mark: str) -> str:
    return f"sealed {mark}"


@dataclass
class Nights:
    """The nights of a house of which the clock is moved."""

    session: Session
    now: datetime = MONDAY
    done: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def work(self) -> Iterator[Work]:
        with begin(self.session, SYSTEM, lambda: self.now) as work:
            yield work

    def at(self, now: datetime) -> dict[str, int]:
        self.now = now
        done = retain(self.work, seal)
        self.session.expire_all()
        return {name: count for name, count in done.items() if count}

    def until(self, last: datetime) -> dict[datetime, dict[str, int]]:
        """Every tenth night, and what each did."""
        found = {}
        while self.now < last:
            done = self.at(self.now + 10 * A_DAY)
            if done:
                found[self.now] = done
        return found


@pytest.fixture
def nights(session: Session) -> Nights:
    return Nights(session)


def carried_out(own: list[Rule], tables: dict[str, Table]) -> set[tuple[str, str]]:
    """Of which table by which term something is done, also along with a row of another one."""
    found = {(rule.table, rule.term.name) for rule in own} | ELSEWHERE
    while True:
        along = {
            (name, term)
            for name, table in tables.items()
            for key in table.foreign_keys
            if key.ondelete == "CASCADE"
            for of, term in found
            if of == key.column.table.name
        }
        if along <= found:
            return found
        found |= along


def promised() -> set[tuple[str, str]]:
    return {(name, term.name) for name, table in OWN.tables.items() for term in table.terms}


def test_every_term_of_the_dictionary_is_carried_out(session: Session) -> None:
    assert promised() - carried_out(rules(session, seal), dict(METADATA.tables)) == set()


@pytest.mark.parametrize("table", ["response", "notice", "audit_entry", "report", "user"])
def test_a_term_that_nothing_carries_out_is_found(session: Session, table: str) -> None:
    own = [rule for rule in rules(session, seal) if rule.table != table]

    missing = promised() - carried_out(own, dict(METADATA.tables))

    assert table in {name for name, _ in missing}


def test_whatever_is_about_people_has_a_term() -> None:
    without = {name for name, table in OWN.tables.items() if table.whose and not table.terms}

    assert without == NEVER_OVER


def test_a_rule_is_of_a_term_that_its_table_has(session: Session) -> None:
    """Warnings too: of the terms of the account and of the profile that go with it."""
    for rule in rules(session, seal):
        told = {"onzichtbaar", "bezoek"} if rule.deed is Deed.TOLD else set()
        assert rule.term.name in {one.name for one in OWN.tables[rule.table].terms} | told


def test_what_is_held_against_an_address_goes_after_the_days_of_the_dictionary() -> None:
    assert timedelta(days=OWN.terms["adres"].days) == health.FORGOTTEN_AFTER


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 100))
def test_months_on_and_back_end_in_the_month_that_was_meant(day: date, months: int) -> None:
    for there in (months_on(day, months), months_on(day, -months)):
        apart = abs((there.year - day.year) * 12 + there.month - day.month)
        assert apart == months
        assert there.day == day.day or (there + A_DAY).day == 1


@pytest.mark.parametrize(
    ("term", "said", "before"),
    [
        ("bezoek", "2 jaar", datetime(2024, 11, 23, 8, tzinfo=UTC)),
        ("onzichtbaar", "1 jaar", datetime(2025, 11, 23, 8, tzinfo=UTC)),
        ("reactie", "4 weken", MONDAY - 28 * A_DAY),
        ("post", "90 dagen", MONDAY - 90 * A_DAY),
        ("sessie", "1 dag", MONDAY - A_DAY),
    ],
)
def test_a_term_is_over_to_the_minute(term: str, said: str, before: datetime) -> None:
    assert (OWN.terms[term].words, OWN.terms[term].over_before(MONDAY)) == (said, before)


def test_a_term_in_two_units_is_refused() -> None:
    from app.privacy.dictionary import parse  # noqa: PLC0415

    facts = 'what = "x"\nafter = "y"\ndeed = "weg"'
    for wrong in ("", "months = 1\ndays = 1"):
        with pytest.raises(TypeError):
            parse(f"[kinds]\n[tables]\n[terms.x]\n{facts}\n{wrong}")


MADE: dict[str, Callable[[User, Opgave, datetime], Any]] = {
    "sign_in": lambda user, _, since: SignIn(email=user.email, asked_at=since, expires_at=since),
    "kept_address": lambda user, _, since: KeptAddress(
        email=user.email, why=WhyKept.INVITED, kept_at=since
    ),
    "user_session": lambda user, _, since: UserSession(
        user_id=user.id, began_at=since, expires_at=since
    ),
    "access_request": lambda user, _, since: AccessRequest(
        email=user.email, name="Noor", gemeente_code=user.gemeente_code, asked_at=since
    ),
    "notice": lambda user, opgave, since: Notice(
        user_id=user.id, opgave_id=opgave.id, kind=NoticeKind.INTEREST_SHOWN, told_at=since
    ),
    "mail_allowance": lambda user, opgave, since: MailAllowance(
        user_id=user.id, opgave_id=opgave.id, day=since.date() - A_DAY, spent=1
    ),
    "response": lambda user, opgave, since: Response(
        user_id=user.id, opgave_id=opgave.id, answer=Answer.NO, answered_at=since
    ),
    "kept_reaction": lambda user, opgave, since: KeptReaction(
        user_id=user.id, opgave_id=opgave.id, asked_at=since
    ),
    "conversation": lambda user, opgave, since: Conversation(
        user_id=user.id, opgave_id=opgave.id, begun_at=since, last_at=since
    ),
    "joint": lambda *of: Joint(name="Samen", begun_at=of[2]),
    "outbox_message": lambda *of: OutboxMessage(
        name="x", payload={}, occurred_at=of[2], relayed_at=of[2]
    ),
}


def a_row(session: Session, table: str, since: datetime) -> None:
    """A row of which the time counts from this moment, in a world of its own."""
    user = a_user(session)
    opgave = an_opgave(session, "wmo", status=OpgaveStatus.DONE, ended_at=since)
    if table == "delivery":
        a_delivery(session, user, created_at=since)
    elif table == "invitation":
        an_invitation(session, opgave, user, state=InvitationState.OVER)
    elif table in MADE:
        session.add(MADE[table](user, opgave, since))
    session.flush()


AGED = (
    *("sign_in", "user_session", "access_request", "delivery", "notice", "mail_allowance"),
    *("response", "invitation", "conversation", "joint", "outbox_message", "opgave"),
    *("kept_reaction", "kept_address"),
)


@pytest.mark.parametrize("table", AGED)
def test_what_is_over_its_term_goes_and_what_is_not_stays(
    session: Session, nights: Nights, table: str
) -> None:
    (term,) = OWN.tables[table].terms
    before = term.over_before(MONDAY)
    minute = timedelta(minutes=1) if table != "mail_allowance" else A_DAY
    a_row(session, table, before - minute)
    a_row(session, table, before + minute)
    count = text(f"SELECT count(*) FROM {table}")

    assert session.scalar(count) == 2
    nights.at(MONDAY)
    assert session.scalar(count) == 1
    assert {one.count for rule, one in standing(session, seal, MONDAY) if rule.table == table} == {
        0
    }


def test_what_who_reacted_keeps_goes_a_year_after_the_opgave_closed(
    session: Session, nights: Nights
) -> None:
    closed = an_opgave(session, status=OpgaveStatus.WITHDRAWN, ended_at=MONDAY)
    people = [a_user(session), a_user(session)]
    for user in people:
        for table in ("response", "conversation"):
            session.add(MADE[table](user, closed, MONDAY))
        an_invitation(session, closed, user, state=InvitationState.OVER)
    session.add(MADE["kept_reaction"](people[0], closed, MONDAY))
    session.flush()
    kept = people[0].id
    tables = ("response", "conversation", "invitation", "kept_reaction")
    count = " UNION ALL ".join(f"SELECT user_id FROM {one}" for one in tables)

    def left() -> list[UUID]:
        return list(session.scalars(text(count)))

    nights.at(MONDAY + 29 * A_DAY)
    assert left() == [kept] * 4
    nights.at(datetime(2027, 11, 22, 8, tzinfo=UTC))
    assert left() == [kept] * 4
    # All of it in one night, as the wish goes first.
    nights.at(datetime(2027, 11, 24, 8, tzinfo=UTC))
    assert left() == []


def told(session: Session, user_id: UUID) -> list[tuple[date, Away]]:
    facts = facts_of(session, (PersonAway.name,), user_id=user_id)
    return [(one.occurred_at.date(), Away(one.payload["away"])) for one in facts]


def test_who_stays_away_is_warned_hidden_warned_again_and_let_go(
    session: Session, nights: Nights
) -> None:
    profile = a_profile(session, "wonen", user=a_user(session, signed_in_at=MONDAY - A_DAY))
    user_id = profile.user_id

    seen = []
    for months in (10, 11, 12, 22, 23, 24):
        nights.at(
            datetime(2026, 11, 23, 8, tzinfo=UTC).replace(
                year=2026 + (10 + months) // 12, month=(10 + months) % 12 + 1
            )
        )
        there = session.get(Profile, user_id)
        seen.append(there and (there.state, session.get_one(User, user_id).told_away))

    assert seen == [
        (ProfileState.PUBLISHED, Away.NOT),
        (ProfileState.PUBLISHED, Away.HIDDEN_SOON),
        (ProfileState.PAUSED, Away.HIDDEN),
        (ProfileState.PAUSED, Away.HIDDEN),
        (ProfileState.PAUSED, Away.GONE_SOON),
        None,
    ]
    assert told(session, user_id) == [
        (date(2027, 10, 23), Away.HIDDEN_SOON),
        (date(2027, 11, 23), Away.HIDDEN),
        (date(2028, 10, 23), Away.GONE_SOON),
    ]
    last = facts_of(session, (PersonAway.name,), user_id=user_id)[-1].payload
    assert (last["hidden_on"], last["gone_on"]) == ("2028-10-23", "2028-11-22")


def test_who_comes_back_begins_anew(session: Session, nights: Nights) -> None:
    user = a_user(session, signed_in_at=MONDAY - 390 * A_DAY)
    nights.at(MONDAY)
    assert user.told_away == Away.HIDDEN

    accounts.begin_session(make_work(session, now=MONDAY), user.id)
    session.flush()
    session.expire_all()

    assert (user.told_away, user.told_away_at, user.signed_in_at) == (Away.NOT, None, MONDAY)
    assert nights.at(MONDAY + 300 * A_DAY).keys() & {"user gewaarschuwd", "user weg"} == set()


def test_nobody_goes_unwarned_when_nothing_ran_for_years(session: Session, nights: Nights) -> None:
    user_id = a_profile(session, "wmo", user=a_user(session, signed_in_at=MONDAY)).user_id
    late = MONDAY + 900 * A_DAY

    first = nights.at(late)
    soon = nights.at(late + 27 * A_DAY)
    then = nights.at(late + 28 * A_DAY)

    assert (first["user gewaarschuwd"], first["profile verborgen"], "user weg" in first) == (
        1,
        1,
        False,
    )
    assert ("user weg" in soon, then["user weg"]) == (False, 1)
    assert [away for _, away in told(session, user_id)] == [Away.GONE_SOON]
    assert facts_of(session, (PersonAway.name,))[0].payload["gone_on"] == str(
        (late + 28 * A_DAY).date()
    )


def test_who_is_needed_waits_and_it_is_said(session: Session, nights: Nights) -> None:
    who = parties(session)
    a_running_loan(session, who)
    who.borrower.signed_in_at = MONDAY - 800 * A_DAY
    nights.at(MONDAY)

    done = nights.at(MONDAY + 29 * A_DAY)

    assert "user weg" not in done
    run = retention.last_run(session)
    assert run is not None
    assert run.waiting["user weg"] == 1


def test_who_is_invented_or_left_is_left_alone(session: Session, nights: Nights) -> None:
    long_ago = MONDAY - 2000 * A_DAY
    a_profile(session, "wmo", user=a_user(session, is_demo=True, signed_in_at=long_ago))
    a_user(session, email=f"x@{NOWHERE}", signed_in_at=long_ago)

    assert nights.at(MONDAY) == nights.at(MONDAY + 40 * A_DAY) == {}


def test_a_hidden_profile_is_told_as_what_comes_of_itself(session: Session, nights: Nights) -> None:
    user_id = a_profile(
        session, "wmo", user=a_user(session, signed_in_at=MONDAY - 370 * A_DAY)
    ).user_id

    nights.at(MONDAY)

    assert [one.actor_id for one in facts_of(session, ("profile.hidden",), user_id=user_id)] == [
        None
    ]


def test_a_reaction_of_which_a_loan_came_goes_with_the_loan(
    session: Session, nights: Nights
) -> None:
    loan = a_loan_that_ran(session, parties(session))
    pair = Response.user_id == loan.user_id, Response.opgave_id == loan.opgave_id
    opgave_id, last_day = loan.opgave_id, loan.last_day
    opgave = session.get_one(Opgave, opgave_id)
    opgave.status, opgave.ended_at = OpgaveStatus.DONE, MONDAY + A_DAY

    nights.at(MONDAY + 60 * A_DAY)
    stays = session.scalar(select(func.count()).where(*pair))
    nights.at(MONDAY + 725 * A_DAY)
    still = session.scalar(select(func.count()).select_from(Loan))
    nights.at(MONDAY + 740 * A_DAY)
    # What a loan left behind is gone the night after it at the latest.
    nights.at(MONDAY + 741 * A_DAY)

    assert last_day is not None
    assert (stays, still) == (1, 1)
    for table in ("loan", "terms", "remark", "worked_week", "feedback", "response"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_what_was_asked_and_never_began_goes_as_a_reaction_does(
    session: Session, nights: Nights
) -> None:
    who = parties(session)
    loan = a_loan(session, who)
    loan.state = LoanState.WITHDRAWN
    who.opgave.status, who.opgave.ended_at = OpgaveStatus.EXPIRED, MONDAY - 29 * A_DAY

    nights.at(MONDAY)
    nights.at(MONDAY + A_DAY)

    assert [session.query(one).count() for one in (Loan, Response)] == [0, 0]


def test_when_everybody_was_found_the_last_day_to_react_counts(
    session: Session, nights: Nights
) -> None:
    talk = a_talk(session)
    talk.opgave.status, talk.opgave.closes_on = OpgaveStatus.FILLED, TODAY

    assert "conversation weg" not in nights.at(MONDAY + 28 * A_DAY)
    assert nights.at(MONDAY + 30 * A_DAY)["conversation weg"] == 1


def test_what_waits_for_a_beheerder_is_not_taken_from_under_them(
    session: Session, nights: Nights
) -> None:
    talk = a_talk(session, "Wat een onzin.")
    message_id = session.scalar(text("SELECT id FROM message"))
    one = a_report(session, None, message_id=message_id)
    talk.opgave.status, talk.opgave.ended_at = OpgaveStatus.DONE, MONDAY - 40 * A_DAY

    assert "conversation weg" not in nights.at(MONDAY)
    one.decided_at, one.ruling = MONDAY, Ruling.LEFT
    session.flush()
    assert nights.at(MONDAY + A_DAY)["conversation weg"] == 1


def test_of_an_opgave_with_booked_hours_only_the_title_stays(
    session: Session, nights: Nights
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER, name="Willemijn Zonderling")
    ended = {"status": OpgaveStatus.DONE, "ended_at": MONDAY - 800 * A_DAY}
    kept, gone = (an_opgave(session, "wmo", owner=owner, title=one, **ended) for one in "ab")
    transfer = booked(session, owner.gemeente_code, a_user(session).gemeente_code)
    transfer_row = session.get_one(HourTransfer, transfer.id)
    assert transfer_row is not None
    session.execute(text("ALTER TABLE hour_transfer DISABLE TRIGGER USER"))
    session.execute(text("UPDATE hour_transfer SET opgave_id = :id"), {"id": kept.id})
    gone_id = gone.id

    done = nights.at(MONDAY)
    again = nights.at(MONDAY + A_DAY)

    assert (done["opgave weg"], done["opgave zonder naam"]) == (1, 1)
    assert "opgave zonder naam" not in again
    assert session.get(Opgave, gone_id) is None
    assert (kept.title, kept.text, kept.skills) == ("a", "", [])
    assert session.get_one(User, kept.owner_id).name == "Oud-collega"


def test_a_fact_stays_as_long_as_what_it_is_about(session: Session, nights: Nights) -> None:
    runs = an_opgave(session, "wmo")
    long_ago = MONDAY - 500 * A_DAY

    def fact(**payload: str) -> OutboxMessage:
        one = OutboxMessage(
            name="opgave.published", payload=payload, occurred_at=long_ago, relayed_at=long_ago
        )
        session.add(one)
        session.flush()
        return one

    kept, gone, waits = fact(opgave_id=str(runs.id)), fact(opgave_id=str(uuid4())), fact()
    session.add(Job(fact_id=waits.id, reaction="x", payload={}, state=JobState.PENDING))
    session.add(Job(fact_id=gone.id, reaction="x", payload={}, state=JobState.DONE))
    ids = [kept.id, waits.id]
    session.flush()

    assert nights.at(MONDAY) == {"outbox_message weg": 1}
    assert list(session.scalars(select(OutboxMessage.id).order_by(OutboxMessage.id))) == ids
    runs.status, runs.ended_at = OpgaveStatus.DONE, MONDAY - 370 * A_DAY
    assert nights.at(MONDAY + A_DAY) == {"outbox_message weg": 1}


def test_a_night_that_is_cut_off_halfway_is_gone_on_with(
    session: Session, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        a_row(session, "sign_in", MONDAY - 400 * A_DAY)
    session.commit()
    pieces = iter([False] * 3 + [True] * 100)
    monkeypatch.setattr(retention, "ROWS_A_PIECE", 2)

    nights.now = MONDAY
    tonight(nights.work, seal, lambda: next(pieces))
    halfway = session.get_one(RetentionRun, TODAY)
    assert (halfway.ended_at, session.query(SignIn).count()) == (None, 5)
    tonight(nights.work, seal, lambda: False)
    session.expire_all()

    run = session.get_one(RetentionRun, TODAY)
    assert (run.ended_at, run.done["sign_in weg"], run.waiting) == (MONDAY, 5, {})
    a_row(session, "sign_in", MONDAY - 400 * A_DAY)
    tonight(nights.work, seal, lambda: False)
    assert session.query(SignIn).count() == 1


def test_by_day_and_before_three_nothing_is_begun(session: Session, nights: Nights) -> None:
    a_row(session, "sign_in", MONDAY - 400 * A_DAY)
    nights.now = datetime(2026, 11, 23, 1, tzinfo=UTC)

    tonight(nights.work, seal, lambda: False)

    assert (session.query(SignIn).count(), session.query(RetentionRun).count()) == (1, 0)


def test_one_rule_that_fails_does_not_stop_the_others(
    session: Session, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_row(session, "sign_in", MONDAY - 400 * A_DAY)
    broken = Rule(
        "notice",
        OWN.terms["post"],
        Deed.REMOVED,
        lambda *_: Standing(0, None),
        lambda work, _: len(work.session.execute(text("SELECT 1 / 0")).all()),
    )
    own = rules(session, seal)
    monkeypatch.setattr(retention, "rules", lambda *_: [broken, *own])

    with pytest.raises(ExceptionGroup):
        nights.at(MONDAY)

    assert session.query(SignIn).count() == 0
    assert session.get_one(RetentionRun, TODAY).ended_at is None


def test_a_second_time_does_nothing_more(session: Session, nights: Nights) -> None:
    for table in AGED:
        a_row(session, table, MONDAY - 2000 * A_DAY)

    first, second = nights.at(MONDAY), nights.at(MONDAY)

    assert first["sign_in weg"] == 1
    assert second == {}
    assert session.get_one(RetentionRun, TODAY).done == first


def test_after_all_terms_no_row_of_people_is_left(session: Session, nights: Nights) -> None:
    """Of everybody, two years and a while after all of it happened, ten nights apart."""
    who = parties(session)
    loan = a_loan_that_ran(session, who)
    opgave = session.get_one(Opgave, loan.opgave_id)
    opgave.status, opgave.ended_at = OpgaveStatus.DONE, MONDAY + 2 * A_DAY
    talk = a_talk(session, "Hoi")
    talk.opgave.status, talk.opgave.ended_at = OpgaveStatus.WITHDRAWN, MONDAY
    for table in AGED:
        a_row(session, table, MONDAY)
    session.execute(text('UPDATE "user" SET signed_in_at = :now'), {"now": MONDAY})
    session.execute(text("UPDATE outbox_message SET relayed_at = :now"), {"now": MONDAY})
    session.execute(text("UPDATE job SET state = 'done'"))
    session.flush()

    while nights.now < MONDAY + 800 * A_DAY:
        nights.at(nights.now + 10 * A_DAY)
        session.execute(text("UPDATE outbox_message SET relayed_at = now()"))
        # The last mail to somebody goes, and with it the address.
        session.execute(text("DELETE FROM kept_address"))
        session.execute(text("DELETE FROM delivery WHERE kind = 'account_ended'"))

    left = {
        name: session.scalar(text(f'SELECT count(*) FROM "{name}"'))
        for name, table in OWN.tables.items()
        if table.whose and table.name not in {"audit_entry", "user", "opgave"}
    }
    assert {name: count for name, count in left.items() if count} == {}
    named = select(User.email).where(~User.email.endswith(f"@{NOWHERE}"))
    assert session.scalars(named).all() == []


def test_a_warning_comes_so_many_months_before() -> None:
    term = Term("x", "x", "x", Deed.REMOVED, months=12, warned=1)

    assert term.warned_before(MONDAY) == datetime(2025, 12, 23, 8, tzinfo=UTC)
