"""Opgaven of other gemeenten that are the same as one of ours, as the pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.dutch import number
from app.extensions import shelf
from app.gemeenten.models import Gemeente
from app.labels import label
from app.matching.core.same import Written
from app.matching.elsewhere import MOST_LISTED, MOST_SHOWN, Elsewhere, elsewhere, written_of
from app.opgaven.queries import SeenOpgave
from app.opgaven.rules import MOST_SKILLS, TEXT_LIMIT, TITLE_LIMIT
from app.together.queries import Ties, followed_among
from app.together.rules import is_over
from app.vocabulary.rules import LABEL_LIMIT
from app.web.cards import TONES
from app.web.home.pages import Figure
from app.web.opgaven.forms import OpgaveForm


@dataclass(frozen=True)
class TieContact:
    """Who looks after another opgave, and whether they can be asked something there."""

    names: str
    may_write: bool


@dataclass(frozen=True)
class ElsewhereLine:
    """One of those opgaven: whose it is, how it stands, and why it is the same."""

    opgave_id: UUID
    is_over: bool
    title: str
    href: str
    gemeente_name: str
    province: str
    status_label: str
    status_tone: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ElsewherePage:
    lines: list[ElsewhereLine]
    # Which of these the reader follows.
    followed: set[UUID]
    # How many gemeenten work on the same, this one too, and for how many people; none when alone.
    figures: list[Figure]
    counted_on: date


def lines_for_form(
    session: Session, actor: Actor, form: OpgaveForm, today: date
) -> list[ElsewhereLine]:
    """What is the same as the form as it stands now."""
    labels = [row.form.label.data or "" for row in form.skills][:MOST_SKILLS]
    written = Written(
        (form.title.data or "")[:TITLE_LIMIT],
        (form.text.data or "")[:TEXT_LIMIT],
        tuple(one[:LABEL_LIMIT] for one in labels if one),
    )
    return _lines(_same(session, actor, written, today, actor.gemeente_code))


def lines_for_opgave(
    session: Session, actor: Actor, seen: SeenOpgave, today: date
) -> list[ElsewhereLine]:
    home = seen.gemeente.code
    return _lines(_same(session, actor, written_of(seen.opgave), today, home))


def elsewhere_page(
    session: Session, actor: Actor, seen: SeenOpgave, ties: Ties, today: date
) -> ElsewherePage:
    home = seen.gemeente.code
    found = _same(session, actor, written_of(seen.opgave), today, home, MOST_LISTED)
    followed = followed_among(session, actor, [one.seen.opgave.id for one in found])
    gemeenten = [
        seen.gemeente,
        *ties.gemeenten,
        *(one.seen.gemeente for one in found if one.is_sure),
    ]
    return ElsewherePage(
        _lines(found), followed, _figures(gemeenten), max(one.inhabitants_on for one in gemeenten)
    )


def _same(
    session: Session,
    actor: Actor,
    written: Written,
    today: date,
    home: str | None,
    most: int = MOST_SHOWN,
) -> list[Elsewhere]:
    return elsewhere(session, actor, shelf(), written, today, home=home, most=most)


def _figures(gemeenten: Iterable[Gemeente]) -> list[Figure]:
    """Each gemeente counts once, however many opgaven it has."""
    once = {one.code: one.inhabitants for one in gemeenten}
    if len(once) == 1:
        return []
    return [
        Figure(number(len(once)), "gemeenten"),
        Figure(number(sum(once.values())), "inwoners samen"),
    ]


def _lines(found: Sequence[Elsewhere]) -> list[ElsewhereLine]:
    return [
        ElsewhereLine(
            opgave_id=one.seen.opgave.id,
            is_over=is_over(one.seen.opgave.status),
            title=one.seen.opgave.title,
            href=url_for("opgaven.show", opgave_id=one.seen.opgave.id),
            gemeente_name=one.seen.gemeente.name,
            province=one.seen.gemeente.province,
            status_label=label(one.seen.opgave.status),
            status_tone=TONES[one.seen.opgave.status],
            reasons=one.reasons,
        )
        for one in found
    ]
