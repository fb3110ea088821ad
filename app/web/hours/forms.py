"""The form in which a gemeente agrees on a limit."""

from app.web.forms import NumberField, WebForm


class LimitForm(WebForm):
    hours = NumberField(
        "Hoeveel uur mogen we hoogstens meer lenen dan we uitleenden?",
        description="In hele uren. Laat leeg als jullie geen limiet willen.",
    )
