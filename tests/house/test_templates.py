"""Templates leave escaping, style and behaviour to where they belong."""

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment

from tests.house.tree import TEMPLATES, called, code, near, templates

MAIL_PARTS = [path for path in templates() if TEMPLATES / "email" in path.parents]
PAGES = [path for path in templates() if path.suffix == ".html"]
# Mails have no other place for their style than themselves.
INLINE = {
    "a style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "an event": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "an address that runs": re.compile(r"javascript:|data:", re.IGNORECASE),
}
UNESCAPED = re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false", re.IGNORECASE)
ELSEWHERE = re.compile(r"""(?:src|action)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE)
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def without_remarks(text: str) -> str:
    return REMARK.sub("", text)


def inline_parts(text: str) -> list[str]:
    return [name for name, pattern in INLINE.items() if pattern.search(without_remarks(text))]


@pytest.mark.parametrize("path", PAGES, ids=near)
def test_pages_have_nothing_inline(path: Path) -> None:
    assert inline_parts(path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p style="color: red">', ["a style"]),
        ("<style>p {}</style>", ["a style"]),
        ("<script>alert(1)</script>", ["a script"]),
        ('<script src="/static/x.js" defer></script>', []),
        ('<button class="x" onclick="go()">', ["an event"]),
        ('<a href="javascript:go()">', ["an address that runs"]),
        ('{# style="never" #}<p class="style">', []),
    ],
)
def test_inline_parts_are_found(text: str, found: list[str]) -> None:
    assert inline_parts(text) == found


@pytest.mark.parametrize("path", templates(), ids=near)
def test_what_people_typed_is_escaped_everywhere(path: Path) -> None:
    assert UNESCAPED.findall(without_remarks(path.read_text())) == []


@pytest.mark.parametrize("text", ["{{ x | safe }}", "{{ x|safe }}", "{% autoescape false %}"])
def test_text_that_is_not_escaped_is_found(text: str) -> None:
    assert UNESCAPED.findall(text) != []


@pytest.mark.parametrize("path", templates(), ids=near)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    assert ELSEWHERE.findall(without_remarks(path.read_text())) == []


def test_code_calls_no_text_safe_that_is_not() -> None:
    names = {
        near(path): [name for name in called(ast.parse(path.read_text())) if "Markup" in name]
        for path in code()
    }

    assert {path: found for path, found in names.items() if found} == {}


def test_the_templates_are_looked_at() -> None:
    assert TEMPLATES / "layouts" / "base.html" in PAGES


def edged_words(source: str) -> list[str]:
    """Words that a template shows as they are, and that begin or end with a space."""
    found, shows, depth = [], False, 0
    for _, kind, text in Environment(autoescape=True).lex(source):
        shows = kind == "variable_begin" or (shows and kind != "variable_end")
        depth += (text == "(") - (text == ")") if kind == "operator" else 0
        if shows and not depth and kind == "string" and text[1:-1] != text[1:-1].strip():
            found.append(text)
    return found


@pytest.mark.parametrize("path", MAIL_PARTS, ids=near)
def test_no_space_of_a_mail_stands_at_the_edge_of_a_value(path: Path) -> None:
    """Every value in a mail is made one clean line, and such a space is gone then."""
    assert edged_words(path.read_text()) == []


def test_a_space_at_the_edge_of_a_value_is_found() -> None:
    assert edged_words(
        '{{ "Inzet: " if here }} {{ names | join(", ") }}{% if name == " " %}{% endif %}'
    ) == ['"Inzet: "']
