"""Tell gemeentebeheerders of the urenbank, search what was done, and put back what was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.DateTime(timezone=True)
ONE_THING = "num_nonnulls(opgave_id, gemeente_code) = 1"

# As `audit_read`, and by people and by days.
SEARCH = """
CREATE FUNCTION audit_search(
  people uuid[], code text, before bigint, deeds text[], since timestamptz, until timestamptz,
  most integer
) RETURNS SETOF audit_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM audit_entry
  WHERE place IS NOT NULL
    AND (people IS NULL OR person_id = ANY (people) OR actor_id = ANY (people))
    AND (code IS NULL OR gemeente_code = code)
    AND (before IS NULL OR place < before)
    AND (deeds IS NULL OR deed = ANY (deeds))
    AND (since IS NULL OR done_at >= since)
    AND (until IS NULL OR done_at < until)
  ORDER BY place DESC
  LIMIT least(most, 101)
$$
"""


def upgrade() -> None:
    op.execute(SEARCH)
    # The release before says nothing of these while this one comes up.
    op.add_column("report", sa.Column("named", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "profile",
        sa.Column("comes_back", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column("loan", sa.Column("held_up_at", MOMENT, nullable=True))
    op.alter_column("notice", "opgave_id", existing_type=sa.Uuid(), nullable=True)
    op.add_column("notice", sa.Column("gemeente_code", sa.String(6), nullable=True))
    op.add_column("notice", sa.Column("year", sa.SmallInteger(), nullable=True))
    # Looked at while the release before goes on writing: what it writes is about an opgave.
    op.execute(
        "ALTER TABLE notice ADD CONSTRAINT fk_notice_gemeente_code"
        " FOREIGN KEY (gemeente_code) REFERENCES gemeente (code) NOT VALID"
    )
    op.execute(
        f"ALTER TABLE notice ADD CONSTRAINT ck_notice_about_one_thing CHECK ({ONE_THING}) NOT VALID"
    )
    op.execute("ALTER TABLE notice VALIDATE CONSTRAINT fk_notice_gemeente_code")
    op.execute("ALTER TABLE notice VALIDATE CONSTRAINT ck_notice_about_one_thing")


def downgrade() -> None:
    # The release before knows no other notices than of an opgave.
    op.execute("DELETE FROM delivery WHERE kind = 'urenbank'")
    op.execute("DELETE FROM channel_choice WHERE family = 'urenbank'")
    op.execute("DELETE FROM notice WHERE opgave_id IS NULL")
    op.drop_constraint("about_one_thing", "notice", type_="check")
    op.drop_constraint("fk_notice_gemeente_code", "notice", type_="foreignkey")
    op.drop_column("notice", "year")
    op.drop_column("notice", "gemeente_code")
    op.alter_column("notice", "opgave_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_column("loan", "held_up_at")
    op.execute(
        "DROP FUNCTION audit_search"
        "(uuid[], text, bigint, text[], timestamptz, timestamptz, integer)"
    )
    # A word that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM notice WHERE kind = 'invitation_taken_back'")
    op.drop_column("profile", "comes_back")
    op.drop_column("report", "named")
