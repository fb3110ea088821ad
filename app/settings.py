"""The only reader of the environment: one frozen object, read once at start."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from flask.helpers import get_debug_flag

from app.core.verp import LONGEST_BOX

SECRET_KEY_LENGTH = 32
STAND_IN_KEY = "change-me"
LOOPBACK = ("127.0.0.1", "localhost")
SMTP_SCHEMES = ("smtp", "smtp+starttls", "smtps")
LOG_FORMATS = ("json", "plain")
NO_MAIL_LEDGER = "none"
POSTFIX_LEDGER = "postfix:"


class Environment(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class WrongSettings(Exception):
    """The house refuses to start like this; the message says what to mend."""


@dataclass(frozen=True)
class Settings:
    """Every setting, with its unit in its name or its comment; `.env.example` lists them all."""

    secret_key: str
    database_url: str
    # Empty without Redis: then `flask worker` does the work, and each process counts its limits.
    redis_url: str
    smtp_url: str
    base_url: str
    environment: Environment = Environment.PRODUCTION
    mail_from: str = "de gemeente van nu <noreply@degemeentevannu.example>"
    # Where mail that cannot be delivered comes back; left out it is `bounce` at the domain of
    # `mail_from`.
    bounce_box: str = ""
    # Where answers to mails of a conversation go; left out it is `gesprek` at that domain.
    answer_box: str = ""
    # What tells whether the relay took a mail whose answer we never heard.
    mail_ledger: str = NO_MAIL_LEDGER
    # Where people write about privacy, accessibility and weak spots.
    contact_email: str = "contact@degemeentevannu.example"
    # Where the source of this site can be read; without it pages link to none.
    code_url: str = ""
    # Whether /demo offers one-click sign-in; cannot exist in production.
    demo_accounts: bool = False
    # Where the local mail sink leaves its Maildir; with it the mail viewer exists.
    maildir: Path | None = None
    # Where the snapshots of matching lie; on this machine, and for our own processes only.
    matching_dir: Path = Path("var/matching")
    # How many proxies in front of us may be believed about the address of the visitor.
    trusted_proxies: int = 0
    # Accounts of nobody: who opens their profiles is copying them all, or curious.
    made_up_profiles: frozenset[UUID] = frozenset()
    log_format: str = "json"
    # Whether mail that nobody asked for waits for the morning; a demo may send at any hour.
    quiet_hours: bool = True
    # Flask reads this by itself too: pages of errors then show our code and run what is typed.
    is_debugged: bool = False

    def __post_init__(self) -> None:
        for name in ("secret_key", "database_url", "smtp_url", "base_url"):
            if not getattr(self, name):
                raise WrongSettings(f"{name.upper()} is missing")
        if urlsplit(self.smtp_url).scheme not in SMTP_SCHEMES:
            raise WrongSettings(f"SMTP_URL must begin with one of {', '.join(SMTP_SCHEMES)}")
        if self.code_url and not self.code_url.startswith("https://"):
            raise WrongSettings("CODE_URL must begin with https://")
        self._refuse_wrong_mail()
        if self.log_format not in LOG_FORMATS:
            raise WrongSettings(f"LOG_FORMAT must be one of {', '.join(LOG_FORMATS)}")
        if self.environment is Environment.PRODUCTION:
            self._refuse_in_production()

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that are served; on the own machine both names that it has."""
        host = urlsplit(self.base_url).hostname or ""
        return LOOPBACK if host in LOOPBACK else (host,)

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rsplit("@", 1)[-1].rstrip("> ")

    @property
    def bounce_address(self) -> str:
        return self.bounce_box or f"bounce@{self.mail_domain}"

    @property
    def answer_address(self) -> str:
        return self.answer_box or f"gesprek@{self.mail_domain}"

    @property
    def mail_log(self) -> Path | None:
        _, named, path = self.mail_ledger.partition(POSTFIX_LEDGER)
        return Path(path) if named else None

    def _refuse_wrong_mail(self) -> None:
        own = {"BOUNCE_ADDRESS": self.bounce_address, "ANSWER_ADDRESS": self.answer_address}
        for name, address in own.items():
            box, _, domain = address.partition("@")
            if not domain or not 0 < len(box) <= LONGEST_BOX:
                raise WrongSettings(
                    f"{name} is an address with at most {LONGEST_BOX} signs before the @"
                )
        if self.bounce_address.lower() == self.answer_address.lower():
            raise WrongSettings("BOUNCE_ADDRESS and ANSWER_ADDRESS must differ")
        if self.mail_ledger != NO_MAIL_LEDGER and not _names_a_log(self.mail_ledger):
            raise WrongSettings("MAIL_LEDGER is none, or postfix: with the path of a log behind it")

    def _refuse_in_production(self) -> None:
        if len(self.secret_key) < SECRET_KEY_LENGTH or self.secret_key == STAND_IN_KEY:
            raise WrongSettings(f"SECRET_KEY needs at least {SECRET_KEY_LENGTH} characters")
        if not self.secure_cookies:
            raise WrongSettings("BASE_URL must begin with https:// in production")
        if self.demo_accounts:
            raise WrongSettings("DEMO_ACCOUNTS and DGVN_ENV=production exclude each other")
        if not self.quiet_hours:
            raise WrongSettings("QUIET_HOURS=off and DGVN_ENV=production exclude each other")
        if self.redis_url and not _is_guarded(self.redis_url):
            raise WrongSettings("REDIS_URL on another machine needs a password in production")
        if self.is_debugged:
            raise WrongSettings("FLASK_DEBUG and DGVN_ENV=production exclude each other")
        if self.maildir is not None:
            raise WrongSettings("MAILDIR opens the mail viewer and cannot be set in production")

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment; `WrongSettings` names the first thing that is not right."""
        env = os.environ
        if "REDIS_URL" not in env:
            raise WrongSettings("REDIS_URL is missing; left empty, the house does without Redis")
        return cls(
            secret_key=env.get("SECRET_KEY", ""),
            database_url=env.get("DATABASE_URL", ""),
            redis_url=env.get("REDIS_URL", ""),
            smtp_url=env.get("SMTP_URL", ""),
            base_url=env.get("BASE_URL", "").rstrip("/"),
            environment=_environment(env.get("DGVN_ENV", "production")),
            demo_accounts=env.get("DEMO_ACCOUNTS", "").lower() in {"1", "true", "yes"},
            mail_from=env.get("MAIL_FROM") or cls.mail_from,
            bounce_box=env.get("BOUNCE_ADDRESS", ""),
            answer_box=env.get("ANSWER_ADDRESS", ""),
            mail_ledger=env.get("MAIL_LEDGER") or NO_MAIL_LEDGER,
            contact_email=env.get("CONTACT_EMAIL") or cls.contact_email,
            code_url=env.get("CODE_URL", ""),
            maildir=Path(env["MAILDIR"]) if env.get("MAILDIR") else None,
            matching_dir=Path(env.get("MATCHING_DIR") or cls.matching_dir),
            trusted_proxies=_whole_number("TRUSTED_PROXIES", env.get("TRUSTED_PROXIES", "0")),
            made_up_profiles=_ids("MADE_UP_PROFILES", env.get("MADE_UP_PROFILES", "")),
            log_format=env.get("LOG_FORMAT", "json"),
            quiet_hours=env.get("QUIET_HOURS", "").lower() != "off",
            is_debugged=get_debug_flag(),
        )


def _environment(word: str) -> Environment:
    try:
        return Environment(word)
    except ValueError:
        raise WrongSettings(f"DGVN_ENV is {word!r}; choose production, demo or test") from None


def _is_guarded(redis_url: str) -> bool:
    """Whether nobody on the network can come in without a word."""
    parts = urlsplit(redis_url)
    return parts.scheme == "unix" or parts.hostname in LOOPBACK or bool(parts.password)


def _names_a_log(ledger: str) -> bool:
    return ledger.startswith(POSTFIX_LEDGER) and ledger != POSTFIX_LEDGER


def _whole_number(name: str, word: str) -> int:
    if not word.isdecimal():
        raise WrongSettings(f"{name} is {word!r}; a whole number is needed")
    return int(word)


def _ids(name: str, words: str) -> frozenset[UUID]:
    try:
        return frozenset(UUID(word) for word in words.split())
    except ValueError:
        raise WrongSettings(f"{name} is {words!r}; ids are needed, with spaces between") from None
