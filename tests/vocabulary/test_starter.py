from collections import defaultdict
from pathlib import Path

import pytest

from app.vocabulary.rules import Theme, normalise, squeezed, stemmed
from app.vocabulary.starter import (
    CONCEPT_HEADER,
    DIFFERENT_HEADER,
    DifferentPair,
    StarterConcept,
    read_concepts,
    read_different,
)


def written(folder: Path, kind: str, name: str, *rows: str) -> Path:
    header = CONCEPT_HEADER if kind == "concepts" else DIFFERENT_HEADER
    path = folder / kind / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((",".join(header), *rows)) + "\n", encoding="utf-8")
    return folder


def test_a_row_becomes_a_concept_with_all_its_names(tmp_path: Path) -> None:
    written(
        tmp_path,
        "concepts",
        "ruimte",
        "ruimtelijke ordening,planologie|planoloog,RO,,",
        '"wonen, werken",,,ruimtelijke ordening,ruimtelijke ordening',
    )

    concepts = read_concepts(tmp_path)

    assert concepts == (
        StarterConcept(
            "ruimtelijke ordening", Theme.RUIMTE, ("planologie", "planoloog"), ("RO",), None, ()
        ),
        StarterConcept(
            "wonen, werken",
            Theme.RUIMTE,
            (),
            (),
            "ruimtelijke ordening",
            ("ruimtelijke ordening",),
        ),
    )
    assert concepts[0].names == ("ruimtelijke ordening", "planologie", "planoloog", "RO")


def test_a_pair_says_why_it_differs(tmp_path: Path) -> None:
    written(tmp_path, "different", "jeugd", "pleegzorg,verpleegzorg,Het ene is voor kinderen.")

    assert read_different(tmp_path) == (
        DifferentPair("pleegzorg", "verpleegzorg", "Het ene is voor kinderen."),
    )


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("water,,,", "ruimte.csv, line 3: 4 columns"),
        ("", "ruimte.csv, line 3: 0 columns"),
        (" ,,,,", "ruimte.csv, line 3: ' ' is no name"),
        ("water,rivier||beek,,,", "ruimte.csv, line 3: '' is no name"),
        (f"{'w' * 81},,,,", "ruimte.csv, line 3: .* longer than 80"),
        ("Bodem,,,,", "ruimte.csv, line 3: 'Bodem' is a name of 'bodem' already"),
        ("water,grond,,,", "ruimte.csv, line 3: 'grond' is a name of 'bodem' already"),
        ("water,Water,,,", "ruimte.csv, line 3: 'Water' is a name of 'water' already"),
        ("water,,,zee,", "ruimte.csv, line 3: 'zee' is not the label"),
        ("water,,,,grond", "ruimte.csv, line 3: 'grond' is not the label"),
        ("water,,,water,", "ruimte.csv, line 3: 'water' is broader than itself"),
        ('"water,,,,', "ruimte.csv, after line 3: unexpected end"),
    ],
)
def test_a_bad_concept_is_refused_with_its_file_and_line(
    tmp_path: Path, row: str, complaint: str
) -> None:
    written(tmp_path, "concepts", "ruimte", "bodem,grond,,,", row)

    with pytest.raises(ValueError, match=complaint):
        read_concepts(tmp_path)


def test_a_circle_over_two_themes_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "concepts", "jeugd", "jeugd,,,wonen,")
    written(tmp_path, "concepts", "wonen", "wonen,,,jeugd,")

    with pytest.raises(ValueError, match=r"jeugd.csv, line 2: 'jeugd' is broader than itself"):
        read_concepts(tmp_path)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("jeugd,Jeugd,Omdat.", "line 2: jeugd cannot differ from itself"),
        ("jeugd,deugd, ", "line 2: it does not say why"),
        ("jeugd,,Omdat.", "line 2: '' is no name"),
    ],
)
def test_a_bad_pair_is_refused_with_its_file_and_line(
    tmp_path: Path, row: str, complaint: str
) -> None:
    written(tmp_path, "different", "jeugd", row)

    with pytest.raises(ValueError, match=complaint):
        read_different(tmp_path)


def test_a_file_of_no_theme_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "concepts", "ruimtevaart", "raketten,,,,")

    with pytest.raises(ValueError, match=r"concepts/ruimtevaart.csv: no theme"):
        read_concepts(tmp_path)


@pytest.mark.parametrize("content", [b"", b"label,theme\n", b"naam,,,,\n"])
def test_another_header_is_refused(tmp_path: Path, content: bytes) -> None:
    written(tmp_path, "concepts", "ruimte").joinpath("concepts/ruimte.csv").write_bytes(content)

    with pytest.raises(ValueError, match=r"ruimte.csv, line 1: the header must be label,synonyms"):
        read_concepts(tmp_path)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "concepts", "ruimte") / "concepts/ruimte.csv"
    path.write_bytes(path.read_bytes() + "coördinatie,,,,\n".encode("latin-1"))

    with pytest.raises(ValueError, match=r"ruimte.csv, after line \d: .*utf-8"):
        read_concepts(tmp_path)


def test_the_mark_that_spreadsheets_put_in_front_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = written(tmp_path, "concepts", "ruimte", "bodem,,,,") / "concepts/ruimte.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert [concept.label for concept in read_concepts(tmp_path)] == ["bodem"]


def test_our_own_vocabulary_covers_every_theme() -> None:
    concepts = read_concepts()

    assert len(concepts) >= 500
    assert {concept.theme for concept in concepts} == set(Theme)
    assert len(read_different()) >= 4 * len(Theme)


def test_no_two_of_our_concepts_share_a_form_of_a_name() -> None:
    owners = defaultdict(set)
    for concept in read_concepts():
        for name in concept.names:
            normal = normalise(name)
            owners[squeezed(normal)].add(concept.label)
            owners[squeezed(stemmed(normal))].add(concept.label)

    assert {form: labels for form, labels in owners.items() if len(labels) > 1} == {}
