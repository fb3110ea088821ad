"""`flask privacy ...`: let somebody go, and nothing of them stay."""

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
from app.privacy import leaving, retention
from app.privacy.export import Person, parts_of
from app.privacy.leaving import Tie
from app.privacy.retention import Rule, Standing
from app.sealing import LOG_SEAL, Seal
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
    return [f"{part.table.title}: {plural(len(part.rows), 'regel', 'regels')}" for part in found]
