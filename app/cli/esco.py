"""`flask esco ...`: concepts of the European list of occupations and skills."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work, reading, tell_faults
from app.core.dutch import number, plural
from app.vocabulary import service
from app.vocabulary.esco import EscoFolder, read_folder
from app.vocabulary.service import EscoReport

esco = AppGroup("esco", help="Begrippen van ESCO, naast onze eigen begrippen.")


@esco.command("import")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--good-lines", is_flag=True, help="Lees de goede regels in, ook als er foute zijn.")
def import_folder(folder: Path, *, good_lines: bool) -> None:
    """Lees de Nederlandse csv-bestanden van ESCO in de map DIR in."""
    with reading(folder):
        found = read_folder(folder)
    _tell_files(found)
    tell_faults(found.faults, good_lines=good_lines)
    if not found.concepts:
        raise Refusal(f"Er is niets ingelezen: in {folder} staat geen enkel begrip van ESCO.")
    with open_work() as work:
        report = service.import_esco(work, found.concepts)
    _tell(report)


def _tell_files(found: EscoFolder) -> None:
    for name, lines in found.read.items():
        click.echo(f"{name}: {plural(lines, 'regel', 'regels')} gelezen")
    for said in found.skipped:
        click.echo(f"overgeslagen: {said}")


def _tell(report: EscoReport) -> None:
    if report.ours:
        said = plural(report.ours, "begrip heeft", "begrippen hebben")
        click.echo(f"{said} een naam die al van ons is; daar blijft ons begrip staan.")
    if report.too_long:
        click.echo(f"{plural(report.too_long, 'naam is', 'namen zijn')} te lang en weggelaten.")
    if report.absent:
        said = plural(report.absent, "begrip staat", "begrippen staan")
        click.echo(f"{said} niet in deze map; ongewijzigd gelaten.")
    click.echo(
        f"{plural(report.added, 'begrip', 'begrippen')} nieuw, {number(report.changed)} gewijzigd, "
        f"{number(report.unchanged)} gelijk gebleven, {number(report.removed)} verwijderd."
    )
