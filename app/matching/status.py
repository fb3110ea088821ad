"""How matching stands, in words for who looks after the system."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.dutch import how_long, moment, number, plural
from app.matching import queries
from app.matching.models import Build, Change
from app.matching.shelf import Shelf
from app.vocabulary import queries as vocabulary

BUILDS_SHOWN = 5
PARTS = {
    "read": "lezen",
    "words": "woorden",
    "similar": "vergelijken",
    "index": "ordenen",
    "write": "bewaren",
}


@dataclass(frozen=True)
class Status:
    """The snapshot that is read and those before it, and what is other by now."""

    built_at: datetime | None
    has_these_words: bool
    builds: list[Build]
    changes: int
    oldest_change: datetime | None
    matches: int


def status(session: Session, shelf: Shelf) -> Status:
    country = shelf.newest()
    changes, oldest = session.execute(select(func.count(), func.min(Change.changed_at))).one()
    builds = select(Build).order_by(Build.began_at.desc(), Build.version).limit(BUILDS_SHOWN)
    words = str(vocabulary.version(session))
    return Status(
        built_at=datetime.fromisoformat(country.manifest.built_at) if country else None,
        has_these_words=country is not None and country.manifest.words == words,
        builds=list(session.scalars(builds)),
        changes=changes,
        oldest_change=oldest,
        matches=queries.count(session),
    )


def status_lines(found: Status, now: datetime) -> list[tuple[str, str]]:
    """What it is about, and how that stands."""
    waited = f", de oudste {how_long(now - found.oldest_change)}" if found.oldest_change else ""
    last = [
        line
        for build in found.builds[:1]
        for line in (
            ("Wat erin staat", _size_words(build)),
            ("Zo lang duurde het maken", seconds_words(build)),
        )
    ]
    return [
        ("Momentopname", _snapshot_words(found)),
        *last,
        ("Veranderingen sindsdien", f"{number(found.changes)}{waited}"),
        ("Bewaarde matches", number(found.matches)),
    ]


def seconds_words(build: Build) -> str:
    """In all, and each part in the order in which it was done."""
    seconds: dict[str, float] = build.seconds
    parts = ", ".join(
        f"{PARTS[part]} {_seconds(seconds[part])}" for part in PARTS if part in seconds
    )
    return f"{_seconds(sum(seconds.values()))} seconden ({parts})"


def _snapshot_words(found: Status) -> str:
    if found.built_at is None:
        return "er is er geen die we kunnen lezen"
    made = moment(found.built_at)
    return made if found.has_these_words else f"{made}, met woorden die intussen veranderd zijn"


def _size_words(build: Build) -> str:
    return (
        f"{plural(build.profiles, 'profiel', 'profielen')}, "
        f"{plural(build.opgaven, 'opgave', 'opgaven')}, "
        f"{plural(build.terms, 'woord', 'woorden')}, "
        f"{plural(build.pairs, 'paar verwante woorden', 'paren verwante woorden')}"
    )


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",")
