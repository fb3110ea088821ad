"""What the two pages with matches show: cards in two groups, or why there are none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.errors import NotFound
from app.core.paging import Page, part_of
from app.matching import queries, standing
from app.matching.core.facts import Score
from app.matching.core.rank import BEST_KEPT
from app.matching.core.search import Search
from app.matching.core.words import COLLEAGUE, YOU, group_of
from app.matching.shelf import Shelf
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import TAKES_ANSWERS, OpgaveStatus, may_edit
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.people.visibility import SeenProfile
from app.responses import queries as responses
from app.responses.models import Response
from app.responses.queries import Interested
from app.web.cards import ColleagueCard, OpgaveCard, colleague_card, opgave_card
from app.web.match_view import MatchView, SaidOf, match_view
from app.web.responses.words import answer_words

# Each card tells all of its reasons; who wants more than the best turns the page.
MATCHES_A_PAGE = 10


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
    # What the reader said to the opgave, or the colleague to the reader's.
    answer: str = ""


NO_CARDS: Page[MatchCard] = Page((), number=1, total=0)


@dataclass(frozen=True)
class Matches:
    """A page of cards under the words for their group; `silence` says why there are none.

    While a `search` runs, the cards are those of the one before.
    """

    page: Page[MatchCard] = NO_CARDS
    silence: Silence | None = None
    search: Search = Search.DONE
    # Who fits, too, and stands above because they showed interest.
    besides: int = 0

    @property
    def groups(self) -> list[tuple[str, list[MatchCard]]]:
        groups = groupby(self.page.items, key=lambda card: card.match.group_label)
        return [(label, list(cards)) for label, cards in groups]

    @property
    def has_disputable(self) -> bool:
        """Whether of any reason its reader can say that it is wrong."""
        return any(reason.may_dispute for card in self.page.items for reason in card.match.reasons)

    @property
    def is_cut_off(self) -> bool:
        """There may be more than these."""
        return self.page.total + self.besides == BEST_KEPT


@dataclass(frozen=True)
class InterestedLine:
    """A colleague who wants to hear more, and agreed to be known here."""

    name: str
    gemeente_name: str
    email: str
    shown_at: datetime
    match: MatchView | None


@dataclass(frozen=True)
class ColleaguesPage:
    opgave: OpgaveCard
    interested: list[InterestedLine]
    matches: Matches


def own_matches(
    session: Session, viewer: Actor, now: datetime, shelf: Shelf, number: int, said_of: SaidOf
) -> Matches:
    """The opgaven that fit who is looking: that page of them."""
    profile = people.own_profile(session, viewer.user_id) if viewer.user_id else None
    if profile is None or profile.state is not ProfileState.PUBLISHED:
        return Matches(silence=_no_search_for(profile))
    # Asked first: what is done by then, is in what is found.
    search = queries.search_for_person(session, profile.user_id, now)
    found = standing.matches_of_person(session, viewer, dutch_day(now), shelf)
    shown = _page_of(found, number)
    seen = opgaven.by_ids(session, [one.opgave_id for one in shown.items])
    answers = responses.own(session, viewer, seen)
    cards = [
        _of_opgave(seen[one.opgave_id], one, said_of, answers.get(one.opgave_id))
        for one in shown.items
    ]
    return _found(shown.of(cards), search)


def colleagues_page(
    session: Session, viewer: Actor, opgave_id: UUID, now: datetime, number: int
) -> ColleaguesPage:
    """A page of colleagues who fit, for who looks after the opgave; others get `NotFound`."""
    seen = opgaven.seen_opgave(session, viewer, opgave_id)
    if not may_edit(viewer, seen.opgave.gemeente_code):
        raise NotFound(f"colleagues of opgave {opgave_id}")
    interested = responses.interested_in(session, viewer, opgave_id, dutch_day(now))
    known = {one.colleague.user_id for one in interested}
    matches = _colleagues(session, viewer, seen.opgave, now, number, known)
    return ColleaguesPage(opgave_card(seen), [_interested(one) for one in interested], matches)


def _interested(one: Interested) -> InterestedLine:
    return InterestedLine(
        name=one.colleague.name,
        gemeente_name=one.colleague.gemeente_name,
        email=one.colleague.email,
        shown_at=one.shown_at,
        match=match_view(one.score, COLLEAGUE) if one.score else None,
    )


def _colleagues(
    session: Session,
    viewer: Actor,
    opgave: Opgave,
    now: datetime,
    number: int,
    interested: Collection[UUID],
) -> Matches:
    """Who shows interest stands in a list of their own."""
    if opgave.status not in TAKES_ANSWERS:
        is_concept = opgave.status in {OpgaveStatus.CONCEPT, OpgaveStatus.REVIEW}
        return Matches(silence=Silence.CONCEPT if is_concept else Silence.ENDED)
    search = queries.search_for_opgave(session, opgave.id, now)
    found = queries.matches_of_opgave(session, viewer, opgave.id, dutch_day(now))
    others = {one.score.profile_id: one for one in found if one.score.profile_id not in interested}
    shown = _page_of([one.score for one in others.values()], number)
    cards = [_of_colleague(others[one.profile_id].profile, one) for one in shown.items]
    besides = len(found) - len(others)
    if besides and not others:
        return Matches(search=search, besides=besides)
    return replace(_found(shown.of(cards), search), besides=besides)


def _no_search_for(profile: Profile | None) -> Silence:
    if profile is None:
        return Silence.NOTHING_WRITTEN
    return Silence.PAUSED if profile.state is ProfileState.PAUSED else Silence.CONCEPT


def _page_of(found: Sequence[Score], number: int) -> Page[Score]:
    """Best first within each group, and the groups one after the other."""
    return part_of(sorted(found, key=group_of), number, MATCHES_A_PAGE)


def _of_opgave(
    seen: SeenOpgave, score: Score, said_of: SaidOf, response: Response | None
) -> MatchCard:
    card = opgave_card(seen)
    said = answer_words(response) if response else ""
    return MatchCard(match_view(score, YOU, card.href, said_of), card, said)


def _of_colleague(seen: SeenProfile, score: Score) -> MatchCard:
    card = colleague_card(seen)
    return MatchCard(match_view(score, COLLEAGUE, card.href), card)


def _found(page: Page[MatchCard], search: Search) -> Matches:
    if not page.items:
        return Matches(silence=NOTHING_FOUND[search])
    return Matches(page, search=search)
