"""`flask demo ...`: the people and opgaven of the demo."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from app.cli.demo.data import read_opgaven, read_people
from app.cli.demo.hours import lend_hours
from app.cli.demo.loans import lend_people
from app.cli.demo.seed import SeedReport, seed
from app.cli.demo.talks import let_people_talk
from app.cli.work import Refusal, open_work
from app.core.dutch import plural
from app.core.locks import DEMO_LOCK
from app.gemeenten import queries as gemeenten
from app.gemeenten import service as gemeenten_service
from app.gemeenten.service import Connection
from app.sealing import OF_PROVIDERS, Seal
from app.settings import Settings

# The gemeente of the demo whose people can sign in at a sign-in of its own: Leeuwarden.
WITH_PROVIDER = "GM0080"
DEMO_CLIENT = "degemeentevannu"

demo = AppGroup("demo", help="Voorbeelden om mee te kijken en te proberen.")


@demo.command("seed")
def seed_demo() -> None:
    """Zet verzonnen mensen en opgaven klaar, en ververs wat verlopen is."""
    if not current_app.extensions["settings"].demo_accounts:
        raise Refusal("Dit kan alleen in een demo. Zet DEMO_ACCOUNTS=1 als dit er een is.")
    with open_work() as work:
        if not gemeenten.count(work.session, work.today):
            raise Refusal("Er zijn nog geen gemeenten. Draai eerst: flask gemeenten import")
        work.session.execute(select(func.pg_advisory_xact_lock(DEMO_LOCK)))
        people, opgaven = read_people(), read_opgaven()
        report = seed(work, people, opgaven)
        booked = lend_hours(work, people, opgaven)
        lent = lend_people(work)
        written = let_people_talk(work)
    click.echo(_in_words(report, booked, lent, written))


@demo.command("provider")
@click.argument("issuer")
def connect_demo_provider(issuer: str) -> None:
    """Laat een gemeente van de demo inloggen bij de inlog op ISSUER, op deze computer."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.demo_accounts:
        raise Refusal("Dit kan alleen in een demo. Zet DEMO_ACCOUNTS=1 als dit er een is.")
    # Who plays the gemeente here believes any secret.
    connection = Connection(issuer, DEMO_CLIENT, Seal(settings, OF_PROVIDERS).close(DEMO_CLIENT))
    with open_work() as work:
        gemeenten_service.connect_provider(work, WITH_PROVIDER, connection, loopback_too=True)
        name = gemeenten.by_code(work.session, WITH_PROVIDER).name
    click.echo(f"Gemeente {name} heeft in deze demo een eigen inlog.")


def _in_words(report: SeedReport, booked: int, lent: int, written: int) -> str:
    parts = [
        plural(count, one, many)
        for count, one, many in (
            (report.gemeenten, "gemeente met een domein", "gemeenten met een domein"),
            (report.people, "verzonnen collega", "verzonnen collega's"),
            (report.opgaven, "opgave", "opgaven"),
            (report.renewed, "verlopen opgave opnieuw", "verlopen opgaven opnieuw"),
            (report.moved, "keer data opgeschoven", "keer data opgeschoven"),
            (lent, "stap met inzet", "stappen met inzet"),
            (written, "bericht in een gesprek", "berichten in gesprekken"),
            (booked, "week met geleende uren", "weken met geleende uren"),
        )
        if count
    ]
    return f"Klaargezet: {', '.join(parts)}." if parts else "Alles stond al klaar."
