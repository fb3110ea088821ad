"""Scripts put text on a page as text; markup that they set was made on the server, or escaped."""

import re

import pytest

from tests.house.tree import ROOT

SCRIPTS = sorted((ROOT / "app" / "web" / "static" / "js").glob("*.js"))
# What a browser reads as markup or as a script, and the words of a script that are markup.
SINK = re.compile(
    r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser"
    r"|setHTML|srcdoc|\beval\(|new Function|setTimeout\(\s*[\"'`]|\.on[a-z]+\s*=|[\"'`]\s*</?[a-z]"
    r"|setAttribute\(\s*[\"'](?:on|href|src|style)"
)
REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
# Each was looked at: a template of the page itself, an answer of ours, and words that were escaped.
KNOWN = {
    "form.js": ["holder.innerHTML = template.innerHTML"],
    "elsewhere.js": ["list.innerHTML = answer;"],
    "concept-autocomplete.js": [
        "return holder.innerHTML;",
        "const small = hint ? '<span class=\"dgvn-option__hint\">' + escaped(hint)"
        ' + "</span>" : "";',
    ],
}


def sinks(script: str) -> list[str]:
    """Lines that could make markup of text."""
    lines = REMARK.sub("", script).splitlines()
    return [line.strip() for line in lines if SINK.search(line)]


def test_text_becomes_markup_in_the_known_places_only() -> None:
    found = {path.name: sinks(path.read_text()) for path in SCRIPTS}

    assert {name: lines for name, lines in found.items() if lines} == KNOWN


@pytest.mark.parametrize(
    "script",
    [
        "list.outerHTML = said",
        "list.insertAdjacentHTML('beforeend', said)",
        "list.append(document.createRange().createContextualFragment(said))",
        "new DOMParser().parseFromString(said, 'text/html')",
        "frame.srcdoc = said",
        'setTimeout("go()", 10)',
        "button.onclick = said",
        'link.setAttribute("href", said)',
        'return "<b>" + said',
    ],
)
def test_another_place_is_found(script: str) -> None:
    assert sinks(script) == [script]


def test_text_that_is_put_there_as_text_is_left_alone() -> None:
    assert sinks("/* never innerHTML */ told.textContent = said") == []


def test_no_script_or_field_of_ours_refuses_a_paste() -> None:
    pages = (ROOT / "templates").rglob("*.html")
    refusing = re.compile(r"[\"']paste[\"']|onpaste|contextmenu", re.IGNORECASE)

    kept = {
        path.name: refusing.findall(text)
        for path in [*SCRIPTS, *pages]
        if refusing.search(text := REMARK.sub("", path.read_text()))
    }

    assert kept == {}
