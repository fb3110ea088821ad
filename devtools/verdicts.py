"""What a check says: whether it holds, and if not, why."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from devtools.paths import ROOT


@dataclass(frozen=True)
class Verdict:
    passed: bool
    output: str


def program(*command: str, settings: Mapping[str, str] | None = None) -> Callable[[], Verdict]:
    """A check that holds when this command ends well, with these settings beside our own."""

    def run() -> Verdict:
        environment = {**os.environ, **(settings or {})}
        ended = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment
        )
        return Verdict(ended.returncode == 0, ended.stdout + ended.stderr)

    return run
