"""What a beheerder asks and fills in about concepts, and about words that name none."""

from typing import Self

from flask import request

from app.vocabulary.rules import LABEL_LIMIT, ConceptDraft, Theme
from app.web.choices import one_of
from app.web.forms import LineField, NumberField, TextField, WebForm
from app.web.search import SearchField, SearchForm


class ConceptSearch(SearchForm):
    q = SearchField("Begrip")


class OtherConcept(SearchForm):
    """The name of the concept to merge with; its address can be kept and shared."""

    q = SearchField("Samenvoegen met")


class MergeForm(WebForm):
    into_id = NumberField()


class WordSearch(SearchForm):
    q = SearchField("Woord")


class WordForm(SearchForm):
    """A concept to link a word to."""

    q = SearchField("Een ander begrip")


class LinkForm(WebForm):
    concept_id = NumberField(name="begrip")

    @classmethod
    def of_address(cls) -> Self:
        form = cls(formdata=request.args)
        form.concept_id.errors = []
        return form


class OtherWord(SearchForm):
    """What a word only looks like."""

    word = LineField("Het andere woord", name="ander")

    @property
    def other(self) -> str:
        return (self.word.data or "")[:LABEL_LIMIT]


class ConceptForm(WebForm):
    """A new concept; looked at by its address first, and then posted as it was looked at."""

    label = LineField("Naam van het begrip")
    theme = one_of("Thema", Theme, empty="Kies een thema")
    broader = LineField("Valt onder")
    description = TextField("Korte omschrijving")

    @classmethod
    def of_address(cls, word: str) -> Self:
        """As the address has it; at first with the word itself for a name."""
        if "label" in request.args:
            return cls(formdata=request.args)
        return cls(formdata=None, data={"label": word})

    @property
    def is_filled(self) -> bool:
        return "label" in request.args

    def draft(self) -> ConceptDraft:
        return ConceptDraft(
            label=self.label.data or "",
            theme=self.theme.data,
            broader=self.broader.data or "",
            description=self.description.data or "",
        )
