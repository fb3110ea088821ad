"""The matrix of rights: read whole or not at all, and answered by role, gemeente and person."""

import ast
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest

from app.core.actor import ANYONE, SYSTEM, Actor, Role
from app.core.rights import (
    MATRIX_FILE,
    Right,
    Scope,
    may,
    may_everywhere,
    may_in,
    read_matrix,
    roles_with,
    scopes,
    takes_two,
)
from app.opgaven.rules import REVIEWERS
from tests.house.tree import ROOT, code

# The session takes roles away until a second proof, and the account page says what that means;
# the people of the demo are made up with theirs.
ASKING = {
    "app/accounts/queries.py",
    "app/cli/demo/seed.py",
    "app/core/rights.py",
}
PERSON = Actor(UUID(int=1), "GM0001")


def with_roles(*roles: Role) -> Actor:
    return replace(PERSON, roles=frozenset(roles))


@pytest.mark.parametrize(
    ("actor", "may_redo"),
    [
        (ANYONE, False),
        (PERSON, False),
        (with_roles(Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER), False),
        (with_roles(Role.BEHEERDER), True),
        (SYSTEM, True),
    ],
)
def test_a_beheerder_lets_work_that_failed_begin_anew(actor: Actor, may_redo: bool) -> None:
    assert may(actor, Right.REDO_WORK) is may_redo


def test_roles_add_up() -> None:
    both = with_roles(Role.GEMEENTEBEHEERDER, Role.BEHEERDER)

    assert scopes(with_roles(Role.GEMEENTEBEHEERDER), Right.READ_LOG) == {Scope.GEMEENTE}
    assert scopes(both, Right.READ_LOG) == {Scope.GEMEENTE, Scope.ALL}
    assert scopes(both, Right.READ_LOAN) == {Scope.OWN, Scope.TEAM, Scope.GEMEENTE}


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("code", ["GM0001", "GM0002"])
def test_s98_several_roles_open_what_one_of_them_opens_and_no_more(right: Right, code: str) -> None:
    for many in range(2, len(Role) + 1):
        for roles in combinations(Role, many):
            alone = [with_roles(role) for role in roles]

            assert may_in(with_roles(*roles), right, code) is any(
                may_in(one, right, code) for one in alone
            )
            assert scopes(with_roles(*roles), right) == frozenset().union(
                *(scopes(one, right) for one in alone)
            )


@pytest.mark.parametrize(
    ("role", "at_home", "elsewhere"),
    [
        (Role.OPGAVEHOUDER, False, False),
        (Role.GEMEENTEBEHEERDER, True, False),
        (Role.BEHEERDER, True, True),
    ],
)
def test_a_right_for_the_own_gemeente_ends_at_its_border(
    role: Role, at_home: bool, elsewhere: bool
) -> None:
    actor, right = with_roles(role), Right.MANAGE_ACCOUNTS

    assert may_in(actor, right, "GM0001") is at_home
    assert (may_in(actor, right, "GM0002"), may_everywhere(actor, right)) == (elsewhere, elsewhere)


def test_who_works_for_no_gemeente_has_no_right_in_one() -> None:
    nowhere = Actor(UUID(int=1), None, frozenset({Role.OPGAVEHOUDER}))

    assert not may_in(nowhere, Right.EDIT_OPGAVE, "")


def test_the_house_itself_has_only_what_stands_under_system() -> None:
    assert may_in(SYSTEM, Right.GRANT_BEHEERDER, "GM0001")
    assert not may(SYSTEM, Right.EDIT_OPGAVE)


@pytest.mark.parametrize(
    ("actor", "right", "two"),
    [
        (with_roles(Role.BEHEERDER), Right.GRANT_GEMEENTEBEHEERDER, True),
        (with_roles(*Role), Right.GRANT_GEMEENTEBEHEERDER, True),
        (SYSTEM, Right.GRANT_BEHEERDER, True),
        (SYSTEM, Right.GRANT_OPGAVEHOUDER, False),
        (with_roles(Role.BEHEERDER), Right.GRANT_OPGAVEHOUDER, False),
        (with_roles(Role.GEMEENTEBEHEERDER), Right.GRANT_GEMEENTEBEHEERDER, False),
    ],
)
def test_some_deeds_take_two_people(actor: Actor, right: Right, two: bool) -> None:
    assert takes_two(actor, right) is two


def test_no_page_gives_the_widest_role() -> None:
    assert roles_with(Right.GRANT_BEHEERDER) == frozenset()


def test_who_looks_at_opgaven_is_who_may() -> None:
    assert set(REVIEWERS) == roles_with(Right.REVIEW_OPGAVE)


@pytest.mark.parametrize(
    ("wrong", "instead"),
    [
        # A right that no code knows, one that is not in the file, one that stands there twice.
        ("\nreact,", "\nreact_loudly,"),
        ("\nreact,hidden,-,shown,-,-,-,-,-,-,Op een opgave reageren", ""),
        ("\nreact,", "\nask_question,"),
        # Two persons for what nobody may or nobody proposes, and a word that says nothing.
        ("\nsettle_hours,hidden,-,-,-,-,-,-,all", "\nsettle_hours,hidden,-,-,-,-,-,-,all 2p"),
        ("\nreact,hidden,-,shown,-", "\nreact,hidden,-,shown,- 2p"),
        ("\nreact,hidden,-,shown", "\nreact,hidden,-,shown 3p"),
        # A scope, an answer and a column of its own.
        ("\nreact,hidden,-,shown", "\nreact,hidden,-,everything"),
        ("\nreact,hidden", "\nreact,perhaps"),
        ("opgavehouder,gemeentebeheerder,", "gemeentebeheerder,opgavehouder,"),
    ],
)
def test_a_matrix_that_differs_from_the_code_is_refused(
    tmp_path: Path, wrong: str, instead: str
) -> None:
    text = MATRIX_FILE.read_text(encoding="utf-8")
    assert text.count(wrong) == 1
    other = tmp_path / "rights.csv"
    other.write_text(text.replace(wrong, instead), encoding="utf-8")

    with pytest.raises(ValueError, match=r"."):
        read_matrix(other)


def test_nobody_else_asks_which_roles_somebody_has() -> None:
    """Who may what is read from the matrix, so no other code looks at the roles of an actor."""
    asking = {
        str(path.relative_to(ROOT))
        for path in code()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "roles"
    }

    assert asking == ASKING
