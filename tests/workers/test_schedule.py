"""Ticks that pile up help nobody."""

from collections.abc import Callable
from inspect import getmembers, isfunction

import pytest

from app.core.heartbeat import Group
from workers import housekeeping, outbox
from workers.schedule import TICKS, Tick


@pytest.mark.parametrize(("seconds", "expires"), [(1, 10.0), (5, 50.0), (0.5, 10.0)])
def test_a_tick_that_nobody_took_is_thrown_away(seconds: float, expires: float) -> None:
    tick = Tick("outbox.relay", outbox.relay, seconds, Group.TICK)

    assert tick.expires == expires


def test_news_is_looked_at_every_second() -> None:
    assert [name for name, tick in TICKS.items() if tick.seconds == 1] == [
        "relay facts",
        "deliver what somebody waits for",
        "deliver mail",
    ]


def test_every_group_shows_that_it_lives() -> None:
    beating = [tick for tick in TICKS.values() if tick.name == "heart.beat"]

    assert [(tick.group, tick.args, tick.seconds) for tick in beating] == [
        (group, (group.value,), 15) for group in Group
    ]


def test_what_the_clock_alone_brings_about_is_on_it() -> None:
    deeds = {one for _, one in getmembers(housekeeping, isfunction) if is_deed(one)}

    assert {tick.act for tick in TICKS.values()} >= deeds


def is_deed(one: Callable[..., object]) -> bool:
    return one.__module__ == housekeeping.__name__ and not one.__name__.startswith("_")
