"""People on pages that name them: by another id than the one in the address of their profile.

Somebody who hides their name shows a profile at its own address. A page with names beside those
addresses would tell whose it is.
"""

from uuid import UUID

from flask import current_app

from app.core.errors import NotFound
from app.sealing import Alias


def alias_of(user_id: UUID) -> str:
    return _alias().of(user_id)


def person_behind(alias: str | None) -> UUID | None:
    """Who it stands for; None when no page of ours said it."""
    return _alias().id_of(alias or "")


def known_person(alias: str) -> UUID:
    """As above; `NotFound` when it stands for nobody."""
    found = person_behind(alias)
    if found is None:
        raise NotFound("an alias that is not ours")
    return found


def _alias() -> Alias:
    return Alias(current_app.extensions["settings"], "person")
