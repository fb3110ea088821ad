"""Looking for mail in the mailbox of the demo."""

from app.web.forms import LineField
from app.web.search import SearchForm


class MailSearch(SearchForm):
    """To whom the mail was sent."""

    q = LineField("Aan welk adres?", name="aan")
