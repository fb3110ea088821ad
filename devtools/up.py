"""`./dev up`: the whole house with demo data, until somebody presses Ctrl-C."""

import http.client
import socket
import time
from collections.abc import Mapping

from devtools.cli import Stopped, Trouble, say, step
from devtools.house import SETTINGS, base_settings, flask, held_checkout, start_services
from devtools.paths import LOGS, PYTHON, VAR
from devtools.processes import PATIENCE
from devtools.state import State
from devtools.supervisor import Child, Supervisor

PREFERRED_PORT = 8000
FILLING = (
    ("Tabellen bijwerken", ("db", "upgrade")),
    ("Gemeenten inlezen", ("gemeenten", "import")),
    ("Begrippen inlezen", ("vocabulary", "import")),
)
DEMO = ("Voorbeelden klaarzetten", ("demo", "seed"))


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
    demo = (DEMO,) if settings["DGVN_ENV"] == "demo" else ()
    for label, words in (*FILLING, *demo):
        with step(label) as note:
            note(supervisor.run("setup", flask(*words), settings))
    with step("Werkers") as note:
        for child in (worker(settings), beat(settings)):
            supervisor.start(child, lambda: True)
        note("celery met 2 processen, en beat")
    with step("Site") as note:
        web = website(settings, door)
        supervisor.start(web, lambda: is_ready(door.getsockname()[1]), within=90)
        note("gunicorn met 2 processen van 4 draden")
    state.ready = True
    state.urls = {"site": address, "demo": f"{address}/demo", "postvak": f"{address}/postvak"}
    state.settings = {name: settings[name] for name in SETTINGS if name in settings}
    supervisor.changed()


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
    how = ("--worker-class", "gthread", "--workers", "2", "--threads", "4")
    manner = ("--graceful-timeout", "25", "--no-control-socket", "--access-logfile", "-")
    return Child(
        name="web",
        label="De site",
        command=[str(PYTHON), "-m", "gunicorn", *place, *how, *manner, "wsgi:app"],
        environment=settings,
        patience=PATIENCE,
        door=door,
    )


def worker(settings: Mapping[str, str]) -> Child:
    manner = ("-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO")
    return Child(
        name="worker",
        label="De werker",
        command=[str(PYTHON), "-m", "celery", "-A", "workers.main:celery_app", "worker", *manner],
        # Without this a long task would hold up stopping; it is claimed in the database anyway.
        environment={**settings, "REMAP_SIGTERM": "SIGQUIT"},
        patience=PATIENCE,
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
