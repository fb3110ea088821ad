"""What somebody says of a reason."""

from wtforms.validators import InputRequired

from app.web.forms import LineField, WebForm


class DisputeForm(WebForm):
    """What was asked; and what was offered, by who says that these two are not alike."""

    asked = LineField(validators=[InputRequired()])
    offered = LineField()
