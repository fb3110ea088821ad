"""What the room of gemeenten tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class GemeentenChanged(Event):
    """Name, size, place or validity of these is another than before; one fact for a whole list."""

    name: ClassVar[str] = "gemeenten.changed"
    gemeente_codes: tuple[str, ...]


@dataclass(frozen=True)
class GemeenteMerged(Event):
    """A gemeente has ended and has a successor."""

    name: ClassVar[str] = "gemeente.merged"
    gemeente_code: str
    successor_code: str
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class GemeenteFollowed(Event):
    """People, opgaven and mail domains of a gemeente that merged are of its successor now."""

    name: ClassVar[str] = "gemeente.followed"
    gemeente_code: str
    successor_code: str
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class DomainChanged(Event):
    """From now on people with this mail domain belong to the gemeente, or no longer."""

    name: ClassVar[str] = "domain.changed"
    domain: str
    gemeente_code: str
    is_given: bool
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"domain.{'given' if self.is_given else 'ended'}"


@dataclass(frozen=True)
class ProviderChanged(Event):
    """From now on the people of this gemeente sign in at its own provider, or no longer."""

    name: ClassVar[str] = "provider.changed"
    gemeente_code: str
    is_given: bool
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"provider.{'given' if self.is_given else 'ended'}"


@dataclass(frozen=True)
class NetworkFounded(Event):
    """There is a network, without gemeenten as yet."""

    name: ClassVar[str] = "network.founded"
    network_id: UUID
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class NetworkDescribed(Event):
    """A network is called or described otherwise."""

    name: ClassVar[str] = "network.described"
    network_id: UUID
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class NetworkChanged(Event):
    """From now on a gemeente is of the network, or no longer."""

    name: ClassVar[str] = "network.changed"
    network_id: UUID
    gemeente_code: str
    is_given: bool
    is_deed: ClassVar[bool] = True

    def deed(self) -> str:
        return f"network.{'joined' if self.is_given else 'left'}"
