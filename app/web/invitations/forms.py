"""Inviting somebody, and the three answers to that."""

from enum import StrEnum
from uuid import UUID

from wtforms import HiddenField, RadioField

from app.core.ids import new_id
from app.labels import label
from app.responses.rules import WhyNot
from app.web.choices import one_of
from app.web.forms import LineField, TextField, WebForm, id_in


class Said(StrEnum):
    """The buttons of an invitation."""

    YES = "ja"
    NO = "nee"
    QUESTION = "vraag"


class InviteForm(WebForm):
    words = TextField("Waarom denk je aan deze collega?", render_kw={"required": False})


class InvitationForm(WebForm):
    """One form with three buttons; each field belongs to one of them.

    The id comes with the page, so that the same question sent twice is one message.
    """

    said = LineField()
    message_id = HiddenField()
    text = TextField("Wat wil je eerst weten?")
    reason = one_of(
        "Waarom past het niet?",
        {why: label(why) for why in WhyNot},
        field=RadioField,
        validate_choice=False,
    )
    no_words = TextField("Wil je er iets bij zeggen?")

    @property
    def new_message_id(self) -> UUID:
        return id_in(self.message_id.data) or new_id()
