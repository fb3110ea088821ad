"""How often somebody wants a digest, and what not to hear of."""

from collections.abc import Collection
from typing import Any

from wtforms import RadioField, SelectMultipleField

from app.core.text import clean_line
from app.labels import label
from app.notifications.rules import ROADS, Channel, Family, Frequency, LeftOut, Weekday
from app.vocabulary.rules import Theme
from app.web.choices import many_of, one_of
from app.web.forms import DayField, LineField, WebForm


def road_of(family: Family) -> Any:
    """A choice out of the roads that this family may take."""
    roads = {road: label(road) for road in ROADS[family]}
    return one_of(label(family), roads, field=RadioField)


class PreferenceForm(WebForm):
    frequency = one_of("Hoe vaak wil je een overzicht?", Frequency, field=RadioField)
    weekday = one_of("Op welke dag?", Weekday)
    paused_until = DayField("Even geen overzicht tot")
    matches = road_of(Family.MATCHES)
    colleagues = road_of(Family.COLLEAGUES)
    responses = road_of(Family.RESPONSES)
    themes = many_of("Thema's die je weglaat", Theme)
    # What was left out already, as long as it stays checked.
    kept = SelectMultipleField("Vaardigheden die je weglaat", validate_choice=False)
    skill = LineField("Nog een vaardigheid om weg te laten")

    def offer(self, families: Collection[Family]) -> None:
        """Ask only for roads of news that may come to this reader."""
        for family in set(Family).difference(families):
            del self[family.value]

    def roads(self) -> dict[Family, Channel]:
        return {family: self[family.value].data for family in Family if family.value in self}

    def left_out(self) -> LeftOut:
        skills = [clean_line(skill) for skill in self.kept.data or ()]
        return LeftOut(tuple(self.themes.data), tuple(filter(None, [*skills, self.skill.data])))
