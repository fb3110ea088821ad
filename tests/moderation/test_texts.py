"""One text of what somebody wrote."""

from datetime import date
from uuid import UUID

from app.moderation.texts import opgave_text, profile_text
from app.opgaven.models import AskedSkill, Opgave
from app.people.rules import Direction
from app.people.visibility import SeenEvidence, SeenProfile, SeenSkill

NOBODY = UUID(int=0)


def test_of_an_opgave_every_part_that_is_typed_is_there() -> None:
    opgave = Opgave(
        title="Een plein", text="Help ons.", in_return="Koffie", atelier="Het dok", skills=[]
    )
    opgave.skills = [AskedSkill(label="Verkeer"), AskedSkill(label="Groen")]

    assert opgave_text(opgave) == (
        "Een plein\n\nHelp ons.\n\nGevraagd: Verkeer, Groen\n\nKoffie\n\nHet dok"
    )


def test_of_a_profile_skills_and_what_was_confirmed_are_there_without_a_title() -> None:
    seen = SeenProfile(
        user_id=NOBODY,
        region="Utrecht",
        themes=(),
        movement=(),
        skills=(
            SeenSkill("Verkeer", 2, 3, Direction.CAN, evidence="Ik ken iemand"),
            SeenSkill("Groen", 2, 3, Direction.CAN),
        ),
        hours_band="",
        function="Adviseur",
        about="Bel me.",
        confirmed=(SeenEvidence(NOBODY, "Inkoop", "Urk", date(2026, 3, 1), opgave_title="Geheim"),),
    )

    assert profile_text(seen) == (
        "Adviseur\n\nBel me.\n\nVerkeer: Ik ken iemand\nGroen\n\n"
        "Bevestigd door gemeente Urk: Inkoop"
    )
