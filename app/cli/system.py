"""`flask system`: whether the workers do what they are asked to do, and what waits for them."""

import click
from flask.cli import with_appcontext

from app.cli.work import Refusal, open_work
from app.core.heartbeat import pulses
from app.labels import label
from app.notifications.waiting import IS_LATE, waits

NOT_ALL = "Niet alle werkers doen hun werk. Kijk of ze draaien, en of de klok en Redis het doen."


@click.command("system", help="Wanneer we van elke groep werkers iets hoorden, en wat er wacht.")
@with_appcontext
def system() -> None:
    with open_work() as work:
        found = pulses(work.session)
        waiting = waits(work.session, work.now)
    for pulse in found:
        click.echo(f"{label(pulse.group)}: {pulse.words}")
    for line in waiting.lines:
        click.echo(line.words)
    if waiting.is_late:
        click.echo(IS_LATE)
    if any(pulse.is_late for pulse in found):
        raise Refusal(NOT_ALL)
