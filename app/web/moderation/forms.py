"""A report, and the decision about it."""

from wtforms import HiddenField, RadioField

from app.core.dutch import number
from app.moderation.rules import WORDS_LIMIT, Ground, Ruling
from app.web.choices import one_of
from app.web.forms import TextField, WebForm

YES, NO = "ja", "nee"
RULINGS = {Ruling.LEFT: "Ik laat het staan", Ruling.TAKEN_DOWN: "Ik haal het weg"}


class ReportForm(WebForm):
    ground = one_of("Wat is er aan de hand?", Ground, field=RadioField)
    words = TextField(
        "Wil je het toelichten?",
        description="Nodig als je “Iets anders” kiest, anders mag het leeg blijven. "
        f"Alleen een beheerder leest dit. Hoogstens {number(WORDS_LIMIT)} tekens.",
    )


class DecisionForm(WebForm):
    """How many reports were on the page comes along: what came later is to be read first.

    `sure` is what a second page asks where there is no way back.
    """

    read = HiddenField()
    sure = HiddenField()
    ruling = one_of("Wat doe je ermee?", RULINGS, field=RadioField)
    answer = TextField(
        "Waarom?",
        description="Nodig als je het weghaalt, anders mag het leeg blijven. Wie het meldde, leest "
        "dit in een mail. Haal je het weg, dan ook wie het schreef. "
        f"Hoogstens {number(WORDS_LIMIT)} tekens.",
    )

    @property
    def is_sure(self) -> bool:
        return bool(self.sure.data == YES)

    @property
    def goes_back(self) -> bool:
        """To what was typed, from the second page."""
        return bool(self.sure.data == NO)

    @property
    def reports_read(self) -> int:
        text = self.read.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
