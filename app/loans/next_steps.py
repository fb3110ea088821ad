"""What a mail asks of its reader: who asks it, what is to be done now, and where its link leads."""

from datetime import date

from app.core.dutch import dutch_date
from app.loans.rules import CLOSERS, OFF, OVER, Party, Reason
from app.loans.seen import SeenLoan
from app.loans.words import changed_hours, is_stop_news, side, what_comes_back

SEE_HOURS = "Bekijk de uren"


def who_asks(seen: SeenLoan, reader: Party, *, is_new: bool) -> str:
    """Who wants to work where, to who is asked to sign and did not read it before; else nothing."""
    if not is_new:
        return ""
    who = seen.professional_name
    if reader is Party.LENDER:
        return (
            f"{who} wil meewerken bij gemeente {seen.borrower_name}, en vraagt jou als "
            "leidinggevende of dat goed is. Dat loopt via de gemeente van nu, waar gemeenten "
            "elkaar collega's lenen."
        )
    return f"{who} van gemeente {seen.lender_name} wil meewerken aan jullie opgave."


def comes_back(seen: SeenLoan, reader: Party, *, is_new: bool) -> str:
    """What the lender gets for the hours, to the manager who reads of it first; else nothing."""
    return what_comes_back(seen.terms) if is_new and reader is Party.LENDER else ""


def once_agreed(seen: SeenLoan, reader: Party, today: date) -> str:
    """What each of the three does now that all of them signed."""
    who, agreed = seen.professional_name, seen.agreed
    if agreed is None:
        return ""
    begins = dutch_date(agreed.starts_on) if seen.begins_later(today) else ""
    if reader is Party.PROFESSIONAL:
        writes = f"Vanaf {begins} schrijf je" if begins else "Schrijf"
        return f"{writes} elke week op de pagina van je inzet hoeveel uur je werkte."
    reads = f"{who} schrijft elke week hoeveel uur het was, en je leest dat mee."
    objects = "Kloppen de uren niet? Zeg het dan op de pagina van de inzet."
    if reader is Party.LENDER:
        return f"Je hoeft nu niets te doen. {reads} {objects}"
    meets = f"Spreek met {who} af hoe de eerste dag gaat. " if begins else ""
    return f"{meets}{reads} {objects} Na de laatste dag bevestigen jullie samen de uren."


def once_changed(seen: SeenLoan) -> str:
    """Until when it goes on now that all three signed something else, also after a stop."""
    if seen.agreed is None or seen.ends_early:
        return ""
    last_day = dutch_date(seen.agreed.ends_on)
    return f"De inzet duurt nu tot en met {last_day}. Je hoeft nu niets te doen."


def once_stopped(seen: SeenLoan, reader: Party) -> str:
    """What comes after the last day of what was stopped; nothing when something came later."""
    if not is_stop_news(seen):
        return ""
    who, back = seen.professional_name, dutch_date(seen.expected_back_on)
    talk = "" if seen.loan.end_talk_on else "Er is geen eindgesprek meer gepland. "
    first = seen.before.last_day
    was = f"Eerder was de laatste dag {dutch_date(first)}. " if first else ""
    after = {
        Party.PROFESSIONAL: f"Je bent terug op {back}. {talk}Vul na de laatste dag je uren aan, "
        "bevestig ze en vertel hoe het ging.",
        Party.LENDER: f"{who} is terug op {back}. {talk}Je hoeft nu niets te doen.",
        Party.BORROWER: f"{who} gaat terug op {back}. {talk}Na de laatste dag kijken jullie de "
        "uren na, bevestig je ze en vertel je hoe het ging.",
    }
    return was + after[reader]


def once_refused(seen: SeenLoan) -> str:
    """What comes of it when somebody says no to what is on the table, or takes it back."""
    if seen.agreed is None:
        return "De aanvraag stopt dan."
    if seen.ends_early:
        return f"De inzet stopt dan op {dutch_date(seen.loan.last_day)}, zoals al was gezegd."
    return "De inzet loopt dan door zoals die was afgesproken."


def once_off(seen: SeenLoan, reader: Party) -> str:
    """What is left to do of what did not go on; nothing while it did, or fell with its opgave."""
    if seen.loan.state not in OFF or seen.fell_with_opgave:
        return ""
    if reader is not Party.PROFESSIONAL:
        return "Je hoeft niets meer te doen."
    if seen.loan.reason is Reason.OPGAVE_ENDED:
        return ""
    return "Staat de opgave nog open? Dan kun je opnieuw om uren vragen."


def wrote_first(seen: SeenLoan, reader: Party) -> str:
    """That the other wrote how it went already, to who did not yet; else nothing."""
    others = [party for party in CLOSERS if party is not reader and party in seen.feedback]
    if not others or reader in seen.feedback or not seen.may_give_feedback(reader):
        return ""
    return f"{side(seen, others[0])} schreef al hoe het ging. Je leest het als jij ook schreef."


def link_says(seen: SeenLoan, reader: Party) -> str:
    """What somebody comes to do by the link of a mail."""
    if reader is Party.PROFESSIONAL and seen.has_to_look_for_manager:
        return f"Kijk het adres van {seen.loan.manager_name} na"
    if seen.objection is not None:
        return "Kijk de uren na" if reader is Party.PROFESSIONAL else SEE_HOURS
    if seen.question_to(reader) is not None:
        return "Lees de vraag en geef antwoord"
    if reader in seen.waits_for:
        return "Lees de afspraken en beslis"
    if seen.loan.state in OFF or seen.fell_with_opgave:
        return "Bekijk wat er gebeurde"
    if seen.loan.state in OVER:
        return _once_over(seen, reader)
    if changed_hours(seen, reader):
        return SEE_HOURS
    return "Bekijk de afspraken"


def _once_over(seen: SeenLoan, reader: Party) -> str:
    if reader in seen.loan.waits_to_close:
        return "Kijk de uren na en sluit af"
    if reader in CLOSERS and seen.is_feedback_shown:
        return "Lees hoe het ging"
    if seen.may_give_feedback(reader) and reader not in seen.feedback:
        return "Vertel hoe het ging"
    return SEE_HOURS
