"""The numbers of many ids at once."""

import numpy as np

from app.matching.core.arrays import Array


def numbers_of(ids: Array, wanted: Array) -> Array:
    """Per wanted id its place in a list that stands in order, or -1; each of sixteen bytes."""
    known, asked = _comparable(ids), _comparable(wanted)
    if not len(known):
        return np.full(len(asked), -1)
    places: Array = known.searchsorted(asked)
    # Who would come after the last one is compared with that one, and is another.
    is_there = known.take(places, mode="clip") == asked
    return np.where(is_there, places, -1)


def _comparable(ids: Array) -> Array:
    """In the order of their bytes, which is that of the database."""
    comparable: Array = np.ascontiguousarray(ids).view("S16").reshape(-1)
    return comparable
