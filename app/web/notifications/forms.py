"""How often somebody wants a digest, and what not to hear of."""

from collections.abc import Collection, Mapping
from typing import Any

from wtforms import Field, HiddenField, RadioField, SelectMultipleField

from app.core.errors import Conflict
from app.core.text import clean_line
from app.labels import label
from app.notifications.rules import ROADS, Channel, Family, Frequency, LeftOut, MailChoice, Weekday
from app.vocabulary.rules import Theme
from app.web.choices import many_of, one_of
from app.web.forms import DayField, LineField, WebForm

ALWAYS_MAILED = {
    Family.LOANS: "Wat van jou gevraagd wordt bij een inzet, mailen we altijd meteen.",
    Family.OWN: (
        "Krijg je een opgave van een collega, dan mailen we dat altijd meteen. Kies je voor "
        "meteen, dan geldt dat voor wat op jouw oordeel wacht en voor het oordeel over je eigen "
        "opgaven. De rest staat in het overzicht."
    ),
}


def road_of(family: Family) -> Any:
    """A choice out of the roads that this family may take."""
    roads = {road: label(road) for road in ROADS[family]}
    said = ALWAYS_MAILED.get(family, "")
    return one_of(label(family), roads, field=RadioField, description=said)


def road_field(family: Family) -> str:
    """Its name in the form; a field named `matches` would hide that method of a form in scripts."""
    return f"road_{family}"


class PreferenceForm(WebForm):
    # Of the choice that the form began with.
    version = HiddenField()
    frequency = one_of("Hoe vaak wil je een overzicht?", Frequency, field=RadioField)
    weekday = one_of("Op welke dag?", Weekday)
    paused_until = DayField("Even geen overzicht tot")
    road_matches = road_of(Family.MATCHES)
    road_colleagues = road_of(Family.COLLEAGUES)
    road_responses = road_of(Family.RESPONSES)
    road_own = road_of(Family.OWN)
    road_together = road_of(Family.TOGETHER)
    road_messages = road_of(Family.MESSAGES)
    road_invitations = road_of(Family.INVITATIONS)
    road_loans = road_of(Family.LOANS)
    road_outcomes = road_of(Family.OUTCOMES)
    road_urenbank = road_of(Family.URENBANK)
    themes = many_of("Thema's die je weglaat", Theme)
    # What was left out already, as long as it stays checked.
    kept = SelectMultipleField("Vaardigheden die je weglaat", validate_choice=False)
    skill = LineField("Een vaardigheid om weg te laten")

    # Something else was chosen since the form began.
    is_behind = False

    def offer(self, families: Collection[Family]) -> None:
        """Ask only for roads of news that may come to this reader."""
        for family in set(Family).difference(families):
            del self[road_field(family)]

    def road(self, family: Family) -> Field:
        return self[road_field(family)]

    def wanted(self) -> MailChoice:
        return MailChoice(
            self.frequency.data,
            self.weekday.data,
            self.paused_until.data,
            self._roads(),
            self._left_out(),
        )

    @property
    def status(self) -> int:
        return 409 if self.is_behind else super().status

    def show_conflict(self, conflict: Conflict, stored: Mapping[str, Any]) -> None:
        """Tell it, and let the same words be saved over the newer choice on purpose."""
        self.is_behind = True
        self.form_errors.append(conflict.said)
        self.version.data, self.version.raw_data = stored["version"], None
        typed = map(clean_line, self.kept.data or ())
        self.kept.choices = list(dict.fromkeys([*stored["kept"], *filter(None, typed)]))

    def _roads(self) -> dict[Family, Channel]:
        roads = {family: road_field(family) for family in Family}
        return {family: self[name].data for family, name in roads.items() if name in self}

    def _left_out(self) -> LeftOut:
        skills = [clean_line(skill) for skill in self.kept.data or ()]
        return LeftOut(tuple(self.themes.data), tuple(filter(None, [*skills, self.skill.data])))
