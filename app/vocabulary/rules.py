"""When two spellings are one name: themes, labels and the forms they are compared in."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import Stemmer

from app.core.actor import Actor
from app.core.faults import Fault, length_fault
from app.core.rights import Right, may
from app.core.text import clean_line

LABEL_LIMIT = 80
NORMAL_LIMIT = 128
DESCRIPTION_LIMIT = 500
SHORT_WORD = 4
# What is compared is far shorter, however long the label.
READ_LIMIT = 1_000


class Theme(StrEnum):
    RUIMTE = "ruimte"
    WONEN = "wonen"
    VTH = "vth"
    OPENBARE_RUIMTE = "openbare-ruimte"
    MOBILITEIT = "mobiliteit"
    DUURZAAMHEID = "duurzaamheid"
    ECONOMIE = "economie"
    SOCIAAL_DOMEIN = "sociaal-domein"
    JEUGD = "jeugd"
    WERK_INKOMEN = "werk-inkomen"
    CULTUUR_SPORT = "cultuur-sport"
    VEILIGHEID = "veiligheid"
    BURGERZAKEN = "burgerzaken"
    FINANCIEN = "financien"
    JURIDISCH = "juridisch"
    BESTUUR = "bestuur"
    PARTICIPATIE = "participatie"
    DATA_INFORMATIE = "data-informatie"
    HR = "hr"
    INKOOP = "inkoop"
    COMMUNICATIE = "communicatie"
    PROJECTEN = "projecten"


class Verdict(StrEnum):
    """What a beheerder says of a word that no list knows."""

    LINK = "link"
    CONCEPT = "concept"
    DIFFERENT = "different"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class ConceptDraft:
    """A concept as a beheerder fills it in; `broader` is the name of the wider one, or empty."""

    label: str
    theme: Theme | None = None
    broader: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ConceptFacts:
    """A concept and all its names; `own` tells our words from imported ones."""

    id: int
    names: tuple[str, ...]
    broader: int | None = None
    related: tuple[int, ...] = ()
    own: bool = True


# C#, C++ and 65+ lose their meaning without their sign; elsewhere + and # only separate.
_WORD = re.compile(r"[^\W_]+(?:[+#]+(?![\w+#]))?")
# Only endings of which the craft is certain: a raadsadviseur does not write raadsadviezen.
_PRACTISED_BY = {
    "begeleider": "begeleiding",
    "beheerder": "beheer",
    "bemiddelaar": "bemiddeling",
    "coach": "coaching",
    "controller": "control",
    "handhaver": "handhaving",
    "inkoper": "inkoop",
    "kundige": "kunde",
    "leider": "leiding",
    "manager": "management",
    "ontwikkelaar": "ontwikkeling",
    "regisseur": "regie",
    "toezichthouder": "toezicht",
    "verlener": "verlening",
}
_PRACTITIONER = re.compile(rf"({'|'.join(_PRACTISED_BY)})(?:s|es|n)?$")
# The stemmer drops these endings, and then veiligheid and veiling are one word.
_MEANINGFUL = (
    ("ing", "ingen"),
    ("heid", "heden"),
    ("lijk", "lijke"),
    ("baar", "bare"),
    ("ig", "ige"),
)
_VOICELESS = {"z": "s", "v": "f"}
_DOUBLED = re.compile(r"([bdfgklmnprst])\1$")
_LONG_VOWEL = re.compile(r"([aeou])\1([^aeiou])$")


def may_change_words(actor: Actor) -> bool:
    """Who decides what belongs together, for every gemeente."""
    return may(actor, Right.DECIDE_WORDS)


def concept_faults(draft: ConceptDraft) -> list[Fault]:
    """What is wrong with a concept, whatever others there are."""
    faults = length_fault("label", draft.label, LABEL_LIMIT, "Vul de naam van het begrip in.")
    if draft.label and not normalise(draft.label):
        faults.append(Fault("label", "Gebruik letters of cijfers."))
    if draft.theme is None:
        faults.append(Fault("theme", "Kies een thema."))
    return [*faults, *length_fault("description", draft.description, DESCRIPTION_LIMIT)]


def normalise(label: str) -> str:
    """The form in which two spellings of one name are equal."""
    words = _WORD.findall(_folded(clean_line(label[:READ_LIMIT])).replace("&", " en "))
    return " ".join(words)[:NORMAL_LIMIT].rstrip()


def squeezed(normal: str) -> str:
    """Written as one word: people split and join compounds at will."""
    return normal.replace(" ", "")


def stemmed(normal: str) -> str:
    """Word by word without inflection, and the craft in place of the person who practises it."""
    words = normal.split()
    # An s that stands alone is what is left of a plural as in scenario's.
    return " ".join(_stem(word) for at, word in enumerate(words) if at == 0 or word != "s")


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(c for c in letters if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFKC", plain).casefold()


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if len(word) <= SHORT_WORD or not word.isalpha():
        return word
    craft = _PRACTITIONER.sub(lambda found: _PRACTISED_BY[found[1]], word)
    return _uninflected(craft)


def _uninflected(word: str) -> str:
    while len(word) > SHORT_WORD:
        for ending, inflected in _MEANINGFUL:
            if word.endswith((ending, inflected)):
                return word.removesuffix(inflected).removesuffix(ending) + ending
        # A stemmer keeps state while it works, so threads cannot share one.
        shorter = _closed(Stemmer.Stemmer("dutch_porter").stemWord(word))
        if shorter == word:
            break
        word = shorter
    return word


def _closed(stem: str) -> str:
    """Spell what is left as the singular: adviez as advies, process as proces, plann as plan."""
    stem = stem[:-1] + _VOICELESS.get(stem[-1], stem[-1])
    stem = _DOUBLED.sub(r"\1", stem)
    stem = _LONG_VOWEL.sub(r"\1\2", stem)
    return stem.removesuffix("s") if stem.endswith("ies") else stem
