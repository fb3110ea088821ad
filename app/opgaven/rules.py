"""What an opgave may hold, which moves it may make, and who may make them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from app.core.actor import Actor, Role
from app.core.dutch import plural
from app.core.faults import Fault, day_fault, length_fault, range_fault
from app.core.rights import Right, Scope, may, may_in, roles_with, scopes
from app.people.rules import Level
from app.vocabulary.rules import LABEL_LIMIT, Theme, normalise

TITLE_LIMIT = 120
TEXT_LIMIT = 10_000
WORDS_LIMIT = 1_000
MOST_SKILLS = 15
MOST_HOURS = 40
MOST_PEOPLE = 50
LONGEST_DAYS = 3 * 366
MOST_TIMES = 50
# Who did not sign in for so long is not there for an opgave; with leave nobody is that long away.
ABSENT_AFTER = timedelta(weeks=6)
# How long an opgave is for colleagues alone, before anybody may think of hiring.
COLLEAGUES_WEEKS = 4
MOST_WEEKS = 26


class Kind(StrEnum):
    OPGAVE = "opgave"
    KLUS = "klus"
    DETACHERING = "detachering"
    RUIL = "ruil"
    MEELOPEN = "meelopen"
    KLANKBORD = "klankbord"
    ATELIERPLEK = "atelierplek"


# Here somebody comes to learn: wishing to learn counts as much as being able.
FOR_LEARNING = frozenset({Kind.MEELOPEN})
# Who may change the opgaven of their own gemeente.
EDITORS = roles_with(Right.EDIT_OPGAVE)


# Who looks at an opgave before it opens; the next only where there is none of the first.
REVIEWERS = (Role.GEMEENTEBEHEERDER, Role.OPGAVEHOUDER)


class OpgaveStatus(StrEnum):
    CONCEPT = "concept"
    # A gemeentebeheerder, or who stands in for one, looks at it before others do.
    REVIEW = "ter_beoordeling"
    OPEN = "open"
    # With somebody; others can still react.
    TALKING = "in_gesprek"
    # Nobody more is sought.
    FILLED = "bezet"
    RUNNING = "lopend"
    DONE = "afgerond"
    WITHDRAWN = "ingetrokken"
    # Its last day passed, and nobody was found.
    EXPIRED = "verlopen"


NEXT: dict[OpgaveStatus, frozenset[OpgaveStatus]] = {
    OpgaveStatus.CONCEPT: frozenset(
        {OpgaveStatus.REVIEW, OpgaveStatus.OPEN, OpgaveStatus.WITHDRAWN}
    ),
    OpgaveStatus.REVIEW: frozenset(
        {OpgaveStatus.CONCEPT, OpgaveStatus.OPEN, OpgaveStatus.WITHDRAWN}
    ),
    OpgaveStatus.OPEN: frozenset(
        {
            OpgaveStatus.TALKING,
            OpgaveStatus.FILLED,
            OpgaveStatus.WITHDRAWN,
            OpgaveStatus.EXPIRED,
        }
    ),
    OpgaveStatus.TALKING: frozenset(
        {OpgaveStatus.FILLED, OpgaveStatus.WITHDRAWN, OpgaveStatus.EXPIRED}
    ),
    OpgaveStatus.FILLED: frozenset(
        {OpgaveStatus.TALKING, OpgaveStatus.RUNNING, OpgaveStatus.WITHDRAWN}
    ),
    OpgaveStatus.RUNNING: frozenset({OpgaveStatus.DONE}),
    OpgaveStatus.DONE: frozenset(),
    OpgaveStatus.WITHDRAWN: frozenset(),
    OpgaveStatus.EXPIRED: frozenset(),
}
# What is matched, read by visitors and answered, until its last day.
TAKES_ANSWERS = frozenset({OpgaveStatus.OPEN, OpgaveStatus.TALKING})
# Seats are taken and freed: also after the last day to react, and after it began.
HAS_SEATS = TAKES_ANSWERS | {OpgaveStatus.FILLED, OpgaveStatus.RUNNING}
# Its words may change; from then on there are people who count on them.
WRITABLE = TAKES_ANSWERS | {OpgaveStatus.CONCEPT, OpgaveStatus.REVIEW}
ENDED = frozenset(status for status, following in NEXT.items() if not following)


# What somebody reads who asks for a move that does not exist.
NO_SUCH_MOVE = {
    OpgaveStatus.CONCEPT: "Deze opgave is nog een concept. Je kunt het concept intrekken.",
    OpgaveStatus.REVIEW: "Deze opgave wacht op een collega die meekijkt. Je kunt de opgave "
    "bewerken of intrekken.",
    OpgaveStatus.OPEN: "Deze opgave staat open. Je kunt de opgave op bezet zetten of intrekken.",
    OpgaveStatus.TALKING: "Over deze opgave zijn jullie in gesprek. Je kunt de opgave op bezet "
    "zetten of intrekken.",
    OpgaveStatus.FILLED: "Deze opgave is bezet. Je kunt de opgave laten beginnen, iemand "
    "bijzoeken of de opgave intrekken.",
    OpgaveStatus.RUNNING: "Aan deze opgave wordt gewerkt. Je kunt de opgave afronden.",
    OpgaveStatus.DONE: "Deze opgave is afgerond en kan niet meer veranderen.",
    OpgaveStatus.WITHDRAWN: "Deze opgave is ingetrokken en kan niet meer veranderen.",
    OpgaveStatus.EXPIRED: "Deze opgave is verlopen en kan niet meer veranderen.",
}
OWN_WRITING = (
    "Deze opgave schreef je zelf. Een collega die meekijkt, zet hem open of stuurt hem terug."
)
NOT_FINISHED = "Met deze opgave kun je niet beginnen: die is nog niet afgerond."
NO_SEAT_LEFT = "Alle plekken van deze opgave zijn bezet."
NO_SEAT_TAKEN = "Van deze opgave is geen plek bezet."


class Place(StrEnum):
    ON_SITE = "on_site"
    HYBRID = "hybrid"
    REMOTE = "remote"


class Part(StrEnum):
    """What somebody is to an opgave that they look after."""

    OWNER = "opgavehouder"
    CO_OWNER = "tweede opgavehouder"
    # While who looked after it is kept out.
    BEHEERDER = "beheerder"


class Audience(StrEnum):
    """For whom the opgave is meant: every gemeente, those of the own province, or those in a
    network with the own one.
    """

    EVERYBODY = "everybody"
    PROVINCE = "province"
    NETWORK = "network"


@dataclass(frozen=True)
class AskedSkillDraft:
    label: str
    must: bool = True
    level: int = Level.INDEPENDENT


@dataclass(frozen=True)
class OpgaveDraft:
    title: str = ""
    kind: Kind = Kind.OPGAVE
    text: str = ""
    themes: tuple[Theme, ...] = ()
    skills: tuple[AskedSkillDraft, ...] = ()
    hours_per_week: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    closes_on: date | None = None
    place: Place = Place.HYBRID
    people_needed: int | None = 1
    audience: Audience = Audience.EVERYBODY
    # Of a ruil: what its gemeente offers; of an atelierplek: which atelier, with whom; of a
    # klankbord: how often somebody is asked, in the place of hours a week.
    in_return: str = ""
    atelier: str = ""
    times: int | None = None
    colleagues_weeks: int | None = COLLEAGUES_WEEKS
    # Whether visitors who are not signed in may read it.
    is_public: bool = True
    co_owner_email: str = ""
    # The version that the writer saw; another one means that somebody wrote in between.
    version: int | None = field(default=None, compare=False)


def fitting(draft: OpgaveDraft) -> OpgaveDraft:
    """Without what its kind does not ask; what is for a network is for no visitor."""
    return replace(
        draft,
        in_return=draft.in_return if draft.kind is Kind.RUIL else "",
        atelier=draft.atelier if draft.kind is Kind.ATELIERPLEK else "",
        times=draft.times if draft.kind is Kind.KLANKBORD else None,
        hours_per_week=None if draft.kind is Kind.KLANKBORD else draft.hours_per_week,
        is_public=draft.is_public and draft.audience is not Audience.NETWORK,
    )


def faults(draft: OpgaveDraft) -> list[Fault]:
    """Everything that is wrong with the draft, also as a concept."""
    found = length_fault("title", draft.title, TITLE_LIMIT, "Geef de opgave een titel.")
    found += length_fault("text", draft.text, TEXT_LIMIT)
    if draft.hours_per_week is not None:
        found += range_fault("hours_per_week", draft.hours_per_week, 1, MOST_HOURS)
    found += range_fault("people_needed", draft.people_needed, 1, MOST_PEOPLE)
    found += range_fault("colleagues_weeks", draft.colleagues_weeks, 1, MOST_WEEKS)
    found += length_fault("in_return", draft.in_return, WORDS_LIMIT)
    found += length_fault("atelier", draft.atelier, TITLE_LIMIT)
    if draft.times is not None:
        found += range_fault("times", draft.times, 1, MOST_TIMES)
    return found + _days_faults(draft) + _skills_faults(draft.skills)


def publishing_faults(draft: OpgaveDraft, today: date) -> list[Fault]:
    """What is still missing, or past, before colleagues may see this opgave."""
    needed: tuple[tuple[str, object, str], ...] = (
        ("text", draft.text, "Vertel wat er aan de hand is en wat iemand gaat doen."),
        ("themes", draft.themes, "Kies minstens één thema."),
        ("skills", draft.skills, "Noem minstens één vaardigheid."),
        *_needed_of_kind(draft),
        ("starts_on", draft.starts_on, "Vul in wanneer het begint."),
        ("ends_on", draft.ends_on, "Vul in tot wanneer het duurt."),
        ("closes_on", draft.closes_on, "Vul in tot welke dag collega's kunnen reageren."),
    )
    missing = [Fault(name, said) for name, value, said in needed if not value]
    return missing + _past_faults(draft, today)


def opening_faults(draft: OpgaveDraft, today: date) -> list[Fault]:
    """What stands in the way of opening; what is open already may have begun."""
    found = publishing_faults(draft, today)
    if draft.starts_on and draft.starts_on < today:
        found.append(Fault("starts_on", "De begindatum ligt in het verleden."))
    return found


def may_draft(actor: Actor) -> bool:
    return may(actor, Right.DRAFT_OPGAVE)


def may_edit(actor: Actor, gemeente_code: str) -> bool:
    """An opgavehouder for the opgaven of the own gemeente, and its gemeentebeheerder."""
    return may_in(actor, Right.EDIT_OPGAVE, gemeente_code)


def may_review(actor: Actor, gemeente_code: str) -> bool:
    """A gemeentebeheerder of the own gemeente; of each opgave `reviewers` tells who may."""
    return may_in(actor, Right.CHOOSE_REVIEW, gemeente_code)


def sending_back_faults(words: str) -> list[Fault]:
    return length_fault("words", words, WORDS_LIMIT, "Schrijf wat er anders moet.")


def may_mail(reader: Actor, gemeente_code: str, *, works_on_it: bool) -> bool:
    """Whether somebody reads the addresses of who look after an opgave.

    Everybody else who is signed in reads their names, and talks with them in a conversation here.
    """
    is_own = may_in(reader, Right.MAIL_OPGAVEHOUDER, gemeente_code)
    return is_own or (reader.user_id is not None and works_on_it)


def may_begin_with(
    reader: Actor, gemeente_code: str, status: OpgaveStatus, *, is_down: bool
) -> bool:
    """Whether somebody who may read it can begin an opgave of their own with its words.

    Not with what a beheerder took down: its words would be there again.
    """
    is_own = reader.gemeente_code == gemeente_code
    has_ended = status in ENDED if is_own else status is OpgaveStatus.DONE
    return may_draft(reader) and has_ended and not is_down


def may_hire(
    status: OpgaveStatus, closes_on: date | None, colleagues_until: date | None, today: date
) -> bool:
    """Whether colleagues had their time, and nobody was found who is still sought."""
    had_time = colleagues_until is not None and colleagues_until < today
    return had_time and takes_answers(status, closes_on, today)


def leaves_time_to_hire(closes_on: date | None, colleagues_until: date | None) -> bool:
    """Whether the opgave is open still when colleagues had their time."""
    return bool(closes_on and colleagues_until and colleagues_until < closes_on)


def may_read(actor: Actor, opgave: "Readable") -> bool:
    """Own people read everything; others what was published once and is meant for them, and a
    coordinator what is of a gemeente in the network.
    """
    of_network = Scope.NETWORK in scopes(actor, Right.READ_OPGAVE)
    is_coordinated = of_network and opgave.gemeente_code in actor.network_codes
    return (is_coordinated and _came_out(opgave)) or may_answer(actor, opgave)


def may_answer(actor: Actor, opgave: "Readable") -> bool:
    """Whether it is theirs, or shown to them: who only coordinates a network answers nothing."""
    found = scopes(actor, Right.READ_OPGAVE)
    is_own = Scope.GEMEENTE in found and actor.gemeente_code == opgave.gemeente_code
    if is_own or Scope.ALL in found:
        return True
    if Scope.SHOWN not in found or not _came_out(opgave):
        return False
    if actor.user_id is None:
        return opgave.is_public and opgave.status in TAKES_ANSWERS
    return opgave.is_meant


def _came_out(opgave: "Readable") -> bool:
    is_written = opgave.status is OpgaveStatus.CONCEPT or not opgave.was_published
    return not is_written and not opgave.is_down


def offered_audiences(*, is_in_network: bool) -> list[Audience]:
    """For whom a gemeente can mean an opgave."""
    return [one for one in Audience if is_in_network or one is not Audience.NETWORK]


def audience_faults(audience: Audience, *, is_in_network: bool) -> list[Fault]:
    if audience in offered_audiences(is_in_network=is_in_network):
        return []
    return [Fault("audience", "Jullie gemeente hoort bij geen netwerk. Kies iets anders.")]


@dataclass(frozen=True)
class Readable:
    """What `may_read` needs to know of an opgave, and of who reads."""

    gemeente_code: str
    status: OpgaveStatus
    # A concept can be withdrawn as well, and stays what it was: of its writers only.
    was_published: bool
    # A beheerder took it away after a report.
    is_down: bool
    is_public: bool
    # For the gemeente of who reads.
    is_meant: bool


def is_overdue(status: OpgaveStatus, closes_on: date | None, today: date) -> bool:
    return status in TAKES_ANSWERS and closes_on is not None and closes_on < today


def takes_answers(status: OpgaveStatus, closes_on: date | None, today: date) -> bool:
    """Whether colleagues can react to it on this day."""
    return status in TAKES_ANSWERS and not is_overdue(status, closes_on, today)


def seats_faults(people_needed: int | None, taken: int) -> list[Fault]:
    """While somebody is sought there is a seat left."""
    if people_needed is None or people_needed > taken:
        return []
    verb = "is" if taken == 1 else "zijn"
    return [Fault("people_needed", f"Er {verb} al {plural(taken, 'plek', 'plekken')} bezet.")]


def reopening_faults(
    closes_on: date | None, people_needed: int | None, taken: int, ends_on: date, today: date
) -> list[Fault]:
    """What stands in the way of looking for somebody more."""
    found = range_fault("people_needed", people_needed, 1, MOST_PEOPLE)
    found += seats_faults(people_needed, taken)
    if closes_on is None:
        found.append(Fault("closes_on", "Vul in tot welke dag collega's kunnen reageren."))
    elif closes_on < today:
        found.append(Fault("closes_on", "De sluitingsdatum ligt in het verleden."))
    elif closes_on > ends_on:
        found.append(Fault("closes_on", "De sluitingsdatum ligt na het einde van de opgave."))
    return found


def _needed_of_kind(draft: OpgaveDraft) -> list[tuple[str, object, str]]:
    """What this kind of opgave cannot do without."""
    hours = ("hours_per_week", draft.hours_per_week, "Vul in hoeveel uur per week het kost.")
    if draft.kind is Kind.KLANKBORD:
        return [("times", draft.times, "Vul in hoe vaak je iemand wilt spreken.")]
    if draft.kind is Kind.RUIL:
        return [hours, ("in_return", draft.in_return, "Vertel wat jullie terug bieden.")]
    if draft.kind is Kind.ATELIERPLEK:
        return [hours, ("atelier", draft.atelier, "Noem het atelier en wie er meedoen.")]
    return [hours]


def _days_faults(draft: OpgaveDraft) -> list[Fault]:
    days = (
        ("starts_on", draft.starts_on),
        ("ends_on", draft.ends_on),
        ("closes_on", draft.closes_on),
    )
    return [fault for name, day in days for fault in day_fault(name, day)] or _order_faults(draft)


def _order_faults(draft: OpgaveDraft) -> list[Fault]:
    found = []
    if draft.starts_on and draft.ends_on:
        if draft.ends_on < draft.starts_on:
            found.append(Fault("ends_on", "De einddatum ligt voor de begindatum."))
        elif (draft.ends_on - draft.starts_on).days > LONGEST_DAYS:
            found.append(Fault("ends_on", "Een opgave duurt hier hoogstens drie jaar."))
    if draft.closes_on and draft.ends_on and draft.closes_on > draft.ends_on:
        found.append(Fault("closes_on", "De sluitingsdatum ligt na het einde van de opgave."))
    return found


def _past_faults(draft: OpgaveDraft, today: date) -> list[Fault]:
    found = []
    if draft.closes_on and draft.closes_on < today:
        found.append(Fault("closes_on", "De sluitingsdatum ligt in het verleden."))
    if draft.ends_on and draft.ends_on < today:
        found.append(Fault("ends_on", "De einddatum ligt in het verleden."))
    return found


def _skills_faults(skills: Sequence[AskedSkillDraft]) -> list[Fault]:
    found = []
    if len(skills) > MOST_SKILLS:
        found.append(Fault("skills", f"Noem hoogstens {MOST_SKILLS} vaardigheden."))
    seen: set[str] = set()
    for place, skill in enumerate(skills[: MOST_SKILLS + 1]):
        at = f"skills-{place}-label"
        found += length_fault(at, skill.label, LABEL_LIMIT, "Vul een vaardigheid in.")
        found += range_fault(f"skills-{place}-level", skill.level, min(Level), max(Level))
        normal = normalise(skill.label)
        if skill.label and not normal:
            found.append(Fault(at, "Gebruik letters of cijfers."))
        elif normal in seen:
            found.append(Fault(at, f"“{skill.label}” staat er al."))
        seen.add(normal)
    return found
