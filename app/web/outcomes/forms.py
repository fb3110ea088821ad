"""A no with a reason."""

from wtforms import RadioField

from app.core.dutch import number
from app.labels import label
from app.responses.rules import CHOSEN, WHY_NOT_LIMIT
from app.web.choices import one_of
from app.web.forms import TextField, WebForm


class ClosingForm(WebForm):
    reason = one_of(
        "Waarom gaan jullie niet verder?",
        {why: label(why) for why in CHOSEN},
        field=RadioField,
        validate_choice=False,
    )
    words = TextField(
        "Wil je er iets bij zeggen?",
        description=f"Een vriendelijk woord doet goed. Hoogstens {number(WHY_NOT_LIMIT)} tekens.",
    )
