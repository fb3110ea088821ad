"""Forms for signing in, and for telling who you are the first time."""

from email_validator import EmailNotValidError, validate_email
from wtforms import Field, SelectField, ValidationError
from wtforms.validators import DataRequired

from app.accounts.service import Newcomer
from app.gemeenten.models import Gemeente
from app.web.forms import LineField, WebForm

NOT_AN_ADDRESS = "Dit is geen mailadres. Schrijf het zo: naam@gemeente.nl"
ONLY_PLAIN_LETTERS = "Gebruik voor de @ alleen gewone letters, cijfers en leestekens."


class SignInForm(WebForm):
    email = LineField("Je werkmail", validators=[DataRequired("Vul je werkmail in.")])

    address = ""

    def validate_email(self, field: Field) -> None:
        try:
            # Whether the domain takes mail is found out by the mail itself.
            checked = validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(NOT_AN_ADDRESS) from None
        if checked.ascii_email is None:
            raise ValidationError(ONLY_PLAIN_LETTERS)
        self.address = checked.ascii_email


class NewcomerForm(WebForm):
    """For an address at a mail domain of a gemeente."""

    name = LineField("Je naam")

    def newcomer(self) -> Newcomer:
        return Newcomer(name=self.name.data)


class StrangerForm(NewcomerForm):
    """For an address at a mail domain that no gemeente has claimed."""

    gemeente_code = SelectField("Je gemeente", default="")

    def offer(self, gemeenten: list[Gemeente]) -> None:
        self.gemeente_code.choices = [
            ("", "Kies een gemeente"),
            *((gemeente.code, gemeente.name) for gemeente in gemeenten),
        ]

    def newcomer(self) -> Newcomer:
        return Newcomer(name=self.name.data, gemeente_code=self.gemeente_code.data)
