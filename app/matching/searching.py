"""What a search for a word looks for: the words that matching links to it, and in which way.

Who looks for a colleague types what is asked, and finds whoever offers an answer to it. Who looks
for an opgave types what they offer, and finds what asks for it. So a search finds by one word
whatever would match by it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.core.finding import counted, is_one_of
from app.matching import queries, touched
from app.matching.core.facts import Kind, Link
from app.matching.core.vocabulary import SAME_STRENGTH, Vocabulary
from app.matching.core.words import WHOLE
from app.matching.shelf import Shelf
from app.matching.standing import MOST_ONE_BY_ONE, standing
from app.opgaven import queries as opgaven
from app.opgaven.models import AskedSkill
from app.people import queries as people
from app.people.models import Skill
from app.vocabulary import queries as vocabulary_queries
from app.vocabulary.rules import normalise

# More than any word has in a whole country, of which the best are kept.
MOST_WORDS = 500
# So many words are compared letter by letter while somebody waits.
MOST_COMPARED = 5_000

Find = Callable[[str], dict[str, Link]]


@dataclass(frozen=True)
class Sought:
    """What was typed, and the comparable words that are linked to it, the surest first.

    `label` is the concept that the text stands for; with `is_guess` the one that may be meant, for
    which the words then stand as well, and `others` may be meant instead.
    """

    text: str = ""
    words: Mapping[str, Link] = field(default_factory=dict)
    label: str = ""
    is_guess: bool = False
    others: tuple[str, ...] = ()

    @property
    def strengths(self) -> dict[str, int]:
        return {word: link.strength for word, link in self.words.items()}


def sought_of_colleagues(session: Session, today: date, shelf: Shelf, text: str) -> Sought:
    """The text is what is asked: which words of people answer it."""
    return _sought(session, text, lambda: _finds_offered(session, today, shelf))


def sought_of_opgaven(session: Session, today: date, shelf: Shelf, text: str) -> Sought:
    """The text is what is offered: which words of opgaven it answers."""
    return _sought(session, text, lambda: _finds_asked(session, today, shelf))


def _sought(session: Session, typed: str, make_find: Callable[[], Find]) -> Sought:
    text = counted(typed)
    if not text:
        return Sought()
    find = make_find()
    words, concept = find(text), queries.vocabulary(session).concept_of(text)
    if concept is not None:
        label = vocabulary_queries.labels_of(session, [concept]).get(concept, "")
        return Sought(text, _best(words), label)
    # What others write as well is no slip of the pen.
    is_used = any(link.kind is Kind.SAME for link in words.values())
    meant = [] if is_used else vocabulary_queries.meant_by(session, text)
    if not meant:
        return Sought(text, _best(words))
    # A guess brings what is certainly of that name, and not all that is a little like it.
    found = {word: link for word, link in find(meant[0]).items() if link.kind in WHOLE}
    return Sought(text, _best({**words, **found}), meant[0], is_guess=True, others=tuple(meant[1:]))


def _finds_offered(session: Session, today: date, shelf: Shelf) -> Find:
    vocabulary, now = queries.vocabulary(session), standing(session, today, shelf)
    country = now.country
    if country is None and people.count_published(session) > MOST_ONE_BY_ONE:
        return _only_itself
    fresh = _offered_by(now.profiles) if country else touched.words_offered()

    def find(asked: str) -> dict[str, Link]:
        known = country.offered_for(asked, vocabulary) if country else ()
        near = _nearest(session, fresh, asked, vocabulary)
        return _linked((*known, *near), lambda word: vocabulary.link(asked, word))

    return find


def _finds_asked(session: Session, today: date, shelf: Shelf) -> Find:
    vocabulary, now = queries.vocabulary(session), standing(session, today, shelf)
    country = now.country
    if country is None and opgaven.count_open(session, today) > MOST_ONE_BY_ONE:
        return _only_itself
    fresh = _asked_by(now.opgaven) if country else touched.words_asked(today)

    def find(offered: str) -> dict[str, Link]:
        known = country.asked_for(offered, vocabulary) if country else ()
        near = _nearest(session, fresh, offered, vocabulary)
        return _linked((*known, *near), lambda word: vocabulary.link(word, offered))

    return find


def _only_itself(text: str) -> dict[str, Link]:
    """Without a snapshot there are too many words to compare; a builder is at work."""
    return {normalise(text): Link(Kind.SAME, SAME_STRENGTH)}


def _linked(words: Iterable[str], link: Callable[[str], Link | None]) -> dict[str, Link]:
    """What a snapshot finds is looked at again: the vocabulary may be another one by now."""
    links = ((word, link(word)) for word in words)
    return {word: found for word, found in links if found is not None}


def _best(words: Mapping[str, Link]) -> dict[str, Link]:
    ordered = sorted(words.items(), key=lambda one: (-one[1].strength, one[0]))
    return dict(ordered[:MOST_WORDS])


def _nearest(
    session: Session, words: Select[*tuple[Any, ...]], text: str, vocabulary: Vocabulary
) -> list[str]:
    """Of words that no snapshot has those to compare: the names of what the text may be linked to,
    and then what has most letters in common with it.
    """
    concept = vocabulary.concept_of(text)
    around = vocabulary.around(concept) if concept is not None else ()
    names = [normalise(name) for one in around for name in vocabulary.concepts[one].names]
    word = words.subquery().c.label_normal
    alike = func.similarity(word, normalise(text))
    first = is_one_of(word, names).desc(), alike.desc(), word
    return list(session.scalars(select(word).order_by(*first).limit(MOST_COMPARED)))


def _offered_by(user_ids: Iterable[UUID]) -> Select[*tuple[Any, ...]]:
    are_theirs = Skill.user_id == any_(literal(list(user_ids), ARRAY(Uuid)))
    return select(Skill.label_normal).where(are_theirs).distinct()


def _asked_by(opgave_ids: Iterable[UUID]) -> Select[*tuple[Any, ...]]:
    are_theirs = AskedSkill.opgave_id == any_(literal(list(opgave_ids), ARRAY(Uuid)))
    return select(AskedSkill.label_normal).where(are_theirs).distinct()
