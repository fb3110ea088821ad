"""The worked hours of a loan: a line for each week, and one form to write all of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wtforms import Field, HiddenField

from app.core.dutch import dutch_date, hours
from app.core.errors import Conflict
from app.core.faults import Fault, FaultyDraft, refuse
from app.core.work import Work
from app.core.workdays import monday_of
from app.loans import service
from app.loans.rules import hours_mark, is_far_above, worked_faults
from app.loans.seen import SeenLoan
from app.loans.service.closing import HOURS_CHANGED
from app.web.forms import LineField, WebForm
from app.web.loans.forms import DutchNumberField

# Whether it is too much, or less than nothing, the room says.
HOURS = re.compile(r"-?[0-9]{1,6}([,.](0|00|25|5|50|75))?")
NOT_HOURS = "Vul uren in, tot op een kwartier. Bijvoorbeeld 7,5."
NOTHING = "Vul bij een week in hoeveel uur je werkte."
ASKS_BACK = (
    "Je schrijft {hours} uur bij {agreed} afgesproken uur per week. Klopt dat? Zet dan het vinkje, "
    "of verander de uren."
)


@dataclass(frozen=True)
class WeekLine:
    monday: date
    said: str
    # What stands in the field: hours with a comma, or nothing yet.
    typed: str
    # That it is far above what was agreed, and what stood there when it was read; or nothing.
    note: str


def week_lines(seen: SeenLoan, today: date) -> list[WeekLine]:
    """Every week that began, the last first."""
    known = {*seen.weeks_to_write(today), *seen.weeks}
    return [
        _line(seen, monday) for monday in sorted(known, reverse=True) if monday <= monday_of(today)
    ]


def hours_words(minutes: int) -> str:
    """7,5 uur"""
    return f"{hours(minutes)} uur"


class HoursForm(WebForm):
    """A field for each week, and a box for who is sure of more than was agreed."""

    # The mark of the hours that stood there when it was read.
    read = HiddenField()
    mondays: Sequence[date]
    # Which weeks are asked back, and of how many hours somebody may say that they are sure.
    asked_back: dict[date, str]

    def of_week(self, monday: date) -> Field:
        return self[_name(monday)]

    def box_of(self, monday: date) -> Field:
        return self[f"sure_{_name(monday)}"]

    def filled_in(self) -> dict[date, int]:
        """Minutes of each week that says something; an empty one says nothing."""
        typed = {monday: self.of_week(monday).data for monday in self.mondays}
        return {monday: int(said * 60) for monday, said in typed.items() if said is not None}

    def is_sure(self, monday: date, minutes: int) -> bool:
        """Whether the box was for these hours: of others nobody said that they are sure."""
        return bool(self.box_of(monday).data == hours(minutes))


def hours_form(lines: Sequence[WeekLine], seen: SeenLoan) -> HoursForm:
    """The form of these weeks, filled in as they are known or as they were typed just now."""
    mondays = [line.monday for line in lines]
    fields: dict[str, object] = {"mondays": mondays, "asked_back": {}}
    for line in lines:
        label = f"Week van {dutch_date(line.monday)}"
        fields[_name(line.monday)] = DutchNumberField(label, HOURS, NOT_HOURS)
        fields[f"sure_{_name(line.monday)}"] = LineField(label)
    kind: type[HoursForm] = type("HoursFormOfLoan", (HoursForm,), fields)
    known = {_name(line.monday): line.typed or None for line in lines}
    return kind.of_request(data={**known, "read": hours_mark(seen.weeks)})


def write_hours(work: Work, seen: SeenLoan, form: HoursForm) -> None:
    """Write every week that says something else than is known: all of them, or none."""
    if not form.filled_in():
        raise Conflict(f"no hours of loan {seen.loan.id}", said=NOTHING)
    changed = _changed(seen, form)
    if changed and form.read.data != hours_mark(seen.weeks):
        raise Conflict(f"the hours of loan {seen.loan.id} changed", said=HOURS_CHANGED)
    found = [_write(work, seen, form, week, said) for week, said in changed.items()]
    refuse([fault for faults in found for fault in faults])


def look_at_rest(seen: SeenLoan, form: HoursForm) -> None:
    """When a week could not be read, say of the others too what is wrong: all at once."""
    for week, minutes in _changed(seen, form).items():
        wrong = [Fault(_name(week), fault.said) for fault in worked_faults(minutes)]
        form.show_faults(FaultyDraft(wrong or _ask_back(seen, form, week, minutes)))


def _changed(seen: SeenLoan, form: HoursForm) -> dict[date, int]:
    typed = form.filled_in()
    return {week: minutes for week, minutes in typed.items() if minutes != seen.weeks.get(week)}


def _write(work: Work, seen: SeenLoan, form: HoursForm, monday: date, minutes: int) -> list[Fault]:
    try:
        service.write_hours(work, seen.loan.id, monday, minutes)
    except FaultyDraft as faulty:
        return [Fault(_name(monday), fault.said) for fault in faulty.faults]
    return _ask_back(seen, form, monday, minutes)


def _ask_back(seen: SeenLoan, form: HoursForm, monday: date, minutes: int) -> list[Fault]:
    """Whether somebody is sure of far more than was agreed, and did not say so."""
    agreed = seen.agreed_hours(monday)
    if form.is_sure(monday, minutes) or not is_far_above(minutes, agreed):
        return []
    form.asked_back[monday] = hours(minutes)
    return [Fault(_name(monday), ASKS_BACK.format(hours=hours(minutes), agreed=agreed))]


def _line(seen: SeenLoan, monday: date) -> WeekLine:
    minutes = seen.weeks.get(monday)
    if minutes is None:
        return WeekLine(monday, "nog niet ingevuld", "", "")
    agreed = seen.agreed_hours(monday)
    notes = [f"veel meer dan de afgesproken {agreed} uur"] if is_far_above(minutes, agreed) else []
    if seen.weeks_before.get(monday):
        notes.append(f"eerst {hours_words(seen.weeks_before[monday])}")
    return WeekLine(monday, hours_words(minutes), hours(minutes), ", ".join(notes))


def _name(monday: date) -> str:
    return f"week_{monday:%Y%m%d}"
