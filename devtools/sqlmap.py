"""`./dev sqlmap`: try to get at the database by what a visitor may type, on ten addresses.

A product of its own with the people of the demo, on this machine alone, gone when the command
ends; without limits on how often one asks, because these are not what is tried.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from devtools.checks import settings_for
from devtools.cli import Trouble, say
from devtools.house import flask
from devtools.paths import PYTHON, ROOT
from devtools.scanners import scanner
from devtools.services import free_port
from devtools.supervisor import Child, Supervisor
from devtools.testing import throwaway_folder

PATIENCE = 120.0
FILLING = ("db upgrade", "gemeenten import", "vocabulary import", "demo seed")
QUIETLY = "--batch --disable-coloring --drop-set-cookie --skip-waf --flush-session --level=2"
SAFE = "do not appear to be injectable"
FOUND = re.compile(r"identified the following injection|is vulnerable|injectable with")
STUMBLED = "500 (Internal Server Error)"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PERSON = re.compile(r'action="(/demo/[0-9a-f-]+)"')
OPGAVE = re.compile(r'href="/opgaven/([0-9a-f-]{36})"')


@dataclass(frozen=True)
class Road:
    """An address with what may be typed into it; `*` stands where it is a part of the path."""

    path: str
    typed: str
    body: str = ""


ROADS = (
    Road("/opgaven?q=plein&provincie=Utrecht&pagina=1", "q,provincie,pagina"),
    Road("/opgaven/afgerond?q=plein&pagina=1", "q,pagina"),
    Road("/collegas?q=wmo&provincie=Utrecht&pagina=1", "q,provincie,pagina"),
    Road("/begrippen?q=inkoop", "q"),
    Road("/meldingen?pagina=1", "pagina"),
    Road("/matches/past-niet?gevraagd=wmo", "gevraagd"),
    Road("/profiel/logboek?van=2026-01-01&tot=2026-12-31&voor=9", "van,tot,voor"),
    Road("/uren?jaar=2026&gemeente=GM0344", "jaar,gemeente"),
    Road("/opgaven/{opgave}*", ""),
    Road("/opgaven/lijkt-op", "title,text", "title=Een+plein&text=Bankjes&csrf_token={token}"),
)


def sqlmap(_arguments: list[str]) -> int:
    """Ask each road in turn; 1 when one of them let something through, or stumbled."""
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "log")
        supervisor.listen()
        try:
            failed = [
                road.path for road, said in _asked(supervisor, folder) if not _holds(road, said)
            ]
        finally:
            supervisor.stop()
    say(f"\n{len(failed)} mislukt: {', '.join(failed)}" if failed else "\nAlles in orde.")
    return 1 if failed else 0


def _holds(road: Road, said: str) -> bool:
    holds = SAFE in said and STUMBLED not in said and not FOUND.search(said)
    say(f"  {road.path:<60}{'ok' if holds else 'MISLUKT'}")
    if not holds:
        say(said)
    return holds


def _asked(supervisor: Supervisor, folder: Path) -> Iterator[tuple[Road, str]]:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    settings = {**settings_for(supervisor, folder), "DGVN_ENV": "demo", "DEMO_ACCOUNTS": "1"}
    settings["BASE_URL"] = site
    for words in FILLING:
        supervisor.run("sqlmap", flask(*words.split()), settings)
    command = [str(PYTHON), "-m", "devtools.sqlmap", str(port)]
    child = Child(name="site", label="De site", command=command, environment=settings)
    supervisor.start(child, partial(_answers, site), PATIENCE)
    for road in ROADS:
        # Each as a visitor of its own: what one of them did holds up no other.
        visitor = _signed_in(site)
        yield road, _try(site, road, visitor, folder / "sqlmap")


@dataclass(frozen=True)
class Visitor:
    cookie: str
    token: str
    opgave: str


def _signed_in(site: str) -> Visitor:
    """As the first of the people of the demo."""
    cookies = CookieJar()
    browser = build_opener(HTTPCookieProcessor(cookies))
    page = _read(browser, f"{site}/demo")
    person, token = PERSON.search(page), TOKEN.search(page)
    if not person or not token:
        raise Trouble("De demo laat niemand binnen.")
    _read(browser, f"{site}{person[1]}", {"csrf_token": token[1]})
    opgave = OPGAVE.search(_read(browser, f"{site}/opgaven"))
    token = TOKEN.search(_read(browser, f"{site}/account"))
    if not opgave or not token:
        raise Trouble("De demo heeft geen opgave, of niemand is ingelogd.")
    cookie = "; ".join(f"{one.name}={one.value}" for one in cookies)
    return Visitor(cookie, token[1], opgave[1])


def _try(site: str, road: Road, visitor: Visitor, folder: Path) -> str:
    """What sqlmap said of it."""
    path = road.path.format(opgave=visitor.opgave)
    command = [scanner("sqlmap"), *QUIETLY.split(), "--dbms=PostgreSQL", f"--output-dir={folder}"]
    command += ["-u", f"{site}{path}", f"--cookie={visitor.cookie}"]
    command += [f"--data={road.body.format(token=visitor.token)}"] if road.body else []
    command += ["-p", road.typed] if road.typed else []
    return _said(command)


def _said(command: Sequence[str]) -> str:
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return ended.stdout + ended.stderr


def _read(browser: OpenerDirector, address: str, form: Mapping[str, str] | None = None) -> str:
    # Of this machine alone: the address is made above.
    with browser.open(address, urlencode(form).encode() if form else None) as answer:
        return str(answer.read().decode())


def _answers(site: str) -> bool:
    try:
        return bool(_read(build_opener(), f"{site}/healthz"))
    except URLError:
        return False


def serve(port: int) -> None:
    from werkzeug.serving import run_simple  # noqa: PLC0415  (the other half needs no site)

    from app.extensions import limiter  # noqa: PLC0415
    from wsgi import app  # noqa: PLC0415

    limiter.enabled = False
    run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
