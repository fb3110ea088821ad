"""What every form shares: clean text, Dutch messages, and faults from the rooms on their fields."""

import re
from contextlib import suppress
from typing import Any, Self
from uuid import UUID

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import TextInput

from app.core.faults import Fault, FaultyDraft
from app.core.text import clean_line, clean_text

# As it is typed, or with the full stops that our pages write.
PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}|[0-9]{1,3}(?:\.[0-9]{3}){1,6})")
# More than anything here can be: the room says of it what does fit.
MOST_NUMBER = 999_999_999
NOT_A_NUMBER = "Vul een heel getal in, bijvoorbeeld 8."
NOT_A_DATE = "Vul een datum in, bijvoorbeeld 31-01-2027."
NOT_A_CHOICE = "Kies een van de mogelijkheden."
NOT_A_BUTTON = "Kies een van de knoppen op de pagina."
# Browsers send 2027-01-31; people without a date picker type 31-01-2027.
DATE_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]


class LineField(StringField):
    """One line of text without unseen signs."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean_line(valuelist[0]) if valuelist else ""


class TextField(TextAreaField):
    """Lines of text without unseen signs."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean_text(valuelist[0]) if valuelist else ""


class PickField(SelectField):
    """One of many, as its clean value; whether it may be picked is for the form to say."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = clean_line(valuelist[0])


class NumberField(IntegerField):
    """A whole number, or nothing.

    Typed as text: of letters in a field for numbers a browser sends nothing, and nothing means
    something else here.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        with suppress(ValueError):
            # Other alphabets' digits and 1_0 are numbers to Python, but not to people here.
            self.data = int(text.replace(".", "")) if PLAIN_NUMBER.fullmatch(text) else None
        if self.data is None:
            raise ValueError(NOT_A_NUMBER)
        self.data = max(-MOST_NUMBER, min(self.data, MOST_NUMBER))


class DayField(DateField):
    """A date, or nothing."""

    def __init__(self, label: str | None = None, **settings: Any) -> None:
        super().__init__(label, format=DATE_FORMATS, **settings)

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            super().process_formdata([text])
        except ValueError:
            raise ValueError(NOT_A_DATE) from None


def id_in(text: str | None) -> UUID | None:
    """The id that a form sends along unseen; None for anything else that a browser may send."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


class WebForm(FlaskForm):
    """A form that ends in a draft; the room that takes the draft says what is wrong with it."""

    class Meta(FlaskForm.Meta):
        locales = ("nl",)

    @classmethod
    def of_request(cls, **settings: Any) -> Self:
        # No form here takes a file; one that is sent in the place of text is no text.
        typed = request.form if request.method == "POST" else None
        return cls(formdata=typed, **settings)

    def submitted(self) -> bool:
        """Posted, and every field could be read."""
        return request.method == "POST" and self.validate()

    @property
    def status(self) -> int:
        return 422 if request.method == "POST" else 200

    def show_faults(self, faulty: FaultyDraft) -> None:
        """Put each fault beside its field; what has no field here goes to the form itself."""
        for fault in faulty.faults:
            field = self._field_at(fault)
            if field is None:
                self.form_errors.append(fault.said)
            else:
                field.errors = [*field.errors, fault.said]

    def show_rest(self, faults: list[Fault]) -> None:
        """When a field could not be read, say of the others too what is wrong: all at once."""
        unread = {field for field in self if field.errors}
        rest = [fault for fault in faults if self._field_at(fault) not in unread]
        self.show_faults(FaultyDraft(rest))

    def _field_at(self, fault: Fault) -> Field | None:
        found: Any = self
        for name in fault.field.split("-"):
            found = _inside(found, name)
            if found is None:
                return None
        return found if isinstance(found, Field) else None


def _inside(holder: Any, name: str) -> Any:
    if isinstance(holder, FieldList):
        return holder.entries[int(name)] if int(name) < len(holder.entries) else None
    form = holder.form if isinstance(holder, FormField) else holder
    return form[name] if name in form else None  # noqa: SIM401  (a form has no `get`)
