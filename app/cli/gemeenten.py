"""`flask gemeenten ...`: the yearly list, and who has which mail domain."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.work import Refusal, gemeente_of, open_work, reading, tell_faults
from app.core.dutch import dutch_date, number, plural
from app.gemeenten import queries, reference, service
from app.gemeenten.models import Gemeente
from app.gemeenten.reference import OWN_LIST
from app.gemeenten.service import Difference, ImportReport

gemeenten = AppGroup("gemeenten", help="Gemeenten en hun maildomeinen.")

COLUMN_WORDS = {
    "name": "naam",
    "province": "provincie",
    "inhabitants": "inwoners",
    "inhabitants_on": "peildatum",
    "is_provincial_capital": "provinciehoofdstad",
    "latitude": "breedte",
    "longitude": "lengte",
    "valid_from": "bestaat vanaf",
    "valid_until": "bestaat tot",
    "successor_code": "opvolger",
}


@gemeenten.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--good-lines", is_flag=True, help="Lees de goede regels in, ook als er foute zijn.")
def import_list(file: Path | None, *, good_lines: bool) -> None:
    """Lees een lijst van gemeenten in; zonder FILE onze eigen lijst."""
    path = file or OWN_LIST
    with reading(path):
        listed = reference.read(path)
    with open_work() as work:
        listed.refuse_unknown_successors(set(work.session.scalars(select(Gemeente.code))))
        tell_faults(listed.faults, good_lines=good_lines)
        if not listed.gemeenten:
            raise Refusal(f"Er is niets ingelezen: in {path} staat geen enkele gemeente.")
        report = service.import_gemeenten(work, listed.gemeenten)
        names = queries.names_of(work.session, _to_name(report))
    _tell(report, names)


@gemeenten.command("domain")
@click.argument("code")
@click.argument("domain")
def add_domain(code: str, domain: str) -> None:
    """Wie een adres heeft op DOMAIN, werkt voortaan voor de gemeente met deze CODE."""
    with open_work() as work:
        name = gemeente_of(work, code).name
        service.add_domain(work, code, domain)
    click.echo(f"{domain.strip().lower().removeprefix('@')} hoort nu bij {name}.")


def _to_name(report: ImportReport) -> list[str]:
    """The codes worth a line of their own; when the table was empty, the number says enough."""
    is_first = not (report.changed or report.unchanged or report.absent)
    return [*([] if is_first else report.added), *report.changed, *report.absent]


def _tell(report: ImportReport, names: Mapping[str, str]) -> None:
    for code in report.added:
        if code in names:
            click.echo(f"nieuw: {names[code]} ({code})")
    for code, differences in report.changed.items():
        said = "; ".join(map(_in_words, differences))
        click.echo(f"gewijzigd: {names[code]} ({code}): {said}")
    for code in report.absent:
        click.echo(f"staat niet in deze lijst en blijft zoals het is: {names[code]} ({code})")
    click.echo(
        f"{plural(len(report.added), 'gemeente', 'gemeenten')} nieuw, "
        f"{len(report.changed)} gewijzigd, {report.unchanged} gelijk gebleven."
    )


def _in_words(difference: Difference) -> str:
    word = COLUMN_WORDS[difference.column]
    return f"{word} was {_value(difference.before)}, is nu {_value(difference.after)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, date):
        return dutch_date(value)
    return "leeg" if value is None else str(value)
