"""`flask outbox show`: facts that wait, and how jobs stand."""

from sqlalchemy.orm import Session

from app.core import jobs
from app.core.jobs import Job, JobState
from app.gemeenten.events import GemeentenChanged
from app.vocabulary.events import VocabularyChanged
from tests.cli.conftest import Terminal
from tests.support.work import make_work


def test_nothing_waits_in_an_empty_house(flask: Terminal) -> None:
    assert flask("outbox", "show").stdout.splitlines() == [
        "Feiten die wachten:",
        "  geen",
        "Taken:",
        "  Wacht: 0",
        "  Klaar: 0",
        "  Mislukt: 0",
    ]


def test_facts_are_counted_by_name_and_failed_jobs_tell_why(
    flask: Terminal, session: Session
) -> None:
    work = make_work(session)
    work.emit(VocabularyChanged(version=work.new_id()))
    session.flush()
    jobs.relay(session, {"vocabulary.changed": ("match_everything", "other")})
    failed = session.query(Job).order_by(Job.id).first()
    assert failed is not None
    failed.state, failed.last_error = JobState.FAILED, "OperationalError"
    for code in ("GM0001", "GM0002"):
        work.emit(GemeentenChanged(gemeente_codes=(code,)))

    result = flask("outbox", "show")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "Feiten die wachten:",
        "  gemeenten.changed: 2",
        "Taken:",
        "  Wacht: 1",
        "  Klaar: 0",
        "  Mislukt: 1",
        f"  taak {failed.id}, match_everything: OperationalError",
    ]
