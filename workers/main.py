"""The Celery application, for `celery -A workers.main:celery_app`."""

from app.factory import create_app
from app.settings import Settings
from workers import digests, housekeeping, mail, outbox
from workers.factory import make_celery

# Longer than the longest task: a full comparison may wait for another one to end.
LONGEST_STATEMENT = "5min"

celery_app = make_celery(create_app(Settings.from_env(), LONGEST_STATEMENT))

TASKS = (digests, housekeeping, mail, outbox)
