"""What the room of opgaven tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event
from app.opgaven.rules import OpgaveStatus


@dataclass(frozen=True)
class OpgaveDrafted(Event):
    name: ClassVar[str] = "opgave.drafted"
    opgave_id: UUID
    # The finished opgave that it began with.
    source_id: UUID | None = None


@dataclass(frozen=True)
class OpgavePublished(Event):
    name: ClassVar[str] = "opgave.published"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveChanged(Event):
    """An open opgave asks something else than before."""

    name: ClassVar[str] = "opgave.changed"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveSubmitted(Event):
    """A gemeentebeheerder is asked to look at it."""

    name: ClassVar[str] = "opgave.submitted"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveSentBack(Event):
    """A gemeentebeheerder looked at it, and asks for something else."""

    name: ClassVar[str] = "opgave.sent_back"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveAllowed(Event):
    """A gemeentebeheerder looked at it; it is published with it."""

    name: ClassVar[str] = "opgave.allowed"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveHandedOver(Event):
    name: ClassVar[str] = "opgave.handed_over"
    opgave_id: UUID
    from_id: UUID
    to_id: UUID

    def person(self) -> UUID:
        return self.to_id


@dataclass(frozen=True)
class OpgaveMoved(Event):
    """Another gemeente asks it than before: it went along with who looks after it."""

    name: ClassVar[str] = "opgave.moved"
    opgave_id: UUID
    gemeente_code: str
    before_code: str
    is_deed: ClassVar[bool] = True


@dataclass(frozen=True)
class TakeoverProposed(Event):
    """A coordinator proposes who looks after an opgave from now on."""

    name: ClassVar[str] = "takeover.proposed"
    opgave_id: UUID
    takeover_id: UUID


@dataclass(frozen=True)
class TakeoverDecided(Event):
    """A second person confirmed it, or somebody refused it."""

    name: ClassVar[str] = "takeover.decided"
    opgave_id: UUID
    takeover_id: UUID
    is_confirmed: bool

    def deed(self) -> str:
        return f"takeover.{'confirmed' if self.is_confirmed else 'refused'}"


@dataclass(frozen=True)
class TakeoverLapsed(Event):
    """Nobody confirmed it in time, or its opgave is over."""

    name: ClassVar[str] = "takeover.lapsed"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID
    takeover_id: UUID


@dataclass(frozen=True)
class CoOwnerNamed(Event):
    name: ClassVar[str] = "co_owner.named"
    opgave_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class ReviewChosen(Event):
    """From now on opgaven of this gemeente are looked at before they open, or no longer."""

    name: ClassVar[str] = "review.chosen"
    gemeente_code: str
    is_on: bool

    def deed(self) -> str:
        return f"{self.name}.{'on' if self.is_on else 'off'}"


@dataclass(frozen=True)
class OpgaveTalking(Event):
    """The opgavehouder is in conversation with somebody; others can still react."""

    name: ClassVar[str] = "opgave.talking"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveFilled(Event):
    """Nobody more is sought."""

    name: ClassVar[str] = "opgave.filled"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveReopened(Event):
    """Somebody is sought again."""

    name: ClassVar[str] = "opgave.reopened"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveStarted(Event):
    name: ClassVar[str] = "opgave.started"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class SeatTaken(Event):
    name: ClassVar[str] = "seat.taken"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class SeatFreed(Event):
    name: ClassVar[str] = "seat.freed"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveTakenDown(Event):
    """A beheerder took it away after a report, wherever it was in its life."""

    name: ClassVar[str] = "opgave.taken_down"
    opgave_id: UUID


@dataclass(frozen=True)
class OpgaveEnded(Event):
    """It is over: done, withdrawn or expired."""

    name: ClassVar[str] = "opgave.ended"
    comes_of_itself: ClassVar[bool] = True
    opgave_id: UUID
    status: str

    def deed(self) -> str:
        return "opgave.withdrawn" if self.status == OpgaveStatus.WITHDRAWN else self.name
