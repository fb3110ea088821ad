"""Reading profiles: whoever looks, by whatever road, sees what `seen_by` allows and no more."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import ANYONE, Actor
from app.core.errors import NotFound
from app.gemeenten.models import Gemeente
from app.people import queries
from app.people.models import Profile
from app.people.queries import Search
from app.people.rules import Movement, ProfileState, Visibility, WindowDraft
from app.people.visibility import SeenSkill
from app.vocabulary.rules import Theme
from tests.support.builders import a_gemeente, a_profile, a_skill, a_user
from tests.support.queries import counted
from tests.support.work import TODAY, make_work

EVERYBODY = Search()


def viewer(session: Session, **changed: Any) -> Actor:
    return make_work(session, a_user(session, **changed)).actor


def found(session: Session, looking: Actor, wanted: Search = EVERYBODY) -> list[Any]:
    return [seen.user_id for seen in queries.search(session, looking, wanted, 1, TODAY).items]


# One profile


def test_the_owner_sees_everything(session: Session) -> None:
    gemeente = a_gemeente(session, name="Testerdam", province="Zeeland")
    user = a_user(session, gemeente_code=gemeente.code, name="Jan", email="jan@x.example")
    a_profile(
        session,
        a_skill("wonen", evidence="Prestatieafspraken", years=4),
        user=user,
        state=ProfileState.CONCEPT,
        visibility=Visibility.HIDDEN,
        function="Adviseur",
        headline="Ik help",
        about="Al lang",
        themes=["wonen"],
        movement=["aanpakker"],
        travel_km=12,
        remote=False,
    )

    seen = queries.seen_profile(session, make_work(session, user).actor, user.id, TODAY)

    assert vars(seen) == {
        "user_id": user.id,
        "region": "Zeeland",
        "themes": (Theme.WONEN,),
        "movement": (Movement.AANPAKKER,),
        "skills": (SeenSkill("wonen", 3, 5, "can", 4, "Prestatieafspraken"),),  # type: ignore[arg-type]
        "hours_band": "16 tot 24 uur",
        "name": "Jan",
        "email": "jan@x.example",
        "gemeente_name": "Testerdam",
        "function": "Adviseur",
        "headline": "Ik help",
        "about": "Al lang",
        "windows": (WindowDraft(16, TODAY),),
        "travel_km": 12,
        "remote": False,
        "is_own": True,
    }


def test_a_hidden_profile_and_an_absent_one_are_refused_alike(session: Session) -> None:
    hidden = a_profile(session, visibility=Visibility.HIDDEN)
    absent = a_user(session)
    looking = viewer(session)

    refusals = []
    for user_id in (hidden.user_id, absent.id):
        with pytest.raises(NotFound) as refusal:
            queries.seen_profile(session, looking, user_id, TODAY)
        refusals.append((type(refusal.value), refusal.value.said))

    assert refusals[0] == refusals[1]


def test_of_many_profiles_only_those_that_may_be_known_are_given(session: Session) -> None:
    known = a_profile(session)
    hidden = a_profile(session, visibility=Visibility.HIDDEN)
    paused = a_profile(session, state=ProfileState.PAUSED)
    asked = [profile.user_id for profile in (known, hidden, paused)]

    assert list(queries.seen_profiles(session, viewer(session), asked, TODAY)) == [known.user_id]


def test_who_has_no_profile_has_nothing_to_preview(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.previews(session, viewer(session), TODAY)


def test_a_preview_is_what_others_will_see(session: Session) -> None:
    user = a_user(session)
    profile = a_profile(
        session, user=user, state=ProfileState.CONCEPT, visibility=Visibility.GEMEENTE
    )
    owner = make_work(session, user).actor

    shown = queries.previews(session, owner, TODAY)

    profile.state = ProfileState.PUBLISHED
    session.flush()
    home = viewer(session, gemeente_code=user.gemeente_code)
    assert shown.at_home == queries.seen_profile(session, home, user.id, TODAY)
    assert shown.elsewhere == queries.seen_profile(session, viewer(session), user.id, TODAY)


# Searching


def test_search_finds_by_each_part_and_by_all_together(session: Session) -> None:
    utrecht = a_gemeente(session, province="Utrecht")
    jan = a_profile(
        session,
        "klimaat adaptatie",
        user=a_user(session, gemeente_code=utrecht.code),
        themes=["ruimte", "duurzaamheid"],
        movement=["aanpakker"],
    ).user_id
    zeeland = a_gemeente(session, province="Zeeland")
    piet = a_profile(
        session, "wonen", user=a_user(session, gemeente_code=zeeland.code), themes=["wonen"]
    ).user_id
    looking = viewer(session)
    by = {
        "words": Search(words=("klimaatadaptatie",)),
        "theme": Search(theme=Theme.DUURZAAMHEID),
        "movement": Search(movement=Movement.AANPAKKER),
        "province": Search(province="Utrecht"),
        "all": Search(("klimaatadaptatie",), Theme.RUIMTE, Movement.AANPAKKER, "Utrecht"),
        "none": Search(("klimaatadaptatie",), province="Zeeland"),
    }

    assert {name: found(session, looking, wanted) for name, wanted in by.items()} == {
        "words": [jan],
        "theme": [jan],
        "movement": [jan],
        "province": [jan],
        "all": [jan],
        "none": [],
    }
    assert set(found(session, looking)) == {jan, piet}


def test_those_with_most_energy_come_first(session: Session) -> None:
    tired = a_profile(session, a_skill("wonen", energy=2))
    lively = a_profile(session, a_skill("wonen", energy=1), a_skill("zorg", energy=5))
    nothing = a_profile(session)

    assert found(session, viewer(session)) == [
        profile.user_id for profile in (lively, tired, nothing)
    ]


def test_a_search_cannot_find_somebody_by_what_they_do_not_show(session: Session) -> None:
    a_profile(session, "wonen", visibility=Visibility.HIDDEN)
    page = queries.search(session, viewer(session), Search(words=("wonen",)), 1, TODAY)

    assert (list(page.items), page.total, page.pages) == ([], 0, 1)


def test_a_visitor_finds_nobody(session: Session) -> None:
    a_profile(session)

    assert found(session, ANYONE) == []


def test_a_longer_list_costs_no_more_statements(session: Session) -> None:
    looking = viewer(session)
    costs = []
    for more in (1, 2):
        for _ in range(more):
            a_profile(session, "wonen", "zorg")
        with counted(session) as statements:
            assert len(found(session, looking)) == 2 * more - 1
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_only_published_profiles_count(session: Session) -> None:
    before = queries.count_published(session)
    for state in ProfileState:
        a_profile(session, state=state)

    assert queries.count_published(session) == before + 1


# Everybody, whatever they chose


@st.composite
def choices(draw: st.DrawFn) -> list[tuple[int, ProfileState, Visibility]]:
    one = st.tuples(st.integers(0, 2), st.sampled_from(ProfileState), st.sampled_from(Visibility))
    return draw(st.lists(one, min_size=1, max_size=8))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chosen=choices(), home=st.integers(0, 2), themed=st.booleans())
def test_search_gives_exactly_those_whom_the_viewer_may_know_of(
    session: Session,
    chosen: list[tuple[int, ProfileState, Visibility]],
    home: int,
    themed: bool,
) -> None:
    point = session.begin_nested()
    places = [a_gemeente(session) for _ in range(3)]
    people = [_somebody(session, places, choice) for choice in chosen]
    looking = viewer(session, gemeente_code=places[home].code)
    ids = [profile.user_id for profile in people]
    theme = Theme.WONEN if themed else None

    page = queries.search(session, looking, Search(theme=theme), 1, TODAY)
    may_be_known = queries.seen_profiles(session, looking, ids, TODAY)

    # How many there are tells of people as well.
    assert ({seen.user_id: seen for seen in page.items}, page.total) == (
        may_be_known,
        len(may_be_known),
    )
    point.rollback()


def _somebody(
    session: Session, places: list[Gemeente], choice: tuple[int, ProfileState, Visibility]
) -> Profile:
    place, state, visibility = choice
    user: User = a_user(session, gemeente_code=places[place].code)
    return a_profile(
        session, "wonen", user=user, state=state, visibility=visibility, themes=["wonen"]
    )


def test_somebody_without_a_gemeente_is_at_home_nowhere(session: Session) -> None:
    profile = a_profile(session, visibility=Visibility.GEMEENTE)
    looking = replace(viewer(session), gemeente_code=None)

    seen = queries.seen_profile(session, looking, profile.user_id, TODAY)

    assert (found(session, looking), seen.is_named) == ([profile.user_id], False)
