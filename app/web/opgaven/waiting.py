"""What of own opgaven waits for a colleague who looks along, or for another gemeente."""

from collections.abc import Collection, Sequence
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Actor
from app.core.dutch import listed
from app.opgaven import absence, queries
from app.opgaven.models import Opgave
from app.opgaven.rules import ENDED, OpgaveStatus
from app.together import queries as together
from app.together.queries import OpenQuestion
from app.web.waiting import WAITS_FOR_US, WAITS_FOR_YOU, WaitingLine

REVIEW = "Oordeel van een collega"
TO_JUDGE = "Kijk mee: zet de opgave open of stuur hem terug."
NOBODY_TO_JUDGE = "Niemand anders bij jullie kan nu meekijken. Lees op de opgave wat je kunt doen."
NOBODY_THERE = "De opgavehouder is er niet"
TAKE_IT = "Neem de opgave over, of draag hem over aan een collega."
SENT_BACK = "Lees wat er anders moet, pas de opgave aan en {then}."


def review_lines(
    session: Session, viewer: Actor, own: Collection[Opgave], *, reviews: bool
) -> dict[UUID, list[WaitingLine]]:
    """By opgave who is to look at it before it opens, or who sent it back.

    With `reviews`, the gemeente has a colleague look at its opgaven before they open.
    """
    code = viewer.gemeente_code or ""
    waiting = [one for one in own if one.status is OpgaveStatus.REVIEW]
    back = [one.id for one in own if one.status is OpgaveStatus.CONCEPT and one.sent_back_words]
    judges = queries.reviewers_of_each(session, code, waiting)
    senders = queries.senders_back(session, code, back)
    lines = {one.id: [_to_judge(one.id, judges[one.id], viewer)] for one in waiting}
    return lines | {one: [_sent_back(one, senders.get(one, ""), reviews=reviews)] for one in back}


def absent_lines(session: Session, own: Collection[Opgave]) -> dict[UUID, list[WaitingLine]]:
    """By opgave that nobody is there to look after it."""
    found = absence.left_among(session, [one.id for one in own])
    return {
        one: [
            WaitingLine(
                url_for("opgaven.hand_over", opgave_id=one), NOBODY_THERE, TAKE_IT, WAITS_FOR_US
            )
        ]
        for one in found
    }


def together_lines(session: Session, own: Collection[Opgave]) -> dict[UUID, list[WaitingLine]]:
    """By opgave which gemeente asks to take it up together, or is asked to."""
    ids = [one.id for one in own if one.status not in ENDED]
    found = together.open_questions(session, ids)
    return {one: [_question(one, question) for question in asked] for one, asked in found.items()}


def _to_judge(opgave_id: UUID, judges: Sequence[User], viewer: Actor) -> WaitingLine:
    href = url_for("opgaven.show", opgave_id=opgave_id)
    if not judges:
        return WaitingLine(href, REVIEW, NOBODY_TO_JUDGE, WAITS_FOR_US)
    if viewer.user_id in {user.id for user in judges}:
        return WaitingLine(href, REVIEW, TO_JUDGE, WAITS_FOR_YOU)
    names = listed([user.name for user in judges], "of")
    return WaitingLine(href, REVIEW, f"Wacht tot {names} meekijkt.")


def _sent_back(opgave_id: UUID, sender: str, *, reviews: bool) -> WaitingLine:
    what = f"Teruggestuurd door {sender}" if sender else "Teruggestuurd"
    said = SENT_BACK.format(then="vraag opnieuw een oordeel" if reviews else "zet hem open")
    return WaitingLine(url_for("opgaven.show", opgave_id=opgave_id), what, said, WAITS_FOR_US)


def _question(opgave_id: UUID, question: OpenQuestion) -> WaitingLine:
    href = url_for("opgaven.who_else", opgave_id=opgave_id)
    what = f"Samen oppakken als “{question.name}”"
    names = listed([f"gemeente {name}" for name in question.gemeente_names])
    is_one = len(question.gemeente_names) == 1
    if not question.is_asked:
        return WaitingLine(
            href, what, f"Wacht tot {names} {'antwoordt' if is_one else 'antwoorden'}."
        )
    said = f"{names[:1].upper()}{names[1:]} {'vraagt' if is_one else 'vragen'} of jullie meedoen."
    return WaitingLine(href, what, said, WAITS_FOR_US)
