"""`flask digest ...`: sending digests now, and seeing one without sending it."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import queries as accounts
from app.accounts.models import User
from app.cli.work import Refusal, open_work
from app.core.clock import dutch_day, utc_now
from app.core.dutch import plural, weekday_date
from app.core.work import Work
from app.notifications import failures, queries, service
from app.notifications.rules import Channel, Due, Frequency, digest_due, due_on
from app.notifications.service import Stationery, health
from app.post import Post

digest = AppGroup("digest", help="Overzichten per mail.")


@digest.command("send")
@click.option("--now", "at_once", is_flag=True, help="Wacht niet op de dag en het uur.")
def send(*, at_once: bool) -> None:
    """Zet de overzichten klaar die nu weg mogen; de werker verstuurt ze."""
    due = _due_now() if at_once else digest_due(utc_now())
    if due is None:
        raise Refusal("Het is nu geen tijd voor overzichten. Gebruik --now om niet te wachten.")
    count, is_done = 0, False
    while not is_done:
        with open_work() as work:
            turn = service.plan_digests(work, due, everybody=at_once)
        count, is_done = count + turn.planned, turn.is_last
    click.echo(f"{plural(count, 'overzicht staat', 'overzichten staan')} klaar om te versturen.")


def _due_now() -> Due:
    """A period of its own: what was sent this morning does not stand in the way."""
    now = utc_now()
    return Due(f"now-{now:%Y%m%dT%H%M%S}", due_on(dutch_day(now)).weekday)


@digest.command("preview")
@click.argument("email")
def preview(email: str) -> None:
    """Laat het volgende overzicht van iemand zien; er gaat niets weg."""
    post: Post = current_app.extensions["post"]
    with open_work() as work:
        user = accounts.by_email(work.session, email)
        if user is None:
            raise Refusal(f"{email} heeft geen account.")
        rendered = service.preview_digest(work, post.stationery, user.id)
        why_not = _why_not(work, post.stationery, user)
    if why_not:
        click.echo(f"Gaat niet weg: {why_not}.")
    if rendered is None:
        click.echo("Er is niets nieuws te vertellen, dus er gaat geen mail.")
    else:
        click.echo(f"Onderwerp: {rendered.subject}\n\n{rendered.text}")


def _why_not(work: Work, paper: Stationery, user: User) -> str:
    """Why this person gets no digest at all now, whatever is new; or nothing."""
    frequency, _ = queries.preference_of(work.session, user.id)
    if frequency is Frequency.NEVER:
        return "wil nooit een overzicht"
    until = queries.paused_until(work.session, user.id, work.today)
    if until:
        return f"pauze tot {weekday_date(until)}"
    rests = health.resting(work.session, user.email, health.hash_of(user.email, paper.secret))
    if rests:
        return f"mail naar dit adres komt niet aan. {failures.reason_words(rests)}"
    roads = queries.channels(work.session, user.id)
    families = queries.families_of(work.session, user.id)
    if all(roads[family] is Channel.INBOX for family in families):
        return "wil alles alleen bij Meldingen lezen"
    return ""
