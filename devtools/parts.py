"""`./dev parts` lists what others made of this house; `./dev holes` asks which of it has a hole."""

import subprocess

from devtools.cli import say
from devtools.paths import ROOT, VAR
from devtools.scanners import scanner

# What runs at a gemeente, and what it is made and looked at with.
LOCKED = (
    "requirements.txt",
    "requirements-semantic.txt",
    "requirements-dev.txt",
    "requirements-scan.txt",
)


def parts(_arguments: list[str]) -> int:
    """A list in CycloneDX of every package that the product installs, with its hashes."""
    made = VAR / "parts.json"
    made.parent.mkdir(exist_ok=True)
    options = ["--output-reproducible", "--of", "JSON", "-o", str(made)]
    command = [scanner("cyclonedx-py"), "requirements", *options, LOCKED[0]]
    subprocess.run(command, check=True, cwd=ROOT)
    say(f"  {made.relative_to(ROOT)}")
    return 0


def holes(arguments: list[str]) -> int:
    """Ask the advisories of PyPI over the network; so this is no part of `./dev check`."""
    failed = 0
    for name in LOCKED:
        say(f"  {name}")
        options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", *arguments]
        command = [scanner("pip-audit"), *options, "-r", name]
        failed |= subprocess.run(command, check=False, cwd=ROOT).returncode
    return failed
