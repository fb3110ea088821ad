"""Lists that can be searched: what was asked is in the address, and so can be kept and shared."""

from typing import Any, Self

from flask import request, url_for
from wtforms.fields.choices import SelectChoice

from app.vocabulary.rules import LABEL_LIMIT
from app.web.forms import LineField, WebForm

PAGE = "pagina"


class SearchForm(WebForm):
    """A form that only asks; what it cannot read does not count."""

    class Meta(WebForm.Meta):
        csrf = False

    q = LineField("Zoek op woorden")

    @classmethod
    def of_request(cls, **settings: Any) -> Self:
        return cls(formdata=request.args, **settings)

    @property
    def text(self) -> str:
        return (self.q.data or "")[:LABEL_LIMIT]

    @property
    def is_asking(self) -> bool:
        return any(field.data for field in self)


def page_number() -> int:
    typed = request.args.get(PAGE, "1")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 6 else 1


def page_href(number: int) -> str:
    """The address of another page of the same list."""
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name != PAGE}
    kept = {name: value for name, value in asked.items() if value}
    return url_for(str(request.endpoint), **_safe({**kept, PAGE: number}))


def province_choices(provinces: list[str]) -> list[SelectChoice]:
    return [SelectChoice("", "Alle provincies"), *(SelectChoice(name) for name in provinces)]


def _safe(asked: dict[str, Any]) -> dict[str, Any]:
    """Without names that mean something to `url_for`."""
    return {name: value for name, value in asked.items() if not name.startswith("_")}
