"""An opgave in words, for its page and for the list of its gemeente."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import url_for

from app.core.dutch import dutch_date
from app.core.workdays import workday_from, workday_until
from app.labels import label
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.loans.words import how_it_stands
from app.matching.core.facts import Score
from app.matching.core.words import LEVELS, YOU
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import (
    ENDED,
    TAKES_ANSWERS,
    WRITABLE,
    OpgaveStatus,
    is_overdue,
)
from app.web.cards import TONES
from app.web.match_view import MatchView, SaidOf, SaidView, match_view
from app.web.waiting import WAITS_FOR_US, WaitingLine, marked_first

LOOKING_TAKES = timedelta(weeks=2)
# What needs attention comes first.
ORDER = (
    OpgaveStatus.REVIEW,
    OpgaveStatus.TALKING,
    OpgaveStatus.OPEN,
    OpgaveStatus.CONCEPT,
    OpgaveStatus.FILLED,
    OpgaveStatus.RUNNING,
    OpgaveStatus.DONE,
    OpgaveStatus.EXPIRED,
    OpgaveStatus.WITHDRAWN,
)
NO_MORE = {
    OpgaveStatus.FILLED: "Voor deze opgave is gevonden wie er nodig was.",
    OpgaveStatus.RUNNING: "Aan deze opgave wordt gewerkt. Reageren kan niet meer.",
}


@dataclass(frozen=True)
class OwnLine:
    """One of the own gemeente's opgaven, and how it stands."""

    title: str
    href: str
    edit_href: str
    colleagues_href: str
    is_open: bool
    # A beheerder took it away.
    is_down: bool
    kind_label: str
    closing_on: date | None
    # Who fits besides those who showed interest.
    matches: int
    interested: int
    # What waits for the reader first.
    waiting: tuple[WaitingLine, ...]


@dataclass(frozen=True)
class OwnGroup:
    label: str
    tone: str
    lines: tuple[OwnLine, ...]


@dataclass(frozen=True)
class AskedLine:
    label: str
    level: int
    level_label: str


def asked(skills: Sequence[AskedSkill], *, must: bool) -> list[AskedLine]:
    return [
        AskedLine(skill.label, skill.level, LEVELS[skill.level])
        for skill in skills
        if skill.must is must
    ]


def groups(
    opgaven: Sequence[Opgave],
    matches: Mapping[UUID, int],
    interested: Mapping[UUID, int],
    waiting: Sequence[Mapping[UUID, Sequence[WaitingLine]]],
) -> list[OwnGroup]:
    """The opgaven by status; of each what is under way is found in all of `waiting`."""
    found = []
    for status in ORDER:
        lines = [
            _line(
                one,
                matches.get(one.id, 0),
                interested.get(one.id, 0),
                [line for found in waiting for line in found.get(one.id, ())],
            )
            for one in opgaven
            if one.status is status
        ]
        if lines:
            found.append(OwnGroup(label(status), TONES[status], tuple(lines)))
    return found


def loan_lines(
    found: Iterable[tuple[SeenLoan, Party]], today: date
) -> dict[UUID, list[WaitingLine]]:
    """By opgave."""
    lines: dict[UUID, list[WaitingLine]] = {}
    for seen, party in found:
        line = WaitingLine(
            href=url_for("loans.show", loan_id=seen.loan.id),
            what=f"Inzet van {seen.professional_name}",
            said=how_it_stands(seen, party, today),
            mark=WAITS_FOR_US if seen.waits_for_party(party) else "",
        )
        lines.setdefault(seen.loan.opgave_id, []).append(line)
    return lines


def more_of(opgave: Opgave, today: date) -> dict[str, object]:
    """What the form to look for somebody more begins with: one more, until the day that was set,
    and where that has passed for two weeks.
    """
    return {
        "people_needed": max(opgave.people_needed, opgave.people_taken + 1),
        "closes_on": _until(opgave.closes_on, opgave.ends_on, today),
    }


def _until(last: date | None, ends_on: date | None, today: date) -> date:
    if last is not None and last >= today:
        return last
    later = workday_from(today + LOOKING_TAKES)
    latest = workday_until(ends_on) if ends_on else later
    return max(today, min(later, latest))


def until_when(opgave: Opgave, today: date) -> str:
    """Until when people could react before, and why the form asks for a day."""
    if opgave.closes_on is None:
        return ""
    said = f"Reageren kon eerst tot en met {dutch_date(opgave.closes_on)}."
    if opgave.closes_on >= today:
        return f"{said} Die dag staat ingevuld. Je kunt ook een andere kiezen."
    proposed = _until(opgave.closes_on, opgave.ends_on, today)
    is_cut_short = proposed < workday_from(today + LOOKING_TAKES)
    why = "verder loopt de opgave niet" if is_cut_short else "dat is over twee weken"
    return f"{said} Die dag is voorbij. We stellen {dutch_date(proposed)} voor: {why}."


def own_match(score: Score | None, ended: str, said_of: SaidOf) -> MatchView | None:
    """Why the opgave fits whoever reads it, while they can still react."""
    return match_view(score, YOU, said_of=said_of) if score and not ended else None


def said_of_all(skills: Iterable[AskedSkill], said_of: SaidOf) -> list[SaidView]:
    """All that its reader said of what is asked, once."""
    return list(dict.fromkeys(one for skill in skills for one in said_of(skill.label)))


def ended_sentence(opgave: Opgave, today: date) -> str:
    """Why nobody can react any more, or nothing while they can or cannot yet."""
    expired = opgave.status is OpgaveStatus.EXPIRED
    if expired or is_overdue(opgave.status, opgave.closes_on, today):
        return f"Reageren op deze opgave kon tot en met {dutch_date(opgave.closes_on)}."
    if opgave.status in ENDED:
        return f"Deze opgave is {opgave.status.value} op {dutch_date(opgave.ended_at)}."
    return NO_MORE.get(opgave.status, "")


def _line(
    opgave: Opgave,
    matches: int,
    interested: int,
    waiting: Sequence[WaitingLine],
) -> OwnLine:
    is_open = opgave.status in TAKES_ANSWERS
    return OwnLine(
        title=opgave.title,
        href=url_for("opgaven.show", opgave_id=opgave.id),
        edit_href=url_for("opgaven.edit", opgave_id=opgave.id) if opgave.status in WRITABLE else "",
        colleagues_href=url_for("matching.of_opgave", opgave_id=opgave.id)
        if is_open or interested
        else "",
        is_open=is_open,
        is_down=opgave.taken_down_at is not None,
        kind_label=label(opgave.kind),
        closing_on=opgave.closes_on,
        matches=matches,
        interested=interested,
        waiting=tuple(marked_first(waiting)),
    )
