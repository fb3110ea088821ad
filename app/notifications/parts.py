"""The parts of a digest: the one place where news of another sort is added.

A part says of which notices it tells, which of those still hold, and what is told of them. The
inbox, the count of what is unread, planning and composing all ask these same parts. Each has two
templates under its name in `templates/email/digest/parts`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, any_, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import Actor
from app.matching.models import Match
from app.matching.queries import score_of
from app.notifications.digest import (
    ColleagueNews,
    OpgaveNews,
    Section,
    Told,
    colleagues_for_opgaven,
    opgaven_for_you,
)
from app.notifications.models import LeftOutSkill, LeftOutTheme, Notice
from app.notifications.rules import Family, NoticeKind
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import EDITORS, may_edit
from app.people import queries as people
from app.people.models import Profile
from app.people.visibility import SeenProfile
from app.vocabulary import queries as vocabulary

# Who is asked about in a question about many people; `User` is then the colleague they may see.
reader = aliased(User, name="reader")


@dataclass(frozen=True)
class Whose:
    """Whose notices are asked for: those of one reader, or of each of many."""

    user_id: UUID | SQLColumnExpression[UUID] | None
    # Whether that one looks after the opgave, and may know of the colleague, of a notice.
    may_know: ColumnElement[bool]


@dataclass(frozen=True)
class SeenNotice:
    """A notice that still stands: the opgave is open, the match is there, the colleague visible."""

    notice: Notice
    match: Match
    seen: SeenOpgave
    # When it became news, the last time.
    told_at: datetime
    is_unread: bool
    colleague: SeenProfile | None = None


@dataclass(frozen=True)
class Part:
    """News of one sort; `holds` asks of a notice, beside its open opgave and its match."""

    name: str
    family: Family
    kinds: frozenset[NoticeKind]
    holds: Callable[[Whose], ColumnElement[bool]]
    news_of: Callable[[SeenNotice], Any]
    compose: Callable[[Iterable[Any]], Section]

    def told(self, notices: Sequence[SeenNotice]) -> Told | None:
        """What the digest tells of these, or None when there is nothing."""
        if not notices:
            return None
        return Told(self.name, self.compose([self.news_of(notice) for notice in notices]))


def one(viewer: Actor) -> Whose:
    return Whose(viewer.user_id, _may_know_of(viewer))


def each_reader() -> Whose:
    return Whose(reader.id, _readers_may_know())


def _may_know_of(viewer: Actor) -> ColumnElement[bool]:
    """Colleagues are news for who looks after the opgave now, as far as they show themselves."""
    if viewer.gemeente_code is None or not may_edit(viewer, viewer.gemeente_code):
        return false()
    shown = _shows_itself(people.known_to(viewer))
    return and_(Opgave.gemeente_code == viewer.gemeente_code, shown)


def _readers_may_know() -> ColumnElement[bool]:
    """The same for `reader`: what `may_edit` says, and what each may know of."""
    return and_(
        Opgave.gemeente_code == reader.gemeente_code,
        accounts.has_a_role(reader.id, EDITORS),
        _shows_itself(people.known_from(reader.gemeente_code)),
    )


def _shows_itself(is_known: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the colleague of a notice does."""
    found = select(Profile.user_id).join(User, User.id == Profile.user_id)
    own = found.where(Profile.user_id == Notice.profile_id, is_known)
    return own.correlate_except(Profile, User).exists()


def _fits_and_is_wanted(whose: Whose) -> ColumnElement[bool]:
    return and_(Match.value.is_not(None), ~_left_out(whose))


def _left_out(whose: Whose) -> ColumnElement[bool]:
    """Whether the opgave has a theme, or asks as a must a skill, that the reader leaves out."""
    theme = exists().where(
        LeftOutTheme.user_id == whose.user_id, LeftOutTheme.theme == any_(Opgave.themes)
    )
    same = vocabulary.are_one(AskedSkill.label_normal, LeftOutSkill.label_normal)
    skill = (
        select(LeftOutSkill.user_id)
        .join(AskedSkill, same)
        .where(
            LeftOutSkill.user_id == whose.user_id,
            AskedSkill.opgave_id == Opgave.id,
            AskedSkill.must,
        )
        .correlate_except(LeftOutSkill, AskedSkill)
    )
    return or_(theme.correlate_except(LeftOutTheme), skill.exists())


def _fits_and_may_be_known(whose: Whose) -> ColumnElement[bool]:
    return and_(Match.value.is_not(None), whose.may_know)


def _opgave_news(notice: SeenNotice) -> OpgaveNews:
    opgave, gemeente = notice.seen.opgave, notice.seen.gemeente
    return OpgaveNews(opgave.title, gemeente.name, opgave.closes_on, score_of(notice.match))


def _colleague_news(notice: SeenNotice) -> ColleagueNews:
    opgave, gemeente = notice.seen.opgave, notice.seen.gemeente
    colleague = notice.colleague
    assert colleague is not None  # noqa: S101  (who cannot be seen has no notice that stands)
    return ColleagueNews(
        opgave_title=opgave.title,
        gemeente_name=gemeente.name,
        closes_on=opgave.closes_on,
        display_name=colleague.display_name,
        region=colleague.gemeente_name or colleague.region,
        score=score_of(notice.match),
    )


MATCHES = Part(
    name="matches",
    family=Family.MATCHES,
    kinds=frozenset({NoticeKind.OPGAVE_FOR_YOU}),
    holds=_fits_and_is_wanted,
    news_of=_opgave_news,
    compose=opgaven_for_you,
)
COLLEAGUES = Part(
    name="colleagues",
    family=Family.COLLEAGUES,
    kinds=frozenset({NoticeKind.COLLEAGUE_FOR_OPGAVE}),
    holds=_fits_and_may_be_known,
    news_of=_colleague_news,
    compose=colleagues_for_opgaven,
)
# In the order in which a digest tells them.
PARTS = (MATCHES, COLLEAGUES)
