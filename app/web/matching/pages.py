"""What the two pages with matches show: cards in two groups, or why there are none."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.conversations import queries as conversations
from app.conversations.queries import Asker
from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.errors import NotFound
from app.core.paging import Page, part_of
from app.loans import queries as loans
from app.loans.rules import Party
from app.loans.seen import SeenLoan
from app.loans.words import summary
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
from app.responses import invitations, inviting
from app.responses import queries as responses
from app.responses.invitations import Given
from app.responses.models import Response
from app.responses.queries import Interested
from app.responses.rules import InvitationState
from app.responses.spreading import in_turn
from app.web.cards import ColleagueCard, OpgaveCard, colleague_card, opgave_card
from app.web.invitations.pages import GivenLine, given_lines
from app.web.loans.of_reaction import LoanNote, loan_note
from app.web.match_view import MatchView, SaidOf, match_view
from app.web.outcomes.pages import ClosedLine, closed_line
from app.web.responses.words import answer_words, hears_by_digest

# Each card tells all of its reasons; who wants more than the best turns the page.
MATCHES_A_PAGE = 10


class Silence(StrEnum):
    """Why there are no matches to show."""

    NOTHING_WRITTEN = "nothing_written"
    CONCEPT = "concept"
    PAUSED = "paused"
    TAKEN_DOWN = "taken_down"
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
    # Where a colleague can be invited; nothing when they cannot.
    invite_href: str = ""
    # Stands before somebody who fits as well, and was invited more often.
    asked_less: bool = False


NO_CARDS: Page[MatchCard] = Page((), number=1, total=0)


@dataclass(frozen=True)
class Matches:
    """A page of cards under the words for their group; `silence` says why there are none.

    While a `search` runs, the cards are those of the one before.
    """

    page: Page[MatchCard] = NO_CARDS
    silence: Silence | None = None
    search: Search = Search.DONE
    # Who fits, too, and stands in a list of their own by what they said.
    besides: int = 0
    # Why nobody can be invited any more, or nothing.
    no_inviting: str = ""

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

    user_id: UUID
    name: str
    gemeente_name: str
    email: str
    shown_at: datetime
    match: MatchView | None
    # None until it begins, which is a matter of seconds.
    conversation_id: UUID | None


@dataclass(frozen=True)
class LentLine:
    """A colleague with a loan for the opgave, and who is waited for in it."""

    name: str
    gemeente_name: str
    period: str
    loan: LoanNote
    conversation_id: UUID | None


@dataclass(frozen=True)
class ColleaguesPage:
    opgave_id: UUID
    opgave: OpgaveCard
    # Who waits for signatures, works on it or did.
    lent: list[LentLine]
    interested: list[InterestedLine]
    invited: list[GivenLine]
    # Who asked something, and shows no interest.
    askers: list[Asker]
    closed: list[ClosedLine]
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
    by_digest = bool(answers) and hears_by_digest(session, profile.user_id)
    cards = [
        _of_opgave(
            seen[one.opgave_id], one, said_of, answers.get(one.opgave_id), by_digest=by_digest
        )
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
    ended = responses.closed_in(session, viewer, opgave_id, dutch_day(now))
    introduced = [one.colleague for one in interested] + [one.colleague for one in ended]
    lent = {seen.loan.user_id: seen for seen in reversed(loans.of_opgave(session, opgave_id))}
    placed = {colleague.user_id for colleague in introduced} | set(lent)
    given = _last_of_each(invitations.given(session, viewer, opgave_id, dutch_day(now)), placed)
    said_no = {
        one.invitation.user_id for one in given if one.invitation.state is InvitationState.DECLINED
    }
    matches = _colleagues(session, viewer, seen.opgave, now, number, placed | said_no)
    talks = conversations.ids_by_professional(session, opgave_id)
    lines = [
        _interested(one, talks.get(one.colleague.user_id))
        for one in interested
        if one.colleague.user_id not in lent
    ]
    invited = given_lines(given, dutch_day(now))
    askers = conversations.askers(session, viewer, opgave_id)
    closed = [closed_line(one, talks.get(one.colleague.user_id)) for one in ended]
    return ColleaguesPage(
        opgave_id=opgave_id,
        opgave=opgave_card(seen),
        lent=[_lent(one, talks.get(user_id)) for user_id, one in lent.items()],
        interested=lines,
        invited=invited,
        askers=askers,
        closed=closed,
        matches=matches,
    )


def _lent(seen: SeenLoan, conversation_id: UUID | None) -> LentLine:
    return LentLine(
        name=seen.professional_name,
        gemeente_name=seen.lender_name,
        period=summary(seen),
        loan=loan_note(seen, Party.BORROWER),
        conversation_id=conversation_id,
    )


def _last_of_each(given: Iterable[Given], placed: Collection[UUID]) -> list[Given]:
    """The last invitation of everybody who does not stand in another list by what came of it."""
    last: dict[UUID, Given] = {}
    for one in given:
        last.setdefault(one.invitation.user_id, one)
    return [one for user_id, one in last.items() if user_id not in placed]


def _interested(one: Interested, conversation_id: UUID | None) -> InterestedLine:
    return InterestedLine(
        user_id=one.colleague.user_id,
        name=one.colleague.name,
        gemeente_name=one.colleague.gemeente_name,
        email=one.colleague.email,
        shown_at=one.shown_at,
        match=match_view(one.score, COLLEAGUE) if one.score else None,
        conversation_id=conversation_id,
    )


def _colleagues(
    session: Session,
    viewer: Actor,
    opgave: Opgave,
    now: datetime,
    number: int,
    besides: Collection[UUID],
) -> Matches:
    """Who showed interest or said no stands in a list of their own."""
    if opgave.status not in TAKES_ANSWERS:
        is_concept = opgave.status in {OpgaveStatus.CONCEPT, OpgaveStatus.REVIEW}
        return Matches(silence=Silence.CONCEPT if is_concept else Silence.ENDED)
    search = queries.search_for_opgave(session, opgave.id, now)
    found = queries.matches_of_opgave(session, viewer, opgave.id, dutch_day(now))
    others = {one.score.profile_id: one for one in found if one.score.profile_id not in besides}
    lately = invitations.lately(session, others, now)
    turns = in_turn(sorted((one.score for one in others.values()), key=group_of), lately)
    asked_less = {turn.score.profile_id for turn in turns if turn.asked_less}
    shown = _page_of([turn.score for turn in turns], number)
    too_late = inviting.too_late(opgave, dutch_day(now))
    ids = [one.profile_id for one in shown.items]
    can = set() if too_late else invitations.invitable(session, opgave, ids)
    cards = [
        replace(
            _of_colleague(others[one.profile_id].profile, one, can),
            asked_less=one.profile_id in asked_less,
        )
        for one in shown.items
    ]
    left_out = len(found) - len(others)
    if left_out and not others:
        return Matches(search=search, besides=left_out)
    return replace(_found(shown.of(cards), search), besides=left_out, no_inviting=too_late)


def _no_search_for(profile: Profile | None) -> Silence:
    if profile is None:
        return Silence.NOTHING_WRITTEN
    if profile.taken_down_at is not None:
        return Silence.TAKEN_DOWN
    return Silence.PAUSED if profile.state is ProfileState.PAUSED else Silence.CONCEPT


def _page_of(found: Sequence[Score], number: int) -> Page[Score]:
    """Best first within each group, and the groups one after the other."""
    return part_of(sorted(found, key=group_of), number, MATCHES_A_PAGE)


def _of_opgave(
    seen: SeenOpgave, score: Score, said_of: SaidOf, response: Response | None, *, by_digest: bool
) -> MatchCard:
    card = opgave_card(seen)
    said = answer_words(response, by_digest=by_digest) if response else ""
    return MatchCard(match_view(score, YOU, card.href, said_of), card, said)


def _of_colleague(seen: SeenProfile, score: Score, invitable: Collection[UUID]) -> MatchCard:
    card = colleague_card(seen)
    href = ""
    if seen.user_id in invitable:
        href = url_for("invitations.invite", opgave_id=score.opgave_id, user_id=seen.user_id)
    return MatchCard(match_view(score, COLLEAGUE, card.href), card, invite_href=href)


def _found(page: Page[MatchCard], search: Search) -> Matches:
    if not page.items:
        return Matches(silence=NOTHING_FOUND[search])
    return Matches(page, search=search)
