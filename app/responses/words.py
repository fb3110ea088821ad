"""Why interest came to nothing, as its reader hears it on a page and in a mail."""

from app.responses.rules import WhyClosed

WHY = {
    WhyClosed.SOMEBODY_ELSE: "Iemand anders pakt deze opgave op.",
    WhyClosed.HOURS: "De uren of de periode passen niet bij elkaar.",
    WhyClosed.EXPERIENCE: "De gemeente zoekt iemand met andere ervaring.",
    WhyClosed.CHANGED: "De opgave is veranderd.",
    WhyClosed.OTHER: "De gemeente gaat met deze opgave anders verder.",
    WhyClosed.FILLED: "De gemeente heeft gevonden wie er nodig was.",
    WhyClosed.DONE: "De opgave is afgerond.",
    WhyClosed.WITHDRAWN: "De gemeente trok de opgave in.",
    WhyClosed.EXPIRED: "De laatste dag om te reageren is voorbij. Er is niemand gekozen.",
}

OPGAVE_TAKEN_DOWN = "Een beheerder haalde de opgave weg, na een melding."


def why(reason: WhyClosed, *, is_down: bool) -> str:
    """By whom it ended: what a beheerder takes down is withdrawn too, and not by its gemeente."""
    return OPGAVE_TAKEN_DOWN if is_down and reason is WhyClosed.WITHDRAWN else WHY[reason]
