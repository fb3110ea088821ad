"""The link that a mail brings to who asked to sign in."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.core.clock import utc_now
from app.links import Links


def a_link(session: Session, email: str, **changed: Any) -> SignIn:
    fields = {
        "id": uuid4(),
        "email": email,
        "asked_at": utc_now(),
        "expires_at": utc_now() + timedelta(minutes=30),
    }
    link = SignIn(**{**fields, **changed})
    session.add(link)
    session.commit()
    return link


def path_of(app: Flask, link: SignIn) -> str:
    settings = app.extensions["settings"]
    return Links(settings).sign_in(link.id).removeprefix(settings.base_url)
