"""Let a coordinator be proposed for one network while a proposal for another waits."""

from alembic import op

revision = "0032"
down_revision = "0031"

NAME, TABLE, WAITING = "uq_role_proposal_waiting", "role_proposal", "state = 'waiting'"
# Of what waits for one person the release before knows one a role: that of longest ago.
ALL_BUT_ONE = """
UPDATE role_proposal later SET state = 'lapsed', decided_at = now()
FROM role_proposal earlier
WHERE later.state = 'waiting' AND earlier.state = 'waiting'
  AND (earlier.user_id, earlier.role) = (later.user_id, later.role)
  AND (earlier.proposed_at, earlier.id) < (later.proposed_at, later.id)
"""


def upgrade() -> None:
    # No moment is without one of the two; the table holds what two people say to each other.
    op.create_index(
        "uq_role_proposal_waiting_in",
        TABLE,
        ["user_id", "role", "network_id"],
        unique=True,
        postgresql_where=WAITING,
        postgresql_nulls_not_distinct=True,
    )
    op.drop_index(NAME, TABLE)
    op.execute(f"ALTER INDEX uq_role_proposal_waiting_in RENAME TO {NAME}")


def downgrade() -> None:
    op.execute(ALL_BUT_ONE)
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["user_id", "role"], unique=True, postgresql_where=WAITING)
