"""What each process has for itself when several of them answer from one snapshot."""

from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.core.clock import dutch_day, utc_now
from app.extensions import db
from app.matching import queries, standing
from app.matching.core.loading import load_loops
from app.matching.shelf import Shelf
from app.people.models import Profile
from tests.bench.filled import Ground
from tests.bench.timing import private_mb

Found = Iterator[dict[str, Any]]

PROCESSES, PEOPLE = 4, 20
GOAL_OF_A_PROCESS, GOAL_ON_DISK = 30, 64
SECONDS = 120


def private_memory(own: Ground) -> Found:
    """Children of one process, as those of a worker: idle, and after twenty answers."""
    app, forks = own.app(), get_context("fork")
    load_loops()
    together, told = forks.Barrier(PROCESSES), forks.SimpleQueue()
    children = [forks.Process(target=_answer, args=(app, together, told)) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    found = [told.get() for _ in children]
    for child in children:
        child.join(SECONDS)
    on_disk = sum(path.stat().st_size for path in own.folder.rglob("*") if path.is_file())
    yield {
        "measure": "memory of one process that answers, beyond what it has idle",
        "mb": [one["answers"] for one in found],
        "of_which_words_mb": [one["words"] for one in found],
        "idle_mb": [one["idle"] for one in found],
        "goal_mb": GOAL_OF_A_PROCESS,
        "snapshot_mb": round(on_disk / 1e6, 1),
        "goal_snapshot_mb": GOAL_ON_DISK,
    }


def _answer(app: Flask, together: Any, told: Any) -> None:
    """What is private is only known as long as the others are there too."""
    with app.app_context():
        db.engine.dispose(close=False)
        people = select(Profile.user_id).order_by(Profile.user_id).limit(PEOPLE)
        ids = db.session.scalars(people).all()
        together.wait(SECONDS)
        idle = private_mb()
        queries.vocabulary(db.session())
        words = private_mb()
        shelf: Shelf = app.extensions["shelf"]
        now = standing.standing(db.session(), dutch_day(utc_now()), shelf)
        for profile in queries.profile_facts(db.session(), ids):
            now.opgaven_for(profile)
        together.wait(SECONDS)
        answers = private_mb()
        together.wait(SECONDS)
    told.put(
        {
            "idle": idle,
            "words": round(words - idle, 1),
            "answers": round(answers - idle, 1),
        }
    )
