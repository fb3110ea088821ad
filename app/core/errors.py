"""Refusals that a door turns into an answer."""


class DomainError(Exception):
    """The house refuses; `said` is what the person may read, in Dutch, or nothing."""

    def __init__(self, reason: str = "", *, said: str = "") -> None:
        super().__init__(reason or said)
        self.said = said


class NotFound(DomainError):
    """There is no such thing, or its existence is not this actor's business."""


class NotAllowed(DomainError):
    """The thing exists for this actor, but not this deed."""


class Conflict(DomainError):
    """The deed does not fit the state that the thing is in."""


class InvalidInput(DomainError):
    """What was given cannot be taken; `said` tells why."""
