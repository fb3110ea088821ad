"""How long each group of workers has been silent."""

from collections.abc import Mapping

from devtools.services import plain_url

PATIENCE = 2
SILENCES = """SELECT "group", extract(epoch FROM clock_timestamp() - beaten_at)::float
    FROM worker_heartbeat"""


def silences(database_url: str) -> Mapping[str, float] | None:
    """Seconds per group that ever beat; None when the database cannot say."""
    import psycopg  # noqa: PLC0415  (a slow import that only the house that is up needs)

    try:
        with psycopg.connect(plain_url(database_url), connect_timeout=PATIENCE) as connection:
            return dict(connection.execute(SILENCES).fetchall())
    except psycopg.Error:
        return None
