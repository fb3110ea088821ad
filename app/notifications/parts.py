"""The parts of a digest: the one place where news of another sort is added.

A part says of which notices it tells, which of those still hold, and what is told of them. The
inbox, the count of what is unread, planning and composing all ask these same parts. Each has two
templates under its name in `templates/email/digest/parts`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.accounts import queries as accounts
from app.accounts.models import User
from app.conversations.models import (
    AwaitedAnswer,
    Conversation,
    ConversationReader,
    Message,
    PublishedAnswer,
)
from app.conversations.queries import is_known, is_standing
from app.conversations.rules import Side
from app.core.actor import Actor
from app.core.rights import Right, roles_with
from app.gemeenten.models import Gemeente
from app.hours.models import HourAccount, HourSettling
from app.hours.rules import may_agree_limit
from app.loans.models import Loan
from app.loans.room import is_held_up
from app.loans.told import ToldLoan
from app.matching.core.facts import Score
from app.matching.models import Match
from app.matching.queries import Scored, as_told, score_of
from app.notifications.digest import (
    AWAITED,
    DONE_TOGETHER,
    HAPPENED,
    IN_URENBANK,
    Choice,
    ColleagueNews,
    InvitationNews,
    LoanNews,
    MessageNews,
    OpgaveNews,
    OutcomeNews,
    OwnNews,
    ResponseNews,
    Section,
    TogetherNews,
    Told,
    UrenbankNews,
    all_in_order,
    awaited_answers,
    best_few,
    best_of_each_opgave,
    colleagues_for_opgaven,
    done_together,
    invitations,
    longest_waiting,
    new_messages,
    newest_few,
    news_of_loans,
    news_of_own,
    news_of_urenbank,
    opgaven_for_you,
    outcomes,
    responses_to_opgaven,
)
from app.notifications.models import LeftOutSkill, LeftOutTheme, Notice
from app.notifications.rules import Family, NoticeKind
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.queries import OpgaveHead, SeenOpgave
from app.opgaven.rules import EDITORS, TAKES_ANSWERS, OpgaveStatus, may_edit
from app.people import queries as people
from app.people.models import Profile
from app.people.rules import ProfileState
from app.people.visibility import SeenProfile
from app.responses.models import Invitation, Outcome, Response
from app.responses.rules import CHOSEN, Answer, InvitationState
from app.together.models import FollowedOpgave, JoinedOpgave, JointOpgave
from app.together.queries import Others
from app.vocabulary import queries as vocabulary

Found = TypeVar("Found")

# Who is asked about in a question about many people; `User` is then the colleague they may see.
reader = aliased(User, name="reader")
# To put this together takes longer than to ask it.
IS_LEFT_OUT = vocabulary.are_one(AskedSkill.label_normal, LeftOutSkill.label_normal)


@dataclass(frozen=True)
class Whose:
    """Whose notices are asked for: those of one reader, or of each of many."""

    user_id: UUID | SQLColumnExpression[UUID] | None
    # Whether that one looks after the opgave of a notice.
    looks_after: ColumnElement[bool]
    # Whether they may know of its colleague.
    is_known: ColumnElement[bool]
    # Whether they look after the urenbank of its gemeente.
    keeps_hours: ColumnElement[bool]


class Keeps(NamedTuple):
    """What of the own gemeente a reader looks after."""

    opgaven: bool
    urenbank: bool


@dataclass(frozen=True)
class SeenNotice:
    """A notice that still stands: the opgave is open, its news holds, the colleague visible."""

    notice: Notice
    # Who shows interest need not be among the best.
    match: Match | None
    about: SeenOpgave | None
    # When it became news, the last time.
    told_at: datetime
    is_unread: bool
    # As its reader may read it.
    title: str
    colleague: SeenProfile | None = None
    loan: ToldLoan | None = None
    held_up: tuple[str, ...] = ()
    # Who asks the reader to look at the opgave; nothing when they were erased.
    asked_by: str = ""
    # Which gemeenten do something with the opgave.
    others: Others | None = None

    @property
    def seen(self) -> SeenOpgave:
        return _surely(self.about)

    @property
    def whole(self) -> "Whole":
        score = score_of(self.match) if self.match else None
        return Whole(
            self.notice.kind,
            self._head if self.about else None,
            self.told_at,
            score,
            self.colleague,
            self.loan,
            self.notice.year,
            self.held_up,
        )

    @property
    def _head(self) -> OpgaveHead:
        opgave, gemeente = self.seen.opgave, self.seen.gemeente
        return OpgaveHead(opgave.id, self.title, gemeente.name, opgave.closes_on)


@dataclass(frozen=True, slots=True)
class Standing:
    """As little of a notice that still stands as it takes to choose what is told."""

    kind: NoticeKind
    # Nothing when it is about an urenbank.
    opgave_id: UUID | None
    # The colleague whom it is about.
    profile_id: UUID | None
    year: int | None
    told_at: datetime
    # The whole score; its reasons are read when they matter.
    match: Scored | None

    @property
    def score(self) -> Score:
        """Its place among the others: without all that is needed, reasons make no difference."""
        match = _surely(self.match)
        if match.tier == 1:
            return score_of(match)
        return Score(match.profile_id, match.opgave_id, match.value, match.tier, ())


@dataclass(frozen=True, slots=True)
class Whole:
    """What may be told of a notice."""

    kind: NoticeKind
    head: OpgaveHead | None
    told_at: datetime
    # None when they fit too little to say why.
    score: Score | None
    colleague: SeenProfile | None
    loan: ToldLoan | None = None
    year: int | None = None
    # Which loans the limit of the reader's gemeente holds up.
    held_up: tuple[str, ...] = ()

    @property
    def opgave(self) -> OpgaveHead:
        return _surely(self.head)


@dataclass(frozen=True)
class Part:
    """News of one sort; `holds` asks of a notice, beside its match and its opgave, which is open
    unless the part says that it need not be.

    `choose` says of what stands which few are told, and counts the rest.
    """

    name: str
    family: Family
    kinds: frozenset[NoticeKind]
    holds: Callable[[Whose], ColumnElement[bool]]
    choose: Callable[[Iterable[Any]], Choice[Any]]
    news_of: Callable[[Whole], Any]
    compose: Callable[[Choice[Any]], Section]
    while_open: bool = True

    def told(self, notices: Sequence[SeenNotice]) -> Told | None:
        """What the digest tells of these, or None when there is nothing."""
        if not notices:
            return None
        chosen = self.choose([self.news_of(notice.whole) for notice in notices])
        return Told(self.name, self.compose(chosen))


def one(viewer: Actor) -> Whose:
    """A viewer, who looks after the opgaven of the own gemeente when they may edit them."""
    code, is_known = viewer.gemeente_code or "", people.known_to(viewer)
    return _whose(viewer.user_id, code, is_known, kept_by(viewer))


def named_when_asked(keeps: Keeps) -> Whose:
    """The same for who is named as `reader_id`, of the gemeente `reader_code`."""
    code = bindparam("reader_code", type_=String())
    return _whose(bindparam("reader_id", type_=Uuid()), code, people.known_from(code), keeps)


def kept_by(viewer: Actor) -> Keeps:
    code = viewer.gemeente_code
    if code is None:
        return Keeps(opgaven=False, urenbank=False)
    return Keeps(may_edit(viewer, code), may_agree_limit(viewer, code))


def _whose(
    user_id: UUID | SQLColumnExpression[UUID] | None,
    code: str | SQLColumnExpression[str],
    is_known: ColumnElement[bool],
    keeps: Keeps,
) -> Whose:
    return Whose(
        user_id,
        Opgave.gemeente_code == code if keeps.opgaven else false(),
        _shows_itself(is_known),
        Notice.gemeente_code == code if keeps.urenbank else false(),
    )


def each_reader() -> Whose:
    """The same for `reader`: what `may_edit` says, and what each may know of."""
    looks_after = and_(
        Opgave.gemeente_code == reader.gemeente_code, accounts.has_a_role(reader.id, EDITORS)
    )
    keeps_hours = and_(
        Notice.gemeente_code == reader.gemeente_code,
        accounts.has_a_role(reader.id, roles_with(Right.AGREE_LIMIT)),
    )
    is_known = _shows_itself(people.known_from(reader.gemeente_code))
    return Whose(reader.id, looks_after, is_known, keeps_hours)


def _shows_itself(is_known: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the colleague of a notice does."""
    found = select(Profile.user_id).join(User, User.id == Profile.user_id)
    own = found.where(Profile.user_id == Notice.profile_id, is_known)
    return own.correlate_except(Profile, User).exists()


def _fits_and_is_wanted(whose: Whose) -> ColumnElement[bool]:
    return and_(Match.value.is_not(None), ~is_left_out(whose.user_id))


def is_left_out(user_id: UUID | SQLColumnExpression[UUID] | None) -> ColumnElement[bool]:
    """Whether the opgave has a theme, or asks as a must a skill, that the reader leaves out."""
    theme = exists().where(
        LeftOutTheme.user_id == user_id, LeftOutTheme.theme == any_(Opgave.themes)
    )
    skill = (
        select(LeftOutSkill.user_id)
        .join(AskedSkill, IS_LEFT_OUT)
        .where(
            LeftOutSkill.user_id == user_id,
            AskedSkill.opgave_id == Opgave.id,
            AskedSkill.must,
        )
        .correlate_except(LeftOutSkill, AskedSkill)
    )
    return or_(theme.correlate_except(LeftOutTheme), skill.exists())


def _fits_and_may_be_known(whose: Whose) -> ColumnElement[bool]:
    """Colleagues are news for who looks after the opgave now, as far as they show themselves."""
    return and_(Match.value.is_not(None), whose.looks_after, whose.is_known)


def _is_interested(whose: Whose) -> ColumnElement[bool]:
    """Who shows interest agreed to be known to who looks after the opgave, and to nobody else."""
    interested = (
        select(Response.user_id)
        .join(Profile, Profile.user_id == Response.user_id)
        .where(
            Response.user_id == Notice.profile_id,
            Response.opgave_id == Notice.opgave_id,
            Response.answer == Answer.INTERESTED,
            Profile.state == ProfileState.PUBLISHED,
        )
        .correlate_except(Response, Profile)
    )
    return and_(whose.looks_after, interested.exists())


def _happened_and_still_holds(whose: Whose) -> ColumnElement[bool]:
    """What happened to an opgave that the reader looks after, as long as it is so; or looked after
    until a colleague took it over.
    """
    holds = {
        NoticeKind.REVIEW_ASKED: Opgave.status == OpgaveStatus.REVIEW,
        NoticeKind.SENT_BACK: Opgave.sent_back_words != "",
        NoticeKind.ALLOWED: Opgave.status.in_(TAKES_ANSWERS),
        NoticeKind.HANDED_OVER: Opgave.owner_id == whose.user_id,
        NoticeKind.CO_OWNER_NAMED: Opgave.co_owner_id == whose.user_id,
        NoticeKind.EXPIRED: Opgave.status == OpgaveStatus.EXPIRED,
        NoticeKind.INVITATION_ENDED: _came_to_nothing(),
        # Nothing of them is left to ask.
        NoticeKind.ASKER_LEFT: true(),
    }
    so = or_(*(and_(Notice.kind == kind, still) for kind, still in holds.items()))
    taken_over = and_(Notice.kind == NoticeKind.TAKEN_OVER, Opgave.owner_id != Notice.user_id)
    return or_(and_(whose.looks_after, so), taken_over)


def _waits_and_was_told(whose: Whose) -> ColumnElement[bool]:
    told = {
        NoticeKind.ANSWER_DUE: AwaitedAnswer.reminded_at,
        NoticeKind.ANSWER_LATE: AwaitedAnswer.late_told_at,
    }
    so = or_(*(and_(Notice.kind == kind, _is_awaited(at)) for kind, at in told.items()))
    return and_(whose.looks_after, so)


def _came_to_nothing() -> ColumnElement[bool]:
    """Whether an invitation for the opgave of a notice got a no, or no answer at all."""
    ended = exists().where(
        Invitation.opgave_id == Notice.opgave_id,
        Invitation.state.in_((InvitationState.DECLINED, InvitationState.EXPIRED)),
    )
    return ended.correlate_except(Invitation)


def _is_invited(_whose: Whose) -> ColumnElement[bool]:
    """As long as the invitation waits; the reader by the notice, as at `_is_together`."""
    waits = exists().where(
        Invitation.opgave_id == Notice.opgave_id,
        Invitation.user_id == Notice.user_id,
        Invitation.state == InvitationState.WAITING,
    )
    return waits.correlate_except(Invitation)


def _has_outcome(_whose: Whose) -> ColumnElement[bool]:
    """As long as it is so; that the opgave itself ended no longer is once it takes answers again.

    The reader by the notice, as at `_is_together`.
    """
    given = exists().where(
        Outcome.opgave_id == Notice.opgave_id,
        Outcome.user_id == Notice.user_id,
        or_(Outcome.reason.in_(CHOSEN), Opgave.status.not_in(TAKES_ANSWERS)),
    )
    return given.correlate_except(Outcome)


def _is_given_back(_whose: Whose) -> ColumnElement[bool]:
    """As long as the interest stands and can be answered; the reader as at `_is_together`."""
    stands = exists().where(
        Response.opgave_id == Notice.opgave_id,
        Response.user_id == Notice.user_id,
        Response.answer == Answer.INTERESTED,
    )
    return and_(Opgave.status.in_(TAKES_ANSWERS), stands.correlate_except(Response))


def _is_opened_again(_whose: Whose) -> ColumnElement[bool]:
    """As long as it can be answered, and was not; the reader as at `_is_together`."""
    answered = exists().where(
        Response.opgave_id == Notice.opgave_id, Response.user_id == Notice.user_id
    )
    return and_(Opgave.status.in_(TAKES_ANSWERS), ~answered.correlate_except(Response))


def _is_taken_back(_whose: Whose) -> ColumnElement[bool]:
    """As long as no other invitation and no answer came; the reader as at `_is_together`."""
    own = (Invitation.opgave_id == Notice.opgave_id, Invitation.user_id == Notice.user_id)
    gone = exists().where(*own, Invitation.state == InvitationState.TAKEN_BACK)
    waits = exists().where(*own, Invitation.state == InvitationState.WAITING)
    return and_(
        _is_opened_again(_whose),
        gone.correlate_except(Invitation),
        ~waits.correlate_except(Invitation),
    )


def _is_news_of_reaction(whose: Whose) -> ColumnElement[bool]:
    return or_(
        and_(Notice.kind == NoticeKind.OUTCOME, _has_outcome(whose)),
        and_(Notice.kind == NoticeKind.GIVEN_BACK, _is_given_back(whose)),
        and_(Notice.kind == NoticeKind.OPENED_AGAIN, _is_opened_again(whose)),
        and_(Notice.kind == NoticeKind.INVITATION_TAKEN_BACK, _is_taken_back(whose)),
    )


def _outcome_news(whole: Whole) -> OutcomeNews:
    opgave = whole.opgave
    return OutcomeNews(
        whole.kind, opgave.opgave_id, opgave.title, opgave.gemeente_name, whole.told_at
    )


def _invitation_news(whole: Whole) -> InvitationNews:
    opgave = whole.opgave
    return InvitationNews(opgave.opgave_id, opgave.title, opgave.gemeente_name, whole.told_at)


def _is_awaited(told_at: SQLColumnExpression[datetime | None]) -> ColumnElement[bool]:
    """Whether the colleague of a notice waits for an answer about its opgave, and that was told.

    Who waits anew after a while is told of anew.
    """
    awaited = (
        select(AwaitedAnswer.id)
        .join(Conversation, Conversation.id == AwaitedAnswer.conversation_id)
        .where(
            Conversation.opgave_id == Notice.opgave_id,
            Conversation.user_id == Notice.profile_id,
            AwaitedAnswer.settled_at.is_(None),
            told_at.is_not(None),
            is_known(),
        )
        .correlate_except(AwaitedAnswer, Conversation)
    )
    return awaited.exists()


def _opgave_news(whole: Whole) -> OpgaveNews:
    opgave = whole.opgave
    return OpgaveNews(opgave.title, opgave.gemeente_name, opgave.closes_on, _surely(whole.score))


def _colleague_news(whole: Whole) -> ColleagueNews:
    opgave, colleague = whole.opgave, _surely(whole.colleague)
    return ColleagueNews(
        opgave_title=opgave.title,
        gemeente_name=opgave.gemeente_name,
        closes_on=opgave.closes_on,
        display_name=colleague.display_name,
        region=colleague.gemeente_name or colleague.region,
        score=as_told(_surely(whole.score), colleague),
    )


def _response_news(whole: Whole) -> ResponseNews:
    opgave, colleague = whole.opgave, _surely(whole.colleague)
    return ResponseNews(
        opgave_id=opgave.opgave_id,
        opgave_title=opgave.title,
        gemeente_name=opgave.gemeente_name,
        closes_on=opgave.closes_on,
        name=colleague.display_name,
        region=colleague.gemeente_name or colleague.region,
        email=colleague.email,
        told_at=whole.told_at,
        score=whole.score,
    )


def _own_news(whole: Whole) -> OwnNews:
    return OwnNews(whole.opgave.opgave_id, whole.opgave.title, whole.kind, whole.told_at)


def _is_together(whose: Whose) -> ColumnElement[bool]:
    """What others do with an opgave that the reader looks after, as long as they do; or follows."""
    joined = exists().where(JoinedOpgave.with_id == Notice.opgave_id)
    joint = exists().where(JointOpgave.opgave_id == Notice.opgave_id)
    asked = joint.where(JointOpgave.agreed_at.is_(None))
    agreed = joint.where(JointOpgave.agreed_at.is_not(None))
    # The reader by the notice: asked of `reader`, from two questions further out, PostgreSQL 18.6
    # gave another answer for many readers than for each.
    follows = exists().where(
        FollowedOpgave.opgave_id == Notice.opgave_id, FollowedOpgave.user_id == Notice.user_id
    )
    of_owners = {
        NoticeKind.OPGAVE_JOINED: joined.correlate_except(JoinedOpgave),
        NoticeKind.JOINT_ASKED: asked.correlate_except(JointOpgave),
        NoticeKind.JOINT_AGREED: agreed.correlate_except(JointOpgave),
        NoticeKind.JOINT_LEFT: true(),
    }
    return or_(
        and_(Notice.kind == NoticeKind.FOLLOWED_ENDED, follows.correlate_except(FollowedOpgave)),
        *(and_(Notice.kind == kind, whose.looks_after, holds) for kind, holds in of_owners.items()),
    )


def _together_news(whole: Whole) -> TogetherNews:
    opgave = whole.opgave
    return TogetherNews(
        whole.kind, opgave.opgave_id, opgave.title, opgave.gemeente_name, whole.told_at
    )


def _is_unread_message(whose: Whose) -> ColumnElement[bool]:
    """Whether the other side wrote in the conversation of a notice what its reader has not read.

    The reader by the notice, for the reason that is told at `_is_together`.
    """
    to_owner = Notice.profile_id.is_not(None)
    written_by = case((to_owner, Side.PROFESSIONAL), else_=Side.OPGAVE)
    seen = (
        select(ConversationReader.read_to)
        .where(
            ConversationReader.conversation_id == Conversation.id,
            ConversationReader.user_id == Notice.user_id,
        )
        .correlate(Conversation, Notice)
        .scalar_subquery()
    )
    unread = (
        select(Message.number)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            Conversation.opgave_id == Notice.opgave_id,
            Conversation.user_id == func.coalesce(Notice.profile_id, Notice.user_id),
            Message.side == written_by,
            Message.number > func.coalesce(seen, 0),
        )
        .correlate_except(Message, Conversation)
    )
    return and_(or_(Notice.profile_id.is_(None), whose.looks_after), unread.exists())


def _is_news_of_conversation(whose: Whose) -> ColumnElement[bool]:
    """A message that its reader has not read, or an own question that stands on its opgave."""
    published = (
        select(PublishedAnswer.id)
        .join(Conversation, Conversation.id == PublishedAnswer.conversation_id)
        .where(
            Conversation.opgave_id == Notice.opgave_id,
            Conversation.user_id == Notice.user_id,
            is_standing(),
        )
        .correlate_except(PublishedAnswer, Conversation)
    )
    return or_(
        and_(Notice.kind == NoticeKind.MESSAGE_WRITTEN, _is_unread_message(whose)),
        and_(Notice.kind == NoticeKind.QUESTION_PUBLISHED, published.exists()),
    )


def _message_news(whole: Whole) -> MessageNews:
    return MessageNews(whole.kind, whole.opgave.opgave_id, whole.opgave.title, whole.told_at)


def is_told_loan() -> ColumnElement[bool]:
    """Whether it is a loan of which a notice tells: of the reader, or of a colleague."""
    return and_(
        Loan.opgave_id == Notice.opgave_id,
        Loan.user_id == func.coalesce(Notice.profile_id, Notice.user_id),
    )


def _is_of_a_party(whose: Whose) -> ColumnElement[bool]:
    """Whether the reader is one of the three; the reader by the notice, as at `_is_together`."""
    loan = select(Loan.id).where(is_told_loan())
    manages = loan.join(User, User.email == Loan.manager_email).where(User.id == Notice.user_id)
    return and_(
        loan.correlate_except(Loan).exists(),
        or_(
            Notice.profile_id.is_(None),
            whose.looks_after,
            manages.correlate_except(Loan, User).exists(),
        ),
    )


def _loan_news(whole: Whole) -> LoanNews:
    loan = _surely(whole.loan)
    return LoanNews(loan.loan_id, whole.opgave.opgave_id, loan.about, loan.said, whole.told_at)


def _is_news_of_urenbank(whose: Whose) -> ColumnElement[bool]:
    """As long as no other limit was agreed on since and a loan is held up, or as the year stays
    settled.
    """
    changed = exists().where(
        HourAccount.gemeente_code == Notice.gemeente_code, HourAccount.changed_at > Notice.told_at
    )
    settled = exists().where(HourSettling.year == Notice.year, HourSettling.undone_at.is_(None))
    so = or_(
        and_(
            Notice.kind == NoticeKind.LIMIT_REACHED,
            ~changed.correlate_except(HourAccount),
            _holds_up_a_loan(),
        ),
        and_(Notice.kind == NoticeKind.YEAR_SETTLED, settled.correlate_except(HourSettling)),
    )
    return and_(whose.keeps_hours, so)


def _holds_up_a_loan() -> ColumnElement[bool]:
    """Whether the limit of the gemeente of a notice does; of one that merged its opgaven moved."""
    merged = select(Gemeente.code).where(Gemeente.successor_code == Notice.gemeente_code)
    of_gemeente = or_(
        Loan.borrower_code == Notice.gemeente_code,
        Loan.gemeente_code == Notice.gemeente_code,
        Loan.borrower_code.in_(merged.correlate_except(Gemeente)),
    )
    return exists().where(is_held_up(), of_gemeente).correlate_except(Loan)


def _urenbank_news(whole: Whole) -> UrenbankNews:
    held_up = whole.held_up if whole.kind is NoticeKind.LIMIT_REACHED else ()
    return UrenbankNews(whole.kind, whole.year, whole.told_at, held_up)


def _surely(found: Found | None) -> Found:
    """A notice stands only with its match and its colleague, where its part asks for them."""
    if found is None:
        raise ValueError("a notice that does not stand")
    return found


MATCHES = Part(
    name="matches",
    family=Family.MATCHES,
    kinds=frozenset({NoticeKind.OPGAVE_FOR_YOU}),
    holds=_fits_and_is_wanted,
    choose=best_few,
    news_of=_opgave_news,
    compose=opgaven_for_you,
)
COLLEAGUES = Part(
    name="colleagues",
    family=Family.COLLEAGUES,
    kinds=frozenset({NoticeKind.COLLEAGUE_FOR_OPGAVE}),
    holds=_fits_and_may_be_known,
    choose=best_of_each_opgave,
    news_of=_colleague_news,
    compose=colleagues_for_opgaven,
)
RESPONSES = Part(
    name="responses",
    family=Family.RESPONSES,
    kinds=frozenset({NoticeKind.INTEREST_SHOWN}),
    holds=_is_interested,
    choose=longest_waiting,
    news_of=_response_news,
    compose=responses_to_opgaven,
)
AWAITED_ANSWERS = Part(
    name="awaited",
    family=Family.RESPONSES,
    kinds=frozenset(AWAITED),
    holds=_waits_and_was_told,
    choose=longest_waiting,
    news_of=_own_news,
    compose=awaited_answers,
    while_open=False,
)
OWN = Part(
    name="own",
    family=Family.OWN,
    kinds=frozenset(HAPPENED),
    holds=_happened_and_still_holds,
    choose=longest_waiting,
    news_of=_own_news,
    compose=news_of_own,
    while_open=False,
)
TOGETHER = Part(
    name="together",
    family=Family.TOGETHER,
    kinds=frozenset(DONE_TOGETHER),
    holds=_is_together,
    choose=newest_few,
    news_of=_together_news,
    compose=done_together,
    while_open=False,
)
MESSAGES = Part(
    name="messages",
    family=Family.MESSAGES,
    kinds=frozenset({NoticeKind.MESSAGE_WRITTEN, NoticeKind.QUESTION_PUBLISHED}),
    holds=_is_news_of_conversation,
    choose=longest_waiting,
    news_of=_message_news,
    compose=new_messages,
    while_open=False,
)
INVITATIONS = Part(
    name="invitations",
    family=Family.INVITATIONS,
    kinds=frozenset({NoticeKind.INVITED}),
    holds=_is_invited,
    choose=longest_waiting,
    news_of=_invitation_news,
    compose=invitations,
)
LOANS = Part(
    name="loans",
    family=Family.LOANS,
    kinds=frozenset({NoticeKind.LOAN_MOVED}),
    holds=_is_of_a_party,
    choose=longest_waiting,
    news_of=_loan_news,
    compose=news_of_loans,
    while_open=False,
)
OUTCOMES = Part(
    name="outcomes",
    family=Family.OUTCOMES,
    kinds=frozenset(
        {
            NoticeKind.OUTCOME,
            NoticeKind.GIVEN_BACK,
            NoticeKind.OPENED_AGAIN,
            NoticeKind.INVITATION_TAKEN_BACK,
        }
    ),
    holds=_is_news_of_reaction,
    choose=longest_waiting,
    news_of=_outcome_news,
    compose=outcomes,
    while_open=False,
)
URENBANK = Part(
    name="urenbank",
    family=Family.URENBANK,
    kinds=frozenset(IN_URENBANK),
    holds=_is_news_of_urenbank,
    choose=all_in_order,
    news_of=_urenbank_news,
    compose=news_of_urenbank,
    while_open=False,
)
# In the order in which a digest tells them.
PARTS = (
    *(INVITATIONS, OUTCOMES, AWAITED_ANSWERS, MESSAGES, LOANS, URENBANK),
    *(RESPONSES, OWN, TOGETHER, MATCHES, COLLEAGUES),
)
