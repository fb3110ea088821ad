"""What lies ready for pages is used by one: styles, icons and macros."""

import re
from collections.abc import Iterable

from tests.house.tree import ROOT, templates

STATIC = ROOT / "app" / "web" / "static"
PAGES = "\n".join(path.read_text() for path in templates() if path.suffix == ".html")
CODE = "\n".join(
    path.read_text()
    for pattern in ("**/*.py", "static/js/*.js")
    for path in (ROOT / "app" / "web").glob(pattern)
)
REMARK = re.compile(r"\{#.*?#\}|/\*.*?\*/", re.DOTALL)
IMPORT = re.compile(r"{%-? from .*? import .*?%}", re.DOTALL)


def own_classes(styles: str) -> set[str]:
    return set(re.findall(r"\.(dgvn-[\w-]+)", REMARK.sub("", styles)))


def unused_classes(classes: Iterable[str], pages: str) -> set[str]:
    """Classes that no page names, in full or as a part before a word that follows later."""
    named = set(re.findall(r"dgvn-[\w-]+", REMARK.sub("", pages)))
    begun = tuple(name for name in named if name.endswith("--"))
    return {one for one in classes if one not in named and not one.startswith(begun)}


def unused_words(words: Iterable[str], pages: str) -> set[str]:
    """Words that stand nowhere between quotes."""
    return set(words) - set(re.findall(r"""["']([\w-]+)["']""", REMARK.sub("", pages)))


def uncalled(pages: str) -> set[str]:
    """Macros that no expression calls or hands on."""
    said = IMPORT.sub("", REMARK.sub("", pages))
    macros = set(re.findall(r"macro (\w+)\(", said))
    expressions = " ".join(re.findall(r"{[{%].*?[%}]}", said, re.DOTALL))
    return macros - set(re.findall(r"(?<!macro )(?<![\w.-])\w+", expressions))


def icons() -> set[str]:
    sprite = (STATIC / "vendor" / "tabler-icons" / "icons.svg").read_text()
    return set(re.findall(r'<symbol id="([\w-]+)"', sprite))


def test_every_style_of_our_own_is_used() -> None:
    classes = own_classes((STATIC / "css" / "dgvn.css").read_text())

    assert unused_classes(classes, PAGES + CODE) == set()


def test_every_icon_is_used_and_every_icon_that_is_used_is_there() -> None:
    assert unused_words(icons(), PAGES + CODE) == set()
    assert set(re.findall(r'\bicon\("([\w-]+)"', PAGES)) - icons() == set()


def test_every_macro_is_called() -> None:
    assert uncalled(PAGES) == set()


def test_what_is_not_used_is_found() -> None:
    pages = """{# dgvn-old "old" #}<p class="dgvn-a {{ 'dgvn-b--' ~ tone }}">{{ icon("star") }}"""
    macros = "{% macro one(x) %}{{ cards(x, two) }}{% endmacro %}{% macro two(x) %}{% endmacro %}"

    assert own_classes("/* .dgvn-no */ .dgvn-a, .dgvn-b--good:hover {}") == {
        "dgvn-a",
        "dgvn-b--good",
    }
    assert unused_classes(["dgvn-a", "dgvn-b--good", "dgvn-old"], pages) == {"dgvn-old"}
    assert unused_words(["star", "old"], pages) == {"old"}
    assert uncalled(macros) == {"one"}
