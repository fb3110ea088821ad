"""Fields in which somebody chooses out of a few words."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from app.labels import label
from app.web.forms import NOT_A_CHOICE


def one_of(
    text: str,
    words: Mapping[Any, str] | type[Enum],
    *,
    field: Callable[..., Any] = SelectField,
    empty: str = "",
    **settings: Any,
) -> Any:
    """A field for one of these values; with `empty` that word stands for none of them."""
    worded = _worded(words)
    options = [SelectChoice(str(value), word) for value, word in worded.items()]
    if empty:
        options.insert(0, SelectChoice("", empty))
    return field(
        text,
        coerce=_reader(worded, with_nothing=bool(empty)),
        choices=options,
        invalid_value_message=NOT_A_CHOICE,
        invalid_choice_message=NOT_A_CHOICE,
        **settings,
    )


def many_of(text: str, words: Mapping[Any, str] | type[Enum], **settings: Any) -> Any:
    """A field for any number of these values."""
    return one_of(text, words, field=SelectMultipleField, default=(), **settings)


def _worded(words: Mapping[Any, str] | type[Enum]) -> Mapping[Any, str]:
    if isinstance(words, Mapping):
        return words
    return {member: label(member) for member in words}


def _reader(words: Mapping[Any, str], *, with_nothing: bool) -> Callable[[Any], Any]:
    values: dict[str, Any] = {str(value): value for value in words}
    if with_nothing:
        values |= {"": None, "None": None}

    def read(typed: Any) -> Any:
        if str(typed) not in values:
            raise ValueError(NOT_A_CHOICE)
        return values[str(typed)]

    return read
