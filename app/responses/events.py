"""What the room of responses tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class InterestShown(Event):
    """A professional wants to hear more, and lets the opgavehouder know who they are."""

    name: ClassVar[str] = "interest.shown"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class InterestWithdrawn(Event):
    name: ClassVar[str] = "interest.withdrawn"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class LaterSaid(Event):
    name: ClassVar[str] = "later.said"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class Invited(Event):
    """Who looks after an opgave asks a professional to respond; the words are in the row."""

    name: ClassVar[str] = "professional.invited"
    invitation_id: UUID
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class InvitationEnded(Event):
    """It was answered, taken back, or nobody answered it in time."""

    name: ClassVar[str] = "invitation.ended"
    comes_of_itself: ClassVar[bool] = True
    invitation_id: UUID
    user_id: UUID
    opgave_id: UUID
    state: str

    def deed(self) -> str:
        return f"invitation.{self.state}"


@dataclass(frozen=True)
class OutcomeGiven(Event):
    """Interest, a question or an invitation came to nothing; why is in the row."""

    name: ClassVar[str] = "outcome.given"
    user_id: UUID
    opgave_id: UUID


@dataclass(frozen=True)
class InterestGivenBack(Event):
    """The opgave opened again, after they were told that it ended: their interest stands as before.

    `at` is the moment from which it does.
    """

    name: ClassVar[str] = "interest.given_back"
    user_id: UUID
    opgave_id: UUID
    at: datetime


@dataclass(frozen=True)
class OpenedAgain(Event):
    """The opgave opened again, after they were told that it ended; they show no interest.

    `at` is the moment from which it is.
    """

    name: ClassVar[str] = "outcome.undone"
    user_id: UUID
    opgave_id: UUID
    at: datetime


@dataclass(frozen=True)
class OutcomeTakenBack(Event):
    """Who looks after the opgave thought again, or opened it again: all stands as before."""

    name: ClassVar[str] = "outcome.taken_back"
    user_id: UUID
    opgave_id: UUID
