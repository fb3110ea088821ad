"""`flask insight ...`: numbers in which nobody can be found."""

import click
from flask.cli import AppGroup

from app.cli.work import open_work
from app.core.dutch import number, share
from app.insight import queries

insight = AppGroup("insight", help="Getallen waarin niemand te herkennen is.")
TOO_FEW = "nog niet te zeggen"


@insight.command("spread")
def show_spread() -> None:
    """Hoe scheef de uitnodigingen van het laatste jaar verdeeld zijn (Gini, van 0 tot 1)."""
    with open_work() as work:
        found = queries.spread(work.session, work.now)
    click.echo(f"Uitnodigingen: {number(found.invitations)}")
    click.echo(f"Collega's met een profiel: {number(found.people)}")
    click.echo(f"Gini: {share(found.gini) if found.gini is not None else TOO_FEW}")
