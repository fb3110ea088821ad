"""What a change of words does to matches, in words; nobody is named."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core.dutch import number, plural
from app.matching.core.words import KINDS
from app.matching.preview import AlteredMatch, Example, Preview, preview
from app.vocabulary.lexicon import Lexicon

NOTHING = "Geen enkele match verandert hierdoor."
# What is counted of more than can be looked at in a moment.
AT_LEAST = "minstens "


@dataclass(frozen=True)
class ExampleLine:
    title: str
    who: str
    value: str
    why: str


@dataclass(frozen=True)
class ExampleGroup:
    heading: str
    lines: tuple[ExampleLine, ...]


@dataclass(frozen=True)
class PreviewView:
    """How many matches become other ones, as a sentence, and some of them."""

    summary: str
    groups: tuple[ExampleGroup, ...] = ()


def preview_view(session: Session, today: date, words: Lexicon) -> PreviewView:
    found = preview(session, today, words)
    if not found.has_any:
        unsure = "Onder de matches die we bekeken, verandert er geen."
        return PreviewView(NOTHING if found.is_whole else unsure)
    return PreviewView(_summary(found), tuple(_groups(found)))


def _summary(found: Preview) -> str:
    comes = "komt erbij" if found.come == 1 else "komen erbij"
    goes = "verdwijnt" if found.go == 1 else "verdwijnen"
    changes = "krijgt een andere score" if found.change == 1 else "krijgen een andere score"
    counts = [(found.come, comes), (found.go, goes), (found.change, changes)]
    said = [(count, verb) for count, verb in counts if count]
    least = "" if found.is_whole else AT_LEAST
    if len(said) == 1:
        ((count, verb),) = said
        sentence = f"{least}{plural(count, 'match', 'matches')} {verb}."
    else:
        total = plural(
            found.come + found.go + found.change, "match verandert", "matches veranderen"
        )
        parts = [f"{least}{number(count)} {verb}" for count, verb in said]
        sentence = f"{least}{total}: {_joined(parts)}."
    return sentence[:1].upper() + sentence[1:]


def _joined(said: list[str]) -> str:
    return " en ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _groups(found: Preview) -> Iterable[ExampleGroup]:
    groups = (
        ("Komt erbij", found.come, found.coming),
        ("Verdwijnt", found.go, found.going),
        ("Krijgt een andere score", found.change, found.changing),
    )
    for heading, count, examples in groups:
        if examples:
            some = f", {number(len(examples))} voorbeelden" if len(examples) < count else ""
            yield ExampleGroup(f"{heading}{some}", tuple(_line(one) for one in examples))


def _line(example: Example) -> ExampleLine:
    match = example.match
    if match.before is None:
        value = f"Score {match.after}"
    elif match.after is None:
        value = f"Score was {match.before}"
    else:
        value = f"Score {match.before} wordt {match.after}"
    who = f"Een collega uit {example.province}"
    return ExampleLine(example.title, who, value, _why(match))


def _why(match: AlteredMatch) -> str:
    reason, when = match.reason, "Nu telt" if match.reason_ends else "Dan telt"
    if reason.offered is None or reason.kind is None:
        return f"Gevraagd: {reason.asked}."
    return f"Gevraagd: {reason.asked}. {when} “{reason.offered}”: {KINDS[reason.kind]}."
