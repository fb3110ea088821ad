"""Let the owner of a profile say for each part who sees it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

PARTS = {
    "words_shown_to": "colleagues",
    "times_shown_to": "colleagues",
    "confirmed_shown_to": "colleagues",
    "contact_shown_to": "hidden",
}
HAVE_A_NAME = f"'anonymous' NOT IN ({', '.join(PARTS)})"
# To the release before: the next tier that shows less.
BEFORE = {"network": "gemeente", "public": "colleagues"}


def upgrade() -> None:
    for name, tier in PARTS.items():
        column = sa.Column(name, sa.String(length=40), nullable=False, server_default=tier)
        op.add_column("profile", column)
    name = "ck_profile_parts_have_a_name"
    op.execute(f"ALTER TABLE profile ADD CONSTRAINT {name} CHECK ({HAVE_A_NAME}) NOT VALID")
    op.execute(f"ALTER TABLE profile VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    _refuse_while_some_show_less()
    for tier, less in BEFORE.items():
        known = sa.text("UPDATE profile SET visibility = :less WHERE visibility = :tier")
        op.get_bind().execute(known, {"tier": tier, "less": less})
    op.drop_constraint(op.f("ck_profile_parts_have_a_name"), "profile", type_="check")
    for name in PARTS:
        op.drop_column("profile", name)


def _refuse_while_some_show_less() -> None:
    """The release before shows a part to all who may see the name."""
    some = (
        "SELECT count(*) FROM profile WHERE "
        "words_shown_to IN ('hidden', 'gemeente', 'network') OR "
        "times_shown_to IN ('hidden', 'gemeente', 'network') OR "
        "confirmed_shown_to IN ('hidden', 'gemeente', 'network')"
    )
    if op.get_bind().scalar(sa.text(some)):
        raise RuntimeError(
            "Er zijn profielen waarvan een deel voor minder mensen te zien is dan de naam. De vorige "
            "versie laat dat deel aan allen zien: laat de eigenaren eerst kiezen, of ga vooruit met "
            "een verbeterde versie."
        )
