"""Bringing the stored words in line with our own lists and with those of ESCO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.work import Work
from app.vocabulary.esco import EscoConcept
from app.vocabulary.events import WordListed
from app.vocabulary.models import Concept, NameKind, Source
from app.vocabulary.rules import LABEL_LIMIT, normalise
from app.vocabulary.starter import DATA, StarterConcept, read_concepts, read_different
from app.vocabulary.stored import (
    Entry,
    Name,
    first_broader,
    give_up_names,
    give_way,
    listed_by_now,
    own_names,
    remove_unused,
    settle_links,
    stored_of,
    write_broader,
    write_entries,
    write_pairs,
    write_related,
)
from app.vocabulary.versions import renew, take_turns


@dataclass
class ImportReport:
    """What an import did with concepts, and with pairs of words that only look alike."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    # Gone from the lists, but still the wider expertise of another concept.
    kept: int = 0
    pairs: int = 0
    # Words of which a beheerder said something, and that our own list knows by now.
    listed: int = 0

    @property
    def has_changes(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.pairs or self.listed)


@dataclass
class EscoReport(ImportReport):
    """What an import of ESCO did; `ours` were left out because the name is ours already."""

    ours: int = 0
    too_long: int = 0
    absent: int = 0


def import_starter(work: Work, data: Path = DATA) -> ImportReport:
    """Bring our own words in line with the lists; a second time nothing happens."""
    concepts, different = read_concepts(data), read_different(data)
    session = work.session
    take_turns(session)
    stored = stored_of(session, Source.STARTER)
    known = set(stored.ids)
    wanted = {concept.label: _own_entry(concept) for concept in concepts}
    changed = write_entries(session, Source.STARTER, wanted, stored)
    broader = {one.label: stored.ids[one.broader] if one.broader else None for one in concepts}
    changed |= write_broader(session, stored, broader)
    changed |= write_related(session, concepts, stored.ids)
    gone = {stored.ids[label] for label in known - set(wanted)}
    kept = remove_unused(session, gone)
    give_up_names(session, kept, wanted.values())
    report = ImportReport(removed=len(gone - kept), kept=len(kept))
    _count(report, known, wanted, changed)
    report.pairs = write_pairs(session, different)
    report.listed = _leave_to_list(work)
    _tell(work, report)
    return report


def import_esco(work: Work, concepts: Sequence[EscoConcept]) -> EscoReport:
    """Add concepts of ESCO to ours; where a name is ours already, ours stands.

    Concepts of an earlier import that are not listed now stay as they are.
    """
    session, report = work.session, EscoReport()
    take_turns(session)
    stored = stored_of(session, Source.ESCO)
    known = set(stored.ids)
    ours = own_names(session)
    wanted, taken = _foreign_entries(concepts, ours, report)
    changed = write_entries(session, Source.ESCO, wanted, stored)
    report.removed = give_way(session, {stored.ids[uri]: taken[uri] for uri in known & set(taken)})
    ids = {**stored.ids, **taken}
    listed = {one.uri: one.broader for one in concepts if one.uri in wanted}
    changed |= write_broader(session, stored, first_broader(listed, ids))
    settle_links(session)
    _count(report, known, wanted, changed)
    report.absent = len(known - set(wanted) - set(taken))
    _tell(work, report)
    return report


def _leave_to_list(work: Work) -> int:
    """What our list says of a word goes before what a beheerder said while it was unknown."""
    listed = listed_by_now(work.session)
    for made, ours in listed.items():
        word = normalise(work.fetch(Concept, made).label)
        work.emit(WordListed(word=word, concept_id=ours))
    if listed:
        give_way(work.session, listed)
        settle_links(work.session)
    return len(listed)


def _own_entry(concept: StarterConcept) -> Entry:
    kinds = (
        ((concept.label,), NameKind.LABEL),
        (concept.synonyms, NameKind.SYNONYM),
        (concept.acronyms, NameKind.ACRONYM),
    )
    names = (Name(name, normalise(name), kind) for group, kind in kinds for name in group)
    return Entry(concept.label, tuple(names), theme=concept.theme)


def _foreign_entries(
    concepts: Iterable[EscoConcept], ours: Mapping[str, int], report: EscoReport
) -> tuple[dict[str, Entry], dict[str, int]]:
    """The concepts to write by their URI; and for the others our concept of that name."""
    wanted: dict[str, Entry] = {}
    taken: dict[str, int] = {}
    for concept in concepts:
        own = ours.get(normalise(concept.label))
        if own is not None:
            taken[concept.uri] = own
            report.ours += 1
        elif len(concept.label) > LABEL_LIMIT:
            report.too_long += 1
        else:
            wanted[concept.uri] = _foreign_entry(concept, report)
    return wanted, taken


def _foreign_entry(concept: EscoConcept, report: EscoReport) -> Entry:
    names = {normalise(concept.label): (concept.label, NameKind.LABEL)}
    for label in concept.alt_labels:
        if len(label) > LABEL_LIMIT:
            report.too_long += 1
        elif normalise(label):
            names.setdefault(normalise(label), (label, NameKind.SYNONYM))
    return Entry(
        concept.label,
        tuple(Name(name, normal, kind) for normal, (name, kind) in names.items()),
        uri=concept.uri,
        description=concept.description,
    )


def _count(
    report: ImportReport, known: set[str], wanted: Mapping[str, Entry], changed: set[str]
) -> None:
    report.added = len(set(wanted) - known)
    report.changed = len(changed & known & set(wanted))
    report.unchanged = len(wanted) - report.added - report.changed


def _tell(work: Work, report: ImportReport) -> None:
    if report.has_changes:
        renew(work)
