"""What somebody wrote, as one text to judge and to keep with a report.

Only what people type: what they choose from a list of ours says nothing that anybody could mind.
"""

from app.opgaven.models import Opgave
from app.people.visibility import SeenProfile, SeenSkill


def opgave_text(opgave: Opgave) -> str:
    skills = ", ".join(skill.label for skill in opgave.skills)
    asked = f"Gevraagd: {skills}" if skills else ""
    return _apart(opgave.title, opgave.text, asked, opgave.in_return, opgave.atelier)


def profile_text(seen: SeenProfile) -> str:
    """Without the titles of opgaven of which something was confirmed: others wrote those."""
    skills = "\n".join(map(_skill, seen.skills))
    confirmed = "\n".join(
        f"Bevestigd door gemeente {one.gemeente_name}: {one.label}" for one in seen.confirmed
    )
    return _apart(seen.function, seen.headline, seen.about, skills, confirmed)


def _skill(skill: SeenSkill) -> str:
    return ": ".join(filter(None, (skill.label, skill.evidence)))


def _apart(*parts: str) -> str:
    return "\n\n".join(filter(None, parts))
