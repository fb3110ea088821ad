"""`./dev up`: the whole house with demo data, until somebody presses Ctrl-C."""

import http.client
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from devtools.cli import Stopped, Trouble, say, step
from devtools.filling import DONE
from devtools.hearts import silences
from devtools.house import (
    SETTINGS,
    as_application,
    base_settings,
    has_own_postgres,
    held_checkout,
    start_services,
)
from devtools.loops import compile_loops
from devtools.paths import LOGS, PYTHON, VAR
from devtools.processes import PATIENCE
from devtools.services import APPLICATION, Provider
from devtools.state import State
from devtools.supervisor import LONGEST_SILENCE, Child, Supervisor

PREFERRED_PORT = 8000
# Seconds; a busy machine may take long, and who ends three times is not waited for.
PATIENT = 300.0
FILLING = (
    ("Tabellen bijwerken", "db upgrade"),
    ("Gemeenten inlezen", "gemeenten import"),
    ("Begrippen inlezen", "vocabulary import"),
)
# A relay may be slow and comparing may take long; nothing else waits behind either.
WORKERS = {
    "worker": "tick",
    "messenger": "mail-urgent",
    "mailer": "mail-bulk",
    "matcher": "match",
    "builder": "build",
}
# Seconds; whoever compares everything shows that it lives when it is done.
LONGEST_BUILD = 390.0
RIGHTS = ("Rechten in de database", f"database prepare {APPLICATION}")
DEMO = ("Voorbeelden klaarzetten", "demo seed")


def up(_arguments: list[str]) -> int:
    started = time.monotonic()
    try:
        with held_checkout() as (supervisor, state, left_over):
            say("De gemeente van nu start.")
            if left_over:
                say(f"  De vorige keer eindigde onverwacht; {left_over} processen opgeruimd.")
            start_everything(supervisor, state)
            tell_addresses(state, time.monotonic() - started)
            supervisor.watch()
            say("\nStoppen ...")
    except Stopped:
        pass
    say("Alles is gestopt. Je gegevens staan nog klaar voor de volgende keer.")
    return 0


def start_everything(supervisor: Supervisor, state: State) -> None:
    # We hold the port ourselves: no other copy can take it, also not while the site restarts.
    door = open_door()
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    settings = base_settings(address)
    start_services(supervisor, settings)
    is_demo = settings["DGVN_ENV"] == "demo"
    demo = (DEMO, start_provider(supervisor)) if is_demo else ()
    rights = (RIGHTS,) if has_own_postgres() else ()
    fill(supervisor, settings, (*FILLING, *rights, *demo))
    compile_loops(settings)
    serving = as_application(settings)
    # The site and the worker load the app at the same time; that is what takes long.
    working = [worker(serving, name, queue) for name, queue in WORKERS.items()]
    for child in working:
        supervisor.launch(child)
    with step("Site") as note:
        web = website(serving, door)
        supervisor.start(web, lambda: is_ready(door.getsockname()[1]), within=PATIENT)
        note("gunicorn met 2 processen van 4 draden")
    with step("Werkers") as note:
        for child in working:
            supervisor.wait_for(child, partial(supervisor.has_said, child.name, " ready."), PATIENT)
        supervisor.launch(beat(serving))
        # The clock of the heartbeats ticks from here.
        supervisor.hear(partial(silences, settings["DATABASE_URL"]))
        note("celery in vijf delen, en beat")
    state.ready = True
    state.urls = {"site": address, "demo": f"{address}/demo", "postvak": f"{address}/postvak"}
    state.settings = {name: settings[name] for name in SETTINGS if name in settings}
    supervisor.changed()


def start_provider(supervisor: Supervisor) -> tuple[str, str]:
    """One gemeente of the demo has a sign-in of its own; the step that connects it."""
    provider = Provider()
    with step("Inlog van een gemeente") as note:
        # Nothing of ours is told to it.
        child = provider.child({**os.environ, "PYTHONUNBUFFERED": "1"})
        supervisor.start(child, provider.answers)
        note(f"poort {provider.port}")
    return "Inlog koppelen", f"demo provider {provider.issuer}"


def fill(
    supervisor: Supervisor, settings: Mapping[str, str], steps: Sequence[tuple[str, str]]
) -> None:
    """Bring tables and data up to date, one flask command per step, in one process."""
    command = [str(PYTHON), "-m", "devtools.filling", *(words for _, words in steps)]
    lines = supervisor.lines("setup", command, settings)
    for label, _ in steps:
        with step(label) as note:
            note(last_before_done(lines))
    for _ in lines:
        pass


def last_before_done(lines: Iterator[str]) -> str:
    last = ""
    for line in lines:
        if line == DONE:
            return last
        last = line.strip() or last
    return last


def open_door() -> socket.socket:
    for port in (PREFERRED_PORT, 0):
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(256)
        except OSError:
            door.close()
        else:
            return door
    raise Trouble("Er is geen vrije poort op 127.0.0.1.")


def website(settings: Mapping[str, str], door: socket.socket) -> Child:
    place = ("--bind", f"fd://{door.fileno()}")
    how = ("--workers", "2", "--threads", "4")
    manner = ("--graceful-timeout", "25", "--no-control-socket")
    return Child(
        name="web",
        label="De site",
        command=[str(PYTHON), "-m", "gunicorn", *place, *how, *manner, "wsgi:app"],
        environment=settings,
        patience=PATIENCE,
        door=door,
    )


def worker(settings: Mapping[str, str], name: str, queue: str) -> Child:
    work = ("-Q", queue, "-c", "1", "-n", f"{name}@%h")
    manner = (*work, "--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return Child(
        name=name,
        label=f"De werker voor {queue}",
        command=[str(PYTHON), "-m", "celery", "-A", "workers.main:celery_app", "worker", *manner],
        # Without this a long task would hold up stopping; it is claimed in the database anyway.
        environment={**settings, "REMAP_SIGTERM": "SIGQUIT"},
        patience=PATIENCE,
        beats_as=queue,
        longest_silence=LONGEST_BUILD if queue == "build" else LONGEST_SILENCE,
    )


def beat(settings: Mapping[str, str]) -> Child:
    folder = VAR / "beat"
    folder.mkdir(exist_ok=True)
    manner = ("-s", str(folder / "schedule"), "--loglevel", "INFO")
    return Child(
        name="beat",
        label="De klok",
        command=[str(PYTHON), "-m", "celery", "-A", "workers.main:celery_app", "beat", *manner],
        environment=settings,
        patience=PATIENCE,
    )


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tell_addresses(state: State, seconds: float) -> None:
    say(f"\nKlaar in {seconds:.0f} seconden. Open in je browser:\n")
    say(f"  {state.urls['site']:<34} de site")
    say(f"  {state.urls['demo']:<34} aanmelden als iemand uit de demo")
    say(f"  {state.urls['postvak']:<34} de mail die de site verstuurt")
    say(f"\nLogboeken staan in {LOGS}. Stoppen: Ctrl-C.\n")
