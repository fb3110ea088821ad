"""What somebody says of a reason."""

from uuid import UUID

from wtforms.validators import InputRequired

from app.web.forms import LineField, WebForm, id_in


class DisputeForm(WebForm):
    """What was asked; and what was offered, by who says that these two are not alike."""

    asked = LineField(validators=[InputRequired()])
    offered = LineField()


class WithdrawForm(WebForm):
    """From where somebody takes back what they said: an opgave, or their list."""

    opgave = LineField()

    @property
    def opgave_id(self) -> UUID | None:
        return id_in(self.opgave.data)
