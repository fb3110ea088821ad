"""`flask gemeenten`: what is reported, and what is refused with a plain sentence."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import Role
from app.gemeenten import queries
from app.gemeenten.models import Gemeente, Provider
from app.hours import queries as hours
from app.sealing import Seal
from tests.cli.conftest import Terminal
from tests.gemeenten.test_moving import a_sign_in
from tests.gemeenten.test_reference import HEADER, line
from tests.hours.builders import booked
from tests.support.builders import a_domain, a_gemeente, a_user, an_opgave
from tests.support.openid import SECRET, a_provider


def write(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "lijst.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Gemeente)) or 0


def test_without_a_file_our_own_list_goes_in(flask: Terminal, session: Session) -> None:
    first = flask("gemeenten", "import")
    second = flask("gemeenten", "import")

    assert first.stdout == "342 gemeenten nieuw, 0 gewijzigd, 0 gelijk gebleven.\n"
    assert second.stdout == "0 gemeenten nieuw, 0 gewijzigd, 342 gelijk gebleven.\n"
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert count(session) == 342


def test_a_new_list_reports_what_changed_and_what_is_absent(
    flask: Terminal, session: Session, tmp_path: Path
) -> None:
    flask("gemeenten", "import", write(tmp_path, line("GM0001"), line("GM0002"), line("GM0003")))
    path = write(
        tmp_path,
        line("GM0001", inhabitants="400000", inhabitants_on="2027-01-01"),
        line("GM0002", valid_until="2027-01-01", successor_code="GM0004"),
        line("GM0004", name="Nieuwstad", is_provincial_capital="0"),
    )

    result = flask("gemeenten", "import", path)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "nieuw: Nieuwstad (GM0004)",
        "gewijzigd: Utrecht (GM0001): inwoners was 374.000, is nu 400.000; "
        "peildatum was 1 januari 2024, is nu 1 januari 2027",
        "gewijzigd: Utrecht (GM0002): bestaat tot was leeg, is nu 1 januari 2027; "
        "opvolger was leeg, is nu GM0004",
        "staat niet in deze lijst en blijft zoals het is: Utrecht (GM0003)",
        "1 gemeente nieuw, 2 gewijzigd, 0 gelijk gebleven.",
    ]


def test_one_bad_line_and_nothing_goes_in(
    flask: Terminal, session: Session, tmp_path: Path
) -> None:
    path = write(tmp_path, line("GM0001"), line("GM0002", inhabitants="veel"), line("fout"))

    result = flask("gemeenten", "import", path)

    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "regel 3: inhabitants 'veel' is geen heel getal",
        "regel 4: code 'fout' heeft niet de vorm GM0000",
        "Er is niets ingelezen: 2 fouten. Herstel dit, of lees met --good-lines alleen de goede "
        "regels in.",
    ]
    assert count(session) == 0


def test_the_good_lines_go_in_when_asked(flask: Terminal, session: Session, tmp_path: Path) -> None:
    gone = {"valid_until": "2027-01-01", "successor_code": "GM0009"}
    path = write(tmp_path, line("GM0001"), line("fout"), line("GM0003", **gone))

    result = flask("gemeenten", "import", path, "--good-lines")

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "regel 3: code 'fout' heeft niet de vorm GM0000",
        "regel 4: opvolger GM0009 is onbekend",
        "2 fouten overgeslagen.",
    ]
    assert result.stdout == "1 gemeente nieuw, 0 gewijzigd, 0 gelijk gebleven.\n"
    assert count(session) == 1


def test_a_successor_may_be_in_the_table_already(
    flask: Terminal, session: Session, tmp_path: Path
) -> None:
    successor = a_gemeente(session).code
    gone = {"valid_until": "2027-01-01", "successor_code": successor}

    result = flask("gemeenten", "import", write(tmp_path, line("GM0001", **gone)))

    assert result.exit_code == 0
    assert queries.by_code(session, "GM0001").successor_code == successor


def test_files_that_cannot_be_read_are_refused_plainly(flask: Terminal, tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes(f"{HEADER}\n{line(name='Súdwest')}\n".encode("latin-1"))
    other = tmp_path / "anders.csv"
    other.write_text("a;b\n1;2\n", encoding="utf-8")

    absent = flask("gemeenten", "import", tmp_path / "weg.csv")
    folder = flask("gemeenten", "import", tmp_path)
    not_text = flask("gemeenten", "import", latin, "--good-lines")
    wrong = flask("gemeenten", "import", other, "--good-lines")

    assert absent.stderr == f"{tmp_path / 'weg.csv'} bestaat niet.\n"
    assert folder.stderr == f"{tmp_path} is een map, geen bestand.\n"
    assert not_text.stderr.splitlines()[0] == "het bestand is geen UTF-8 tekst"
    assert wrong.stderr.startswith("deze kolommen ontbreken: code, name, province,")
    assert {one.exit_code for one in (absent, folder, not_text, wrong)} == {1}


def test_an_empty_list_is_refused(flask: Terminal, tmp_path: Path) -> None:
    result = flask("gemeenten", "import", write(tmp_path))

    assert result.exit_code == 1
    assert result.stderr.endswith("staat geen enkele gemeente.\n")


def test_a_domain_is_given_to_a_gemeente(flask: Terminal, session: Session) -> None:
    gemeente = a_gemeente(session, name="Testerdam")

    result = flask("gemeenten", "domain", gemeente.code, "@Testerdam.NL")

    assert (result.exit_code, result.stdout) == (0, "testerdam.nl hoort nu bij Testerdam.\n")
    assert queries.domains_of(session, gemeente.code) == ["testerdam.nl"]


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        ("geen domein", "Dit is geen domein. Schrijf bijvoorbeeld: gemeente.nl"),
        ("elders.nl", "Dit domein hoort al bij een andere gemeente."),
    ],
)
def test_a_domain_that_cannot_be_taken_is_refused_plainly(
    flask: Terminal, session: Session, domain: str, said: str
) -> None:
    a_domain(session, a_gemeente(session), "elders.nl")

    result = flask("gemeenten", "domain", a_gemeente(session).code, domain)

    assert (result.exit_code, result.stderr) == (1, f"{said}\n")


def test_a_domain_needs_a_gemeente_that_exists(flask: Terminal) -> None:
    result = flask("gemeenten", "domain", "GM0000", "testerdam.nl")

    assert (result.exit_code, result.stderr) == (1, "Er is geen gemeente met de code GM0000.\n")


def test_a_provider_is_connected_and_ended(app: Flask, session: Session) -> None:
    gemeente = a_gemeente(session, name="Testerdam")
    session.commit()
    runner = app.test_cli_runner()
    with a_provider() as provider:
        words = ["gemeenten", "provider", gemeente.code, provider.issuer, "dgvn", "--only"]
        connected = runner.invoke(args=words, input=f"{SECRET}\n")

    found = session.get_one(Provider, gemeente.code)
    assert connected.exit_code == 0
    assert "Wie bij Testerdam werkt, kan daar nu inloggen." in connected.stdout
    returns_to = f"http://localhost/inloggen/gemeente/{gemeente.code.lower()}/terug"
    assert returns_to in connected.stdout
    assert SECRET not in connected.output + found.sealed
    assert Seal(app.extensions["settings"], "provider").open(found.sealed) == SECRET
    assert (found.issuer, found.client_id, found.is_only) == (provider.issuer, "dgvn", True)

    ended = runner.invoke(args=["gemeenten", "end-provider", gemeente.code])
    again = runner.invoke(args=["gemeenten", "end-provider", gemeente.code])

    assert ended.stdout == "Wie bij Testerdam werkt, logt weer in met een link.\n"
    assert (again.exit_code, again.output) == (1, "Testerdam heeft geen eigen inlog.\n")


def test_a_provider_that_gives_no_answer_is_said_to(app: Flask, session: Session) -> None:
    gemeente = a_gemeente(session)
    session.commit()

    words = ["gemeenten", "provider", gemeente.code, "http://127.0.0.1:1", "dgvn"]
    result = app.test_cli_runner().invoke(args=words, input="geheim\n")

    assert "Let op: die inlog gaf nu geen goed antwoord" in result.output


def test_a_place_where_nobody_signs_in_is_refused(app: Flask, session: Session) -> None:
    gemeente = a_gemeente(session)
    session.commit()

    words = ["gemeenten", "provider", gemeente.code, "http://10.0.0.1", "dgvn"]
    result = app.test_cli_runner().invoke(args=words, input="geheim\n")

    assert result.exit_code == 1
    assert "Dit is geen adres van een inlog" in result.output
    assert session.scalars(select(Provider)).all() == []


def test_a_network_is_founded_joined_and_left(flask: Terminal, session: Session) -> None:
    one, other = (a_gemeente(session, name=name) for name in ("Testerdam", "Proefstad"))

    founded = flask("gemeenten", "found-network", "Steden", "Samen leren", "--begun", "2007-06-01")
    joined = flask("gemeenten", "join", "steden", one.code, other.code)
    left = flask("gemeenten", "leave", "Steden", other.code)

    assert [founded.exit_code, joined.exit_code, left.exit_code] == [0, 0, 0]
    assert joined.stdout == "Testerdam, Proefstad: nu in het netwerk steden.\n"
    network = queries.networks(session)[0]
    assert [row.gemeente_code for row in queries.rows_of_network(session, network.id)] == [one.code]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("found-network", "", "Samen"), "Vul in hoe het netwerk heet."),
        (("join", "Nergens", "GM0001"), "Er is geen netwerk dat Nergens heet."),
    ],
)
def test_a_network_that_cannot_be_is_refused_plainly(
    flask: Terminal, words: tuple[str, ...], said: str
) -> None:
    result = flask("gemeenten", *words)

    assert (result.exit_code, result.stderr) == (1, f"{said}\n")


def merged(session: Session) -> tuple[Gemeente, Gemeente]:
    """A gemeente that ended long ago with hours that it owes, and of which it is part since."""
    into, ended = a_gemeente(session, name="Nieuwstad"), a_gemeente(session, name="Olddam")
    booked(session, ended.code, a_gemeente(session).code)
    ended.valid_until, ended.successor_code = date(2020, 1, 1), into.code
    session.flush()
    return ended, into


def test_a_merger_is_told_followed_and_followed_no_second_time(
    flask: Terminal, session: Session
) -> None:
    ended, into = merged(session)
    owner = a_user(session, Role.OPGAVEHOUDER, Role.GEMEENTEBEHEERDER, gemeente_code=ended.code)
    an_opgave(session, owner=owner)
    a_domain(session, ended, "olddam.nl")
    words = ("gemeenten", "follow-merger", ended.code, "--into", into.code)
    told = [
        f"Van Olddam ({ended.code}) naar Nieuwstad ({into.code}):",
        "  1 collega",
        "  van wie 1 opgavehouder blijven",
        "  1 opgave",
        "  maildomein: olddam.nl",
        "  uren en limiet in de urenbank",
        "  1 andere rol blijft achter: stel die zo nodig opnieuw voor",
    ]

    dry = flask(*words, "--dry-run")
    assert dry.stdout.splitlines() == [
        *told,
        "Er is nog niets veranderd. Zonder --dry-run gebeurt dit wel.",
    ]
    session.refresh(owner)
    assert owner.gemeente_code == ended.code

    first, second = flask(*words), flask(*words)
    assert first.stdout.splitlines() == told
    assert second.stdout == f"Olddam ({ended.code}): er is niets meer over te brengen.\n"
    session.refresh(owner)
    assert owner.gemeente_code == into.code
    assert hours.balance(session, into.code) < 0 == hours.balance(session, ended.code)


def test_a_sign_in_that_follows_says_where_it_returns_to(flask: Terminal, session: Session) -> None:
    ended, into = merged(session)
    a_sign_in(session, ended.code)

    words = ("gemeenten", "follow-merger", ended.code, "--into", into.code)
    result = flask(*words, "--with-provider")

    assert f"/inloggen/gemeente/{into.code.lower()}/terug" in result.stdout
    assert queries.provider_of(session, into.code) is not None


def test_what_merged_into_nothing_is_refused_plainly(flask: Terminal, session: Session) -> None:
    ended, into = merged(session)
    a_user(session, gemeente_code=ended.code)

    for words, said in (
        ((ended.code, "--into", "GM0000"), "Er is geen gemeente met de code GM0000."),
        ((into.code, "--into", into.code), "Nieuwstad kan niet in zichzelf opgaan. Noem"),
        ((ended.code, into.code, "--into", into.code), "Nieuwstad kan niet in zichzelf"),
        ((into.code, "--into", ended.code), "Nieuwstad bestaat nog: in de lijst staat geen"),
    ):
        result = flask("gemeenten", "follow-merger", *words)
        assert result.exit_code == 1
        assert result.stderr.startswith(said)
    assert flask("gemeenten", "follow-merger", ended.code).exit_code != 0
