"""What sending mail needs from the settings: the relay and its log, the sender, paper and links."""

from dataclasses import dataclass
from pathlib import Path

from app.core.ledger import NO_LEDGER, Ledger, PostfixLog
from app.links import Links
from app.notifications.render import Renderer
from app.notifications.service import Stationery
from app.settings import Settings


@dataclass(frozen=True)
class Post:
    smtp_url: str
    sender: str
    stationery: Stationery
    ledger: Ledger = NO_LEDGER


def open_post(settings: Settings, templates: Path) -> Post:
    """Make this once per process: compiled templates are worth keeping."""
    return Post(
        smtp_url=settings.smtp_url,
        sender=settings.mail_from,
        stationery=Stationery(
            renderer=Renderer(templates, Links(settings)),
            mail_domain=settings.mail_domain,
            secret=settings.secret_key,
            bounce_address=settings.bounce_address,
            answer_box=settings.answer_address,
        ),
        ledger=PostfixLog(settings.mail_log) if settings.mail_log else NO_LEDGER,
    )
