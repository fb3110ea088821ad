"""`flask gemeenten ...`: the yearly list, mail domains, sign-ins, and networks of gemeenten."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.work import (
    Refusal,
    gemeente_of,
    network_called,
    open_work,
    reading,
    tell_faults,
)
from app.core.clock import utc_now
from app.core.dutch import dutch_date, number, plural
from app.core.text import clean_line, clean_text
from app.gemeenten import networks, queries, reference, service
from app.gemeenten.models import Gemeente
from app.gemeenten.reference import OWN_LIST
from app.gemeenten.rules import NetworkDraft
from app.gemeenten.service import Connection, Difference, ImportReport
from app.hours import queries as hours
from app.hours import service as hours_service
from app.links import Links
from app.openid.calling import Away
from app.openid.provider import Client, Providers, new_visit
from app.opgaven import moving
from app.opgaven.moving import Following
from app.sealing import OF_PROVIDERS, Seal
from app.settings import Environment, Settings

gemeenten = AppGroup("gemeenten", help="Gemeenten en hun maildomeinen.")

COLUMN_WORDS = {
    "name": "naam",
    "province": "provincie",
    "inhabitants": "inwoners",
    "inhabitants_on": "peildatum",
    "is_provincial_capital": "provinciehoofdstad",
    "latitude": "breedte",
    "longitude": "lengte",
    "valid_from": "bestaat vanaf",
    "valid_until": "bestaat tot",
    "successor_code": "opvolger",
}


@gemeenten.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--good-lines", is_flag=True, help="Lees de goede regels in, ook als er foute zijn.")
def import_list(file: Path | None, *, good_lines: bool) -> None:
    """Lees een lijst van gemeenten in; zonder FILE onze eigen lijst."""
    path = file or OWN_LIST
    with reading(path):
        listed = reference.read(path)
    with open_work() as work:
        listed.refuse_unknown_successors(set(work.session.scalars(select(Gemeente.code))))
        tell_faults(listed.faults, good_lines=good_lines)
        if not listed.gemeenten:
            raise Refusal(f"Er is niets ingelezen: in {path} staat geen enkele gemeente.")
        report = service.import_gemeenten(work, listed.gemeenten)
        names = queries.names_of(work.session, _to_name(report))
    _tell(report, names)


@gemeenten.command("domain")
@click.argument("code")
@click.argument("domain")
def add_domain(code: str, domain: str) -> None:
    """Wie een adres heeft op DOMAIN, werkt voortaan voor de gemeente met deze CODE."""
    with open_work() as work:
        name = gemeente_of(work, code).name
        service.add_domain(work, code, domain)
    click.echo(f"{domain.strip().lower().removeprefix('@')} hoort nu bij {name}.")


@gemeenten.command("provider")
@click.argument("code")
@click.argument("issuer")
@click.argument("client_id")
@click.option("--only", is_flag=True, help="Laat mensen van deze gemeente alleen zo inloggen.")
def connect_provider(code: str, issuer: str, client_id: str, *, only: bool) -> None:
    """Laat wie bij de gemeente met deze CODE werkt, daar inloggen (OpenID Connect).

    ISSUER is het adres van de inlog van die gemeente, CLIENT_ID hoe die ons kent. Het geheim wordt
    gevraagd; het staat zo in geen geschiedenis van opdrachten.
    """
    secret = click.prompt("Geheim", hide_input=True)
    settings: Settings = current_app.extensions["settings"]
    is_real = settings.environment is Environment.PRODUCTION
    sealed = Seal(settings, OF_PROVIDERS).close(secret)
    with open_work() as work:
        name = gemeente_of(work, code).name
        connection = Connection(issuer, client_id, sealed, is_only=only)
        service.connect_provider(work, code, connection, loopback_too=not is_real)
        has_domain = bool(queries.domains_of(work.session, code))
    returns_to = Links(settings).provider_returns(code)
    click.echo(f"Wie bij {name} werkt, kan daar nu inloggen.")
    click.echo(f"Noem bij die inlog dit adres om naar terug te keren: {returns_to}")
    if not has_domain:
        click.echo(
            "Let op: deze gemeente heeft nog geen maildomein, dus niemand komt daar.", err=True
        )
    _try(Client(issuer, client_id, secret, returns_to))


@gemeenten.command("end-provider")
@click.argument("code")
def end_provider(code: str) -> None:
    """Laat wie bij de gemeente met deze CODE werkt, weer met een link inloggen."""
    with open_work() as work:
        name = gemeente_of(work, code).name
        if queries.provider_of(work.session, code) is None:
            raise Refusal(f"{name} heeft geen eigen inlog.")
        service.end_provider(work, code)
    click.echo(f"Wie bij {name} werkt, logt weer in met een link.")


@gemeenten.command("found-network")
@click.argument("name")
@click.argument("purpose")
@click.option("--begun", type=click.DateTime(["%Y-%m-%d"]), help="Op welke dag het begon.")
def found_network(name: str, purpose: str, begun: datetime | None) -> None:
    """Richt het netwerk NAME op; PURPOSE zegt waar het voor is. Zonder --begun begint het nu."""
    with open_work() as work:
        begun_on = begun.date() if begun else work.today
        draft = NetworkDraft(clean_line(name), clean_text(purpose), begun_on)
        networks.found_network(work, draft)
    click.echo(f"Het netwerk {draft.name} is er. Zet er gemeenten in: flask gemeenten join")


@gemeenten.command("join")
@click.argument("network")
@click.argument("codes", nargs=-1, required=True)
def join_network(network: str, codes: tuple[str, ...]) -> None:
    """Zet de gemeenten met deze CODES in het netwerk dat NETWORK heet."""
    with open_work() as work:
        network_id = network_called(work, network)
        names = [gemeente_of(work, code).name for code in codes]
        for code in codes:
            networks.add_gemeente(work, network_id, code)
    click.echo(f"{', '.join(names)}: nu in het netwerk {network}.")


@gemeenten.command("leave")
@click.argument("network")
@click.argument("code")
def leave_network(network: str, code: str) -> None:
    """Haal de gemeente met deze CODE uit het netwerk dat NETWORK heet."""
    with open_work() as work:
        network_id, name = network_called(work, network), gemeente_of(work, code).name
        networks.end_gemeente(work, network_id, code)
    click.echo(f"{name} hoort niet bij het netwerk {network}.")


@gemeenten.command("follow-merger")
@click.argument("codes", nargs=-1, required=True)
@click.option("--into", required=True, help="De code van de gemeente waarin ze zijn opgegaan.")
@click.option("--with-provider", is_flag=True, help="Neem de eigen inlog mee naar die gemeente.")
@click.option("--dry-run", is_flag=True, help="Zeg alleen wat er zou gebeuren.")
def follow_merger(codes: tuple[str, ...], into: str, *, with_provider: bool, dry_run: bool) -> None:
    """Breng mensen, opgaven en maildomeinen van CODES naar de gemeente waarin die zijn opgegaan.

    Alles in een keer. Rollen blijven achter, behalve die van opgavehouders: hun opgaven gaan mee.
    Nog een keer doet niets, of brengt alleen over wat er intussen bij kwam.
    """
    with open_work() as work:
        if dry_run:
            found = moving.what_follows(work, codes, into)
        else:
            found = moving.follow_merger(work, codes, into, with_provider=with_provider)
        with_hours = hours.left_at(work.session, codes)
        if not dry_run:
            hours_service.follow_mergers(work)
        name = gemeente_of(work, into).name
    for one in found:
        _tell_following(one, f"{name} ({into})", has_hours=one.code in with_hours)
    if dry_run:
        click.echo("Er is nog niets veranderd. Zonder --dry-run gebeurt dit wel.")
    elif any(one.has_provider for one in found):
        _tell_provider(into, name, is_carried=with_provider)


def _tell_following(one: Following, into: str, *, has_hours: bool) -> None:
    left, name = one.leaving, f"{one.name} ({one.code})"
    lines = (
        (left.people, plural(left.people, "collega", "collega's")),
        (left.opgavehouders, f"van wie {number(left.opgavehouders)} opgavehouder blijven"),
        (one.opgaven, plural(one.opgaven, "opgave", "opgaven")),
        (left.requests, plural(left.requests, "aanvraag", "aanvragen") + " voor toegang"),
        (one.domains, f"maildomein: {', '.join(one.domains)}"),
        (has_hours, "uren en limiet in de urenbank"),
    )
    said = [words for what, words in lines if what]
    if not said and not one.has_provider:
        click.echo(f"{name}: er is niets meer over te brengen.")
        return
    click.echo(f"Van {name} naar {into}:")
    for words in said:
        click.echo(f"  {words}")
    if left.roles_left:
        roles = plural(left.roles_left, "andere rol blijft", "andere rollen blijven")
        click.echo(f"  {roles} achter: stel die zo nodig opnieuw voor")
    if one.has_provider:
        click.echo("  de eigen inlog van deze gemeente stopt")


def _tell_provider(into: str, name: str, *, is_carried: bool) -> None:
    if not is_carried:
        click.echo(f"Verbind zo nodig de inlog van {name}: flask gemeenten provider {into} ...")
        return
    settings: Settings = current_app.extensions["settings"]
    returns_to = Links(settings).provider_returns(into)
    click.echo(f"{name} heeft die inlog nu. Noem daar dit adres om naar terug te keren:")
    click.echo(returns_to)
    click.echo("Tot dat er staat, logt iedereen in met een link.")


def _try(client: Client) -> None:
    """Say at once when nobody could sign in there."""
    providers: Providers = current_app.extensions["providers"]
    try:
        providers.way_in(client, new_visit(), "", utc_now())
    except Away as away:
        click.echo(f"Let op: die inlog gaf nu geen goed antwoord ({away}).", err=True)


def _to_name(report: ImportReport) -> list[str]:
    """The codes worth a line of their own; when the table was empty, the number says enough."""
    is_first = not (report.changed or report.unchanged or report.absent)
    return [*([] if is_first else report.added), *report.changed, *report.absent]


def _tell(report: ImportReport, names: Mapping[str, str]) -> None:
    for code in report.added:
        if code in names:
            click.echo(f"nieuw: {names[code]} ({code})")
    for code, differences in report.changed.items():
        said = "; ".join(map(_in_words, differences))
        click.echo(f"gewijzigd: {names[code]} ({code}): {said}")
    for code in report.absent:
        click.echo(f"staat niet in deze lijst en blijft zoals het is: {names[code]} ({code})")
    click.echo(
        f"{plural(len(report.added), 'gemeente', 'gemeenten')} nieuw, "
        f"{len(report.changed)} gewijzigd, {report.unchanged} gelijk gebleven."
    )


def _in_words(difference: Difference) -> str:
    word = COLUMN_WORDS[difference.column]
    return f"{word} was {_value(difference.before)}, is nu {_value(difference.after)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, date):
        return dutch_date(value)
    return "leeg" if value is None else str(value)
