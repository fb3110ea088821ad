"""What is new of a loan, in the few words of the subject of a mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from app.core.dutch import dutch_date
from app.loans.events import (
    CompletionReported,
    EndTalkNears,
    EndTalkPlanned,
    FeedbackAnswered,
    FeedbackAsked,
    FeedbackShown,
    ManagerNamed,
)
from app.loans.models import Remark
from app.loans.rules import (
    CLOSERS,
    CLOSES_AFTER,
    OVER,
    UNDER_WAY,
    LoanState,
    Party,
    Reason,
)
from app.loans.seen import SeenLoan
from app.loans.words import (
    is_extension,
    is_longer,
    new_owner,
    side,
    signers,
    stopper,
    weeks_not_read,
    what_became_of_opgave,
)
from app.opgaven.events import OpgaveHandedOver

SIGN = "Jouw handtekening gevraagd"
CHANGED = "Andere afspraken, jouw handtekening gevraagd"
EXTENDED = "Verlenging, jouw handtekening gevraagd"
AGREED = "Alle drie hebben getekend"
EXTENSION_AGREED = "De verlenging is rond"
CHANGE_AGREED = "De nieuwe afspraken zijn rond"
OPGAVE_IS_GONE = "De opgave is weggehaald"


class Step(NamedTuple):
    """What is new, and since when."""

    at: datetime
    said: str
    # Who answers others by it, and so has seen how it stands; nobody by other steps.
    by: Party | None = None


Steps = list[Step]
# By the names of facts, as `queries.last_told` has them.
Moments = Mapping[str, datetime]


def headline(seen: SeenLoan, reader: Party, told_at: Moments) -> str:
    """The last step, to this reader; a subject says the news, and the mail how it stands."""
    return newest_step(seen, reader, told_at).said


def is_own_step(step: Step, reader: Party) -> bool:
    """Whether the reader answered what was new, and so needs no mail of it.

    Of the borrower a colleague may have.
    """
    return reader is not Party.BORROWER and step.by is reader


def is_news_of_remark(seen: SeenLoan, what_is_new: str) -> bool:
    return bool(seen.remarks) and what_is_new == _of_remark(seen, seen.remarks[-1])


def newest_step(seen: SeenLoan, reader: Party, told_at: Moments) -> Step:
    loan = seen.loan
    if loan.state not in {*UNDER_WAY, *OVER} or seen.fell_with_opgave:
        return Step(loan.ended_at or seen.terms.made_at, _what_became_of_it(seen))
    if reader is Party.PROFESSIONAL and seen.has_to_look_for_manager:
        return Step(seen.terms.made_at, f"Geen mail bij {loan.manager_name}")
    steps = _of_terms(seen, reader) + _of_what_runs(seen, told_at)
    steps += _of_manager(seen, reader, told_at) + _of_hours(seen, reader, told_at)
    steps += _of_feedback(seen, reader, told_at) + of_owner(seen, reader, told_at)
    if seen.remarks:
        last = seen.remarks[-1]
        steps.append(Step(last.said_at, _of_remark(seen, last), last.party))
    return sorted(steps, key=lambda step: step.at)[-1]


def news_of_opgave(seen: SeenLoan, reader: Party, told_at: Moments) -> str:
    """What became of the opgave or who looks after it now, while that is the last step; mostly
    nothing.
    """
    last = headline(seen, reader, told_at)
    if last == OPGAVE_IS_GONE:
        return what_became_of_opgave(seen)
    return "".join(f"{one.said}." for one in of_owner(seen, reader, told_at) if one.said == last)


def of_owner(seen: SeenLoan, reader: Party, told_at: Moments) -> Steps:
    """That another looks after the opgave, to who does not hear it in the gemeente itself."""
    at, said = told_at.get(OpgaveHandedOver.name), new_owner(seen)
    is_told = reader is not Party.BORROWER and seen.loan.state in UNDER_WAY
    return [Step(at, said)] if at is not None and said and is_told else []


def _what_became_of_it(seen: SeenLoan) -> str:
    loan = seen.loan
    if seen.fell_with_opgave:
        return OPGAVE_IS_GONE
    if loan.reason is Reason.OPGAVE_ENDED:
        return "De opgave is voorbij"
    if loan.state is LoanState.CALLED_OFF:
        return "De inzet gaat niet door"
    if loan.state is LoanState.WITHDRAWN or loan.ended_by is None:
        return "De aanvraag is ingetrokken"
    return f"{_who(seen, loan.ended_by)} zei nee"


def _of_terms(seen: SeenLoan, reader: Party) -> Steps:
    """What was asked, agreed or refused; the first terms are always there."""
    terms = seen.terms
    what = "een verlenging" if is_extension(seen) else "andere afspraken"
    asked = f"{_who(seen, terms.made_by)} stelde {what} voor"
    if reader in seen.waits_for:
        changed = EXTENDED if is_extension(seen) else CHANGED
        asked = SIGN if terms.version == 1 else changed
    elif terms.version == 1:
        asked = "De aanvraag is verstuurd"
    steps = [Step(terms.made_at, asked)]
    if seen.agreed is not None and seen.agreed.agreed_at is not None:
        steps.append(Step(seen.agreed.agreed_at, _what_is_agreed(seen)))
    refused = seen.newest_refusal
    if refused is not None and refused.refused_at and refused.refused_by:
        no = f"{_who(seen, refused.refused_by)} zei nee tegen andere afspraken"
        steps.append(Step(refused.refused_at, no))
    return steps


def _what_is_agreed(seen: SeenLoan) -> str:
    """The first time it begins; later something of it changes."""
    wanted, *earlier = seen.agreements
    if not earlier:
        return AGREED
    return EXTENSION_AGREED if is_longer(earlier[0], wanted) else CHANGE_AGREED


def _of_what_runs(seen: SeenLoan, told_at: Moments) -> Steps:
    """That it stops earlier, when is talked about what comes after, or that its opgave is gone."""
    loan = seen.loan
    if loan.state is not LoanState.ACTIVE:
        return []
    steps: Steps = []
    if seen.opgave_down_at is not None:
        steps.append(Step(seen.opgave_down_at, OPGAVE_IS_GONE))
    if loan.ended_at is not None:
        stops = f"{stopper(seen)} stopt de inzet op {dutch_date(loan.last_day)}"
        steps.append(Step(loan.ended_at, stops))
    talk = f"Eindgesprek op {dutch_date(loan.end_talk_on)}"
    facts = (EndTalkPlanned.name, EndTalkNears.name)
    return steps + [Step(told_at[name], talk) for name in facts if name in told_at]


def _of_manager(seen: SeenLoan, reader: Party, told_at: Moments) -> Steps:
    if ManagerNamed.name not in told_at:
        return []
    said = f"De leidinggevende is nu {seen.loan.manager_name}"
    if reader is Party.LENDER:
        said = SIGN if reader in seen.waits_for else "Jij bent nu de leidinggevende"
    return [Step(told_at[ManagerNamed.name], said)]


def _of_hours(seen: SeenLoan, reader: Party, told_at: Moments) -> Steps:
    loan = seen.loan
    steps: Steps = []
    if loan.state in OVER and loan.ended_at is not None:
        looks = "Kijk de uren na en sluit af" if reader in CLOSERS else "De inzet is afgelopen"
        steps.append(Step(loan.ended_at, looks))
    steps += _of_changed_hours(seen, reader)
    if reader in loan.waits_to_close:
        steps += [
            Step(at, f"{side(seen, party)} bevestigde de uren, nu jij")
            for party, at in loan.agreed_at.items()
        ]
    reported_at = told_at.get(CompletionReported.name)
    if loan.reported_on is not None and loan.closed_at is None and reported_at is not None:
        closes_on = dutch_date(loan.reported_on + CLOSES_AFTER)
        steps.append(Step(reported_at, f"Sluit vanzelf op {closes_on}"))
    if loan.closed_at is not None:
        steps.append(Step(loan.closed_at, "De inzet is afgesloten"))
    return steps


def _of_changed_hours(seen: SeenLoan, reader: Party) -> Steps:
    before = weeks_not_read(seen)
    if not before:
        return []
    at = max(seen.written_at[monday] for monday in before)
    did = "veranderde de uren" if any(before.values()) else "vulde uren in"
    asks = ", kijk ze na en bevestig ze" if reader in seen.loan.waits_to_close else ""
    return [Step(at, f"{seen.professional_name} {did}{asks}", Party.PROFESSIONAL)]


def _of_feedback(seen: SeenLoan, reader: Party, told_at: Moments) -> Steps:
    if reader not in CLOSERS:
        return []
    words = {FeedbackShown.name: "Lees hoe het ging"}
    if seen.may_give_feedback(reader) and reader not in seen.feedback:
        words[FeedbackAsked.name] = "Vertel hoe het ging"
    if reader is Party.BORROWER:
        answered = f"{seen.professional_name} antwoordde op jullie feedback"
        words[FeedbackAnswered.name] = answered
    return [Step(told_at[name], said) for name, said in words.items() if name in told_at]


def _of_remark(seen: SeenLoan, remark: Remark) -> str:
    if remark.is_objection:
        return f"{remark.name} zegt dat de uren niet kloppen"
    if remark is seen.answered_objection:
        return f"{remark.name} antwoordde op het bezwaar"
    if remark is seen.answer:
        return f"{remark.name} antwoordde"
    return f"{'Vraag' if remark is seen.question else 'Bericht'} van {remark.name}"


def _who(seen: SeenLoan, party: Party) -> str:
    name = seen.loan.manager_name if party is Party.LENDER else signers(seen)[party]
    return name[:1].upper() + name[1:]
