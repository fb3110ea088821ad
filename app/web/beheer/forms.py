"""Buttons and forms of a beheerder."""

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from wtforms import HiddenField, SelectField

from app.core.errors import InvalidInput
from app.gemeenten.models import Gemeente
from app.web.forms import NOT_A_BUTTON, LineField, NumberField, TextField, WebForm, id_in

Choice = TypeVar("Choice", bound=StrEnum)


class Decision(StrEnum):
    """What a beheerder answers to somebody from an unknown mail domain."""

    GRANT = "grant"
    GRANT_AND_CLAIM = "grant_and_claim"
    REFUSE = "refuse"


class Deed(StrEnum):
    """To give something (a role, a domain) or more time for it, or to take it away."""

    GIVE = "give"
    PROLONG = "prolong"
    END = "end"


class Verdict(StrEnum):
    """What the second person says of a role that another proposed."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


class GemeenteForm(WebForm):
    """Which gemeente to look at; its address can be kept and shared."""

    gemeente = SelectField("Gemeente")

    @classmethod
    def of_address(cls, gemeenten: list[Gemeente], chosen: str) -> "GemeenteForm":
        form = cls(formdata=None, data={"gemeente": chosen}, meta={"csrf": False})
        form.gemeente.choices = [(gemeente.code, gemeente.name) for gemeente in gemeenten]
        return form


class DomainForm(WebForm):
    domain = LineField("Maildomein")
    deed = HiddenField(default=Deed.GIVE.value)


class InviteForm(WebForm):
    email = LineField("Werkmail van je collega")


class ShutOutForm(WebForm):
    why = TextField("Waarom")


class RetryForm(WebForm):
    job_id = NumberField()


def pressed_id(name: str) -> UUID:
    """The id on the button that was pressed."""
    found = id_in(request.form.get(name))
    if found is None:
        raise InvalidInput(said=NOT_A_BUTTON)
    return found


def pressed(kind: type[Choice], name: str) -> Choice:
    """The value of the button that was pressed."""
    value: Any = request.form.get(name)
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(said=NOT_A_BUTTON) from None
