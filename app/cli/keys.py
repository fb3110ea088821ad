"""`flask keys ...`: what follows when the house gets another key."""

from collections.abc import Callable
from dataclasses import replace

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import factors
from app.cli.work import Refusal, open_work
from app.core.dutch import plural
from app.gemeenten import service as gemeenten
from app.sealing import OF_APPS, OF_PROVIDERS, Seal
from app.settings import Settings

keys = AppGroup("keys", help="De sleutel waarmee geheimen verzegeld zijn.")


@keys.command("renew")
def renew() -> None:
    """Verzegel opnieuw, met de SECRET_KEY van nu, wat met de vorige verzegeld is.

    De vorige wordt gevraagd en nergens bewaard. Nog eens draaien kan geen kwaad. Verder opent er
    met de vorige niets meer: wie inlogde doet dat opnieuw, en links in oude mails werken niet meer.
    """
    settings: Settings = current_app.extensions["settings"]
    known = click.prompt("De vorige SECRET_KEY", hide_input=True).strip()
    before = replace(settings, secret_key=known)
    with open_work() as work:
        left = factors.seal_anew(work, _again(before, settings, OF_APPS))
        left += gemeenten.seal_anew(work, _again(before, settings, OF_PROVIDERS))
    if left:
        raise Refusal(f"{plural(left, 'geheim opent', 'geheimen openen')} met geen van beide.")
    click.echo("Elk geheim opent met de SECRET_KEY van nu.")


def _again(before: Settings, now: Settings, purpose: str) -> Callable[[str], str | None]:
    """What opens with the key of now stays as it is; None of what opens with neither."""
    old, new = Seal(before, purpose), Seal(now, purpose)

    def again(sealed: str) -> str | None:
        if new.open(sealed) is not None:
            return sealed
        opened = old.open(sealed)
        return None if opened is None else new.close(opened)

    return again
