"""Log lines: one JSON object each, or plain words for a developer's terminal."""

import logging
import re

import structlog
from structlog.typing import EventDict

# What PostgreSQL tells beside an error quotes rows; it ends where Python goes on.
QUOTED_ROW = re.compile(r"\n?DETAIL:.*?(?=\n\[SQL:|\n\n(?:The above|During)|\Z)", re.DOTALL)


def configure(log_format: str) -> None:
    """Set the form of every log line of this process; `json` or `plain`."""
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _keep_rows_out,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def without_rows(error: str) -> str:
    """The text of an error without the values that a database quotes in it."""
    return QUOTED_ROW.sub("", error)


def _keep_rows_out(_logger: object, _name: str, event: EventDict) -> EventDict:
    if "exception" in event:
        event["exception"] = without_rows(event["exception"])
    return event
