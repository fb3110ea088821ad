"""What in a text tells who asked: what may not be published, and what to look at twice."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import takewhile

from app.core.faults import Fault

# Words of names that say nothing of whose it is.
PARTICLES = frozenset(
    {
        *("van", "de", "der", "den", "het", "te", "ten", "ter", "in", "op", "von", "bin", "ben"),
        *("la", "le", "el", "al", "du", "da", "di"),
    }
)
# Who follows these is called so.
TITLES = frozenset(
    {
        *("heer", "meneer", "mevrouw", "mevr", "mw", "dhr", "mr", "drs", "dr", "ir", "ing"),
        *("groet", "groeten", "groetjes"),
    }
)
# Words of every day by which people are called as well: small, they are words.
ORDINARY = frozenset(
    {
        *("wil", "meer", "groot", "klein", "lang", "kort", "jong", "oud", "wit", "zwart"),
        *("rood", "groen", "bruin", "blauw", "geel", "grijs", "goed", "beste", "mooi", "sterk"),
        *("snel", "hoog", "laag", "diep", "breed", "rijk", "arm", "vroeg", "laat", "nieuw"),
        *("vrij", "bakker", "visser", "slager", "kuiper", "mulder", "molenaar", "boer", "kok"),
        *("koopman", "timmerman", "schipper", "schilder", "snijder", "wever", "jager", "herder"),
        *("tuin", "bos", "berg", "dal", "duin", "dijk", "brug", "kerk", "hof", "veld", "heide"),
        *("beek", "broek", "haven", "water", "poel", "put", "bron", "wal", "stad", "dorp"),
        *("huis", "kamp", "plein", "weg", "straat", "poort", "molen", "post", "bank", "stok"),
        *("kist", "kuil", "kant", "rand", "hoek", "ring", "kroon", "vos", "wolf", "haan", "kip"),
        *("valk", "mees", "vink", "leeuw", "haas", "mol", "bok", "boom", "linde", "roos"),
        *("bloem", "bloemen", "wilg", "stam", "tak", "vis", "zon", "maan", "ster", "winter"),
        *("zomer", "lente", "mei", "markt", "prins", "koning", "keizer", "graaf", "bisschop"),
        *("paus", "ridder", "hertog", "heer", "man", "hart", "hand", "hoofd", "baard", "bloed"),
        *("moed", "trouw", "vrede", "vreugde", "hoop", "fee", "lot", "storm", "wind", "vliet"),
        *("laan", "bal", "pot", "spel", "werk", "dienst", "staal", "goud", "zilver", "steen"),
        *("ijzer", "zand", "klei", "gras", "oever", "raad", "maat", "zuid", "noord", "west"),
        *("oost", "noorden", "hamer", "spijker", "ruiter", "bouw", "huisman", "buurman", "wijk"),
        *("ven"),
    }
)
NAMED = "Haal hier “{word}” weg: zo heet wie het vroeg."
ADDRESSED = "Haal hier het mailadres weg van wie het vroeg."
PLACED = "Er staat “{gemeente}” in. Daar werkt wie het vroeg. Kan iemand daaraan zien wie het is?"
HAS_ADDRESS = "Er staat een mailadres in. Mag iedereen dat lezen?"
HAS_NUMBER = "Er staat een telefoonnummer in. Mag iedereen dat lezen?"
DOUBTFUL = (
    "Is “{word}” hier de naam van wie het vroeg? Haal die dan weg. Is het een gewoon woord? "
    "Vink dat dan aan."
)
WORD = re.compile(r"[^\W\d_]+")
# "Jan-Willem" is written "Janwillem" as well, and "D'Hondt" "Dhondt".
COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:['’‐-][^\W\d_]++)+")
# Letters of which no sign can be taken off, as people without them on their keys type them.
TYPED = str.maketrans("łŁøØđĐı", "lLoOdDi") | str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE"}
)
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+")
# Behind the last of the signs that end one: so nothing is read twice.
SENTENCE_BEGINS = re.compile(r"(?:^|[.!?:…\n])(?:[^\S\n]|[\"'“”‘’„«»()\[\]–•*\d-])*+$")
# A full stop behind one letter ends no sentence: a name follows.
INITIAL = re.compile(r"(?<![^\W\d_])[^\W\d_]\.\s*$")
# Ten digits as the Dutch write them, or nine after the number of the country.
NUMBER = re.compile(r"(?<![\w+])(?:\+31|0031|0)(?:[\s().-]*\d){8,10}(?!\d)")
# "Bergen (NH.)" is called Bergen.
IN_BRACKETS = re.compile(r"\s?\([^()]*\)")


@dataclass(frozen=True)
class Unnamed:
    """Who asked, and must not be found in what is published."""

    name: str
    email: str
    gemeente_name: str


class Seems(IntEnum):
    """How much a word in a text is the name of who asked."""

    WORD = 0
    # It may be: somebody has to look.
    DOUBT = 1
    NAME = 2


@dataclass(frozen=True)
class Written:
    """A word of a text: `plain` is how it is compared, `word` how it stands there."""

    word: str
    plain: str
    start: int


@dataclass(frozen=True)
class Spelled:
    """A text taken apart once, however often a name stands in it."""

    text: str
    written: Sequence[Written]
    addresses: Sequence[tuple[int, int]]
    is_upper: bool

    @classmethod
    def of(cls, text: str) -> "Spelled":
        bare = _without_accents(text)
        return cls(
            text=bare,
            written=[
                Written(one[0], one[0].casefold(), one.start()) for one in WORD.finditer(bare)
            ],
            addresses=[one.span() for one in ADDRESS.finditer(bare)],
            is_upper=bare.isupper(),
        )

    def is_in_address(self, start: int) -> bool:
        return any(begin <= start < end for begin, end in self.addresses)

    def begins_sentence(self, place: int) -> bool:
        """Told by what stands between this word and the one before it."""
        begin, start = self.written[max(place - 1, 0)].start, self.written[place].start
        after_last = begin + len(self.written[place - 1].word) if place else 0
        is_initial = INITIAL.search(self.text, begin, start)
        return not is_initial and SENTENCE_BEGINS.search(self.text, after_last, start) is not None


def revealing_faults(field: str, text: str, asker: Unnamed) -> list[Fault]:
    """A name or the address of who asked."""
    seen, own = _seen_in(text, asker), _own_spelling(asker.name)
    names = (own.get(word, word) for word in seen if seen[word] is Seems.NAME)
    found = [Fault(field, NAMED.format(word=name)) for name in names]
    if _plain(asker.email) in _plain(text):
        found.append(Fault(field, ADDRESSED))
    return found


def doubtful_names(texts: Iterable[str], asker: Unnamed) -> list[str]:
    """Words that are perhaps the name of who asked, and perhaps words as any other."""
    own = _own_spelling(asker.name)
    seen = (_seen_in(text, asker) for text in texts)
    doubts = (own.get(word, word) for each in seen for word in each if each[word] is Seems.DOUBT)
    return list(dict.fromkeys(doubts))


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


def _seen_in(text: str, asker: Unnamed) -> dict[str, Seems]:
    """For each word of the name, in their order, how much of a name it is where it stands most."""
    spelled, own = Spelled.of(text), _words_of_name(asker.name)
    places: dict[str, list[int]] = {}
    for place, one in enumerate(spelled.written):
        places.setdefault(one.plain, []).append(place)
    return {
        name: max(
            (_seems(spelled, place, own) for place in places.get(name, ())), default=Seems.WORD
        )
        for name in dict.fromkeys(own)
        if len(name) > 1 and name not in PARTICLES
    }


def _seems(spelled: Spelled, place: int, own: Sequence[str]) -> Seems:
    written = spelled.written
    one = written[place]
    particles = _particles_before(own, one.plain)
    before = [each.plain for each in written[max(place - len(particles), 0) : place]]
    stands_with = bool(particles) and before == particles
    follows_title = place > 0 and written[place - 1].plain in TITLES
    beside = _parts_beside(written, place, own)
    around = {each.plain for each in written[max(place - 1, 0) : place + 2]}
    # "Wil meer" is not how "Wil van der Meer" is written.
    is_apart = bool(PARTICLES.intersection(own)) and PARTICLES.isdisjoint(around)
    is_written_so = (
        any(not (is_apart and _is_word(one) and _is_word(other)) for other in beside)
        or (follows_title and one.word[0].isupper())
        or (stands_with and len(particles) > 1)
        or spelled.is_in_address(one.start)
    )
    if is_written_so:
        return Seems.NAME
    is_ordinary = one.plain in ORDINARY
    if one.word[0].isupper():
        # Of a capital that any word would have there nothing can be told.
        is_any = spelled.is_upper or spelled.begins_sentence(place)
        return Seems.DOUBT if is_ordinary and is_any else Seems.NAME
    is_alone = not (stands_with or follows_title or beside)
    return Seems.WORD if is_ordinary and is_alone else Seems.DOUBT


def _parts_beside(written: Sequence[Written], place: int, own: Sequence[str]) -> list[Written]:
    """Other parts of the name that stand beside this word, whatever particles are between."""
    sides = (range(place - 1, -1, -1), range(place + 1, len(written)))
    nearest = (
        next((written[at] for at in side if written[at].plain not in PARTICLES), None)
        for side in sides
    )
    word = written[place].plain
    return [one for one in nearest if one and one.plain != word and one.plain in own]


def _is_word(one: Written) -> bool:
    """Whether it stands there as a word of every day does."""
    return one.plain in ORDINARY and one.word.islower()


def _particles_before(own: Sequence[str], word: str) -> list[str]:
    """What stands between this word of the name and the one before it."""
    head = own[: own.index(word)]
    return list(takewhile(PARTICLES.__contains__, reversed(head)))[::-1]


def _words_of_name(name: str) -> list[str]:
    plain = _plain(name)
    joined = ["".join(WORD.findall(compound)) for compound in COMPOUND.findall(plain)]
    return [*WORD.findall(plain), *joined]


def _own_spelling(name: str) -> dict[str, str]:
    """By a word of the name as it is compared, how its owner writes it."""
    whole = unicodedata.normalize("NFC", name)
    parts = [*WORD.findall(whole), *COMPOUND.findall(whole)]
    return {"".join(WORD.findall(_plain(one))): one for one in parts}


def _plain(text: str) -> str:
    """Without accents and capitals: a name is one however it is typed."""
    return _without_accents(text).casefold()


def _without_accents(text: str) -> str:
    """Nor signs that nobody sees, as a soft hyphen, and with letters of any width as one."""
    apart = unicodedata.normalize("NFKD", text)
    seen = (
        sign
        for sign in apart
        if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf"
    )
    return "".join(seen).translate(TYPED)
