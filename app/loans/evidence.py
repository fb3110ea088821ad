"""Of which opgave evidence on a profile tells, as far as who looks at it may read that opgave."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.loans.models import Loan
from app.opgaven import queries as opgaven
from app.people.models import Evidence
from app.people.visibility import SeenProfile


def with_titles(session: Session, viewer: Actor, seen: SeenProfile) -> SeenProfile:
    """A profile tells no titles of itself: it does not know who may read which opgave."""
    asked = [one.evidence_id for one in seen.confirmed]
    rows = session.execute(
        select(Evidence.id, Evidence.opgave_title, Loan.opgave_id)
        .join(Loan, Loan.id == Evidence.source_id)
        .where(Evidence.id.in_(asked))
    ).all()
    readable = opgaven.seen_opgaven(session, viewer, [row.opgave_id for row in rows])
    titles = {row.id: row.opgave_title for row in rows if row.opgave_id in readable}
    confirmed = (
        replace(one, opgave_title=titles.get(one.evidence_id, "")) for one in seen.confirmed
    )
    return replace(seen, confirmed=tuple(confirmed))
