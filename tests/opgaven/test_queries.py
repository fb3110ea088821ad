"""Reading opgaven: who may read one, which are open for whom, and how they are found."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.queries import actor_of
from app.core.actor import ANYONE, Actor, Role
from app.core.errors import NotFound
from app.gemeenten.models import Gemeente, NetworkGemeente
from app.opgaven import life, queries
from app.opgaven.models import Opgave
from app.opgaven.queries import Search
from app.opgaven.rules import TAKES_ANSWERS, Audience, Kind, OpgaveStatus, Part
from app.vocabulary.rules import Theme
from tests.support.builders import a_gemeente, a_network, a_user, an_opgave
from tests.support.queries import counted, plan_of
from tests.support.work import MONDAY, TODAY, make_work

EVERYTHING = Search()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def reader(session: Session) -> Actor:
    """Somebody without a role, in Zeeland."""
    return a_reader(session, a_gemeente(session, province="Zeeland"))


def a_reader(session: Session, gemeente: Gemeente, *roles: Role) -> Actor:
    return make_work(session, a_user(session, *roles, gemeente_code=gemeente.code)).actor


def titles(session: Session, looking: Actor, wanted: Search = EVERYTHING) -> list[str]:
    found = queries.search_open(session, looking, wanted, 1, TODAY)
    return [seen.opgave.title for seen in found.items]


# One opgave


def test_who_may_read_an_opgave_sees_it_with_its_gemeente(session: Session, reader: Actor) -> None:
    opgave = an_opgave(session, "wonen")

    seen = queries.seen_opgave(session, reader, opgave.id)

    assert (seen.opgave, seen.gemeente.code) == (opgave, opgave.gemeente_code)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": OpgaveStatus.CONCEPT},
        {"status": OpgaveStatus.WITHDRAWN, "published_at": None},
        {"audience": Audience.PROVINCE},
    ],
)
def test_what_is_not_for_the_reader_and_what_is_absent_are_refused_alike(
    session: Session, reader: Actor, changed: dict[str, Any]
) -> None:
    refusals = []
    for opgave_id in (an_opgave(session, **changed).id, uuid4()):
        with pytest.raises(NotFound) as refusal:
            queries.seen_opgave(session, reader, opgave_id)
        refusals.append(refusal.value.said)

    assert refusals[0] == refusals[1]


def test_an_opgave_for_the_province_is_read_there(session: Session, reader: Actor) -> None:
    owner = a_user(
        session, Role.OPGAVEHOUDER, gemeente_code=a_gemeente(session, province="Zeeland").code
    )
    opgave = an_opgave(session, owner=owner, audience=Audience.PROVINCE)

    assert queries.seen_opgave(session, reader, opgave.id).opgave is opgave


def test_of_many_the_reader_gets_theirs_in_as_many_questions_as_of_one(
    session: Session, reader: Actor
) -> None:
    open_to_all = [an_opgave(session).id for _ in range(3)]
    elsewhere = an_opgave(session, audience=Audience.PROVINCE).id

    found, asked = [], []
    for ids in (open_to_all[:1], [*open_to_all, elsewhere]):
        with counted(session) as statements:
            found.append(set(queries.seen_opgaven(session, reader, ids)))
        asked.append(len(statements))

    assert found == [set(open_to_all[:1]), set(open_to_all)]
    assert asked == [asked[0]] * 2


def test_who_may_not_change_an_opgave_does_not_get_it_to_edit(
    session: Session, reader: Actor
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, owner=owner)

    assert queries.opgave_to_edit(session, make_work(session, owner).actor, opgave.id) is opgave
    with pytest.raises(NotFound):
        queries.opgave_to_edit(session, reader, opgave.id)
    with pytest.raises(NotFound):
        queries.opgave_to_edit(session, reader, uuid4())


def test_the_opgavehouder_is_named_before_the_second(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    second = a_user(session, gemeente_code=owner.gemeente_code)

    alone = an_opgave(session, owner=owner)
    together = an_opgave(session, owner=owner, co_owner_id=second.id)

    reader = a_reader(session, a_gemeente(session))
    assert [one.part for one in queries.contacts(session, reader, alone)] == [Part.OWNER]
    assert [(one.name, one.part) for one in queries.contacts(session, reader, together)] == [
        (owner.name, Part.OWNER),
        (second.name, Part.CO_OWNER),
    ]


@pytest.mark.parametrize(
    ("who", "works_on_it", "shown"),
    [
        ("visitor", False, []),
        ("elsewhere", False, [""]),
        ("opgavehouder elsewhere", False, [""]),
        ("beheerder elsewhere", False, [""]),
        ("elsewhere", True, ["vera@testerdam.nl"]),
        ("colleague", False, ["vera@testerdam.nl"]),
        ("owner", False, ["vera@testerdam.nl"]),
    ],
)
def test_an_address_is_for_the_own_gemeente_and_who_works_on_it(
    session: Session, *, who: str, works_on_it: bool, shown: list[str]
) -> None:
    home = a_gemeente(session)
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=home.code, email="vera@testerdam.nl")
    opgave = an_opgave(session, owner=owner)
    readers = {
        "visitor": ANYONE,
        "elsewhere": a_reader(session, a_gemeente(session)),
        "opgavehouder elsewhere": a_reader(session, a_gemeente(session), Role.OPGAVEHOUDER),
        "beheerder elsewhere": a_reader(session, a_gemeente(session), Role.BEHEERDER),
        "colleague": a_reader(session, home),
        "owner": actor_of(owner),
    }

    found = queries.contacts(session, readers[who], opgave, works_on_it=works_on_it)

    assert [one.email for one in found] == shown


# Open opgaven


def test_those_that_close_first_come_first(session: Session, reader: Actor) -> None:
    for title, days in (("derde", 9), ("eerste", 0), ("tweede", 4)):
        an_opgave(session, title=title, closes_on=TODAY + timedelta(days=days))
    an_opgave(session, title="te laat", closes_on=YESTERDAY)
    an_opgave(session, title="concept", status=OpgaveStatus.CONCEPT)
    an_opgave(session, title="gesloten", status=OpgaveStatus.DONE)

    assert titles(session, reader) == ["eerste", "tweede", "derde"]


def test_a_visitor_finds_what_is_public(session: Session) -> None:
    an_opgave(session, title="openbaar")
    an_opgave(session, title="besloten", is_public=False)

    assert titles(session, ANYONE) == ["openbaar"]


def test_an_opgave_for_its_province_is_found_there_only(session: Session, reader: Actor) -> None:
    for title, province in (("hier", "Zeeland"), ("daar", "Drenthe")):
        gemeente = a_gemeente(session, province=province)
        owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=gemeente.code)
        an_opgave(session, title=title, owner=owner, audience=Audience.PROVINCE)

    assert titles(session, reader) == ["hier"]


def test_search_finds_by_each_part_and_by_all_together(session: Session, reader: Actor) -> None:
    zeeland = a_gemeente(session, province="Zeeland")
    an_opgave(
        session,
        "klimaat adaptatie",
        title="Water op straat",
        owner=a_user(session, Role.OPGAVEHOUDER, gemeente_code=zeeland.code),
        themes=["ruimte", "duurzaamheid"],
        kind=Kind.KLUS,
        hours_per_week=4,
    )
    an_opgave(session, "wonen", title="100% stratenboek", closes_on=TODAY)
    by = {
        "title": Search(text="STRAAT water"),
        "half a title": Search(text="straat zon"),
        "a title inflected": Search(text="straten"),
        "the text": Search(text="er is werk en water"),
        "how a word begins": Search(text="strat"),
        "how a short word begins": Search(text="wat"),
        "a skill": Search(text="klimaatadaptatie", words={"klimaat adaptatie": 100}),
        "a percent sign": Search(text="%"),
        "an operator": Search(text="water & ! | <-> :* ' \\"),
        "theme": Search(theme=Theme.DUURZAAMHEID),
        "kind": Search(kind=Kind.KLUS),
        "province": Search(province="Zeeland"),
        "hours": Search(most_hours=4),
        "all": Search("water", {}, Theme.RUIMTE, Kind.KLUS, "Zeeland", 4),
        "too few hours": Search(most_hours=3),
        "spaces": Search(text="  "),
    }
    water, boek = "Water op straat", "100% stratenboek"

    assert {name: titles(session, reader, wanted) for name, wanted in by.items()} == {
        "title": [water],
        "half a title": [],
        "a title inflected": [boek, water],
        "the text": [water],
        "how a word begins": [boek, water],
        "how a short word begins": [],
        "a skill": [water],
        "a percent sign": [],
        "an operator": [water],
        "theme": [water],
        "kind": [water],
        "province": [water],
        "hours": [water],
        "all": [water],
        "too few hours": [],
        "spaces": [boek, water],
    }


MANY = (
    """INSERT INTO opgave (id, gemeente_code, owner_id, status, kind, title, text, themes, place,
                           people_needed, audience, is_public, version, created_at, changed_at)
    SELECT md5(n::text)::uuid, :code, :owner, 'concept', 'klus', '', md5(n::text), '{}', 'remote',
           1, 'everybody', true, 1, now(), now()
    FROM generate_series(1, 5000) n""",
    """INSERT INTO asked_skill (id, opgave_id, place, label, label_normal, must, level)
    SELECT gen_random_uuid(), md5(n::text)::uuid, 0, n, n, true, 1
    FROM generate_series(1, 5000) n""",
    "ANALYZE opgave, asked_skill",
)


def test_skills_and_texts_are_found_by_their_indexes(session: Session, reader: Actor) -> None:
    known = {"code": reader.gemeente_code, "owner": reader.user_id}
    for statement in MANY:
        session.execute(text(statement), known if ":code" in statement else {})
    wanted = Search("haven", {"haven": 100, "sluis": 40})

    plan = plan_of(session, lambda: queries.search_open(session, reader, wanted, 1, TODAY))

    assert ("ix_asked_skill_label_normal" in plan, "ix_opgave_words" in plan) == (True, True)


def test_a_longer_list_costs_no_more_statements(session: Session, reader: Actor) -> None:
    costs = []
    for more in (1, 2):
        for _ in range(more):
            an_opgave(session, "wonen", "zorg")
        with counted(session) as statements:
            found = queries.search_open(session, reader, EVERYTHING, 1, TODAY)
            assert [len(seen.opgave.skills) for seen in found.items] == [2] * (2 * more - 1)
        costs.append(len(statements))

    assert costs[0] == costs[1]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    drawn=st.lists(
        st.tuples(
            st.sampled_from(["Utrecht", "Zeeland"]),
            st.sampled_from(OpgaveStatus),
            st.sampled_from(Audience),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    ),
    home=st.sampled_from(["Utrecht", "Zeeland", None]),
)
def test_search_gives_exactly_the_open_ones_that_may_be_read(
    session: Session,
    drawn: list[tuple[str, OpgaveStatus, Audience, bool]],
    home: str | None,
) -> None:
    point = session.begin_nested()
    made = [_drawn(session, *one) for one in drawn]
    looking = a_reader(session, a_gemeente(session, province=home)) if home else ANYONE

    found = queries.search_open(session, looking, EVERYTHING, 1, TODAY)

    assert {seen.opgave.id for seen in found.items} == {
        opgave.id
        for opgave in made
        if opgave.status in TAKES_ANSWERS and _is_readable(session, looking, opgave)
    }
    point.rollback()


def _drawn(
    session: Session, province: str, status: OpgaveStatus, audience: Audience, is_public: bool
) -> Opgave:
    gemeente = a_gemeente(session, province=province)
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=gemeente.code)
    if audience is Audience.NETWORK:
        a_network(session, gemeente.code)
        is_public = False
    return an_opgave(session, owner=owner, status=status, audience=audience, is_public=is_public)


def _is_readable(session: Session, looking: Actor, opgave: Opgave) -> bool:
    try:
        queries.seen_opgave(session, looking, opgave.id)
    except NotFound:
        return False
    return True


# Lists


def test_the_home_page_shows_the_newest_that_everybody_may_read(session: Session) -> None:
    for title, days in (("oud", 9), ("nieuw", 1), ("ouder", 20)):
        an_opgave(session, title=title, published_at=MONDAY - timedelta(days=days))
    an_opgave(session, title="besloten", is_public=False)
    an_opgave(session, title="te laat", closes_on=YESTERDAY)

    newest = queries.newest_public(session, TODAY, 2)

    assert [seen.opgave.title for seen in newest] == ["nieuw", "oud"]


def test_a_gemeente_has_all_its_opgaven_the_last_changed_first(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    old = an_opgave(session, owner=owner, changed_at=MONDAY - timedelta(days=1))
    new = an_opgave(session, owner=owner, status=OpgaveStatus.WITHDRAWN)
    an_opgave(session)

    assert queries.of_gemeente(session, owner.gemeente_code) == [new, old]


def test_a_gemeente_with_more_opgaven_costs_no_more_statements(session: Session) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    code, costs = owner.gemeente_code, []
    for more in (1, 2):
        for _ in range(more):
            an_opgave(session, "wonen", owner=owner)
        with counted(session) as statements:
            found = queries.of_gemeente(session, code)
            assert [len(opgave.skills) for opgave in found] == [1] * (2 * more - 1)
        costs.append(len(statements))
        owner = session.merge(owner)

    assert costs == [2, 2]


def test_what_is_open_is_counted(session: Session) -> None:
    before = queries.count_open(session, TODAY)
    for _ in range(2):
        an_opgave(session)
    an_opgave(session, closes_on=YESTERDAY)
    an_opgave(session, status=OpgaveStatus.CONCEPT)

    assert queries.count_open(session, TODAY) - before == 2


# What happened


def test_what_happened_to_an_opgave_is_told_in_order_with_who_of_its_gemeente(
    session: Session,
) -> None:
    owner = a_user(session, Role.OPGAVEHOUDER)
    opgave = an_opgave(session, "wonen", owner=owner, people_needed=2)
    another = an_opgave(session, "wonen", owner=owner)
    lender = a_user(session)

    life.begin_talking(make_work(session, owner), opgave.id)
    life.take_seat(make_work(session, lender), opgave.id)
    life.free_seat(make_work(session), opgave.id)
    life.withdraw(make_work(session, owner), another.id)
    found = queries.steps(session, actor_of(owner), opgave.id)

    assert [(step.name, step.by) for step in found] == [
        ("opgave.talking", owner.name),
        ("seat.taken", ""),
        ("seat.freed", ""),
    ]
    with pytest.raises(NotFound):
        queries.steps(session, actor_of(lender), opgave.id)


# For whom it is meant


def test_an_opgave_is_meant_for_everybody_its_province_or_its_networks(session: Session) -> None:
    here, near = (a_gemeente(session, province="Zeeland").code for _ in range(2))
    far, further = (a_gemeente(session, province="Drenthe").code for _ in range(2))
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=here)
    a_network(session, here, far)
    a_network(session, far, further)
    found = {
        audience: an_opgave(session, owner=owner, audience=audience).id for audience in Audience
    }

    meant = queries.meant_for(session, [*found.values()])

    assert {audience: meant[one] for audience, one in found.items()} == {
        Audience.EVERYBODY: None,
        Audience.PROVINCE: frozenset({here, near}),
        Audience.NETWORK: frozenset({here, far}),
    }


def test_who_is_in_the_network_finds_and_reads_what_is_for_it(session: Session) -> None:
    home, near, left, later, far = (a_gemeente(session) for _ in range(5))
    network = a_network(session, home.code, near.code)
    for gemeente, since, until in (
        (left, TODAY - timedelta(days=9), TODAY),
        (later, TODAY + timedelta(days=1), None),
    ):
        row = {"network_id": network.id, "gemeente_code": gemeente.code}
        session.add(NetworkGemeente(id=uuid4(), since=since, until=until, **row))
    session.flush()
    owner = a_user(session, Role.OPGAVEHOUDER, gemeente_code=home.code)
    opgave = an_opgave(session, owner=owner, audience=Audience.NETWORK, title="Van ons")
    ended = {"audience": Audience.NETWORK, "status": OpgaveStatus.DONE, "ended_at": MONDAY}
    an_opgave(session, owner=owner, **ended)

    for gemeente, finds in (
        (home, True),
        (near, True),
        (left, False),
        (later, False),
        (far, False),
    ):
        looking = a_reader(session, gemeente)
        assert (titles(session, looking) == ["Van ons"]) is finds
        assert (opgave.id in queries.seen_opgaven(session, looking, [opgave.id])) is finds
        assert (queries.finished(session, looking, 1).items != []) is finds
    assert titles(session, ANYONE) == []
    with pytest.raises(NotFound):
        queries.seen_opgave(session, ANYONE, opgave.id)
