"""Lists that can be searched: what was asked is in the address, and so can be kept and shared."""

from collections.abc import Callable
from typing import Any, Self

from flask import request, url_for
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField
from wtforms.fields.choices import SelectChoice

from app.core.dutch import number
from app.core.finding import MOST_SIGNS, counted
from app.core.text import clean_line
from app.web.forms import LineField, WebForm

PAGE = "pagina"
TOO_LONG = f"Je typte meer dan {MOST_SIGNS} tekens. Alleen de eerste {MOST_SIGNS} tellen mee."


class SearchField(LineField):
    """What is looked for: of a long text only its begin counts. All of it stays in the field."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.data = counted(typed)
        if len(typed) > MOST_SIGNS:
            self.description = TOO_LONG

    def _value(self) -> str:
        return clean_line(self.raw_data[0]) if self.raw_data else ""


class SearchForm(WebForm):
    """A form that only asks; what it cannot read does not count."""

    class Meta(WebForm.Meta):
        csrf = False

    q = SearchField("Zoekwoord")

    @classmethod
    def of_request(cls, **settings: Any) -> Self:
        return cls(formdata=request.args, **settings)

    @property
    def text(self) -> str:
        return self.q.data or ""

    @property
    def is_asking(self) -> bool:
        return any(field.data for field in self)

    def loosenings(self, count: Callable[[Self], int]) -> list[dict[str, str]]:
        """Links to this list without one of the things asked, where that finds something."""
        asked = [field for field in self if field.data]
        if len(asked) == 1:
            return []
        found = {field: count(type(self)(formdata=_without(field.name))) for field in asked}
        return [
            {"label": f"Zonder {_chosen(field)} ({number(many)})", "href": _href(field.name)}
            for field, many in found.items()
            if many
        ]


def page_number() -> int:
    typed = request.args.get(PAGE, "1")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 6 else 1


def page_href(page: int) -> str:
    """The address of another page of the same list."""
    of_list = {**_safe(request.args), PAGE: page, **(request.view_args or {})}
    return url_for(str(request.endpoint), **of_list)


def province_choices(provinces: list[str]) -> list[SelectChoice]:
    return [SelectChoice("", "Alle provincies"), *(SelectChoice(name) for name in provinces)]


def asked() -> dict[str, Any]:
    """What this page was asked, for `url_for` of the next part of the same list."""
    return _safe(request.args)


def _href(without: str) -> str:
    return url_for(str(request.endpoint), **_safe(_without(without)))


def _without(name: str) -> MultiDict[str, str]:
    """What was asked but for this."""
    asked = MultiDict(request.args)
    asked.poplist(name)
    return asked


def _chosen(field: Field) -> str:
    """What was asked, as the form shows it."""
    choices = field.iter_choices() if isinstance(field, SelectField) else []
    shown = (str(one.label) for one in choices if one.selected)
    return next((f"“{one}”" for one in shown), str(field.label.text).lower())


def _safe(asked: MultiDict[str, str]) -> dict[str, Any]:
    """For `url_for`: without names that mean something to it, and always the first page."""
    kept = ((name, text) for name, text in asked.items() if text and name != PAGE)
    return {name: text for name, text in kept if not name.startswith("_")}
