"""`flask privacy ...`: let somebody go, and nothing of them stay."""

from collections.abc import Callable
from functools import partial
from typing import TextIO
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import queries as accounts
from app.accounts.rules import tidy_email
from app.cli.work import Refusal, open_work
from app.core.dutch import dutch_date, number, plural
from app.core.text import clean_line
from app.core.work import Work
from app.loans.rules import NamedManager
from app.privacy import leaving, retention, tombstones
from app.privacy.export import Person, parts_of
from app.privacy.leaving import Needed, Tie
from app.privacy.retention import Rule, Standing
from app.privacy.tombstones import Tombstone
from app.sealing import LOG_SEAL, Seal, id_of_text
from app.settings import Settings

privacy = AppGroup("privacy", help="Gegevens van mensen.")

NEEDED = {
    Tie.OPGAVE: "/opgaven/{}: draag over, rond af of trek in",
    Tie.LOAN: "/inzet/{}: trek in of stop",
    Tie.SITE: "de enige beheerder van de site: maak eerst een ander beheerder",
    Tie.MANAGED: "/inzet/{}: zeg met --successor wie daar voortaan over beslist",
}


@privacy.command("erase")
@click.argument("email")
@click.option("--dry-run", is_flag=True, help="Zeg alleen wat er onder dit adres staat.")
@click.option(
    "--successor",
    nargs=2,
    metavar="NAME EMAIL",
    help="Wie voortaan beslist over de inzet waarover deze leidinggevende gaat.",
)
def erase(email: str, dry_run: bool, successor: tuple[str, str] | None) -> None:  # noqa: FBT001  (as click hands it over)
    """Haal weg wat er van de persoon met dit adres is, met of zonder account.

    Stel eerst vast wie dit vraagt.
    """
    named = NamedManager(clean_line(successor[0]), successor[1]) if successor else None
    with open_work() as work:
        user = accounts.by_email(work.session, email)
        person = Person(user.id, user.email) if user else None
        if person is not None:
            _refuse_while_needed(work, person, named)
        if dry_run:
            lines = _lines(work, person) if person else ["Er is geen account met dit adres."]
        elif person is not None:
            leaving.leave(work, person.user_id, named)
            lines = [f"Het account van {person.email} is weg."]
        else:
            leaving.forget_address(work, tidy_email(email), named)
            work.record(tombstones.FORGOTTEN, (tombstones.ADDRESS, _id_of(tidy_email(email))))
            lines = [f"Alles onder {tidy_email(email)} is weg. Een account was er niet."]
    click.echo("\n".join(lines))


@privacy.command("retain")
@click.option("--dry-run", is_flag=True, help="Zeg alleen wat over zijn termijn is.")
def retain(dry_run: bool) -> None:  # noqa: FBT001  (as click hands it over)
    """Haal weg wat over zijn termijn is, zoals elke nacht vanzelf gebeurt.

    Het logboek van wie wat deed wordt alleen korter als de eigenaar van de tabellen dit draait.
    """
    settings: Settings = current_app.extensions["settings"]
    seal = Seal(settings, LOG_SEAL).close
    with open_work() as work:
        due = retention.standing(work.session, seal, work.now)
    if dry_run:
        lines = [_due(rule, found) for rule, found in due if found.count]
        click.echo("\n".join(lines or ["Er is niets over zijn termijn."]))
        return
    done = retention.retain(open_work, seal)
    with open_work() as work:
        left = retention.standing(work.session, seal, work.now)
    lines = [f"{name}: {number(count)}" for name, count in done.items() if count]
    lines += [f"Nog niet: {_due(rule, found)}" for rule, found in left if found.count]
    click.echo("\n".join(lines or ["Er was niets over zijn termijn."]))


@privacy.command("left")
def left() -> None:
    """Noem wie weg is, met nummers die naar niemand leiden; bewaar dit bij de reservekopieën."""
    with open_work() as work:
        for stone in tombstones.tombstones(work.session):
            click.echo(stone)


@privacy.command("replay")
@click.argument("file", type=click.File())
def replay(file: TextIO) -> None:
    """Haal na het terugzetten van een reservekopie opnieuw weg wie al weg was.

    FILE is wat `flask privacy left` het laatst noemde. Doe dit voor de site weer open gaat.
    """
    try:
        stones = [Tombstone.parse(line) for line in file if line.strip()]
    except ValueError:
        raise Refusal("Dit is niet de lijst van flask privacy left. Er is niets gedaan.") from None
    with open_work() as work:
        people = tombstones.people_back(work.session, stones)
    waits = [_again(partial(tombstones.erase_again, person=one)) for one in people]
    with open_work() as work:
        addresses = tombstones.addresses_back(work.session, stones, _id_of)
    waits += [_again(partial(tombstones.forget_again, email=one)) for one in addresses]
    needed = [NEEDED[one.tie].format(one.subject_id) for found in waits for one in found]
    gone = plural(waits.count([]), "persoon of adres", "personen en adressen")
    click.echo(f"Opnieuw weg: {gone}.")
    if needed:
        raise Refusal("\n".join(["Dit moet eerst, en draai dit dan nog eens:", *needed]))


def _again(act: Callable[[Work], list[Needed]]) -> list[Needed]:
    """Each saved apart: who is needed holds up nobody else."""
    with open_work() as work:
        return act(work)


def _id_of(email: str) -> UUID:
    return id_of_text(current_app.extensions["settings"], tombstones.ADDRESS, email)


def _due(rule: Rule, found: Standing) -> str:
    """How many, since when the oldest counts, and what is done with them by which term."""
    oldest = f", de oudste van {dutch_date(found.oldest)}" if found.oldest else ""
    after = f"{rule.term.words} na {rule.term.after}"
    return f"{rule.name}: {number(found.count)}{oldest} (termijn: {after})"


def _refuse_while_needed(work: Work, person: Person, named: NamedManager | None) -> None:
    needed = [
        one
        for one in leaving.needed_for(work.session, person)
        if named is None or one.tie is not Tie.MANAGED
    ]
    if needed:
        where = [NEEDED[one.tie].format(one.subject_id) for one in needed]
        raise Refusal("\n".join([leaving.STILL_BUSY, *where]))


def _lines(work: Work, person: Person) -> list[str]:
    found = parts_of(work.session, person)
    return [
        f"{part.table.title}: {plural(sum(map(len, part.pages)), 'regel', 'regels')}"
        for part in found
    ]
