"""Ticks that pile up help nobody."""

import pytest

from workers.schedule import TICKS, every


@pytest.mark.parametrize(("seconds", "expires"), [(1, 10.0), (5, 50.0), (0.5, 10.0)])
def test_a_tick_that_nobody_took_is_thrown_away(seconds: float, expires: float) -> None:
    tick = every(seconds, "outbox.relay", "tick")

    assert tick["options"] == {"queue": "tick", "expires": expires}


def test_news_is_looked_at_every_second() -> None:
    assert [name for name, tick in TICKS.items() if tick["schedule"] == 1] == [
        "relay facts",
        "deliver mail",
    ]
