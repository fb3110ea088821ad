"""`flask keys renew`: secrets sealed with the key of before open with the one of now."""

from dataclasses import replace

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import SecondFactor
from app.gemeenten.models import Provider
from app.sealing import OF_APPS, OF_PROVIDERS, Seal
from tests.support.builders import a_gemeente, a_user
from tests.support.work import MONDAY

BEFORE = "the key of before, that somebody read who left"  # pragma: allowlist secret


@pytest.fixture
def rows(app: Flask, session: Session) -> tuple[SecondFactor, Provider]:
    before = replace(app.extensions["settings"], secret_key=BEFORE)
    factor = SecondFactor(
        user_id=a_user(session).id,
        sealed=Seal(before, OF_APPS).close("APPGEHEIM"),
        enrolled_at=MONDAY,
        last_step=0,
    )
    provider = Provider(
        gemeente_code=a_gemeente(session).code,
        issuer="https://login.testerdam.example",
        client_id="ons",
        sealed=Seal(before, OF_PROVIDERS).close("inloggeheim"),
        is_only=False,
        connected_at=MONDAY,
    )
    session.add_all([factor, provider])
    session.commit()
    return factor, provider


def renew(app: Flask, key: str) -> Result:
    return app.test_cli_runner().invoke(args=["keys", "renew"], input=f"{key}\n")


def opened(app: Flask, session: Session, rows: tuple[SecondFactor, Provider]) -> list[str | None]:
    session.expire_all()
    seals = (Seal(app.extensions["settings"], one) for one in (OF_APPS, OF_PROVIDERS))
    sealed = [rows[0].sealed, rows[1].sealed]
    return [seal.open(one) for seal, one in zip(seals, sealed, strict=True)]


def test_what_was_sealed_before_opens_with_the_key_of_now(
    app: Flask, session: Session, rows: tuple[SecondFactor, Provider]
) -> None:
    assert opened(app, session, rows) == [None, None]

    told = [renew(app, BEFORE) for _ in range(2)]

    assert [one.exit_code for one in told] == [0, 0]
    assert opened(app, session, rows) == ["APPGEHEIM", "inloggeheim"]
    assert not any(BEFORE in one.output for one in told)


def test_what_opens_with_neither_key_stays_and_is_told(
    app: Flask, session: Session, rows: tuple[SecondFactor, Provider]
) -> None:
    kept = rows[0].sealed, rows[1].sealed

    told = renew(app, "another key that never was one of ours")

    assert (told.exit_code, "2 geheimen openen met geen van beide" in told.output) == (1, True)
    session.expire_all()
    assert (rows[0].sealed, rows[1].sealed) == kept
