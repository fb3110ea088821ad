"""Looking for mail in the mailbox of the demo."""

from app.web.conversations.forms import AT_MOST
from app.web.forms import TextField, WebForm
from app.web.search import SearchField, SearchForm


class MailSearch(SearchForm):
    """To whom the mail was sent."""

    q = SearchField("Aan welk adres?", name="aan")


class AnswerForm(WebForm):
    text = TextField(
        "Je antwoord",
        description="Je antwoord komt in het gesprek, net als wanneer je in je eigen mailprogramma "
        f"antwoordt. {AT_MOST}",
    )
