"""What a message carries along: how long its task may take, and which turn it has."""

import pytest
from celery import Celery

from app.core.heartbeat import Group
from workers.reactions import BY_NAME
from workers.tasks import _nudge


@pytest.mark.parametrize(
    ("group", "soft", "hard"), [(Group.MATCH, 45, 60), (Group.BUILD, 270, 300)]
)
def test_a_job_that_hangs_is_ended_before_its_group_is_taken_for_dead(
    celery_app: Celery, group: Group, soft: int, hard: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, object]] = []
    run_job = celery_app.tasks["outbox.run_job"]
    reaction = next(name for name, known in BY_NAME.items() if known.group is group)
    monkeypatch.setattr(run_job, "apply_async", lambda _, **options: sent.append(options))

    _nudge(run_job, [(1, reaction)])

    assert sent == [{"queue": group, "soft_time_limit": soft, "time_limit": hard}]
    assert hard < group.longest_silence.total_seconds()


def test_a_beat_overtakes_what_waits(celery_app: Celery) -> None:
    schedule = celery_app.conf.beat_schedule
    first = {
        entry["task"]
        for entry in schedule.values()
        if entry["options"]["priority"] < celery_app.conf.task_default_priority
    }

    assert first == {"heart.beat"}
