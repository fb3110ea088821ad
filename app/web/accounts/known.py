"""Who signed in with this browser before: a sealed list in a cookie of its own, and nowhere else.

It lets nobody in. Whoever is not on it hears by mail that they signed in with this browser.
"""

import json
from datetime import timedelta
from uuid import UUID

from flask import current_app, request
from werkzeug.wrappers import Response

from app.sealing import Seal

# As long as browsers keep anything.
KNOWN_FOR = timedelta(days=400)
# On a computer that colleagues share; the newest come first.
MOST_KNOWN = 5


def known_here() -> list[UUID]:
    """Nobody when there is no list of ours."""
    opened = _seal().open(request.cookies.get(_cookie(), ""))
    return [UUID(one) for one in json.loads(opened)] if opened else []


def keep_known(answer: Response, user_id: UUID) -> Response:
    """Let this browser know that person from now on."""
    others = [one for one in known_here() if one != user_id]
    listed = [str(one) for one in [user_id, *others][:MOST_KNOWN]]
    config = current_app.config
    answer.set_cookie(
        _cookie(),
        _seal().close(json.dumps(listed)),
        max_age=KNOWN_FOR,
        secure=config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _seal() -> Seal:
    return Seal(current_app.extensions["settings"], "known browser")
