"""The Celery application, for `celery -A workers.main:celery_app`."""

from app.factory import create_app
from app.settings import Settings
from workers.factory import make_celery
from workers.work import LONGEST_STATEMENT

celery_app = make_celery(create_app(Settings.from_env(), LONGEST_STATEMENT))
