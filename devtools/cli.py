"""How a verb speaks to the person who typed it, and how it ends."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Trouble(Exception):
    """Something the person at the keyboard should read; the verb ends with 1."""


class Stopped(Exception):
    """Somebody asked us to stop."""


def run(verb: Callable[[list[str]], int], arguments: list[str]) -> int:
    try:
        return verb(arguments)
    except Trouble as trouble:
        say()
        say(str(trouble))
        return 1
    except (Stopped, KeyboardInterrupt):
        return 130


def say(text: str = "", end: str = "\n") -> None:
    # A closed terminal must not keep us from stopping the children.
    with suppress(OSError):
        sys.stdout.write(text + end)
        sys.stdout.flush()


@contextmanager
def step(label: str) -> Iterator[Callable[[str], None]]:
    """Show one step, how long it took and what it noted."""
    notes: list[str] = []
    started = time.monotonic()
    say(f"  {label:<24}", end="")
    try:
        yield notes.append
    except Stopped:
        say("gestopt")
        raise
    except BaseException:
        say("mislukt")
        raise
    seconds = f"{time.monotonic() - started:.1f} s".replace(".", ",")
    say(f"{seconds:>7}   {'; '.join(notes)}".rstrip())
