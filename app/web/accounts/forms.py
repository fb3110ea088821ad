"""Forms for signing in, and for telling who you are the first time."""

from wtforms import Field, HiddenField, SelectField, ValidationError
from wtforms.validators import DataRequired

from app.accounts.rules import email_faults, tidy_email
from app.accounts.service import Newcomer
from app.gemeenten.models import Gemeente
from app.web.forms import LineField, WebForm


class SignInForm(WebForm):
    email = LineField("Je werkmail", validators=[DataRequired("Vul je werkmail in.")])

    @property
    def address(self) -> str:
        return tidy_email(self.email.data or "")

    def validate_email(self, field: Field) -> None:
        for fault in email_faults(field.data):
            raise ValidationError(fault.said)


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


class ProofForm(WebForm):
    """A code of the app, or a spare one."""

    code = LineField("Code", validators=[DataRequired("Vul de code in.")])


class EnrolForm(ProofForm):
    """The first code of an app; the secret goes along sealed."""

    sealed = HiddenField()


class SignedForm(WebForm):
    """What the device of somebody signed, as `static/js/passkey.js` fills it in."""

    answer = HiddenField()


class PasskeyForm(SignedForm):
    """A new passkey and how its owner calls it."""

    name = LineField("Naam van de passkey")


class RemovalForm(WebForm):
    passkey = HiddenField()
