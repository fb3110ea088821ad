"""`flask accounts ...`: the first accounts and roles, before anybody can give them in a browser."""

from datetime import datetime
from uuid import UUID

import click
from flask.cli import AppGroup

from app.accounts import arriving, factors, proposing, queries, service
from app.accounts.models import RoleProposal, User
from app.accounts.rules import tidy_email
from app.cli.work import Refusal, gemeente_of, in_name_of, network_called, open_work
from app.core.actor import Role
from app.core.dutch import dutch_date, plural
from app.core.text import clean_line
from app.core.work import Work
from app.opgaven import moving
from app.privacy import shutting_out

accounts = AppGroup("accounts", help="Accounts en rollen.")


@accounts.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("code")
def add(email: str, name: str, code: str) -> None:
    """Maak een account voor EMAIL, van NAME, bij de gemeente met deze CODE."""
    with open_work() as work:
        gemeente = gemeente_of(work, code)
        if queries.by_email(work.session, email) is not None:
            raise Refusal(f"Er is al een account voor {tidy_email(email)}.")
        user = service.register(work, email, clean_line(name), gemeente.code)
        said = f"{user.name} ({user.email}) heeft een account bij {gemeente.name}."
    click.echo(said)


@accounts.command("move")
@click.argument("email")
@click.argument("code")
@click.option("--with-opgaven", is_flag=True, help="Neem de opgaven mee die niet voorbij zijn.")
def move(email: str, code: str, *, with_opgaven: bool) -> None:
    """Laat de persoon met dit adres voortaan voor de gemeente met deze CODE werken.

    Rollen blijven achter. Alleen wie opgaven meeneemt, blijft opgavehouder.
    """
    with open_work() as work:
        person, gemeente = _person(work, email), gemeente_of(work, code)
        count = moving.move_person(work, person.id, gemeente.code, with_opgaven=with_opgaven)
        said = f"{person.name} ({person.email}) werkt nu voor {gemeente.name}."
    click.echo(said)
    if count:
        click.echo(f"Daarheen ging ook {plural(count, 'opgave', 'opgaven')} mee.")


@accounts.command("grant")
@click.argument("email")
@click.argument("role")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Laatste dag; anders een jaar.")
@click.option("--network", help="Van een netwerkcoördinator: de naam van het netwerk.")
@click.option("--by", help="Mailadres van de platformbeheerder die dit voorstelt.")
@click.option("--reason", default="", help="Waarom, als er nog geen twee platformbeheerders zijn.")
def grant(
    email: str,
    role: str,
    until: datetime | None,
    network: str | None,
    by: str | None,
    reason: str,
) -> None:
    """Geef de persoon met dit adres een rol, of verleng die.

    Een rol met macht over anderen geven twee platformbeheerders samen: deze opdracht stelt hem
    voor, en `confirm` bevestigt hem.
    """
    given, ends_on = _role(role), until.date() if until else None
    with open_work() as work:
        person = _person(work, email)
        network_id = network_called(work, network) if network else None
        giver, why = _for(work, by), clean_line(reason)
        service.grant_role(giver, person.id, given, ends_on, why, network_id=network_id)
        said = _how_it_is_now(work, person, given, network_id)
    click.echo(said)


@accounts.command("confirm")
@click.argument("email")
@click.argument("role")
@click.option("--network", help="Van een coordinator: de naam van het netwerk.")
@click.option("--by", help="Mailadres van de platformbeheerder die dit bevestigt.")
@click.option("--reason", default="", help="Waarom, als er geen andere platformbeheerder is.")
def confirm(email: str, role: str, network: str | None, by: str | None, reason: str) -> None:
    """Bevestig als tweede de rol die voor dit adres is voorgesteld."""
    given = _role(role)
    with open_work() as work:
        person = _person(work, email)
        proposal = _proposal(work, person, given, network)
        proposing.decide(_for(work, by), proposal.id, confirm=True, reason=clean_line(reason))
        said = _how_it_is_now(work, person, given, proposal.network_id)
    click.echo(said)


@accounts.command("refuse")
@click.argument("email")
@click.argument("role")
@click.option("--network", help="Van een coordinator: de naam van het netwerk.")
@click.option("--by", help="Mailadres van de platformbeheerder die dit afwijst.")
def refuse(email: str, role: str, network: str | None, by: str | None) -> None:
    """Wijs de rol af die voor dit adres is voorgesteld."""
    given = _role(role)
    with open_work() as work:
        proposal = _proposal(work, _person(work, email), given, network)
        proposing.decide(_for(work, by), proposal.id, confirm=False)
    click.echo(f"{email} wordt geen {given.value}: het voorstel is afgewezen.")


@accounts.command("revoke")
@click.argument("email")
@click.argument("role")
@click.option("--network", help="Van een coordinator: de naam van het netwerk; zonder, van alle.")
def revoke(email: str, role: str, network: str | None) -> None:
    """Neem de persoon met dit adres een rol af."""
    ended = _role(role)
    with open_work() as work:
        network_id = network_called(work, network) if network else None
        service.end_role(work, _person(work, email).id, ended, network_id)
    click.echo(f"{email} is geen {ended.value} meer{f' van {network}' if network else ''}.")


@accounts.command("shut-out")
@click.argument("email")
@click.option(
    "--reason", required=True, help="Waarom. Wie het account heeft, leest dit in een mail."
)
def shut_out(email: str, reason: str) -> None:
    """Zet het account met dit adres stop, ook van een platformbeheerder die is overgenomen.

    Rollen en sessies eindigen meteen. Er wordt niets gewist.
    """
    with open_work() as work:
        person = _person(work, email)
        if person.shut_out_at is not None:
            raise Refusal(f"Het account van {email} staat al stop.")
        shutting_out.shut_out(work, person.id, clean_line(reason))
        service.end_sessions(work, person.id)
    click.echo(f"Het account van {email} staat stop, zonder rollen, en is overal uitgelogd.")


@accounts.command("let-in")
@click.argument("email")
def let_in(email: str) -> None:
    """Laat de persoon met dit adres weer toe. Rollen komen niet terug: die geef je opnieuw."""
    with open_work() as work:
        person = _person(work, email)
        if person.shut_out_at is None:
            raise Refusal(f"Het account van {email} staat niet stop.")
        service.let_in(work, person.id)
    click.echo(f"{email} kan weer inloggen, zonder rollen.")


@accounts.command("forget-app")
@click.argument("email")
def forget_app(email: str) -> None:
    """Ontkoppel app en passkeys voor de tweede stap, van wie telefoon en reservecodes kwijt is.

    Stel eerst vast wie dit vraagt, niet per mail. Daarna koppelt die persoon een nieuwe app.
    """
    with open_work() as work:
        person = _person(work, email)
        if not queries.has_second_step(work.session, person.id):
            raise Refusal(f"{email} heeft geen app of passkey gekoppeld.")
        factors.forget(work, person.id)
    click.echo(f"{email} koppelt bij het volgende inloggen een nieuwe app.")


@accounts.command("forget-sign-on")
@click.argument("email")
def forget_sign_on(email: str) -> None:
    """Maak het account met dit adres los van de inlog van de gemeente.

    Als de gemeente die persoon opnieuw kent, of het adres aan een ander gaf. Stel eerst vast van
    wie het account is: wie daarna met dit adres bij de gemeente inlogt, krijgt het.
    """
    with open_work() as work:
        person = _person(work, email)
        if not queries.known_identities(work.session, person.id):
            raise Refusal(f"{email} logde nog nooit bij de eigen gemeente in.")
        arriving.forget(work, person.id)
    click.echo(f"{email} is overal uitgelogd en kan opnieuw inloggen bij de gemeente.")


def _for(work: Work, by: str | None) -> Work:
    """The same work of an operator, in the name of this beheerder."""
    if by is None:
        return work
    person = _person(work, by)
    if Role.BEHEERDER not in queries.roles_of(person):
        raise Refusal(f"{by} is geen platformbeheerder.")
    return in_name_of(work, person)


def _proposal(work: Work, person: User, role: Role, network: str | None) -> RoleProposal:
    found = queries.waiting_proposals(work.session, person.id, role)
    if network is not None:
        network_id = network_called(work, network)
        found = [one for one in found if one.network_id == network_id]
    if not found:
        raise Refusal(f"Er ligt geen voorstel om {person.email} {role.value} te maken.")
    if len(found) > 1:
        raise Refusal("Er ligt een voorstel voor meer dan één netwerk. Zeg met --network welk.")
    return found[0]


def _how_it_is_now(work: Work, person: User, role: Role, network_id: UUID | None) -> str:
    work.session.flush()
    work.session.refresh(person, ["grants"])
    if queries.open_proposal(work.session, person.id, role, network_id) is not None:
        return (
            f"Voorgesteld: {person.email} als {role.value}. Een andere platformbeheerder bevestigt "
            f"dat: flask accounts confirm {person.email} {role.value} --by ADRES"
        )
    grant = next(
        one
        for one in queries.running_grants(person)
        if (one.role, one.network_id) == (role, network_id)
    )
    return f"{person.email} is {role.value} tot en met {dutch_date(grant.ends_on)}."


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError:
        raise Refusal(f"{word} is geen rol. Kies uit: {', '.join(Role)}.") from None


def _person(work: Work, email: str) -> User:
    user = queries.by_email(work.session, email)
    if user is None:
        raise Refusal(f"Er is geen account voor {email}.")
    return user
