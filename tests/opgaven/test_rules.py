"""What is wrong with an opgave, which moves it may make, and who may read and change it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.actor import ANYONE, SYSTEM, Actor, Role
from app.core.dutch import number
from app.core.faults import Fault
from app.opgaven.rules import (
    NEXT,
    NO_SUCH_MOVE,
    AskedSkillDraft,
    Audience,
    Kind,
    OpgaveDraft,
    OpgaveStatus,
    Readable,
    audience_faults,
    faults,
    fitting,
    is_overdue,
    may_answer,
    may_begin_with,
    may_draft,
    may_edit,
    may_hire,
    may_read,
    opening_faults,
    publishing_faults,
    takes_answers,
)
from app.people.rules import Level
from app.vocabulary.rules import Theme
from tests.support.work import TODAY

HERE, ELSEWHERE = "GM0001", "GM0002"
SKILL = AskedSkillDraft("verkeerskunde")
WHOLE = OpgaveDraft(
    title="Een rotonde",
    text="Er is werk.",
    themes=(Theme.MOBILITEIT,),
    skills=(SKILL,),
    hours_per_week=8,
    starts_on=TODAY + timedelta(days=30),
    ends_on=TODAY + timedelta(days=120),
    closes_on=TODAY + timedelta(days=20),
)


def with_skill(**changed: Any) -> OpgaveDraft:
    return replace(WHOLE, skills=(replace(SKILL, **changed),))


YEARS = "Kies een datum van 2000 tot en met 2100."


def too_long(limit: int) -> str:
    return f"Gebruik hier hoogstens {number(limit)} tekens. Het zijn er nu {number(limit + 1)}."


def between(least: int, most: int) -> str:
    return f"Kies een getal van {least} tot en met {most}."


@pytest.mark.parametrize(
    "draft",
    [
        WHOLE,
        OpgaveDraft(title="t"),
        replace(WHOLE, title="t" * 120, text="t" * 10_000, people_needed=50),
        replace(WHOLE, hours_per_week=1, people_needed=1),
        replace(WHOLE, hours_per_week=40),
        replace(WHOLE, ends_on=WHOLE.starts_on, closes_on=WHOLE.starts_on),
        replace(WHOLE, ends_on=TODAY + timedelta(days=30 + 3 * 366)),
        with_skill(label="s" * 80, level=min(Level)),
        with_skill(level=max(Level)),
        replace(WHOLE, skills=tuple(AskedSkillDraft(f"vak {n}") for n in range(15))),
    ],
)
def test_nothing_is_wrong_up_to_and_including_the_limits(draft: OpgaveDraft) -> None:
    assert faults(draft) == []


@pytest.mark.parametrize(
    ("draft", "field", "said"),
    [
        (replace(WHOLE, title=""), "title", "Geef de opgave een titel."),
        (replace(WHOLE, title="t" * 121), "title", too_long(120)),
        (replace(WHOLE, text="t" * 10_001), "text", too_long(10_000)),
        (replace(WHOLE, hours_per_week=0), "hours_per_week", between(1, 40)),
        (replace(WHOLE, hours_per_week=41), "hours_per_week", between(1, 40)),
        (replace(WHOLE, people_needed=0), "people_needed", between(1, 50)),
        (replace(WHOLE, people_needed=51), "people_needed", between(1, 50)),
        (
            replace(WHOLE, people_needed=None),
            "people_needed",
            "Vul een getal in van 1 tot en met 50.",
        ),
        (replace(WHOLE, starts_on=date(1, 1, 1)), "starts_on", YEARS),
        (replace(WHOLE, ends_on=date(9999, 12, 31)), "ends_on", YEARS),
        (replace(WHOLE, closes_on=date(1, 1, 1)), "closes_on", YEARS),
        (
            replace(WHOLE, ends_on=TODAY + timedelta(days=29)),
            "ends_on",
            "De einddatum ligt voor de begindatum.",
        ),
        (
            replace(WHOLE, ends_on=TODAY + timedelta(days=31 + 3 * 366)),
            "ends_on",
            "Een opgave duurt hier hoogstens drie jaar.",
        ),
        (
            replace(WHOLE, closes_on=TODAY + timedelta(days=121)),
            "closes_on",
            "De sluitingsdatum ligt na het einde van de opgave.",
        ),
        (with_skill(label=""), "skills-0-label", "Vul een vaardigheid in."),
        (with_skill(label="-"), "skills-0-label", "Gebruik letters of cijfers."),
        (with_skill(label="s" * 81), "skills-0-label", too_long(80)),
        (with_skill(level=min(Level) - 1), "skills-0-level", between(min(Level), max(Level))),
        (with_skill(level=max(Level) + 1), "skills-0-level", between(min(Level), max(Level))),
        (
            replace(WHOLE, skills=(SKILL, AskedSkillDraft("VERKEERSKUNDE", must=False))),
            "skills-1-label",
            "“VERKEERSKUNDE” staat er al.",
        ),
        (
            replace(WHOLE, skills=tuple(AskedSkillDraft(f"vak {n}") for n in range(16))),
            "skills",
            "Noem hoogstens 15 vaardigheden.",
        ),
    ],
)
def test_one_thing_that_is_wrong_is_one_fault(draft: OpgaveDraft, field: str, said: str) -> None:
    assert faults(draft) == [Fault(field, said)]


@pytest.mark.parametrize(
    ("draft", "fields"),
    [
        (WHOLE, []),
        (
            OpgaveDraft(title="t"),
            ["text", "themes", "skills", "hours_per_week", "starts_on", "ends_on", "closes_on"],
        ),
        (replace(WHOLE, themes=()), ["themes"]),
        (replace(WHOLE, closes_on=TODAY), []),
        (replace(WHOLE, closes_on=TODAY - timedelta(days=1)), ["closes_on"]),
        (replace(WHOLE, starts_on=TODAY - timedelta(days=9), ends_on=TODAY), []),
        (
            replace(
                WHOLE,
                starts_on=TODAY - timedelta(days=9),
                ends_on=TODAY - timedelta(days=1),
                closes_on=TODAY - timedelta(days=1),
            ),
            ["closes_on", "ends_on"],
        ),
    ],
)
def test_what_is_missing_or_past_before_others_may_see_it(
    draft: OpgaveDraft, fields: list[str]
) -> None:
    assert [fault.field for fault in publishing_faults(draft, TODAY)] == fields


def test_only_what_is_open_already_may_have_begun() -> None:
    begun = replace(WHOLE, starts_on=TODAY - timedelta(days=1))

    assert publishing_faults(begun, TODAY) == []
    assert opening_faults(begun, TODAY) == [
        Fault("starts_on", "De begindatum ligt in het verleden.")
    ]
    assert opening_faults(replace(WHOLE, starts_on=TODAY), TODAY) == []


@pytest.mark.parametrize(
    ("status", "moves"),
    [
        ("concept", "ter_beoordeling open ingetrokken"),
        ("ter_beoordeling", "concept open ingetrokken"),
        ("open", "in_gesprek bezet ingetrokken verlopen"),
        ("in_gesprek", "bezet ingetrokken verlopen"),
        ("bezet", "in_gesprek lopend ingetrokken"),
        ("lopend", "afgerond"),
        ("afgerond", ""),
        ("ingetrokken", ""),
        ("verlopen", ""),
    ],
)
def test_the_moves_that_an_opgave_may_make(status: str, moves: str) -> None:
    assert NEXT[OpgaveStatus(status)] == {OpgaveStatus(move) for move in moves.split()}


def test_every_status_says_why_a_move_is_refused() -> None:
    said = [NO_SUCH_MOVE[status] for status in OpgaveStatus]

    assert len(set(said)) == len(OpgaveStatus)
    assert [
        status for status in OpgaveStatus if "kan niet meer veranderen" in NO_SUCH_MOVE[status]
    ] == [status for status in OpgaveStatus if not NEXT[status]]


def with_roles(*roles: Role, gemeente_code: str = HERE) -> Actor:
    return Actor(UUID(int=1), gemeente_code, frozenset(roles))


@pytest.mark.parametrize(
    ("actor", "drafts", "edits"),
    [
        (ANYONE, False, False),
        (SYSTEM, False, False),
        (with_roles(), False, False),
        (with_roles(Role.OPGAVEHOUDER), True, True),
        (with_roles(Role.GEMEENTEBEHEERDER), False, True),
        (with_roles(Role.BEHEERDER), False, False),
        (with_roles(Role.OPGAVEHOUDER, gemeente_code=ELSEWHERE), True, False),
        (with_roles(Role.GEMEENTEBEHEERDER, gemeente_code=ELSEWHERE), False, False),
    ],
)
def test_who_may_draft_and_who_may_change(actor: Actor, drafts: bool, edits: bool) -> None:
    assert (may_draft(actor), may_edit(actor, HERE)) == (drafts, edits)


COORDINATOR = replace(
    with_roles(Role.COORDINATOR, gemeente_code=ELSEWHERE), network_codes=frozenset({HERE})
)
EVERY_STATUS = set(OpgaveStatus)
NOT_CONCEPT = EVERY_STATUS - {OpgaveStatus.CONCEPT}
NOBODYS: set[OpgaveStatus] = set()
OPEN = {OpgaveStatus.OPEN, OpgaveStatus.TALKING}
EDITOR = with_roles(Role.OPGAVEHOUDER)
COLLEAGUE = with_roles()
STRANGER = with_roles(Role.OPGAVEHOUDER, gemeente_code=ELSEWHERE)


@pytest.mark.parametrize(
    ("reader", "is_meant", "is_public", "reads"),
    [
        (EDITOR, True, False, EVERY_STATUS),
        (SYSTEM, False, False, EVERY_STATUS),
        (COLLEAGUE, True, False, NOT_CONCEPT),
        (STRANGER, True, False, NOT_CONCEPT),
        (STRANGER, False, True, NOBODYS),
        (COORDINATOR, False, False, NOT_CONCEPT),
        (ANYONE, False, True, OPEN),
        (ANYONE, True, False, NOBODYS),
    ],
)
def test_who_may_read_an_opgave_of_utrecht(
    reader: Actor, is_meant: bool, is_public: bool, reads: set[OpgaveStatus]
) -> None:
    readable = {
        status
        for status in OpgaveStatus
        if may_read(
            reader,
            Readable(
                HERE,
                status,
                was_published=status in NOT_CONCEPT,
                is_down=False,
                is_public=is_public,
                is_meant=is_meant,
            ),
        )
    }

    assert readable == reads


@pytest.mark.parametrize(
    ("reader", "is_meant", "answers"),
    [(COORDINATOR, False, False), (COORDINATOR, True, True), (EDITOR, False, True)],
)
def test_who_only_coordinates_the_network_answers_nothing(
    reader: Actor, is_meant: bool, answers: bool
) -> None:
    opened = Readable(
        HERE,
        OpgaveStatus.OPEN,
        was_published=True,
        is_down=False,
        is_public=False,
        is_meant=is_meant,
    )

    assert (may_read(reader, opened), may_answer(reader, opened)) == (True, answers)


def test_what_is_for_a_network_is_for_no_visitor() -> None:
    draft = OpgaveDraft(audience=Audience.NETWORK, is_public=True)

    assert fitting(draft).is_public is False


@pytest.mark.parametrize("is_in_network", [True, False])
def test_only_a_gemeente_in_a_network_means_an_opgave_for_it(is_in_network: bool) -> None:
    found = {
        audience: bool(audience_faults(audience, is_in_network=is_in_network))
        for audience in Audience
    }

    assert found == {one: one is Audience.NETWORK and not is_in_network for one in Audience}


@pytest.mark.parametrize(
    ("reader", "reads"),
    [(EDITOR, True), (COLLEAGUE, False), (STRANGER, False), (COORDINATOR, False), (ANYONE, False)],
)
@pytest.mark.parametrize(("was_published", "is_down"), [(False, False), (True, True)])
def test_what_never_opened_or_was_taken_down_is_read_by_its_writers_only(
    reader: Actor, reads: bool, was_published: bool, is_down: bool
) -> None:
    withdrawn = Readable(
        HERE,
        OpgaveStatus.WITHDRAWN,
        was_published=was_published,
        is_down=is_down,
        is_public=True,
        is_meant=True,
    )

    assert may_read(reader, withdrawn) is reads


@pytest.mark.parametrize(
    ("status", "closes_on", "overdue"),
    [
        (OpgaveStatus.OPEN, TODAY - timedelta(days=1), True),
        (OpgaveStatus.TALKING, TODAY - timedelta(days=1), True),
        (OpgaveStatus.OPEN, TODAY, False),
        (OpgaveStatus.FILLED, TODAY - timedelta(days=1), False),
        (OpgaveStatus.OPEN, None, False),
        (OpgaveStatus.CONCEPT, date(2020, 1, 1), False),
        (OpgaveStatus.DONE, date(2020, 1, 1), False),
        (OpgaveStatus.WITHDRAWN, date(2020, 1, 1), False),
    ],
)
def test_an_open_opgave_is_overdue_the_day_after_its_last(
    status: OpgaveStatus, closes_on: date | None, overdue: bool
) -> None:
    assert is_overdue(status, closes_on, TODAY) is overdue


@pytest.mark.parametrize(
    ("status", "closes_on", "takes"),
    [
        (OpgaveStatus.OPEN, TODAY, True),
        (OpgaveStatus.TALKING, TODAY, True),
        (OpgaveStatus.OPEN, TODAY - timedelta(days=1), False),
        (OpgaveStatus.CONCEPT, TODAY, False),
        (OpgaveStatus.FILLED, TODAY, False),
        (OpgaveStatus.WITHDRAWN, TODAY, False),
    ],
)
def test_an_opgave_takes_answers_while_it_is_open_until_its_last_day(
    status: OpgaveStatus, closes_on: date, takes: bool
) -> None:
    assert takes_answers(status, closes_on, TODAY) is takes


def test_each_kind_asks_what_it_cannot_do_without() -> None:
    bare = replace(WHOLE, hours_per_week=None, in_return="", atelier="", times=None)

    missing = {
        kind: [fault.field for fault in publishing_faults(replace(bare, kind=kind), TODAY)]
        for kind in Kind
    }

    assert missing == {
        **{kind: ["hours_per_week"] for kind in Kind},
        Kind.KLANKBORD: ["times"],
        Kind.RUIL: ["hours_per_week", "in_return"],
        Kind.ATELIERPLEK: ["hours_per_week", "atelier"],
    }


def test_what_a_kind_does_not_ask_is_left_out() -> None:
    full = replace(WHOLE, hours_per_week=8, in_return="Een jurist", atelier="Dak", times=3)

    kept = {
        kind: (found.hours_per_week, found.in_return, found.atelier, found.times)
        for kind in Kind
        for found in [fitting(replace(full, kind=kind))]
    }

    assert kept == {
        **dict.fromkeys(Kind, (8, "", "", None)),
        Kind.KLANKBORD: (None, "", "", 3),
        Kind.RUIL: (8, "Een jurist", "", None),
        Kind.ATELIERPLEK: (8, "", "Dak", None),
    }


@pytest.mark.parametrize(
    ("status", "closes_on", "until", "may"),
    [
        (OpgaveStatus.OPEN, TODAY, TODAY - timedelta(days=1), True),
        (OpgaveStatus.TALKING, TODAY, TODAY - timedelta(days=1), True),
        (OpgaveStatus.OPEN, TODAY, TODAY, False),
        (OpgaveStatus.OPEN, TODAY - timedelta(days=1), TODAY - timedelta(days=9), False),
        (OpgaveStatus.FILLED, TODAY, TODAY - timedelta(days=1), False),
        (OpgaveStatus.CONCEPT, TODAY, None, False),
    ],
)
def test_hiring_comes_after_colleagues_and_only_while_somebody_is_sought(
    status: OpgaveStatus, closes_on: date, until: date | None, may: bool
) -> None:
    assert may_hire(status, closes_on, until, TODAY) is may


@pytest.mark.parametrize(
    ("reader", "status", "may"),
    [
        (STRANGER, OpgaveStatus.DONE, True),
        (STRANGER, OpgaveStatus.WITHDRAWN, False),
        (STRANGER, OpgaveStatus.RUNNING, False),
        (EDITOR, OpgaveStatus.EXPIRED, True),
        (EDITOR, OpgaveStatus.OPEN, False),
        (with_roles(gemeente_code=ELSEWHERE), OpgaveStatus.DONE, False),
    ],
)
def test_an_opgavehouder_begins_with_what_others_finished_or_what_ended_here(
    reader: Actor, status: OpgaveStatus, may: bool
) -> None:
    assert may_begin_with(reader, HERE, status, is_down=False) is may
    assert may_begin_with(reader, HERE, status, is_down=True) is False
