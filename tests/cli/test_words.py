"""`flask vocabulary` and `flask esco`: what is reported, and what is refused plainly."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.vocabulary import queries, starter
from app.vocabulary.starter import read_concepts
from tests.cli.conftest import Terminal

URI = "http://data.europa.eu/esco/skill/"
HEADER = "conceptUri,preferredLabel,altLabels,description\n"


@pytest.fixture
def esco(tmp_path: Path) -> Path:
    """A folder with one file of two skills, and one that holds no concepts."""
    text = HEADER + f"{URI}1,Haskell,,\n{URI}2,{'x' * 81},,\n"
    (tmp_path / "skills_nl.csv").write_text(text, encoding="utf-8")
    (tmp_path / "groepen.csv").write_text("code,label\n", encoding="utf-8")
    return tmp_path


def test_our_own_words_go_in_once(flask: Terminal, session: Session) -> None:
    first = flask("vocabulary", "import")
    second = flask("vocabulary", "import")

    said = f"{len(read_concepts()):,}".replace(",", ".")
    assert first.stdout.splitlines()[-1] == (
        f"{said} begrippen nieuw, 0 gewijzigd, 0 gelijk gebleven, 0 verwijderd."
    )
    assert (
        second.stdout == f"0 begrippen nieuw, 0 gewijzigd, {said} gelijk gebleven, 0 verwijderd.\n"
    )
    assert queries.count(session) == len(read_concepts())


def test_a_list_of_ours_that_is_wrong_is_refused_plainly(
    flask: Terminal, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "concepts").mkdir()
    (tmp_path / "concepts" / "ruimte.csv").write_text("label\n", encoding="utf-8")
    monkeypatch.setattr(starter, "DATA", tmp_path)

    result = flask("vocabulary", "import")

    assert result.exit_code == 1
    assert result.stderr.startswith("Er is niets ingelezen: onze lijst klopt niet (concepts/ruimte")
    assert queries.count(session) == 0


def test_esco_goes_in_beside_ours(flask: Terminal, session: Session, esco: Path) -> None:
    result = flask("esco", "import", esco)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "skills_nl.csv: 2 regels gelezen",
        "overgeslagen: groepen.csv: er is geen kolom conceptUri of uri",
        "1 naam is te lang en weggelaten.",
        "1 begrip nieuw, 0 gewijzigd, 0 gelijk gebleven, 0 verwijderd.",
    ]
    assert [found.label for found in queries.suggestions(session, "haskell")] == ["Haskell"]


def test_one_bad_line_of_esco_and_nothing_goes_in(
    flask: Terminal, session: Session, esco: Path
) -> None:
    (esco / "meer.csv").write_text(HEADER + "geen,naam,,\n", encoding="utf-8")

    refused = flask("esco", "import", esco)

    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        "meer.csv, regel 2: 'geen' is geen uri",
        "Er is niets ingelezen: 1 fout. Herstel dit, of lees met --good-lines alleen de goede "
        "regels in.",
    ]
    assert queries.count(session) == 0

    taken = flask("esco", "import", esco, "--good-lines")

    assert taken.exit_code == 0
    assert taken.stderr.splitlines()[-1] == "1 fout overgeslagen."
    assert queries.count(session) == 1


def test_a_folder_that_cannot_be_read_is_refused_plainly(
    flask: Terminal, esco: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "leeg"
    empty.mkdir()

    absent = flask("esco", "import", tmp_path / "weg")
    a_file = flask("esco", "import", esco / "skills_nl.csv")
    nothing = flask("esco", "import", empty)

    assert absent.stderr == f"{tmp_path / 'weg'} bestaat niet.\n"
    assert a_file.stderr == f"{esco / 'skills_nl.csv'} is een bestand, geen map.\n"
    assert nothing.stderr == (
        f"Er is niets ingelezen: in {empty} staat geen enkel begrip van ESCO.\n"
    )
    assert {one.exit_code for one in (absent, a_file, nothing)} == {1}
