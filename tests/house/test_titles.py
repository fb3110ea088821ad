"""The title of a page fits where browsers and search engines show it, also with a fault on it."""

import re
from pathlib import Path

import pytest

from tests.house.tree import TEMPLATES, near

# Signs; what is longer is cut off, and html-validate refuses it.
LONGEST = 70
ENDS_WITH = " | de gemeente van nu"
TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)
CUT = re.compile(r"{{[^}]*\|\s*truncate\((\d+)[^}]*}}")
FAULT = re.compile(r'{{\s*"Fout: " if [^}]*}}')
ELSE = re.compile(r"{% else %}.*?{% endif %}")
VALUE = re.compile(r"{{([^}]*)}}")
OTHER = re.compile(r"{{[^}]*}}|{%[^%]*%}")

# What our own code writes or a gemeente is called: it has no end that a person may choose.
OF_THE_HOUSE = {
    "gemeente.name",
    "heading",
    "matches.page.number",
    "name",
    "page.heading",
    "page.number",
    "page.title",
    "page.year",
    "self.deed()",
    "self.step()",
    "title",
}

PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if TITLE.search(path.read_text())]


def longest(title: str) -> int:
    """With every word that it may hold; what is not cut off counts for nothing here."""
    worded = FAULT.sub("Fout: ", ELSE.sub("", title))
    worded = CUT.sub(lambda cut: "x" * int(cut[1]), worded)
    return len(OTHER.sub("", worded) + ENDS_WITH)


def uncut(title: str) -> set[str]:
    """The values that stand in it at any length; words between quotes are no value."""
    values = {value.strip() for value in VALUE.findall(CUT.sub("", title))}
    return {value for value in values if not value.startswith('"')}


@pytest.mark.parametrize("path", PAGES, ids=near)
def test_a_title_is_short_enough(path: Path) -> None:
    found = TITLE.search(path.read_text())

    assert found is not None
    assert longest(found[1]) <= LONGEST


@pytest.mark.parametrize("path", PAGES, ids=near)
def test_what_people_write_is_cut_off(path: Path) -> None:
    found = TITLE.search(path.read_text())

    assert found is not None
    assert uncut(found[1]) <= OF_THE_HOUSE


def test_what_is_not_cut_off_is_found() -> None:
    assert uncut('{{ "Fout: " if form.errors }}Mail: {{ mail.line.subject }}') == {
        "mail.line.subject"
    }


def test_a_title_that_is_too_long_is_found() -> None:
    title = (
        '{{ "Fout: " if form.errors }}Uitnodiging: {{ one.title | truncate(32, false, "…", 0) }}'
    )

    assert longest(title) == LONGEST + 2
