"""What it takes to make a document of some words."""

from datetime import UTC, datetime
from typing import Any

MADE_AT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def facts_with(words: str) -> dict[str, Any]:
    """The facts of an agreement that says these words everywhere."""
    return {
        "title": f"Afspraken over {words[:40]}",
        "lead": words,
        "parties": [["Werkgever", words]],
        "terms": [["Uren per week", "8"], ["Leerdoel", words]],
        "points": [words, "Btw"],
        "record": words,
    }
