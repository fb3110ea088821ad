"""One's own data, in one click."""

from flask import Blueprint, Response
from flask_login import current_user

from app.core.clock import utc_now
from app.extensions import db
from app.privacy.export import Person, parts_of
from app.web.limits import per_person
from app.web.policy import Policy, allow
from app.web.privacy.archive import archive
from app.web.work import open_work

# Each time every table is read.
DOWNLOADS = "10/hour"

privacy = Blueprint("privacy", __name__)


@privacy.post("/account/gegevens")
@allow(Policy.SIGNED_IN)
@per_person(DOWNLOADS, "Je haalde je gegevens net al een paar keer op.")
def download() -> Response:
    """All that is kept of who asks, as one file."""
    own, now = Person(current_user.user_id, current_user.email), utc_now()
    answer = Response(archive(db.session(), list(parts_of(db.session(), own)), now))
    with open_work() as work:
        work.record("data.exported", ("user", own.user_id))
    answer.mimetype = "application/zip"
    name = f"mijn-gegevens-{now:%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
