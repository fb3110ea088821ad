"""What a beheerder asks and fills in about concepts."""

from app.web.forms import LineField, NumberField, WebForm
from app.web.search import SearchForm


class ConceptSearch(SearchForm):
    q = LineField("Begrip")


class OtherConcept(SearchForm):
    """The name of the concept to merge with; its address can be kept and shared."""

    q = LineField("Samenvoegen met")


class MergeForm(WebForm):
    into_id = NumberField()
