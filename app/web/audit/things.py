"""Which thing a deed was about: by a name and a link, as far as its reader may read it today."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import AccessRequest
from app.conversations import queries as conversations
from app.conversations.models import Conversation, PublishedAnswer
from app.core.actor import Actor
from app.core.audit import AuditEntry
from app.core.dutch import hours
from app.core.rights import Right, may, may_everywhere
from app.gemeenten import queries as gemeenten
from app.hours.models import HourSettling, HourTransfer
from app.loans import queries as loans
from app.loans.models import Loan
from app.moderation import queries as moderation
from app.moderation.models import Report
from app.opgaven import queries as opgaven
from app.opgaven.models import Opgave
from app.opgaven.rules import may_edit
from app.responses.models import Invitation
from app.together.models import Joint, JointOpgave
from app.vocabulary import queries as vocabulary
from app.vocabulary.models import WordDecision
from app.web.forms import id_in

GONE = "een opgave die is weggehaald"
JOINT = "samen: “{name}”"
# What stands on an opgave: where that is known, and how it is called by it.
ON_OPGAVE: Mapping[str, tuple[Any, str]] = {
    "loan": (Loan, "inzet voor {opgave}"),
    "conversation": (Conversation, "gesprek over {opgave}"),
    "invitation": (Invitation, "uitnodiging voor {opgave}"),
    "published": (PublishedAnswer, "vraag met antwoord bij {opgave}"),
}


@dataclass(frozen=True)
class Thing:
    words: str
    # Nothing when the reader cannot come there.
    href: str = ""

    @property
    def line(self) -> str:
        return self.words[:1].upper() + self.words[1:]


# A kind of thing and which one, as an entry holds them.
Key = tuple[str, str]
Things = dict[Key, Thing]


def things_of(session: Session, reader: Actor, entries: Iterable[AuditEntry]) -> Things:
    """What everybody may read of what they did; in a fixed number of questions."""
    by_kind = _by_kind(entries)
    on_opgave = {kind: _places(session, kind, by_kind.get(kind, set())) for kind in ON_OPGAVE}
    opgave_ids = {*_ids(by_kind.get("opgave", set()))}
    for places in on_opgave.values():
        opgave_ids |= {*places.values()}
    titles = _titles(session, reader, opgave_ids)
    found = {("opgave", str(one)): thing for one, thing in titles.items()}
    for kind, places in on_opgave.items():
        words = ON_OPGAVE[kind][1]
        for one, opgave_id in places.items():
            if opgave_id in titles:
                about = titles[opgave_id]
                href = about.href if kind in {"invitation", "published"} else ""
                found[kind, str(one)] = Thing(words.format(opgave=about.words), href)
    found |= _own_loans(session, reader, on_opgave["loan"])
    found |= _own_conversations(session, reader, on_opgave["conversation"])
    found |= _own_joints(session, reader, _ids(by_kind.get("joint", set())))
    return found | _reports(session, reader, _ids(by_kind.get("report", set())))


def things_in_log(session: Session, reader: Actor, entries: Iterable[AuditEntry]) -> Things:
    """The same, and what else a beheerder reads of by its name.

    A beheerder also works from a gemeente: whom they look after elsewhere is not for its own
    gemeentebeheerder to read.
    """
    entries = list(entries)
    by_kind, found = _by_kind(entries), things_of(session, reader, entries)
    for kind, read in OF_LOG.items():
        if kind in by_kind and (kind not in OF_PEOPLE or may_everywhere(reader, Right.READ_LOG)):
            named = read(session, by_kind[kind])
            found = {(kind, str(one)): Thing(words) for one, words in named.items()} | found
    return found


def _by_kind(entries: Iterable[AuditEntry]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in entries:
        found.setdefault(entry.subject, set()).add(entry.subject_id)
    return found


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [one for one in map(id_in, texts) if one is not None]


def _places(session: Session, kind: str, texts: Collection[str]) -> dict[UUID, UUID]:
    """On which opgave each of these stands."""
    row, ids = ON_OPGAVE[kind][0], _ids(texts)
    if not ids:
        return {}
    return dict(session.execute(select(row.id, row.opgave_id).where(row.id.in_(ids))).all())


def _titles(session: Session, reader: Actor, opgave_ids: Collection[UUID]) -> dict[UUID, Thing]:
    """Of what the reader may read its title, of what was taken down only that; of the rest none."""
    if not opgave_ids:
        return {}
    ids = list(opgave_ids)
    readable = opgaven.seen_opgaven(session, reader, ids)
    found = {}
    for one, seen in opgaven.by_ids(session, ids).items():
        if one in readable or may(reader, Right.MODERATE):
            href = url_for("opgaven.show", opgave_id=one) if one in readable else ""
            found[one] = Thing(f"“{seen.opgave.title}”", href)
        elif seen.opgave.taken_down_at is not None:
            found[one] = Thing(GONE)
    return found


def _own_loans(session: Session, reader: Actor, ids: Collection[UUID]) -> Things:
    return {
        ("loan", str(one.loan.id)): Thing(
            f"inzet voor {GONE if one.is_opgave_down else f'“{one.opgave_title}”'}",
            url_for("loans.show", loan_id=one.loan.id),
        )
        for one in loans.seen_among(session, reader, ids)
    }


def _own_conversations(session: Session, reader: Actor, ids: Collection[UUID]) -> Things:
    return {
        ("conversation", str(one.conversation.id)): Thing(
            f"gesprek over {f'“{one.title}”' if one.title == one.opgave.title else GONE}",
            url_for("conversations.show", conversation_id=one.conversation.id),
        )
        for one in conversations.seen_among(session, reader, ids)
    }


def _own_joints(session: Session, reader: Actor, ids: Collection[UUID]) -> Things:
    """To who looks after an opgave in it, or is asked for one."""
    if not ids:
        return {}
    rows = session.execute(
        select(Joint.id, Joint.name, Opgave.id.label("opgave_id"), Opgave.gemeente_code)
        .join(JointOpgave, JointOpgave.joint_id == Joint.id)
        .join(Opgave, Opgave.id == JointOpgave.opgave_id)
        .where(Joint.id.in_(ids))
        .order_by(JointOpgave.asked_at.desc(), Opgave.id)
    )
    return {
        ("joint", str(row.id)): Thing(
            JOINT.format(name=row.name), url_for("opgaven.who_else", opgave_id=row.opgave_id)
        )
        for row in rows
        if may_edit(reader, row.gemeente_code)
    }


def _reports(session: Session, reader: Actor, ids: Collection[UUID]) -> Things:
    """To who made them, and to who decides."""
    if not ids:
        return {}
    decides = may(reader, Right.MODERATE)
    rows = session.scalars(select(Report).where(Report.id.in_(ids)))
    theirs = [one for one in rows if decides or one.reporter_id == reader.user_id]
    titles = moderation.titles(session, reader, theirs)
    return {
        ("report", str(one.id)): Thing(
            f"melding: {titles[one.id]}",
            url_for("moderation.case", report_id=one.id) if decides else url_for("moderation.mine"),
        )
        for one in theirs
    }


def _accounts(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    names = accounts.names_of(session, _ids(texts))
    return {one: f"account van {name}" for one, name in names.items()}


def _profiles(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    names = accounts.names_of(session, _ids(texts))
    return {one: f"profiel van {name}" for one, name in names.items()}


def _gemeenten(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    names = gemeenten.names_of(session, texts)
    return {code: f"gemeente {name}" for code, name in names.items()}


def _networks(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    names = {one.id: one.name for one in gemeenten.networks(session)}
    return {one: f"netwerk {names[one]}" for one in _ids(texts) if one in names}


def _concepts(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    ids = [int(one) for one in texts if one.isdecimal() and len(one) <= LONGEST_NUMBER]
    return {one: f"begrip {name}" for one, name in vocabulary.labels_of(session, ids).items()}


def _requests(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    rows = select(AccessRequest.id, AccessRequest.name).where(AccessRequest.id.in_(_ids(texts)))
    return {row.id: f"aanvraag van {row.name}" for row in session.execute(rows)}


def _settlings(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    rows = select(HourSettling.id, HourSettling.year).where(HourSettling.id.in_(_ids(texts)))
    return {row.id: f"verrekening van {row.year}" for row in session.execute(rows)}


def _transfers(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    """How many hours, from whose account to whose."""
    rows = session.scalars(select(HourTransfer).where(HourTransfer.id.in_(_ids(texts)))).all()
    codes = {code for one in rows for code in (one.debit_code, one.credit_code)}
    names = gemeenten.names_of(session, codes)
    return {
        one.id: f"{hours(one.minutes)} uur van gemeente {names[one.debit_code]} "
        f"naar gemeente {names[one.credit_code]}"
        for one in rows
    }


def _joints(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    rows = select(Joint.id, Joint.name).where(Joint.id.in_(_ids(texts)))
    return {row.id: JOINT.format(name=row.name) for row in session.execute(rows)}


def _decisions(session: Session, texts: Collection[str]) -> Mapping[Any, str]:
    rows = select(WordDecision.id, WordDecision.word).where(WordDecision.id.in_(_ids(texts)))
    return {row.id: f"het woord “{row.word}”" for row in session.execute(rows)}


# What fits in the column of these ids.
LONGEST_NUMBER = 9
OF_PEOPLE = frozenset({"user", "profile", "request"})
OF_LOG: Mapping[str, Callable[[Session, Collection[str]], Mapping[Any, str]]] = {
    "user": _accounts,
    "profile": _profiles,
    "gemeente": _gemeenten,
    "network": _networks,
    "concept": _concepts,
    "request": _requests,
    "settling": _settlings,
    "transfer": _transfers,
    "joint": _joints,
    "decision": _decisions,
}
