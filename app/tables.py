"""Every table of the house in one metadata, for migrations, tests and the extensions."""

from app.accounts import models as accounts
from app.conversations import models as conversations
from app.core import audit, heartbeat, jobs, outbox
from app.core.orm import METADATA
from app.gemeenten import models as gemeenten
from app.hours import models as hours
from app.loans import models as loans
from app.matching import models as matching
from app.moderation import models as moderation
from app.notifications import models as notifications
from app.opgaven import models as opgaven
from app.people import models as people
from app.privacy import models as privacy
from app.responses import models as responses
from app.together import models as together
from app.vocabulary import models as vocabulary

ROOMS = (
    accounts,
    audit,
    conversations,
    gemeenten,
    heartbeat,
    hours,
    jobs,
    loans,
    matching,
    moderation,
    notifications,
    opgaven,
    outbox,
    people,
    privacy,
    responses,
    together,
    vocabulary,
)

__all__ = ["METADATA", "ROOMS"]
