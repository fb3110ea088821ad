"""A no with a reason, and thinking again."""

from uuid import UUID

from wtforms import HiddenField, RadioField

from app.core.ids import new_id
from app.labels import label
from app.responses.rules import CHOSEN
from app.web.choices import one_of
from app.web.forms import TextField, WebForm, id_in


class ClosingForm(WebForm):
    reason = one_of(
        "Waarom gaan jullie niet verder?",
        {why: label(why) for why in CHOSEN},
        field=RadioField,
        validate_choice=False,
    )
    words = TextField("Wil je er iets bij zeggen?")


class ThinkAgainForm(WebForm):
    """The id comes with the page, so that the same form sent twice is one message."""

    message_id = HiddenField()
    text = TextField("Je bericht", render_kw={"required": False})

    @property
    def new_message_id(self) -> UUID:
        return id_in(self.message_id.data) or new_id()
