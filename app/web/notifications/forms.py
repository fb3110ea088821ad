"""How often somebody wants a digest."""

from wtforms import RadioField

from app.notifications.rules import Frequency, Weekday
from app.web.choices import one_of
from app.web.forms import DayField, WebForm


class PreferenceForm(WebForm):
    frequency = one_of("Hoe vaak wil je een overzicht?", Frequency, field=RadioField)
    weekday = one_of("Op welke dag?", Weekday)
    paused_until = DayField("Even geen overzicht tot")
