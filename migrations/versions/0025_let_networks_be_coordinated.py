"""Let somebody coordinate a network of gemeenten."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

TABLES = ("role_grant", "role_proposal")
OF_NETWORK = "(role = 'coordinator') = (network_id IS NOT NULL)"


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("network_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(f"fk_{table}_network_id", table, "network", ["network_id"], ["id"])
        op.create_check_constraint(op.f(f"ck_{table}_of_network"), table, OF_NETWORK)
    op.create_index("ix_role_grant_network_id", "role_grant", ["network_id"])
    op.drop_index("uq_role_grant_running", "role_grant")
    _let_run_once("user_id", "role", "network_id")


def downgrade() -> None:
    # The release before knows no such role.
    op.execute(
        """DELETE FROM delivery WHERE subject_id IN (
             SELECT id FROM role_grant WHERE role = 'coordinator'
             UNION SELECT id FROM role_proposal WHERE role = 'coordinator')"""
    )
    op.execute("DELETE FROM role_grant WHERE role = 'coordinator'")
    op.execute("DELETE FROM role_proposal WHERE role = 'coordinator'")
    op.drop_index("uq_role_grant_running", "role_grant")
    op.drop_index("ix_role_grant_network_id", "role_grant")
    for table in TABLES:
        op.drop_constraint(op.f(f"ck_{table}_of_network"), table, type_="check")
        op.drop_constraint(f"fk_{table}_network_id", table, type_="foreignkey")
        op.drop_column(table, "network_id")
    _let_run_once("user_id", "role")


def _let_run_once(*columns: str) -> None:
    op.create_index(
        "uq_role_grant_running",
        "role_grant",
        list(columns),
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
