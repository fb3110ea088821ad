"""What a professional can say to an opgave."""

from enum import StrEnum


class Answer(StrEnum):
    INTERESTED = "interested"
    LATER = "later"
