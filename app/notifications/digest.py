"""What a digest tells, part by part: the best few of what is new, and how many more there are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice, zip_longest
from typing import Generic, Protocol, TypeVar
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
from app.notifications.rules import MOST_MATCHES, NoticeKind


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


@dataclass(frozen=True)
class OwnNews:
    """What happened to an opgave that the reader looks after."""

    opgave_id: UUID
    opgave_title: str
    kind: NoticeKind
    told_at: datetime


@dataclass(frozen=True)
class TogetherNews:
    """What another gemeente does with an opgave of the reader; or what they follow is over."""

    kind: NoticeKind
    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    told_at: datetime

    @property
    def sentence(self) -> str:
        return DONE_TOGETHER[self.kind].format(title=self.opgave_title, gemeente=self.gemeente_name)

    def by(self, names: Sequence[str]) -> str:
        """The sentence with the gemeenten that did it, as far as the reader may know which."""
        if not names or self.kind not in BY_NAME:
            return self.sentence
        who = listed([f"gemeente {name}" for name in names])
        one, more = BY_NAME[self.kind]
        said = (more if names[1:] else one).format(title=self.opgave_title)
        return f"{who[:1].upper()}{who[1:]} {said}"


@dataclass(frozen=True)
class MessageNews:
    """Somebody wrote in a conversation of the reader; what they wrote stands in no digest.

    Or their own question stands on its opgave now.
    """

    kind: NoticeKind
    opgave_id: UUID
    opgave_title: str
    told_at: datetime


@dataclass(frozen=True)
class InvitationNews:
    """Who looks after an opgave asks the reader to respond."""

    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    told_at: datetime


@dataclass(frozen=True)
class LoanNews:
    """How a loan of the reader stands, and whose it is."""

    loan_id: UUID
    opgave_id: UUID
    about: str
    said: str
    told_at: datetime


@dataclass(frozen=True)
class OutcomeNews:
    """What the reader reacted to, or was invited for, came to nothing; or their interest in what
    opened again stands.
    """

    kind: NoticeKind
    opgave_id: UUID
    opgave_title: str
    gemeente_name: str
    told_at: datetime


@dataclass(frozen=True)
class UrenbankNews:
    """What became of the urenbank of the reader's gemeente."""

    kind: NoticeKind
    # Of what was settled.
    year: int | None
    told_at: datetime
    # Which loans a limit holds up.
    held_up: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        return IN_URENBANK[self.kind].format(year=self.year)

    @property
    def about_loans(self) -> str:
        return f"Het gaat om {listed(self.held_up)}." if self.held_up else ""


IN_URENBANK = {
    NoticeKind.LIMIT_REACHED: (
        "Een handtekening wacht: met die uren komt jullie gemeente boven de limiet van de urenbank."
    ),
    NoticeKind.YEAR_SETTLED: "De uren van {year} zijn verrekend tussen de gemeenten.",
}
DONE_TOGETHER = {
    NoticeKind.OPGAVE_JOINED: "Een andere gemeente doet mee met “{title}”.",
    NoticeKind.JOINT_ASKED: "Een andere gemeente wil “{title}” samen met jullie oppakken.",
    NoticeKind.JOINT_AGREED: "Een andere gemeente pakt “{title}” samen met jullie op.",
    NoticeKind.JOINT_LEFT: "Een gemeente stapte uit wat jullie samen doen met “{title}”.",
    NoticeKind.FOLLOWED_ENDED: "“{title}” van {gemeente}, die je volgt, is voorbij.",
}
# What one of them does, and what more of them do.
BY_NAME = {
    NoticeKind.OPGAVE_JOINED: ("doet mee met “{title}”.", "doen mee met “{title}”."),
    NoticeKind.JOINT_ASKED: (
        "wil “{title}” samen met jullie oppakken.",
        "willen “{title}” samen met jullie oppakken.",
    ),
    NoticeKind.JOINT_AGREED: (
        "pakt “{title}” samen met jullie op.",
        "pakken “{title}” samen met jullie op.",
    ),
}


class Scored(Protocol):
    """As much of news as it takes to choose what is told of what fits."""

    @property
    def score(self) -> Score: ...


class Happened(Protocol):
    """As much as it takes to put what happened in order."""

    @property
    def told_at(self) -> datetime: ...


class Timed(Happened, Protocol):
    """As much as it takes to choose by how long somebody waits."""

    @property
    def opgave_id(self) -> UUID | None: ...


# In a sentence; the title stands between quotes, so that it may end as it likes.
HAPPENED = {
    NoticeKind.REVIEW_ASKED: "“{title}” wacht op jouw oordeel.",
    NoticeKind.SENT_BACK: "“{title}” kwam terug met een vraag van wie meekeek.",
    NoticeKind.ALLOWED: "“{title}” is goedgekeurd en staat open.",
    NoticeKind.HANDED_OVER: "Jij zorgt voortaan voor “{title}”.",
    NoticeKind.TAKEN_OVER: "Een collega zorgt voortaan voor “{title}”.",
    NoticeKind.CO_OWNER_NAMED: "Je bent de tweede opgavehouder van “{title}”.",
    NoticeKind.EXPIRED: "De laatste dag om te reageren op “{title}” is voorbij.",
    NoticeKind.ASKER_LEFT: "Wie je schreef over “{title}”, is hier niet meer.",
    NoticeKind.INVITATION_ENDED: "Een collega ging niet in op een uitnodiging voor “{title}”.",
}
# The same of what stands in a conversation, not on the page of the opgave.
AWAITED = {
    NoticeKind.ANSWER_DUE: "Een collega wacht op jullie antwoord over “{title}”.",
    NoticeKind.ANSWER_LATE: "Een collega kreeg niet op tijd antwoord over “{title}”.",
}
One = TypeVar("One")
Other = TypeVar("Other")
OneScored = TypeVar("OneScored", bound=Scored)
OneTimed = TypeVar("OneTimed", bound=Timed)
OneTold = TypeVar("OneTold", bound=Happened)


@dataclass(frozen=True)
class Few(Generic[One]):
    """What is told of these, best first, and how many more there are."""

    told: tuple[One, ...]
    more: int


@dataclass(frozen=True)
class Choice(Generic[One]):
    """The few that are told; `more` are about yet other opgaven."""

    groups: tuple[Few[One], ...]
    more: int = 0
    more_opgaven: int = 0

    @property
    def told(self) -> list[One]:
        return [one for group in self.groups for one in group.told]

    def each(self, make: Callable[[One], Other]) -> "Choice[Other]":
        """The same choice of what is made from each."""
        groups = (Few(tuple(map(make, group.told)), group.more) for group in self.groups)
        return Choice(tuple(groups), self.more, self.more_opgaven)


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
class DigestOwn:
    opgave_id: UUID
    # What happened, with the title.
    text: str


@dataclass(frozen=True)
class OfOwn:
    """What happened to opgaven of the reader."""

    lines: tuple[DigestOwn, ...]
    more: int

    @property
    def headline(self) -> str:
        return f"{plural(len(self.lines) + self.more, 'bericht', 'berichten')} over je opgaven"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class Awaited:
    """For which opgaven of the reader somebody waits for an answer."""

    lines: tuple[DigestOwn, ...]
    more: int

    @property
    def headline(self) -> str:
        count = plural(len(self.lines) + self.more, "antwoord", "antwoorden")
        return f"{count} waar een collega op wacht"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class Together:
    """News of what gemeenten do together, the last first; `more` stands in the inbox."""

    news: tuple[TogetherNews, ...]
    more: int

    @property
    def headline(self) -> str:
        return plural(len(self.news) + self.more, "bericht", "berichten") + " over samen oppakken"

    @property
    def first_line(self) -> str:
        return self.news[0].sentence


@dataclass(frozen=True)
class DigestMessages:
    opgave_id: UUID
    # About which opgave, and of how many conversations.
    text: str


@dataclass(frozen=True)
class InConversations:
    """Messages that the reader has not read, by opgave; `more` are about yet other ones."""

    lines: tuple[DigestMessages, ...]
    told: int
    more: int

    @property
    def headline(self) -> str:
        return plural(self.told + self.more, "gesprek", "gesprekken") + " met nieuws"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class Invitations:
    """Opgaven for which the reader is invited, who waits longest first."""

    lines: tuple[DigestOwn, ...]
    more: int

    @property
    def headline(self) -> str:
        return plural(len(self.lines) + self.more, "uitnodiging", "uitnodigingen") + " voor jou"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class DigestLoan:
    loan_id: UUID
    # Whose it is and how it stands.
    text: str


@dataclass(frozen=True)
class OfLoans:
    """What happened to loans of the reader."""

    lines: tuple[DigestLoan, ...]
    more: int

    @property
    def headline(self) -> str:
        return f"{plural(len(self.lines) + self.more, 'bericht', 'berichten')} over inzet"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class DigestOutcome:
    opgave_id: UUID
    text: str
    # It opened again.
    is_open: bool


@dataclass(frozen=True)
class Outcomes:
    """What the reader waited for and came to nothing, or stands again; why stands on a page."""

    lines: tuple[DigestOutcome, ...]
    more: int

    @property
    def headline(self) -> str:
        return plural(len(self.lines) + self.more, "antwoord", "antwoorden") + " op je reacties"

    @property
    def first_line(self) -> str:
        return self.lines[0].text


@dataclass(frozen=True)
class OfUrenbank:
    """What became of the urenbank of the reader's gemeente, each once."""

    lines: tuple[str, ...]

    @property
    def headline(self) -> str:
        return plural(len(self.lines), "bericht", "berichten") + " over de urenbank"

    @property
    def first_line(self) -> str:
        return self.lines[0]


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


def best_few(found: Iterable[OneScored]) -> Choice[OneScored]:
    ordered = _best_first(found)
    told = tuple(ordered[:MOST_MATCHES])
    return Choice((Few(told, more=len(ordered) - len(told)),))


def best_of_each_opgave(found: Iterable[OneScored]) -> Choice[OneScored]:
    """Each opgave its best before any has its second; the opgave with the best of all first."""
    return _shared(_best_first(found), lambda one: one.score.opgave_id)


def longest_waiting(found: Iterable[OneTimed]) -> Choice[OneTimed]:
    """The opgave with the longest waiting first; of each, who has waited longest."""
    return _shared(sorted(found, key=lambda one: one.told_at), lambda one: one.opgave_id)


def newest_few(found: Iterable[OneTimed]) -> Choice[OneTimed]:
    ordered = sorted(found, key=lambda one: (one.told_at, str(one.opgave_id)), reverse=True)
    told = tuple(ordered[:MOST_MATCHES])
    return Choice((Few(told, more=len(ordered) - len(told)),))


def all_in_order(found: Iterable[OneTold]) -> Choice[OneTold]:
    """What happened last stands last."""
    return Choice((Few(tuple(sorted(found, key=lambda one: one.told_at)), more=0),))


def done_together(news: Choice[TogetherNews]) -> Together:
    (group,) = news.groups
    return Together(group.told, group.more)


def opgaven_for_you(news: Choice[OpgaveNews]) -> ForYou:
    (group,) = news.groups
    return ForYou(tuple(_opgave(one) for one in group.told), group.more)


def colleagues_for_opgaven(news: Choice[ColleagueNews]) -> ForOpgaven:
    groups = tuple(_colleagues(group) for group in news.groups)
    return ForOpgaven(groups, news.more, news.more_opgaven)


def responses_to_opgaven(news: Choice[ResponseNews]) -> ToOpgaven:
    groups = tuple(_responses(group) for group in news.groups)
    return ToOpgaven(groups, news.more, news.more_opgaven)


def news_of_own(news: Choice[OwnNews]) -> OfOwn:
    lines = tuple(DigestOwn(one.opgave_id, happened(one)) for one in news.told)
    return OfOwn(lines, news.more + sum(group.more for group in news.groups))


def awaited_answers(news: Choice[OwnNews]) -> Awaited:
    told = (DigestOwn(one.opgave_id, waits(one)) for one in news.told)
    # Of several who wait for the same is told once.
    lines = tuple(dict.fromkeys(told))
    return Awaited(lines, news.more + sum(group.more for group in news.groups))


def invitations(news: Choice[InvitationNews]) -> Invitations:
    lines = tuple(DigestOwn(one.opgave_id, invited(one)) for one in news.told)
    return Invitations(lines, news.more + sum(group.more for group in news.groups))


def outcomes(news: Choice[OutcomeNews]) -> Outcomes:
    lines = tuple(
        DigestOutcome(one.opgave_id, what_became(one), one.kind is not NoticeKind.OUTCOME)
        for one in news.told
    )
    return Outcomes(lines, news.more + sum(group.more for group in news.groups))


def news_of_urenbank(news: Choice[UrenbankNews]) -> OfUrenbank:
    return OfUrenbank(tuple(f"{one.sentence} {one.about_loans}".rstrip() for one in news.told))


def what_became(news: OutcomeNews) -> str:
    about = f"“{news.opgave_title}” van gemeente {news.gemeente_name}"
    if news.kind is NoticeKind.GIVEN_BACK:
        return f"{about} staat weer open, en je belangstelling ook."
    if news.kind is NoticeKind.OPENED_AGAIN:
        return f"{about} staat weer open."
    if news.kind is NoticeKind.INVITATION_TAKEN_BACK:
        return f"De uitnodiging voor {about} is ingetrokken."
    return f"{about} gaat voor jou niet door."


def invited(news: InvitationNews) -> str:
    return f"Gemeente {news.gemeente_name} nodigt je uit voor “{news.opgave_title}”."


def new_messages(news: Choice[MessageNews]) -> InConversations:
    """A line for each opgave: nobody needs to hear twice that there is something to read."""
    lines = tuple(chain.from_iterable(map(_of_conversations, news.groups)))
    told = sum(len(group.told) + group.more for group in news.groups)
    return InConversations(lines, told, news.more)


def news_of_loans(news: Choice[LoanNews]) -> OfLoans:
    lines = tuple(DigestLoan(one.loan_id, f"{one.about}. {one.said}") for one in news.told)
    return OfLoans(lines, news.more + sum(group.more for group in news.groups))


def _of_conversations(group: Few[MessageNews]) -> Iterable[DigestMessages]:
    about = group.told[0]
    published = [one for one in group.told if one.kind is NoticeKind.QUESTION_PUBLISHED]
    written = len(group.told) - len(published) + group.more
    if written:
        yield DigestMessages(about.opgave_id, new_message(about.opgave_title, written))
    if published:
        yield DigestMessages(about.opgave_id, question_published(about.opgave_title))


def question_published(title: str) -> str:
    return f"Je vraag over “{title}” staat nu met het antwoord op de opgave, zonder je naam."


def new_message(title: str, conversations: int) -> str:
    if conversations == 1:
        return f"Er staat een nieuw bericht voor je in het gesprek over “{title}”."
    return f"Er staan nieuwe berichten voor je in {conversations} gesprekken over “{title}”."


def happened(news: OwnNews) -> str:
    return HAPPENED[news.kind].format(title=news.opgave_title)


def waits(news: OwnNews) -> str:
    return AWAITED[news.kind].format(title=news.opgave_title)


def shows_interest(name: str, region: str, title: str) -> str:
    """Fatima uit Utrecht heeft belangstelling voor Een veilig plein."""
    return ended(f"{name} uit {region} heeft belangstelling voor {title}")


def shared_fairly(sizes: Sequence[int], most: int = MOST_MATCHES) -> list[int]:
    """How many of each group are told: each its first, then each its second, and so on."""
    turns = zip_longest(*([number] * size for number, size in enumerate(sizes)))
    in_turn = (one for one in chain.from_iterable(turns) if one is not None)
    told = list(islice(in_turn, most))
    return [told.count(number) for number in range(len(sizes))]


def _best_first(found: Iterable[OneScored]) -> list[OneScored]:
    """The same match is told once, as it was told last."""
    by_match: dict[tuple[UUID, UUID], tuple[Score, OneScored]] = {}
    for one in found:
        score = one.score
        by_match[score.profile_id, score.opgave_id] = score, one
    ordered = sorted(rank(score for score, _ in by_match.values()), key=group_of)
    return [by_match[score.profile_id, score.opgave_id][1] for score in ordered]


def _shared(ordered: Iterable[One], opgave: Callable[[One], UUID | None]) -> Choice[One]:
    """Per opgave; the one with the first of all comes first."""
    found: dict[UUID | None, list[One]] = {}
    for one in ordered:
        found.setdefault(opgave(one), []).append(one)
    groups = list(found.values())
    shares = [share for share in shared_fairly([len(group) for group in groups]) if share]
    others = groups[len(shares) :]
    return Choice(
        groups=tuple(
            Few(tuple(group[:share]), len(group) - share)
            for group, share in zip(groups, shares, strict=False)
        ),
        more=sum(len(group) for group in others),
        more_opgaven=len(others),
    )


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


def _colleagues(group: Few[ColleagueNews]) -> DigestColleagues:
    about = group.told[0]
    return DigestColleagues(
        opgave_id=about.score.opgave_id,
        opgave_title=about.opgave_title,
        gemeente_name=about.gemeente_name,
        closes_on=about.closes_on,
        colleagues=tuple(_colleague(one) for one in group.told),
        more=group.more,
    )


def _responses(group: Few[ResponseNews]) -> DigestResponses:
    about = group.told[0]
    return DigestResponses(
        opgave_id=about.opgave_id,
        opgave_title=about.opgave_title,
        gemeente_name=about.gemeente_name,
        closes_on=about.closes_on,
        responses=tuple(
            DigestResponse(one.name, one.region, one.email, why_of(one.score)) for one in group.told
        ),
        more=group.more,
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
