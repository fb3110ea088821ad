"""`flask matching ...`: comparing everything anew."""

import click
from flask.cli import AppGroup

from app.cli.work import open_work
from app.core.dutch import plural
from app.matching.service import match_everything

matching = AppGroup("matching", help="Matches tussen profielen en opgaven.")


@matching.command("rebuild")
def rebuild() -> None:
    """Vergelijk elk profiel opnieuw met elke open opgave."""
    with open_work() as work:
        count = match_everything(work)
    click.echo(f"{plural(count, 'match', 'matches')} gevonden.")
