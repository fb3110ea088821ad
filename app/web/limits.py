"""How often one person may ask for something, wherever they are."""

from flask_limiter import RouteLimit

from app.extensions import limiter
from app.web.auth import current_actor


def per_person(rate: str, said: str, methods: list[str] | None = None) -> RouteLimit:
    """At most so often, as "10/hour"; who asks more reads `said`, and when to come back."""
    return limiter.limit(rate, key_func=_who, methods=methods, error_message=said)


def _who() -> str:
    return str(current_actor().user_id)
