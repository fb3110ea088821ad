"""What sending mail needs from the settings: the relay, the sender, paper and links."""

from dataclasses import dataclass
from email.utils import parseaddr

from flask import current_app

from app.factory import TEMPLATES
from app.notifications.render import Renderer
from app.notifications.service import Stationery
from app.settings import Settings
from app.web.links import Links

EXTENSION = "post"


@dataclass(frozen=True)
class Post:
    smtp_url: str
    sender: str
    envelope_sender: str
    stationery: Stationery


def post_office() -> Post:
    """Made once per process: compiled templates are worth keeping."""
    if EXTENSION not in current_app.extensions:
        current_app.extensions[EXTENSION] = _open(current_app.extensions["settings"])
    office: Post = current_app.extensions[EXTENSION]
    return office


def _open(settings: Settings) -> Post:
    return Post(
        smtp_url=settings.smtp_url,
        sender=settings.mail_from,
        envelope_sender=parseaddr(settings.mail_from)[1],
        stationery=Stationery(
            renderer=Renderer(TEMPLATES, Links(settings)),
            mail_domain=settings.mail_domain,
            secret=settings.secret_key,
        ),
    )
