"""Inviting somebody, and the three answers to that."""

from enum import StrEnum

from wtforms import RadioField

from app.core.dutch import number
from app.labels import label
from app.responses.rules import INVITING_LIMIT, WHY_NOT_LIMIT, WhyNot
from app.web.choices import one_of
from app.web.conversations.forms import AT_MOST, MessageForm
from app.web.forms import LineField, TextField, WebForm


class Said(StrEnum):
    """The buttons of an invitation."""

    YES = "ja"
    NO = "nee"
    QUESTION = "vraag"


class InviteForm(WebForm):
    words = TextField(
        "Waarom denk je aan deze collega?",
        description="Een paar zinnen, in je eigen woorden. "
        f"Hoogstens {number(INVITING_LIMIT)} tekens.",
        render_kw={"required": False},
    )


class InvitationForm(MessageForm):
    """One form with three buttons; each field belongs to one of them."""

    said = LineField()
    text = TextField("Wat wil je eerst weten?", description=AT_MOST)
    reason = one_of(
        "Waarom past het niet?",
        {why: label(why) for why in WhyNot},
        field=RadioField,
        validate_choice=False,
    )
    no_words = TextField(
        "Wil je er iets bij zeggen?", description=f"Hoogstens {number(WHY_NOT_LIMIT)} tekens."
    )
