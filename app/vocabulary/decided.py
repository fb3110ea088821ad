"""What was said of words that no list knows, as a beheerder reads it back."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.vocabulary.models import WordDecision
from app.vocabulary.rules import Verdict


def decision_by_id(session: Session, decision_id: UUID) -> WordDecision:
    """The decision, or `NotFound`."""
    found = session.get(WordDecision, decision_id)
    if found is None:
        raise NotFound(f"decision {decision_id}")
    return found


def decision_on(session: Session, normal: str) -> WordDecision | None:
    """What the word stands for by decision; that it differs from others is apart."""
    return session.scalar(_standing().where(WordDecision.normal == normal))


def decision_making(session: Session, concept_id: int) -> WordDecision | None:
    """The decision by which this concept is there, if a beheerder made it."""
    return session.scalar(select(WordDecision).where(WordDecision.concept_id == concept_id))


def apart_from(session: Session, normal: str) -> list[str]:
    """The words of which a beheerder said that this one only looks like them."""
    one, other = WordDecision.normal, func.coalesce(WordDecision.other_normal, "")
    rows = session.execute(
        select(one, other).where(
            WordDecision.verdict == Verdict.DIFFERENT, or_(one == normal, other == normal)
        )
    )
    return [second if first == normal else first for first, second in rows]


def left_aside(session: Session) -> set[str]:
    """The words about which nobody is to be asked."""
    aside = select(WordDecision.normal).where(WordDecision.verdict == Verdict.ASIDE)
    return set(session.scalars(aside))


def newest_first(verdicts: Collection[Verdict] = tuple(Verdict)) -> Select[WordDecision]:
    found = select(WordDecision).where(WordDecision.verdict.in_(verdicts))
    return found.order_by(WordDecision.decided_at.desc(), WordDecision.id)


def _standing() -> Select[WordDecision]:
    return select(WordDecision).where(WordDecision.verdict != Verdict.DIFFERENT)
