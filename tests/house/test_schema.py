"""One line of migrations that leads to the models, and back, and there again."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, text

from app.accounts import proposing
from app.accounts import queries as accounts_queries
from app.accounts import service as accounts
from app.accounts.models import KeptAddress, SignIn
from app.accounts.rules import WhyKept
from app.conversations import publishing
from app.conversations.rules import Words
from app.core.actor import SYSTEM, Role
from app.extensions import db
from app.hours.models import HourTransfer
from app.hours.rules import TransferKind
from app.loans import service as loans
from app.loans.rules import LoanState, Party
from app.notifications.models import ChannelChoice, Notice
from app.notifications.rules import Channel, Family, MailKind, NoticeKind
from app.responses.models import Response
from app.responses.rules import Answer
from app.tables import METADATA
from tests.conftest import AppMaker, DatabaseMaker
from tests.conversations.builders import a_talk, say
from tests.house.tree import ROOT, near
from tests.loans.builders import a_running_loan, parties
from tests.moderation.builders import last_message
from tests.notifications.builders import a_delivery
from tests.support.builders import a_gemeente, a_grant, a_user, an_opgave
from tests.support.work import MONDAY, make_work

MIGRATIONS = ROOT / "migrations"
VERSIONS = sorted((MIGRATIONS / "versions").glob("*.py"))
# Databases that we cannot reach have run these; the newest is added when it lands.
LANDED = {
    "0001_create_the_first_rooms.py": (
        "f2bd567d519272019e493c7625a7eba14216c58e3fb016da0f706c7fd2d2ffd5"
    ),
    "0002_let_concepts_be_merged.py": (
        "a121ab72200ae2b1c90108627c297f6210bf81aa36cf5537b225a3327980da52"
    ),
    "0003_keep_what_matching_knows.py": (
        "8132eb1152ed07c593b2f086530dfc952eca821064166734922475cf896a41e7"
    ),
    "0004_tell_what_becomes_of_mail.py": (
        "9d2424715748da1d008efda5290ebea1c6ff20cfa8b4dc431b7fa588433f59d3"
    ),
    "0005_let_people_answer.py": (
        "c1bec8fc6b447937452d40b7c26c0cb1a5d84954016cffb026224d7e1f60ff41"
    ),
    "0006_lend_hours.py": ("210a7a6ed66d7bc031b5a471925f5948fb6f1adde5a9dbcee0701f110d0f5de9"),
    "0007_let_three_sign.py": ("ebb52314ee6fa50ca4a6bd60ce48015d105a221665a771091b1f14de35ee781e"),
    "0008_let_people_talk.py": ("d8acaf1b65973ecd724bbe5b19ac9bdefc888cbfeb8c35879ddf5b6e9e17fcd9"),
    "0009_keep_the_road_open.py": (
        "e07480605d609686ff33e248ec2edc6b74914ca95b2e381c9cff03fadd4c302c"
    ),
    "0010_keep_down_what_is_down.py": (
        "597a53363b866b6174602ea184f1fddd79332dc953d5676825bd87de2d7fcef3"
    ),
    "0011_keep_what_was_reported.py": (
        "0bc0c677d1f7572ccd587285dd153a039c0c510df8194c39f1679c36596cb873"
    ),
    "0012_keep_who_did_what.py": (
        "f0aecc20a3dbefffba1cf5d464b54f69f023c40512dfa1c1f933efc3b8721f04"
    ),
    "0013_tell_of_the_urenbank.py": (
        "70581c09522b6ffa007aa192c7d2367c98d7a6edc532c05b3454b476c82d9e38"
    ),
    "0014_ask_a_second_proof.py": (
        "66978bbc8c593a795248c22f3275f7cb8f7ae61edd95c67242d03843e4452fef"
    ),
    "0015_keep_what_has_its_time.py": (
        "0b9c55f7daf1c292183ae17979724c4db80c066bf2f98929a8dc5c3ea3b95535"
    ),
    "0016_sign_in_at_the_gemeente.py": (
        "b2b4e987bf6f25f78bf3cac30661d4ef8d71c5fad406e9e22d47aa6cfb6eb449"
    ),
    "0017_let_roles_end.py": ("28b2dbc1a8a30a270fc27d40c4ad677227201dcc206ee09147309fdbed2b3228"),
    "0018_let_a_passkey_be_the_second_step.py": (
        "ff47a09a2b45ddaf100e90981ac9c2a2dc3e78623bf1d202c59aaa4d770ae4e1"
    ),
    "0019_let_two_give_a_role.py": (
        "d31471e24f465248e140d6344ab236fcf40158575a383a79ed3fe0123cf62eee"
    ),
    "0020_keep_what_was_agreed.py": (
        "1b4a11c2a66823c436f4967e589f08233c32e5e42364291cad8ce88c5048d57c"
    ),
    "0021_let_gemeenten_form_networks.py": (
        "cd1eb426f9e94fadd3459f91a06f5fbe6d0f7052611592eaa62094486324c53d"
    ),
    "0022_let_roles_stay_behind.py": (
        "0eb2ad877d9be931b3641156fbb9a7d7e711f1cc943c59ba4553bd0b0967466f"
    ),
    "0023_mean_opgaven_for_a_network.py": (
        "8866eb2f20419842a87adb57198293f8375a4915bd99e5649e511bf6055e1b86"
    ),
    "0024_keep_who_is_kept_out.py": (
        "4cea30d7788aedd6e4b89a1dd0cacb0e193dba3d80ec8726d22fca36e7ec7002"
    ),
    "0025_let_networks_be_coordinated.py": (
        "73dc593e3037e3c20efac68debdd32e0e9eb8cc54f0377a01b4e1b273455b10f"
    ),
    "0026_let_colleagues_be_invited.py": (
        "24d313354ab19df2fb76607a75d7ec8e5af49e6768061a01682c1453706bda3e"
    ),
    "0027_keep_reactions_for_a_year.py": (
        "c7bf1a087e1ebb5961cc750fbd1bbd4f18c34fdd613090a713809e5c3816e96b"
    ),
    "0028_show_parts_to_some.py": (
        "3933afff8142792deb20b22790a7210179a6601076bddfcdc6b2b28024317b51"
    ),
    "0029_keep_whose_hands_gave_a_role.py": (
        "6188623da4a5693a3bc036ca68754ec5134685d9e104f65c3cae71843a0365c2"
    ),
    "0030_keep_addresses_apart_from_links.py": (
        "768cf2109dbef51cb97389e8e0c073c2ed52b374d00c8831377abf1a73173fdc"
    ),
    "0031_let_opgaven_be_taken_over.py": (
        "5d35e4b83420b46cbd2c49f2228a5f3c04960f56a1b6c5c91ee2d4e77e6d3393"
    ),
}


@pytest.fixture
def empty(new_app: AppMaker, new_database: DatabaseMaker) -> Iterator[Flask]:
    """An application on a database without tables."""
    app = new_app(new_database())
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield app


def tables() -> list[str]:
    return sorted(inspect(db.engine).get_table_names())


def test_there_is_one_head() -> None:
    script = ScriptDirectory(str(MIGRATIONS))

    assert script.get_heads() == [VERSIONS[-1].name[:4]]


def test_files_are_numbered_without_a_gap() -> None:
    assert [path.name[:5] for path in VERSIONS] == [f"{n:04}_" for n in range(1, len(VERSIONS) + 1)]


@pytest.mark.parametrize("name", LANDED)
def test_a_migration_that_has_landed_stays_as_it_is(name: str) -> None:
    found = sha256((MIGRATIONS / "versions" / name).read_bytes()).hexdigest()

    assert found == LANDED[name], f"{name} has landed: add a new migration instead"


def test_every_migration_before_the_newest_has_landed() -> None:
    assert [path.name for path in VERSIONS[:-1] if path.name not in LANDED] == []


@pytest.mark.parametrize("path", VERSIONS, ids=near)
def test_a_migration_runs_when_the_code_has_moved(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {
        *(
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in node.names
        ),
        *(node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)),
    }

    assert {name for name in imported if name and name.split(".")[0] in {"app", "workers"}} == set()


def test_the_schema_is_what_the_models_say(empty: Flask) -> None:
    upgrade()

    check()


def test_operators_read_of_every_table_whether_it_is_about_people() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    section = page.split("## Somebody wants to leave")[1].split("\n## ")[0]

    assert [table for table in METADATA.tables if f"`{table}`" not in section] == []


def test_a_schema_that_lags_behind_is_found(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE opgave DROP COLUMN title"))

    with pytest.raises(SystemExit):
        check()


def test_every_step_can_be_undone_and_done_again(empty: Flask) -> None:
    upgrade()
    there = tables()

    downgrade(revision="base")
    back = tables()
    upgrade()

    assert back == ["alembic_version"]
    assert tables() == there


def test_words_that_came_later_go_with_the_migration_that_brought_them(empty: Flask) -> None:
    """The release before reads every row, and of a word that it does not know it makes an error."""
    upgrade()
    _tell_in_old_and_later_words()

    downgrade(revision="0012")
    assert "urenbank" not in {*_found("kind", "delivery"), *_found("family", "channel_choice")}
    assert "limit_reached" not in _found("kind", "notice")
    kinds = _found("kind", "notice")
    assert ("opened_again" in kinds, "invitation_taken_back" in kinds) == (True, False)

    downgrade(revision="0008")
    assert _found("kind", "delivery") == ["answer_returned", "digest", "loan", "message"]
    assert _found("family", "channel_choice") == ["messages", "responses"]
    assert _found("kind", "notice") == ["interest_shown", "message_written"]
    # What was closed is interest to the release before.
    assert _found("answer", "response") == ["interested", "interested"]

    downgrade(revision="0007")
    assert _found("kind", "delivery") == ["digest", "loan"]
    assert _found("family", "channel_choice") == ["responses"]
    assert _found("kind", "notice") == ["interest_shown"]

    downgrade(revision="0006")
    assert _found("kind", "delivery") == ["digest"]


def test_what_was_down_before_stays_down_wherever_else_it_stands(empty: Flask) -> None:
    upgrade()
    session = db.session()
    talk = a_talk(session)
    say(session, talk, talk.professional, "Bel mij thuis.")
    message = last_message(session, talk)
    publishing.publish(
        make_work(session, talk.owner), talk.id, uuid4(), Words("Mag dat?", "Ja hoor.")
    )
    session.flush()
    message.taken_down_at = MONDAY + timedelta(hours=1)
    session.commit()
    db.session.remove()
    downgrade(revision="0009")

    upgrade()

    with db.engine.begin() as connection:
        assert connection.scalars(text("SELECT is_silenced FROM published_answer")).all() == [True]


def test_what_never_began_is_withdrawn_to_the_release_before(empty: Flask) -> None:
    upgrade()
    session = db.session()
    loan = a_running_loan(session, parties(session))
    loan.move_to(LoanState.CALLED_OFF)
    session.commit()
    db.session.remove()

    downgrade(revision="0011")

    assert _found("state", "loan") == [LoanState.WITHDRAWN.value]


def test_what_was_said_of_hours_before_holds_up_what_it_held_up(empty: Flask) -> None:
    upgrade()
    session = db.session()
    who = parties(session)
    begun, a_day = MONDAY.date() - timedelta(days=28), timedelta(days=1)
    loan = a_running_loan(
        session, who, starts_on=begun, ends_on=begun + 28 * a_day, returns_on=begun + 29 * a_day
    )
    loans.remark(make_work(session), loan.id, uuid4(), Party.LENDER, "Welkom!", who.manager)
    over = MONDAY + a_day
    loans.end_what_is_over(make_work(session, now=over))
    for user, party in ((who.professional, Party.PROFESSIONAL), (who.borrower, Party.BORROWER)):
        loans.remark(make_work(session, user, over), loan.id, uuid4(), party, "Bedankt!")
    session.commit()
    db.session.remove()
    downgrade(revision="0010")

    upgrade()

    with db.engine.begin() as connection:
        held = connection.scalars(text("SELECT party FROM remark WHERE is_objection")).all()
    assert held == ["inlener"]


def test_hours_that_followed_a_merger_keep_the_release_that_can_read_them(
    empty: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    upgrade()
    session = db.session()
    carried = HourTransfer(
        id=uuid4(),
        debit_code=a_gemeente(session).code,
        credit_code=a_gemeente(session).code,
        minutes=60,
        kind=TransferKind.MERGER,
        booked_at=MONDAY,
    )
    session.add(carried)
    session.commit()
    db.session.remove()

    with pytest.raises(SystemExit):
        downgrade(revision="0009")

    assert "samengevoegde gemeente" in caplog.text
    assert _found("kind", "hour_transfer") == ["merger"]


def test_whose_hands_gave_a_role_is_known_of_who_left_before(empty: Flask) -> None:
    upgrade()
    session = db.session()
    gemeentebeheerder = Role.GEMEENTEBEHEERDER
    first, second = (a_user(session, Role.BEHEERDER) for _ in range(2))
    names = ("operator", "one", "two", "with_operator", "unlogged")
    given = {name: a_user(session, name=name) for name in names}
    given["unlogged"].grants.append(a_grant(gemeentebeheerder))
    session.commit()
    system = make_work(session, SYSTEM)
    accounts.grant_role(system, given["operator"].id, Role.OPGAVEHOUDER)
    accounts.grant_role(make_work(session, first), given["one"].id, Role.OPGAVEHOUDER)
    for name, by in (("two", make_work(session, second)), ("with_operator", system)):
        accounts.grant_role(make_work(session, first), given[name].id, gemeentebeheerder)
        if name == "with_operator":
            second.grants[0].ended_at = MONDAY
        session.flush()
        waiting = accounts_queries.open_proposal(session, given[name].id, gemeentebeheerder)
        assert waiting is not None
        proposing.decide(by, waiting.id, confirm=True, reason="Samen")
    session.commit()
    for one in (first, second):
        session.delete(one)
    session.commit()
    db.session.remove()
    downgrade(revision="0028")

    upgrade()

    with db.engine.begin() as connection:
        rows = connection.execute(
            text('SELECT name, hands FROM role_grant JOIN "user" ON "user".id = user_id')
        )
        assert {row.name: row.hands for row in rows} == {
            **{name: name for name in names[:-1]},
            # Not that an operator gave it: nobody knows.
            "unlogged": "one",
        }


def test_addresses_that_were_kept_as_links_stand_apart_and_go_back(empty: Flask) -> None:
    upgrade()
    session = db.session()
    left, invited, link = uuid4(), uuid4(), uuid4()
    for key, why in ((left, WhyKept.LEFT), (invited, WhyKept.INVITED)):
        session.add(KeptAddress(id=key, email=f"{why}@x.example", why=why, kept_at=MONDAY))
    ends = MONDAY + timedelta(minutes=30)
    session.add(SignIn(id=link, email="link@x.example", asked_at=MONDAY, expires_at=ends))
    session.commit()
    a_delivery(session, None, kind=MailKind.ACCOUNT_ENDED, subject_id=left)
    session.commit()
    db.session.remove()

    downgrade(revision="0029")
    before = set(_found("email", "sign_in"))
    upgrade()

    assert before == {"left@x.example", "invited@x.example", "link@x.example"}
    assert _found("email", "sign_in") == ["link@x.example"]
    with db.engine.begin() as connection:
        kept = connection.execute(text("SELECT id, why FROM kept_address"))
        assert {row.id: row.why for row in kept} == {left: "left", invited: "invited"}


def _tell_in_old_and_later_words() -> None:
    session = db.session()
    reader = a_user(session)
    opgave = an_opgave(session, "inkoop", owner=reader)
    mails = (MailKind.DIGEST, MailKind.LOAN, MailKind.MESSAGE, MailKind.ANSWER_RETURNED)
    for mail in (
        *mails,
        MailKind.INVITATION,
        MailKind.OUTCOME,
        MailKind.ANSWER_AWAITED,
        MailKind.URENBANK,
        MailKind.REVIEW,
    ):
        a_delivery(session, reader, kind=mail)
    later_families = (Family.INVITATIONS, Family.OUTCOMES, Family.LOANS, Family.URENBANK)
    code, held_up = reader.gemeente_code, NoticeKind.LIMIT_REACHED
    session.add(
        Notice(id=uuid4(), user_id=reader.id, kind=held_up, gemeente_code=code, told_at=MONDAY)
    )
    own_at_once = ChannelChoice(user_id=reader.id, family=Family.OWN, channel=Channel.AT_ONCE)
    session.add(own_at_once)
    for family in (Family.RESPONSES, Family.MESSAGES, *later_families):
        session.add(ChannelChoice(user_id=reader.id, family=family, channel=Channel.DIGEST))
    answers = (Answer.INTERESTED, Answer.NO, Answer.CLOSED)
    for answer, who in zip(answers, (reader, a_user(session), a_user(session)), strict=True):
        session.add(
            Response(user_id=who.id, opgave_id=opgave.id, answer=answer, answered_at=MONDAY)
        )
    later = (
        *(NoticeKind.INVITED, NoticeKind.INVITATION_ENDED),
        *(
            NoticeKind.OUTCOME,
            NoticeKind.GIVEN_BACK,
            NoticeKind.OPENED_AGAIN,
            NoticeKind.INVITATION_TAKEN_BACK,
            NoticeKind.LOAN_MOVED,
        ),
        *(NoticeKind.QUESTION_PUBLISHED, NoticeKind.ANSWER_DUE, NoticeKind.ANSWER_LATE),
        NoticeKind.ASKER_LEFT,
    )
    for notice in (NoticeKind.INTEREST_SHOWN, NoticeKind.MESSAGE_WRITTEN, *later):
        session.add(
            Notice(id=uuid4(), user_id=reader.id, kind=notice, opgave_id=opgave.id, told_at=MONDAY)
        )
    # Who asked something has no profile to point at.
    session.add(
        Notice(
            id=uuid4(),
            user_id=reader.id,
            kind=NoticeKind.MESSAGE_WRITTEN,
            opgave_id=opgave.id,
            profile_id=a_user(session).id,
            told_at=MONDAY,
        )
    )
    session.commit()
    db.session.remove()


def _found(column: str, table: str) -> list[str]:
    with db.engine.begin() as connection:
        rows = connection.scalars(text(f"SELECT {column} FROM {table} ORDER BY 1"))
        return list(rows)
