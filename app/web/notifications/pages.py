"""Notices as lines of the inbox; colleagues for one opgave on one day share a line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from app.core.clock import dutch_day
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


def inbox_items(notices: Iterable[SeenNotice]) -> list[InboxItem]:
    """What somebody should know, in the words that the matches have elsewhere."""
    lines: dict[tuple[object, ...], list[SeenNotice]] = {}
    for notice in notices:
        lines.setdefault(_line_of(notice), []).append(notice)
    return [_item(group) for group in lines.values()]


def _line_of(notice: SeenNotice) -> tuple[object, ...]:
    """What notices must share to stand on one line."""
    told = notice.notice
    about_whom = None if notice.colleague else told.id
    return (about_whom, told.opgave_id, dutch_day(told.told_at), told.read_at is None)


def _item(group: Sequence[SeenNotice]) -> InboxItem:
    best = min(group, key=lambda one: (one.match.tier, -one.match.value))
    told = best.notice
    title, text, href = (
        _of_opgave(best)
        if best.colleague is None
        else _of_colleagues(best, best.colleague, len(group))
    )
    return InboxItem(title, href, text, told.told_at, is_unread=told.read_at is None)


def _of_opgave(notice: SeenNotice) -> tuple[str, str, str]:
    opgave, gemeente = notice.seen.opgave, notice.seen.gemeente
    until = f"{gemeente.name}, reageer tot en met {short_date(opgave.closes_on)}."
    return (
        f"“{opgave.title}” past bij je",
        f"{until} {one_line(score_of(notice.match), YOU)}",
        url_for("opgaven.show", opgave_id=opgave.id),
    )


def _of_colleagues(best: SeenNotice, colleague: SeenProfile, count: int) -> tuple[str, str, str]:
    opgave, name = best.seen.opgave, colleague.display_name
    why = one_line(score_of(best.match), COLLEAGUE)
    href = url_for("matching.of_opgave", opgave_id=opgave.id)
    if count == 1:
        return f"{name} past bij “{opgave.title}”", why, href
    return f"{count} collega's passen bij “{opgave.title}”", f"Bovenaan: {name}. {why}", href
