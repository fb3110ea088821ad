"""What the pages of the urenbank show, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.dutch import dutch_date, hours, plural
from app.gemeenten import queries as gemeenten
from app.hours import queries
from app.hours.contacts import Contacts, contacts_for
from app.hours.models import HourSettling
from app.hours.queries import Line, Statement, YearProposal
from app.hours.rules import Entry, Quarter, may_agree_limit, quarters, room_left
from app.labels import label
from app.loans import queries as loans
from app.loans.room import promised
from app.opgaven import queries as opgaven

NUMBERS = ("", "eerste", "tweede", "derde", "vierde")
NO_LIMIT = (
    "We spraken geen limiet af: er is geen grens aan wat we kunnen lenen. Een gemeentebeheerder "
    "van ons kan een limiet afspreken."
)


@dataclass(frozen=True)
class QuarterLine:
    title: str
    closing: str
    href: str


@dataclass(frozen=True)
class HoursPage:
    gemeente_name: str
    standing: str
    # What was made good between whom when a year was settled last; nothing when it was not theirs.
    settled: str
    # The year that is over and has still to be settled, when something of theirs is in it.
    to_settle: int | None
    limit: str
    has_limit: bool
    may_agree: bool
    quarters: list[QuarterLine]


@dataclass(frozen=True)
class Booking:
    said: str
    # Its loan, for who has a part in it.
    href: str
    # When that loan is or was, for who looks after the urenbank and cannot open it.
    period: str


@dataclass(frozen=True)
class Known:
    """What the reader of a statement may know of it: opgaven, own loans, and when loans are."""

    opgaven: set[UUID]
    loans: set[UUID]
    periods: Mapping[UUID, tuple[date, date]]


@dataclass(frozen=True)
class Group:
    """All bookings of one kind for one opgave with one other gemeente."""

    other_name: str
    opgave_title: str
    # Without it the reader may not read the opgave.
    href: str
    total: str
    lines: list[Booking]

    @property
    def count(self) -> str:
        return plural(len(self.lines), "boeking", "boekingen")


@dataclass(frozen=True)
class Part:
    title: str
    groups: list[Group]


@dataclass(frozen=True)
class QuarterPage:
    title: str
    gemeente_name: str
    sums: list[tuple[str, str]]
    # Only what is over has a document: it stays as it is.
    is_over: bool
    parts: list[Part]


@dataclass(frozen=True)
class ProposalPage:
    """What one gemeente reads of a year before it is settled."""

    year: int
    gemeente_name: str
    counts: str
    lines: list[str]
    contacts: list[Contacts]


@dataclass(frozen=True)
class YearLine:
    year: int
    said: str
    href: str


@dataclass(frozen=True)
class YearPage:
    year: int
    said: str
    saving: str
    # Which hours count.
    counts: str
    lines: list[str]
    mark: str
    may_settle: bool
    may_undo: bool


def hours_page(session: Session, actor: Actor, code: str, today: date) -> HoursPage:
    balance, limit = queries.balance(session, code), queries.limit(session, code)
    return HoursPage(
        gemeente_name=gemeenten.by_code(session, code).name,
        standing=standing_words(balance),
        settled=_last_settled_words(session, code),
        to_settle=year_to_settle(session, code, today),
        limit=limit_words(balance, limit, promised(session, code, today)),
        has_limit=limit is not None,
        may_agree=may_agree_limit(actor, code),
        quarters=_quarter_lines(session, code, today),
    )


def year_to_settle(session: Session, code: str, today: date) -> int | None:
    """The year before this one, as long as a beheerder has not settled it."""
    year, first = today.year - 1, queries.first_day(session, code)
    is_open = (queries.last_settled(session) or 0) < year
    return year if is_open and first is not None and first.year <= year else None


def proposal_page(
    session: Session, reader: Actor, code: str, year: int, today: date
) -> ProposalPage:
    """The same proposal that a beheerder will settle, as far as it is theirs."""
    found = queries.proposal(session, year)
    return ProposalPage(
        year=year,
        gemeente_name=gemeenten.by_code(session, code).name,
        counts=_counted_words(year, today),
        lines=_settling_words_of(found, code),
        contacts=contacts_for(session, reader, found),
    )


def as_read_by(session: Session, reader: Actor, statement: Statement) -> Statement:
    """Without the titles of opgaven that were taken down, but for their own people."""
    about = opgaven.by_ids(session, [one.opgave_id for one in statement.lines if one.opgave_id])
    gone = {key: one.title_for(reader) for key, one in about.items() if one.is_gone_for(reader)}
    lines = tuple(
        replace(line, opgave_title=gone[line.opgave_id]) if line.opgave_id in gone else line
        for line in statement.lines
    )
    return replace(statement, lines=lines)


def quarter_page(session: Session, reader: Actor, statement: Statement, today: date) -> QuarterPage:
    known = _known_of(session, reader, statement)
    return QuarterPage(
        title=quarter_words(statement.quarter),
        gemeente_name=statement.gemeente_name,
        sums=sums_of(statement, is_over=statement.quarter.ends_on < today),
        is_over=statement.quarter.ends_on < today,
        parts=[
            Part(label(entry), groups)
            for entry in Entry
            if (groups := _groups(statement, entry, known))
        ],
    )


def _known_of(session: Session, reader: Actor, statement: Statement) -> Known:
    opgave_ids = {line.opgave_id for line in statement.lines if line.opgave_id}
    loan_ids = {line.loan_id for line in statement.lines if line.loan_id}
    looks_after = may_agree_limit(reader, statement.gemeente_code)
    return Known(
        set(opgaven.seen_opgaven(session, reader, list(opgave_ids))),
        {seen.loan.id for seen in loans.seen_among(session, reader, loan_ids)},
        loans.periods(session, loan_ids) if looks_after else {},
    )


def sums_of(statement: Statement, *, is_over: bool) -> list[tuple[str, str]]:
    """How the quarter began, what came and went, and how it ended or stands."""
    quarter = statement.quarter
    last = f"Stand op {dutch_date(quarter.ends_on)}" if is_over else "Stand nu"
    settled, merged = statement.sum_of(Entry.SETTLED), statement.sum_of(Entry.MERGED)
    return [
        (f"Stand op {dutch_date(quarter.starts_on)}", owed_words(statement.opening)),
        ("Uitgeleend", f"{hours(statement.sum_of(Entry.LENT))} uur"),
        ("Geleend", f"{hours(-statement.sum_of(Entry.BORROWED))} uur"),
        ("Verrekend", _settled_sum(settled) if settled else ""),
        ("Samengevoegd", f"{hours(merged)} uur" if merged else ""),
        (last, owed_words(statement.closing)),
    ]


def year_lines(session: Session, today: date) -> list[YearLine]:
    """Every year in which hours were booked, the last first."""
    first = queries.first_day(session)
    years = range(today.year, first.year - 1, -1) if first else ()
    return [
        YearLine(
            year,
            _year_words(queries.settling_of(session, year), year, today),
            url_for("settling.show", year=year),
        )
        for year in years
    ]


def year_page(session: Session, year: int, today: date) -> YearPage:
    settling = queries.settling_of(session, year)
    last = queries.last_settled(session) or 0
    found = queries.settled(session, settling) if settling else queries.proposal(session, year)
    return YearPage(
        year=year,
        said=_year_words(settling, year, today),
        saving=saving_words(found),
        counts=_counted_words(year, today),
        lines=[_settling_words(found, number) for number in range(len(found.settlings))],
        mark=found.mark,
        may_settle=settling is None and year < today.year and last < year and bool(found.settlings),
        may_undo=settling is not None and last == year,
    )


def saving_words(found: YearProposal) -> str:
    """How many settlings there are, and how many loans they take the place of."""
    count = len(found.settlings)
    few = plural(count, "verrekening", "verrekeningen")
    if not count:
        return "Er staan geen uren open."
    saved = found.loans - count
    if saved <= 0:
        return f"Met {few} is {found.year} verrekend."
    return (
        f"Met {few} is {found.year} verrekend. Elke inzet apart verrekenen zou "
        f"{plural(found.loans, 'verrekening', 'verrekeningen')} vragen: dat scheelt er {saved}."
    )


def standing_words(balance: int) -> str:
    if balance > 0:
        return f"We hebben {hours(balance)} uur te goed."
    if balance < 0:
        return f"We zijn {hours(-balance)} uur schuldig."
    return "We staan quitte: er staan geen uren open."


def owed_words(balance: int) -> str:
    if balance > 0:
        return f"{hours(balance)} uur te goed"
    return f"{hours(-balance)} uur schuldig" if balance else "0 uur"


def limit_words(balance: int, limit: int | None, promised: int = 0) -> str:
    """How much can be borrowed still; `promised` is what loans still may, in minutes."""
    room = room_left(balance, limit)
    if limit is None or room is None:
        return NO_LIMIT
    agreed = f"We spraken af hoogstens {hours(limit)} uur meer te lenen dan we uitleenden."
    if not room:
        return f"{agreed} Die ruimte is op: we lenen eerst weer uren uit."
    to_whom = "toegezegd aan inzet die nog niet is afgesloten."
    if promised >= room:
        return f"{agreed} De ruimte die er nog is, is {to_whom}"
    said = f"{agreed} Er is nog ruimte voor {hours(room - promised)} uur."
    return f"{said} {hours(promised)} uur is al {to_whom}" if promised else said


def short_day(day: date) -> str:
    """31-01-2026"""
    return f"{day:%d-%m-%Y}"


def quarter_words(quarter: Quarter) -> str:
    return f"{NUMBERS[quarter.number]} kwartaal van {quarter.year}"


def _quarter_lines(session: Session, code: str, today: date) -> list[QuarterLine]:
    first = queries.first_day(session, code)
    listed = quarters(Quarter.of(first), Quarter.of(today)) if first else []
    closings = queries.closings(session, code, listed)
    return [
        QuarterLine(
            quarter_words(quarter).capitalize(),
            owed_words(closings[quarter]),
            url_for("hours.show", year=quarter.year, quarter=quarter.number),
        )
        for quarter in listed
    ]


def _groups(statement: Statement, entry: Entry, known: Known) -> list[Group]:
    def together(line: Line) -> tuple[str, str, str]:
        return line.other_name, line.opgave_title, str(line.opgave_id)

    lines = sorted((one for one in statement.lines if one.entry is entry), key=together)
    return [_group(entry, list(found), known) for _, found in groupby(lines, together)]


def _group(entry: Entry, lines: list[Line], known: Known) -> Group:
    first = lines[0]
    total = sum(line.minutes for line in lines)
    return Group(
        other_name=first.other_name,
        opgave_title=first.opgave_title,
        href=url_for("opgaven.show", opgave_id=first.opgave_id)
        if first.opgave_id in known.opgaven
        else "",
        total=_total_words(entry, total, first.other_name),
        lines=[_booking(line, known) for line in lines],
    )


def _booking(line: Line, known: Known) -> Booking:
    said = _line_words(line)
    if line.loan_id in known.loans:
        return Booking(said, url_for("loans.show", loan_id=line.loan_id), "")
    period = known.periods.get(line.loan_id) if line.loan_id else None
    return Booking(said, "", _period_words(*period) if period else "")


def _period_words(first: date, last: date) -> str:
    return f"inzet van {dutch_date(first)} tot en met {dutch_date(last)}"


def _total_words(entry: Entry, total: int, other: str) -> str:
    said = f"{hours(abs(total))} uur"
    if entry is not Entry.SETTLED:
        return said
    if not total:
        return "Verrekend, en daarna weer ongedaan gemaakt: er verandert niets."
    return f"{said}, goed te maken door {'ons' if total > 0 else other}"


def _line_words(line: Line) -> str:
    said = f"{hours(abs(line.minutes))} uur"
    if line.week:
        said = f"week van {dutch_date(line.week)}: {said}"
    if line.is_correction and line.entry is Entry.SETTLED:
        return f"{said}, op {dutch_date(line.booked_on)} ongedaan gemaakt"
    if line.is_correction:
        return f"Eraf, {said} (geboekt op {dutch_date(line.booked_on)})"
    return said[:1].upper() + said[1:] if line.week else f"{said}, op {dutch_date(line.booked_on)}"


def _year_words(settling: HourSettling | None, year: int, today: date) -> str:
    if settling is not None:
        return f"Verrekend op {dutch_date(settling.settled_at)}."
    return "Dit jaar loopt nog." if year >= today.year else "Nog niet verrekend."


def _counted_words(year: int, today: date) -> str:
    if year < today.year:
        return f"Alles wat op 31 december {year} openstond, telt mee."
    return (
        f"Zo zou het zijn met wat er nu openstaat. Straks telt alles mee wat op 31 december {year} "
        "openstaat."
    )


def _settled_sum(minutes: int) -> str:
    """With the sign that it has in the balance."""
    if minutes > 0:
        return f"+{hours(minutes)} uur, goed te maken door ons"
    return f"{hours(minutes)} uur, aan ons goed te maken"


def _last_settled_words(session: Session, code: str) -> str:
    """What everybody of a gemeente reads of a year that was settled: who makes good to whom."""
    year = queries.last_settled(session)
    settling = queries.settling_of(session, year) if year is not None else None
    if settling is None:
        return ""
    found = queries.settled(session, settling)
    own = _settling_words_of(found, code)
    day = dutch_date(settling.settled_at)
    return " ".join([f"De uren van {year} zijn verrekend op {day}.", *own]) if own else ""


def _settling_words_of(found: YearProposal, code: str) -> list[str]:
    """What this gemeente makes good, and what is made good to it."""
    return [
        _settling_words(found, number)
        for number, one in enumerate(found.settlings)
        if code in {one.debtor, one.creditor}
    ]


def _settling_words(found: YearProposal, number: int) -> str:
    one = found.settlings[number]
    debtor, creditor = found.names[one.debtor], found.names[one.creditor]
    return f"{debtor} maakt {hours(one.minutes)} uur goed aan {creditor}."
