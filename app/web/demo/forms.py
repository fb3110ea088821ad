"""Looking for mail in the mailbox of the demo."""

from app.web.forms import LineField, TextField, WebForm
from app.web.search import SearchForm


class MailSearch(SearchForm):
    """To whom the mail was sent."""

    q = LineField("Aan welk adres?", name="aan")


class AnswerForm(WebForm):
    text = TextField("Je antwoord")
