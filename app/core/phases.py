"""How far a try to hand over a mail came: told by who hands over, kept and shown by others."""

from enum import StrEnum


class Phase(StrEnum):
    WRITE = "write"
    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
