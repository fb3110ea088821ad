"""Log lines: one JSON object each, or plain words for a developer's terminal."""

import json
import logging
import re

import structlog
from structlog.typing import EventDict

# Bytes, as they are written: what comes from outside may be a megabyte, and a line is to be read.
LONGEST_TEXT = 800
LONGEST_TRACEBACK = 8_000
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
            _keep_short,
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


def _keep_short(_logger: object, _name: str, event: EventDict) -> EventDict:
    for name, told in event.items():
        is_traceback = name == "exception"
        event[name] = _shortened(told, LONGEST_TRACEBACK if is_traceback else LONGEST_TEXT)
    return event


def _shortened(told: object, most: int) -> object:
    """As it is, or its begin and its end: of a traceback that is where it was, and what."""
    text = told if isinstance(told, str) else repr(told)
    if _written(text) <= most:
        # Half a sign has no bytes: a line that cannot be written would take the request along.
        return _whole(told) if isinstance(told, str) else told
    kept = most // 2
    while _written(shorter := f"{text[:kept]} … {text[-kept:]}") > most:
        kept //= 2
    return _whole(shorter)


def _whole(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _written(text: str) -> int:
    """Bytes, at most: another sign than a letter may take six."""
    return len(json.dumps(text))
