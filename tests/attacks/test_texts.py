"""Text that would be more than text: links, signs of a search, many names for one skill."""

import re
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.matching.core.facts import ProfileFacts, Score
from app.matching.core.rank import rank
from app.matching.core.score import score
from tests.matching.core.builders import a_profile as profile_facts
from tests.matching.core.builders import an_opgave as opgave_facts
from tests.matching.core.builders import asked, offered, starter_vocabulary
from tests.support.builders import a_concept, a_profile, a_user, an_opgave
from tests.support.pages import text_of
from tests.support.web import sign_in

LINKS = (
    "https://evil.example www.evil.example evil.example/x mailto:a@evil.example //evil.example "
    "[klik](https://evil.example) <a href='https://evil.example'>hier</a> "
    "<https://evil.example> [url=https://evil.example]x[/url]"
)
LEADS_THERE = re.compile(r"<(?:a|form|area|link|img|script)\b[^>]*evil")
# What a pattern of the database or of a language would read as a sign.
SIGNS = ["%", "_", "\\", "%%", "_____", "a_b", ".*", "^", "$", "?", "[a-z]", "(", "|", ":*"]
SPELLINGS = (
    "ruimtelijke ordening",
    "RO",
    "Ruimtelijke Ordening",
    "ruimtelijke-ordening",
    "ruimtelijke ordenning",
    "ruimtelijk ordening",
)


def test_s52_a_link_in_a_text_is_text(client: FlaskClient, session: Session) -> None:
    profile = a_profile(session, about=LINKS, headline=LINKS[:100], function=LINKS[:70])
    opgave = an_opgave(session, title=LINKS[:100], text=LINKS, in_return=LINKS)
    sign_in(client, session, a_user(session))

    for path in (f"/collegas/{profile.user_id}", "/collegas", f"/opgaven/{opgave.id}", "/opgaven"):
        page = client.get(path)
        assert "https://evil.example www.evil.example" in text_of(page)
        assert LEADS_THERE.findall(page.text) == []


@pytest.mark.parametrize("signs", SIGNS)
def test_s49_a_sign_of_a_pattern_finds_nothing_that_does_not_hold_it(
    client: FlaskClient, session: Session, signs: str
) -> None:
    a_profile(session, "Inkoop", headline="Graag gezien", about="Van alles")
    an_opgave(session, "Inkoop", title="Een vreemd plan", text="Er is werk.")
    a_concept(session, "Een vreemd begrip")
    sign_in(client, session, a_user(session))

    for path, shown in {
        "/collegas": "Graag gezien",
        "/opgaven": "Een vreemd plan",
        "/begrippen": "Een vreemd begrip",
    }.items():
        assert shown not in text_of(client.get(path, query_string={"q": signs})), path


def test_s69_one_skill_in_six_spellings_brings_nobody_further() -> None:
    words = starter_vocabulary()
    opgave = opgave_facts(asked("ruimtelijke ordening"), asked("inkoop", must=False))

    def scored(profile: ProfileFacts) -> Score:
        found = score(profile, opgave, words)
        assert found is not None
        return found

    def ranked(stuffed: ProfileFacts) -> list[UUID]:
        crowd = [
            profile_facts(offered("RO", 1 + number % 4), id=UUID(int=100 + number))
            for number in range(20)
        ]
        return [found.profile_id for found in rank(map(scored, [stuffed, *crowd]))]

    own = UUID(int=7)
    for level in (1, 2, 3, 4):
        once = [profile_facts(offered(one, level), id=own) for one in SPELLINGS]
        six = profile_facts(*(offered(one, level) for one in SPELLINGS), id=own)

        assert scored(six).value == max(scored(one).value for one in once)
        assert ranked(six).index(own) >= ranked(once[0]).index(own) - 1
