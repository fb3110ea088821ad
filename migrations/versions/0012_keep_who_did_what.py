"""Keep who did what, in a chain of rows that nobody changes unseen."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)
PLAIN = ("deed", "subject", "subject_id", "gemeente_code", "request_id")
WORD = sa.String(60)

# Runs when a transaction commits, so that the one lock of the chain is held no longer than that.
# It runs with the rights of who made it: those who add rows can neither read nor change them.
CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  behind audit_link%ROWTYPE;
  moment timestamptz;
  made bytea;
BEGIN
  SELECT * INTO STRICT behind FROM audit_link WHERE name = 'head' FOR UPDATE;
  moment := clock_timestamp();
  made := sha256(convert_to(concat_ws(
    chr(31),
    encode(behind.hash, 'hex'),
    (behind.place + 1)::text,
    NEW.id::text,
    (extract(epoch FROM NEW.done_at) * 1000000)::bigint::text,
    (extract(epoch FROM moment) * 1000000)::bigint::text,
    coalesce(NEW.actor_id::text, ''),
    NEW.gemeente_code,
    NEW.deed,
    NEW.subject,
    NEW.subject_id,
    coalesce(NEW.person_id::text, ''),
    NEW.request_id
  ), 'UTF8'));
  UPDATE audit_entry SET place = behind.place + 1, written_at = moment, hash = made
  WHERE id = NEW.id;
  UPDATE audit_link SET place = behind.place + 1, hash = made WHERE name = 'head';
  RETURN NULL;
END $$
"""
# Nobody chooses a place for their own row.
LOOSE = """
CREATE FUNCTION audit_loose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.place := NULL;
  NEW.written_at := NULL;
  NEW.hash := NULL;
  RETURN NEW;
END $$
"""
# Who may add rows but not read them reads a page at a time, of one person or one gemeente, or all.
READ = """
CREATE FUNCTION audit_read(
  about uuid, by_whom uuid, code text, before bigint, deeds text[], most integer
) RETURNS SETOF audit_entry
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM audit_entry
  WHERE place IS NOT NULL
    AND ((about IS NULL AND by_whom IS NULL) OR person_id = about OR actor_id = by_whom)
    AND (code IS NULL OR gemeente_code = code)
    AND (before IS NULL OR place < before)
    AND (deeds IS NULL OR deed = ANY (deeds))
  ORDER BY place DESC
  LIMIT least(most, 101)
$$
"""


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("gemeente_code", WORD, nullable=False),
        sa.Column("deed", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("subject_id", WORD, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", WORD, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        *(
            sa.CheckConstraint(f"{name} ~ '^[A-Za-z0-9_.:-]*$'", name=f"{name}_is_plain")
            for name in PLAIN
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("uq_audit_entry_place", "audit_entry", ["place"], unique=True)
    for name in ("actor_id", "person_id", "gemeente_code"):
        op.create_index(f"ix_audit_entry_{name}", "audit_entry", [name, "place"])
    op.create_table(
        "audit_link",
        sa.Column("name", WORD, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("name IN ('root', 'head')", name="is_an_end"),
        sa.PrimaryKeyConstraint("name", name="pk_audit_link"),
    )
    # The release before knows no moment of last use, and begins sessions while this one comes up.
    op.add_column(
        "user_session", sa.Column("seen_at", MOMENT, server_default=sa.func.now(), nullable=False)
    )
    # What is known of who says no to other terms; the release before says nothing of it.
    op.add_column("terms", sa.Column("refused_at", MOMENT, nullable=True))
    op.add_column("terms", sa.Column("refused_by", sa.String(40), nullable=True))
    op.add_column("terms", sa.Column("refused_for", sa.String(40), nullable=True))
    op.add_column("terms", sa.Column("refused_words", sa.String(1000), nullable=True))
    # What stood there when somebody looked; the release before says nothing of it.
    op.add_column("worked_week", sa.Column("minutes_before", sa.SmallInteger(), nullable=True))
    op.execute("INSERT INTO audit_link (name, place, hash) VALUES ('root', 0, ''), ('head', 0, '')")
    op.execute(CHAIN)
    op.execute(LOOSE)
    op.execute(READ)
    op.execute(
        "CREATE TRIGGER audit_entry_loose BEFORE INSERT ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION audit_loose()"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER audit_entry_chain AFTER INSERT ON audit_entry"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain()"
    )


def downgrade() -> None:
    # The release before knows no other word for what was agreed and never began.
    op.execute("UPDATE loan SET state = 'ingetrokken' WHERE state = 'afgezegd'")
    op.execute("DROP FUNCTION audit_read(uuid, uuid, text, bigint, text[], integer)")
    for name in ("refused_words", "refused_for", "refused_by", "refused_at"):
        op.drop_column("terms", name)
    op.drop_column("worked_week", "minutes_before")
    op.drop_column("user_session", "seen_at")
    op.drop_table("audit_entry")
    op.drop_table("audit_link")
    op.execute("DROP FUNCTION audit_chain()")
    op.execute("DROP FUNCTION audit_loose()")
