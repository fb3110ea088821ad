"""The door for operators: `flask ...` commands."""

from flask import Flask

from app.cli.accounts import accounts
from app.cli.audit import audit
from app.cli.database import database
from app.cli.demo.commands import demo
from app.cli.digest import digest
from app.cli.esco import esco
from app.cli.gemeenten import gemeenten
from app.cli.insight import insight
from app.cli.keys import keys
from app.cli.mail import mail
from app.cli.matching import matching
from app.cli.outbox import outbox
from app.cli.privacy import privacy
from app.cli.system import system
from app.cli.vocabulary import vocabulary

GROUPS = (
    accounts,
    audit,
    database,
    demo,
    digest,
    esco,
    gemeenten,
    insight,
    keys,
    mail,
    matching,
    outbox,
    privacy,
    system,
    vocabulary,
)


def bind(app: Flask) -> None:
    """Add every group of commands."""
    for group in GROUPS:
        app.cli.add_command(group)
