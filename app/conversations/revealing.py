"""What in a text tells who asked: what may not be published, and what to look at twice."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.faults import Fault

# Words of names that say nothing of whose it is.
PARTICLES = frozenset(
    {
        *("van", "de", "der", "den", "het", "te", "ten", "ter", "in", "op", "von", "bin", "ben"),
        *("la", "le", "el", "al", "du", "da", "di"),
    }
)
NAMED = "Haal hier “{word}” weg: zo heet wie het vroeg."
ADDRESSED = "Haal hier het mailadres weg van wie het vroeg."
PLACED = "Er staat “{gemeente}” in. Daar werkt wie het vroeg. Kan iemand daaraan zien wie het is?"
HAS_ADDRESS = "Er staat een mailadres in. Mag iedereen dat lezen?"
HAS_NUMBER = "Er staat een telefoonnummer in. Mag iedereen dat lezen?"
WORD = re.compile(r"[^\W\d_]+")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
# Ten digits as the Dutch write them, or nine after the number of the country.
NUMBER = re.compile(r"(?<![\w+])(?:\+31|0031|0)(?:[\s().-]*\d){8,10}(?!\d)")
# "Bergen (NH.)" is called Bergen.
IN_BRACKETS = re.compile(r"\s*\(.*?\)")


@dataclass(frozen=True)
class Unnamed:
    """Who asked, and must not be found in what is published."""

    name: str
    email: str
    gemeente_name: str


def revealing_faults(field: str, text: str, asker: Unnamed) -> list[Fault]:
    """A name or the address of who asked."""
    written = set(_words(text))
    named = [word for word in _words(asker.name) if word in written]
    found = [Fault(field, NAMED.format(word=word)) for word in dict.fromkeys(named)]
    if asker.email.casefold() in text.casefold():
        found.append(Fault(field, ADDRESSED))
    return found


def revealing_warnings(texts: Iterable[str], asker: Unnamed | None) -> list[str]:
    """What may tell who asked, or is perhaps not for everybody."""
    text = "\n".join(texts)
    found = []
    if asker is not None and _is_named(asker.gemeente_name, text):
        found.append(PLACED.format(gemeente=asker.gemeente_name))
    if ADDRESS.search(text):
        found.append(HAS_ADDRESS)
    if NUMBER.search(text):
        found.append(HAS_NUMBER)
    return found


def _is_named(gemeente_name: str, text: str) -> bool:
    plain = _plain(IN_BRACKETS.sub("", gemeente_name))
    return re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", _plain(text)) is not None


def _words(text: str) -> list[str]:
    found = (word for word in WORD.findall(_plain(text)) if len(word) > 1)
    return [word for word in found if word not in PARTICLES]


def _plain(text: str) -> str:
    """Without accents and capitals: a name is one however it is typed."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
