"""`flask audit ...`: whether the log of deeds is still as it was written."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work
from app.core.audit import Checked, check_chain, hash_at
from app.core.dutch import number, plural
from app.sealing import LOG_SEAL, Seal
from app.settings import Settings

MOST_SAID = 20
# What the beginning of a log is called from which nothing was removed.
WHOLE = "0:"

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
    if not _is_own_beginning(found):
        raise Refusal(f"Het logboek begint na {_place(found)}, en dat is niet door ons zo gemaakt.")
    if found.broken:
        faults = plural(len(found.broken), "fout", "fouten")
        raise Refusal(f"Het logboek klopt niet: {faults} in {number(found.rows)} regels.")
    if not noted:
        raise Refusal(f"Het einde {since} staat niet meer in het logboek.")
    click.echo(f"Het logboek klopt: {plural(found.rows, 'regel', 'regels')}.")
    if found.root != WHOLE:
        click.echo(f"Het begint na {_place(found)}. Wat daarvoor stond, was over zijn termijn.")
    click.echo(f"Het einde is {found.head}. Bewaar dat op een andere plek.")


def _is_own_beginning(found: Checked) -> bool:
    """Whether nothing was removed, or what was removed was old and taken away by this house."""
    settings: Settings = current_app.extensions["settings"]
    return found.root == WHOLE or Seal(settings, LOG_SEAL).open(found.seal) == found.root


def _place(found: Checked) -> str:
    return f"regel {found.root.partition(':')[0]}"
