"""`flask vocabulary ...`: our own words of municipal work."""

import click
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work
from app.core.dutch import number, plural
from app.vocabulary import service, starter

vocabulary = AppGroup("vocabulary", help="De begrippenlijst.")


@vocabulary.command("import")
def import_lists() -> None:
    """Breng de begrippen in de database in lijn met onze eigen lijsten."""
    try:
        with open_work() as work:
            report = service.import_starter(work, starter.DATA)
    except ValueError as error:
        raise Refusal(f"Er is niets ingelezen: onze lijst klopt niet ({error}).") from error
    if report.kept:
        said = plural(report.kept, "begrip staat", "begrippen staan")
        click.echo(f"{said} niet meer in de lijst, maar blijft: een ander begrip valt eronder.")
    if report.pairs:
        click.echo(f"{plural(report.pairs, 'paar', 'paren')} van valse vrienden bijgewerkt.")
    if report.listed:
        said = plural(report.listed, "woord waarover", "woorden waarover")
        verb = "staat" if report.listed == 1 else "staan"
        click.echo(f"{said} een beheerder besloot, {verb} nu in onze lijst. De lijst geldt.")
    click.echo(
        f"{plural(report.added, 'begrip', 'begrippen')} nieuw, {number(report.changed)} gewijzigd, "
        f"{number(report.unchanged)} gelijk gebleven, {number(report.removed)} verwijderd."
    )
