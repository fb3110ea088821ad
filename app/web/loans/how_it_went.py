"""The feedback on a loan, as far as its reader may read it; never a mark for a person."""

from dataclasses import dataclass

from app.labels import label
from app.loans.models import Feedback
from app.loans.rules import Party, Showed
from app.loans.seen import SeenLoan

AGAIN = {
    Party.PROFESSIONAL: "Zou je het nog eens doen?",
    Party.BORROWER: "Zou je nog eens samenwerken?",
}


@dataclass(frozen=True)
class FeedbackBlock:
    """What one of both said; `note` tells who reads it."""

    title: str
    is_own: bool
    lines: list[tuple[str, str]]
    reply: str
    note: str


def feedback_blocks(seen: SeenLoan, reader: Party) -> list[FeedbackBlock]:
    """The own one first; that of the other once it is shown."""
    readable = seen.readable_by(reader)
    ordered = sorted(readable, key=lambda party: party is not reader)
    return [_block(seen, readable[party], party, reader) for party in ordered]


@dataclass(frozen=True)
class ConfirmedSkill:
    """A skill that the borrower saw shown, and whether it stands on the profile."""

    place: int
    label: str
    is_kept: bool


def confirmed_skills(seen: SeenLoan, reader: Party) -> list[ConfirmedSkill]:
    """What the professional may put on the profile, once they read it; for nobody else."""
    theirs = seen.feedback.get(Party.BORROWER)
    if reader is not Party.PROFESSIONAL or theirs is None or theirs.shown_on is None:
        return []
    return [
        ConfirmedSkill(one.place, one.label, one.label in seen.on_profile)
        for one in seen.skills
        if one.showed is Showed.SHOWN
    ]


def may_answer(seen: SeenLoan) -> bool:
    """Whether the professional reads what the borrower said, and did not answer."""
    theirs = seen.feedback.get(Party.BORROWER)
    return theirs is not None and theirs.shown_on is not None and not theirs.reply


def _block(seen: SeenLoan, given: Feedback, party: Party, reader: Party) -> FeedbackBlock:
    lines = [(AGAIN[party], label(given.again))]
    words = (
        ("Wat ging goed?", given.went_well),
        ("Wat zou je anders doen?", given.different),
        ("Wat leverde het leerdoel op?", given.goal_words),
    )
    lines += [line for line in words if line[1]]
    if party is Party.BORROWER:
        told = [one for one in seen.skills if one.showed is not Showed.NOT_ASKED]
        lines += [(one.label, label(one.showed)) for one in told]
    is_own = party is reader
    hidden = "De ander leest dit pas als jullie allebei feedback hebben gegeven, of na twee weken."
    return FeedbackBlock(
        title="Wat jij vond" if is_own else f"Wat {_name(seen, party)} vond",
        is_own=is_own,
        lines=lines,
        reply=given.reply,
        note=hidden if is_own and given.shown_on is None else "",
    )


def _name(seen: SeenLoan, party: Party) -> str:
    if party is Party.PROFESSIONAL:
        return seen.professional_name
    return f"gemeente {seen.borrower_name}"
