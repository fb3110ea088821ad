"""Writing, publishing and pausing one's own profile."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, refuse
from app.core.rights import Right, may
from app.core.work import Work
from app.people.events import (
    EvidenceKept,
    EvidenceRemoved,
    ProfileChanged,
    ProfileHidden,
    ProfilePaused,
)
from app.people.models import Consent, Evidence, Profile, Skill, Window
from app.people.queries import draft_of, parts_of, standing_consent
from app.people.rules import (
    CONSENT,
    Confirmed,
    ProfileDraft,
    ProfileState,
    begun_by,
    faults,
    publishing_faults,
    shown_to,
)
from app.vocabulary.rules import normalise

CHANGED_MEANWHILE = (
    "Je profiel is intussen in een ander venster gewijzigd. Hieronder staat wat je hier typte. "
    "Kijk het na en bewaar het nog eens."
)
NO_PROFILE = "Je hebt nog geen profiel. Begin daarmee op Mijn profiel."
TAKEN_DOWN = (
    "Je profiel is weggehaald na een melding. Bij Mijn profiel staat waarom. Pas het aan en mail "
    "ons, dan kijken we samen of het terug kan."
)


def write_profile(work: Work, draft: ProfileDraft) -> Profile:
    """Save the actor's own profile; a published one must stay complete."""
    draft = begun_by(draft, work.today)
    refuse(faults(draft))
    profile = _own_to_change(work) or _begun(work)
    if draft.version is not None and draft.version != profile.version:
        raise Conflict(said=CHANGED_MEANWHILE)
    if profile.state is ProfileState.PUBLISHED:
        refuse(publishing_faults(draft, work.today))
    was_shown_to, were_shown_to = profile.visibility, parts_of(profile)
    _fill(work, profile, draft)
    about = ("profile", profile.user_id)
    if draft.visibility is not was_shown_to:
        work.record(f"visibility.{draft.visibility}", about, profile.user_id)
    if draft.parts != were_shown_to:
        work.record("visibility.parts", about, profile.user_id)
    if profile.state is ProfileState.PUBLISHED:
        work.emit(ProfileChanged(user_id=profile.user_id))
    return profile


def publish_profile(work: Work) -> Profile:
    """Let the profile count for matching and, as far as its owner wants, be found."""
    profile = _own(work)
    if profile.taken_down_at is not None:
        refuse([Fault("profile", TAKEN_DOWN)])
    refuse(publishing_faults(draft_of(profile), work.today))
    if profile.state is ProfileState.PUBLISHED:
        return profile
    profile.state = ProfileState.PUBLISHED
    profile.published_at = work.now
    profile.version += 1
    _agree(work, profile.user_id)
    work.emit(ProfileChanged(user_id=profile.user_id))
    return profile


def pause_profile(work: Work) -> Profile:
    """Take the profile out of matching and out of sight; it can come back at any time."""
    profile = _own(work)
    _take_back(work, profile.user_id)
    profile.comes_back = False
    if profile.state is ProfileState.PUBLISHED:
        profile.state = ProfileState.PAUSED
        profile.version += 1
        work.emit(ProfilePaused(user_id=profile.user_id))
    return profile


def _agree(work: Work, user_id: UUID) -> None:
    """Keep that this person agrees with the text of today, unless that stands already."""
    standing = standing_consent(work.session, user_id)
    if standing is not None and standing.text_version == CONSENT:
        return
    _take_back(work, user_id)
    given = Consent(id=work.new_id(), user_id=user_id, text_version=CONSENT, given_at=work.now)
    work.session.add(given)


def _take_back(work: Work, user_id: UUID) -> None:
    standing = standing_consent(work.session, user_id)
    if standing is not None:
        standing.withdrawn_at = work.now
        work.session.flush()


def hide_unused(work: Work, user_id: UUID) -> bool:
    """Pause the profile of who stays away; whether there was one to see."""
    profile = work.session.get(Profile, user_id, with_for_update=True, populate_existing=True)
    if profile is None or profile.state is not ProfileState.PUBLISHED:
        return False
    profile.state = ProfileState.PAUSED
    profile.version += 1
    work.of_itself().emit(ProfileHidden(user_id=user_id))
    return True


def hide_shut_out(work: Work, user_id: UUID) -> None:
    """Take the profile of who is kept out of sight; once let in, its owner shows it again."""
    profile = work.session.get(Profile, user_id, with_for_update=True, populate_existing=True)
    if profile is None:
        return
    profile.comes_back = False
    if profile.state is ProfileState.PUBLISHED:
        profile.state = ProfileState.PAUSED
        profile.version += 1
        work.emit(ProfilePaused(user_id=user_id))


def take_down(work: Work, user_id: UUID) -> None:
    """Take somebody's profile out of sight after a report; only who did that puts it back."""
    profile = _to_moderate(work, user_id)
    if profile.taken_down_at is not None:
        return
    profile.taken_down_at = work.now
    profile.version += 1
    profile.comes_back = profile.state is ProfileState.PUBLISHED
    if profile.comes_back:
        profile.state = ProfileState.PAUSED
        work.emit(ProfilePaused(user_id=profile.user_id))


def put_back(work: Work, user_id: UUID) -> None:
    """Let it be as visible as it was; what its owner left unfinished meanwhile is theirs to show.

    Hours that passed meanwhile hide nothing: they hide no profile that was left alone.
    """
    profile = _to_moderate(work, user_id)
    if profile.taken_down_at is None:
        return
    profile.taken_down_at = None
    is_whole = not publishing_faults(draft_of(profile), date.min)
    if profile.comes_back and is_whole:
        profile.state = ProfileState.PUBLISHED
        work.emit(ProfileChanged(user_id=profile.user_id))
    profile.comes_back = False
    profile.version += 1


def _to_moderate(work: Work, user_id: UUID) -> Profile:
    if not may(work.actor, Right.MODERATE):
        raise NotAllowed("moderate a profile")
    return work.fetch_to_change(Profile, user_id)


def keep_evidence(work: Work, confirmed: Confirmed) -> None:
    """Put on the own profile what a gemeente confirmed; twice is once.

    It counts in no match: it is there to be read.
    """
    profile = _own_to_change(work)
    if profile is None:
        raise Conflict("no profile to put evidence on", said=NO_PROFILE)
    row = insert(Evidence).values(
        id=work.new_id(),
        user_id=profile.user_id,
        source_id=confirmed.source_id,
        label=confirmed.label,
        label_normal=normalise(confirmed.label),
        gemeente_name=confirmed.gemeente_name,
        opgave_title=confirmed.opgave_title,
        month=confirmed.day.replace(day=1),
        is_hidden=False,
    )
    fresh = row.on_conflict_do_nothing().returning(Evidence.id)
    if work.session.scalar(fresh) is not None:
        work.emit(EvidenceKept(user_id=profile.user_id))


def hide_evidence(work: Work, evidence_id: UUID, *, is_hidden: bool) -> None:
    """Let others read it, or not for now."""
    _own_evidence(work, evidence_id).is_hidden = is_hidden
    user_id = _actor_id(work)
    work.record(f"evidence.{'hidden' if is_hidden else 'shown'}", ("profile", user_id), user_id)


def remove_evidence(work: Work, evidence_id: UUID) -> None:
    """Take it off the profile; it can be put there again from the loan."""
    work.session.delete(_own_evidence(work, evidence_id))
    work.emit(EvidenceRemoved(user_id=_actor_id(work)))


def _own_evidence(work: Work, evidence_id: UUID) -> Evidence:
    found = work.fetch_to_change(Evidence, evidence_id)
    if found.user_id != _actor_id(work):
        raise NotFound(f"evidence {evidence_id}")
    return found


def _actor_id(work: Work) -> UUID:
    if work.actor.user_id is None:
        raise NotAllowed("a profile has an owner")
    return work.actor.user_id


def _own_to_change(work: Work) -> Profile | None:
    # Read anew: what this session read before the lock may have changed since.
    return work.session.get(Profile, _actor_id(work), with_for_update=True, populate_existing=True)


def _own(work: Work) -> Profile:
    profile = _own_to_change(work)
    if profile is None:
        raise NotFound("own profile")
    return profile


def _begun(work: Work) -> Profile:
    """An empty profile; of two that begin at once, the second waits and goes on from the first."""
    empty = insert(Profile).values(user_id=_actor_id(work), changed_at=work.now, version=0)
    work.session.execute(empty.on_conflict_do_nothing())
    return _own(work)


def _fill(work: Work, profile: Profile, draft: ProfileDraft) -> None:
    profile.function, profile.headline = draft.function, draft.headline
    profile.about = draft.about
    profile.themes = [theme.value for theme in draft.themes]
    profile.movement = [role.value for role in draft.movement]
    profile.travel_km, profile.remote = draft.travel_km or 0, draft.remote
    profile.visibility = draft.visibility
    for part, tier in draft.parts.items():
        setattr(profile, shown_to(part), tier)
    profile.skills = _skills(work, draft)
    profile.windows = _windows(work, draft)
    profile.version += 1
    profile.changed_at = work.now
    work.session.flush()


def _skills(work: Work, draft: ProfileDraft) -> list[Skill]:
    return [
        Skill(
            id=work.new_id(),
            place=place,
            label_normal=normalise(skill.label),
            **vars(skill),
        )
        for place, skill in enumerate(draft.skills)
    ]


def _windows(work: Work, draft: ProfileDraft) -> list[Window]:
    return [
        Window(id=work.new_id(), place=place, **vars(window))
        for place, window in enumerate(draft.windows)
    ]
