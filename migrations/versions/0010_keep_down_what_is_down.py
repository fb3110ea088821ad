"""Keep down what was taken down, wherever else it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _let_words_go_down_with_their_message()
    _keep_what_was_reported()


def downgrade() -> None:
    _forget_later_words()
    _forget_what_was_reported()
    _let_words_stand_without_their_message()


def _keep_what_was_reported() -> None:
    op.add_column("report", sa.Column("copy", sa.Text(), server_default="", nullable=False))


def _forget_what_was_reported() -> None:
    op.drop_column("report", "copy")


def _forget_later_words() -> None:
    """Of a word that it does not know the release before makes an error."""
    op.execute("DELETE FROM notice WHERE kind = 'given_back'")
    op.execute("DELETE FROM delivery WHERE kind = 'answer_awaited'")


def _let_words_go_down_with_their_message() -> None:
    op.add_column("invitation", sa.Column("taken_down_at", MOMENT, nullable=True))
    op.add_column("published_answer", sa.Column("revised_at", MOMENT, nullable=True))
    op.add_column(
        "published_answer",
        sa.Column("is_silenced", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def _let_words_stand_without_their_message() -> None:
    op.drop_column("published_answer", "is_silenced")
    op.drop_column("published_answer", "revised_at")
    op.drop_column("invitation", "taken_down_at")
