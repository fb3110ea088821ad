"""The name under which gemeenten take something up together."""

from app.together.rules import NAME_LIMIT
from app.web.forms import LineField, WebForm


class JointForm(WebForm):
    name = LineField(
        "Hoe noemen jullie het?",
        description=f"Bijvoorbeeld Atelier bomen. Hoogstens {NAME_LIMIT} tekens.",
    )
