"""What an actor may do in the cellar."""

import pytest

from app.core.actor import ANYONE, SYSTEM, Actor, Role, may_do_again


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (ANYONE, False),
        (Actor(roles=frozenset({Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER})), False),
        (Actor(roles=frozenset({Role.BEHEERDER})), True),
        (SYSTEM, True),
    ],
)
def test_a_beheerder_lets_work_that_failed_begin_anew(actor: Actor, may: bool) -> None:
    assert may_do_again(actor) is may
