"""Everybody who is published, read by column and never as objects.

A profile goes by its number: its place in the order of the ids. Whoever published between two
statements has none yet; their change comes after.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.copying import CODE, ID, Array, read_rows
from app.matching.core.arrays import Name, OfferRows, ProfileRows, WindowRows
from app.matching.core.disputes import not_for
from app.matching.core.facts import Disputed
from app.matching.core.numbering import numbers_of
from app.matching.core.vocabulary import Vocabulary

PROFILES = """
SELECT user_id, rpad(gemeente_code, 6), travel_km::integer, remote::integer
FROM profile JOIN "user" ON "user".id = user_id
WHERE state = 'published' ORDER BY user_id
"""
# Days as ordinals; without an end it is the last day there is.
WINDOWS = """
SELECT user_id, hours_per_week, starts_on - DATE '0001-01-01' + 1,
       coalesce(ends_on, DATE '9999-12-31') - DATE '0001-01-01' + 1
FROM availability_window JOIN profile USING (user_id)
WHERE state = 'published'
"""
# A row per word: a word is read once, however many have it.
OFFERS = """
SELECT label, string_agg(uuid_send(user_id) || int2send(level) || int2send(energy)
                         || int2send((direction = 'wants')::integer::smallint), ''::bytea)
FROM skill JOIN profile USING (user_id)
WHERE state = 'published' GROUP BY label
"""
OFFER = np.dtype([("id", ID), ("level", ">i2"), ("energy", ">i2"), ("wants", ">i2")])


def profile_rows(session: Session, codes: Sequence[str]) -> tuple[Array, ProfileRows]:
    """Their ids in order, and what they are; `codes` are those of the gemeenten in order."""
    rows = read_rows(session, PROFILES, id=ID, code=CODE, travel_km="i4", is_remote="i4")
    ids = np.frombuffer(rows["id"].tobytes(), dtype=np.uint8).reshape(-1, 16)
    gemeente = np.searchsorted(np.array(codes, dtype=CODE), rows["code"])
    return ids, ProfileRows(gemeente, rows["travel_km"], rows["is_remote"])


def window_rows(session: Session, ids: Array) -> WindowRows:
    rows = read_rows(session, WINDOWS, id=ID, hours="i2", first="i4", last="i4")
    profile = numbers_of(ids, rows["id"])
    known = rows[profile >= 0]
    return WindowRows(profile[profile >= 0], known["hours"], known["first"], known["last"])


def offer_rows(
    session: Session, ids: Array, said: Mapping[int, Sequence[Disputed]], vocabulary: Vocabulary
) -> tuple[OfferRows, list[Name]]:
    """The skills, and the names to which they point; `said` is what numbers dispute."""
    found = session.execute(text(OFFERS)).all()
    labels = [label for label, _ in found]
    rows = np.frombuffer(b"".join(packed for _, packed in found), dtype=OFFER)
    label = np.repeat(np.arange(len(found)), [len(packed) // OFFER.itemsize for _, packed in found])
    profile = numbers_of(ids, rows["id"])
    is_known = profile >= 0
    rows, label, profile = rows[is_known], label[is_known], profile[is_known]
    names = {Name(one): number for number, one in enumerate(labels)}
    for row in np.flatnonzero(np.isin(profile, list(said))).tolist():
        disputed = not_for(labels[label[row]], said[int(profile[row])], vocabulary)
        name = Name(labels[label[row]], disputed)
        label[row] = names.setdefault(name, len(names))
    level, energy, wants = (rows[name].astype(np.int32) for name in ("level", "energy", "wants"))
    return OfferRows(profile, label, level, energy, wants), list(names)
