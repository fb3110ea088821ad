"""What the pages about words show that name no concept."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core.dutch import plural
from app.core.paging import Page
from app.matching import queries as matching
from app.matching import unlinked
from app.matching.unlinked import Proposal, UsedWord, Why
from app.vocabulary import queries
from app.vocabulary.decided import decision_on
from app.vocabulary.lexicon import Lexicon
from app.vocabulary.models import WordDecision
from app.vocabulary.rules import Verdict
from app.web.vocabulary.pages import SOMEBODY, other_names

# Each word of a page is looked up among all names, so a page is short.
WORDS_A_PAGE = 10


@dataclass(frozen=True)
class ProposalLine:
    concept_id: int
    label: str
    why: str


@dataclass(frozen=True)
class WordLine:
    word: str
    used: str
    proposals: tuple[ProposalLine, ...]


@dataclass(frozen=True)
class Meaning:
    """What a word stands for already: a concept, and the decision that made it so."""

    sentence: str
    concept_id: int | None
    decision_id: UUID | None


@dataclass(frozen=True)
class WordPage:
    line: WordLine
    meaning: Meaning | None
    # What somebody searched for: concepts to link the word to.
    found: tuple[ProposalLine, ...]


@dataclass(frozen=True)
class DecisionLine:
    id: UUID
    word: str
    sentence: str
    concept_id: int | None
    decided_at: datetime
    by: str


def word_lines(session: Session, today: date, text: str, number: int) -> Page[WordLine]:
    words = unlinked.unlinked_words(session, today, text)
    whole = Page(words, number, len(words), WORDS_A_PAGE)
    number = max(1, min(number, whole.pages))
    shown = words[(number - 1) * WORDS_A_PAGE : number * WORDS_A_PAGE]
    lines = [_word_line(session, word) for word in shown]
    return Page(lines, number, len(words), WORDS_A_PAGE)


def word_page(session: Session, today: date, word: str, sought: str) -> WordPage:
    used = unlinked.used_word(session, today, word)
    found = queries.suggestions(session, sought) if sought else []
    lines = tuple(ProposalLine(one.id, one.label, other_names(one)) for one in found)
    return WordPage(_word_line(session, used), meaning_of(session, used), lines)


def meaning_of(session: Session, used: UsedWord) -> Meaning | None:
    """What the word stands for by now, or nothing."""
    decision = decision_on(session, used.normal)
    if decision is not None:
        (line,) = decision_lines(session, [decision])
        return Meaning(line.sentence, line.concept_id, decision.id)
    concept_id = matching.vocabulary(session).concept_of(used.word)
    if concept_id is None:
        return None
    label = queries.labels_of(session, [concept_id])[concept_id]
    return Meaning(f"We kennen dit woord al: het telt als “{label}”.", concept_id, None)


def decision_lines(session: Session, decisions: list[WordDecision]) -> list[DecisionLine]:
    names = accounts.names_of(session, {one.decided_by for one in decisions if one.decided_by})
    ids = {one.into_id or one.concept_id for one in decisions}
    labels = queries.labels_of(session, [concept_id for concept_id in ids if concept_id])
    return [
        DecisionLine(
            id=one.id,
            word=one.word,
            sentence=_sentence(one, labels),
            concept_id=one.into_id or one.concept_id,
            decided_at=one.decided_at,
            by=names.get(one.decided_by, SOMEBODY) if one.decided_by else "",
        )
        for one in decisions
    ]


def without(session: Session, decision: WordDecision) -> Lexicon:
    """The words as they would be without this decision."""
    words = queries.lexicon(session)
    if decision.verdict is Verdict.DIFFERENT:
        return words.no_longer_apart(decision.normal, decision.other_normal or "")
    return words if decision.concept_id is None else words.removing(decision.concept_id)


def _word_line(session: Session, used: UsedWord) -> WordLine:
    return WordLine(
        used.word,
        _used(used),
        tuple(
            ProposalLine(one.concept_id, one.label, _why(one))
            for one in unlinked.proposals_for(session, used.word)
        ),
    )


def _used(used: UsedWord) -> str:
    counts = (
        f"op {plural(used.profiles, 'profiel', 'profielen')}" if used.profiles else "",
        f"in {plural(used.opgaven, 'open opgave', 'open opgaven')}" if used.opgaven else "",
    )
    stands = " en ".join(filter(None, counts))
    return f"Staat {stands}" if stands else "Niemand gebruikt het nu"


def _why(proposal: Proposal) -> str:
    other = "" if proposal.name == proposal.label else f": {proposal.name}"
    return {
        Why.SPELLING: f"net anders geschreven{other}",
        Why.WITHIN: f"het staat erin{other}",
        Why.KIN: f"deelt er woorden mee{other}",
        Why.LETTERS: f"lijkt erop{other}",
    }[proposal.why]


def _sentence(decision: WordDecision, labels: dict[int, str]) -> str:
    word = f"“{decision.word}”"
    if decision.verdict is Verdict.LINK:
        return f"{word} telt als “{labels[decision.into_id or 0]}”."
    if decision.verdict is Verdict.CONCEPT:
        return f"{word} hoort bij het nieuwe begrip “{labels[decision.concept_id or 0]}”."
    if decision.verdict is Verdict.DIFFERENT:
        return f"{word} en “{decision.other}” lijken alleen op elkaar."
    return f"{word} blijft liggen: we vragen er niet meer naar."
