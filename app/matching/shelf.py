"""Where the snapshots lie, and the newest of them, opened once per process and version."""

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from app.matching.current import current_version

if TYPE_CHECKING:
    from app.matching.country import Country

log = structlog.get_logger()


class Shelf:
    """A folder with snapshots; without a folder there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._newest: tuple[str, Country | None] | None = None

    def newest(self) -> "Country | None":
        """The country as the newest snapshot has it; None when there is none that we can read."""
        while (version := self._version()) is not None:
            # Looked up once: another thread may meanwhile put a newer one in its place.
            kept = self._newest
            if kept is None or kept[0] != version:
                kept = self._newest = (version, _opened(self.folder, version))
            if kept[1] is not None or version == self._version():
                return kept[1]
        return None

    def _version(self) -> str | None:
        return current_version(self.folder) if self.folder else None


def _opened(folder: Path | None, version: str) -> "Country | None":
    # Compiled loops weigh more than all else together: who has no snapshot needs none.
    from app.matching.country import UNREADABLE, open_country  # noqa: PLC0415

    try:
        return open_country(folder, version) if folder else None
    except UNREADABLE as error:
        log.warning("snapshot refused", version=version, error=str(error))
        return None


NO_SHELF = Shelf()
