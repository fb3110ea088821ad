"""The compiled loops of matching, compiled once per checkout and kept beside the code."""

import subprocess
from collections.abc import Mapping

from devtools.cli import step
from devtools.paths import PYTHON, ROOT

SOURCE = ROOT / "app" / "matching" / "core" / "kernels.py"
LOAD = "from app.matching.core.loading import load_loops; load_loops()"


def compile_loops(settings: Mapping[str, str]) -> None:
    """Before processes start together that would each compile them, at the same time."""
    kept = (SOURCE.parent / "__pycache__").glob(f"{SOURCE.stem}.*.nbi")
    if any(one.stat().st_mtime > SOURCE.stat().st_mtime for one in kept):
        return
    with step("Rekenlussen vertalen"):
        subprocess.run([PYTHON, "-c", LOAD], cwd=ROOT, env=dict(settings), check=True)
