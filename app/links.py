"""Absolute links for mails; made without a request, so that workers can use them."""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer

from app.settings import Settings

# Long enough for who reads a mail after a leave, too short for an old mail that went astray.
PREFERENCES_LINK_LIVES = timedelta(days=60)


class Links:
    """Where a mail can send somebody. The paths are the ones of the pages; a test compares them."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base_url
        self._contact_email = settings.contact_email
        self._sign_in_signer = URLSafeSerializer(settings.secret_key, salt="sign-in")
        self._unsubscribe_signer = URLSafeSerializer(settings.secret_key, salt="unsubscribe")
        self._preferences_signer = URLSafeTimedSerializer(settings.secret_key, salt="preferences")

    def contact_email(self) -> str:
        return self._contact_email

    def home(self) -> str:
        return self._absolute("/")

    def sign_in_page(self) -> str:
        return self._absolute("/inloggen")

    def sign_in(self, sign_in_id: UUID) -> str:
        return self._absolute(f"/inloggen/{self._sign_in_signer.dumps(sign_in_id.hex)}")

    def opgave(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}")

    def opgave_colleagues(self, opgave_id: UUID) -> str:
        return self._absolute(f"/opgaven/{opgave_id}/collegas")

    def matches(self) -> str:
        return self._absolute("/matches")

    def inbox(self) -> str:
        return self._absolute("/meldingen")

    def preferences(self, user_id: UUID) -> str:
        """Opens the preferences of this person without a sign-in, for a while."""
        return self._absolute(f"/voorkeuren/{self._preferences_signer.dumps(user_id.hex)}")

    def unsubscribe(self, user_id: UUID) -> str:
        return self._absolute(f"/afmelden/{self._unsubscribe_signer.dumps(user_id.hex)}")

    def requests(self) -> str:
        return self._absolute("/beheer/aanvragen")

    def sign_in_id_of(self, token: str) -> UUID | None:
        return _id_in(self._sign_in_signer, token)

    def unsubscribe_user_of(self, token: str) -> UUID | None:
        return _id_in(self._unsubscribe_signer, token)

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

    def _absolute(self, path: str) -> str:
        return f"{self._base}{path}"


def _id_in(signer: URLSafeSerializer | URLSafeTimedSerializer, token: str) -> UUID | None:
    """The id that we signed, or None for anything else."""
    try:
        return UUID(hex=signer.loads(token))
    except (BadData, ValueError):
        return None
