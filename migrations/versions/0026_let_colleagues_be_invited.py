"""Let the release before read no mail that invites a colleague."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    # A kind of mail is a word: nothing is needed to write one more.
    pass


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE kind = 'colleague_invited'")
