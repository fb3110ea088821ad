"""What the two pages with matches show: cards in two groups, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.errors import NotFound
from app.matching import queries, standing
from app.matching.core.rank import BEST_KEPT
from app.matching.core.search import Search
from app.matching.core.words import COLLEAGUE, YOU
from app.matching.queries import OpgaveMatch, ProfileMatch
from app.matching.shelf import Shelf
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus, may_edit
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.web.cards import ColleagueCard, OpgaveCard, colleague_card, opgave_card
from app.web.match_view import MatchView, match_view


class Silence(StrEnum):
    """Why there are no matches to show."""

    NOTHING_WRITTEN = "nothing_written"
    CONCEPT = "concept"
    PAUSED = "paused"
    ENDED = "ended"
    SEARCHING = "searching"
    SLOW = "slow"
    NOBODY_FITS = "nobody_fits"


NOTHING_FOUND = {
    Search.DONE: Silence.NOBODY_FITS,
    Search.RUNNING: Silence.SEARCHING,
    Search.SLOW: Silence.SLOW,
}


@dataclass(frozen=True)
class MatchCard:
    match: MatchView
    card: OpgaveCard | ColleagueCard


@dataclass(frozen=True)
class Matches:
    """Cards under the words for their group, best first; `silence` says why there are none.

    While a `search` runs, the cards are those of the one before.
    """

    groups: tuple[tuple[str, tuple[MatchCard, ...]], ...] = ()
    silence: Silence | None = None
    search: Search = Search.DONE

    @property
    def count(self) -> int:
        return sum(len(cards) for _, cards in self.groups)

    @property
    def is_cut_off(self) -> bool:
        """There may be more than these."""
        return self.count == BEST_KEPT


@dataclass(frozen=True)
class ColleaguesPage:
    opgave: OpgaveCard
    matches: Matches


def own_matches(session: Session, viewer: Actor, now: datetime, shelf: Shelf) -> Matches:
    """The opgaven that fit who is looking."""
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    if profile is None or profile.state is not ProfileState.PUBLISHED:
        return Matches(silence=_no_search_for(profile))
    # Asked first: what is done by then, is in what is found.
    search = queries.search_for_person(session, profile.user_id, now)
    found = standing.matches_of_person(session, viewer, dutch_day(now), shelf)
    return _found([_of_opgave(one) for one in found], search)


def colleagues_page(
    session: Session, viewer: Actor, opgave_id: UUID, now: datetime
) -> ColleaguesPage:
    """The colleagues who fit, for who looks after the opgave; others get `NotFound`."""
    seen = opgaven.seen_opgave(session, viewer, opgave_id)
    if not may_edit(viewer, seen.opgave.gemeente_code):
        raise NotFound(f"colleagues of opgave {opgave_id}")
    return ColleaguesPage(opgave_card(seen), _colleagues(session, viewer, seen.opgave, now))


def _colleagues(session: Session, viewer: Actor, opgave: Opgave, now: datetime) -> Matches:
    if opgave.status is not OpgaveStatus.OPEN:
        is_concept = opgave.status is OpgaveStatus.CONCEPT
        return Matches(silence=Silence.CONCEPT if is_concept else Silence.ENDED)
    search = queries.search_for_opgave(session, opgave.id, now)
    found = queries.matches_of_opgave(session, viewer, opgave.id, dutch_day(now))
    return _found([_of_colleague(one) for one in found], search)


def _no_search_for(profile: Profile | None) -> Silence:
    if profile is None:
        return Silence.NOTHING_WRITTEN
    return Silence.PAUSED if profile.state is ProfileState.PAUSED else Silence.CONCEPT


def _of_opgave(found: OpgaveMatch) -> MatchCard:
    card = opgave_card(found.seen)
    return MatchCard(match_view(found.score, YOU, card.href), card)


def _of_colleague(found: ProfileMatch) -> MatchCard:
    card = colleague_card(found.profile)
    return MatchCard(match_view(found.score, COLLEAGUE, card.href), card)


def _found(cards: Sequence[MatchCard], search: Search) -> Matches:
    if not cards:
        return Matches(silence=NOTHING_FOUND[search])
    return Matches(_grouped(cards), search=search)


def _grouped(cards: Sequence[MatchCard]) -> tuple[tuple[str, tuple[MatchCard, ...]], ...]:
    ordered = sorted(cards, key=lambda card: card.match.group)
    grouped = groupby(ordered, key=lambda card: card.match.group_label)
    return tuple((label, tuple(group)) for label, group in grouped)
