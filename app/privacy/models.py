"""Of each night what was removed because its time was over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class RetentionRun(Base):
    """Counts alone, by the name of a rule: what was done, and what was due and had to wait.

    `ended_at` is empty while there is more to do, and when something went wrong.
    """

    __tablename__ = "retention_run"

    night: Mapped[date] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    done: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waiting: Mapped[dict[str, Any]] = mapped_column(default=dict)
