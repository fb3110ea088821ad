"""What a score says in plain Dutch, the same words on a page, in a mail and in search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from app.matching.core.facts import Kind, Reason, Score
from app.matching.core.score import FULL, LEARNER_IN_WORK, MOST_ENERGY, NAMED
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
    Kind.SYNONYM: "ander woord voor hetzelfde",
    Kind.NARROWER: "specifieker dan gevraagd",
    Kind.BROADER: "breder dan gevraagd",
    Kind.RELATED: "verwant",
    Kind.SPELLING: "net anders geschreven",
    Kind.KIN: "heeft er woorden mee gemeen",
}
# What is offered and is at least all that was asked.
WHOLE = frozenset({Kind.SAME, Kind.SYNONYM, Kind.NARROWER, Kind.SPELLING})
# The same words as on the form where somebody gives their energy.
YOUR_ENERGY = {
    1: "Dat doe je liever niet.",
    2: "Dat kost je energie.",
    3: "Dat vind je prima.",
    4: "Dat geeft je energie.",
    5: "Dat geeft je veel energie.",
}
ENERGY_OF_COLLEAGUE = {
    1: "Dat doet deze collega liever niet.",
    2: "Dat kost deze collega energie.",
    3: "Dat vindt deze collega prima.",
    4: "Dat geeft deze collega energie.",
    5: "Dat geeft deze collega veel energie.",
}
CLOSE_VALUE = 50
NAMED_AT_MOST = 3
REASONS_AT_MOST = 3


class Group(IntEnum):
    """Where a match belongs on a page and in a mail, the best first."""

    COMPLETE = 1
    CLOSE = 2
    PART = 3


# What an opgave or a colleague of a group does.
FITS = {Group.COMPLETE: "past", Group.CLOSE: "past bijna", Group.PART: "past deels"}


class Standing(StrEnum):
    """How far one asked skill is there."""

    WHOLE = "whole"
    PART = "part"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Voice:
    """What the profile of whom the words are about is called, and what is said of them."""

    profile: str
    wants: str
    energy: Mapping[int, str]
    groups: Mapping[Group, str]

    @property
    def profile_starts(self) -> str:
        return self.profile[:1].upper() + self.profile[1:]


YOU = Voice(
    profile="je profiel",
    wants="Je wilt",
    energy=YOUR_ENERGY,
    groups={
        Group.COMPLETE: "Je hebt alles wat nodig is",
        Group.CLOSE: "Je komt dicht in de buurt",
        Group.PART: "Je hebt een deel",
    },
)
COLLEAGUE = Voice(
    profile="het profiel",
    wants="Deze collega wil",
    energy=ENERGY_OF_COLLEAGUE,
    groups={
        Group.COMPLETE: "Heeft alles wat nodig is",
        Group.CLOSE: "Komt dicht in de buurt",
        Group.PART: "Heeft een deel",
    },
)


def standing(reason: Reason) -> Standing:
    """There in its full meaning and at the level asked, there in part, or not there."""
    if reason.offered is None:
        return Standing.MISSING
    is_short = _costs_learning(reason) if reason.wants_to_learn else _is_below(reason)
    return Standing.WHOLE if reason.kind in WHOLE and not is_short else Standing.PART


def group_of(score: Score) -> Group:
    """All that is needed counts only in its full meaning; without needs the wishes count."""
    needed = _musts(score) or score.reasons
    if score.tier != 1 or (not _musts(score) and score.value < CLOSE_VALUE):
        return Group.PART
    is_whole = all(standing(reason) is Standing.WHOLE for reason in needed)
    return Group.COMPLETE if is_whole else Group.CLOSE


def group_words(score: Score, voice: Voice) -> str:
    return voice.groups[group_of(score)]


def fits_words(score: Score) -> str:
    """The verb for a match that is told of in one sentence."""
    return FITS[group_of(score)]


def sentence(reason: Reason, voice: Voice) -> str:
    """What is on the profile for one asked skill, and how it was found."""
    if reason.offered is None:
        return f"Gevraagd: {reason.asked}. Dat staat niet op {voice.profile}."
    learns = ", om te leren" if reason.wants_to_learn else ""
    if _is_named_the_same(reason):
        return f"Op {voice.profile}: {reason.offered}{learns}."
    found = f"{reason.offered} ({kind_words(reason)}){learns}"
    return f"Op {voice.profile}: {found}. Gevraagd: {reason.asked}."


def details(reason: Reason, voice: Voice) -> str:
    """Level and energy, and in words where the points went that were not given."""
    said = (level_sentence(reason), energy_sentence(reason, voice), lost_sentence(reason))
    return " ".join(filter(None, said))


def level_sentence(reason: Reason) -> str:
    """The level that is there, next to the level asked when that is higher."""
    if reason.offered_level is None or reason.wants_to_learn:
        return ""
    has = LEVELS[reason.offered_level]
    if _is_below(reason):
        return f"Niveau: {has}. Gevraagd is {LEVELS[reason.asked_level]}."
    return f"Niveau: {has}."


def energy_sentence(reason: Reason, voice: Voice) -> str:
    return "" if reason.energy is None else voice.energy[reason.energy]


def lost_sentence(reason: Reason) -> str:
    """The points that were not given, and everything that took a part of them."""
    lost = reason.max_points - reason.points
    if not lost:
        return ""
    points = "1 punt" if lost == 1 else f"{lost} punten"
    why = _joined(causes(reason))
    return f"Dat scheelt {points}: {why}." if why else f"Dat scheelt {points}."


def causes(reason: Reason) -> list[str]:
    """Why the points for what is offered are not all there."""
    if reason.offered is None:
        return []
    learns_at_work = reason.wants_to_learn and _costs_learning(reason)
    can_or_works = learns_at_work or not reason.wants_to_learn
    found = {
        kind_words(reason): reason.kind not in (Kind.SAME, Kind.SYNONYM),
        "lager niveau dan gevraagd": _is_below(reason) and can_or_works,
        f"energie {reason.energy} van de {MOST_ENERGY}": reason.energy != MOST_ENERGY,
        "nog om te leren": learns_at_work,
    }
    return [cause for cause, counts in found.items() if counts]


def kind_words(reason: Reason) -> str:
    """How what is offered was found for what is asked."""
    return KINDS[reason.kind] if reason.kind else ""


def points_words(reason: Reason) -> str:
    return f"{reason.points} van de {reason.max_points} punten"


def what_if(reason: Reason, value: int) -> str:
    """What would raise the score of this value, and to what: exactly what must be done for it."""
    if reason.would_be <= value:
        return ""
    level, score = LEVELS[reason.asked_level], f"zou de score {reason.would_be} zijn"
    if reason.kind in NAMED:
        return f"Met '{reason.offered}' op niveau {level} {score}."
    return f"Met '{reason.asked}' op niveau {level} en veel energie {score}."


def best_what_if(score: Score) -> str:
    """What would help most, or nothing where nothing would."""
    best = max(score.reasons, key=lambda reason: reason.would_be)
    return what_if(best, score.value)


def score_sentence(score: Score, voice: Voice) -> str:
    """Whether everything that is needed is there."""
    musts = _musts(score)
    asked, what = (musts, "nodig") if musts else (score.reasons, "mooi meegenomen")
    whole = sum(standing(reason) is Standing.WHOLE for reason in asked)
    part = sum(standing(reason) is Standing.PART for reason in asked)
    parts = f", en {part} deels" if part else ""
    there = f"staat {whole} van de {len(asked)} helemaal op {voice.profile}{parts}"
    return f"{group_words(score, voice)}. Van wat {what} is, {there}."


def short_reasons(score: Score) -> list[Reason]:
    """The strongest reasons, for a card and for a mail."""
    return _strongest(score)[:REASONS_AT_MOST]


def short_sentences(score: Score, voice: Voice) -> list[str]:
    """What a card tells, line by line: the strongest reasons, what lacks and what would help."""
    said = [_marked(reason, voice) for reason in short_reasons(score)]
    return [*said, *filter(None, (missing_sentence(score), best_what_if(score)))]


def missing_sentence(score: Score) -> str:
    """What is asked and not there; what is needed comes first."""
    lacks = [reason for reason in score.reasons if reason.offered is None]
    ordered = sorted(lacks, key=lambda reason: not reason.must)
    names = [r.asked if r.must else f"{r.asked} (mooi meegenomen)" for r in ordered]
    return f"Ontbreekt: {_listed(names)}." if names else ""


def one_line(score: Score, voice: Voice) -> str:
    """The whole score in one line: what is there, and what is not."""
    met = _strongest(score)
    can = _per_offer(reason for reason in met if not reason.wants_to_learn)
    wants = _per_offer(reason for reason in met if reason.wants_to_learn)
    said = (
        f"{voice.profile_starts} noemt {_listed(can)}." if can else "",
        f"{voice.wants} leren: {_listed(wants)}." if wants else "",
        missing_sentence(score),
    )
    return " ".join(filter(None, said))


def what_was_said(asked: str, offered: str | None) -> str:
    """What somebody says of a reason; without `offered` that nothing of theirs answers it."""
    if not offered:
        return f"“{asked}” is niet mijn vak"
    return f"“{offered}” is iets anders dan “{asked}”"


def _marked(reason: Reason, voice: Voice) -> str:
    """The sentence, with in words the mark that a page shows beside what fits in part."""
    said = sentence(reason, voice)
    return f"Past deels: {said}" if standing(reason) is Standing.PART else said


def _musts(score: Score) -> list[Reason]:
    return [reason for reason in score.reasons if reason.must]


def _strongest(score: Score) -> list[Reason]:
    return sorted((r for r in score.reasons if r.points), key=lambda r: (-r.points, r.asked))


def _is_below(reason: Reason) -> bool:
    return (reason.offered_level or 0) < reason.asked_level


def _costs_learning(reason: Reason) -> bool:
    """Wishing to learn counts in full where somebody comes to learn, and elsewhere hardly."""
    return reason.points * FULL <= reason.max_points * LEARNER_IN_WORK


def _is_named_the_same(reason: Reason) -> bool:
    return normalise(reason.asked) == normalise(reason.offered or "")


def _per_offer(reasons: Iterable[Reason]) -> list[str]:
    """Each offered skill once, with everything asked that it serves under another name."""
    serves: dict[str, list[Reason]] = {}
    for reason in reasons:
        serves.setdefault(str(reason.offered), []).append(reason)
    return [_short(offered, served) for offered, served in serves.items()]


def _short(offered: str, served: Sequence[Reason]) -> str:
    others = [f"{kind_words(r)}: {r.asked}" for r in served if not _is_named_the_same(r)]
    if not others:
        return offered
    also = "" if len(others) == len(served) else "ook "
    return f"{offered} ({also}{'; '.join(others)})"


def _listed(names: Iterable[str]) -> str:
    every = list(dict.fromkeys(names))
    named, rest = every[:NAMED_AT_MOST], len(every) - NAMED_AT_MOST
    return f"{', '.join(named)} en nog {rest}" if rest > 0 else _joined(named)


def _joined(names: Sequence[str]) -> str:
    return " en ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
