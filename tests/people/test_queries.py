"""Reading profiles: whoever looks, by whatever road, sees what `seen_by` allows and no more."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.actor import ANYONE, Actor
from app.core.errors import NotFound
from app.gemeenten.models import Gemeente, NetworkGemeente
from app.people import queries
from app.people.models import Profile
from app.people.queries import Search
from app.people.rules import Direction, Movement, ProfileState, Visibility, WindowDraft
from app.people.visibility import Relation, SeenSkill
from app.vocabulary.rules import Theme
from tests.support.builders import a_gemeente, a_network, a_profile, a_skill, a_user, a_window
from tests.support.queries import counted, plan_of
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
        "confirmed": (),
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
        windows=[a_window(24)],
    ).user_id
    zeeland = a_gemeente(session, province="Zeeland")
    piet = a_profile(
        session, "wonen", user=a_user(session, gemeente_code=zeeland.code), themes=["wonen"]
    ).user_id
    looking = viewer(session)
    by = {
        "skill": Search("klimaatadaptatie", {"klimaat adaptatie": 100}),
        "another skill": Search("klimaatadaptatie", {"wolkenfluisteren": 100}),
        "theme": Search(theme=Theme.DUURZAAMHEID),
        "movement": Search(movement=Movement.AANPAKKER),
        "province": Search(province="Utrecht"),
        "hours": Search(least_hours=24),
        "all": Search(
            "x", {"klimaat adaptatie": 1}, Theme.RUIMTE, Movement.AANPAKKER, "Utrecht", 24
        ),
        "none": Search("x", {"klimaat adaptatie": 1}, province="Zeeland"),
    }

    assert {name: found(session, looking, wanted) for name, wanted in by.items()} == {
        "skill": [jan],
        "another skill": [],
        "theme": [jan],
        "movement": [jan],
        "province": [jan],
        "hours": [jan],
        "all": [jan],
        "none": [],
    }
    assert set(found(session, looking)) == {jan, piet}


MANY = (
    """INSERT INTO "user" (id, email, name, gemeente_code, is_demo, created_at)
    SELECT md5(n::text)::uuid, n || '@testerdam.example', '', :code, false, now()
    FROM generate_series(1, 5000) n""",
    """INSERT INTO profile (user_id, state, visibility, function, headline, about, themes, movement,
                          travel_km, remote, version, changed_at)
    SELECT md5(n::text)::uuid, 'published', 'colleagues', '', '', md5(n::text), '{}', '{}', 0, true,
           1, now()
    FROM generate_series(1, 5000) n""",
    """INSERT INTO skill (id, user_id, place, label, label_normal, level, years, energy, direction,
                        evidence)
    SELECT gen_random_uuid(), md5(n::text)::uuid, 0, n, n, 1, 1, 1, 'can', ''
    FROM generate_series(1, 5000) n""",
    'ANALYZE skill, profile, "user"',
)


def test_skills_and_texts_are_found_by_their_indexes(session: Session) -> None:
    code = a_gemeente(session).code
    for statement in MANY:
        session.execute(text(statement), {"code": code} if ":code" in statement else {})
    looking, wanted = viewer(session), Search("haven", {"haven": 100, "sluis": 40})

    plan = plan_of(session, lambda: queries.search(session, looking, wanted, 1, TODAY))

    assert ("ix_skill_label_normal" in plan, "ix_profile_words" in plan) == (True, True)


def test_those_with_most_energy_come_first(session: Session) -> None:
    tired = a_profile(session, a_skill("wonen", energy=2))
    lively = a_profile(session, a_skill("wonen", energy=1), a_skill("zorg", energy=5))
    nothing = a_profile(session)

    assert found(session, viewer(session)) == [
        profile.user_id for profile in (lively, tired, nothing)
    ]


def test_who_answers_best_comes_first_then_who_can_then_who_likes_it(session: Session) -> None:
    words = {"wonen": 100, "zorg": 60}
    learner = a_profile(session, a_skill("wonen", energy=5, direction=Direction.WANTS))
    halfway = a_profile(session, a_skill("zorg", energy=5), a_skill("wonen", energy=1))
    related = a_profile(session, a_skill("zorg", energy=5))
    lively = a_profile(session, a_skill("wonen", energy=4), a_skill("zorg", energy=1))
    writes = a_profile(session, about="Alles over wonen.")

    ordered = [profile.user_id for profile in (lively, halfway, learner, related, writes)]
    assert found(session, viewer(session), Search("wonen", words)) == ordered


def test_each_page_goes_on_where_the_one_before_ended(session: Session) -> None:
    for _ in range(25):
        a_profile(session, "wonen", about="Wonen.")
    looking, wanted = viewer(session), Search("wonen", {"wonen": 100})
    pages = [queries.search(session, looking, wanted, number, TODAY) for number in (1, 2)]

    ids = [seen.user_id for page in pages for seen in page.items]
    assert (len(ids), len(set(ids)), pages[0].total) == (25, 25, 25)


@pytest.mark.parametrize(
    ("least", "ends_on", "is_found"),
    [
        (8, None, True),
        (16, None, True),
        (24, None, False),
        (8, TODAY, True),
        (8, TODAY - timedelta(days=1), False),
    ],
)
def test_hours_count_while_their_period_lasts(
    session: Session, least: int, ends_on: date | None, is_found: bool
) -> None:
    window = a_window(16, starts_on=TODAY - timedelta(days=9), ends_on=ends_on)
    profile = a_profile(session, windows=[window])

    ids = found(session, viewer(session), Search(least_hours=least))

    assert ids == ([profile.user_id] if is_found else [])


def test_a_search_tells_no_more_of_hours_than_a_card_does(session: Session) -> None:
    for hours in (8, 15):
        a_profile(session, visibility=Visibility.ANONYMOUS, windows=[a_window(hours)])
    looking = viewer(session)

    counts = {len(found(session, looking, Search(least_hours=least))) for least in range(1, 41)}
    assert counts == {0, 2}


OWN_WORDS: dict[str, Any] = {
    "function": "Jurist",
    "headline": "Ik ken de haven",
    "about": "Met veel rivieren.",
}


@pytest.mark.parametrize("typed", ["jurist", "haven", "RIVIER", "rivieren haven jurist"])
@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("shown_to", [Visibility.HIDDEN, Visibility.NETWORK, Visibility.PUBLIC])
@pytest.mark.parametrize("place", ["home", "network", "elsewhere"])
def test_own_words_are_found_only_by_who_may_read_them(
    session: Session, typed: str, visibility: Visibility, shown_to: Visibility, place: str
) -> None:
    tiers: dict[str, Any] = {"visibility": visibility, "words_shown_to": shown_to}
    profile = a_profile(session, "wonen", **tiers, **OWN_WORDS)
    home = session.get_one(User, profile.user_id).gemeente_code
    looking = viewer(session, gemeente_code=home if place == "home" else a_gemeente(session).code)
    if place == "network":
        a_network(session, home or "", looking.gemeente_code or "", a_gemeente(session).code)

    seen = queries.seen_profiles(session, looking, [profile.user_id], TODAY)

    readers = [user_id for user_id, one in seen.items() if one.about]
    assert found(session, looking, Search(typed)) == readers


def test_a_search_cannot_find_somebody_by_what_they_do_not_show(session: Session) -> None:
    a_profile(session, "wonen", visibility=Visibility.HIDDEN)
    page = queries.search(session, viewer(session), Search("wonen", {"wonen": 100}), 1, TODAY)

    assert (list(page.items), page.total, page.pages) == ([], 0, 1)


def test_a_skill_of_a_known_name_is_found_whoever_may_read_their_words(session: Session) -> None:
    own: dict[str, Any] = {"words_shown_to": Visibility.HIDDEN}
    profile = a_profile(session, "palingroken", **own)

    assert found(session, viewer(session), Search("palingroken", {"palingroken": 100})) == [
        profile.user_id
    ]


def test_who_has_no_account_finds_only_what_is_public(session: Session) -> None:
    a_profile(session)
    public = a_profile(session, visibility=Visibility.PUBLIC)

    assert found(session, ANYONE) == [public.user_id]


def test_who_leaves_the_network_sees_the_name_no_more(session: Session) -> None:
    profile = a_profile(session, visibility=Visibility.NETWORK)
    home = session.get_one(User, profile.user_id).gemeente_code or ""
    looking = viewer(session, gemeente_code=a_gemeente(session).code)
    a_network(session, home, looking.gemeente_code or "")
    seen = [
        queries.seen_profile(session, looking, profile.user_id, TODAY),
        *queries.seen_in_short(
            session, [(looking, profile.user_id, Relation.NONE)], TODAY
        ).values(),
    ]
    left = update(NetworkGemeente).where(NetworkGemeente.gemeente_code == home)
    session.execute(left.values(until=TODAY))
    later = [
        queries.seen_profile(session, looking, profile.user_id, TODAY),
        *queries.seen_in_short(
            session, [(looking, profile.user_id, Relation.NONE)], TODAY
        ).values(),
    ]

    assert [one.is_named for one in seen] == [True, True]
    assert [one.is_named for one in later] == [False, False]


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


# Nobody by what their card does not show

HIDDEN_WORDS = ("haven", "rivier", "sluis")


@st.composite
def twins(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two profiles that differ in everything that a card without a name does not show."""
    texts = st.lists(st.sampled_from(HIDDEN_WORDS), max_size=2).map(" ".join)

    def one(hours: int) -> dict[str, Any]:
        return {
            **{field: draw(texts) for field in ("function", "headline", "about")},
            "skill": {"evidence": draw(texts), "years": draw(st.integers(0, 9))},
            "hours": hours,
            "travel_km": draw(st.integers(0, 400)),
        }

    band = draw(st.sampled_from([(1, 7), (8, 15), (16, 23), (24, 40)]))
    return one(draw(st.integers(*band))), one(draw(st.integers(*band)))


@st.composite
def questions(draw: st.DrawFn) -> Search:
    return Search(
        text=draw(st.sampled_from(["", *HIDDEN_WORDS, "haven sluis", "wonen"])),
        words=draw(st.sampled_from([{}, {"wonen": 50}, {"haven": 90}])),
        theme=draw(st.sampled_from([None, Theme.WONEN])),
        province=draw(st.sampled_from(["", "Utrecht"])),
        least_hours=draw(st.one_of(st.none(), st.integers(1, 41))),
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pair=twins(), asked=questions())
def test_no_search_tells_two_cards_without_a_name_apart(
    session: Session, pair: tuple[dict[str, Any], dict[str, Any]], asked: Search
) -> None:
    point = session.begin_nested()
    ids = [_anonymous(session, **hidden) for hidden in pair]
    looking = viewer(session)
    seen = queries.seen_profiles(session, looking, ids, TODAY)
    assert len({replace(one, user_id=ids[0]) for one in seen.values()}) == 1

    assert len(found(session, looking, asked)) in {0, 2}
    point.rollback()


def _anonymous(session: Session, skill: dict[str, Any], hours: int, **changed: Any) -> UUID:
    return a_profile(
        session,
        a_skill("wonen", **skill),
        visibility=Visibility.ANONYMOUS,
        themes=["wonen"],
        windows=[a_window(hours)],
        **changed,
    ).user_id


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
    a_network(session, *(place.code for place in places[:2]))
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
