"""Rows that hold today, whenever the tests run: real processes look at the real clock."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import SYSTEM
from app.core.clock import dutch_day, utc_now
from app.core.work import Work
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.models import Profile
from tests.support.builders import a_profile, an_opgave
from tests.support.work import make_work


def work_now(session: Session, actor: User | None = None) -> Work:
    return make_work(session, actor or SYSTEM, utc_now())


def a_living_profile(session: Session, *skills: str, **changed: Any) -> Profile:
    profile = a_profile(session, *skills, **{**_moments(), **changed})
    profile.windows[0].starts_on = today()
    return profile


def a_living_opgave(session: Session, *skills: str, **changed: Any) -> Opgave:
    """A concept that can be published as it is."""
    day = today()
    fields = {
        "status": OpgaveStatus.CONCEPT,
        "created_at": utc_now(),
        "changed_at": utc_now(),
        "published_at": None,
        "starts_on": day + timedelta(days=30),
        "ends_on": day + timedelta(days=120),
        "closes_on": day + timedelta(days=20),
    }
    return an_opgave(session, *skills, **{**fields, **changed})


def today() -> date:
    return dutch_day(utc_now())


def _moments() -> dict[str, datetime]:
    return {"changed_at": utc_now(), "published_at": utc_now()}
