"""The form in which a gemeente agrees on a limit."""

from app.core.dutch import number
from app.hours.rules import MOST_LIMIT_HOURS
from app.web.forms import NumberField, WebForm


class LimitForm(WebForm):
    hours = NumberField(
        "Hoeveel uur mogen we hoogstens meer lenen dan we uitleenden?",
        description=f"In hele uren, van 0 tot en met {number(MOST_LIMIT_HOURS)}. Laat leeg als "
        "jullie geen limiet willen.",
    )
