"""Whatever is given, ended, proposed and left behind in whatever order: no page opens too far."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.extensions import limiter
from tests.rights.machine import BROWSERS, RightsMachine
from tests.rights.model import DONE, PROVE, SIGN_IN

Record = Callable[[str, object], None]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("client")]


def test_s98_roles_open_what_the_model_says_and_no_more(
    app: Flask,
    connection: Connection,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    record_property: Record,
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)

    class Machine(RightsMachine):
        got: dict[str, int] = {}

    Machine.connection, Machine.session = connection, session
    Machine.clients = [app.test_client() for _ in range(BROWSERS)]
    is_full = request.config.getoption("--full")
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=20 if is_full else 10,
            stateful_step_count=200 if is_full else 20,
            deadline=None,
            print_blob=True,
            # To make what it found shorter takes longer than to read it as it was walked.
            phases=[Phase.generate],
            # The same walk each time where it must not fail by chance; at full size another.
            derandomize=not is_full,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("answers", Machine.got)
    assert {DONE, SIGN_IN, PROVE, "404"} <= set(Machine.got)
