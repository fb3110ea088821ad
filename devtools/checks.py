"""`./dev check`: everything that can be said about the code without running its tests."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from devtools.browser import install_node_tools, node
from devtools.cli import Trouble, say
from devtools.house import flask
from devtools.paths import PAGES, PYTHON, ROOT
from devtools.scanners import scanners
from devtools.services import FOR_TESTS, Postgres, Valkey
from devtools.supervisor import Supervisor
from devtools.testing import throwaway_folder
from devtools.verdicts import Verdict, program

CODE = ("dev", "devtools", "app", "workers", "migrations", "tests", "wsgi.py")
# Has no `python -m`, and its script does not survive a move of the checkout.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"


def check(_arguments: list[str]) -> int:
    """Run every check, also after one failed, and name the ones that did."""
    failed = []
    for name, run in checks():
        started = time.monotonic()
        verdict = run()
        took = f"{time.monotonic() - started:.1f} s".replace(".", ",")
        say(f"  {name:<28}{'ok' if verdict.passed else 'MISLUKT':<8}{took:>8}")
        if not verdict.passed:
            failed.append(name)
            say(verdict.output.strip() + "\n")
    say(f"\n{len(failed)} mislukt: {', '.join(failed)}" if failed else "\nAlles in orde.")
    return 1 if failed else 0


def checks() -> Iterator[tuple[str, Callable[[], Verdict]]]:
    code = [name for name in CODE if (ROOT / name).exists()]
    yield "ruff check", python("ruff", "check", *code)
    yield "ruff format", python("ruff", "format", "--check", *code)
    yield "mypy", python("mypy", *[name for name in code if name != "migrations"])
    yield "written holes", python("devtools.advisories")
    yield "import contracts", program(str(PYTHON), "-c", LINT_IMPORTS)
    yield "alembic check", schema_matches_models
    # Its formatter joins macros and breaks lines where white space counts; its rules are good.
    yield "djlint", python("djlint", "templates", "--lint", "--quiet")
    yield "html-validate", pages_are_valid
    if (ROOT / "REUSE.toml").exists():
        yield "reuse lint", python("reuse", "lint")
    yield from scanners()


def python(*words: str) -> Callable[[], Verdict]:
    return program(str(PYTHON), "-m", *words)


def pages_are_valid() -> Verdict:
    """The pages are what the journeys saw; a check without pages would say nothing."""
    if not any(PAGES.rglob("*.html")):
        return Verdict(passed=False, output=f"{PAGES} is leeg; draai eerst ./dev test.")
    try:
        install_node_tools()
    except Trouble as trouble:
        return Verdict(passed=False, output=str(trouble))
    validate = ROOT / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    return program(*node(), str(validate), "--ext", "html", str(PAGES.relative_to(ROOT)))()


def schema_matches_models() -> Verdict:
    """Migrate an empty database and ask Alembic what the models would still change."""
    with throwaway_folder() as folder:
        supervisor = Supervisor(folder / "log")
        supervisor.listen()
        try:
            settings = settings_for(supervisor, folder)
            supervisor.run("check", flask("db", "upgrade"), settings)
            supervisor.run("check", flask("db", "check"), settings)
        except Trouble as trouble:
            return Verdict(passed=False, output=str(trouble))
        finally:
            supervisor.stop()
    return Verdict(passed=True, output="")


def settings_for(supervisor: Supervisor, folder: Path) -> Mapping[str, str]:
    postgres = Postgres(folder / "pg", folder / "socket", FOR_TESTS)
    postgres.start(supervisor)
    valkey = Valkey(folder / "valkey", keep=False)
    valkey.start(supervisor)
    return {
        **os.environ,
        "DGVN_ENV": "test",
        "SECRET_KEY": "only for this check, which ends in a moment",  # nosec  # pragma: allowlist secret
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": valkey.url,
        "SMTP_URL": "smtp://127.0.0.1:9",
        "BASE_URL": "http://127.0.0.1:8000",
        "LOG_FORMAT": "plain",
    }
