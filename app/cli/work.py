"""Work for an operator, and refusals in plain words."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.accounts.models import User
from app.core.actor import SYSTEM, Actor
from app.core.dutch import plural
from app.core.errors import DomainError
from app.core.work import Work, begin
from app.extensions import db
from app.gemeenten import queries as gemeenten
from app.gemeenten.models import Gemeente


class Refusal(click.ClickException):
    """Nothing was done; the message says why, in Dutch."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


@contextmanager
def open_work() -> Iterator[Work]:
    """Everything inside is saved together; what the house refuses becomes a plain message."""
    try:
        with begin(db.session(), SYSTEM) as work:
            # An operator waits for as long as it takes; the limit is there for pages.
            work.session.execute(text("SET LOCAL statement_timeout = 0"))
            yield work
    except DomainError as error:
        raise Refusal(error.said or f"Dat kan niet: {error}.") from error
    except OperationalError as error:
        raise Refusal("De database is niet bereikbaar.") from error
    except ProgrammingError as error:
        raise Refusal("De tabellen zijn niet bij. Draai eerst: flask db upgrade") from error


def in_name_of(work: Work, person: User) -> Work:
    """The same work of an operator, done in the name of this person."""
    return replace(work, actor=Actor(person.id, person.gemeente_code, is_system=True))


def gemeente_of(work: Work, code: str) -> Gemeente:
    gemeente = work.session.get(Gemeente, code)
    if gemeente is None:
        raise Refusal(f"Er is geen gemeente met de code {code}.")
    return gemeente


def network_called(work: Work, name: str) -> UUID:
    found = gemeenten.network_called(work.session, name)
    if found is None:
        raise Refusal(f"Er is geen netwerk dat {name} heet.")
    return found.id


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say in plain words that a file or folder cannot be read."""
    try:
        yield
    except FileNotFoundError:
        raise Refusal(f"{path} bestaat niet.") from None
    except IsADirectoryError:
        raise Refusal(f"{path} is een map, geen bestand.") from None
    except NotADirectoryError:
        raise Refusal(f"{path} is een bestand, geen map.") from None
    except OSError as error:
        raise Refusal(f"{path} is niet te lezen ({error.strerror}).") from error


def tell_faults(faults: Sequence[str], *, good_lines: bool) -> None:
    """Name every fault; go on only when there is none, or when the good lines were asked for."""
    for fault in faults:
        click.echo(fault, err=True)
    if faults and not good_lines:
        raise Refusal(
            f"Er is niets ingelezen: {plural(len(faults), 'fout', 'fouten')}. "
            "Herstel dit, of lees met --good-lines alleen de goede regels in."
        )
    if faults:
        click.echo(f"{plural(len(faults), 'fout', 'fouten')} overgeslagen.", err=True)
