"""News has a reader, tasks have names, and every queue has somebody who looks at it."""

import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, get_type_hints

import pytest
from celery import Celery, Task
from flask import Flask

from app.core.outbox import EVENTS
from devtools.up import WORKERS as STARTED
from tests.house.tree import ROOT
from tests.support.product import WORKERS
from workers import digests, heart, housekeeping, mail, outbox
from workers.factory import QUEUES, make_celery
from workers.reactions import (
    BY_NAME,
    GO_ON_MATCHING,
    MATCH_EVERYTHING,
    MATCH_OPGAVE,
    MATCH_PROFILE,
    REACTIONS,
)
from workers.schedule import TICKS

PLAIN = {int, str, bool}
MODULES = (digests, heart, housekeeping, mail, outbox)

for room in (ROOT / "app").glob("*/events.py"):
    # An event is known once its room has been read.
    import_module(f"app.{room.parent.name}.events")


@pytest.fixture(scope="module")
def celery_app(app: Flask) -> Celery:
    made = make_celery(app)
    made.finalize()
    return made


@pytest.fixture
def ours(celery_app: Celery) -> dict[str, Task]:
    return {name: task for name, task in celery_app.tasks.items() if not name.startswith("celery.")}


def unlisted(known: Iterable[str], listed: Iterable[str]) -> set[str]:
    """What stands on one of the two lists only."""
    return set(known) ^ set(listed)


def named_after_their_code(tasks: dict[str, Task]) -> list[str]:
    return [name for name, task in tasks.items() if name.startswith(f"{task.run.__module__}.")]


def odd_values(task: Callable[..., Any]) -> list[str]:
    """Parameters that are no plain value, so that a message would carry a thing."""
    kinds = get_type_hints(task)
    return [name for name in inspect.signature(task).parameters if kinds.get(name) not in PLAIN]


def test_every_event_has_its_line_in_the_reactions() -> None:
    assert unlisted(EVENTS, REACTIONS) == set()


def test_an_event_that_nobody_reads_is_found() -> None:
    assert unlisted([*EVENTS, "atelier.opened"], REACTIONS) == {"atelier.opened"}


def test_every_event_has_a_name_of_room_and_deed() -> None:
    assert [name for name in EVENTS if len(name.split(".")) != 2] == []


def test_reactions_have_one_name_each() -> None:
    reactions = {reaction for known in REACTIONS.values() for reaction in known}

    assert sorted(BY_NAME) == sorted(reaction.name for reaction in reactions)


def test_every_task_has_an_explicit_name(ours: dict[str, Task]) -> None:
    assert named_after_their_code(ours) == []
    assert {task.__module__ for task in ours.values()} == {module.__name__ for module in MODULES}


def test_every_task_takes_plain_values_only(ours: dict[str, Task]) -> None:
    odd = {name: odd_values(task.run) for name, task in ours.items()}

    assert {name: found for name, found in odd.items() if found} == {}


def test_a_task_without_a_name_or_with_a_thing_is_found() -> None:
    def take(work: object, number: int) -> None: ...

    nameless = Celery(set_as_current=False).task(shared=False)(take)

    assert odd_values(take) == ["work"]
    assert named_after_their_code({nameless.name: nameless}) == [f"{__name__}.take"]


def test_every_tick_wakes_a_task(ours: dict[str, Task]) -> None:
    assert {tick.name for tick in TICKS.values()} - set(ours) == set()


def test_every_task_but_those_for_one_job_is_woken_by_a_tick(ours: dict[str, Task]) -> None:
    of_jobs = {"outbox.run_job", "outbox.note_cut_off"}

    assert unlisted(ours, [tick.name for tick in TICKS.values()]) == of_jobs


def test_a_tick_brings_what_its_task_asks_for(ours: dict[str, Task]) -> None:
    for tick in TICKS.values():
        inspect.signature(ours[tick.name].run).bind(*tick.args)


def test_every_queue_in_use_is_consumed_by_a_worker_that_is_started() -> None:
    used = {tick.group.value for tick in TICKS.values()}
    used |= {reaction.group.value for reaction in BY_NAME.values()}

    assert used <= set(STARTED.values())
    assert sorted(STARTED.values()) == sorted(QUEUES)


def test_the_operations_page_names_a_worker_for_every_queue() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()

    assert [queue for queue in QUEUES if f" -Q {queue} " not in page] == []


def test_a_worker_looks_at_every_queue_unless_told_otherwise(celery_app: Celery) -> None:
    assert set(celery_app.amqp.queues) == set(QUEUES)


def test_the_workers_of_the_journeys_look_at_every_queue() -> None:
    assert sorted(group.value for group in WORKERS.values()) == sorted(QUEUES)


def test_what_alters_matches_lets_them_be_compared() -> None:
    compares = {MATCH_OPGAVE, MATCH_PROFILE, MATCH_EVERYTHING, GO_ON_MATCHING}
    found = {fact for fact, reactions in REACTIONS.items() if compares & set(reactions)}

    assert found == {
        *(
            "profile.changed",
            "profile.paused",
            "profile.hidden",
            "reason.disputed",
            "dispute.withdrawn",
        ),
        *("opgave.published", "opgave.changed", "opgave.filled", "opgave.reopened"),
        "opgave.ended",
        *("vocabulary.changed", "gemeenten.changed", "network.changed", "matching.unfinished"),
        *("gemeente.followed", "person.moved", "opgave.moved"),
    }
