"""For what a coordinator takes a table along."""

from enum import StrEnum

from app.web.choices import one_of
from app.web.forms import WebForm


class Purpose(StrEnum):
    """The log keeps which it was, and holds no words that somebody typed."""

    MEETING = "meeting"
    SPREADING = "spreading"
    ACCOUNT = "account"


PURPOSE_WORDS = {
    Purpose.MEETING: "Een overleg van het netwerk voorbereiden",
    Purpose.SPREADING: "Zien hoe de inzet over gemeenten verdeeld is",
    Purpose.ACCOUNT: "Verantwoording afleggen",
}


class ExportForm(WebForm):
    purpose = one_of("Waar heb je de tabel voor nodig?", PURPOSE_WORDS, empty="Kies een doel")
