"""From concept to closed: each promise and each refusal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import User
from app.core.actor import ANYONE, Actor, Role
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.faults import Fault, FaultyDraft
from app.core.outbox import OutboxMessage
from app.opgaven import life, queries, service
from app.opgaven.models import AskedSkill, Opgave
from app.opgaven.rules import (
    AskedSkillDraft,
    Audience,
    Kind,
    OpgaveDraft,
    OpgaveStatus,
    Place,
)
from app.people.rules import Level
from app.vocabulary.rules import Theme
from tests.conftest import DatabaseMaker
from tests.support.at_once import SharedDatabase
from tests.support.builders import a_gemeente, a_user, an_asked_skill, an_opgave
from tests.support.work import MONDAY, TODAY, make_work

WHOLE = OpgaveDraft(
    title="Een rotonde",
    kind=Kind.KLUS,
    text="Er is werk.",
    themes=(Theme.MOBILITEIT, Theme.RUIMTE),
    skills=(AskedSkillDraft("Verkeerskunde", True, 3), AskedSkillDraft("Power BI", False, 1)),
    hours_per_week=8,
    starts_on=TODAY + timedelta(days=30),
    ends_on=TODAY + timedelta(days=120),
    closes_on=TODAY + timedelta(days=20),
    place=Place.REMOTE,
    people_needed=2,
    audience=Audience.PROVINCE,
    is_public=False,
)
DEEDS = [service.publish_opgave, life.fill, life.withdraw]


@pytest.fixture(scope="module")
def shared(new_database: DatabaseMaker) -> Iterator[SharedDatabase]:
    with SharedDatabase(new_database()) as opened:
        yield opened


@pytest.fixture
def owner(session: Session) -> User:
    return a_user(session, Role.OPGAVEHOUDER)


def told(session: Session) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(
        select(OutboxMessage.name, OutboxMessage.payload).order_by(OutboxMessage.id)
    )
    return [(name, payload) for name, payload in rows]


def count(session: Session, kind: type[Any]) -> int | None:
    return session.scalar(select(func.count()).select_from(kind))


def revise(work: Any, opgave_id: UUID) -> Opgave:
    return service.revise_opgave(work, opgave_id, WHOLE)


# Drafting


def test_a_draft_is_a_concept_of_the_own_gemeente_that_nobody_hears_of(
    session: Session, owner: User
) -> None:
    opgave_id = uuid4()

    opgave = service.draft_opgave(make_work(session, owner), opgave_id, WHOLE)

    assert (opgave.id, opgave.status, opgave.gemeente_code, opgave.owner_id) == (
        opgave_id,
        OpgaveStatus.CONCEPT,
        owner.gemeente_code,
        owner.id,
    )
    assert (opgave.created_at, opgave.changed_at, opgave.published_at) == (MONDAY, MONDAY, None)
    begun = {"opgave_id": str(opgave_id), "source_id": None}
    assert (opgave.version, told(session)) == (1, [("opgave.drafted", begun)])


def test_everything_that_was_written_comes_back(session: Session, owner: User) -> None:
    colleague = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    draft = replace(WHOLE, co_owner_email=colleague.email)
    opgave_id = service.draft_opgave(make_work(session, owner), uuid4(), draft).id
    session.expire_all()

    opgave = session.get_one(Opgave, opgave_id)
    assert queries.draft_of(session, opgave) == draft
    assert [skill.label_normal for skill in opgave.skills] == ["verkeerskunde", "power bi"]


def test_a_concept_needs_no_more_than_a_title(session: Session, owner: User) -> None:
    draft = OpgaveDraft(title="Later meer")

    opgave = service.draft_opgave(make_work(session, owner), uuid4(), draft)

    assert queries.draft_of(session, opgave) == draft


def test_a_faulty_draft_is_refused(session: Session, owner: User) -> None:
    with pytest.raises(FaultyDraft) as refusal:
        service.draft_opgave(make_work(session, owner), uuid4(), OpgaveDraft())

    assert refusal.value.faults == [Fault("title", "Geef de opgave een titel.")]


@pytest.mark.parametrize("roles", [(), (Role.GEMEENTEBEHEERDER,), (Role.BEHEERDER,)])
def test_only_an_opgavehouder_begins_an_opgave(session: Session, roles: tuple[Role, ...]) -> None:
    with pytest.raises(NotAllowed):
        service.draft_opgave(make_work(session, a_user(session, *roles)), uuid4(), WHOLE)


def test_a_visitor_begins_nothing(session: Session) -> None:
    with pytest.raises(NotAllowed):
        service.draft_opgave(make_work(session, ANYONE), uuid4(), WHOLE)


def test_the_same_form_posted_twice_makes_one_opgave(session: Session, owner: User) -> None:
    opgave_id = uuid4()
    for _ in range(2):
        opgave = service.draft_opgave(make_work(session, owner), opgave_id, WHOLE)

    assert (count(session, Opgave), count(session, AskedSkill), opgave.version) == (1, 2, 1)


def test_the_same_form_with_other_words_revises_what_it_began(
    session: Session, owner: User
) -> None:
    opgave_id = uuid4()
    for title in ("eerst", "daarna"):
        opgave = service.draft_opgave(
            make_work(session, owner), opgave_id, replace(WHOLE, title=title)
        )

    assert (count(session, Opgave), opgave.title, opgave.version) == (1, "daarna", 2)


def test_the_form_of_what_went_on_since_revises_nothing(session: Session, owner: User) -> None:
    work, opgave_id = make_work(session, owner), uuid4()
    service.draft_opgave(work, opgave_id, WHOLE)
    service.publish_opgave(work, opgave_id)

    with pytest.raises(Conflict, match="intussen door iemand anders gewijzigd"):
        service.draft_opgave(work, opgave_id, replace(WHOLE, title="anders"))


def test_the_id_of_somebody_elses_opgave_opens_nothing(session: Session, owner: User) -> None:
    other = an_opgave(session, title="Van een ander")

    with pytest.raises(NotFound):
        service.draft_opgave(make_work(session, owner), other.id, WHOLE)

    assert other.title == "Van een ander"


def test_the_same_form_posted_twice_at_once_makes_one_opgave(shared: SharedDatabase) -> None:
    actor, opgave_id = an_owner(shared), uuid4()

    def post(work: Any) -> UUID:
        return service.draft_opgave(work, opgave_id, WHOLE).id

    assert shared.overlap(post, post, actor) == (opgave_id, opgave_id)


def an_owner(shared: SharedDatabase) -> Actor:
    with shared.work() as work:
        return accounts.actor_of(a_user(work.session, Role.OPGAVEHOUDER))


# The second person to answer for it


@pytest.mark.parametrize("email", ["niemand@testerdam.example", "elders@testerdam.example"])
def test_a_co_owner_works_at_the_same_gemeente(session: Session, owner: User, email: str) -> None:
    a_user(session, email="elders@testerdam.example")
    draft = replace(WHOLE, co_owner_email=email)

    with pytest.raises(FaultyDraft) as refusal:
        service.draft_opgave(make_work(session, owner), uuid4(), draft)

    assert refusal.value.faults == [
        Fault("co_owner_email", "Dit adres kennen we niet bij jouw gemeente.")
    ]


def test_a_co_owner_is_somebody_else(session: Session, owner: User) -> None:
    draft = replace(WHOLE, co_owner_email=owner.email.upper())

    with pytest.raises(FaultyDraft) as refusal:
        service.draft_opgave(make_work(session, owner), uuid4(), draft)

    assert [fault.field for fault in refusal.value.faults] == ["co_owner_email"]


# Who may change it


@pytest.mark.parametrize("deed", [revise, *DEEDS])
@pytest.mark.parametrize("role", [Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER])
def test_colleagues_with_the_role_may_change_it(
    session: Session, owner: User, deed: Any, role: Role
) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)
    colleague = a_user(session, role, gemeente_code=owner.gemeente_code)

    assert deed(make_work(session, colleague), opgave.id) is opgave


@pytest.mark.parametrize("deed", [revise, *DEEDS])
@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.CONCEPT},
        {"audience": Audience.PROVINCE},
        {},
        {"status": OpgaveStatus.DONE},
    ],
)
def test_people_of_another_gemeente_change_nothing_and_learn_nothing(
    session: Session, deed: Any, changed: dict[str, Any]
) -> None:
    opgave = an_opgave(session, "wonen", **changed)
    before = (opgave.status, opgave.version)
    stranger = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Zeeland").code
    )

    with pytest.raises(NotFound):
        deed(make_work(session, stranger), opgave.id)

    assert ((opgave.status, opgave.version), told(session)) == (before, [])


@pytest.mark.parametrize("deed", [revise, *DEEDS])
def test_who_has_no_role_at_home_does_not_find_it(session: Session, owner: User, deed: Any) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)
    colleague = a_user(session, Role.BEHEERDER, gemeente_code=owner.gemeente_code)

    with pytest.raises(NotFound):
        deed(make_work(session, colleague), opgave.id)


@pytest.mark.parametrize("deed", [revise, *DEEDS])
def test_what_is_not_there_is_not_found(session: Session, owner: User, deed: Any) -> None:
    with pytest.raises(NotFound):
        deed(make_work(session, owner), uuid4())


# Revising


def test_a_concept_is_revised_in_silence(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT)
    later = make_work(session, owner, MONDAY + timedelta(hours=1))

    service.revise_opgave(later, opgave.id, WHOLE)
    session.flush()
    session.expire_all()

    assert queries.draft_of(session, opgave) == WHOLE
    assert (opgave.version, opgave.changed_at) == (2, MONDAY + timedelta(hours=1))
    assert (count(session, AskedSkill), told(session)) == (2, [])


def test_revising_an_open_opgave_is_told(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)

    service.revise_opgave(make_work(session, owner), opgave.id, WHOLE)

    assert told(session) == [("opgave.changed", {"opgave_id": str(opgave.id)})]


def test_an_open_opgave_must_stay_complete(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)

    with pytest.raises(FaultyDraft) as refusal:
        service.revise_opgave(
            make_work(session, owner), opgave.id, replace(WHOLE, skills=(), closes_on=None)
        )

    assert [fault.field for fault in refusal.value.faults] == ["skills", "closes_on"]
    assert ([skill.label for skill in opgave.skills], told(session)) == (["wonen"], [])


def test_a_faulty_revision_is_refused(session: Session, owner: User) -> None:
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.CONCEPT)

    with pytest.raises(FaultyDraft):
        service.revise_opgave(make_work(session, owner), opgave.id, OpgaveDraft())

    assert opgave.title == "Een opgave"


def test_another_version_than_the_writer_saw_is_refused(session: Session, owner: User) -> None:
    opgave = an_opgave(session, owner=owner, version=2)

    with pytest.raises(Conflict, match="intussen door iemand anders gewijzigd"):
        service.revise_opgave(make_work(session, owner), opgave.id, replace(WHOLE, version=1))

    assert opgave.title == "Een opgave"


def test_of_two_tabs_that_save_at_once_the_second_is_refused(shared: SharedDatabase) -> None:
    actor, opgave_id = an_owner(shared), uuid4()
    with shared.work(actor) as work:
        service.draft_opgave(work, opgave_id, WHOLE)

    def save(title: str) -> Any:
        draft = replace(WHOLE, title=title, version=1)
        return lambda work: service.revise_opgave(work, opgave_id, draft)

    _, second = shared.overlap(save("eerste"), save("tweede"), actor)

    with shared.work() as work:
        assert work.session.get_one(Opgave, opgave_id).title == "eerste"
    assert isinstance(second, Conflict)


# Publishing


def test_publishing_opens_the_opgave_and_is_told(session: Session, owner: User) -> None:
    opgave_id = service.draft_opgave(make_work(session, owner), uuid4(), WHOLE).id
    later = make_work(session, owner, MONDAY + timedelta(hours=1))

    opgave = service.publish_opgave(later, opgave_id)

    assert (opgave.status, opgave.published_at, opgave.version) == (
        OpgaveStatus.OPEN,
        MONDAY + timedelta(hours=1),
        2,
    )
    assert told(session)[1:] == [("opgave.published", {"opgave_id": str(opgave_id)})]


def test_publishing_twice_tells_once(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)

    service.publish_opgave(make_work(session, owner), opgave.id)

    assert (opgave.version, told(session)) == (1, [])


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"text": ""}, ["text"]),
        ({"themes": []}, ["themes"]),
        ({"hours_per_week": None}, ["hours_per_week"]),
        ({"closes_on": TODAY - timedelta(days=1)}, ["closes_on"]),
    ],
)
def test_what_is_missing_keeps_an_opgave_from_being_published(
    session: Session, owner: User, changed: dict[str, Any], fields: list[str]
) -> None:
    opgave = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.CONCEPT, **changed)

    with pytest.raises(FaultyDraft) as refusal:
        service.publish_opgave(make_work(session, owner), opgave.id)

    assert [fault.field for fault in refusal.value.faults] == fields
    assert (opgave.status, told(session)) == (OpgaveStatus.CONCEPT, [])


def test_the_database_refuses_an_open_opgave_that_is_not_complete(session: Session) -> None:
    with pytest.raises(IntegrityError, match="published_is_complete"):
        an_opgave(session, "wonen", hours_per_week=None)


def test_the_database_keeps_every_level_and_no_other(session: Session) -> None:
    an_opgave(session, *(an_asked_skill(level.name, level=level) for level in Level))

    for level in (min(Level) - 1, max(Level) + 1):
        with pytest.raises(IntegrityError, match="level_in_range"), session.begin_nested():
            an_opgave(session, an_asked_skill("wonen", level=level))


# Who looks after it


def test_an_opgave_is_handed_over_to_a_colleague_with_the_role(
    session: Session, owner: User
) -> None:
    heir = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    opgave = an_opgave(session, "wonen", owner=owner, co_owner_id=heir.id)

    for _ in range(2):
        service.hand_over(make_work(session, owner), opgave.id, heir.id)

    assert (opgave.owner_id, opgave.co_owner_id, opgave.version) == (heir.id, None, 2)
    assert told(session) == [
        (
            "opgave.handed_over",
            {"opgave_id": str(opgave.id), "from_id": str(owner.id), "to_id": str(heir.id)},
        )
    ]


def test_an_opgave_is_handed_over_to_nobody_else(session: Session, owner: User) -> None:
    opgave = an_opgave(session, "wonen", owner=owner)
    without_role = a_user(session, gemeente_code=owner.gemeente_code)
    elsewhere = a_user(session, Role.OPGAVEHOUDER)

    for user_id in (without_role.id, elsewhere.id, uuid4(), None):
        with pytest.raises(FaultyDraft) as refusal:
            service.hand_over(make_work(session, owner), opgave.id, user_id)
        assert refusal.value.faults == [Fault("user_id", "Kies een collega die opgavehouder is.")]
    with pytest.raises(NotFound):
        service.hand_over(make_work(session, elsewhere), opgave.id, elsewhere.id)


def test_what_ended_is_not_handed_over(session: Session, owner: User) -> None:
    heir = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    opgave = an_opgave(session, owner=owner, status=OpgaveStatus.EXPIRED)

    with pytest.raises(Conflict):
        service.hand_over(make_work(session, owner), opgave.id, heir.id)


def test_who_is_named_beside_the_owner_can_do_what_the_owner_can_and_is_told(
    session: Session, owner: User
) -> None:
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=owner.gemeente_code)
    draft = replace(WHOLE, co_owner_email=second.email)

    opgave = service.draft_opgave(make_work(session, owner), uuid4(), draft)
    service.revise_opgave(make_work(session, owner), opgave.id, draft)
    service.publish_opgave(make_work(session, second), opgave.id)

    named = {"opgave_id": str(opgave.id), "user_id": str(second.id)}
    assert told(session).count(("co_owner.named", named)) == 1
    assert opgave.status is OpgaveStatus.OPEN


def test_a_colleague_without_the_role_cannot_be_the_second(session: Session, owner: User) -> None:
    second = a_user(session, gemeente_code=owner.gemeente_code)

    draft = replace(WHOLE, co_owner_email=second.email)

    with pytest.raises(FaultyDraft) as refusal:
        service.draft_opgave(make_work(session, owner), uuid4(), draft)

    assert refusal.value.faults == [
        Fault("co_owner_email", service.NO_ROLE.format(name=second.name))
    ]


# Beginning with what somebody else finished


def test_a_concept_begins_with_the_words_of_a_finished_opgave_and_nothing_of_its_people(
    session: Session, owner: User
) -> None:
    there = a_user(session, Role.OPGAVEHOUDER)
    second = a_user(session, Role.OPGAVEHOUDER, gemeente_code=there.gemeente_code)
    source = an_opgave(
        session,
        an_asked_skill("wonen", level=4),
        owner=there,
        co_owner_id=second.id,
        status=OpgaveStatus.DONE,
        ended_at=MONDAY,
        people_taken=1,
        title="Een plein",
    )
    opgave_id = uuid4()

    for _ in range(2):
        opgave = service.begin_with(make_work(session, owner), opgave_id, source.id)

    assert (opgave.id, opgave.copied_from, opgave.owner_id, opgave.gemeente_code) == (
        opgave_id,
        source.id,
        owner.id,
        owner.gemeente_code,
    )
    assert (opgave.status, opgave.title, opgave.hours_per_week, opgave.version) == (
        OpgaveStatus.CONCEPT,
        "Een plein",
        8,
        1,
    )
    assert [(skill.label, skill.level) for skill in opgave.skills] == [("wonen", 4)]
    assert (opgave.starts_on, opgave.ends_on, opgave.closes_on, opgave.co_owner_id) == (
        *(None, None, None, None),
    )
    assert (opgave.people_taken, opgave.published_at) == (0, None)
    assert [payload["source_id"] for _, payload in told(session)] == [str(source.id)]
    assert queries.begun_with(session, source.id) == 1


def test_nobody_begins_with_what_is_under_way_or_not_theirs_to_read(
    session: Session, owner: User
) -> None:
    running = an_opgave(session, "wonen", status=OpgaveStatus.RUNNING)
    elsewhere = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Zeeland").code
    )
    hidden = an_opgave(
        session,
        "wonen",
        owner=elsewhere,
        status=OpgaveStatus.DONE,
        audience=Audience.PROVINCE,
    )

    down = an_opgave(session, "wonen", owner=owner, status=OpgaveStatus.WITHDRAWN)
    down.taken_down_at = MONDAY

    for source in (running, down):
        with pytest.raises(Conflict, match="nog niet afgerond"):
            service.begin_with(make_work(session, owner), uuid4(), source.id)
    with pytest.raises(NotFound):
        service.begin_with(make_work(session, owner), uuid4(), hidden.id)


def test_a_klankbord_opens_without_hours_a_week(session: Session, owner: User) -> None:
    draft = replace(WHOLE, kind=Kind.KLANKBORD, times=4)
    opgave = service.draft_opgave(make_work(session, owner), uuid4(), draft)

    service.publish_opgave(make_work(session, owner), opgave.id)

    assert (opgave.status, opgave.hours_per_week, opgave.times) == (OpgaveStatus.OPEN, None, 4)
