"""Looking for mail in the mailbox of the demo."""

from typing import Any, Self

from flask import request

from app.web.forms import LineField, WebForm


class MailSearch(WebForm):
    """To whom; it stands in the address, so that it can be kept."""

    class Meta(WebForm.Meta):
        csrf = False

    aan = LineField("Aan welk adres?")

    @classmethod
    def of_request(cls, **settings: Any) -> Self:
        return cls(formdata=request.args, **settings)
