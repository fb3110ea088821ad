"""Every table of the house in one metadata, for migrations, tests and the extensions."""

from app.accounts import models as accounts
from app.core import heartbeat, jobs, outbox
from app.core.orm import METADATA
from app.gemeenten import models as gemeenten
from app.matching import models as matching
from app.notifications import models as notifications
from app.opgaven import models as opgaven
from app.people import models as people
from app.responses import models as responses
from app.together import models as together
from app.vocabulary import models as vocabulary

ROOMS = (
    accounts,
    gemeenten,
    heartbeat,
    jobs,
    matching,
    notifications,
    opgaven,
    outbox,
    people,
    responses,
    together,
    vocabulary,
)

__all__ = ["METADATA", "ROOMS"]
