"""The last plannings of digests, in words for a beheerder."""

from sqlalchemy.orm import Session

from app.core.dutch import dutch_date, moment, plural
from app.notifications import queries
from app.notifications.models import DigestRun
from app.notifications.rules import RunState

MOST_SHOWN = 10


def run_lines(session: Session) -> list[tuple[str, str]]:
    """For which day, and what came of it; the last comes first."""
    return [(_period(run), _outcome(run)) for run in queries.last_runs(session, MOST_SHOWN)]


def _period(run: DigestRun) -> str:
    by_hand = ", met de hand" if run.is_for_everybody else ""
    return f"Voor {dutch_date(run.planned_at)}{by_hand}"


def _outcome(run: DigestRun) -> str:
    unfinished = ", nog bezig" if run.state is RunState.EXPANDING else ""
    return f"{moment(run.planned_at)}: {plural(run.planned, 'mail', 'mails')}{unfinished}"
