"""The web application for a WSGI server, and for `flask`."""

from app.cli.digest import digest
from app.factory import create_app
from app.settings import Settings
from workers.loop import worker
from workers.simulate import simulate

app = create_app(Settings.from_env())
# Here and not with the other commands: the app does not know who works for it.
app.cli.add_command(worker)
digest.add_command(simulate)
