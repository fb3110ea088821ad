"""What the database lets the application do: with rows everything, with the log of deeds adding.

Tables belong to who runs the migrations. The application signs in as somebody else, who owns
nothing: whoever breaks in through a page cannot drop a table or rewrite what was done.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

# Read by functions that give a page at a time; written by their triggers.
CLOSED = ("audit_entry", "audit_link", "alembic_version")


def prepare(session: Session, role: str) -> None:
    """Make the role if it is not there, and give it what the application needs; anew after each
    migration. Needs the owner of the tables, and to make a role the right to do that.
    """
    name = session.connection().dialect.identifier_preparer.quote(role)
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
    if not session.scalar(known, {"role": role}):
        # nosemgrep: sql-of-values (quoted above; a name cannot be a parameter)
        session.execute(text(f"CREATE ROLE {name} LOGIN"))
    for statement in _grants(name):
        session.execute(text(statement))


def _grants(name: str) -> list[str]:
    closed = ", ".join(CLOSED)
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE ALL ON {closed} FROM {name}",
        f"GRANT INSERT ON audit_entry TO {name}",
        f"GRANT SELECT ON alembic_version TO {name}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {name}",
    ]
