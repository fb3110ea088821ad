"""When each group of workers last did what it was asked to do."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.orm import Base


class Heartbeat(Base):
    """Written by a task that came through the queue of the group: proof that they consume."""

    __tablename__ = "worker_heartbeat"

    group: Mapped[str] = mapped_column(String(40), primary_key=True)
    beaten_at: Mapped[datetime]
