"""`flask mail ...`: how mail stands, sending it again, and taking in what comes back."""

import sys
from collections import Counter
from pathlib import Path
from shlex import quote
from typing import BinaryIO
from uuid import UUID

import click
import structlog
from flask import current_app
from flask.cli import AppGroup

from app.cli.work import Refusal, open_work, reading
from app.conversations import answering
from app.conversations.answering import AnswerBox, Taken
from app.core.dutch import how_long, moment, number, plural
from app.core.reports import LONGEST_REPORT
from app.labels import label
from app.notifications import failures, queries, service
from app.notifications.failures import NOT_ARRIVED, Failures
from app.notifications.postponed import postponed
from app.notifications.rules import DeliveryState
from app.notifications.runs import run_lines
from app.notifications.service import Found
from app.post import Post

# What Postfix understands as "keep it and come again" (sysexits.h).
TRY_LATER = 75
A_BITE = 65_536

ENDED = [state.value for state in NOT_ARRIVED]
NOT_SAID_WHICH = "Noem het nummer van een mail, of --state en --reason samen."
DONE = {
    Found.BOUNCE: "Deze mail kwam terug. Dat is genoteerd bij het adres.",
    Found.KNOWN_BOUNCE: "Van deze mail was al bekend dat hij terugkwam. Er is niets veranderd.",
    Taken.MESSAGE: "Het antwoord staat in het gesprek.",
    Taken.KNOWN: "Dit antwoord kenden we al. Er is niets veranderd.",
    Taken.RETURNED: "Dit antwoord is leeg of te lang. Wie het schreef, krijgt daar een mail over.",
}

NOT_OF_WHOM = "answers that are not of whom the address was made for"

log = structlog.get_logger()

mail = AppGroup("mail", help="Mail die weg moet, weg is, of terugkwam.")


@mail.command("status")
def status() -> None:
    """Laat zien hoe de mail ervoor staat."""
    with open_work() as work:
        session = work.session
        states = queries.counts_by_state(session)
        waiting = queries.backlog(session)
        put_off = postponed(session)
        failed = failures.failures(session)
        alone = failures.left_alone(session)
        returned = failures.last_returned(session)
        runs = run_lines(session)
    _tell("Mails", [f"{label(state)}: {number(states.get(state, 0))}" for state in DeliveryState])
    oldest = [f"de oudste wacht {how_long(waiting.waited)}"] if waiting.waited is not None else []
    _tell("Moet nu weg", [plural(waiting.count, "mail", "mails"), *oldest])
    _tell("Moet later weg", [one.words for one in put_off])
    _tell("Overzichten klaargezet", [f"{period}: {outcome}" for period, outcome in runs])
    _tell(
        "Niet aangekomen",
        [line for one in failed for line in _failed_lines(one)],
    )
    _tell(
        "Adressen zonder overzichten",
        [f"{failures.reason_words(why)}: {number(count)}" for why, count in alone.items()],
    )
    _tell(
        "Laatst teruggekomen",
        [f"{moment(one.told_at)}: {label(one.kind)}, {one.words}" for one in returned],
    )


@mail.command("again")
@click.argument("delivery_id", type=click.UUID, required=False)
@click.option("--state", type=click.Choice(ENDED), help="Hoe ze eindigden.")
@click.option("--reason", help="Waarom, zoals flask mail status het noemt.")
def again(delivery_id: UUID | None, state: str | None, reason: str | None) -> None:
    """Stuur een mail die niet aankwam opnieuw, of alle mails met dezelfde reden."""
    with open_work() as work:
        if delivery_id is not None and state is None and reason is None:
            service.send_again(work, delivery_id)
            count = 1
        elif delivery_id is None and state is not None and reason is not None:
            count = service.send_all_again(work, DeliveryState(state), reason)
        else:
            raise Refusal(NOT_SAID_WHICH)
    click.echo(f"{plural(count, 'mail gaat', 'mails gaan')} opnieuw weg.")


@mail.command("receive")
@click.argument("recipient", default="")
def receive(recipient: str) -> None:
    """Lees van de invoer een mail die terugkwam of een antwoord; RECIPIENT is aan wie hij kwam.

    Zegt in één regel wat er gedaan is. Zegt niets van wat niet van ons is, en weigert niets: wie
    een mail vervalst, krijgt geen antwoord en vult geen logboek.
    """
    content = _whole(sys.stdin.buffer)
    try:
        found = _take_in(content, recipient)
    except Refusal:
        # The mail server keeps it, and comes again when the database is back.
        raise SystemExit(TRY_LATER) from None
    if found is Taken.REFUSED:
        log.warning(NOT_OF_WHOM, mails=1)
    if found in DONE:
        click.echo(DONE[found])


@mail.command("collect")
@click.argument("folder", type=click.Path(path_type=Path))
def collect(folder: Path) -> None:
    """Lees de nieuwe mail in een Maildir; wat gelezen is gaat van new naar cur."""
    found: Counter[Found | Taken] = Counter()
    with reading(folder):
        if not (folder / "new").is_dir():
            raise Refusal(f"{folder} is geen Maildir: er is geen map new in.")
        # `mailbox` would read the whole folder again for each mail that moves.
        for path in sorted((folder / "new").iterdir()):
            with path.open("rb") as file:
                found[_take_in(file.read(LONGEST_REPORT), "")] += 1
            path.rename(folder / "cur" / f"{path.name}:2,S")
    if found[Found.NOT_OURS]:
        # One line, however many there were.
        log.warning("reports that are not ours", mails=found[Found.NOT_OURS])
    if found[Taken.REFUSED]:
        log.warning(NOT_OF_WHOM, mails=found[Taken.REFUSED])
    answers = sum(found[one] for one in Taken)
    if answers:
        click.echo(
            f"{plural(answers, 'antwoord', 'antwoorden')} gelezen: "
            f"{number(found[Taken.MESSAGE])} in een gesprek, {number(found[Taken.KNOWN])} al "
            f"bekend, {number(found[Taken.RETURNED])} leeg of te lang, "
            f"{number(found[Taken.AUTOMATIC])} automatisch, "
            f"{number(found[Taken.REFUSED])} geweigerd."
        )
    click.echo(
        f"{plural(sum(found[one] for one in Found), 'mail', 'mails')} gelezen: "
        f"{number(found[Found.BOUNCE])} teruggekomen, {number(found[Found.KNOWN_BOUNCE])} al "
        f"bekend, {number(found[Found.NOT_OURS])} niet van ons, "
        f"{number(found[Found.NO_REPORT])} iets anders."
    )


def _failed_lines(one: Failures) -> list[str]:
    """What ended so, and what to type to send it again."""
    command = f"flask mail again --state {one.state} --reason {quote(one.reason)}"
    return [f"{label(one.state)}, {one.words}: {number(one.count)}", f"  opnieuw: {command}"]


def _take_in(content: bytes, recipient: str) -> Found | Taken:
    office: Post = current_app.extensions["post"]
    paper = office.stationery
    box = AnswerBox(paper.answer_box, paper.secret)
    with open_work() as work:
        taken = answering.take_in(work, box, content, recipient)
        if taken is not Taken.ELSEWHERE:
            return taken
        return service.take_in(work, paper.bounce_address, paper.secret, content, recipient)


def _whole(stream: BinaryIO) -> bytes:
    """What matters of a mail; all of it is read, or who hands it over thinks that we failed."""
    content = stream.read(LONGEST_REPORT)
    while stream.read(A_BITE):
        pass
    return content


def _tell(title: str, lines: list[str]) -> None:
    click.echo(f"{title}:")
    for line in lines or ["geen"]:
        click.echo(f"  {line}")
