"""What the room of doing things together tells."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.core.outbox import Event


@dataclass(frozen=True)
class OpgaveJoined(Event):
    """A gemeente joins an opgave with one of its own."""

    name: ClassVar[str] = "opgave.joined"
    opgave_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class JoiningEnded(Event):
    name: ClassVar[str] = "joining.ended"
    opgave_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class OpgaveFollowed(Event):
    name: ClassVar[str] = "opgave.followed"
    opgave_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class FollowingEnded(Event):
    name: ClassVar[str] = "following.ended"
    opgave_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class JointAsked(Event):
    """Whose opgave this is, is asked to take it up together with another one."""

    name: ClassVar[str] = "joint.asked"
    joint_id: UUID
    opgave_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class JointAgreed(Event):
    """`others` are those that were in it already."""

    name: ClassVar[str] = "joint.agreed"
    joint_id: UUID
    opgave_id: UUID
    others: tuple[UUID, ...]


@dataclass(frozen=True)
class JointLeft(Event):
    """The opgave is taken up alone again; `others` are those that were in it and agreed."""

    name: ClassVar[str] = "joint.left"
    joint_id: UUID
    opgave_id: UUID
    others: tuple[UUID, ...]
