"""The web application for a WSGI server."""

from app.factory import create_app
from app.matching.core.proposals import read_ahead
from app.settings import Settings

read_ahead()
app = create_app(Settings.from_env())
