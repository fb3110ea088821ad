"""The last plannings of digests in words."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.notifications.models import DigestRun
from app.notifications.rules import RunState
from app.notifications.runs import run_lines
from tests.support.work import MONDAY


def test_the_last_ten_are_told_and_which_were_by_hand(session: Session) -> None:
    for days in range(11):
        at = MONDAY - timedelta(days=days)
        session.add(
            DigestRun(
                period=str(at),
                planned_at=at,
                planned=days,
                state=RunState.EXPANDING if days == 0 else RunState.EXPANDED,
                is_for_everybody=days == 1,
            )
        )

    lines = run_lines(session)

    assert len(lines) == 10
    assert lines[:3] == [
        ("Voor 23 november 2026", "23 november 2026 om 09:00: 0 mails, nog bezig"),
        ("Voor 22 november 2026, met de hand", "22 november 2026 om 09:00: 1 mail"),
        ("Voor 21 november 2026", "21 november 2026 om 09:00: 2 mails"),
    ]
