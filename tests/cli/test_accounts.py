"""`flask accounts`: the first people and roles; what cannot be is refused plainly."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import KnownIdentity, RoleProposal, SecondFactor, UserSession
from app.accounts.rules import WHY_LIMIT, ProposalState
from app.accounts.service import begin_session
from app.core.actor import Role
from app.core.audit import entries
from app.gemeenten.models import Network
from tests.cli.conftest import Terminal
from tests.support.builders import a_gemeente, a_network, a_proposal, a_user, an_opgave
from tests.support.work import MONDAY, make_work


def test_an_account_is_made(flask: Terminal, session: Session) -> None:
    gemeente = a_gemeente(session, name="Testerdam")

    result = flask("accounts", "add", "J.Jansen@Testerdam.NL", "  Jo   Jansen ", gemeente.code)

    assert (result.exit_code, result.stdout) == (
        0,
        "Jo Jansen (j.jansen@testerdam.nl) heeft een account bij Testerdam.\n",
    )
    user = queries.by_email(session, "j.jansen@testerdam.nl")
    assert user is not None
    assert (user.name, user.gemeente_code, user.is_demo) == ("Jo Jansen", gemeente.code, False)


@pytest.mark.parametrize(
    ("email", "name", "said"),
    [
        ("geen adres", "Jo", "Dit is geen mailadres. Schrijf het zo: naam@gemeente.nl"),
        ("jo@testerdam.nl", " \u200b ", "Vul je naam in."),
        (
            "jo@testerdam.nl",
            "J" * 101,
            "Gebruik hier hoogstens 100 tekens. Het zijn er nu 101.",
        ),
        (" Bezet@testerdam.nl", "Jo", "Er is al een account voor bezet@testerdam.nl."),
    ],
)
def test_an_account_that_cannot_be_is_refused_plainly(
    flask: Terminal, session: Session, email: str, name: str, said: str
) -> None:
    gemeente = a_gemeente(session)
    a_user(session, email="bezet@testerdam.nl")

    result = flask("accounts", "add", email, name, gemeente.code)

    assert (result.exit_code, result.stderr) == (1, f"{said}\n")
    assert queries.colleagues(session, gemeente.code) == []


def test_an_account_needs_a_gemeente_that_exists(flask: Terminal) -> None:
    result = flask("accounts", "add", "jo@testerdam.nl", "Jo", "GM0000")

    assert (result.exit_code, result.stderr) == (1, "Er is geen gemeente met de code GM0000.\n")


def test_a_role_is_given_and_taken_away(flask: Terminal, session: Session) -> None:
    user = a_user(session, email="jo@testerdam.nl")

    given = flask("accounts", "grant", "jo@testerdam.nl", "beheerder", "--reason", "de eerste")
    again = flask("accounts", "grant", "jo@testerdam.nl", "beheerder", "--reason", "de eerste")
    session.refresh(user, ["grants"])

    said = "jo@testerdam.nl is beheerder tot en met 23 november 2027.\n"
    assert given.stdout == again.stdout == said
    assert queries.roles_of(user) == {Role.BEHEERDER}

    ended = flask("accounts", "revoke", "jo@testerdam.nl", "beheerder")
    session.refresh(user, ["grants"])

    assert ended.stdout == "jo@testerdam.nl is geen beheerder meer.\n"
    assert queries.roles_of(user) == frozenset()


@pytest.mark.parametrize("verb", ["grant", "revoke"])
def test_an_unknown_role_or_person_is_refused_plainly(
    flask: Terminal, session: Session, verb: str
) -> None:
    a_user(session, email="jo@testerdam.nl")

    role = flask("accounts", verb, "jo@testerdam.nl", "koning")
    person = flask("accounts", verb, "piet@testerdam.nl", "beheerder")

    assert (role.exit_code, role.stderr) == (
        1,
        "koning is geen rol. Kies uit: opgavehouder, gemeentebeheerder, coordinator, beheerder.\n",
    )
    assert (person.exit_code, person.stderr) == (
        1,
        "Er is geen account voor piet@testerdam.nl.\n",
    )


def test_who_lost_their_phone_couples_a_new_app(flask: Terminal, session: Session) -> None:
    user = a_user(session, Role.BEHEERDER)
    session.add(SecondFactor(user_id=user.id, sealed="x", enrolled_at=MONDAY, last_step=0))
    session.flush()

    first, second = (
        flask("accounts", "forget-app", user.email),
        flask("accounts", "forget-app", user.email),
    )

    assert first.exit_code == 0
    assert session.get(SecondFactor, user.id) is None
    assert "heeft geen app of passkey gekoppeld" in second.output


@pytest.mark.parametrize("role", [*Role])
def test_an_account_that_was_taken_over_is_closed_whatever_its_roles(
    flask: Terminal, session: Session, role: Role
) -> None:
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    user = a_user(session, *{role, Role.OPGAVEHOUDER}, email="jo@testerdam.nl")
    asked = a_proposal(session, user_id=user.id)
    begun = begin_session(make_work(session), user.id, is_proven=True)
    session.commit()

    closed = flask("accounts", "shut-out", "jo@testerdam.nl", "--reason", " Is  overgenomen ")
    again = flask("accounts", "shut-out", "jo@testerdam.nl", "--reason", "Nog eens")
    session.expire_all()

    assert closed.stdout == (
        "Het account van jo@testerdam.nl staat stop, zonder rollen, en is overal uitgelogd.\n"
    )
    assert (again.exit_code, again.stderr) == (
        1,
        "Het account van jo@testerdam.nl staat al stop.\n",
    )
    assert (queries.roles_of(user), user.shut_out_why) == (frozenset(), "Is overgenomen")
    assert user.shut_out_at is not None
    assert session.get(UserSession, begun) is None
    assert session.get_one(RoleProposal, asked.id).state is not ProposalState.CONFIRMED
    logged = {one.deed: one.actor_id for one in entries(session, about=user.id)}
    deeds = {"person.shut_out", "sessions.ended", f"role.ended.{role}"}
    assert {deed: logged[deed] for deed in deeds} == dict.fromkeys(deeds)


def test_who_was_closed_is_let_in_without_roles(flask: Terminal, session: Session) -> None:
    user = a_user(session, Role.BEHEERDER, email="jo@testerdam.nl")
    before = flask("accounts", "let-in", "jo@testerdam.nl")
    flask("accounts", "shut-out", "jo@testerdam.nl", "--reason", "Is overgenomen")

    after = flask("accounts", "let-in", "jo@testerdam.nl")

    session.refresh(user)
    assert before.stderr == "Het account van jo@testerdam.nl staat niet stop.\n"
    assert after.stdout == "jo@testerdam.nl kan weer inloggen, zonder rollen.\n"
    assert (user.shut_out_at, queries.roles_of(user)) == (None, frozenset())


@pytest.mark.parametrize("reason", ["", "x" * (WHY_LIMIT + 1)])
def test_an_account_is_closed_with_a_reason_that_fits_in_a_mail(
    flask: Terminal, session: Session, reason: str
) -> None:
    user = a_user(session, Role.BEHEERDER, email="jo@testerdam.nl")

    refused = flask("accounts", "shut-out", "jo@testerdam.nl", "--reason", reason)

    session.refresh(user)
    assert (refused.exit_code, user.shut_out_at) == (1, None)
    assert queries.roles_of(user) == {Role.BEHEERDER}


def test_an_account_is_let_go_by_the_sign_in_of_the_gemeente(
    flask: Terminal, session: Session
) -> None:
    user = a_user(session)
    known = KnownIdentity(
        issuer="https://inloggen.testerdam.example",
        subject="7f",
        user_id=user.id,
        known_since=MONDAY,
    )
    session.add(known)
    begin_session(make_work(session, user), user.id)

    first, second = (flask("accounts", "forget-sign-on", user.email) for _ in range(2))

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert session.scalars(select(KnownIdentity)).all() == []
    assert session.scalars(select(UserSession)).all() == []
    assert "logde nog nooit bij de eigen gemeente in" in second.output


def test_a_role_is_given_until_a_day_and_no_longer_than_two_years(
    flask: Terminal, session: Session
) -> None:
    a_user(session, email="jo@testerdam.nl")
    grant = ("accounts", "grant", "jo@testerdam.nl", "opgavehouder", "--until")

    given, too_long = flask(*grant, "2026-12-31"), flask(*grant, "2030-01-01")

    assert given.stdout == "jo@testerdam.nl is opgavehouder tot en met 31 december 2026.\n"
    said = "Een rol loopt tot een dag in de komende twee jaar.\n"
    assert (too_long.exit_code, too_long.stderr) == (1, said)


def test_two_beheerders_make_a_third(flask: Terminal, session: Session) -> None:
    for name in ("ans", "bea"):
        a_user(session, Role.BEHEERDER, email=f"{name}@testerdam.nl")
    user = a_user(session, email="jo@testerdam.nl")
    asked = ("jo@testerdam.nl", "beheerder")

    alone = flask("accounts", "grant", *asked, "--reason", "haast")
    proposed = flask("accounts", "grant", *asked, "--by", "ans@testerdam.nl")
    same = flask("accounts", "confirm", *asked, "--by", "ans@testerdam.nl")
    nobody = flask("accounts", "confirm", *asked, "--by", "jo@testerdam.nl")
    done = flask("accounts", "confirm", *asked, "--by", "bea@testerdam.nl")
    over = flask("accounts", "confirm", *asked, "--by", "bea@testerdam.nl")

    assert [one.exit_code for one in (alone, proposed, same, nobody, done, over)] == [
        1,
        0,
        1,
        1,
        0,
        1,
    ]
    assert "Zeg met --by wie dit voorstelt." in alone.stderr
    assert "flask accounts confirm jo@testerdam.nl beheerder --by ADRES" in proposed.stdout
    assert nobody.stderr == "jo@testerdam.nl is geen platformbeheerder.\n"
    assert done.stdout == "jo@testerdam.nl is beheerder tot en met 23 november 2027.\n"
    assert over.stderr == "Er ligt geen voorstel om jo@testerdam.nl beheerder te maken.\n"
    session.refresh(user, ["grants"])
    assert queries.roles_of(user) == {Role.BEHEERDER}


def test_a_proposal_is_refused_at_the_command_line(flask: Terminal, session: Session) -> None:
    for name in ("ans", "bea"):
        a_user(session, Role.BEHEERDER, email=f"{name}@testerdam.nl")
    user = a_user(session, email="jo@testerdam.nl")
    flask("accounts", "grant", user.email, "beheerder", "--by", "ans@testerdam.nl")

    result = flask("accounts", "refuse", user.email, "beheerder", "--by", "bea@testerdam.nl")

    assert result.stdout == "jo@testerdam.nl wordt geen beheerder: het voorstel is afgewezen.\n"
    assert queries.open_proposal(session, user.id, Role.BEHEERDER) is None


def test_a_coordinator_is_of_the_network_that_is_named(flask: Terminal, session: Session) -> None:
    for name in ("ans", "bea"):
        a_user(session, Role.BEHEERDER, email=f"{name}@testerdam.nl")
    user = a_user(session, email="jo@testerdam.nl")
    asked, ans = ("jo@testerdam.nl", "coordinator"), ("--by", "ans@testerdam.nl")
    bea = ("--by", "bea@testerdam.nl")
    for name in ("Noord", "Zuid", "Oost"):
        a_network(session, user.gemeente_code, name=name)
        flask("accounts", "grant", *asked, "--network", name, *ans)

    unclear = flask("accounts", "confirm", *asked, *bea)
    done = flask("accounts", "confirm", *asked, "--network", "Zuid", *bea)
    refused = flask("accounts", "refuse", *asked, "--network", "Noord", *bea)
    last = flask("accounts", "confirm", *asked, *bea)
    none = flask("accounts", "confirm", *asked, "--network", "Noord", *bea)
    ended = flask("accounts", "revoke", *asked, "--network", "Zuid")

    assert unclear.stderr == (
        "Er ligt een voorstel voor meer dan één netwerk. Zeg met --network welk.\n"
    )
    assert done.stdout == last.stdout
    assert done.stdout == "jo@testerdam.nl is coordinator tot en met 23 november 2027.\n"
    assert refused.stdout == "jo@testerdam.nl wordt geen coordinator: het voorstel is afgewezen.\n"
    assert none.stderr == "Er ligt geen voorstel om jo@testerdam.nl coordinator te maken.\n"
    assert ended.stdout == "jo@testerdam.nl is geen coordinator meer van Zuid.\n"
    session.refresh(user, ["grants"])
    running = [one.network_id for one in queries.running_grants(user)]
    assert [session.get_one(Network, one).name for one in running] == ["Oost"]


def test_who_moves_takes_opgaven_along_only_when_that_is_said(
    flask: Terminal, session: Session
) -> None:
    person = a_user(session, Role.OPGAVEHOUDER, name="Jo Jansen", email="jo@testerdam.nl")
    an_opgave(session, owner=person)
    into = a_gemeente(session, name="Nieuwstad").code

    refused = flask("accounts", "move", person.email, into)
    moved = flask("accounts", "move", person.email, into, "--with-opgaven")
    again = flask("accounts", "move", person.email, into)

    assert (refused.exit_code, refused.stderr.partition(".")[0]) == (
        1,
        "Deze collega zorgt nog voor 1 opgave",
    )
    assert moved.stdout.splitlines() == [
        "Jo Jansen (jo@testerdam.nl) werkt nu voor Nieuwstad.",
        "Daarheen ging ook 1 opgave mee.",
    ]
    assert (again.exit_code, again.stderr) == (1, "Deze collega werkt al voor Nieuwstad.\n")
