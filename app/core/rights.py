"""Who may do what, and how far that goes. Doors and rooms ask here; the answers stand in
`rights.csv`, a line for each right and a column for each role.
"""

import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.core.actor import Actor, Role

MATRIX_FILE = Path(__file__).with_name("rights.csv")
# Everybody who is signed in is a professional, and a manager of whoever names them.
VISITOR, PROFESSIONAL, MANAGER, SYSTEM = "visitor", "professional", "manager", "system"
COLUMNS = (VISITOR, PROFESSIONAL, MANAGER, *Role, SYSTEM)


class Right(StrEnum):
    READ_SITE = "read_site"
    SIGN_IN = "sign_in"
    TRY_DEMO = "try_demo"
    ANSWER_BY_MAIL = "answer_by_mail"
    KEEP_ACCOUNT = "keep_account"
    KEEP_PROFILE = "keep_profile"
    READ_OWN_LOG = "read_own_log"
    KEEP_NOTICES = "keep_notices"
    READ_PROFILE = "read_profile"
    READ_PUBLIC_PROFILE = "read_public_profile"
    READ_OPGAVE = "read_opgave"
    READ_FINISHED = "read_finished"
    MAIL_OPGAVEHOUDER = "mail_opgavehouder"
    DRAFT_OPGAVE = "draft_opgave"
    EDIT_OPGAVE = "edit_opgave"
    REVIEW_OPGAVE = "review_opgave"
    PROPOSE_TAKEOVER = "propose_takeover"
    DECIDE_TAKEOVER = "decide_takeover"
    CHOOSE_REVIEW = "choose_review"
    FOLLOW_OPGAVE = "follow_opgave"
    REACT = "react"
    READ_OWN_REACTIONS = "read_own_reactions"
    READ_MATCHES = "read_matches"
    DISPUTE_MATCH = "dispute_match"
    READ_DISPUTED = "read_disputed"
    ASK_QUESTION = "ask_question"
    TALK = "talk"
    ASK_LOAN = "ask_loan"
    READ_ASKED = "read_asked"
    READ_LOAN = "read_loan"
    SIGN_LOAN = "sign_loan"
    CHANGE_LOAN = "change_loan"
    WITHDRAW_LOAN = "withdraw_loan"
    STEER_LOAN = "steer_loan"
    WRITE_HOURS = "write_hours"
    CLOSE_LOAN = "close_loan"
    DISPUTE_HOURS = "dispute_hours"
    KEEP_FEEDBACK = "keep_feedback"
    READ_HOURS = "read_hours"
    AGREE_LIMIT = "agree_limit"
    SETTLE_HOURS = "settle_hours"
    READ_NUMBERS = "read_numbers"
    READ_NETWORK = "read_network"
    READ_LOG = "read_log"
    OPEN_BEHEER = "open_beheer"
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_RIGHTS = "read_rights"
    GRANT_OPGAVEHOUDER = "grant_opgavehouder"
    GRANT_GEMEENTEBEHEERDER = "grant_gemeentebeheerder"
    GRANT_COORDINATOR = "grant_coordinator"
    GRANT_BEHEERDER = "grant_beheerder"
    INVITE_COLLEAGUE = "invite_colleague"
    SHUT_OUT = "shut_out"
    END_SESSIONS = "end_sessions"
    DECIDE_ACCESS = "decide_access"
    CLAIM_DOMAIN = "claim_domain"
    KEEP_NETWORKS = "keep_networks"
    CONNECT_PROVIDER = "connect_provider"
    REPORT = "report"
    MODERATE = "moderate"
    WATCH_SYSTEM = "watch_system"
    REDO_WORK = "redo_work"
    SUGGEST_WORDS = "suggest_words"
    DECIDE_WORDS = "decide_words"


class Scope(StrEnum):
    """Of what a right is: a cell of the matrix."""

    NONE = "-"
    # Of oneself, or of the address that a link was mailed to.
    OWN = "own"
    # The loans for which they are named as the manager.
    TEAM = "team"
    # What its writer lets them see: whom an opgave is for, and who may know of a profile.
    SHOWN = "shown"
    GEMEENTE = "gemeente"
    # The gemeenten in a network that they coordinate.
    NETWORK = "network"
    ALL = "all"


# Behind a scope: one person proposes it, and another confirms it.
TWO_PERSONS = "2p"
# Nothing else is proposed to somebody who confirms it: there `2p` would be an empty promise.
PROPOSED = frozenset(
    {
        Right.GRANT_GEMEENTEBEHEERDER,
        Right.GRANT_COORDINATOR,
        Right.GRANT_BEHEERDER,
        Right.PROPOSE_TAKEOVER,
    }
)


class Refusal(StrEnum):
    """What somebody reads who has no part in a right."""

    # That there is such a page is nobody else's business.
    HIDDEN = "hidden"
    TOLD = "told"


@dataclass(frozen=True)
class Row:
    label: str
    refusal: Refusal
    cells: dict[str, Scope]
    # The columns for which it takes a second person.
    two_persons: frozenset[str]


def read_matrix(path: Path = MATRIX_FILE) -> dict[Right, Row]:
    """All rights; a `ValueError` when the file lacks one, has one too many, a word of its own
    or a second person where nothing is proposed.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, strict=True))
    matrix = {Right(line["right"]): _row(line) for line in lines}
    if list(matrix) != list(Right) or len(lines) != len(matrix):
        raise ValueError(f"{path} and the rights differ")
    by_two = {right for right, row in matrix.items() if row.two_persons}
    if not by_two <= PROPOSED:
        raise ValueError(f"nobody proposes {', '.join(sorted(by_two - PROPOSED))}")
    return matrix


def _row(line: dict[str, str]) -> Row:
    if list(line) != ["right", "refusal", *COLUMNS, "label"]:
        raise ValueError(f"other columns than {COLUMNS}")
    parts = {column: line[column].partition(" ") for column in COLUMNS}
    if any((space or two) and two != TWO_PERSONS for _, space, two in parts.values()):
        raise ValueError(f"what follows a scope is {TWO_PERSONS}")
    cells = {column: Scope(scope) for column, (scope, _, _) in parts.items()}
    two_persons = frozenset(column for column, (_, _, two) in parts.items() if two)
    if any(cells[column] is Scope.NONE for column in two_persons):
        raise ValueError("two persons for what nobody may")
    return Row(line["label"], Refusal(line["refusal"]), cells, two_persons)


MATRIX = read_matrix()


def scopes(actor: Actor, right: Right) -> frozenset[Scope]:
    """Of what the actor has the right: roles add up, and nothing means not at all."""
    cells = MATRIX[right].cells
    return frozenset(cells[column] for column in _columns(actor)) - {Scope.NONE}


def may(actor: Actor, right: Right) -> bool:
    """Whether the actor has the right at all; of which things is asked when there is one."""
    return bool(scopes(actor, right))


def may_in(actor: Actor, right: Right, gemeente_code: str) -> bool:
    """Whether the actor has the right for what is of this gemeente."""
    found = scopes(actor, right)
    at_home = Scope.GEMEENTE in found and actor.gemeente_code == gemeente_code
    in_network = Scope.NETWORK in found and gemeente_code in actor.network_codes
    return at_home or in_network or Scope.ALL in found


def may_everywhere(actor: Actor, right: Right) -> bool:
    return Scope.ALL in scopes(actor, right)


def takes_two(actor: Actor, right: Right) -> bool:
    """Whether the actor may do this, and in whatever role only with a second person."""
    row = MATRIX[right]
    having = {one for one in _columns(actor) if row.cells[one] is not Scope.NONE}
    return bool(having) and having <= row.two_persons


def is_public(right: Right) -> bool:
    """Whether everybody has it, signed in or not."""
    return MATRIX[right].cells[VISITOR] is not Scope.NONE


def is_told(right: Right) -> bool:
    """Whether who has no part in it may know that there is such a page."""
    return MATRIX[right].refusal is Refusal.TOLD


def roles_with(right: Right) -> frozenset[Role]:
    """The roles that give it."""
    return frozenset(role for role in Role if MATRIX[right].cells[role] is not Scope.NONE)


def _columns(actor: Actor) -> tuple[str, ...]:
    if actor.is_system:
        return (SYSTEM,)
    signed_in = () if actor.user_id is None else (PROFESSIONAL, MANAGER)
    return (VISITOR, *signed_in, *actor.roles)
