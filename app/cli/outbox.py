"""`flask outbox ...`: what still has to happen because something happened."""

import click
from flask.cli import AppGroup

from app.cli.work import open_work
from app.core import jobs
from app.core.dutch import number
from app.core.jobs import JobState
from app.core.outbox import waiting
from app.labels import label

outbox = AppGroup("outbox", help="Feiten die wachten, en de taken die eruit volgen.")


@outbox.command("show")
def show() -> None:
    """Laat zien welke feiten wachten en hoe de taken ervoor staan."""
    with open_work() as work:
        facts = waiting(work.session)
        states = jobs.counts_by_state(work.session)
        failed = [(job.id, job.reaction, job.last_error) for job in jobs.failed(work.session)]
    click.echo("Feiten die wachten:")
    for name, count in facts.items():
        click.echo(f"  {name}: {number(count)}")
    if not facts:
        click.echo("  geen")
    click.echo("Taken:")
    for state in JobState:
        click.echo(f"  {label(state)}: {number(states.get(state, 0))}")
    for job_id, reaction, error in failed:
        click.echo(f"  taak {job_id}, {reaction}: {error or 'geen melding'}")
