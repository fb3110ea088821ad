"""What the pages about disputed reasons show: what somebody can say, said, and what people say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import disputes, queries
from app.matching.core.disputes import mean_one_thing
from app.matching.core.words import kind_words, what_was_said
from app.matching.disputing import reason_of
from app.matching.models import Dispute
from app.opgaven import queries as opgaven
from app.vocabulary import queries as vocabulary
from app.web.cards import OpgaveCard, opgave_card
from app.web.match_view import SaidOf, SaidView, nothing_said

MOST_PAIRS = 100


@dataclass(frozen=True)
class Choice:
    """Something to say of a reason: of its two words, or of what was asked whatever answers it."""

    said: str
    effect: str
    button: str
    is_of_pair: bool


@dataclass(frozen=True)
class ReasonPage:
    opgave: OpgaveCard
    asked: str
    offered: str
    # How the one was found for the other, as the explanation of the match has it.
    how: str
    choices: tuple[Choice, Choice]


@dataclass(frozen=True)
class DisputeLine:
    dispute_id: UUID
    said: str
    effect: str
    made_at: datetime


@dataclass(frozen=True)
class NamedConcept:
    id: int
    label: str


@dataclass(frozen=True)
class PairLine:
    """What some people say, and the concepts that it is about."""

    said: str
    people: int
    last_at: datetime
    concepts: tuple[NamedConcept, ...]


def reason_page(
    session: Session, viewer: Actor, today: date, opgave_id: UUID, asked: str
) -> ReasonPage:
    """The reason of the viewer's match that answers this; a `Conflict` when there is none."""
    reason = reason_of(session, viewer, today, opgave_id, asked)
    card = opgave_card(opgaven.shown_opgave(session, viewer, opgave_id))
    offered = reason.offered or ""
    said = choices(reason.asked, offered)
    return ReasonPage(card, reason.asked, offered, kind_words(reason), said)


def own_lines(session: Session, viewer: Actor) -> list[DisputeLine]:
    return [
        DisputeLine(
            dispute_id=one.id,
            said=what_was_said(one.asked, one.offered),
            effect=what_follows(one.asked, one.offered),
            made_at=one.made_at,
        )
        for one in disputes.own(session, viewer)
    ]


def pair_lines(session: Session) -> list[PairLine]:
    pairs = disputes.disputed_pairs(session, MOST_PAIRS)
    concepts = _concepts(session, [word for pair in pairs for word in (pair.asked, pair.offered)])
    return [
        PairLine(
            said=what_was_said(pair.asked, pair.offered),
            people=pair.people,
            last_at=pair.last_at,
            concepts=tuple(
                dict.fromkeys(
                    concepts[word] for word in (pair.offered, pair.asked) if word in concepts
                )
            ),
        )
        for pair in pairs
    ]


def own_said_of(session: Session, own: Sequence[Dispute]) -> SaidOf:
    """What the viewer said of an asked skill, under this word or one that means the same."""
    if not own:
        return nothing_said
    words = queries.vocabulary(session)

    def said_of(asked: str) -> tuple[SaidView, ...]:
        return tuple(
            SaidView(one.id, what_was_said(one.asked, one.offered))
            for one in own
            if mean_one_thing(one.asked, asked, words)
        )

    return said_of


def what_follows(asked: str, offered: str | None) -> str:
    if offered is None:
        return (
            f"Wat er ook op je profiel staat, het telt niet meer als “{asked}”. "
            f"Alleen als je “{asked}” zelf op je profiel zet, telt het."
        )
    return (
        f"“{offered}” telt bij jou niet meer als “{asked}”. "
        "Staat er iets anders op je profiel dat erbij past, dan telt dat wel."
    )


def choices(asked: str, offered: str) -> tuple[Choice, Choice]:
    return (
        Choice(
            said=what_was_said(asked, offered),
            effect=what_follows(asked, offered),
            button="Dit is niet hetzelfde",
            is_of_pair=True,
        ),
        Choice(
            said=what_was_said(asked, None),
            effect=what_follows(asked, None),
            button="Dit is niet mijn vak",
            is_of_pair=False,
        ),
    )


def _concepts(session: Session, words: Iterable[str | None]) -> dict[str | None, NamedConcept]:
    """Per word the concept that it names, as matching takes it."""
    known = queries.vocabulary(session)
    named = {word: known.concept_of(word) for word in words if word is not None}
    labels = vocabulary.labels_of(session, {one for one in named.values() if one is not None})
    return {word: NamedConcept(one, labels[one]) for word, one in named.items() if one is not None}
