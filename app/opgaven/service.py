"""Drafting, revising, publishing and withdrawing opgaven; `life` has what comes between."""

from dataclasses import replace
from uuid import UUID

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, FaultyDraft, refuse
from app.core.work import Work
from app.gemeenten import queries as gemeenten
from app.opgaven import life, queries, review, takeovers
from app.opgaven.events import CoOwnerNamed, OpgaveChanged, OpgaveDrafted
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import (
    COLLEAGUES_WEEKS,
    EDITORS,
    ENDED,
    NO_SUCH_MOVE,
    NOT_FINISHED,
    TAKES_ANSWERS,
    WRITABLE,
    Audience,
    OpgaveDraft,
    OpgaveStatus,
    audience_faults,
    faults,
    fitting,
    may_draft,
    offered_audiences,
    opening_faults,
    publishing_faults,
    seats_faults,
)
from app.vocabulary.rules import normalise

FIRST_VERSION = 1
CHANGED_MEANWHILE = (
    "Deze opgave is intussen door iemand anders gewijzigd. Hieronder staat wat jij typte. "
    "Kijk het na en bewaar het nog eens."
)

NO_ROLE = (
    "{name} is nog geen opgavehouder, en kan deze opgave dus niet openen of bewerken. Een "
    "gemeentebeheerder kan die rol geven."
)


def draft_opgave(
    work: Work, opgave_id: UUID, draft: OpgaveDraft, source_id: UUID | None = None
) -> Opgave:
    """Begin an opgave under an id that the form was given, so that a second post does no harm."""
    actor, draft = work.actor, fitting(draft)
    if not may_draft(actor) or actor.user_id is None or actor.gemeente_code is None:
        raise NotAllowed("draft an opgave")
    refuse(faults(draft) + _faults_at(work, actor.user_id, actor.gemeente_code, draft))
    # One at a time for each person: of two equal posts at once the second finds the first.
    work.fetch_to_change(User, actor.user_id)
    known = work.session.get(Opgave, opgave_id)
    if known is not None:
        return _again(work, known, draft)
    opgave = Opgave(
        id=opgave_id,
        gemeente_code=actor.gemeente_code,
        owner_id=actor.user_id,
        status=OpgaveStatus.CONCEPT,
        copied_from=source_id,
        version=0,
        created_at=work.now,
    )
    _fill(work, opgave, draft)
    work.session.add(opgave)
    work.session.flush()
    work.emit(OpgaveDrafted(opgave_id=opgave_id, source_id=source_id))
    return opgave


def begin_with(work: Work, opgave_id: UUID, source_id: UUID) -> Opgave:
    """A concept of the own gemeente with the words of an opgave that came to an end.

    Never its days, and nobody of its people: those are for who begins anew.
    """
    seen = queries.seen_opgave(work.session, work.actor, source_id)
    source = seen.opgave
    if not seen.may_begin(work.actor):
        raise Conflict(said=NOT_FINISHED)
    words = replace(
        queries.draft_of(work.session, source),
        starts_on=None,
        ends_on=None,
        closes_on=None,
        audience=_audience_here(work, source.audience),
        co_owner_email="",
        version=None,
    )
    return draft_opgave(work, opgave_id, words, source.id)


def revise_opgave(work: Work, opgave_id: UUID, draft: OpgaveDraft) -> Opgave:
    """Change what the opgave says; an open one must stay complete."""
    opgave, draft = life.to_change(work, opgave_id), fitting(draft)
    _refuse_if_settled(opgave)
    if draft.version is not None and draft.version != opgave.version:
        raise Conflict(said=CHANGED_MEANWHILE)
    found = faults(draft) + _faults_at(work, opgave.owner_id, opgave.gemeente_code, draft)
    if opgave.status in TAKES_ANSWERS:
        found += publishing_faults(draft, work.today)
        found += seats_faults(draft.people_needed, opgave.people_taken)
    refuse(found)
    _fill(work, opgave, draft)
    if opgave.status in TAKES_ANSWERS:
        work.emit(OpgaveChanged(opgave_id=opgave.id))
    return opgave


def publish_opgave(work: Work, opgave_id: UUID) -> Opgave:
    """Open the opgave to professionals of other gemeenten; or first to a gemeentebeheerder."""
    opgave = life.to_change(work, opgave_id)
    if opgave.status in TAKES_ANSWERS:
        return opgave
    _refuse_if_settled(opgave)
    refuse(opening_faults(queries.draft_of(work.session, opgave), work.today))
    return review.open_or_submit(work, opgave)


def hand_over(work: Work, opgave_id: UUID, user_id: UUID | None) -> Opgave:
    """Let a colleague with the role look after the opgave from now on."""
    opgave = life.to_change(work, opgave_id)
    if opgave.owner_id == user_id:
        return opgave
    if opgave.status in ENDED:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])
    if user_id is None or user_id not in {
        user.id for user in queries.who_can_take_over(work.session, opgave)
    }:
        raise FaultyDraft([Fault("user_id", "Kies een collega die opgavehouder is.")])
    takeovers.give_to(work, opgave, user_id)
    return opgave


def _refuse_if_settled(opgave: Opgave) -> None:
    if opgave.status not in WRITABLE:
        raise Conflict(said=NO_SUCH_MOVE[opgave.status])


def _again(work: Work, opgave: Opgave, draft: OpgaveDraft) -> Opgave:
    """The same form once more does nothing; with other words it revises what it began."""
    if opgave.owner_id != work.actor.user_id:
        raise NotFound(f"opgave {opgave.id}")
    if queries.draft_of(work.session, opgave) == draft:
        return opgave
    return revise_opgave(work, opgave.id, replace(draft, version=FIRST_VERSION))


def _fill(work: Work, opgave: Opgave, draft: OpgaveDraft) -> None:
    opgave.title, opgave.kind, opgave.text = draft.title, draft.kind, draft.text
    opgave.themes = [theme.value for theme in draft.themes]
    opgave.hours_per_week, opgave.people_needed = draft.hours_per_week, draft.people_needed or 1
    opgave.starts_on, opgave.ends_on = draft.starts_on, draft.ends_on
    opgave.closes_on = draft.closes_on
    opgave.place, opgave.audience = draft.place, draft.audience
    opgave.in_return, opgave.atelier, opgave.times = draft.in_return, draft.atelier, draft.times
    opgave.colleagues_weeks = draft.colleagues_weeks or COLLEAGUES_WEEKS
    opgave.is_public = draft.is_public
    _name_co_owner(work, opgave, draft.co_owner_email)
    opgave.skills = _skills(work, draft)
    opgave.version += 1
    opgave.changed_at = work.now


def _audience_here(work: Work, audience: Audience) -> Audience:
    """The same, or one that the gemeente of the actor can still choose."""
    is_in = bool(gemeenten.networks_of(work.session, work.actor.gemeente_code or "", work.today))
    return audience if audience in offered_audiences(is_in_network=is_in) else Audience.PROVINCE


def _faults_at(work: Work, owner_id: UUID, gemeente_code: str, draft: OpgaveDraft) -> list[Fault]:
    """What is wrong with the draft for who writes it, where they work."""
    networks = gemeenten.networks_of(work.session, gemeente_code, work.today)
    found = audience_faults(draft.audience, is_in_network=bool(networks))
    return found + _co_owner_faults(work, owner_id, gemeente_code, draft)


def _co_owner_faults(
    work: Work, owner_id: UUID, gemeente_code: str, draft: OpgaveDraft
) -> list[Fault]:
    if not draft.co_owner_email:
        return []
    colleague = accounts.by_email(work.session, draft.co_owner_email)
    if colleague is None or colleague.gemeente_code != gemeente_code:
        return [Fault("co_owner_email", "Dit adres kennen we niet bij jouw gemeente.")]
    if colleague.id == owner_id:
        return [Fault("co_owner_email", "Kies iemand anders dan de opgavehouder zelf.")]
    if EDITORS.isdisjoint(accounts.roles_of(colleague)):
        return [Fault("co_owner_email", NO_ROLE.format(name=colleague.name))]
    return []


def _name_co_owner(work: Work, opgave: Opgave, email: str) -> None:
    colleague = accounts.by_email(work.session, email) if email else None
    found = colleague.id if colleague else None
    if found is not None and found != opgave.co_owner_id:
        work.emit(CoOwnerNamed(opgave_id=opgave.id, user_id=found))
    opgave.co_owner_id = found


def _skills(work: Work, draft: OpgaveDraft) -> list[AskedSkill]:
    return [
        AskedSkill(
            id=work.new_id(),
            place=place,
            label_normal=normalise(skill.label),
            **vars(skill),
        )
        for place, skill in enumerate(draft.skills)
    ]
