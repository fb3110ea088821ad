"""What a digest tells, part by part: the best few of what is new, and how many more there are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, zip_longest
from typing import Protocol, TypeVar
from uuid import UUID

from app.core.dutch import ended, listed, plural, short_date
from app.matching.core.facts import Score
from app.matching.core.rank import rank
from app.matching.core.words import (
    COLLEAGUE,
    YOU,
    fits_words,
    group_of,
    group_words,
    one_line,
    short_sentences,
)
from app.notifications.rules import MOST_MATCHES


@dataclass(frozen=True)
class OpgaveNews:
    """An opgave that fits the reader."""

    title: str
    gemeente_name: str
    closes_on: date | None
    score: Score


@dataclass(frozen=True)
class ColleagueNews:
    """A colleague, as the reader may see them, who fits an opgave of the reader."""

    opgave_title: str
    gemeente_name: str
    closes_on: date | None
    display_name: str
    # The gemeente, or the province of somebody who shows no more.
    region: str
    score: Score


@dataclass(frozen=True)
class ResponseNews:
    """A colleague who shows interest in an opgave of the reader, and so who they are."""

    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    closes_on: date | None
    name: str
    region: str
    email: str
    told_at: datetime
    # None when they fit too little to say why.
    score: Score | None


Scored = TypeVar("Scored", OpgaveNews, ColleagueNews)
Grouped = TypeVar("Grouped", ColleagueNews, ResponseNews)


class Section(Protocol):
    """One part of a digest, with something in it."""

    @property
    def headline(self) -> str:
        """What there is, in a few words."""

    @property
    def first_line(self) -> str:
        """The best of it, for who sees one line on a telephone."""


@dataclass(frozen=True)
class DigestOpgave:
    opgave_id: UUID
    title: str
    gemeente_name: str
    closes_on: date | None
    score_value: int
    group: str
    # What the card on the page tells.
    reasons: tuple[str, ...]
    # All of it in one line.
    why: str


@dataclass(frozen=True)
class ForYou:
    """Opgaven for the reader as a professional."""

    opgaven: tuple[DigestOpgave, ...]
    more: int

    @property
    def headline(self) -> str:
        return f"{plural(len(self.opgaven) + self.more, 'opgave', 'opgaven')} voor jou"

    @property
    def first_line(self) -> str:
        best = self.opgaven[0]
        until = short_date(best.closes_on)
        return f"{best.gemeente_name}, reageer tot en met {until}: {ended(best.title)} {best.why}"


@dataclass(frozen=True)
class DigestColleague:
    display_name: str
    region: str
    score_value: int
    group: str
    # Whether in full, nearly or in part.
    fits: str
    reasons: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class DigestColleagues:
    """The best colleagues for one opgave, and how many more there are."""

    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    closes_on: date | None
    colleagues: tuple[DigestColleague, ...]
    more: int

    @property
    def count(self) -> int:
        return len(self.colleagues) + self.more


@dataclass(frozen=True)
class ForOpgaven:
    """Colleagues for the opgaven that the reader looks after; `more` are for yet other ones."""

    groups: tuple[DigestColleagues, ...]
    more: int
    more_opgaven: int

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups) + self.more

    @property
    def headline(self) -> str:
        own = "opgave" if len(self.groups) == 1 else "opgaven"
        return plural(self.count, "collega", "collega's") + f" voor je {own}"

    @property
    def first_line(self) -> str:
        group = self.groups[0]
        first = group.colleagues[0]
        about = ended(f"{first.display_name} {first.fits} bij {group.opgave_title}")
        return f"{about} {first.why}"


@dataclass(frozen=True)
class DigestResponse:
    name: str
    region: str
    email: str
    # How they fit, or nothing.
    why: str


@dataclass(frozen=True)
class DigestResponses:
    """Who shows interest in one opgave, and how many more there are."""

    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    closes_on: date | None
    responses: tuple[DigestResponse, ...]
    more: int


@dataclass(frozen=True)
class ToOpgaven:
    """Responses to the opgaven of the reader; `more` are to yet other ones."""

    groups: tuple[DigestResponses, ...]
    more: int
    more_opgaven: int

    @property
    def headline(self) -> str:
        count = sum(len(group.responses) + group.more for group in self.groups) + self.more
        own = "opgave" if len(self.groups) == 1 else "opgaven"
        return f"{plural(count, 'reactie', 'reacties')} op je {own}"

    @property
    def first_line(self) -> str:
        group = self.groups[0]
        first = group.responses[0]
        return shows_interest(first.name, first.region, group.opgave_title)


@dataclass(frozen=True)
class Told:
    """A section, and under which name its templates stand in `email/digest/parts`."""

    name: str
    section: Section


@dataclass(frozen=True)
class Digest:
    """The parts that have something to tell, the nearest to the reader first."""

    name: str
    parts: tuple[Told, ...] = ()

    @property
    def headline(self) -> str:
        return listed([part.section.headline for part in self.parts])

    @property
    def first_line(self) -> str:
        return self.parts[0].section.first_line


def opgaven_for_you(news: Iterable[OpgaveNews]) -> ForYou:
    ordered = _best_first(news)
    told = tuple(_opgave(one) for one in ordered[:MOST_MATCHES])
    return ForYou(told, more=len(ordered) - len(told))


def colleagues_for_opgaven(news: Iterable[ColleagueNews]) -> ForOpgaven:
    """Each opgave its best before any has its second; the opgave with the best of all first."""
    groups = _grouped(_best_first(news), lambda one: one.score.opgave_id)
    shares = shared_fairly([len(group) for group in groups])
    told = [(group, share) for group, share in zip(groups, shares, strict=True) if share]
    others = groups[len(told) :]
    return ForOpgaven(
        groups=tuple(_colleagues(group, share) for group, share in told),
        more=sum(len(group) for group in others),
        more_opgaven=len(others),
    )


def responses_to_opgaven(news: Iterable[ResponseNews]) -> ToOpgaven:
    """The opgave with the longest waiting first; of each, who has waited longest."""
    groups = _grouped(sorted(news, key=lambda one: one.told_at), lambda one: one.opgave_id)
    shares = shared_fairly([len(group) for group in groups])
    told = [(group, share) for group, share in zip(groups, shares, strict=True) if share]
    others = groups[len(told) :]
    return ToOpgaven(
        groups=tuple(_responses(group, share) for group, share in told),
        more=sum(len(group) for group in others),
        more_opgaven=len(others),
    )


def shows_interest(name: str, region: str, title: str) -> str:
    """Fatima uit Utrecht heeft belangstelling voor Een veilig plein."""
    return ended(f"{name} uit {region} heeft belangstelling voor {title}")


def shared_fairly(sizes: Sequence[int], most: int = MOST_MATCHES) -> list[int]:
    """How many of each group are told: each its first, then each its second, and so on."""
    turns = zip_longest(*([number] * size for number, size in enumerate(sizes)))
    told = [one for one in chain.from_iterable(turns) if one is not None][:most]
    return [told.count(number) for number in range(len(sizes))]


def _best_first(news: Iterable[Scored]) -> list[Scored]:
    """The same match is told once, as it was told last."""
    by_match = {(one.score.profile_id, one.score.opgave_id): one for one in news}
    ordered = sorted(rank(one.score for one in by_match.values()), key=group_of)
    return [by_match[score.profile_id, score.opgave_id] for score in ordered]


def _grouped(ordered: Iterable[Grouped], opgave: Callable[[Grouped], UUID]) -> list[list[Grouped]]:
    """Per opgave; the one with the first of all comes first."""
    groups: dict[UUID, list[Grouped]] = {}
    for one in ordered:
        groups.setdefault(opgave(one), []).append(one)
    return list(groups.values())


def _opgave(news: OpgaveNews) -> DigestOpgave:
    return DigestOpgave(
        opgave_id=news.score.opgave_id,
        title=news.title,
        gemeente_name=news.gemeente_name,
        closes_on=news.closes_on,
        score_value=news.score.value,
        group=group_words(news.score, YOU),
        reasons=tuple(short_sentences(news.score, YOU)),
        why=one_line(news.score, YOU),
    )


def _colleagues(group: Sequence[ColleagueNews], share: int) -> DigestColleagues:
    about = group[0]
    return DigestColleagues(
        opgave_id=about.score.opgave_id,
        opgave_title=about.opgave_title,
        gemeente_name=about.gemeente_name,
        closes_on=about.closes_on,
        colleagues=tuple(_colleague(one) for one in group[:share]),
        more=len(group) - share,
    )


def _responses(group: Sequence[ResponseNews], share: int) -> DigestResponses:
    about = group[0]
    return DigestResponses(
        opgave_id=about.opgave_id,
        opgave_title=about.opgave_title,
        gemeente_name=about.gemeente_name,
        closes_on=about.closes_on,
        responses=tuple(
            DigestResponse(one.name, one.region, one.email, why_of(one.score))
            for one in group[:share]
        ),
        more=len(group) - share,
    )


def why_of(score: Score | None) -> str:
    """How a colleague fits, as the page says it; nothing when they fit too little to say why."""
    return one_line(score, COLLEAGUE) if score else ""


def _colleague(news: ColleagueNews) -> DigestColleague:
    return DigestColleague(
        display_name=news.display_name,
        region=news.region,
        score_value=news.score.value,
        group=group_words(news.score, COLLEAGUE),
        fits=fits_words(news.score),
        reasons=tuple(short_sentences(news.score, COLLEAGUE)),
        why=one_line(news.score, COLLEAGUE),
    )
