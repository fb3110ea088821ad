"""What gunicorn reads by itself is what it understands, and makes its processes ready."""

import runpy
from pathlib import Path

import pytest
from gunicorn.config import Config

from app.matching.core import loading, proposals

SETTINGS = Path(__file__).parent.parent / "gunicorn.conf.py"


def test_a_process_has_loaded_what_weighs_much_before_its_first_visitor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    monkeypatch.setattr(proposals, "read_ahead", lambda: done.append("words"))
    monkeypatch.setattr(loading, "load_loops", lambda: done.append("loops"))
    config = Config()

    config.set("post_worker_init", runpy.run_path(str(SETTINGS))["post_worker_init"])
    config.post_worker_init(None)

    assert done == ["words", "loops"]
