"""What looks for holes: bandit, our own rules for semgrep, and secrets that were left in a file."""

import json
import subprocess
from collections.abc import Callable, Iterator
from itertools import chain

from devtools.paths import ROOT, SCANNERS
from devtools.verdicts import Verdict, program

# What runs at a gemeente, and what sets it up.
CODE = ("app", "workers", "devtools", "migrations", "wsgi.py", "gunicorn.conf.py")
PRODUCT = ("app", "workers", "templates", "migrations", "wsgi.py", "gunicorn.conf.py")
RULES = "security/rules"
# Hashes of packages and of landed migrations, a certificate of the tests, and what others wrote.
NO_SECRETS = (
    r"requirements.*\.txt|package-lock\.json|tests/house/test_schema\.py|.*relay\.pem"
    r"|app/web/static/vendor/.*|.*/data/.*|LICENSES/.*"
)
# It would ask its makers for a newer version, and tell them that it ran.
QUIET = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}


def scanners() -> Iterator[tuple[str, Callable[[], Verdict]]]:
    yield "bandit", program(scanner("bandit"), "-q", "-c", "pyproject.toml", "-r", *CODE)
    yield "semgrep, the rules", semgrep("--test", RULES)
    yield "semgrep", semgrep("scan", "--error", "--quiet", "--config", RULES, *PRODUCT)
    yield "detect-secrets", no_secrets


def scanner(name: str) -> str:
    return str(SCANNERS / "bin" / name)


def semgrep(*words: str) -> Callable[[], Verdict]:
    # It starts its own parts by name.
    path = f"{SCANNERS / 'bin'}:/usr/bin:/bin"
    return program(scanner("semgrep"), *words, settings={**QUIET, "PATH": path})


def no_secrets() -> Verdict:
    """It always ends well: what it found stands in its answer."""
    ended = subprocess.run(
        [scanner("detect-secrets"), "scan", "--exclude-files", NO_SECRETS],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if ended.returncode:
        return Verdict(passed=False, output=ended.stderr)
    found = json.loads(ended.stdout)["results"]
    places = [
        f"{one['filename']}:{one['line_number']} {one['type']}"
        for one in chain.from_iterable(found.values())
    ]
    return Verdict(passed=not places, output="\n".join(places))
