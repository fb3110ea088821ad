"""Whether an opgave is taken up elsewhere too: opgaven of other gemeenten that are the same.

The newest snapshot has what was written of every opgave; what changed since is read anew. Without
a snapshot the last that came out are compared, as many as can be read while somebody waits.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.matching import queries
from app.matching.core.proposals import names_of
from app.matching.core.same import SAME, SURE, Read, Written, likeness, read, reasons
from app.matching.shelf import Shelf
from app.matching.standing import standing
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.queries import SeenOpgave

# The best few are shown to who writes, while they type.
MOST_SHOWN = 5
# Nobody reads further down a page.
MOST_LISTED = 50
MOST_READ_AT_ONCE = 500
# What the reader may not read is passed over; so many are looked at in one question.
LOOKED_AT = 20


@dataclass(frozen=True)
class Elsewhere:
    """An opgave of another gemeente that is the same, how much so (0 to 1), and why."""

    seen: SeenOpgave
    value: float
    reasons: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether its gemeente may be said to work on the same."""
        return self.value >= SURE


def written_of(opgave: Opgave) -> Written:
    return Written(opgave.title, opgave.text, tuple(skill.label for skill in opgave.skills))


def elsewhere(
    session: Session,
    reader: Actor,
    shelf: Shelf,
    written: Written,
    today: date,
    *,
    home: str | None,
    most: int = MOST_SHOWN,
) -> list[Elsewhere]:
    """The opgaven that are the same and that the reader may read, most of all first.

    Those of the `home` gemeente are left out: there people find each other.
    """
    if not (written.title or written.text):
        return []
    vocabulary = queries.vocabulary(session)
    names = names_of(vocabulary)
    found = _found(session, shelf, read([written]), today)
    return [
        Elsewhere(seen, value, reasons(written, written_of(seen.opgave), vocabulary, names))
        for seen, value in islice(_seen(session, reader, found, home), most)
    ]


def _found(session: Session, shelf: Shelf, wanted: Read, today: date) -> list[tuple[UUID, float]]:
    now = standing(session, today, shelf)
    if now.country is None:
        known, fresh = [], opgaven.newest_out(session, MOST_READ_AT_ONCE)
    else:
        known, fresh = now.country.same_as(wanted, now.opgaven), list(now.opgaven)
    return sorted([*known, *_compared(session, wanted, fresh)], key=lambda one: (-one[1], one[0]))


def _compared(
    session: Session, wanted: Read, opgave_ids: Collection[UUID]
) -> Iterator[tuple[UUID, float]]:
    texts = queries.writings(session, opgave_ids) if opgave_ids else {}
    if texts:
        values = likeness(wanted, read(list(texts.values()))).tolist()
        yield from ((one, value) for one, value in zip(texts, values, strict=True) if value >= SAME)


def _seen(
    session: Session, reader: Actor, found: Iterable[tuple[UUID, float]], home: str | None
) -> Iterator[tuple[SeenOpgave, float]]:
    following = iter(found)
    while batch := list(islice(following, LOOKED_AT)):
        seen = opgaven.seen_opgaven(session, reader, [opgave_id for opgave_id, _ in batch])
        for opgave_id, value in batch:
            if opgave_id in seen and seen[opgave_id].gemeente.code != home:
                yield seen[opgave_id], value
