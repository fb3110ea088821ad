"""A loan in words: what is agreed, who signed, what is waited for, and what the reader can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.core.dutch import dutch_date, moment
from app.labels import label
from app.loans.lines import changes, end_talk_would_move, lines_that_hold
from app.loans.models import Remark, Terms
from app.loans.next_steps import once_stopped, wrote_first
from app.loans.rules import (
    NEXT,
    OVER,
    UNDER_WAY,
    LoanState,
    Party,
    Reason,
)
from app.loans.seen import SeenLoan
from app.loans.words import (
    about_feedback,
    begins_on,
    changed_hours,
    end_talk,
    how_it_stands,
    return_day,
    said_no,
    summary,
    title_of_objection,
    title_of_question,
    undone_by_change,
    what_became_of_opgave,
    what_changed,
    what_comes_back,
    who_said,
    whom_to_ask_instead,
    why,
)
from app.web.loans.hours import WeekLine, hours_words, week_lines
from app.web.loans.how_it_went import (
    ConfirmedSkill,
    FeedbackBlock,
    confirmed_skills,
    feedback_blocks,
    may_answer,
)

TONES = {
    LoanState.ASKED: "energy",
    LoanState.ACTIVE: "good",
    LoanState.ENDED: "neutral",
    LoanState.CLOSED: "good",
    LoanState.REFUSED: "bad",
    LoanState.WITHDRAWN: "neutral",
    LoanState.CALLED_OFF: "bad",
}
# Points for attention, not legal advice.
CHECKLIST = (
    "Btw: bij kosten tussen gemeenten speelt soms btw, ook bij gesloten beurs. Vraag het na bij "
    "jullie fiscalist.",
    "Aanbesteden: uren lenen van een andere gemeente is iets anders dan inhuren bij een bedrijf. "
    "Vraag bij twijfel jullie inkoper.",
    "De gedetacheerde blijft in dienst van de werkgever: salaris, verlof en ziekmelding lopen "
    "daar.",
    "Spreek af wie de verzekering regelt, en wie toegang geeft tot systemen en gebouwen.",
)


class Deed(StrEnum):
    """What the reader can do, each a button or a link on the page."""

    SIGN = "sign"
    REMARK = "remark"
    CHANGE = "change"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    NAME_MANAGER = "name_manager"
    PLAN_END_TALK = "plan_end_talk"
    CALL_OFF = "call_off"
    END = "end"
    WRITE_HOURS = "write_hours"
    AGREE_ON_HOURS = "agree_on_hours"
    DISPUTE_HOURS = "dispute_hours"
    REPORT = "report"
    GIVE_FEEDBACK = "give_feedback"
    ANSWER_FEEDBACK = "answer_feedback"


@dataclass(frozen=True)
class PartyLine:
    """One of the three: who, for which gemeente, and since when they agree."""

    role: str
    name: str
    gemeente_name: str
    signed: str
    # How the reader is meant by it, who may be one of several; nothing when they are not.
    is_reader: str


@dataclass(frozen=True)
class Agreement:
    """A version that three signed."""

    version: int
    said: str


@dataclass(frozen=True)
class RemarkLine:
    name: str
    role: str
    said_at: str
    words: str
    # Whether its party waits for an answer.
    is_open: bool
    # Whether it says that the hours are not right.
    is_objection: bool


@dataclass(frozen=True)
class LoanPage:
    loan_id: UUID
    title: str
    opgave_id: UUID
    # That it was taken down: then nobody but its own people reads it. Mostly nothing.
    about_opgave: str
    is_opgave_down: bool
    may_read_opgave: bool
    version: int
    state_label: str
    state_tone: str
    # Who changed the terms, when they are still to be signed.
    changed: str
    # The one sentence that says how it stands.
    said: str
    # Who works where, did so or is going to.
    who: str
    # In what part the reader decides; nothing for who is no manager.
    decides: str
    why: str
    # What comes after the last day of what was stopped; or nothing.
    after: str
    # Whether one of the three stopped it before the agreed last day.
    ends_early: bool
    end_talk: str
    # Since when the professional is back.
    returned: str
    # With whom to speak while the professional is kept out.
    instead: str
    # Who signed what is agreed, or what is on the table while nothing is agreed.
    parties: list[PartyLine]
    # What is agreed, or what is on the table while nothing is agreed.
    terms: list[tuple[str, str]]
    comes_back: str
    # What the terms on the table change, and whether they are other ones for a loan that runs.
    changes: list[tuple[str, str]]
    is_proposal: bool
    # To which day the end talk goes with it; mostly nothing.
    end_talk_moves: str
    # Who signed what is proposed, and whether the reader proposed it.
    proposed_to: list[PartyLine]
    is_proposer: bool
    # Other terms that somebody said no to, with the reason.
    refused: list[str]
    # Each has a document.
    agreements: list[Agreement]
    remarks: list[RemarkLine]
    # What somebody waits for an answer to, with what stands above it, and whether the reader asked.
    question: Remark | None
    question_title: str
    is_asker: bool
    # What is said of hours that are not right, with what stands above it.
    objection: Remark | None
    objection_title: str
    deeds: frozenset[Deed]
    weeks: list[WeekLine]
    total: str
    is_closed: bool
    # Which hours were changed since somebody read them, and whose word falls away by other ones.
    changed_hours: str
    undone_by_change: str
    feedback: list[FeedbackBlock]
    # What of the feedback is still to be said or read.
    feedback_said: str
    confirmed: list[ConfirmedSkill]
    checklist: Sequence[str] = CHECKLIST

    @property
    def is_on_profile(self) -> bool:
        """Whether all that was confirmed stands there."""
        return bool(self.confirmed) and all(skill.is_kept for skill in self.confirmed)


@dataclass(frozen=True)
class LoanLine:
    """A loan in a list."""

    loan_id: UUID
    title: str
    who: str
    period: str
    said: str
    state_label: str
    state_tone: str
    waits_for_you: bool
    # What the reader is asked, in the words of who asks; or nothing.
    question: str


def loan_page(seen: SeenLoan, party: Party, today: date) -> LoanPage:
    loan, held = seen.loan, seen.agreed or seen.terms
    weeks = week_lines(seen, today)
    return LoanPage(
        loan_id=loan.id,
        title=seen.opgave_title,
        opgave_id=loan.opgave_id,
        about_opgave=what_became_of_opgave(seen),
        is_opgave_down=seen.is_opgave_down,
        may_read_opgave=not seen.is_opgave_down or party is Party.BORROWER,
        version=loan.version,
        state_label=_state_word(seen, today),
        state_tone=_tone(seen),
        changed=what_changed(seen, party, today),
        said=how_it_stands(seen, party, today),
        who=_who_works(seen, party, today),
        decides=_decides(seen) if party is Party.LENDER else "",
        why=why(seen, party),
        after=once_stopped(seen, party),
        end_talk=end_talk(seen, party, today),
        returned=return_day(seen),
        instead=whom_to_ask_instead(seen, party),
        ends_early=seen.ends_early,
        parties=_parties(seen, held, party),
        terms=lines_that_hold(seen),
        comes_back=what_comes_back(held),
        changes=[(one.name, one.said) for one in changes(seen, party)],
        is_proposal=is_proposal(seen),
        end_talk_moves=end_talk_would_move(seen, today),
        proposed_to=_parties(seen, seen.terms, party),
        is_proposer=seen.terms.made_by is party,
        refused=[f"{moment(one.refused_at)}. {said_no(seen, one, party)}" for one in seen.refusals],
        agreements=_agreements(seen),
        remarks=_remarks(seen, party),
        question=seen.question,
        question_title=title_of_question(seen, party),
        is_asker=seen.asks is party,
        objection=seen.objection,
        objection_title=title_of_objection(seen, party),
        deeds=deeds_of(seen, party, today),
        weeks=weeks,
        total=hours_words(sum(seen.weeks.values())),
        is_closed=loan.state is LoanState.CLOSED,
        changed_hours=changed_hours(seen, party),
        undone_by_change=undone_by_change(seen, party),
        feedback=feedback_blocks(seen, party),
        feedback_said=" ".join(
            filter(None, (wrote_first(seen, party), about_feedback(seen, party)))
        ),
        confirmed=confirmed_skills(seen, party),
    )


def _agreements(seen: SeenLoan) -> list[Agreement]:
    return [
        Agreement(one.version, f"versie {one.version}, van {dutch_date(one.agreed_at)}")
        for one in seen.agreements
    ]


def _remarks(seen: SeenLoan, reader: Party) -> list[RemarkLine]:
    return [
        RemarkLine(
            name=who_said(seen, one, reader),
            role=label(one.party),
            said_at=moment(one.said_at),
            words=one.words,
            is_open=one is seen.question,
            is_objection=one.is_objection,
        )
        for one in seen.remarks
    ]


def loan_line(seen: SeenLoan, party: Party, today: date) -> LoanLine:
    asked = seen.question_to(party)
    return LoanLine(
        loan_id=seen.loan.id,
        title=seen.opgave_title,
        who=f"{seen.professional_name}, van {seen.lender_name} naar {seen.borrower_name}",
        period=summary(seen),
        said=how_it_stands(seen, party, today),
        state_label=_state_word(seen, today),
        state_tone=_tone(seen),
        waits_for_you=seen.waits_for_party(party),
        question=asked.words if asked else "",
    )


def _state_word(seen: SeenLoan, today: date) -> str:
    """The state, or when it begins: what runs on paper is not worked on yet."""
    if _stops_with_opgave(seen):
        return label(LoanState.CALLED_OFF)
    return begins_on(seen, today) or label(seen.loan.state)


def _tone(seen: SeenLoan) -> str:
    return "neutral" if _stops_with_opgave(seen) else TONES[seen.loan.state]


def _stops_with_opgave(seen: SeenLoan) -> bool:
    """Nobody refused what ended because its opgave did."""
    return seen.fell_with_opgave or seen.loan.reason is Reason.OPGAVE_ENDED


def _who_works(seen: SeenLoan, reader: Party, today: date) -> str:
    who = "Je" if reader is Party.PROFESSIONAL else seen.professional_name
    return f"{who} {_works(seen, today)} voor gemeente {seen.borrower_name}"


def _works(seen: SeenLoan, today: date) -> str:
    if seen.begins_later(today):
        return "gaat werken"
    works = {LoanState.ACTIVE: "werkt", LoanState.CALLED_OFF: "zou gaan werken"}
    return {**works, **dict.fromkeys(OVER, "werkte")}.get(seen.loan.state, "wil werken")


def _decides(seen: SeenLoan) -> str:
    """There is nothing more to decide on what is over."""
    if seen.loan.state in UNDER_WAY and not seen.fell_with_opgave:
        return f"Jij beslist als leidinggevende voor gemeente {seen.lender_name}."
    return f"Je werd gevraagd als leidinggevende van gemeente {seen.lender_name}."


def is_proposal(seen: SeenLoan) -> bool:
    """Whether other terms lie on the table than those by which it runs."""
    return seen.loan.state is LoanState.ACTIVE and seen.loan.version != seen.loan.agreed_version


def has_signed(seen: SeenLoan, party: Party) -> bool:
    """Whether who speaks for this party now signed what is on the table, or what runs."""
    is_signed = seen.loan.state in UNDER_WAY and party in seen.terms.signed_at
    return is_signed and not _is_another(seen, seen.terms, party)


def deeds_of(seen: SeenLoan, party: Party, today: date) -> frozenset[Deed]:
    """What this party can do now; the service decides again."""
    if seen.fell_with_opgave:
        return frozenset()
    loan = seen.loan
    is_asked, runs = loan.state is LoanState.ASKED, loan.state is LoanState.ACTIVE
    is_professional = party is Party.PROFESSIONAL
    not_begun = seen.may_be_called_off(today)
    # Of what is over it is wrong too when nothing is written.
    has_hours = loan.state is LoanState.ENDED or (runs and bool(seen.weeks))
    may = {
        Deed.SIGN: party in seen.waits_for,
        Deed.REFUSE: (is_asked and not is_professional) or is_proposal(seen),
        Deed.CHANGE: loan.state in UNDER_WAY and party is not Party.LENDER,
        Deed.WITHDRAW: is_asked and is_professional,
        Deed.NAME_MANAGER: is_professional and seen.may_name_another_manager,
        Deed.REMARK: bool(NEXT[loan.state]),
        Deed.PLAN_END_TALK: runs,
        Deed.CALL_OFF: not_begun,
        Deed.END: runs and not not_begun and loan.last_day is not None and today < loan.last_day,
        Deed.WRITE_HOURS: is_professional and loan.state in {LoanState.ACTIVE, LoanState.ENDED},
        Deed.AGREE_ON_HOURS: party in loan.waits_to_close,
        Deed.DISPUTE_HOURS: not is_professional and has_hours,
        Deed.REPORT: loan.may_report(party, today),
        Deed.GIVE_FEEDBACK: seen.may_give_feedback(party),
        Deed.ANSWER_FEEDBACK: is_professional and may_answer(seen),
    }
    return frozenset(deed for deed, is_so in may.items() if is_so)


def _parties(seen: SeenLoan, terms: Terms, reader: Party) -> list[PartyLine]:
    """The three, as they signed these terms or are asked to."""
    signed = terms.signed_at
    people = {
        Party.PROFESSIONAL: (seen.professional_name, seen.lender_name),
        Party.LENDER: (terms.lender_signed_by or seen.loan.manager_name, seen.lender_name),
        Party.BORROWER: (terms.borrower_signed_as, seen.borrower_name),
    }
    return [
        PartyLine(
            role=label(party),
            name=name,
            gemeente_name=gemeente,
            signed=f"Getekend op {moment(signed[party])}"
            if party in signed
            else "Nog niet getekend",
            is_reader=_as_reader(seen, terms, party) if party is reader else "",
        )
        for party, (name, gemeente) in people.items()
    ]


def _as_reader(seen: SeenLoan, terms: Terms, party: Party) -> str:
    """Of the gemeente that borrows a colleague may have signed."""
    if party is Party.BORROWER:
        return "jullie"
    return "" if _is_another(seen, terms, party) else "jij"


def _is_another(seen: SeenLoan, terms: Terms, party: Party) -> bool:
    """Whether who speaks for this party now is not who signed these terms for it."""
    return party is Party.LENDER and seen.was_signed_before_manager(terms)
