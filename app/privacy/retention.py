"""What is kept no longer than the dictionary says: at night, in small pieces, each saved apart.

A piece is chosen by what is there at that moment, so it can be done twice, beside another, or be
cut off halfway. Nothing here knows how long: that is for the dictionary.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, and_, exists, func, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.accounts.events import PersonAway
from app.accounts.models import User
from app.accounts.rules import NOWHERE, Away
from app.core import audit
from app.core.clock import dutch_day, dutch_time
from app.core.work import Work
from app.moderation import service as moderation
from app.people import service as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.privacy.dictionary import Deed, Term, dictionary, months_on
from app.privacy.export import Person
from app.privacy.leaving import leave, needed_for, nobody_of
from app.privacy.models import RetentionRun

# After this hour in Amsterdam, when matching has begun its night.
NIGHT_HOUR = 3
# So few that a piece takes far less than a second, with all that goes along.
ROWS_A_PIECE = 500
# Of what takes many rows along, and of people to whom something is told.
WHOLES_A_PIECE = 50
PEOPLE_A_PIECE = 20
# Whoever goes was told at least so long before, also when nothing ran for months.
TOLD_AHEAD = timedelta(weeks=4)

OpenWork = Callable[[], AbstractContextManager[Work]]
Seal = Callable[[str], str]


@dataclass(frozen=True)
class Standing:
    """What is over its time: how many rows, and since when the oldest counts."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True)
class Rule:
    """What is done with rows of one table by one term.

    `look` finds what is due, `act` does a piece of it and says how much; less than `most` means
    that nothing is left but what has to wait.
    """

    table: str
    term: Term
    deed: Deed
    look: Callable[[Session, datetime], Standing]
    act: Callable[[Work, datetime], int]
    most: int = 1
    # Of what counts before which moment it is due.
    due_before: Callable[[datetime], datetime] | None = None

    @property
    def name(self) -> str:
        return f"{self.table} {self.deed.value}"

    def before(self, now: datetime) -> datetime:
        return (self.due_before or self.term.over_before)(now)


# Since when the time of what hangs on an opgave counts: that it ended, or its last day to react
# when everybody was found. Until then nobody was told no for good.
CLOSING = """coalesce(opgave.ended_at, CASE WHEN opgave.status IN ('bezet', 'lopend')
  THEN (opgave.closes_on + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam' END)"""
CLOSED = f"(SELECT {CLOSING} FROM opgave WHERE opgave.id = one.opgave_id)"  # noqa: S608
# So that of all reactions only those are looked at.
OF_CLOSED = f"one.opgave_id IN (SELECT opgave.id FROM opgave WHERE {CLOSING} < :before)"  # noqa: S608
# Of whom there is an agreement the reaction belongs to that.
NOT_LENT = f"""{OF_CLOSED} AND NOT EXISTS (SELECT FROM loan
  WHERE loan.opgave_id = one.opgave_id AND loan.user_id = one.user_id)"""
# Who reacted may keep what was between the two for longer: that ends with the wish itself, which
# has a term of its own and goes first.
NOT_KEPT = f"""{NOT_LENT} AND NOT EXISTS (SELECT FROM kept_reaction kept
  WHERE kept.opgave_id = one.opgave_id AND kept.user_id = one.user_id)"""
# What waits for the judgement of a beheerder stays until then.
JUDGED_INVITATION = "SELECT FROM report WHERE invitation_id = one.id AND decided_at IS NULL"
JUDGED_MESSAGE = """SELECT FROM report JOIN message ON message.id = report.message_id
  WHERE message.conversation_id = one.id AND decided_at IS NULL"""
OVER = "(one.last_day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam'"
OVER_WORDS = "('beeindigd', 'afgesloten')"
OFF_WORDS = "('geweigerd', 'ingetrokken', 'afgezegd')"
HANGS_ON_OPGAVE = """(EXISTS (SELECT FROM loan WHERE loan.opgave_id = one.id)
  OR EXISTS (SELECT FROM hour_transfer WHERE hour_transfer.opgave_id = one.id))"""
HAS_WORDS = f"""(one.text <> '' OR NOT EXISTS (SELECT FROM "user"
  WHERE "user".id = one.owner_id AND "user".email LIKE '%@{NOWHERE}'))"""
# A fact is read as long as what it is about goes on, and a while after.
OF_NOTHING_NEAR = """NOT EXISTS (SELECT FROM opgave
  WHERE opgave.id::text = one.payload ->> 'opgave_id'
  AND (ended_at IS NULL OR ended_at >= :before))
AND NOT EXISTS (SELECT FROM loan WHERE loan.id::text = one.payload ->> 'loan_id'
  AND (last_day IS NULL OR last_day >= CAST(:before AS date)))
AND relayed_at IS NOT NULL
AND NOT EXISTS (SELECT FROM job WHERE job.fact_id = one.id AND state = 'pending')"""
# Of an opgave for which hours were booked no more is left than its title.
ALONG_WITH_OPGAVE = (
    "DELETE FROM published_answer WHERE opgave_id = ANY (:ids)",
    "DELETE FROM joint_opgave WHERE opgave_id = ANY (:ids)",
    "DELETE FROM joined_opgave WHERE opgave_id = ANY (:ids) OR with_id = ANY (:ids)",
    "DELETE FROM followed_opgave WHERE opgave_id = ANY (:ids)",
    "DELETE FROM asked_skill WHERE opgave_id = ANY (:ids)",
    """UPDATE opgave SET owner_id = :nobody, co_owner_id = NULL, submitted_by = NULL, text = '',
       in_return = '', atelier = '', sent_back_words = '' WHERE id = ANY (:ids)""",
)


def rules(session: Session, seal: Seal) -> list[Rule]:
    """In the order in which they are carried out; what this role may not do is left out."""
    own = [*_of_people(), *_of_opgaven(), *_of_loans(), *_of_mail(), *_of_log()]
    if audit.may_shorten(session):
        own.append(
            Rule(
                "audit_entry",
                _term("logboek"),
                Deed.REMOVED,
                _look_at_log,
                lambda work, before: audit.shorten(work.session, before, ROWS_A_PIECE, seal),
                ROWS_A_PIECE,
            )
        )
    return own


def standing(session: Session, seal: Seal, now: datetime) -> list[tuple[Rule, Standing]]:
    """What of each rule is due at this moment; nothing is changed."""
    return [(rule, rule.look(session, rule.before(now))) for rule in rules(session, seal)]


def tonight(open_work: OpenWork, seal: Seal, is_over: Callable[[], bool]) -> None:
    """Go on with this night until all is done, or until `is_over`; by day nothing is begun."""
    with open_work() as work:
        run = work.session.get(RetentionRun, work.today)
        if dutch_time(work.now).hour < NIGHT_HOUR or (run and run.ended_at):
            return
    retain(open_work, seal, is_over)


def retain(
    open_work: OpenWork, seal: Seal, is_over: Callable[[], bool] = lambda: False
) -> dict[str, int]:
    """Do all that is due, piece by piece; of each rule how much.

    A rule that fails does not stop the others: an `ExceptionGroup` tells of them afterwards, and
    the night has not ended.
    """
    done: dict[str, int] = {}
    failed: list[Exception] = []
    with open_work() as work:
        night = work.today
        begun = insert(RetentionRun).values(night=night, began_at=work.now, done={}, waiting={})
        work.session.execute(begun.on_conflict_do_nothing())
        to_do = rules(work.session, seal)
    for rule in to_do:
        try:
            for count in _pieces(rule, open_work, night, is_over):
                done[rule.name] = done.get(rule.name, 0) + count
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup("rules that failed", failed)
    if not is_over():
        with open_work() as work:
            run = work.fetch_to_change(RetentionRun, night)
            run.ended_at, run.waiting = work.now, {}
            for rule, left in standing(work.session, seal, work.now):
                if left.count:
                    run.waiting = run.waiting | {rule.name: left.count}
    return done


def last_run(session: Session) -> RetentionRun | None:
    return session.scalar(select(RetentionRun).order_by(RetentionRun.night.desc()).limit(1))


def _pieces(
    rule: Rule, open_work: OpenWork, night: date, is_over: Callable[[], bool]
) -> Iterator[int]:
    while not is_over():
        with open_work() as work:
            count = rule.act(work, rule.before(work.now))
            if count:
                run = work.fetch_to_change(RetentionRun, night)
                run.done = run.done | {rule.name: run.done.get(rule.name, 0) + count}
        yield count
        if count < rule.most:
            return


def _of_people() -> list[Rule]:
    hidden, gone = _term("onzichtbaar"), _term("bezoek")
    told = (
        (Away.GONE_SOON, gone, gone.warned_before),
        (Away.HIDDEN, hidden, hidden.over_before),
        (Away.HIDDEN_SOON, hidden, hidden.warned_before),
    )
    return [
        # Who gets more than one of these hears the last alone.
        *(
            Rule(
                "user",
                term,
                Deed.TOLD,
                partial(_look_at_people, _is_to_be_told(away)),
                partial(_tell, away),
                PEOPLE_A_PIECE,
                before,
            )
            for away, term, before in told
        ),
        Rule(
            "profile",
            hidden,
            Deed.HIDDEN,
            partial(_look_at_people, _has_profile()),
            _hide,
            PEOPLE_A_PIECE,
        ),
        Rule("user", gone, Deed.REMOVED, partial(_look_at_people, _was_told()), _let_go),
        _rows("user_session", "sessie", "one.expires_at"),
        _rows("sign_in", "inloglink", "one.asked_at"),
        _rows("kept_address", "uitnodiging", "one.kept_at"),
        _rows("access_request", "aanvraag", "coalesce(one.decided_at, one.asked_at)"),
    ]


def _of_opgaven() -> list[Rule]:
    opgave = _term("opgave")
    ended = "one.ended_at"
    return [
        _rows(
            "published_answer",
            "vraag",
            CLOSED,
            f"{OF_CLOSED} AND num_nonnulls(one.conversation_id, one.published_by) > 0",
            makes="conversation_id = NULL, published_by = NULL",
        ),
        _rows("kept_reaction", "bewaard", CLOSED, OF_CLOSED),
        _rows("response", "reactie", CLOSED, NOT_KEPT),
        _rows("outcome", "reactie", CLOSED, NOT_KEPT),
        _rows("invitation", "reactie", CLOSED, f"{NOT_KEPT} AND NOT EXISTS ({JUDGED_INVITATION})"),
        _rows(
            "conversation",
            "reactie",
            CLOSED,
            f"{NOT_KEPT} AND NOT EXISTS ({JUDGED_MESSAGE})",
            most=WHOLES_A_PIECE,
        ),
        _rows(
            "loan",
            "reactie",
            CLOSED,
            f"{OF_CLOSED} AND one.state IN {OFF_WORDS}",
            most=WHOLES_A_PIECE,
        ),
        _rows("opgave", "opgave", ended, f"NOT {HANGS_ON_OPGAVE}", most=WHOLES_A_PIECE),
        Rule(
            "opgave",
            opgave,
            Deed.NAMELESS,
            partial(_look, _old("opgave", ended, f"{HANGS_ON_OPGAVE} AND {HAS_WORDS}"), ended),
            _take_names,
            WHOLES_A_PIECE,
        ),
        _rows(
            "joint",
            "opgave",
            "one.begun_at",
            "NOT EXISTS (SELECT FROM joint_opgave WHERE joint_id = one.id)",
        ),
    ]


def _of_loans() -> list[Rule]:
    return [
        _rows("loan", "inzet", OVER, f"one.state IN {OVER_WORDS}", most=WHOLES_A_PIECE),
        _rows("lent_week", "inzet", "(one.monday + 7)::timestamp AT TIME ZONE 'Europe/Amsterdam'"),
    ]


def _of_mail() -> list[Rule]:
    day = "(one.day + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam'"
    return [
        _rows("delivery", "post", "one.created_at"),
        _rows("notice", "post", "one.told_at"),
        _rows("mail_allowance", "post", day),
    ]


def _of_log() -> list[Rule]:
    return [
        Rule(
            "report",
            _term("toezicht"),
            Deed.REMOVED,
            lambda session, before: Standing(*moderation.over_since(session, before)),
            moderation.forget,
            moderation.REPORTS_A_PIECE,
        ),
        _rows("outbox_message", "feit", "one.occurred_at", OF_NOTHING_NEAR),
    ]


def _rows(
    table: str,
    term: str,
    since: str,
    also: str = "TRUE",
    makes: str = "",
    most: int = ROWS_A_PIECE,
) -> Rule:
    """Rows of which the time counts from `since`, removed or, with `makes`, made nameless."""
    old = _old(table, since, also)
    deed = f'UPDATE "{table}" SET {makes}' if makes else f'DELETE FROM "{table}"'  # noqa: S608
    # Who holds a row just now is not waited for: the next night comes.
    piece = (
        f"{deed} WHERE ctid IN (SELECT one.ctid {old} LIMIT :most FOR UPDATE OF one SKIP LOCKED)"
    )
    return Rule(
        table,
        _term(term),
        Deed.NAMELESS if makes else Deed.REMOVED,
        partial(_look, old, since),
        partial(_do, piece, most),
        most,
    )


def _old(table: str, since: str, also: str) -> str:
    return f'FROM "{table}" one WHERE {since} < :before AND {also}'


def _look(old: str, since: str, session: Session, before: datetime) -> Standing:
    # nosemgrep: sql-of-values (constants of the rules above)
    found = session.execute(text(f"SELECT count(*), min({since}) {old}"), {"before": before})
    return Standing(*found.one())


def _do(piece: str, most: int, work: Work, before: datetime) -> int:
    found = work.session.execute(text(piece), {"before": before, "most": most})
    return cast(CursorResult[Any], found).rowcount


def _look_at_people(also: ColumnElement[bool], session: Session, before: datetime) -> Standing:
    found = select(func.count(), func.min(User.signed_in_at)).where(*_stays_away(before), also)
    return Standing(*session.execute(found).one())


def _stays_away(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Not who is invented for the demo, and not who left."""
    is_somebody = ~User.email.endswith(f"@{NOWHERE}")
    return User.signed_in_at < before, User.is_demo.is_(False), is_somebody


def _has_profile() -> ColumnElement[bool]:
    return exists().where(Profile.user_id == User.id, Profile.state == ProfileState.PUBLISHED)


def _is_to_be_told(away: Away) -> ColumnElement[bool]:
    of_whom = _has_profile() if away is Away.HIDDEN_SOON else true()
    return and_(User.told_away < away, of_whom)


def _was_told() -> ColumnElement[bool]:
    return User.told_away == Away.GONE_SOON


def _tell(away: Away, work: Work, before: datetime) -> int:
    found = select(User).where(*_stays_away(before), _is_to_be_told(away))
    absent = work.session.scalars(found.order_by(User.id).limit(PEOPLE_A_PIECE)).all()
    for user in absent:
        is_hidden = away is Away.HIDDEN and people.hide_unused(work, user.id)
        hidden_on, gone_on = (
            max(months_on(dutch_day(user.signed_in_at), _term(name).months), work.today + ahead)
            for name, ahead in (("onzichtbaar", timedelta()), ("bezoek", TOLD_AHEAD))
        )
        told = PersonAway(
            user_id=user.id,
            away=away.value,
            has_profile=is_hidden or away is Away.HIDDEN_SOON,
            hidden_on=hidden_on,
            gone_on=gone_on,
        )
        accounts.tell_away(work.of_itself(), told)
    return len(absent)


def _hide(work: Work, before: datetime) -> int:
    found = select(User.id).where(*_stays_away(before), _has_profile())
    absent = work.session.scalars(found.order_by(User.id).limit(PEOPLE_A_PIECE)).all()
    return sum(people.hide_unused(work, user_id) for user_id in absent)


def _let_go(work: Work, before: datetime) -> int:
    """One, of whom nobody needs anything any more."""
    told_before = work.now - TOLD_AHEAD
    found = select(User.id, User.email).where(
        *_stays_away(before), _was_told(), User.told_away_at <= told_before
    )
    for user_id, email in work.session.execute(found.order_by(User.signed_in_at, User.id)).all():
        if not needed_for(work.session, Person(user_id, email)):
            leave(work, user_id, of_itself=True)
            return 1
    return 0


def _take_names(work: Work, before: datetime) -> int:
    old = _old("opgave", "one.ended_at", f"{HANGS_ON_OPGAVE} AND {HAS_WORDS}")
    piece = f"SELECT one.gemeente_code, one.id {old} ORDER BY one.gemeente_code LIMIT :most"
    found = work.session.execute(text(piece), {"before": before, "most": WHOLES_A_PIECE}).all()
    for code, same in groupby(found, key=lambda row: row.gemeente_code):
        told = {"ids": [row.id for row in same], "nobody": nobody_of(work, code).id}
        for statement in ALONG_WITH_OPGAVE:
            named = {name: value for name, value in told.items() if f":{name}" in statement}
            work.session.execute(text(statement), named)
    return len(found)


def _look_at_log(session: Session, before: datetime) -> Standing:
    return Standing(*audit.older_than(session, before))


def _term(name: str) -> Term:
    return dictionary().terms[name]
