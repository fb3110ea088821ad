"""A terminal in which an operator types."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

Terminal = Callable[..., Result]


@pytest.fixture
def flask(app: Flask, session: Session) -> Terminal:
    """Runs `flask ...`; what the test made before stays when the command refuses."""

    def run(*words: object) -> Result:
        session.commit()
        return app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run
