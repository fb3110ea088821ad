"""Let a professional and who look after an opgave write to each other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opgave_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("last_side", sa.String(40), nullable=True),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["opgave_id"], ["opgave.id"], name="fk_conversation_opgave_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_conversation_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("opgave_id", "user_id", name="uq_conversation_opgave_id_user_id"),
    )
    op.create_index("ix_conversation_user_id", "conversation", ["user_id"])
    op.create_table(
        "message",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 4000", name="text_in_range"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_message_conversation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["writer_id"], ["user.id"], name="fk_message_writer_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_message"),
        sa.UniqueConstraint("id", name="uq_message_id"),
    )
    op.create_index("ix_message_writer_id", "message", ["writer_id"])
    op.create_table(
        "conversation_reader",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("read_to", sa.Integer(), nullable=False),
        sa.Column("told_to", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversation.id"],
            name="fk_conversation_reader_conversation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name="fk_conversation_reader_user_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversation_reader"),
        sa.UniqueConstraint(
            "conversation_id", "user_id", name="uq_conversation_reader_conversation_id_user_id"
        ),
    )
    op.create_index("ix_conversation_reader_user_id", "conversation_reader", ["user_id"])
    op.create_table(
        "received_mail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("is_message", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reader_id"],
            ["conversation_reader.id"],
            name="fk_received_mail_reader_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_received_mail"),
        sa.UniqueConstraint("key", name="uq_received_mail_key"),
    )
    op.create_index("ix_received_mail_reader_id", "received_mail", ["reader_id"])
    # Who showed interest before there were conversations can be answered too.
    op.execute(
        "INSERT INTO conversation (id, opgave_id, user_id, begun_at, messages, last_at)"
        " SELECT gen_random_uuid(), opgave_id, user_id, answered_at, 0, answered_at"
        " FROM response WHERE answer = 'interested'"
    )


def downgrade() -> None:
    # Words that the release before does not know: it could not read these rows.
    op.execute("DELETE FROM channel_choice WHERE family = 'messages'")
    op.execute("DELETE FROM notice WHERE kind = 'message_written'")
    op.execute("DELETE FROM delivery WHERE kind IN ('message', 'answer_returned')")
    op.drop_table("received_mail")
    op.drop_table("conversation_reader")
    op.drop_table("message")
    op.drop_table("conversation")
