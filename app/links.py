"""Absolute links for mails; made without a request, so that workers can use them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from itsdangerous import (
    BadData,
    SignatureExpired,
    TimestampSigner,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from app.core.clock import utc_now
from app.sealing import SIGNED, SIGNED_BEFORE
from app.settings import Settings

# Long enough for who reads a mail after a leave, too short for an old mail that went astray.
PREFERENCES_LINK_LIVES = timedelta(days=60)

# What somebody answers to an opgave is soon of no use any more.
ANSWER_LINK_LIVES = timedelta(days=30)
AN_ID = 32
# Who decides on a loan may be away for a while; each mail about it brings a new link.
LOAN_LINK_LIVES = timedelta(days=60)
A_DAY = int(timedelta(days=1).total_seconds())
# More than stand in one mail, whose two parts have the same ones.
LINKS_KEPT = 100


class Deed(StrEnum):
    """What a link in a mail lets its reader do; each has keys that open nothing else."""

    INTERESTED = "belangstelling"
    LATER = "later"
    NOT_MY_SKILL = "niet-mijn-vak"
    PAUSE = "pauze"
    INVITATION = "uitnodiging"


@dataclass(frozen=True)
class Permit:
    """Who may do something by a link, to which opgave (a pause is of none), or could until now."""

    user_id: UUID
    opgave_id: UUID | None
    is_over: bool


@dataclass(frozen=True)
class LoanPermit:
    """Which address speaks for the lender of which loan, or could until now."""

    loan_id: UUID
    email: str
    is_over: bool
    last_day: date


class DaySigner(TimestampSigner):
    """Knows days only: the same link is the same all day, in both parts of a mail."""

    def get_timestamp(self) -> int:
        seconds = super().get_timestamp()
        return seconds - seconds % A_DAY


class Links:
    """Where a mail can send somebody. The paths are the ones of the pages; a test compares them."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base_url
        self._contact_email = settings.contact_email
        self._sign_in_signer = _for_good(settings, "sign-in")
        self._proof_signer = _for_good(settings, "proof")
        self._unsubscribe_signer = _for_good(settings, "unsubscribe")
        self._preferences_signer = _of_days(settings, "preferences")
        self._deed_signers = {deed: _of_days(settings, f"answer-{deed.value}") for deed in Deed}
        self._loan_signer = _of_days(settings, "loan")
        self._kept = lru_cache(LINKS_KEPT)(self._sign)

    def contact_email(self) -> str:
        return self._contact_email

    def home(self) -> str:
        return self._absolute("/")

    def sign_in_page(self) -> str:
        return self._absolute("/inloggen")

    def sign_in(self, sign_in_id: UUID) -> str:
        return self._absolute(f"/inloggen/{self._sign_in_signer.dumps(sign_in_id.hex)}")

    def proof(self, sign_in_id: UUID, session_id: UUID) -> str:
        """Proves in this session, and in no other, who its owner is."""
        token = self._proof_signer.dumps(sign_in_id.hex + session_id.hex)
        return self._absolute(f"/account/controle/{token}")

    def provider_returns(self, gemeente_code: str) -> str:
        """Where the sign-in of this gemeente, and no other one, sends people back to."""
        return self._absolute(f"/inloggen/gemeente/{gemeente_code.lower()}/terug")

    def opgave(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}")

    def outcome(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}/afloop")

    def opgave_colleagues(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}/collegas")

    def conversations(self) -> str:
        return self._absolute("/gesprekken")

    def conversation(self, conversation_id: UUID) -> str:
        return self._absolute(f"/gesprekken/{conversation_id}")

    def conversations_about(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}/gesprekken")

    def matches(self) -> str:
        return self._absolute("/matches")

    def reported(self, report_id: UUID) -> str:
        return self._absolute(f"/beheer/gemeld/{report_id}")

    def own_reports(self) -> str:
        return self._absolute("/gemeld")

    def hours(self) -> str:
        return self._absolute("/uren")

    def limit(self) -> str:
        return self._absolute("/uren/limiet")

    def inbox(self) -> str:
        return self._absolute("/meldingen")

    def notice(self, notice_id: UUID) -> str:
        """To the page of what a notice is about, for its reader, who signs in first."""
        return self._absolute(f"/meldingen/{notice_id}/openen")

    def preferences(self, user_id: UUID) -> str:
        """Opens the preferences of this person without a sign-in, for a while."""
        return self._absolute(f"/voorkeuren/{self._preferences_signer.dumps(user_id.hex)}")

    def unsubscribe(self, user_id: UUID, family: str | None = None) -> str:
        """Ends the digest, or mail at once about this family of news."""
        words = f"{user_id.hex}.{family}" if family else user_id.hex
        return self._absolute(f"/afmelden/{self._unsubscribe_signer.dumps(words)}")

    def interested(self, user_id: UUID, opgave_id: UUID) -> str:
        return self._to_do(Deed.INTERESTED, user_id.hex + opgave_id.hex)

    def later(self, user_id: UUID, opgave_id: UUID) -> str:
        return self._to_do(Deed.LATER, user_id.hex + opgave_id.hex)

    def not_my_skill(self, user_id: UUID, opgave_id: UUID) -> str:
        return self._to_do(Deed.NOT_MY_SKILL, user_id.hex + opgave_id.hex)

    def invitation(self, user_id: UUID, opgave_id: UUID) -> str:
        return self._to_do(Deed.INVITATION, user_id.hex + opgave_id.hex)

    def pause(self, user_id: UUID) -> str:
        return self._to_do(Deed.PAUSE, user_id.hex)

    def loan(self, loan_id: UUID) -> str:
        return self._absolute(f"/inzet/{loan_id}")

    def loan_to_sign(self, loan_id: UUID, email: str) -> str:
        """Lets who reads mail at this address speak for the lender, without an account."""
        token = self._loan_signer.dumps(f"{loan_id.hex}{email}")
        return self._absolute(f"/tekenen/{token}")

    def loan_permit_of(self, token: str) -> LoanPermit | None:
        """What such a link permits, or None for anything that we did not make for it."""
        try:
            whose, made_at = self._loan_signer.loads(token, return_timestamp=True)
        except BadData:
            return None
        try:
            self._loan_signer.loads(token, max_age=int(LOAN_LINK_LIVES.total_seconds()))
            is_over = False
        except SignatureExpired:
            is_over = True
        last_day = made_at.date() + LOAN_LINK_LIVES
        return LoanPermit(UUID(hex=whose[:AN_ID]), whose[AN_ID:], is_over, last_day)

    def account(self) -> str:
        return self._absolute("/account")

    def requests(self) -> str:
        return self._absolute("/beheer/aanvragen")

    def rights(self) -> str:
        return self._absolute("/beheer/rechten")

    def absent(self) -> str:
        return self._absolute("/opgaven/afwezig")

    def colleagues(self, gemeente_code: str) -> str:
        return self._absolute(f"/beheer/collegas?gemeente={gemeente_code}")

    def network(self, network_id: UUID) -> str:
        return self._absolute(f"/beheer/netwerken/{network_id}")

    def sign_in_id_of(self, token: str) -> UUID | None:
        return _id_in(self._sign_in_signer, token)

    def proof_of(self, token: str) -> tuple[UUID, UUID] | None:
        """The link that this is, and of which session; None for anything that we did not make."""
        try:
            both = str(self._proof_signer.loads(token))
        except BadData:
            return None
        return UUID(hex=both[:AN_ID]), UUID(hex=both[AN_ID:])

    def unsubscribe_user_of(self, token: str) -> UUID | None:
        return _id_in(self._unsubscribe_signer, token)

    def unsubscribe_family_of(self, token: str) -> tuple[UUID, str] | None:
        """Whose mail at once it ends, and about which family of news."""
        try:
            user_id, family = self._unsubscribe_signer.loads(token).split(".")
            return UUID(hex=user_id), family
        except (BadData, ValueError):
            return None

    def preferences_user_of(self, token: str) -> UUID | None:
        """Whose preferences it opens, or opened until it was too old; `is_over` tells."""
        return _id_in(self._preferences_signer, token)

    def is_over(self, token: str) -> bool:
        """Whether a link to preferences that is ours has become too old."""
        try:
            self._preferences_signer.loads(
                token, max_age=int(PREFERENCES_LINK_LIVES.total_seconds())
            )
        except SignatureExpired:
            return True
        return False

    def permit_of(self, deed: Deed, token: str) -> Permit | None:
        """What a link for this deed permits, or None for anything that we did not make for it."""
        signer, lives = self._deed_signers[deed], int(ANSWER_LINK_LIVES.total_seconds())
        try:
            return _permit(str(signer.loads(token, max_age=lives)), is_over=False)
        except SignatureExpired:
            return _permit(str(signer.loads(token)), is_over=True)
        except BadData:
            return None

    def _to_do(self, deed: Deed, whose: str) -> str:
        token = self._kept(deed, whose, utc_now().date())
        return self._absolute(f"/antwoord/{deed.value}/{token}")

    def _sign(self, deed: Deed, whose: str, day: date) -> str:  # noqa: ARG002
        return str(self._deed_signers[deed].dumps(whose))

    def _absolute(self, path: str) -> str:
        return f"{self._base}{path}"


def _permit(whose: str, *, is_over: bool) -> Permit:
    user_id, opgave_id = whose[:AN_ID], whose[AN_ID:]
    return Permit(UUID(hex=user_id), UUID(hex=opgave_id) if opgave_id else None, is_over)


def _id_in(signer: URLSafeSerializer | URLSafeTimedSerializer, token: str) -> UUID | None:
    """The id that we signed, or None for anything else."""
    try:
        return UUID(hex=signer.loads(token))
    except (BadData, ValueError):
        return None


def _for_good(settings: Settings, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        settings.secret_key, salt=salt, signer_kwargs=SIGNED, fallback_signers=[SIGNED_BEFORE]
    )


def _of_days(settings: Settings, salt: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        settings.secret_key,
        salt=salt,
        signer=DaySigner,
        signer_kwargs=SIGNED,
        fallback_signers=[SIGNED_BEFORE],
    )
