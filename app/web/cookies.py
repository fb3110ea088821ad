"""The cookie of a session: signed as `app.sealing` says."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from app.sealing import SIGNED, SIGNED_BEFORE


class SignedCookies(SecureCookieSessionInterface):
    digest_method = staticmethod(SIGNED["digest_method"])

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made = super().get_signing_serializer(app)
        if made is not None:
            made.fallback_signers = [{**made.signer_kwargs, **SIGNED_BEFORE}]
        return made


def bind(app: Flask) -> None:
    app.session_interface = SignedCookies()
