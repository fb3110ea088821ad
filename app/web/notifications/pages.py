"""The inbox, where colleagues for one opgave on one day share a line; and preferences."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.rules import may_decide_access
from app.core.actor import Actor
from app.core.clock import dutch_day
from app.core.dutch import dutch_date, short_date
from app.labels import label
from app.matching.core.words import COLLEAGUE, YOU, fits_words, one_line
from app.notifications import queries
from app.notifications.digest import (
    AWAITED,
    HAPPENED,
    ColleagueNews,
    InvitationNews,
    LoanNews,
    OpgaveNews,
    OutcomeNews,
    OwnNews,
    ResponseNews,
    TogetherNews,
    UrenbankNews,
    happened,
    invited,
    new_message,
    question_published,
    waits,
    what_became,
    why_of,
)
from app.notifications.models import Notice
from app.notifications.parts import (
    AWAITED_ANSWERS,
    COLLEAGUES,
    INVITATIONS,
    LOANS,
    MATCHES,
    OUTCOMES,
    OWN,
    RESPONSES,
    TOGETHER,
    URENBANK,
    SeenNotice,
)
from app.notifications.rules import Family, Frequency, NoticeKind, next_digest
from app.people import queries as people
from app.people.rules import ProfileState
from app.together.queries import Others
from app.vocabulary import queries as vocabulary
from app.web.notifications.forms import PreferenceForm, road_field
from app.web.notifications.reader import Reader

PAGES = {
    NoticeKind.OPGAVE_FOR_YOU: "opgaven.show",
    NoticeKind.COLLEAGUE_FOR_OPGAVE: "matching.of_opgave",
    NoticeKind.INTEREST_SHOWN: "matching.of_opgave",
    **dict.fromkeys(HAPPENED, "opgaven.show"),
    NoticeKind.OPGAVE_JOINED: "opgaven.who_else",
    NoticeKind.JOINT_ASKED: "opgaven.who_else",
    NoticeKind.JOINT_AGREED: "opgaven.who_else",
    NoticeKind.JOINT_LEFT: "opgaven.who_else",
    NoticeKind.FOLLOWED_ENDED: "opgaven.show",
    NoticeKind.MESSAGE_WRITTEN: "conversations.of_opgave",
    NoticeKind.INVITED: "invitations.show",
    NoticeKind.INVITATION_ENDED: "matching.of_opgave",
    # Where it is not known which loan.
    NoticeKind.LOAN_MOVED: "opgaven.show",
    NoticeKind.QUESTION_PUBLISHED: "opgaven.show",
    **dict.fromkeys(AWAITED, "conversations.of_opgave"),
    NoticeKind.OUTCOME: "outcomes.show",
    NoticeKind.GIVEN_BACK: "opgaven.show",
    NoticeKind.OPENED_AGAIN: "opgaven.show",
    NoticeKind.INVITATION_TAKEN_BACK: "invitations.show",
}

NEXT_STEPS = {
    NoticeKind.REVIEW_ASKED: "Lees de opgave, en zet hem open of stuur hem terug met je vraag.",
    NoticeKind.SENT_BACK: "Lees wat er anders moet, pas het aan en vraag het opnieuw.",
    NoticeKind.ALLOWED: "We zoeken collega's die passen.",
    NoticeKind.HANDED_OVER: "Je krijgt vanaf nu de reacties, en je kunt alles wijzigen.",
    NoticeKind.TAKEN_OVER: "Jij bent er de opgavehouder niet meer van. Klopt dat niet? Vraag na.",
    NoticeKind.CO_OWNER_NAMED: "Je krijgt ook de reacties, en je kunt alles wijzigen.",
    NoticeKind.INVITATION_ENDED: "Bekijk wie er nog meer past.",
    NoticeKind.ASKER_LEFT: "Het gesprek is er ook niet meer. Je hoeft niet te antwoorden.",
    NoticeKind.EXPIRED: "Er werd niemand gevonden. Je kunt opnieuw beginnen met dezelfde tekst.",
    NoticeKind.ANSWER_DUE: "Antwoord in het gesprek.",
    NoticeKind.ANSWER_LATE: "Lees het gesprek, en spreek af wie van jullie antwoordt.",
}


@dataclass(frozen=True)
class InboxItem:
    """A line of the inbox, named by the newest of its notices."""

    notice_id: UUID
    title: str
    href: str
    text: str
    created_at: datetime
    is_unread: bool


@dataclass(frozen=True)
class InboxPage:
    items: list[InboxItem]
    # Requests to take part that wait for who looks.
    requests: int
    is_paused: bool
    # A beheerder took their profile away.
    is_down: bool
    has_digest: bool
    is_inbox_only: bool
    # Until when digests stay away.
    paused_until: date | None


@dataclass(frozen=True)
class PreferencePage:
    # What the form begins with.
    chosen: dict[str, Any]
    # Of what news may come to them.
    families: tuple[Family, ...]
    # The words that somebody may mean, for lists that work without scripts.
    labels: list[str]
    expected: datetime | None
    # Digests would come, if there were news for which they chose that road.
    is_inbox_only: bool
    paused_until: date | None
    # For whom, when a link from a mail led here.
    reader: Reader | None


def inbox_page(session: Session, viewer: Actor, user_id: UUID, now: datetime) -> InboxPage:
    profile = people.own_profile(session, user_id)
    frequency, _ = queries.preference_of(session, user_id)
    has_digest = bool(queries.families_in_digest(session, user_id))
    return InboxPage(
        items=inbox_items(queries.inbox(session, viewer, dutch_day(now))),
        requests=len(accounts.waiting_requests(session)) if may_decide_access(viewer) else 0,
        is_paused=profile is not None and profile.state is ProfileState.PAUSED,
        is_down=profile is not None and profile.taken_down_at is not None,
        has_digest=has_digest,
        is_inbox_only=not has_digest and frequency is not Frequency.NEVER,
        paused_until=queries.paused_until(session, user_id, dutch_day(now)),
    )


def preference_page(
    session: Session, user_id: UUID, now: datetime, reader: Reader | None = None
) -> PreferencePage:
    choice = queries.choice_of(session, user_id)
    until = queries.paused_until(session, user_id, dutch_day(now))
    morning = next_digest(choice.frequency, choice.weekday, now, until)
    expected = morning if queries.families_in_digest(session, user_id) else None
    return PreferencePage(
        chosen={
            "version": choice.version,
            "frequency": choice.frequency,
            "weekday": choice.weekday,
            "paused_until": until,
            "themes": choice.left_out.themes,
            "kept": choice.left_out.skills,
            **{road_field(family): road for family, road in choice.roads.items()},
        },
        families=queries.families_of(session, user_id),
        labels=vocabulary.own_labels(session),
        expected=expected,
        is_inbox_only=expected is None and morning is not None,
        paused_until=until if expected else None,
        reader=reader,
    )


def stored_otherwise(chosen: dict[str, Any], form: PreferenceForm) -> list[tuple[str, str]]:
    """What is stored, for each field of the form in which something else was chosen."""
    return [
        (form[name].label.text, _in_words(stored))
        for name, stored in chosen.items()
        if name in form and name != "version" and _in_words(form[name].data) != _in_words(stored)
    ]


def _in_words(chosen: Any) -> str:
    if isinstance(chosen, date):
        return dutch_date(chosen)
    if isinstance(chosen, Enum):
        return label(chosen)
    words = (label(one) if isinstance(one, Enum) else str(one) for one in chosen or ())
    return ", ".join(sorted(words)) or "Niets"


def inbox_items(notices: Iterable[SeenNotice]) -> list[InboxItem]:
    """What somebody should know, in the words that the matches have elsewhere."""
    lines: dict[tuple[object, ...], list[SeenNotice]] = {}
    for notice in notices:
        lines.setdefault(_line_of(notice), []).append(notice)
    return [_item(group) for group in lines.values()]


def _line_of(notice: SeenNotice) -> tuple[object, ...]:
    """What notices must share to stand on one line; each loan has its own."""
    told, loan = notice.notice, notice.loan.loan_id if notice.loan else None
    return (told.kind, told.opgave_id, dutch_day(notice.told_at), notice.is_unread, loan)


def _item(group: Sequence[SeenNotice]) -> InboxItem:
    newest = max(group, key=lambda one: one.told_at)
    title, text = TELLERS[newest.notice.kind](group)
    return InboxItem(
        newest.notice.id,
        title,
        href_of(newest.notice, newest.loan.loan_id if newest.loan else None),
        text,
        newest.told_at,
        is_unread=newest.is_unread,
    )


def href_of(notice: Notice, loan_id: UUID | None = None) -> str:
    """The page of what a notice is about."""
    if loan_id is not None:
        return url_for("loans.show", loan_id=loan_id)
    if notice.kind in ABOUT_URENBANK:
        return url_for("hours.limit" if notice.kind is NoticeKind.LIMIT_REACHED else "hours.index")
    return url_for(PAGES[notice.kind], opgave_id=notice.opgave_id)


def _of_opgave(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: OpgaveNews = MATCHES.news_of(group[0].whole)
    until = f"{news.gemeente_name}, reageer tot en met {short_date(news.closes_on)}."
    return (
        f"“{news.title}” {fits_words(news.score)} bij je",
        f"{until} {one_line(news.score, YOU)}",
    )


def _of_colleagues(group: Sequence[SeenNotice]) -> tuple[str, str]:
    told: list[ColleagueNews] = [COLLEAGUES.news_of(one.whole) for one in group]
    best = min(told, key=lambda one: (one.score.tier, -one.score.value))
    why = one_line(best.score, COLLEAGUE)
    if len(told) == 1:
        return f"{best.display_name} {fits_words(best.score)} bij “{best.opgave_title}”", why
    title = f"{len(told)} collega's passen helemaal of deels bij “{best.opgave_title}”"
    return title, f"Bovenaan: {best.display_name}. {why}"


def _of_interest(group: Sequence[SeenNotice]) -> tuple[str, str]:
    told: list[ResponseNews] = [RESPONSES.news_of(one.whole) for one in group]
    last = max(told, key=lambda one: one.told_at)
    if len(told) == 1:
        title = f"{last.name} uit {last.region} heeft belangstelling voor “{last.opgave_title}”"
        return title, f"{why_of(last.score)} Schrijf terug in jullie gesprek.".lstrip()
    title = f"{len(told)} collega's hebben belangstelling voor “{last.opgave_title}”"
    return title, f"De laatste: {last.name} uit {last.region}. Schrijf terug in jullie gesprekken."


def _of_own(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: OwnNews = OWN.news_of(group[0].whole)
    asked_by = group[0].asked_by
    said = f"{asked_by} vraagt het. " if asked_by else ""
    return happened(news), said + NEXT_STEPS[news.kind]


def _of_awaited(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: OwnNews = AWAITED_ANSWERS.news_of(group[0].whole)
    return waits(news), NEXT_STEPS[news.kind]


def _of_together(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: TogetherNews = TOGETHER.news_of(group[0].whole)
    others = group[0].others
    names = BEHIND[news.kind](others) if others and news.kind in BEHIND else ()
    return news.by(names).rstrip("."), TO_DO[news.kind]


def _of_invitation(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: InvitationNews = INVITATIONS.news_of(group[0].whole)
    return invited(news).rstrip("."), "Lees waarom, en zeg ja of nee."


def _of_outcome(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: OutcomeNews = OUTCOMES.news_of(group[0].whole)
    return what_became(news).rstrip("."), ABOUT_REACTION[news.kind]


def _of_messages(group: Sequence[SeenNotice]) -> tuple[str, str]:
    said = new_message(group[0].title, len(group))
    return said.rstrip("."), "Lees het en antwoord."


def _of_loan(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: LoanNews = LOANS.news_of(group[0].whole)
    return news.about, news.said


def _of_urenbank(group: Sequence[SeenNotice]) -> tuple[str, str]:
    news: UrenbankNews = URENBANK.news_of(group[0].whole)
    return news.sentence.rstrip("."), f"{news.about_loans} {ABOUT_URENBANK[news.kind]}".lstrip()


def _of_published(group: Sequence[SeenNotice]) -> tuple[str, str]:
    said = question_published(group[0].title)
    return said.rstrip("."), "Kijk hoe het er staat."


BEHIND: Mapping[NoticeKind, Callable[[Others], tuple[str, ...]]] = {
    NoticeKind.OPGAVE_JOINED: attrgetter("joined"),
    NoticeKind.JOINT_ASKED: attrgetter("asked"),
    NoticeKind.JOINT_AGREED: attrgetter("agreed"),
}
TO_DO = {
    NoticeKind.OPGAVE_JOINED: "Kijk wie erover gaat en neem contact op.",
    NoticeKind.JOINT_ASKED: "Kijk wie erover gaat, en zeg of jullie meedoen.",
    NoticeKind.JOINT_AGREED: "Kijk wie er nu meedoen.",
    NoticeKind.JOINT_LEFT: "Kijk wie er nog meedoen.",
    NoticeKind.FOLLOWED_ENDED: "Kijk hoe het afliep.",
}
ABOUT_REACTION = {
    NoticeKind.OUTCOME: "Lees waarom, en wat nu bij je past.",
    NoticeKind.GIVEN_BACK: "Je hoeft niets te doen. Wil je niet meer? Trek je belangstelling in.",
    NoticeKind.OPENED_AGAIN: "Je kunt weer reageren, of iets vragen.",
    NoticeKind.INVITATION_TAKEN_BACK: "Je hoeft niet meer te antwoorden. Reageren kan nog wel.",
}
ABOUT_URENBANK = {
    NoticeKind.LIMIT_REACHED: "Kijk of een hogere limiet past.",
    NoticeKind.YEAR_SETTLED: "Kijk wat er voor jullie gemeente verrekend is.",
}
TELLERS = {
    NoticeKind.OPGAVE_FOR_YOU: _of_opgave,
    NoticeKind.COLLEAGUE_FOR_OPGAVE: _of_colleagues,
    NoticeKind.INTEREST_SHOWN: _of_interest,
    NoticeKind.MESSAGE_WRITTEN: _of_messages,
    NoticeKind.INVITED: _of_invitation,
    NoticeKind.LOAN_MOVED: _of_loan,
    NoticeKind.QUESTION_PUBLISHED: _of_published,
    **dict.fromkeys(ABOUT_REACTION, _of_outcome),
    **dict.fromkeys(ABOUT_URENBANK, _of_urenbank),
    **dict.fromkeys(HAPPENED, _of_own),
    **dict.fromkeys(AWAITED, _of_awaited),
    **dict.fromkeys(TO_DO, _of_together),
}
