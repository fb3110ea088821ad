"""When a digest is due, how long a mail may wait, and which states it goes through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from hashlib import sha256
from itertools import chain
from random import Random

from app.accounts.rules import SIGN_IN_LINK_LIVES
from app.core.clock import AMSTERDAM, dutch_time
from app.core.faults import Fault, length_fault
from app.vocabulary.rules import LABEL_LIMIT, Theme, normalise

DIGEST_HOUR = 7
# A digest that could not be made before this hour waits for the next day; its news goes with it.
DIGEST_LAST_HOUR = 10
# A turn of so many takes a part of a second, and what it holds in memory is the same at any size.
PEOPLE_A_TURN = 1_000
MOST_ATTEMPTS = 12
# Tries in a row that ended before a relay heard of them: our own fault, and waiting mends nothing.
MOST_FAULTS = 3
FIRST_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=6)
LEASE = timedelta(seconds=60)
# An answer that stays out longer than this will not come; then the mail may or may not be there.
ANSWER_WAIT = timedelta(seconds=90)
MOST_MATCHES = 5
LONGEST_PAUSE = timedelta(days=366)
PAUSE_IS_OVER = "Kies een dag die nog komt."
PAUSE_IS_LONG = "Kies een dag binnen een jaar."


# Skills that somebody leaves out of the news.
MOST_LEFT_OUT = 30
TOO_MANY_LEFT_OUT = (
    f"Je kunt hoogstens {MOST_LEFT_OUT} vaardigheden weglaten. Haal er eerst een weg."
)
NO_WORD = "Gebruik letters of cijfers."


class Frequency(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Weekday(IntEnum):
    """As ISO 8601 counts them."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5
    SATURDAY = 6
    SUNDAY = 7


QUIET_FROM = 19
# The option of a connection to the database that says whether the house keeps to them.
QUIET_HOURS = "quiet_hours"
WORKDAYS = range(Weekday.MONDAY, Weekday.SATURDAY)
# Mails that go at once: to somebody on a day, to them about one opgave on a day, and the people
# who ever got one about an opgave. What is more waits for a digest.
MOST_A_DAY = 5
MOST_OF_OPGAVE_A_DAY = 1
MOST_PEOPLE_OF_OPGAVE = 200
# Mails about messages in conversations, to somebody on a day; counted apart from the others.
MOST_MESSAGES_A_DAY = 20
# What stands of a run of messages in one mail.
MOST_MESSAGES_IN_MAIL = 5
# For who chose nothing.
DEFAULT_FREQUENCY = Frequency.WEEKLY
DEFAULT_WEEKDAY = Weekday.MONDAY


class NoticeKind(StrEnum):
    OPGAVE_FOR_YOU = "opgave_for_you"
    COLLEAGUE_FOR_OPGAVE = "colleague_for_opgave"
    INTEREST_SHOWN = "interest_shown"
    REVIEW_ASKED = "review_asked"
    SENT_BACK = "sent_back"
    ALLOWED = "allowed"
    HANDED_OVER = "handed_over"
    TAKEN_OVER = "taken_over"
    CO_OWNER_NAMED = "co_owner_named"
    EXPIRED = "expired"
    OPGAVE_JOINED = "opgave_joined"
    JOINT_ASKED = "joint_asked"
    JOINT_AGREED = "joint_agreed"
    JOINT_LEFT = "joint_left"
    FOLLOWED_ENDED = "followed_ended"
    MESSAGE_WRITTEN = "message_written"
    INVITED = "invited"
    INVITATION_ENDED = "invitation_ended"
    LOAN_MOVED = "loan_moved"
    QUESTION_PUBLISHED = "question_published"
    ANSWER_DUE = "answer_due"
    ANSWER_LATE = "answer_late"
    OUTCOME = "outcome"
    GIVEN_BACK = "given_back"
    OPENED_AGAIN = "opened_again"
    LIMIT_REACHED = "limit_reached"
    YEAR_SETTLED = "year_settled"
    INVITATION_TAKEN_BACK = "invitation_taken_back"
    ASKER_LEFT = "asker_left"


class Family(StrEnum):
    """What somebody can choose a road for."""

    MATCHES = "matches"
    COLLEAGUES = "colleagues"
    RESPONSES = "responses"
    OWN = "own"
    TOGETHER = "together"
    MESSAGES = "messages"
    INVITATIONS = "invitations"
    LOANS = "loans"
    OUTCOMES = "outcomes"
    URENBANK = "urenbank"


class Channel(StrEnum):
    """Along which road news comes; in the inbox it always stands."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    INBOX = "inbox"


# The roads that a family may take; the first is for who chose nothing.
ROADS = {
    Family.MATCHES: (Channel.DIGEST, Channel.INBOX),
    Family.COLLEAGUES: (Channel.DIGEST, Channel.INBOX),
    Family.RESPONSES: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
    # Who hands it in and who looks wait for each other; what else happens goes with the digest.
    Family.OWN: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
    Family.TOGETHER: (Channel.DIGEST, Channel.INBOX),
    Family.MESSAGES: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
    Family.INVITATIONS: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
    # What a party must act on is mailed as well, whatever they choose here.
    Family.LOANS: (Channel.DIGEST, Channel.INBOX),
    Family.OUTCOMES: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
    Family.URENBANK: (Channel.AT_ONCE, Channel.DIGEST, Channel.INBOX),
}


class MailKind(StrEnum):
    SIGN_IN = "sign_in"
    ACCESS_ASKED = "access_asked"
    ACCESS_DECIDED = "access_decided"
    FACTOR_CHANGED = "factor_changed"
    IDENTITY_JOINED = "identity_joined"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    ACCOUNT_ENDED = "account_ended"
    ACCOUNT_UNUSED = "account_unused"
    COLLEAGUE_INVITED = "colleague_invited"
    SHUT_OUT = "shut_out"
    ROLE_ENDING = "role_ending"
    ROLE_PROPOSED = "role_proposed"
    TAKEOVER = "takeover"
    LOAN = "loan"
    HANDED_OVER = "handed_over"
    ANSWER_RETURNED = "answer_returned"
    REPORT_MADE = "report_made"
    REPORT_DECIDED = "report_decided"
    INTEREST_SHOWN = "interest_shown"
    MESSAGE = "message"
    INVITATION = "invitation"
    OUTCOME = "outcome"
    ANSWER_AWAITED = "answer_awaited"
    URENBANK = "urenbank"
    REVIEW = "review"
    DIGEST = "digest"


@dataclass(frozen=True)
class MailRule:
    """How long a mail may wait, and whether it may come twice when nobody knows that it came.

    What `lets_in` is tried at any hour and at every address, also one from which mail came back.
    """

    lives: timedelta
    may_repeat: bool
    lets_in: bool = False


MAIL_RULES = {
    MailKind.SIGN_IN: MailRule(SIGN_IN_LINK_LIVES, may_repeat=True, lets_in=True),
    MailKind.ACCESS_ASKED: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    MailKind.ACCESS_DECIDED: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    # Who did not do it is warned at any hour.
    MailKind.FACTOR_CHANGED: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    MailKind.IDENTITY_JOINED: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    MailKind.SIGNED_IN_ELSEWHERE: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    # The last that somebody hears of us; and the sooner it goes, the sooner the address does.
    MailKind.ACCOUNT_ENDED: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    MailKind.COLLEAGUE_INVITED: MailRule(timedelta(days=3), may_repeat=True),
    # Of what changed already, and the only one that who is kept out still gets.
    MailKind.SHUT_OUT: MailRule(timedelta(hours=48), may_repeat=True, lets_in=True),
    # Nothing follows for weeks; who comes back meanwhile gets none.
    MailKind.ACCOUNT_UNUSED: MailRule(timedelta(days=3), may_repeat=True),
    MailKind.ROLE_ENDING: MailRule(timedelta(days=3), may_repeat=True),
    MailKind.ROLE_PROPOSED: MailRule(timedelta(days=3), may_repeat=True),
    MailKind.TAKEOVER: MailRule(timedelta(days=3), may_repeat=True),
    # Somebody may be waited for; the link does the same however often it comes.
    MailKind.LOAN: MailRule(timedelta(days=3), may_repeat=True),
    MailKind.HANDED_OVER: MailRule(timedelta(days=3), may_repeat=True),
    MailKind.ANSWER_RETURNED: MailRule(timedelta(hours=48), may_repeat=True),
    MailKind.REPORT_MADE: MailRule(timedelta(hours=48), may_repeat=True),
    MailKind.REPORT_DECIDED: MailRule(timedelta(days=3), may_repeat=True),
    # What did not come for sure is told in the next digest.
    MailKind.INTEREST_SHOWN: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.MESSAGE: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.INVITATION: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.OUTCOME: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.ANSWER_AWAITED: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.URENBANK: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.REVIEW: MailRule(timedelta(hours=48), may_repeat=False),
    MailKind.DIGEST: MailRule(timedelta(hours=12), may_repeat=False),
}
# About loans, to an address that has no account: whoever names a manager may name anybody.
MOST_TO_MANAGER_AN_HOUR = 3
# The occasion of the mail that tells that something is there again after a report.
PUT_BACK = "put back"
NEXT_ONE_TELLS = "Er staat al een nieuwer overzicht klaar. Dat vertelt ook wat hierin stond."
LINK_IS_OVER = "De link in deze mail werkt niet meer. Wie wil inloggen, vraagt een nieuwe aan."
# What somebody waits for has a road of its own, and goes rather twice than not at all.
URGENT = frozenset(kind for kind, rule in MAIL_RULES.items() if rule.may_repeat)
# What lets somebody in goes before all else on that road.
LETS_IN = frozenset(kind for kind, rule in MAIL_RULES.items() if rule.lets_in)
# What is planned for a morning when it is quiet.
WAITS_FOR_MORNING = frozenset(MailKind) - LETS_IN - {MailKind.DIGEST}
# News that does not wait for a digest, with the family for which somebody can end it.
AT_ONCE = {
    MailKind.INTEREST_SHOWN: Family.RESPONSES,
    MailKind.MESSAGE: Family.MESSAGES,
    MailKind.INVITATION: Family.INVITATIONS,
    MailKind.OUTCOME: Family.OUTCOMES,
    MailKind.ANSWER_AWAITED: Family.RESPONSES,
    MailKind.URENBANK: Family.URENBANK,
    MailKind.REVIEW: Family.OWN,
}
# What somebody hears step by step of an opgave, of their own road to it or of its review: the next
# step may follow on the same day, so that of these more than one may go about one opgave.
STEP_BY_STEP = frozenset({MailKind.INVITATION, MailKind.OUTCOME, MailKind.REVIEW})
# Written of one notice. Who is handed an opgave cannot end that mail: people wait for them.
OF_ONE_NOTICE = frozenset({*AT_ONCE, MailKind.HANDED_OVER})
# What a notice tells too: such a mail that did not come is told by the next digest.
TELLS_OF_NOTICE = OF_ONE_NOTICE | {MailKind.LOAN}


class DeliveryState(StrEnum):
    """Where a mail is; `UNKNOWN` means that nobody can tell whether the relay took it."""

    PENDING = "pending"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


# Nobody knows yet what becomes of it.
ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.SUBMITTING)
MAY_HAVE_ARRIVED = (DeliveryState.SUBMITTING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN)


class RunState(StrEnum):
    """How far the planning of digests is."""

    EXPANDING = "expanding"
    EXPANDED = "expanded"


@dataclass(frozen=True)
class Due:
    """Which people a digest is for on this day."""

    period: str
    weekday: Weekday


def digest_due(now: datetime) -> Due | None:
    """The digest to plan at this moment, or None outside the hours for it."""
    here = dutch_time(now)
    if not DIGEST_HOUR <= here.hour < DIGEST_LAST_HOUR:
        return None
    return due_on(here.date())


def due_on(day: date) -> Due:
    return Due(period=day.isoformat(), weekday=Weekday(day.isoweekday()))


def wants_on(frequency: Frequency, chosen: Weekday, day: Weekday) -> bool:
    """Whether somebody with this preference gets a digest on that day."""
    if frequency is Frequency.DAILY:
        return True
    return frequency is Frequency.WEEKLY and chosen is day


def morning_of(day: date) -> datetime:
    """Seven o'clock in Amsterdam on that day."""
    return datetime.combine(day, time(DIGEST_HOUR), AMSTERDAM)


def is_quiet(moment: datetime) -> bool:
    """In the evening, at night and in the weekend no mail goes that nobody asked for."""
    here = dutch_time(moment)
    return here.isoweekday() not in WORKDAYS or not DIGEST_HOUR <= here.hour < QUIET_FROM


def digest_lives(moment: datetime) -> timedelta:
    """Until the evening: one that could not go by then is left to the next, with its news.

    Who has one made in the evening or at night wants it then.
    """
    evening = datetime.combine(dutch_time(moment).date(), time(QUIET_FROM), AMSTERDAM)
    return evening - moment if moment < evening else lives(MailKind.DIGEST)


def next_morning(moment: datetime) -> datetime:
    """The first seven o'clock of a working day after this moment."""
    today = dutch_time(moment).date()
    days = (today + timedelta(days=ahead) for ahead in range(4))
    mornings = (morning_of(day) for day in days if day.isoweekday() in WORKDAYS)
    return next(morning for morning in mornings if morning > moment)


def pause_faults(until: date | None, today: date) -> list[Fault]:
    """Whether digests can stay away until that day."""
    if until is None or today < until <= today + LONGEST_PAUSE:
        return []
    said = PAUSE_IS_OVER if until <= today else PAUSE_IS_LONG
    return [Fault("paused_until", said)]


@dataclass(frozen=True)
class LeftOut:
    """Of what somebody wants no news; the matches themselves stay."""

    themes: tuple[Theme, ...] = ()
    # In their own words.
    skills: tuple[str, ...] = ()

    def faults(self) -> list[Fault]:
        if len(self.skills) > MOST_LEFT_OUT:
            return [Fault("skill", TOO_MANY_LEFT_OUT)]
        wordless = [Fault("skill", NO_WORD) for skill in self.skills if not normalise(skill)]
        tries = (length_fault("skill", skill, LABEL_LIMIT) for skill in self.skills)
        return wordless + list(chain.from_iterable(tries))


@dataclass(frozen=True)
class MailChoice:
    """All that somebody chose about mail."""

    frequency: Frequency
    weekday: Weekday
    paused_until: date | None
    roads: Mapping[Family, Channel]
    left_out: LeftOut

    @property
    def version(self) -> str:
        """The same for the same choice, however it came about."""
        words = (
            self.frequency.value,
            self.weekday.value,
            self.paused_until and self.paused_until.isoformat(),
            sorted(f"{family}:{road}" for family, road in self.roads.items()),
            sorted(set(self.left_out.themes)),
            sorted({normalise(skill) for skill in self.left_out.skills}),
        )
        return sha256(repr(words).encode()).hexdigest()[:16]


def next_digest(
    frequency: Frequency, chosen: Weekday, now: datetime, paused_until: date | None = None
) -> datetime | None:
    """The first morning to come on which somebody with this preference may get a digest."""
    today = dutch_time(now).date()
    first = max(today, paused_until or today)
    days = (first + timedelta(days=ahead) for ahead in range(8))
    mornings = (morning_of(day) for day in days if wants_on(frequency, chosen, due_on(day).weekday))
    return next((morning for morning in mornings if morning > now), None)


def wait_after(attempts: int, chance: Random) -> timedelta:
    """How long a mail waits after a refusal "for now": longer each time, never all at once."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * int(2 ** min(attempts - 1, 10)))
    return longest * chance.uniform(0.5, 1.5)


def lives(kind: MailKind) -> timedelta:
    return MAIL_RULES[kind].lives
