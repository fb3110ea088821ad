"""Note for which gemeente a role is given, so that it stays behind when its person moves."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = ("role_grant", "role_proposal")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("gemeente_code", sa.String(length=6), nullable=True))
        op.create_foreign_key(
            f"fk_{table}_gemeente_code_gemeente", table, "gemeente", ["gemeente_code"], ["code"]
        )
    op.execute(
        """UPDATE role_grant SET gemeente_code = "user".gemeente_code
           FROM "user" WHERE "user".id = user_id"""
    )
    op.execute(
        """UPDATE role_proposal SET gemeente_code = "user".gemeente_code
           FROM "user" WHERE "user".id = user_id"""
    )


def downgrade() -> None:
    # To the release before a role goes along with who moves.
    op.execute(
        """UPDATE role_grant SET ended_at = now() FROM "user"
           WHERE "user".id = user_id AND ended_at IS NULL AND role <> 'beheerder'
             AND role_grant.gemeente_code IS DISTINCT FROM "user".gemeente_code"""
    )
    op.execute(
        """UPDATE role_proposal SET state = 'lapsed', decided_at = now() FROM "user"
           WHERE "user".id = user_id AND state = 'waiting'
             AND role_proposal.gemeente_code IS DISTINCT FROM "user".gemeente_code"""
    )
    for table in reversed(TABLES):
        op.drop_constraint(f"fk_{table}_gemeente_code_gemeente", table)
        op.drop_column(table, "gemeente_code")
