"""How far a long piece of work is: at which step, how much of it is done, and of how much."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]


def no_progress(step: str, done: int, of: int) -> None:
    """For who does not look."""
