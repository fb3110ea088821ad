"""Let an opgave be meant for the networks of its gemeente."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

NOT_PUBLIC = "audience <> 'network' OR NOT is_public"


def upgrade() -> None:
    # Asked of new rows at once, and of those that are there without holding up who writes.
    name = "ck_opgave_network_is_not_public"
    op.execute(f"ALTER TABLE opgave ADD CONSTRAINT {name} CHECK ({NOT_PUBLIC}) NOT VALID")
    op.execute(f"ALTER TABLE opgave VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    _refuse_while_some_are_for_a_network()
    op.drop_constraint(op.f("ck_opgave_network_is_not_public"), "opgave", type_="check")


def _refuse_while_some_are_for_a_network() -> None:
    """To the release before every other audience is a wider one, or another."""
    some = "SELECT count(*) FROM opgave WHERE audience = 'network'"
    if op.get_bind().scalar(sa.text(some)):
        raise RuntimeError(
            "Er zijn opgaven die alleen voor een netwerk bedoeld zijn. De vorige versie kan die niet "
            "lezen: laat eerst hun opgavehouders kiezen voor wie ze dan zijn, of ga vooruit met een "
            "verbeterde versie."
        )
