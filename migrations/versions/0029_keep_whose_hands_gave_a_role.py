"""Keep whose hands gave a role, also when those people are gone, and the same of prolonging it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

PEOPLE = ("prolonged_by", "prolonging_confirmed_by")
# The log knows who acted at that moment, and whether it was to confirm what another proposed; what
# stands in the row is gone with those people. Of what is in no log it is not said that an operator
# gave it, as nobody knows.
OF_BEFORE = """
UPDATE role_grant SET hands = CASE
  WHEN role_grant.confirmed_by IS NOT NULL THEN 'two'
  WHEN logged.id IS NULL THEN 'one'
  WHEN logged.actor_id IS NULL THEN CASE WHEN is_second THEN 'with_operator' ELSE 'operator' END
  ELSE CASE WHEN is_second THEN 'two' ELSE 'one' END
END
FROM role_grant one
LEFT JOIN LATERAL (
  SELECT id, actor_id, EXISTS (
    SELECT FROM audit_entry confirmed WHERE confirmed.person_id = one.user_id
      AND confirmed.deed = 'role.confirmed' AND confirmed.done_at = one.granted_at
  ) AS is_second
  FROM audit_entry WHERE person_id = one.user_id AND deed = 'role.given.' || one.role
    AND done_at = one.granted_at
  ORDER BY place LIMIT 1
) logged ON true
WHERE one.id = role_grant.id
"""


def upgrade() -> None:
    word = sa.String(length=40)
    op.add_column("role_grant", sa.Column("hands", word, nullable=True))
    op.add_column(
        "role_grant", sa.Column("prolonged_at", sa.DateTime(timezone=True), nullable=True)
    )
    for name in PEOPLE:
        op.add_column("role_grant", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(
            f"fk_role_grant_{name}", "role_grant", "user", [name], ["id"], ondelete="SET NULL"
        )
    op.add_column(
        "role_grant",
        sa.Column("prolonging_reason", sa.Text(), server_default="", nullable=False),
    )
    op.add_column("role_grant", sa.Column("prolonging_hands", word, nullable=True))
    op.execute(OF_BEFORE)


def downgrade() -> None:
    for name in PEOPLE:
        op.drop_constraint(f"fk_role_grant_{name}", "role_grant")
    for name in ("prolonging_hands", "prolonging_reason", *PEOPLE, "prolonged_at", "hands"):
        op.drop_column("role_grant", name)
