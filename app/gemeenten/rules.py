"""What a gemeente is, and what one line of the reference list must hold."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

CODE = re.compile(r"GM\d{4}")
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
# Anybody can take an address here, so such a domain says nothing about a gemeente.
PUBLIC_MAIL_DOMAINS = frozenset(
    {
        "gmail.com", "googlemail.com", "hotmail.com", "hotmail.nl", "outlook.com", "outlook.nl",
        "live.com", "live.nl", "msn.com", "yahoo.com", "yahoo.nl", "icloud.com", "me.com",
        "proton.me", "protonmail.com", "gmx.com", "gmx.net", "mail.com", "kpnmail.nl",
        "planet.nl", "hetnet.nl", "ziggo.nl", "home.nl", "upcmail.nl", "casema.nl", "chello.nl",
        "xs4all.nl", "tele2.nl", "telfort.nl", "quicknet.nl", "onsnet.nl", "caiway.nl",
        "delta.nl", "zeelandnet.nl",
    }
)  # fmt: skip
PROVINCES = (
    "Drenthe",
    "Flevoland",
    "Fryslân",
    "Gelderland",
    "Groningen",
    "Limburg",
    "Noord-Brabant",
    "Noord-Holland",
    "Overijssel",
    "Utrecht",
    "Zeeland",
    "Zuid-Holland",
)
NORTH, SOUTH, WEST, EAST = 53.7, 50.7, 3.2, 7.3


@dataclass(frozen=True)
class GemeenteFacts:
    """One line of the reference list. Coordinates in degrees (WGS 84)."""

    code: str
    name: str
    province: str
    inhabitants: int
    inhabitants_on: date
    is_provincial_capital: bool
    latitude: float
    longitude: float
    valid_from: date | None = None
    valid_until: date | None = None
    successor_code: str | None = None

    def faults(self) -> list[str]:
        """What is wrong with this line, in Dutch; empty when nothing is."""
        found = []
        if not CODE.fullmatch(self.code):
            found.append(f"code {self.code!r} heeft niet de vorm GM0000")
        if not self.name.strip():
            found.append("de naam is leeg")
        if self.province not in PROVINCES:
            found.append(f"provincie {self.province!r} is onbekend")
        if self.inhabitants < 1:
            found.append("het aantal inwoners is kleiner dan 1")
        if not (SOUTH <= self.latitude <= NORTH and WEST <= self.longitude <= EAST):
            found.append("de coördinaten liggen buiten Nederland")
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            found.append("de einddatum ligt niet na de begindatum")
        if self.successor_code and not self.valid_until:
            found.append("er is een opvolger, maar geen einddatum")
        if self.successor_code == self.code:
            found.append("de gemeente is haar eigen opvolger")
        return found


def sort_key(name: str) -> str:
    """The name as Dutch lists order it: accents, case and leading apostrophes do not count."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"^'[a-z][ -]", "", letters)


def domain_of(email: str) -> str:
    return email.rsplit("@", 1)[-1].strip().lower()


def is_domain(text: str) -> bool:
    return len(text) <= 253 and DOMAIN.fullmatch(text) is not None
