"""What sending mail needs from the settings: the relay, the sender, paper and links."""

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path

from app.links import Links
from app.notifications.render import Renderer
from app.notifications.service import Stationery
from app.settings import Settings


@dataclass(frozen=True)
class Post:
    smtp_url: str
    sender: str
    envelope_sender: str
    stationery: Stationery


def open_post(settings: Settings, templates: Path) -> Post:
    """Make this once per process: compiled templates are worth keeping."""
    return Post(
        smtp_url=settings.smtp_url,
        sender=settings.mail_from,
        envelope_sender=parseaddr(settings.mail_from)[1],
        stationery=Stationery(
            renderer=Renderer(templates, Links(settings)),
            mail_domain=settings.mail_domain,
            secret=settings.secret_key,
        ),
    )
