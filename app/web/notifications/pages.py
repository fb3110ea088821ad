"""Notices as lines of the inbox."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.core.dutch import short_date
from app.matching.core.words import COLLEAGUE, YOU, one_line
from app.matching.queries import score_of
from app.notifications.queries import SeenNotice
from app.people.visibility import SeenProfile


@dataclass(frozen=True)
class InboxItem:
    title: str
    href: str
    text: str
    created_at: datetime
    is_unread: bool


def inbox_item(notice: SeenNotice) -> InboxItem:
    """What somebody should know, in the words that the match itself has elsewhere."""
    title, text, href = (
        _of_opgave(notice) if notice.colleague is None else _of_colleague(notice, notice.colleague)
    )
    told = notice.notice
    return InboxItem(title, href, text, told.told_at, is_unread=told.read_at is None)


def _of_opgave(notice: SeenNotice) -> tuple[str, str, str]:
    opgave, gemeente = notice.seen.opgave, notice.seen.gemeente
    until = f"{gemeente.name}, reageer tot en met {short_date(opgave.closes_on)}."
    return (
        f"“{opgave.title}” past bij je",
        f"{until} {one_line(score_of(notice.match), YOU)}",
        url_for("opgaven.show", opgave_id=opgave.id),
    )


def _of_colleague(notice: SeenNotice, colleague: SeenProfile) -> tuple[str, str, str]:
    opgave = notice.seen.opgave
    return (
        f"{colleague.display_name} past bij “{opgave.title}”",
        one_line(score_of(notice.match), COLLEAGUE),
        url_for("matching.of_opgave", opgave_id=opgave.id),
    )
