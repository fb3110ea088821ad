"""Who sees what of a profile: every tier, every viewer, every field."""

from dataclasses import fields, replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.core.actor import ANYONE, SYSTEM, Actor, Role
from app.people.rules import (
    PART_TIERS,
    Direction,
    Movement,
    Part,
    ProfileState,
    Visibility,
    WindowDraft,
)
from app.people.visibility import (
    Relation,
    SeenEvidence,
    SeenProfile,
    SeenSkill,
    WholeProfile,
    hours_band,
    seen_by,
)
from app.vocabulary.rules import Theme
from tests.support.work import TODAY

HERE, NEAR, ELSEWHERE = "GM0001", "GM0003", "GM0002"
OWNER = UUID(int=1)
WHOLE = WholeProfile(
    user_id=OWNER,
    name="Jan Jansen",
    email="jan@testerdam.example",
    gemeente_code=HERE,
    gemeente_name="Testerdam",
    province="Utrecht",
    state=ProfileState.PUBLISHED,
    visibility=Visibility.COLLEAGUES,
    function="Verkeerskundige",
    headline="Ik help graag",
    about="Twintig jaar bij de gemeente.",
    themes=(Theme.MOBILITEIT,),
    movement=(Movement.AANPAKKER,),
    skills=(SeenSkill("verkeerskunde", 3, 5, Direction.CAN, 12, "De rotonde bij het station"),),
    windows=(WindowDraft(10, TODAY),),
    travel_km=30,
    remote=True,
    confirmed=(SeenEvidence(UUID(int=9), "verkeerskunde", "Elders", TODAY),),
    peers=frozenset({HERE, NEAR}),
    parts={
        Part.WORDS: Visibility.PUBLIC,
        Part.TIMES: Visibility.PUBLIC,
        Part.CONFIRMED: Visibility.PUBLIC,
        Part.CONTACT: Visibility.HIDDEN,
    },
)
VIEWERS = {
    "self": Actor(OWNER, HERE),
    "home": Actor(UUID(int=2), HERE),
    "network": Actor(UUID(int=5), NEAR),
    "elsewhere": Actor(UUID(int=3), ELSEWHERE),
    "visitor": ANYONE,
    "system": SYSTEM,
}
NOT_FOR_YOU: frozenset[str] = frozenset()
CARD = frozenset({"user_id", "region", "themes", "movement", "skills", "hours_band"})
FULL = CARD | {
    "name",
    "gemeente_name",
    "function",
    "headline",
    "about",
    "windows",
    "travel_km",
    "remote",
    "confirmed",
}
OWN = FULL | {"email", "is_own"}


def filled(seen: SeenProfile | None) -> frozenset[str]:
    """The fields that hold something."""
    if seen is None:
        return NOT_FOR_YOU
    empty: tuple[object, ...] = ("", None, (), False)
    return frozenset(field.name for field in fields(seen) if getattr(seen, field.name) not in empty)


@pytest.mark.parametrize(
    ("visibility", "viewer", "sees"),
    [
        (Visibility.HIDDEN, "self", OWN),
        (Visibility.HIDDEN, "home", NOT_FOR_YOU),
        (Visibility.HIDDEN, "elsewhere", NOT_FOR_YOU),
        (Visibility.ANONYMOUS, "self", OWN),
        (Visibility.ANONYMOUS, "home", NOT_FOR_YOU),
        (Visibility.ANONYMOUS, "network", CARD),
        (Visibility.ANONYMOUS, "elsewhere", CARD),
        (Visibility.GEMEENTE, "self", OWN),
        (Visibility.GEMEENTE, "home", FULL),
        (Visibility.GEMEENTE, "network", CARD),
        (Visibility.GEMEENTE, "elsewhere", CARD),
        (Visibility.NETWORK, "self", OWN),
        (Visibility.NETWORK, "home", FULL),
        (Visibility.NETWORK, "network", FULL),
        (Visibility.NETWORK, "elsewhere", CARD),
        (Visibility.COLLEAGUES, "self", OWN),
        (Visibility.COLLEAGUES, "home", FULL),
        (Visibility.COLLEAGUES, "network", FULL),
        (Visibility.COLLEAGUES, "elsewhere", FULL),
        (Visibility.PUBLIC, "self", OWN),
        (Visibility.PUBLIC, "home", FULL),
        (Visibility.PUBLIC, "network", FULL),
        (Visibility.PUBLIC, "elsewhere", FULL),
        (Visibility.PUBLIC, "visitor", FULL),
        *((tier, "system", NOT_FOR_YOU) for tier in Visibility),
        *((tier, "visitor", NOT_FOR_YOU) for tier in Visibility if tier is not Visibility.PUBLIC),
    ],
)
def test_each_tier_shows_each_viewer_its_own_fields(
    visibility: Visibility, viewer: str, sees: frozenset[str]
) -> None:
    whole = replace(WHOLE, visibility=visibility)

    assert filled(seen_by(VIEWERS[viewer], whole, TODAY)) == sees


FIELDS = {
    Part.WORDS: {"function", "headline", "about"},
    Part.TIMES: {"windows", "travel_km", "remote"},
    Part.CONFIRMED: {"confirmed"},
    Part.CONTACT: {"email"},
}
# From near to far, and the first tier that reaches so far.
REACH = {
    "home": Visibility.GEMEENTE,
    "network": Visibility.NETWORK,
    "elsewhere": Visibility.COLLEAGUES,
    "visitor": Visibility.PUBLIC,
}


@pytest.mark.parametrize("viewer", list(REACH))
@pytest.mark.parametrize("tier", PART_TIERS)
@pytest.mark.parametrize("part", list(Part))
def test_a_part_is_for_those_whom_its_owner_shows_it(
    part: Part, tier: Visibility, viewer: str
) -> None:
    parts = {**dict.fromkeys(Part, Visibility.PUBLIC), part: tier}
    whole = replace(WHOLE, visibility=Visibility.PUBLIC, parts=parts)
    reaches = PART_TIERS.index(tier) >= PART_TIERS.index(REACH[viewer])
    all_fields = FULL | {"email"}

    sees = filled(seen_by(VIEWERS[viewer], whole, TODAY))

    assert sees == (all_fields if reaches else all_fields - FIELDS[part])


@pytest.mark.parametrize("viewer", list(REACH))
@pytest.mark.parametrize("tier", PART_TIERS)
def test_no_part_is_for_who_may_not_see_the_name(tier: Visibility, viewer: str) -> None:
    parts = dict.fromkeys(Part, Visibility.PUBLIC)
    seen = seen_by(VIEWERS[viewer], replace(WHOLE, visibility=tier, parts=parts), TODAY)

    if PART_TIERS.index(tier) < PART_TIERS.index(REACH[viewer]):
        assert filled(seen) in (NOT_FOR_YOU, CARD)
    else:
        assert filled(seen) == FULL | {"email"}


def test_who_may_not_read_own_words_reads_no_evidence_of_a_skill() -> None:
    parts = {**WHOLE.parts, Part.WORDS: Visibility.GEMEENTE}
    seen = seen_by(VIEWERS["elsewhere"], replace(WHOLE, parts=parts), TODAY)

    assert seen is not None
    assert seen.skills == (SeenSkill("verkeerskunde", 3, 5, Direction.CAN),)


def test_who_may_not_see_the_hours_reads_them_in_a_band() -> None:
    parts = {**WHOLE.parts, Part.TIMES: Visibility.HIDDEN}
    seen = seen_by(VIEWERS["home"], replace(WHOLE, parts=parts), TODAY)

    assert seen is not None
    assert (seen.windows, seen.hours_band) == ((), "8 tot 16 uur")


@pytest.mark.parametrize("state", [ProfileState.CONCEPT, ProfileState.PAUSED])
@pytest.mark.parametrize("viewer", list(VIEWERS))
def test_what_is_not_published_is_for_its_owner_only(state: ProfileState, viewer: str) -> None:
    seen = seen_by(VIEWERS[viewer], replace(WHOLE, state=state), TODAY)

    assert filled(seen) == (OWN if viewer == "self" else NOT_FOR_YOU)


@pytest.mark.parametrize("role", list(Role))
def test_no_role_opens_what_is_hidden(role: Role) -> None:
    viewer = Actor(UUID(int=4), ELSEWHERE, frozenset({role}))

    assert seen_by(viewer, replace(WHOLE, visibility=Visibility.HIDDEN), TODAY) is None


def test_a_card_without_a_name_has_no_own_words_and_no_gemeente() -> None:
    seen = seen_by(VIEWERS["elsewhere"], replace(WHOLE, visibility=Visibility.ANONYMOUS), TODAY)

    assert seen == SeenProfile(
        user_id=OWNER,
        region="Utrecht",
        themes=(Theme.MOBILITEIT,),
        movement=(Movement.AANPAKKER,),
        skills=(SeenSkill("verkeerskunde", 3, 5, Direction.CAN),),
        hours_band="8 tot 16 uur",
    )
    assert (seen.is_named, seen.display_name) == (False, "Collega uit Utrecht")


def test_a_colleague_shows_name_and_own_words_but_no_address() -> None:
    seen = seen_by(VIEWERS["elsewhere"], WHOLE, TODAY)

    assert seen is not None
    assert (seen.display_name, seen.skills, seen.email) == ("Jan Jansen", WHOLE.skills, "")


INTRODUCED = frozenset({"name", "email", "gemeente_name"})


@pytest.mark.parametrize(
    ("visibility", "viewer", "sees"),
    [
        (Visibility.HIDDEN, "elsewhere", INTRODUCED | {"user_id", "region"}),
        (Visibility.ANONYMOUS, "elsewhere", INTRODUCED | CARD),
        (Visibility.GEMEENTE, "elsewhere", INTRODUCED | CARD),
        (Visibility.COLLEAGUES, "elsewhere", INTRODUCED | FULL),
        (Visibility.COLLEAGUES, "visitor", NOT_FOR_YOU),
        (Visibility.COLLEAGUES, "system", NOT_FOR_YOU),
    ],
)
def test_who_shows_interest_is_known_by_name_and_shows_no_more_of_the_profile(
    visibility: Visibility, viewer: str, sees: frozenset[str]
) -> None:
    whole = replace(WHOLE, visibility=visibility)

    seen = seen_by(VIEWERS[viewer], whole, TODAY, Relation.INTERESTED)

    assert filled(seen) == sees


@pytest.mark.parametrize("state", [ProfileState.CONCEPT, ProfileState.PAUSED])
def test_who_shows_interest_and_takes_the_profile_away_is_not_known(state: ProfileState) -> None:
    whole = replace(WHOLE, state=state)

    assert seen_by(VIEWERS["elsewhere"], whole, TODAY, Relation.INTERESTED) is None


@pytest.mark.parametrize(
    ("hours", "band"),
    [
        (1, "tot 8 uur"),
        (7, "tot 8 uur"),
        (8, "8 tot 16 uur"),
        (15, "8 tot 16 uur"),
        (16, "16 tot 24 uur"),
        (23, "16 tot 24 uur"),
        (24, "24 uur of meer"),
        (40, "24 uur of meer"),
    ],
)
def test_hours_are_told_in_broad_bands(hours: int, band: str) -> None:
    assert hours_band((WindowDraft(hours, TODAY),), TODAY) == band


@pytest.mark.parametrize(
    ("windows", "band"),
    [
        ((), "nu geen uren"),
        ((WindowDraft(8, date(2020, 1, 1), TODAY - timedelta(days=1)),), "nu geen uren"),
        ((WindowDraft(8, date(2020, 1, 1), TODAY),), "8 tot 16 uur"),
        ((WindowDraft(8, TODAY + timedelta(days=90)),), "8 tot 16 uur"),
        ((WindowDraft(4, TODAY), WindowDraft(20, TODAY)), "16 tot 24 uur"),
        (
            (WindowDraft(4, TODAY), WindowDraft(20, date(2020, 1, 1), date(2020, 2, 1))),
            "tot 8 uur",
        ),
    ],
)
def test_the_most_hours_from_today_on_count(windows: tuple[WindowDraft, ...], band: str) -> None:
    assert hours_band(windows, TODAY) == band


def test_a_card_names_two_skills_that_no_list_knows_and_a_named_profile_all() -> None:
    labels = ("eigen een", "wonen", "eigen twee", "eigen drie", "zorg", "eigen vier")
    skills = tuple(SeenSkill(label, 3, 3, Direction.CAN) for label in labels)
    whole = replace(WHOLE, skills=skills, listed=frozenset({"wonen", "zorg"}))

    card = seen_by(VIEWERS["elsewhere"], replace(whole, visibility=Visibility.ANONYMOUS), TODAY)
    named = seen_by(VIEWERS["elsewhere"], whole, TODAY)

    assert card is not None
    assert named is not None
    assert [one.label for one in card.skills] == ["eigen een", "wonen", "eigen twee", "zorg"]
    assert [one.label for one in named.skills] == list(labels)
