"""`flask audit ...`: whether the log of deeds is still as it was written."""

import click
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work
from app.core.audit import check_chain, hash_at
from app.core.dutch import number, plural

MOST_SAID = 20

audit = AppGroup("audit", help="Het logboek van wie wat deed.")


@audit.command("check")
@click.option(
    "--since",
    metavar="EINDE",
    help="Het einde dat een eerdere controle noemde; dat moet er nog net zo in staan.",
)
def check(since: str | None) -> None:
    """Reken na of geen regel gewijzigd, weggehaald, toegevoegd of verplaatst is."""
    with open_work() as work:
        found = check_chain(work.session)
        noted = since is None or hash_at(work.session, since)
    for broken in found.broken[:MOST_SAID]:
        click.echo(f"Regel {broken.place}: {broken.said}")
    if found.broken:
        faults = plural(len(found.broken), "fout", "fouten")
        raise Refusal(f"Het logboek klopt niet: {faults} in {number(found.rows)} regels.")
    if not noted:
        raise Refusal(f"Het einde {since} staat niet meer in het logboek.")
    click.echo(f"Het logboek klopt: {number(found.rows)} regels.")
    click.echo(f"Het einde is {found.head}. Bewaar dat op een andere plek.")
