"""What a digest tells: the best few of what is new, and how many more there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core.dutch import ended, plural, short_date
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
    display_name: str
    # The gemeente, or the province of somebody who shows no more.
    region: str
    score: Score


News = OpgaveNews | ColleagueNews


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
    colleagues: tuple[DigestColleague, ...]
    more: int

    @property
    def count(self) -> int:
        return len(self.colleagues) + self.more


@dataclass(frozen=True)
class Digest:
    """For the reader as a professional, and for the opgaven that the reader looks after."""

    name: str
    for_you: tuple[DigestOpgave, ...] = ()
    more_for_you: int = 0
    for_opgaven: tuple[DigestColleagues, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.for_you and not self.for_opgaven

    @property
    def headline(self) -> str:
        """What there is, in a few words."""
        if not self.for_opgaven:
            return f"{plural(self.count_for_you, 'opgave', 'opgaven')} voor jou"
        own = "opgave" if len(self.for_opgaven) == 1 else "opgaven"
        colleagues = plural(self.count_of_colleagues, "collega", "collega's") + f" voor je {own}"
        if not self.for_you:
            return colleagues
        return f"{plural(self.count_for_you, 'opgave', 'opgaven')} voor jou en {colleagues}"

    @property
    def first_line(self) -> str:
        """The best of it, for who sees one line on a telephone."""
        if self.for_you:
            best = self.for_you[0]
            until = short_date(best.closes_on)
            return (
                f"{best.gemeente_name}, reageer tot en met {until}: {ended(best.title)} {best.why}"
            )
        if self.for_opgaven:
            group = self.for_opgaven[0]
            first = group.colleagues[0]
            about = ended(f"{first.display_name} {first.fits} bij {group.opgave_title}")
            return f"{about} {first.why}"
        return ""

    @property
    def count_for_you(self) -> int:
        return len(self.for_you) + self.more_for_you

    @property
    def count_of_colleagues(self) -> int:
        return sum(group.count for group in self.for_opgaven)


def compose(name: str, news: Iterable[News]) -> Digest:
    """Order, shorten and count what there is to tell; the same match is told once."""
    ordered = _best_first(news)
    for_you = [one for one in ordered if isinstance(one, OpgaveNews)]
    colleagues = [one for one in ordered if isinstance(one, ColleagueNews)]
    told = tuple(_opgave(one) for one in for_you[:MOST_MATCHES])
    return Digest(
        name=name,
        for_you=told,
        more_for_you=len(for_you) - len(told),
        for_opgaven=tuple(_colleagues(group) for group in _per_opgave(colleagues)),
    )


def _best_first(news: Iterable[News]) -> list[News]:
    by_match = {(one.score.profile_id, one.score.opgave_id): one for one in news}
    ordered = sorted(rank(one.score for one in by_match.values()), key=group_of)
    return [by_match[score.profile_id, score.opgave_id] for score in ordered]


def _per_opgave(ordered: Sequence[ColleagueNews]) -> list[list[ColleagueNews]]:
    """The opgave with the best colleague comes first."""
    groups: dict[UUID, list[ColleagueNews]] = {}
    for one in ordered:
        groups.setdefault(one.score.opgave_id, []).append(one)
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


def _colleagues(group: Sequence[ColleagueNews]) -> DigestColleagues:
    told = tuple(_colleague(one) for one in group[:MOST_MATCHES])
    return DigestColleagues(
        opgave_id=group[0].score.opgave_id,
        opgave_title=group[0].opgave_title,
        colleagues=told,
        more=len(group) - len(told),
    )


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
