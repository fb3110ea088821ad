"""What three parties agree on, who may sign it, and which states a loan of hours goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from app.core.dutch import dutch_date
from app.core.faults import Fault, day_fault, length_fault, range_fault
from app.core.rights import MATRIX, Right, Scope
from app.core.workdays import monday_of, next_workday, workday_from

MOST_HOURS = 40
# Somebody may work longer in one week than was agreed.
MOST_MINUTES = 60 * 60
# A busy week is no mistake, and nobody is asked about it: half as much again, or a day more.
MOST_MORE, A_DAY_OF_WORK = 0.5, 8
LONGEST_DAYS = 3 * 366
# Work may begin before all of it is written down, but not long before.
LONGEST_AGO = timedelta(days=92)
# What lies further ahead is mostly a slip in the year, and asked back.
BEGINS_WITHIN = timedelta(days=366)
BACK_WITHIN = timedelta(days=31)
GOAL_LIMIT = 500
WORDS_LIMIT = 1_000
NAME_LIMIT = 100
# Who has more to say than this meets.
MOST_REMARKS = 100
EMAIL_LIMIT = 254
MOST_EUROS = Decimal(250)
A_WEEK = timedelta(weeks=1)
# Talked about in time to find a follow-up, or to let somebody go back without haste.
END_TALK_BEFORE = timedelta(weeks=4)
END_TALK_TOLD_BEFORE = timedelta(weeks=1)


class Party(StrEnum):
    """Whose signature it is; in law: gedetacheerde, werkgever and opdrachtgever."""

    PROFESSIONAL = "professional"
    LENDER = "uitlener"
    BORROWER = "inlener"


# In which part somebody has to do with a loan, by the scope of the rights that gives them.
PARTS = {Scope.OWN: Party.PROFESSIONAL, Scope.TEAM: Party.LENDER, Scope.GEMEENTE: Party.BORROWER}


def parties_with(right: Right) -> frozenset[Party]:
    """Which parties of a loan have this right in it."""
    return frozenset(PARTS[cell] for cell in MATRIX[right].cells.values() if cell in PARTS)


class CostBasis(StrEnum):
    CLOSED_PURSE = "gesloten_beurs"
    COST = "kosten"
    NONE = "geen"


class LoanState(StrEnum):
    ASKED = "gevraagd"
    ACTIVE = "lopend"
    ENDED = "beeindigd"
    CLOSED = "afgesloten"
    REFUSED = "geweigerd"
    WITHDRAWN = "ingetrokken"
    CALLED_OFF = "afgezegd"


NEXT: dict[LoanState, frozenset[LoanState]] = {
    LoanState.ASKED: frozenset({LoanState.ACTIVE, LoanState.REFUSED, LoanState.WITHDRAWN}),
    LoanState.ACTIVE: frozenset({LoanState.ENDED, LoanState.CALLED_OFF}),
    LoanState.ENDED: frozenset({LoanState.CLOSED}),
    LoanState.CLOSED: frozenset(),
    LoanState.REFUSED: frozenset(),
    LoanState.WITHDRAWN: frozenset(),
    LoanState.CALLED_OFF: frozenset(),
}
UNDER_WAY = (LoanState.ASKED, LoanState.ACTIVE)
# Whose last day has passed.
OVER = (LoanState.ENDED, LoanState.CLOSED)
# What did not go on, so that the same can be asked anew.
OFF = (LoanState.REFUSED, LoanState.WITHDRAWN, LoanState.CALLED_OFF)
# Between whom the hours are: the lender reads along.
CLOSERS = (Party.PROFESSIONAL, Party.BORROWER)
# Who says nothing is not waited for longer, and then nobody.
REPORT_AFTER = timedelta(days=10)
CLOSES_AFTER = timedelta(days=30)
# After so long a silence the clock reports it done, in the place of them.
SILENT_AFTER = timedelta(days=30)
# After the first feedback the other has so long; then what there is can be read.
FEEDBACK_BLIND = timedelta(days=14)
# So long after the last day who gave none is asked once more, and never long after.
FEEDBACK_ASKED_AFTER = timedelta(days=7)
FEEDBACK_ASKED_BEFORE = timedelta(days=60)

FROM_TODAY = "Kies een dag vanaf vandaag, en uiterlijk {last_day}."
# What somebody reads who asks for a step that does not fit the state.
NO_SUCH_STEP = {
    LoanState.ASKED: "Deze aanvraag wacht nog op handtekeningen.",
    LoanState.ACTIVE: "Deze inzet loopt al.",
    LoanState.ENDED: "Deze inzet is beëindigd en kan niet meer veranderen.",
    LoanState.CLOSED: "Deze inzet is afgesloten en kan niet meer veranderen.",
    LoanState.REFUSED: "Deze aanvraag is geweigerd en kan niet meer veranderen.",
    LoanState.WITHDRAWN: "Deze aanvraag is ingetrokken en kan niet meer veranderen.",
    LoanState.CALLED_OFF: "Deze inzet gaat niet door en kan niet meer veranderen.",
}
FELL_WITH_OPGAVE = "Deze aanvraag stopte met de opgave en kan niet meer veranderen."


class Again(StrEnum):
    """Whether somebody would do it once more."""

    YES = "ja"
    MAYBE = "misschien"
    NO = "nee"


class Showed(StrEnum):
    """What the borrower saw of one skill that the opgave asks."""

    SHOWN = "laten_zien"
    GROWING = "in_ontwikkeling"
    NOT_ASKED = "niet_aan_de_orde"


class Reason(StrEnum):
    """Why a party says no, or ends it early."""

    TOO_BUSY = "te_druk"
    OTHER_PRIORITY = "andere_prioriteit"
    HOURS = "uren"
    PERIOD = "periode"
    COSTS = "kosten"
    FITS_LESS = "past_minder"
    SOMEBODY_ELSE = "iemand_anders"
    WORK_IS_DONE = "werk_klaar"
    # Said by the house itself.
    OPGAVE_ENDED = "opgave_voorbij"
    OTHER = "anders"


# What a party can choose.
REASONS_TO_CHOOSE = tuple(reason for reason in Reason if reason is not Reason.OPGAVE_ENDED)


@dataclass(frozen=True)
class TermsDraft:
    """What the parties agree on; hours are whole hours a week, days are the last ones meant."""

    hours_per_week: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    # The first day on which the professional is back for all hours.
    returns_on: date | None = None
    cost_basis: CostBasis = CostBasis.CLOSED_PURSE
    euros_per_hour: Decimal | None = None
    learning_goal: str = ""
    words: str = ""


@dataclass(frozen=True)
class Asked:
    """What the professional fills in: the terms, and who decides at the own gemeente."""

    terms: TermsDraft
    manager_name: str = ""
    manager_email: str = ""


@dataclass(frozen=True)
class Manager:
    """Who speaks for the lender: whoever reads the mail at this address."""

    email: str


@dataclass(frozen=True)
class NamedManager:
    """Who decides for the lender, as the professional writes it down."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why somebody says no; the words are for when the reason says too little."""

    reason: Reason | None = None
    words: str = ""


def may_name_another(state: LoanState, *, is_unreached: bool, has_signed: bool) -> bool:
    """Nobody is passed over: only who cannot be reached, or has not decided yet."""
    if not NEXT[state]:
        return False
    return is_unreached or (state is LoanState.ASKED and not has_signed)


# Of a loan whose professional ended their account; that of the gemeente went with it.
NOBODY_LEFT = "Deze collega heeft geen account meer; wat jullie terugkeken is weg."


@dataclass(frozen=True)
class FeedbackDraft:
    """How it went, in few answers; words are for who wants to say more."""

    again: Again | None = None
    went_well: str = ""
    different: str = ""
    # Of the professional: what came of the learning goal.
    goal_words: str = ""
    # Of the borrower: per skill, by the word of the opgave.
    skills: Mapping[str, Showed] = field(default_factory=dict)


def feedback_faults(draft: FeedbackDraft) -> list[Fault]:
    found = length_fault("went_well", draft.went_well, WORDS_LIMIT)
    found += length_fault("different", draft.different, WORDS_LIMIT)
    if draft.again is None:
        found.append(Fault("again", "Kies wat het meest past."))
    return found + length_fault("goal_words", draft.goal_words, GOAL_LIMIT)


def reply_faults(words: str) -> list[Fault]:
    return length_fault("words", words, WORDS_LIMIT, "Schrijf wat je wilt zeggen.")


def faults(draft: TermsDraft, today: date, known_start: date | None = None) -> list[Fault]:
    """Everything that stands in the way of signing these terms.

    What is on the table, or runs, may keep the first day that it has.
    """
    found = range_fault("hours_per_week", draft.hours_per_week, 1, MOST_HOURS)
    found += _days_faults(draft, today, known_start)
    found += _costs_faults(draft)
    found += length_fault("learning_goal", draft.learning_goal, GOAL_LIMIT)
    return found + length_fault("words", draft.words, WORDS_LIMIT)


def odd_days(draft: TermsDraft, known: TermsDraft | None, today: date) -> list[Fault]:
    """Days that may be a slip; not those that stand in the `known` terms already."""
    starts_on, ends_on, returns_on = days = draft.starts_on, draft.ends_on, draft.returns_on
    if known is not None and days == (known.starts_on, known.ends_on, known.returns_on):
        return []
    found = []
    if starts_on is not None and starts_on > today + BEGINS_WITHIN:
        found.append(Fault("starts_on", "Dat is over meer dan een jaar. Klopt dat?"))
    if ends_on is not None and returns_on is not None and returns_on > ends_on + BACK_WITHIN:
        said = "Dat is meer dan een maand na de laatste dag. Klopt dat?"
        found.append(Fault("returns_on", said))
    return found


def refusal_faults(refusal: Refusal) -> list[Fault]:
    if refusal.reason is None:
        return [Fault("reason", "Kies een reden. Dan weet de ander waar het aan ligt.")]
    needed = "Vertel in een paar woorden waarom." if refusal.reason is Reason.OTHER else ""
    return length_fault("words", refusal.words, WORDS_LIMIT, needed)


def remark_faults(words: str) -> list[Fault]:
    return length_fault("words", words, WORDS_LIMIT, "Schrijf je vraag of je antwoord.")


def objection_faults(words: str) -> list[Fault]:
    return length_fault("words", words, WORDS_LIMIT, "Schrijf wat er niet klopt.")


def return_faults(returned_on: date | None, last_day: date | None) -> list[Fault]:
    if returned_on is None:
        return [Fault("returned_on", "Vul in wanneer je weer helemaal terug bent.")]
    return _back_faults("returned_on", returned_on, last_day)


def end_faults(
    agreed: date, last_day: date | None, returns_on: date | None, today: date
) -> list[Fault]:
    """What is wrong with a last day that comes earlier; no day of return is none."""
    if last_day is None or not today <= last_day <= agreed:
        return [Fault("last_day", FROM_TODAY.format(last_day=dutch_date(agreed)))]
    return _back_faults("returns_on", returns_on, last_day) if returns_on else []


@dataclass(frozen=True)
class Room:
    """What a limit leaves of borrowed hours, and what terms may ask of it at most; in minutes."""

    left: int
    asked: int

    @property
    def fits(self) -> bool:
        return self.asked <= self.left


def has_begun(starts_on: date, worked: Mapping[date, int], today: date) -> bool:
    """Whether its first day has come, or there was work before that was put on a later day."""
    return starts_on <= today or any(worked.values())


def most_minutes(hours_per_week: int, starts_on: date, last_day: date) -> int:
    """When every week of a loan is worked in full."""
    return len(mondays_of(starts_on, last_day)) * hours_per_week * 60


def is_far_above(minutes: int, hours_per_week: int) -> bool:
    """Whether so much was worked in a week that it may be a slip, next to what was agreed."""
    more = min(hours_per_week * MOST_MORE, A_DAY_OF_WORK)
    return minutes > (hours_per_week + more) * 60


def hours_mark(weeks: Mapping[date, int]) -> str:
    """A short word that is the same for exactly these minutes in each of these weeks."""
    written = sorted((monday.isoformat(), minutes) for monday, minutes in weeks.items())
    return sha256(repr(written).encode()).hexdigest()[:16]


def worked_faults(minutes: int) -> list[Fault]:
    if 0 <= minutes <= MOST_MINUTES:
        return []
    return [Fault("hours", f"Vul 0 tot en met {MOST_MINUTES // 60} uur in.")]


def mondays_of(starts_on: date, ends_on: date) -> list[date]:
    """The Monday of every week in which there is a day of this period."""
    first = monday_of(starts_on)
    count = (monday_of(ends_on) - first) // A_WEEK + 1
    return [first + number * A_WEEK for number in range(count)]


def weeks_begun(first_day: date, last_day: date, today: date) -> list[date]:
    """The Mondays of the weeks in which may be worked so far."""
    if today < first_day:
        return []
    return [monday for monday in mondays_of(first_day, last_day) if monday <= today]


def end_talk_day(starts_on: date, ends_on: date, today: date) -> date | None:
    """Four weeks before the end, of something short halfway what is left, on a workday.

    Never on the day on which it is planned; None when there is no later one.
    """
    if ends_on <= today:
        return None
    first = max(starts_on, today)
    halfway = first + (ends_on - first) // 2
    day = max(halfway, ends_on - END_TALK_BEFORE, next_workday(today))
    return min(ends_on, workday_from(day))


def end_talk_until(day: date | None, last_day: date, today: date) -> date | None:
    """To which day a talk goes when the end comes earlier; None when that is today."""
    if day is not None and day <= last_day:
        return day
    return last_day if today < last_day else None


def _days_faults(draft: TermsDraft, today: date, known_start: date | None) -> list[Fault]:
    days = (
        ("starts_on", draft.starts_on, "Vul in wanneer het begint."),
        ("ends_on", draft.ends_on, "Vul in tot en met welke dag het duurt."),
        ("returns_on", draft.returns_on, "Vul in wanneer je weer helemaal terug bent."),
    )
    found = [Fault(name, said) for name, day, said in days if day is None]
    found += [fault for name, day, _ in days for fault in day_fault(name, day)]
    # Of a day that is wrong in itself nothing more is said; the others are weighed without it.
    wrong = {fault.field for fault in found}
    fine = {name: day for name, day, _ in days if name not in wrong}
    found += _long_ago_faults(fine.get("starts_on"), today - LONGEST_AGO, known_start)
    return found + _order_faults(fine, today)


def _order_faults(days: Mapping[str, date | None], today: date) -> list[Fault]:
    starts_on, ends_on, returns_on = map(days.get, ("starts_on", "ends_on", "returns_on"))
    if ends_on is None:
        return []
    found = []
    if starts_on is not None and ends_on < starts_on:
        found.append(Fault("ends_on", "De einddatum ligt voor de begindatum."))
    elif starts_on is not None and (ends_on - starts_on).days > LONGEST_DAYS:
        found.append(Fault("ends_on", "Een inzet duurt hier hoogstens drie jaar."))
    elif ends_on < today:
        found.append(Fault("ends_on", "De einddatum ligt in het verleden."))
    if returns_on is not None and returns_on <= ends_on:
        said = "De dag van terugkeer ligt niet na de laatste dag van de inzet."
        found.append(Fault("returns_on", said))
    return found


def _long_ago_faults(
    starts_on: date | None, earliest: date, known_start: date | None
) -> list[Fault]:
    if starts_on is None or starts_on >= earliest or starts_on == known_start:
        return []
    said = (
        f"Kies een dag vanaf {dutch_date(earliest)}. Begon het werk eerder? Schrijf dat dan bij "
        "de andere afspraken."
    )
    return [Fault("starts_on", said)]


def _back_faults(field: str, day: date, last_day: date | None) -> list[Fault]:
    wrong = day_fault(field, day)
    if wrong or last_day is None or day > last_day:
        return wrong
    said = f"De dag van terugkeer ligt na de laatste dag van de inzet, {dutch_date(last_day)}."
    return [Fault(field, said)]


def _costs_faults(draft: TermsDraft) -> list[Fault]:
    if draft.cost_basis is not CostBasis.COST:
        return []
    if draft.euros_per_hour is None or not 0 < draft.euros_per_hour <= MOST_EUROS:
        said = f"Vul in hoeveel euro een uur kost, hoogstens {MOST_EUROS}."
        return [Fault("euros_per_hour", said)]
    return []
