"""The statement of a quarter that is over, as a document: all of it from what was booked."""

from app.core.dutch import hours
from app.documents import pdf
from app.hours.queries import Line, Statement
from app.labels import label
from app.web.hours.pages import quarter_words, short_day, sums_of

LEAD = (
    "Wat gemeente {gemeente} in het {quarter} uitleende aan andere gemeenten, en van hen leende. "
    "Uren tellen in het kwartaal waarin iemand ze opschreef. Een minteken staat bij wat de stand "
    "omlaag brengt."
)
HEADS = ("Geboekt op", "Week van", "Wat", "Gemeente en opgave", "Uren", "Stand")
RECORD = (
    "Gemaakt uit de urenbank van De gemeente van nu. Wie dit document opnieuw ophaalt, krijgt "
    "precies hetzelfde. Alleen een opgave die intussen is weggehaald, verliest haar naam."
)


def statement_pdf(statement: Statement) -> bytes:
    return pdf("statement", _facts(statement), statement.made_at)


def _facts(statement: Statement) -> dict[str, object]:
    quarter = quarter_words(statement.quarter)
    return {
        "title": f"Uren van gemeente {statement.gemeente_name}, {quarter}",
        "lead": LEAD.format(gemeente=statement.gemeente_name, quarter=quarter),
        "sums": [list(pair) for pair in sums_of(statement, is_over=True) if pair[1]],
        "heads": HEADS,
        "bookings": _bookings(statement),
        "record": RECORD,
    }


def _bookings(statement: Statement) -> list[tuple[str, ...]]:
    balance, found = statement.opening, []
    for line in statement.lines:
        balance += line.minutes
        found.append(_row(line, balance))
    return found


def _row(line: Line, balance: int) -> tuple[str, ...]:
    what = f"{label(line.entry)}, eraf" if line.is_correction else label(line.entry)
    return (
        short_day(line.booked_on),
        short_day(line.week) if line.week else "",
        what,
        "\n".join(filter(None, (line.other_name, line.opgave_title))),
        hours(line.minutes),
        hours(balance),
    )
