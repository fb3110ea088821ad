"""Fills the queues as the beat and the relay of facts do, while nobody empties them."""

from workers.main import celery_app
from workers.schedule import TICKS


def main() -> None:
    relay = celery_app.tasks["outbox.relay"]
    # A relay takes two hundred facts; a thousand is the most that a test has.
    for _ in range(6):
        relay()
    for tick in TICKS.values():
        celery_app.tasks[tick.name].apply_async(tick.args, queue=tick.group.value)


if __name__ == "__main__":
    main()
