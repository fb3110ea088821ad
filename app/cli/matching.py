"""`flask matching ...`: comparing everything anew, how it stands, and why two fit or do not."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from app.accounts import queries as accounts
from app.cli.work import Refusal, open_work
from app.core.dutch import plural
from app.core.progress import Progress
from app.core.work import Work
from app.extensions import shelf
from app.matching import queries, service, standing
from app.matching.core.facts import OpgaveFacts, ProfileFacts, Score
from app.matching.core.fits import Hindrance, hindrance
from app.matching.core.score import FULL
from app.matching.core.words import (
    COLLEAGUE,
    details,
    points_words,
    score_sentence,
    sentence,
    what_was_said,
)
from app.matching.status import status, status_lines

matching = AppGroup("matching", help="Matches tussen profielen en opgaven.")

STEPS = {"words": "Woorden vergelijken", "matches": "Matches bijwerken"}
HINDRANCES = {
    Hindrance.OWN_GEMEENTE: "de opgave is van de eigen gemeente",
    Hindrance.NO_TIME: "er zijn niet genoeg uren in de periode van de opgave",
    Hindrance.TOO_FAR: "de plek is te ver weg, of op afstand werken past niet",
}
TOO_LITTLE = "er is te weinig van wat gevraagd wordt, of de opgave is voor een andere provincie"


@matching.command("rebuild")
def rebuild() -> None:
    """Vergelijk elk profiel opnieuw met elke open opgave, en maak een nieuwe momentopname."""
    match, is_done = service.match_everything, False
    while not is_done:
        with open_work() as work, _bar() as progress:
            is_done = match(work, shelf(), progress)
            count = queries.count(work.session)
        match = service.go_on
    click.echo(f"{plural(count, 'match', 'matches')} gevonden.")


@matching.command("status")
def show_status() -> None:
    """Hoe het met de momentopname en de matches staat."""
    with open_work() as work:
        lines = status_lines(status(work.session, shelf()), work.now)
    width = max(len(name) for name, _ in lines) + 2
    for name, value in lines:
        click.echo(f"{name + ':':<{width}}{value}")


@matching.command("explain")
@click.argument("person")
@click.argument("opgave")
def explain(person: str, opgave: str) -> None:
    """Waarom PERSON (een mailadres) past bij OPGAVE (zoals in het adres), of waarom niet."""
    with open_work() as work:
        profile, asked = _profile(work, person), _opgave(work, opgave)
        score = standing.match_of_person(work.session, profile.id, asked.id, work.today)
        lines = [_why_not(profile, asked)] if score is None else _why(score)
        lines += _disputed(profile)
    for line in lines:
        click.echo(line)


def _profile(work: Work, person: str) -> ProfileFacts:
    user = accounts.by_email(work.session, person)
    if user is None:
        raise Refusal(f"Er is geen account voor {person}.")
    for profile in queries.profile_facts(work.session, [user.id]):
        return profile
    raise Refusal(f"{person} heeft geen gepubliceerd profiel.")


def _opgave(work: Work, opgave: str) -> OpgaveFacts:
    try:
        opgave_id = UUID(opgave.rsplit("/", 1)[-1])
    except ValueError:
        raise Refusal(f"{opgave} is geen opgave. Neem het adres van de opgave.") from None
    for found in queries.opgave_facts(work.session, work.today, [opgave_id]):
        return found
    raise Refusal("Deze opgave staat niet open.")


def _why(score: Score) -> list[str]:
    reasons = (
        f"{points_words(reason):>9}  {sentence(reason, COLLEAGUE)} {details(reason, COLLEAGUE)}"
        for reason in score.reasons
    )
    total = f"Samen {score.value} van de {FULL} punten."
    return [score_sentence(score, COLLEAGUE), *reasons, total]


def _disputed(profile: ProfileFacts) -> list[str]:
    """What this person says of reasons, here and elsewhere."""
    return [f"Zei: {what_was_said(one.asked, one.offered)}." for one in profile.disputes]


def _why_not(profile: ProfileFacts, opgave: OpgaveFacts) -> str:
    found = hindrance(profile, opgave)
    return f"Past niet: {HINDRANCES[found] if found else TOO_LITTLE}."


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar per step, on the terminal of who waits."""
    with ExitStack() as bars:
        shown: dict[str, Any] = {}

        def progress(step: str, done: int, of: int) -> None:
            if step not in shown:
                bars.close()
                made = click.progressbar(length=of, label=STEPS[step], file=sys.stderr)
                shown[step] = bars.enter_context(made)
            shown[step].update(done + 1 - shown[step].pos)

        yield progress
