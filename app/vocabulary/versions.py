"""Words change one change after the other, and each change makes another version of them."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.locks import WORDS_LOCK
from app.core.work import Work
from app.vocabulary.events import VocabularyChanged
from app.vocabulary.models import VocabularyVersion


def take_turns(session: Session) -> None:
    """Wait until nobody else is changing words; until the end of the transaction it is our turn."""
    session.execute(select(func.pg_advisory_xact_lock(WORDS_LOCK)))


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
