"""What waits for a decision, one case, and what its beheerder reads of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import Actor, Role
from app.moderation import queries, service
from app.moderation.rules import Ground, Ruling, Subject
from app.opgaven.models import Opgave
from app.opgaven.rules import OpgaveStatus
from app.people.rules import ProfileState, Visibility
from tests.conversations.builders import a_talk, say
from tests.moderation.builders import a_published_answer, a_report, last_message
from tests.responses.builders import an_invitation
from tests.support.builders import a_profile, a_user, an_opgave
from tests.support.queries import counted
from tests.support.work import MONDAY, TODAY, make_work

OWN = "Adviseur\n\nIk verkoop zonnepanelen\n\n"
BEFORE = MONDAY - timedelta(days=3)


def test_what_waits_longest_comes_first_and_each_thing_once(session: Session) -> None:
    newer = a_report(session)
    older = a_report(session, reported_at=BEFORE)
    again = a_report(session, opgave_id=older.opgave_id)
    a_report(session, decided_at=MONDAY, ruling=Ruling.LEFT)

    waiting = queries.waiting(session)

    assert [case.reports for case in waiting] == [(older, again), (newer,)]
    assert queries.count_waiting(session) == 2


def test_a_case_holds_what_got_the_same_decision(session: Session) -> None:
    opgave = an_opgave(session)
    decided = a_report(session, opgave_id=opgave.id, decided_at=BEFORE, ruling=Ruling.LEFT)
    waits = a_report(session, opgave_id=opgave.id)

    assert queries.case_of(session, decided.id).reports == (decided,)
    assert queries.case_of(session, waits.id).reports == (waits,)


def test_somebody_reads_what_they_reported_themselves(session: Session) -> None:
    reporter = a_user(session)
    a_report(session)
    older = a_report(session, reporter, reported_at=BEFORE)
    newer = a_report(session, reporter)

    assert queries.own(session, reporter.id) == [newer, older]


def test_each_thing_has_a_title_for_the_same_questions(session: Session) -> None:
    talk = a_talk(session, "Hoi")
    about = [
        a_report(session, opgave_id=talk.opgave.id),
        a_report(session, profile_id=talk.professional.id),
        a_report(session, message_id=last_message(session, talk).id),
    ]
    more = [a_report(session) for _ in range(5)]
    reader = viewer(session)

    with counted(session) as few:
        titles = queries.titles(session, reader, about)
    with counted(session) as many:
        queries.titles(session, reader, about + more)

    assert [titles[one.id] for one in about] == [
        "Opgave: Een veilig plein",
        "Profiel: Fatima Bouali",
        "Een bericht in een gesprek over Een veilig plein",
    ]
    assert len(many) == len(few)


def test_what_stands_on_an_opgave_is_named_by_it_as_far_as_its_title_may_be_read(
    session: Session,
) -> None:
    talk = a_talk(session, "Hoi")
    bridge = an_opgave(session, title="Een brug")
    about = [
        a_report(session, message_id=last_message(session, talk).id),
        a_report(session, published_id=a_published_answer(session).id),
        a_report(session, invitation_id=an_invitation(session, bridge).id),
    ]
    sides = (talk.professional, talk.owner)
    beheerder = make_work(session, a_user(session, Role.BEHEERDER)).actor
    stranger = make_work(session, a_user(session)).actor

    read = list(queries.titles(session, stranger, about).values())
    by_sides = [
        queries.titles(session, make_work(session, one).actor, about)[about[0].id] for one in sides
    ]
    for one in session.scalars(select(Opgave)):
        one.status, one.published_at = OpgaveStatus.CONCEPT, None
    session.flush()
    hidden = list(queries.titles(session, stranger, about).values())
    decides = queries.titles(session, beheerder, about)[about[0].id]

    assert read == [
        "Een bericht in een gesprek over Een veilig plein",
        "Een vraag met antwoord bij Een veilig plein",
        "De woorden van een uitnodiging voor Een brug",
    ]
    assert by_sides == ["Een bericht in je gesprek over Een veilig plein"] * 2
    assert hidden == [
        "Een bericht in een gesprek",
        "Een vraag met antwoord bij een opgave",
        "De woorden van een uitnodiging",
    ]
    assert decides == "Een bericht in een gesprek over Een veilig plein"


@pytest.mark.parametrize(
    ("visibility", "read"),
    [
        (Visibility.COLLEAGUES, "Profiel: Tessa Rietdijk"),
        (Visibility.ANONYMOUS, "Profiel: Collega uit Utrecht"),
    ],
)
def test_who_reported_a_profile_reads_whose_as_they_read_it_then(
    session: Session, visibility: Visibility, read: str
) -> None:
    """Whatever its owner shows or hides since, and while it is down."""
    owner, reporter = a_user(session, name="Tessa Rietdijk"), a_user(session)
    profile = a_profile(session, "wonen", user=owner, visibility=visibility)
    work = make_work(session, reporter)
    one = service.report(work, Subject.PROFILE, owner.id, Ground.UNKIND, "")
    others = Visibility.COLLEAGUES if visibility is Visibility.ANONYMOUS else Visibility.HIDDEN
    profile.visibility, profile.taken_down_at = others, MONDAY
    profile.state = ProfileState.PAUSED

    by_owner, by_reporter, by_stranger = (
        queries.titles(session, make_work(session, user).actor, [one])[one.id]
        for user in (owner, reporter, a_user(session))
    )

    assert (by_owner, by_reporter, by_stranger) == ("Jouw profiel", read, "Een profiel")


@pytest.mark.parametrize(
    ("visibility", "read"),
    [
        (Visibility.GEMEENTE, "Profiel: Tessa Rietdijk"),
        (Visibility.ANONYMOUS, "Profiel: Collega uit Utrecht"),
        (Visibility.HIDDEN, "Een profiel"),
    ],
)
def test_a_beheerder_reads_whose_profile_it_is_as_on_the_page_of_the_case(
    session: Session, visibility: Visibility, read: str
) -> None:
    owner = a_user(session, name="Tessa Rietdijk")
    profile = a_profile(session, "wonen", user=owner, visibility=visibility)
    one = a_report(session, profile_id=profile.user_id)
    beheerder = make_work(session, a_user(session, Role.BEHEERDER)).actor

    assert queries.titles(session, beheerder, [one]) == {one.id: read}


def test_what_waits_is_known_to_who_reported_it(session: Session) -> None:
    reporter, one = a_user(session), a_report(session)
    own = a_report(session, reporter, opgave_id=one.opgave_id)
    decided = a_report(session, reporter, ruling=Ruling.LEFT, decided_at=MONDAY)
    ids = [one.subject_id for one in (own, decided)]

    assert queries.own_standing(session, reporter.id, ids, TODAY) == {own.opgave_id: own}
    assert queries.own_standing(session, a_user(session).id, ids, TODAY) == {}
    assert queries.own_standing(session, None, ids, TODAY) == {}


def test_of_a_conversation_one_message_is_read(session: Session) -> None:
    talk = a_talk(session, "Kan ik langskomen?")
    say(session, talk, talk.owner, "Wat ben jij een sukkel.")
    one = a_report(session, message_id=last_message(session, talk).id)

    found = queries.reported(session, one, TODAY)

    assert found.text == "Wat ben jij een sukkel."
    assert found.written_by.startswith("Marloes Hoekzema, gemeente Testerdam")
    assert found.writer_ids == {talk.owner.id}


@pytest.mark.parametrize(
    ("visibility", "text", "title"),
    [
        (Visibility.COLLEAGUES, f"{OWN}wonen: Ik ken iemand", "Jan"),
        (Visibility.GEMEENTE, f"{OWN}wonen: Ik ken iemand", "Jan"),
        (Visibility.ANONYMOUS, "wonen", "Collega uit Utrecht"),
    ],
)
def test_of_a_profile_is_read_what_some_colleague_can_see(
    session: Session, visibility: Visibility, text: str, title: str
) -> None:
    profile = a_profile(
        session,
        "wonen",
        user=a_user(session, name="Jan"),
        visibility=visibility,
        function="Adviseur",
        headline="Ik verkoop zonnepanelen",
    )
    profile.skills[0].evidence = "Ik ken iemand"

    found = queries.reported(session, a_report(session, profile_id=profile.user_id), TODAY)

    assert (found.text, found.title) == (text, title)


def test_a_profile_that_is_paused_shows_nothing_and_one_that_is_down_what_would_come_back(
    session: Session,
) -> None:
    profile = a_profile(session, "wonen", headline="Ik help", state=ProfileState.PAUSED)
    one = a_report(session, profile_id=profile.user_id)

    paused = queries.reported(session, one, TODAY)
    profile.taken_down_at = MONDAY
    down = queries.reported(session, one, TODAY)

    assert (paused.text, paused.profile) == ("", None)
    assert "Ik help" in down.text


def test_who_wrote_it_reads_why_it_is_gone(session: Session) -> None:
    opgave = an_opgave(session)
    gone: dict[str, Any] = {"opgave_id": opgave.id, "ruling": Ruling.TAKEN_DOWN}
    a_report(session, decided_at=BEFORE, answer="Eerst", **gone)
    a_report(session, decided_at=MONDAY, answer="Dit is reclame.", **gone)
    a_report(session, opgave_id=opgave.id)

    assert queries.why_down(session, Subject.OPGAVE, opgave.id) == "Dit is reclame."
    assert queries.why_down(session, Subject.PROFILE, opgave.id) == ""


def test_reports_of_who_was_erased_stay_without_a_name(session: Session) -> None:
    reporter = a_user(session, name="Noor")
    named = a_report(session, reporter)
    nameless = a_report(session, opgave_id=named.opgave_id, reporter_id=None)

    names = queries.reporters(session, queries.case_of(session, named.id))

    assert names == {named.id: "Noor", nameless.id: ""}


def viewer(session: Session) -> Actor:
    beheerder: User = a_user(session, Role.BEHEERDER)
    return make_work(session, beheerder).actor
