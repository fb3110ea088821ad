"""What gemeenten may do with an opgave that is the same as theirs."""

from app.core.faults import Fault, length_fault
from app.opgaven.rules import ENDED, OpgaveStatus

NAME_LIMIT = 120
# With fewer there is nothing to do together.
FEWEST = 2

OWN = "Deze opgave is van je eigen gemeente. Je collega's vind je zonder ons."
OVER = "Jullie opgave is voorbij. Meedoen en samen oppakken kan alleen zolang die loopt."
THEIRS_IS_OVER = "Die opgave is voorbij. Volgen kan nog wel."
ELSEWHERE = "Jullie opgave hoort al bij “{name}”. Stap daar eerst uit."
THEY_ARE_ELSEWHERE = "Die opgave wordt al met andere gemeenten samen opgepakt."


def name_faults(name: str) -> list[Fault]:
    return length_fault("name", name, NAME_LIMIT, "Geef het een naam, zodat jullie het herkennen.")


def is_over(status: OpgaveStatus) -> bool:
    return status in ENDED
