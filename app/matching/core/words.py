"""What a score says in plain Dutch, the same words on a page, in a mail and in search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.matching.core.facts import Kind, Reason, Score
from app.people.rules import Level
from app.vocabulary.rules import normalise

LEVELS: dict[int, str] = {
    Level.BASIC: "basis",
    Level.INDEPENDENT: "zelfstandig",
    Level.EXPERIENCED: "ervaren",
    Level.EXPERT: "expert",
}
KINDS = {
    Kind.SAME: "hetzelfde",
    Kind.SYNONYM: "synoniem",
    Kind.NARROWER: "specifieker dan gevraagd",
    Kind.BROADER: "breder dan gevraagd",
    Kind.RELATED: "verwant",
    Kind.SPELLING: "net anders geschreven",
}
LIVELY = 4
TIRING = 2
NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Voice:
    """Who the sentence is about, with the verbs that go with it."""

    who: str
    have: str
    want: str
    get: str

    @property
    def starts(self) -> str:
        return self.who[:1].upper() + self.who[1:]


YOU = Voice("je", have="hebt", want="wilt", get="krijg")


def about(name: str) -> Voice:
    """The voice that speaks about somebody else."""
    return Voice(name, have="heeft", want="wil", get="krijgt")


COLLEAGUE = about("deze collega")


def sentence(reason: Reason, voice: Voice) -> str:
    """What is there for one asked skill, and how it was found."""
    if reason.offered is None:
        return f"Gevraagd is {reason.asked}; dat {_turned(voice)} nog niet."
    verb = f"{voice.want} {reason.offered} leren" if reason.wants_to_learn else None
    has = verb or f"{voice.have} {reason.offered}"
    return f"{voice.starts} {has}{_found_by(reason)}."


def level_sentence(reason: Reason) -> str:
    """The level that is there, next to the level asked when that is higher."""
    if reason.offered_level is None or reason.wants_to_learn:
        return ""
    has = LEVELS[reason.offered_level]
    if reason.offered_level < reason.asked_level:
        return f"Niveau: {has}. Gevraagd is {LEVELS[reason.asked_level]}."
    return f"Niveau: {has}."


def energy_sentence(reason: Reason, voice: Voice) -> str:
    """Worth saying only at the ends of the scale."""
    if reason.energy is None or TIRING < reason.energy < LIVELY:
        return ""
    amount = "veel" if reason.energy >= LIVELY else "weinig"
    return f"Daar {voice.get} {voice.who} {amount} energie van."


def points_words(reason: Reason) -> str:
    return f"{reason.points} van de {reason.max_points} punten"


def what_if(reason: Reason) -> str:
    """What would have changed, said only where something else could be on the profile."""
    if reason.points == reason.max_points:
        return ""
    if reason.kind in (None, Kind.BROADER, Kind.RELATED, Kind.NARROWER):
        return f"Met '{reason.asked}' zou dit {reason.would_be} zijn."
    if reason.offered_level is not None and reason.offered_level < reason.asked_level:
        level = LEVELS[reason.asked_level]
        return f"Met '{reason.asked}' op niveau {level} zou dit {reason.would_be} zijn."
    return ""


def score_sentence(score: Score, voice: Voice) -> str:
    """Whether everything that is needed is there."""
    musts = [reason for reason in score.reasons if reason.must]
    met = sum(reason.offered is not None for reason in musts)
    if not musts:
        wished = sum(reason.offered is not None for reason in score.reasons)
        return f"{voice.starts} {voice.have} {wished} van de {len(score.reasons)} wensen."
    if score.tier == 1:
        return f"{voice.starts} {voice.have} alles wat nodig is."
    if met == len(musts):
        return f"{voice.starts} {voice.have} van alles wat nodig is iets, maar nog niet genoeg."
    return f"{voice.starts} {voice.have} {met} van de {len(musts)} dingen die nodig zijn."


def one_line(score: Score, voice: Voice) -> str:
    """The whole score in one line: what is there, and what is needed and is not."""
    met = sorted((r for r in score.reasons if r.points), key=lambda r: (-r.points, r.asked))
    has = _per_offer(reason for reason in met if not reason.wants_to_learn)
    wants = _per_offer(reason for reason in met if reason.wants_to_learn)
    parts = [f"{voice.have} {_listed(has)}"] if has else []
    parts += [f"{voice.want} {_listed(wants)} leren"] if wants else []
    missing = [r.asked for r in score.reasons if r.must and r.offered is None]
    lacks = f" Nog niet: {_listed(missing)}." if missing else ""
    return f"{voice.starts} {' en '.join(parts)}.{lacks}"


def _found_by(reason: Reason) -> str:
    if reason.kind is None or normalise(reason.asked) == normalise(reason.offered or ""):
        return ""
    return f"; gevraagd is {reason.asked} ({KINDS[reason.kind]})"


def _per_offer(reasons: Iterable[Reason]) -> list[str]:
    """Each offered skill once, with everything asked that it serves under another name."""
    serves: dict[str, list[Reason]] = {}
    for reason in reasons:
        serves.setdefault(str(reason.offered), []).append(reason)
    return [_short(offered, served) for offered, served in serves.items()]


def _short(offered: str, served: Sequence[Reason]) -> str:
    others = [reason.asked for reason in served if _found_by(reason)]
    if not others:
        return offered
    also = "gevraagd:" if len(others) == len(served) else "ook voor"
    return f"{offered} ({also} {_listed(others)})"


def _turned(voice: Voice) -> str:
    """Dat heb je, dat heeft deze collega: je loses its t behind the verb."""
    verb = voice.have.removesuffix("t") if voice.who == YOU.who else voice.have
    return f"{verb} {voice.who}"


def _listed(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    named, rest = every[:NAMED_AT_MOST], len(every) - NAMED_AT_MOST
    if rest > 0:
        return f"{', '.join(named)} en nog {rest}"
    return " en ".join(filter(None, (", ".join(named[:-1]), named[-1])))
