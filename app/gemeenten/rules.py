"""What a gemeente is, and what one line of the reference list must hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.core.actor import Actor
from app.core.faults import Fault, day_fault, length_fault
from app.core.rights import Right, may
from app.core.text import clean_line

CODE = re.compile(r"GM[0-9]{4}")
NAME_LIMIT = 80
PURPOSE_LIMIT = 600
# More than the whole country has.
MOST_INHABITANTS = 20_000_000
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
ISSUER_LIMIT = 300
CLIENT_ID_LIMIT = 200
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
        inside = SOUTH <= self.latitude <= NORTH and WEST <= self.longitude <= EAST
        backwards = self.valid_from and self.valid_until and self.valid_until <= self.valid_from
        checks = (
            (CODE.fullmatch(self.code), f"code {self.code[:20]!r} heeft niet de vorm GM0000"),
            (self.name, "de naam is leeg"),
            (self.name == clean_line(self.name), "in de naam staan tekens die niet te zien zijn"),
            (len(self.name) <= NAME_LIMIT, f"de naam is langer dan {NAME_LIMIT} tekens"),
            (self.province in PROVINCES, f"provincie {self.province[:20]!r} is onbekend"),
            (
                1 <= self.inhabitants <= MOST_INHABITANTS,
                f"het aantal inwoners ligt niet tussen 1 en {MOST_INHABITANTS}",
            ),
            (inside, "de coördinaten liggen buiten Nederland"),
            (not backwards, "de einddatum ligt niet na de begindatum"),
            (
                self.valid_until or not self.successor_code,
                "er is een opvolger, maar geen einddatum",
            ),
            (self.successor_code != self.code, "de gemeente is haar eigen opvolger"),
        )
        return [said for is_right, said in checks if not is_right]


def now_called(code: str, mergers: Mapping[str, str]) -> str:
    """The code of what became of this gemeente; its own when it goes on."""
    while code in mergers:
        code = mergers[code]
    return code


def sort_key(name: str) -> str:
    """The name as Dutch lists order it: accents, case and leading apostrophes do not count."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"^'[a-z][ -]", "", letters)


def domain_of(email: str) -> str:
    return email.rsplit("@", 1)[-1].strip().lower()


def is_domain(text: str) -> bool:
    return len(text) <= 253 and DOMAIN.fullmatch(text) is not None


def provider_faults(issuer: str, client_id: str, *, loopback_too: bool) -> list[Fault]:
    """What is wrong with where the people of a gemeente would sign in; `loopback_too` in a demo."""
    faults = []
    if not _is_issuer(issuer, loopback_too=loopback_too):
        faults.append(Fault("issuer", "Dit is geen adres van een inlog: https://... met een naam."))
    if not 0 < len(client_id) <= CLIENT_ID_LIMIT or client_id != clean_line(client_id):
        faults.append(Fault("client_id", "De naam waaronder die inlog ons kent, klopt niet."))
    return faults


def _is_issuer(text: str, *, loopback_too: bool) -> bool:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_bare = not ("@" in parts.netloc or "?" in text or "#" in text)
    is_plain = text.isascii() and not any(sign.isspace() for sign in text)
    if not is_bare or not is_plain or len(text) > ISSUER_LIMIT:
        return False
    is_named = is_domain(host) and "." in host and not _is_number(host)
    is_here = loopback_too and host in {"127.0.0.1", "localhost"}
    return (parts.scheme == "https" and is_named) or (parts.scheme == "http" and is_here)


def _is_number(host: str) -> bool:
    """Whether this is an address rather than a name, as numbers or one of their spellings."""
    try:
        ip_address(host)
    except ValueError:
        return host.rpartition(".")[2][:1].isdigit()
    return True


def may_connect_provider(actor: Actor) -> bool:
    """Who says where the people of a gemeente sign in themselves."""
    return may(actor, Right.CONNECT_PROVIDER)


def may_claim_domain(actor: Actor) -> bool:
    """Who decides which gemeente the people of a mail domain work for."""
    return may(actor, Right.CLAIM_DOMAIN)


@dataclass(frozen=True)
class NetworkDraft:
    """A network as somebody describes it."""

    name: str
    purpose: str
    begun_on: date | None


def network_faults(draft: NetworkDraft, today: date, *, is_taken: bool) -> list[Fault]:
    """What is wrong with it; `is_taken` when another network has its name."""
    found = length_fault("name", draft.name, NAME_LIMIT, "Vul in hoe het netwerk heet.")
    if is_taken:
        found.append(Fault("name", "Er is al een netwerk dat zo heet."))
    needed = "Vul in waar het netwerk voor is."
    found += length_fault("purpose", draft.purpose, PURPOSE_LIMIT, needed)
    if draft.begun_on is None:
        found.append(Fault("begun_on", "Vul in op welke dag het netwerk begon."))
    elif draft.begun_on > today:
        found.append(Fault("begun_on", "Kies een dag die al geweest is."))
    return found + day_fault("begun_on", draft.begun_on)


def may_keep_networks(actor: Actor) -> bool:
    """Who says which gemeenten form a network."""
    return may(actor, Right.KEEP_NETWORKS)
