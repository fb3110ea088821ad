"""Where everything of this checkout lives."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SCANNERS = ROOT / ".venv-scan"
VAR = ROOT / "var"
LOGS = VAR / "log"
RUN = VAR / "run"
MAIL = VAR / "mail"
PAGES = VAR / "pages"

# One short name per checkout and person: several copies run side by side.
CHECKOUT = hashlib.sha256(f"{os.getuid()}:{ROOT}".encode()).hexdigest()[:10]

# Only for root whose checkout the service account cannot enter.
OUTSIDE = Path("/var/lib/degemeentevannu") / CHECKOUT

LONGEST_SOCKET_FOLDER = 60


def short_temporary_folder() -> Path:
    """Where UNIX sockets fit: their paths may not pass about a hundred characters."""
    folder = Path(tempfile.gettempdir())
    if os.geteuid() == 0 or len(str(folder)) > LONGEST_SOCKET_FOLDER:
        # A folder with our own name is made in it.
        return Path("/tmp")  # nosec B108
    return folder
