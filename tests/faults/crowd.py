"""Many people with a digest that is to go, as copies of one who was made with care."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.core.clock import utc_now
from app.matching import service as matching
from app.notifications import service
from app.notifications.models import Delivery
from app.opgaven.rules import OpgaveStatus
from tests.notifications.builders import a_delivery
from tests.support.alive import a_living_opgave, a_living_profile, work_now
from tests.support.builders import a_user

# A row like that of the first, with other values for what must differ.
COPY = """
INSERT INTO "{table}"
SELECT copied.*
FROM generate_series(2, :count) AS number,
     LATERAL jsonb_populate_record(
         NULL::"{table}",
         (SELECT to_jsonb(one) FROM "{table}" one WHERE {column} = :first)
             || jsonb_build_object({differs})
     ) AS copied
"""
OWN = "md5('crowd' || number)::uuid"
FRESH = "gen_random_uuid()"
# Per table the column of the person, and what differs per copy.
TABLES = {
    "user": ("id", f"'id', {OWN}, 'email', 'collega' || number || '@gemeente.example'"),
    "profile": ("user_id", f"'user_id', {OWN}"),
    "match": ("profile_id", f"'id', {FRESH}, 'profile_id', {OWN}"),
    "notice": ("user_id", f"'id', {FRESH}, 'user_id', {OWN}"),
    "delivery": (
        "user_id",
        f"'id', {FRESH}, 'user_id', {OWN}, 'subject_id', {OWN}, 'dedupe_key', {FRESH}",
    ),
}


def address(number: int) -> str:
    return f"collega{number}@gemeente.example"


def a_crowd(session: Session, count: int) -> Delivery:
    """So many people, who all have the same news; the mail of the first of them."""
    person, owner = a_user(session, email=address(1)), a_user(session, Role.OPGAVEHOUDER)
    a_living_profile(session, "verkeerskunde", user=person)
    opgave = a_living_opgave(
        session,
        "verkeerskunde",
        owner=owner,
        status=OpgaveStatus.OPEN,
        published_at=utc_now(),
    )
    matching.match_opgave(work_now(session), opgave.id)
    service.tell_matches(work_now(session), opgave.id, [person.id])
    first = a_delivery(session, person, news_until=work_now(session).now)
    session.flush()
    for table, (column, differs) in TABLES.items():
        statement = COPY.format(table=table, column=column, differs=differs)
        session.execute(text(statement), {"count": count, "first": person.id})
    session.commit()
    return first
