"""Whether a locked package is one of which a hole is written down; asks nobody, so it is quick.

    python -m devtools.advisories

`security/advisories.csv` holds what was read of the advisory database of PyPA, a line for each
range of versions. It knows no more than that: `./dev holes` asks what is known today.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from devtools.parts import LOCKED
from devtools.paths import ROOT

KNOWN = ROOT / "security" / "advisories.csv"
LINE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def affected(locked: Iterable[tuple[str, str]], known: Iterable[Mapping[str, str]]) -> list[str]:
    """Each package and version for which an advisory stands, as `flask 2.3.0: PYSEC-2023-62`."""
    rows = list(known)
    return sorted(
        f"{name} {version}: {row['id']}"
        for name, version in set(locked)
        for row in rows
        if canonicalize_name(row["package"]) == canonicalize_name(name)
        and SpecifierSet(row["affected"], prereleases=True).contains(version)
    )


def read_known() -> list[dict[str, str]]:
    with KNOWN.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def read_locked() -> Iterator[tuple[str, str]]:
    for name in LOCKED:
        yield from LINE.findall((ROOT / name).read_text())


def main() -> int:
    found = affected(read_locked(), read_known())
    sys.stdout.write("".join(f"{one}\n" for one in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
