"""`flask database ...`: which role of the database the application signs in with."""

import re

import click
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work
from app.core.grants import prepare

ROLE = re.compile(r"[a-z][a-z0-9_]{0,62}")

database = AppGroup("database", help="Wie in de database wat mag.")


@database.command("prepare")
@click.argument("role")
def prepare_role(role: str) -> None:
    """Maak de rol waarmee de site en de werkers inloggen, of werk zijn rechten bij.

    Draai dit als eigenaar van de tabellen, na elke flask db upgrade.
    """
    if not ROLE.fullmatch(role):
        raise Refusal("De naam van een rol bestaat uit kleine letters, cijfers en _.")
    with open_work() as work:
        prepare(work.session, role)
    click.echo(f"{role} mag lezen en schrijven, en aan het logboek alleen toevoegen.")
