"""Words change one change after the other, and each change makes another version of them."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed
from app.core.locks import WORDS_LOCK
from app.core.work import Work
from app.vocabulary.events import VocabularyChanged
from app.vocabulary.models import VocabularyVersion
from app.vocabulary.rules import may_change_words


def take_turns(session: Session) -> None:
    """Wait until nobody else is changing words; until the end of the transaction it is our turn."""
    session.execute(select(func.pg_advisory_xact_lock(WORDS_LOCK)))


def begin_change(work: Work) -> None:
    """Only for who looks after the words, and only one change at a time."""
    if not may_change_words(work.actor):
        raise NotAllowed("change words")
    take_turns(work.session)


def renew(work: Work) -> None:
    """Another version, and the fact that tells so."""
    version = work.new_id()
    row = insert(VocabularyVersion).values(id=1, version=version)
    work.session.execute(
        row.on_conflict_do_update(
            index_elements=[VocabularyVersion.id], set_={"version": row.excluded.version}
        )
    )
    # What the session already read is from before.
    work.session.expire_all()
    work.emit(VocabularyChanged(version=version))
