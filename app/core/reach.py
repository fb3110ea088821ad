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
    return gemeente_code == actor.gemeente_code if Scope.GEMEENTE in found else false()
