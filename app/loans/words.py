"""How a loan stands, in the words of pages and mails alike."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from app.core.clock import dutch_day
from app.core.dutch import dutch_date, ended, hours, listed
from app.loans.models import Remark, Terms
from app.loans.room import HeldUp
from app.loans.rules import (
    CLOSERS,
    CLOSES_AFTER,
    END_TALK_TOLD_BEFORE,
    NEXT,
    NOBODY_LEFT,
    OVER,
    UNDER_WAY,
    CostBasis,
    LoanState,
    Party,
    Reason,
    Showed,
)
from app.loans.seen import SeenLoan

YOU = "jij"
OPGAVE_IS_DOWN = "De opgave is weggehaald door een beheerder."
# So long a no to other terms is what goes first of a loan that runs.
A_NO_IS_NEWS = timedelta(weeks=2)
UNREACHED = "We krijgen geen mail bij {email}. Kijk het adres van {name} na."
# In which part somebody has to do with it, beside their name.
PARTS = {
    Party.PROFESSIONAL: "gedetacheerde",
    Party.LENDER: "leidinggevende",
    Party.BORROWER: "opdrachtgever",
}
REASONS = {
    Reason.TOO_BUSY: "Er is nu te veel eigen werk",
    Reason.OTHER_PRIORITY: "Iets anders gaat voor",
    Reason.HOURS: "Het aantal uren past niet",
    Reason.PERIOD: "De periode past niet",
    Reason.COSTS: "De kosten passen niet",
    Reason.FITS_LESS: "Het past bij nader inzien minder goed",
    Reason.SOMEBODY_ELSE: "Iemand anders doet het",
    Reason.WORK_IS_DONE: "Het werk is klaar",
    Reason.OPGAVE_ENDED: "De opgave is voorbij",
    Reason.OTHER: "Een andere reden",
}


def how_it_stands(seen: SeenLoan, reader: Party, today: date, *, is_named: bool = True) -> str:
    """What is waited for and by whom, or what became of it; mostly one sentence.

    That somebody stopped it goes first, until something else is waited for.
    """
    if seen.loan.state not in UNDER_WAY or seen.fell_with_opgave:
        return _what_became_of_it(seen, reader)
    stopped = _who_stopped(seen, reader, is_named=is_named) if is_stop_news(seen) else ""
    waits = _what_is_waited_for(seen, reader)
    answered = _who_answered_objection(seen, reader) if not waits else ""
    return " ".join(filter(None, (stopped, waits, answered))) or _runs(seen, today)


def is_stop_news(seen: SeenLoan) -> bool:
    """Whether it is still to stop earlier, and nobody is waited for since that was said."""
    loan = seen.loan
    if loan.state is not LoanState.ACTIVE or not seen.ends_early or loan.ended_at is None:
        return False
    since = [one.said_at for one in (seen.objection, seen.question) if one is not None]
    if seen.waits_for:
        since.append(seen.terms.made_at)
    return all(at < loan.ended_at for at in since)


def _what_is_waited_for(seen: SeenLoan, reader: Party) -> str:
    """Nothing while it only runs."""
    loan = seen.loan
    if reader is Party.PROFESSIONAL and seen.has_to_look_for_manager:
        return UNREACHED.format(email=loan.manager_email, name=loan.manager_name)
    if seen.objection is not None:
        return _who_objects(seen, seen.objection, reader)
    if seen.question is not None:
        return _who_answers(seen, seen.question, reader)
    if reader in seen.waits_for:
        rest = [_name(seen, party, reader) for party in seen.waits_for if party is not reader]
        more = f", en die van {listed(rest)}" if rest else ""
        return f"Jouw handtekening{_for_others(seen)} ontbreekt nog{more}."
    if seen.waits_for:
        names = listed([_name(seen, party, reader) for party in seen.waits_for])
        verb = "tekent" if len(seen.waits_for) == 1 else "tekenen"
        return f"Wacht tot {names} {verb}{_for_others(seen)}."
    return ""


def _runs(seen: SeenLoan, today: date) -> str:
    begins = begins_on(seen, today).lower()
    runs = f"{begins} en duurt" if begins else "loopt"
    return f"De inzet {runs} tot en met {dutch_date(seen.loan.last_day)}."


def _for_others(seen: SeenLoan) -> str:
    """What is agreed on lacks no signature: only what is proposed instead of it does."""
    if seen.loan.state is not LoanState.ACTIVE:
        return ""
    return " voor de verlenging" if is_extension(seen) else " voor andere afspraken"


def begins_on(seen: SeenLoan, today: date) -> str:
    """Begint op 4 januari 2027; nothing when it runs, or when nothing is agreed on."""
    if seen.agreed is None or not seen.begins_later(today):
        return ""
    return f"Begint op {dutch_date(seen.agreed.starts_on)}"


def _who_answers(seen: SeenLoan, question: Remark, reader: Party) -> str:
    """Who asked something, and whose turn it is; a signature is not forgotten over it."""
    # Another may speak for a party by now.
    who = f"{YOU if question.party is reader else question.name} stelde een vraag en wacht"
    if question.party is reader is Party.BORROWER:
        who = "jullie stelden een vraag en wachten"
    asked = [party for party in Party if party is not question.party]
    turn = [_name(seen, one, reader) for one in sorted(asked, key=lambda one: one is not reader)]
    parts = [f"{who} op antwoord", f"{listed(turn)} zijn aan zet"]
    if reader in seen.waits_for:
        parts.append(f"jouw handtekening{_for_others(seen)} ontbreekt nog")
    return " ".join(map(_sentence, parts))


def _who_objects(seen: SeenLoan, objection: Remark, reader: Party) -> str:
    """Who says that hours are not right, and that the professional looks."""
    who = _said_of_hours(objection, reader)
    looks = "Kijk" if reader is Party.PROFESSIONAL else f"{seen.professional_name} kijkt"
    return f"{who} dat de uren niet kloppen. {looks} ze na."


def _said_of_hours(objection: Remark, reader: Party) -> str:
    """Who says it; of the borrower it may be a colleague of the reader."""
    if objection.party is not reader:
        return f"{objection.name} zegt"
    return "Jullie zeiden" if reader is Party.BORROWER else "Je zei"


def _who_answered_objection(seen: SeenLoan, reader: Party) -> str:
    """That hours stay as they were, and what who objects can do; mostly nothing."""
    if seen.answered_objection is None:
        return ""
    if reader is Party.PROFESSIONAL:
        return "Je antwoordde op het bezwaar en liet de uren staan."
    return (
        f"{seen.professional_name} antwoordde op het bezwaar en liet de uren staan. Kloppen ze "
        "volgens jou niet? Overleg samen, of zeg het opnieuw."
    )


def title_of_question(seen: SeenLoan, reader: Party) -> str:
    """Above what somebody waits for an answer to; nothing when nobody does."""
    question = seen.question
    if question is None:
        return ""
    if question.party is not reader:
        return f"{question.name} vroeg iets"
    return f"{'Jullie' if reader is Party.BORROWER else 'Je'} vraag heeft nog geen antwoord"


def title_of_objection(seen: SeenLoan, reader: Party) -> str:
    """The same of what is said of hours that are not right."""
    objection = seen.objection
    return f"{_said_of_hours(objection, reader)} dat de uren niet kloppen" if objection else ""


def thanks(seen: SeenLoan, reader: Party, today: date) -> str:
    """To who has just signed: who is waited for, and what comes next."""
    comes = (
        "Zodra alle drie getekend hebben, krijg je een mail."
        if seen.waits_for
        else "Alle drie de handtekeningen staan er. De anderen krijgen een mail."
    )
    return f"Bedankt. Je hebt getekend. {how_it_stands(seen, reader, today)} {comes}"


def _what_became_of_it(seen: SeenLoan, reader: Party) -> str:
    loan = seen.loan
    if seen.fell_with_opgave:
        return "Deze aanvraag gaat niet door, omdat een beheerder de opgave weghaalde."
    if loan.reason is Reason.OPGAVE_ENDED:
        return "Deze aanvraag is gestopt, omdat de opgave voorbij is."
    if loan.state is LoanState.REFUSED and loan.ended_by is not None:
        return _sentence(f"{_name(seen, loan.ended_by, reader)} zei nee.")
    if loan.state is LoanState.WITHDRAWN:
        return _sentence(f"{_name(seen, Party.PROFESSIONAL, reader)} trok de aanvraag in.")
    if loan.state is LoanState.CALLED_OFF:
        who = YOU if loan.ended_by is reader else _speaker(seen, loan.ended_by)
        return f"De inzet gaat niet door. {_sentence(f'{who} zei af')}"
    if loan.state is LoanState.CLOSED:
        itself = (
            " Dat ging vanzelf, omdat niemand bezwaar maakte." if loan.closed_by is None else ""
        )
        return f"Afgesloten op {dutch_date(loan.closed_at)}, met {_worked(seen)}.{itself}"
    return f"Afgelopen op {dutch_date(loan.last_day)}. {_who_closes(seen, reader)}"


def _who_closes(seen: SeenLoan, reader: Party) -> str:
    """Who still has to say that the hours are right, and until when."""
    loan, waits = seen.loan, seen.loan.waits_to_close
    if seen.objection is not None:
        return _who_objects(seen, seen.objection, reader)
    limit = ""
    if loan.reported_on is not None:
        day = dutch_date(loan.reported_on + CLOSES_AFTER)
        limit = f" Zonder bezwaar sluit de inzet vanzelf op {day}."
    if reader in waits:
        waiting = [side(seen, party) for party in CLOSERS if party not in waits]
        waits_no_longer = seen.loan.reported_by is not None
        tells = "wil niet langer wachten" if waits_no_longer else "wacht op jou"
        agreed = f"{waiting[0]} heeft de uren bevestigd en {tells}. " if waiting else ""
        answered = _who_answered_objection(seen, reader)
        return " ".join(filter(None, (answered, f"{agreed}Kloppen de uren? Sluit dan af.{limit}")))
    names = listed([_name(seen, party, reader) for party in waits])
    verb = "bevestigt" if len(waits) == 1 else "bevestigen"
    return f"Wacht tot {names} de uren {verb}.{limit}"


def waits_for_other(seen: SeenLoan, reader: Party) -> str:
    """Who of both did not agree on the hours yet, but not the reader."""
    return "".join(side(seen, party) for party in seen.loan.waits_to_close if party is not reader)


def changed_hours(seen: SeenLoan, reader: Party) -> str:
    """Which hours were changed after somebody agreed, objected or was asked to; mostly nothing.

    Only until it stops, and of what runs until the next step; each week tells it longer.
    """
    before = weeks_not_read(seen)
    if not before or not NEXT[seen.loan.state]:
        return ""
    at, ended_at = max(seen.written_at[monday] for monday in before), seen.loan.ended_at
    if ended_at is not None and ended_at > at:
        return ""
    if seen.loan.state is LoanState.ACTIVE and _came_later(seen, at):
        return ""
    who = "Je" if reader is Party.PROFESSIONAL else seen.professional_name
    said = f"{who} {_which_hours(seen, before)}."
    return said + _agree_anew(seen, reader)


def weeks_not_read(seen: SeenLoan) -> dict[date, int]:
    """What stood there before, of the weeks that were changed since; who objects has read all."""
    objected = max((one.said_at for one in seen.remarks if one.is_objection), default=None)
    return {
        monday: was
        for monday, was in seen.weeks_before.items()
        if objected is None or seen.written_at[monday] > objected
    }


def _which_hours(seen: SeenLoan, before: Mapping[date, int]) -> str:
    changed = [
        f"in de week van {dutch_date(monday)} van {hours(was)} naar {hours(seen.weeks[monday])}"
        for monday, was in before.items()
        if was
    ]
    filled = [
        f"{hours(seen.weeks[monday])} uur in de week van {dutch_date(monday)}"
        for monday, was in before.items()
        if not was
    ]
    parts = [f"veranderde de uren: {listed(changed)}"] if changed else []
    parts += [f"vulde uren in: {listed(filled)}"] if filled else []
    return " en ".join(parts)


def _came_later(seen: SeenLoan, at: datetime) -> bool:
    """Whether somebody wrote, or all three agreed on other terms, since."""
    later = [one.said_at for one in seen.remarks[-1:]]
    if seen.agreed is not None and seen.agreed.agreed_at is not None:
        later.append(seen.agreed.agreed_at)
    return any(moment > at for moment in later)


def _agree_anew(seen: SeenLoan, reader: Party) -> str:
    """To who agreed on them that this does not count any more, to others whose word does not."""
    if seen.loan.state not in OVER or not seen.agreed_before:
        return ""
    if reader in seen.agreed_before:
        return " Je bevestiging vervalt: bevestig ze opnieuw."
    names = listed([_speaker(seen, party) for party in CLOSERS if party in seen.agreed_before])
    return f" De bevestiging van {names} vervalt."


def undone_by_change(seen: SeenLoan, reader: Party) -> str:
    """Whose word falls away when the professional changes the hours; mostly nothing."""
    if not seen.loan.is_closing:
        return ""
    agreed = [party for party in CLOSERS if party not in seen.loan.waits_to_close]
    who = ["je" if party is reader else side(seen, party) for party in agreed]
    if not who:
        return "Verander je de uren? Dan begint de tijd om te bevestigen opnieuw."
    return _sentence(
        f"{who[0]} {'hebt' if agreed[0] is reader else 'heeft'} deze uren bevestigd. "
        "Verander je ze, dan telt dat niet meer en bevestigen jullie ze opnieuw"
    )


def how_it_stands_and_went(
    seen: SeenLoan, reader: Party, today: date, *, is_named: bool = True
) -> str:
    """What can be read of how it went goes first, unless somebody objects to the hours."""
    stands = how_it_stands(seen, reader, today, is_named=is_named)
    parts = (stands, about_feedback(seen, reader))
    is_first = seen.is_feedback_shown and seen.objection is None
    return " ".join(filter(None, parts[::-1] if is_first else parts))


def about_feedback(seen: SeenLoan, reader: Party) -> str:
    """What somebody still can say of how it went, or what there is to read now and by whom."""
    if seen.loan.state not in OVER or reader not in CLOSERS:
        return ""
    if seen.has_professional_left:
        return NOBODY_LEFT
    if seen.is_feedback_shown:
        return _what_can_be_read(seen, reader)
    if not seen.may_give_feedback(reader) or reader in seen.feedback:
        return ""
    if seen.loan.state is not LoanState.CLOSED:
        return "Laat ook weten hoe het ging."
    name = side(seen, _other_of(reader))
    return (
        f"Laat weten hoe het ging. {name} leest het als jullie allebei schreven, of na twee weken."
    )


def _other_of(reader: Party) -> Party:
    """Of both who say how it went."""
    return Party.BORROWER if reader is Party.PROFESSIONAL else Party.PROFESSIONAL


def _what_can_be_read(seen: SeenLoan, reader: Party) -> str:
    other = _other_of(reader)
    name = side(seen, other)
    own = seen.feedback.get(reader)
    if own is not None and own.reply:
        return f"{name} antwoordde op jullie feedback. Dat antwoord kun je nu lezen."
    if other not in seen.feedback:
        return f"{name} kan nu lezen wat je schreef, en gaf zelf geen feedback."
    said = f"{name} schreef hoe het ging. Dat kun je nu lezen."
    if reader is Party.BORROWER:
        return said
    if not seen.feedback[other].reply:
        said = f"{said} Je kunt één keer antwoorden."
    confirmed = [one.label for one in seen.skills if one.showed is Showed.SHOWN]
    if not confirmed:
        return said
    return f"{said} Je liet dit zien: {listed(confirmed)}. {_for_profile(seen, confirmed)}"


def _for_profile(seen: SeenLoan, confirmed: list[str]) -> str:
    """What of it still can be put on the profile."""
    left = [label for label in confirmed if label not in seen.on_profile]
    if not left:
        return "Dat staat op je profiel."
    what = "het" if left == confirmed else f"{listed(left)} nog"
    return f"Je kunt {what} op je profiel zetten."


def side(seen: SeenLoan, party: Party) -> str:
    """Of the borrower it is the word of a gemeente."""
    if party is Party.PROFESSIONAL:
        return seen.professional_name
    return f"Gemeente {seen.borrower_name}"


def return_day(seen: SeenLoan) -> str:
    """Since when the professional is back, and what was agreed; nothing until it is said."""
    day, agreed = seen.loan.returned_on, seen.agreed
    if day is None or agreed is None:
        return ""
    is_other = seen.loan.ended_by is None and day != agreed.returns_on
    later = f", afgesproken was {dutch_date(agreed.returns_on)}" if is_other else ""
    return f"Helemaal terug op {dutch_date(day)}{later}."


def _worked(seen: SeenLoan) -> str:
    return f"{hours(sum(seen.weeks.values()))} uur"


def about(seen: SeenLoan, reader: Party) -> str:
    """Jouw inzet voor “Een veilig plein”; to others with the name of the professional."""
    if seen.is_opgave_down:
        own = f"Jouw inzet bij gemeente {seen.borrower_name}"
        return own if reader is Party.PROFESSIONAL else seen.opgave_title
    if reader is Party.PROFESSIONAL:
        return f"Jouw inzet voor “{seen.opgave_title}”"
    return f"Inzet van {seen.professional_name} voor “{seen.opgave_title}”"


def news(seen: SeenLoan, reader: Party, today: date) -> str:
    """What somebody who was away must know, in a few sentences; what people wrote stands there."""
    nears = seen.loan.end_talk_on
    parts = (
        who_signed(seen, reader),
        what_changed(seen, reader, today, is_quoted=False),
        changed_hours(seen, reader),
        _who_wrote(seen, reader),
        how_it_stands_and_went(seen, reader, today, is_named=False),
        "" if is_stop_news(seen) else _who_stopped(seen, reader, is_named=False),
        _reason(seen),
        end_talk(seen, reader, today) if nears and nears - today <= END_TALK_TOLD_BEFORE else "",
    )
    return " ".join(filter(None, parts))


def what_became_of_opgave(seen: SeenLoan) -> str:
    """That a beheerder took it down, and that what was agreed stays so; mostly nothing.

    What fell with it says so itself.
    """
    if not seen.is_opgave_down or seen.fell_with_opgave:
        return ""
    if seen.loan.state is not LoanState.ACTIVE:
        return OPGAVE_IS_DOWN
    goes_on = "De inzet loopt door zoals jullie afspraken."
    if seen.ends_early:
        goes_on = "Aan de inzet verandert dat niets."
    return f"{OPGAVE_IS_DOWN} {goes_on}"


def whom_to_ask_instead(seen: SeenLoan, reader: Party) -> str:
    """With whom to speak while the professional is kept out; nothing when they are not."""
    if not seen.is_professional_shut_out or seen.loan.state not in UNDER_WAY:
        return ""
    other = f"{seen.loan.manager_name} van gemeente {seen.lender_name}"
    if reader is Party.LENDER:
        other = f"{seen.owner_name or 'de gemeentebeheerder'} van gemeente {seen.borrower_name}"
    return (
        f"{seen.professional_name} kan nu niet inloggen, want dat account is stopgezet. Overleg "
        f"met {other} hoe het verder gaat."
    )


def new_owner(seen: SeenLoan) -> str:
    """Who looks after the opgave now; nothing when they ended their account, or are kept out."""
    if not seen.owner_name:
        return ""
    return f"{seen.owner_name} van gemeente {seen.borrower_name} zorgt nu voor de opgave"


def after_taking_down(seen: SeenLoan) -> str:
    """What becomes of it now that its opgave was taken down, for who looked after that."""
    who = f"van {seen.professional_name}, gemeente {seen.lender_name},"
    if seen.fell_with_opgave:
        return f"De aanvraag {who} gaat niet door."
    return f"De inzet {who} loopt door."


def who_signed(seen: SeenLoan, reader: Party) -> str:
    """Who signed last what others laid on the table, while a signature is missing."""
    signed = {
        party: at for party, at in seen.terms.signed_at.items() if party is not seen.terms.made_by
    }
    asked = seen.question
    if not signed or not seen.waits_for or (asked is not None and seen.is_last_step(asked)):
        return ""
    last = max(signed, key=lambda party: signed[party])
    return "" if last is reader else _sentence(f"{signers(seen)[last]} tekende")


def signers(seen: SeenLoan) -> dict[Party, str]:
    """Who signed for each party or, while nobody did, who is asked to."""
    return {
        Party.PROFESSIONAL: seen.professional_name,
        Party.LENDER: seen.terms.lender_signed_by or seen.loan.manager_name,
        Party.BORROWER: seen.borrower_signer or f"gemeente {seen.borrower_name}",
    }


def what_changed(seen: SeenLoan, reader: Party, today: date, *, is_quoted: bool = True) -> str:
    """Who laid other terms on the table or said no to them, and what holds; mostly nothing."""
    if seen.waits_for and seen.terms.version > 1:
        return _proposed(seen, reader)
    refused = seen.newest_refusal
    if refused is None or today > dutch_day(refused.refused_at or refused.made_at) + A_NO_IS_NEWS:
        return ""
    stays = "" if seen.ends_early else " De afspraken blijven zoals ze waren."
    return f"{said_no(seen, refused, reader, is_quoted=is_quoted)}{stays}"


def said_no(seen: SeenLoan, terms: Terms, reader: Party, *, is_quoted: bool = True) -> str:
    """Gemeente Sluis zei nee tegen jouw voorstel: 12 uur per week, van 30 november 2026 …"""
    who = YOU if terms.refused_by is reader else _speaker(seen, terms.refused_by)
    whose = "jouw voorstel"
    if terms.made_by is not reader:
        whose = f"het voorstel van {_speaker(seen, terms.made_by)}"
    did = f"zei nee tegen {whose}"
    if terms.refused_by is terms.made_by:
        did = f"trok {'je' if terms.made_by is reader else 'het eigen'} voorstel in"
    what = _sentence(f"{who} {did}: {_hours_and_days(terms, terms.ends_on)}")
    words = terms.refused_words if is_quoted else ""
    return f"{what} {_because(terms.refused_for, words)}".strip()


def _speaker(seen: SeenLoan, party: Party | None) -> str:
    """Of the borrower it is not kept who of them took a step."""
    if party is Party.BORROWER:
        return f"gemeente {seen.borrower_name}"
    return seen.loan.manager_name if party is Party.LENDER else seen.professional_name


def _proposed(seen: SeenLoan, reader: Party) -> str:
    who = _name(seen, seen.terms.made_by, reader)
    if seen.agreed is None:
        return _sentence(f"{who} stelde andere afspraken voor; eerdere handtekeningen vervallen.")
    holds = "geldt wat was afgesproken"
    if seen.ends_early:
        day = dutch_date(seen.loan.last_day)
        holds = f"blijft staan dat de inzet stopt op {day}, eerder dan afgesproken"
    what = "voor de inzet te verlengen" if is_extension(seen) else "andere afspraken voor"
    return _sentence(
        f"{who} stelde {what}: {_hours_and_days(seen.terms, seen.terms.ends_on)}. "
        f"Tot alle drie tekenen, {holds}."
    )


def is_extension(seen: SeenLoan) -> bool:
    """Whether what is proposed goes on longer, and leaves all else as it was agreed."""
    held = seen.agreed
    return held is not None and not seen.ends_early and is_longer(held, seen.terms)


def is_longer(held: Terms, wanted: Terms) -> bool:
    """Whether they differ in how long it goes on, and in nothing else."""
    if wanted.ends_on <= held.ends_on:
        return False
    as_long = replace(wanted.draft(), ends_on=held.ends_on, returns_on=held.returns_on)
    return as_long == held.draft()


def why(seen: SeenLoan, reader: Party) -> str:
    """Who stopped it early, the reason of that or of a no, and what they wrote with it.

    Who it was `how_it_stands` says while that is news.
    """
    stopped = "" if is_stop_news(seen) else _who_stopped(seen, reader)
    return f"{stopped} {_reason(seen, seen.loan.reason_words)}".strip()


def _who_stopped(seen: SeenLoan, reader: Party, *, is_named: bool = True) -> str:
    """Who of the borrower by name, because its reader may be a colleague; mostly nothing."""
    party = seen.loan.ended_by
    if not seen.ends_early or party is None:
        return ""
    who = f"{stopper(seen)} ({PARTS[party]})"
    if party is reader and party is not Party.BORROWER:
        who = YOU
    elif not is_named:
        who = _speaker(seen, party)
    day = dutch_date(seen.loan.last_day)
    until = f": {day} is de laatste dag" if seen.loan.state is LoanState.ACTIVE else ""
    return _sentence(f"{who} besloot eerder te stoppen{until}")


def stopper(seen: SeenLoan) -> str:
    """Who stopped it early, by name where that is known."""
    is_borrower = seen.loan.ended_by is Party.BORROWER and seen.borrower_stopper
    who = seen.borrower_stopper if is_borrower else _speaker(seen, seen.loan.ended_by)
    return who[:1].upper() + who[1:]


def _reason(seen: SeenLoan, words: str = "") -> str:
    """Beside other terms it must be plain that it is not about those."""
    lead = "Reden om te stoppen" if seen.ends_early else "Reden"
    return _because(seen.loan.reason, words, lead)


def _because(reason: Reason | None, words: str | None, lead: str = "Reden") -> str:
    """Reden: de periode past niet. “Na de zomer wel.”"""
    if reason is None or reason is Reason.OPGAVE_ENDED:
        return ""
    said = "" if reason is Reason.OTHER else f"{REASONS[reason].lower()}."
    parts = [part for part in (said, f"“{words}”" if words else "") if part]
    return f"{lead}: {' '.join(parts)}" if parts else ""


def who_said(seen: SeenLoan, remark: Remark, reader: Party) -> str:
    """Jij, unless a colleague or an earlier manager may have said it for the reader."""
    own = {Party.PROFESSIONAL: remark.name, Party.LENDER: seen.loan.manager_name}
    is_own = remark.party is reader and own.get(reader) == remark.name
    return YOU.capitalize() if is_own else remark.name


def newest_remark(seen: SeenLoan, reader: Party, *, is_news: bool = False) -> str:
    """Fatma de Baas schreef: “Welke dagen?”; nothing when the last step was another one.

    Unless it is the news all the same: that somebody signs since is none.
    """
    if not seen.remarks or not (NEXT[seen.loan.state] or is_news):
        return ""
    last, ended_at = seen.remarks[-1], seen.loan.ended_at
    if ended_at is not None and last.said_at < ended_at:
        return ""
    who = who_said(seen, last, reader)
    return f"{who} schreef: “{last.words}”" if is_news or seen.is_last_step(last) else ""


def _who_wrote(seen: SeenLoan, reader: Party) -> str:
    """That there is something to read, where what they wrote does not stand; mostly nothing."""
    if not newest_remark(seen, reader) or seen.question is not None or seen.objection is not None:
        return ""
    who = who_said(seen, seen.remarks[-1], reader)
    return "" if who == YOU.capitalize() else f"{who} schreef een bericht."


def held_up_by_limit(held: HeldUp) -> str:
    """Whose loan it is, for what, and how it would stand next to the limit."""
    seen = held.seen
    whose = seen.opgave_title
    if not seen.is_opgave_down:
        whose = f"{seen.professional_name} van gemeente {seen.lender_name}, “{seen.opgave_title}”"
    owed = f"{hours(-held.balance_then)} uur meer geleend dan uitgeleend"
    return (
        f"{whose}: hoogstens {hours(held.asked)} uur. Met alles wat is afgesproken hebben jullie "
        f"dan {owed}. Jullie limiet is {hours(held.limit)} uur."
    )


def what_comes_back(terms: Terms) -> str:
    """What the lender gets for the hours."""
    back = {
        CostBasis.CLOSED_PURSE: f"De uren komen op het tegoed van gemeente {terms.lender_name}, in "
        "de urenbank. Later kunnen jullie zelf uren lenen.",
        CostBasis.COST: f"Gemeente {terms.borrower_name} betaalt de kosten, per gewerkt uur.",
        CostBasis.NONE: "Er wordt niets verrekend, in geld of in uren.",
    }[terms.cost_basis]
    goal = f" Het leerdoel van {terms.professional_name}: {terms.learning_goal}"
    return back + (ended(goal) if terms.learning_goal else "")


def way_out(seen: SeenLoan, today: date) -> str:
    """What the professional does, or waits for, before they are not needed any more."""
    loan = seen.loan
    if seen.fell_with_opgave:
        return "de opgave is weggehaald, dus de aanvraag vervalt vanzelf. Kijk straks nog eens."
    if loan.state is LoanState.ASKED:
        return "trek je aanvraag in."
    if seen.may_be_called_off(today):
        return "laat de inzet niet doorgaan."
    if loan.last_day is not None and loan.last_day <= today:
        return f"{dutch_date(loan.last_day)} is de laatste dag. Daarna kun je verder."
    return "stop de inzet. Na de laatste dag kun je verder."


def end_talk(seen: SeenLoan, reader: Party, today: date) -> str:
    """When the three talk about what comes after; nothing once that day has passed."""
    day = seen.loan.end_talk_on
    if seen.loan.state is not LoanState.ACTIVE or day is None or day < today:
        return ""
    # Whether it goes on is said already.
    goes_on = "" if seen.ends_early else "verlengen of stoppen, "
    who = "je" if reader is Party.PROFESSIONAL else seen.professional_name
    return (
        f"Het eindgesprek is op {dutch_date(day)}. Bespreek dan samen: {goes_on}wat het "
        f"opleverde, en hoe {who} teruggaat."
    )


def summary(seen: SeenLoan) -> str:
    """8 uur per week, van 30 november 2026 tot en met 21 februari 2027"""
    held = seen.agreed or seen.terms
    return _hours_and_days(held, seen.loan.last_day or held.ends_on)


def _hours_and_days(terms: Terms, last_day: date) -> str:
    a_week = f"{terms.hours_per_week} uur per week"
    if terms.starts_on == last_day:
        return f"{a_week}, op {dutch_date(last_day)}"
    return f"{a_week}, van {dutch_date(terms.starts_on)} tot en met {dutch_date(last_day)}"


def _name(seen: SeenLoan, whose: Party, reader: Party) -> str:
    if whose is reader:
        return YOU
    return seen.loan.manager_name if whose is Party.LENDER else signers(seen)[whose]


def _sentence(text: str) -> str:
    return ended(text[:1].upper() + text[1:])
