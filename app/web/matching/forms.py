"""What somebody says of a reason."""

from contextlib import suppress
from uuid import UUID

from wtforms.validators import InputRequired

from app.web.forms import LineField, WebForm


class DisputeForm(WebForm):
    """What was asked; and what was offered, by who says that these two are not alike."""

    asked = LineField(validators=[InputRequired()])
    offered = LineField()


class WithdrawForm(WebForm):
    """From where somebody takes back what they said: an opgave, or their list."""

    opgave = LineField()

    @property
    def opgave_id(self) -> UUID | None:
        with suppress(ValueError):
            return UUID(self.opgave.data or "")
        return None
