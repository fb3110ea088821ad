"""For how long somebody wants no digest."""

from enum import StrEnum

from app.web.forms import DayField, LineField, WebForm


class Pause(StrEnum):
    """The buttons of the page."""

    TWO_WEEKS = "2-weken"
    FOUR_WEEKS = "4-weken"
    UNTIL_A_DAY = "dag"
    NONE = "geen"


class PauseForm(WebForm):
    how_long = LineField()
    # Named as the room names it, so that what is wrong with it stands beside it.
    paused_until = DayField("De eerste dag dat je weer mail wilt")
