"""In a query: the rows of the gemeenten in which somebody has a right."""

from sqlalchemy import ColumnElement, SQLColumnExpression, false, true

from app.core.actor import Actor
from app.core.rights import Right, Scope, scopes


def within(
    actor: Actor, right: Right, gemeente_code: SQLColumnExpression[str]
) -> ColumnElement[bool]:
    """As `may_in`, for all rows at once."""
    found = scopes(actor, right)
    if Scope.ALL in found:
        return true()
    codes = set(actor.network_codes) if Scope.NETWORK in found else set()
    if Scope.GEMEENTE in found and actor.gemeente_code is not None:
        codes.add(actor.gemeente_code)
    return gemeente_code.in_(codes) if codes else false()
