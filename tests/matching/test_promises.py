"""What we promise of every stored match: it adds up, and only what it names counts."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.matching import service
from app.matching.models import Match
from app.opgaven.rules import Kind
from app.people.rules import Direction, Visibility
from tests.support.builders import (
    a_gemeente,
    a_profile,
    a_skill,
    a_user,
    an_asked_skill,
    an_opgave,
)
from tests.support.work import TODAY, make_work

LABELS = (
    "wonen",
    "zorg",
    "jeugdhulp",
    "jeugd hulp",
    "inkoop",
    "burgerzaken",
    "gebiedsgericht wonen",
)
# Pairs whose points do not add up to the value, or that miss a reason or have one too many.
WRONG = text(
    """
    SELECT count(*) FROM match
    WHERE value <> (SELECT sum((reason->>'points')::int) FROM jsonb_array_elements(reasons) reason)
       OR 100 <> (SELECT sum((reason->>'max_points')::int)
                  FROM jsonb_array_elements(reasons) reason)
       OR jsonb_array_length(reasons) <>
          (SELECT count(*) FROM asked_skill WHERE asked_skill.opgave_id = match.opgave_id)
    """
)


def test_the_points_of_ten_thousand_stored_matches_add_up(session: Session) -> None:
    pick, here, there = Random(3), a_gemeente(session), a_gemeente(session)
    for _ in range(60):
        skills = [
            a_skill(
                label,
                level=pick.randint(1, 4),
                energy=pick.randint(1, 5),
                direction=pick.choice(list(Direction)),
            )
            for label in pick.sample(LABELS, 5)
        ]
        a_profile(session, *skills, user=a_user(session, gemeente_code=here.code))
    owner = a_user(session, gemeente_code=there.code)
    for _ in range(270):
        asked = [
            an_asked_skill(label, must=pick.random() < 0.5, level=pick.randint(1, 3))
            for label in pick.sample(LABELS, pick.randint(1, 4))
        ]
        an_opgave(session, *asked, owner=owner, kind=pick.choice(list(Kind)))

    while not service.match_everything(make_work(session)):
        pass

    assert (session.scalar(select(func.count()).select_from(Match)) or 0) >= 10_000
    assert session.scalar(WRONG) == 0


def told(session: Session) -> list[Row[Any]]:
    columns = Match.profile_id, Match.opgave_id, Match.value, Match.tier, Match.reasons
    return list(session.execute(select(*columns).order_by(*columns[:2])))


# Of whom or what, which attribute, and what it becomes.
UNNAMED: tuple[tuple[str, str, object], ...] = (
    ("user", "name", "Mohammed El Idrissi"),
    ("user", "email", "x@elders.example"),
    ("profile", "function", "directeur"),
    ("profile", "headline", "zorg en inkoop"),
    ("profile", "about", "Ik ben 61. " * 50),
    ("profile", "themes", ["zorg"]),
    ("profile", "movement", ["meedenker"]),
    ("profile", "visibility", Visibility.ANONYMOUS),
    ("profile", "travel_km", 399),
    ("skill", "years", 40),
    ("skill", "evidence", "een prijs"),
    ("skill", "place", 7),
    # A part-time factor: more hours than asked are as good as just enough.
    ("window", "hours_per_week", 36),
    ("opgave", "title", "Burgerzaken gezocht"),
    ("opgave", "text", "burgerzaken " * 90),
    ("opgave", "people_needed", 9),
    ("opgave", "closes_on", TODAY + timedelta(days=3)),
)


@pytest.mark.parametrize(("of", "name", "value"), UNNAMED)
def test_what_no_reason_names_alters_no_score(
    session: Session, of: str, name: str, value: object
) -> None:
    user = a_user(session)
    profile = a_profile(session, "gebiedsgericht wonen", a_skill("zorg", level=1), user=user)
    opgave = an_opgave(session, "wonen", an_asked_skill("zorg", must=False, level=3))
    service.match_everything(make_work(session))
    before = told(session)

    parts: dict[str, object] = {
        "user": user,
        "profile": profile,
        "skill": profile.skills[0],
        "window": profile.windows[0],
        "opgave": opgave,
    }
    setattr(parts[of], name, value)
    session.flush()
    service.match_everything(make_work(session))

    assert len(before) == 1
    assert told(session) == before
