"""ESCO is read under its official headings and Dutch ones; every bad line is named."""

from pathlib import Path

from app.vocabulary.esco import EscoConcept, EscoFolder, read_folder

URI = "http://data.europa.eu/esco/skill/"
OFFICIAL = "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,description\n"


def folder(tmp_path: Path, **files: str) -> EscoFolder:
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return read_folder(tmp_path)


def test_the_official_file_of_skills_is_read(tmp_path: Path) -> None:
    text = (
        f'KnowledgeSkillCompetence,{URI}1,knowledge,sector-specific,Haskell,"taal Haskell\n'
        'functioneel programmeren","Een programmeertaal.\nMet twee regels."\n'
    )

    found = folder(tmp_path, skills_nl=OFFICIAL + text)

    assert found.concepts == [
        EscoConcept(
            URI + "1",
            "Haskell",
            ("taal Haskell", "functioneel programmeren"),
            "Een programmeertaal.\nMet twee regels.",
        )
    ]
    assert (found.faults, found.skipped, found.read) == ([], [], {"skills_nl.csv": 1})


def test_dutch_headings_and_bars_are_read_too(tmp_path: Path) -> None:
    text = (
        "uri,label,soort,altlabels,omschrijving,breder_uri,breder\n"
        f"{URI}1,Haskell,knowledge,Hs | taal Haskell,Een taal.,{URI}2 | {URI}3,x | y\n"
    )

    found = folder(tmp_path, vaardigheden=text)

    assert found.concepts == [
        EscoConcept(
            URI + "1", "Haskell", ("Hs", "taal Haskell"), "Een taal.", (URI + "2", URI + "3")
        )
    ]


def test_a_file_of_relations_only_adds_what_is_broader(tmp_path: Path) -> None:
    relations = (
        "conceptType,conceptUri,conceptLabel,broaderType,broaderUri,broaderLabel\n"
        f"Skill,{URI}1,Haskell,Skill,{URI}2,programmeren\n"
        f"Skill,{URI}1,Haskell,Skill,{URI}2,programmeren\n"
        f"Skill,{URI}9,elders,Skill,{URI}2,programmeren\n"
    )
    skills = OFFICIAL + f"K,{URI}1,,,Haskell,,\nK,{URI}2,,,programmeren,,\n"

    found = folder(tmp_path, broaderRelationsSkillPillar_nl=relations, skills_nl=skills)

    assert [(one.label, one.broader) for one in found.concepts] == [
        ("Haskell", (URI + "2",)),
        ("programmeren", ()),
    ]


def test_a_concept_that_is_in_two_files_is_one_concept(tmp_path: Path) -> None:
    collection = (
        "conceptUri,preferredLabel,altLabels,description,broaderConceptUri\n"
        f"{URI}1,Haskell,,,{URI}2\n"
    )

    found = folder(
        tmp_path, digitalSkills_nl=collection, skills_nl=OFFICIAL + f"K,{URI}1,,,Haskell,Hs,\n"
    )

    assert found.concepts == [EscoConcept(URI + "1", "Haskell", broader=(URI + "2",))]
    assert found.faults == []


def test_files_without_usable_columns_are_skipped_and_said(tmp_path: Path) -> None:
    found = folder(
        tmp_path,
        groepen="code,label\n0,Beroepen\n",
        hierarchie=f"n0,c0,uri\ntaal,L,{URI}1\n",
        leeg="",
    )

    assert found == EscoFolder(
        skipped=[
            "groepen.csv: er is geen kolom conceptUri of uri",
            "hierarchie.csv: er is geen kolom met namen (preferredLabel) of bredere begrippen "
            "(broaderUri)",
            "leeg.csv: er is geen kolom conceptUri of uri",
        ]
    )


def test_every_bad_line_is_named_by_file_and_line(tmp_path: Path) -> None:
    text = (
        f'uri,label,omschrijving\n{URI}1,goed,"twee\nregels"\n'
        f",zonder uri,\ngeen-adres,naam,\n{URI}2, ---,\n\n{URI}3,te weinig\n{URI}4,a,b,c\n"
        f"{URI}1,anders,\n{URI}5,ook goed,\n"
    )

    found = folder(tmp_path, x=text)

    assert [one.label for one in found.concepts] == ["goed", "ook goed"]
    assert found.faults == [
        "x.csv, regel 4: de uri ontbreekt",
        "x.csv, regel 5: 'geen-adres' is geen uri",
        "x.csv, regel 6: de naam (preferredLabel) is leeg of heeft geen letters",
        "x.csv, regel 8: er zijn 2 kolommen in plaats van 3",
        "x.csv, regel 9: er zijn 4 kolommen in plaats van 3",
        f"x.csv, regel 10: {URI}1 heeft elders een andere naam: goed",
    ]


def test_a_quote_that_is_never_closed_is_named_where_it_begins(tmp_path: Path) -> None:
    found = folder(tmp_path, x=f'uri,label\n{URI}1,goed\n{URI}2,"nooit dicht\n{URI}3,naam\n')

    assert [one.label for one in found.concepts] == ["goed"]
    assert found.faults == [
        "x.csv, regel 3: de aanhalingstekens of komma's kloppen niet (unexpected end of data); "
        "de rest van dit bestand is niet gelezen"
    ]


def test_a_file_that_is_not_utf8_is_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(f"uri,label\n{URI}1,caf\xe9\n".encode("latin-1"))

    found = read_folder(tmp_path)

    assert found == EscoFolder(faults=["x.csv: het bestand is geen UTF-8 tekst"])


def test_names_are_cleaned_and_a_byte_order_mark_does_not_count(tmp_path: Path) -> None:
    text = (
        f"\ufeffuri,label,altlabels,omschrijving\n{URI}1,  cafe\u0301\u200b\0 beheer ,|,\u202e<b>\n"
    )

    found = folder(tmp_path, x=text)

    assert found.concepts == [EscoConcept(URI + "1", "café beheer", (), "<b>")]


def test_an_enormous_cell_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    found = folder(tmp_path, x=f"uri,label\n{URI}1,{'x' * 1_000_000}\n")

    assert found.concepts == []
    assert found.faults == [
        "x.csv, regel 2: de aanhalingstekens of komma's kloppen niet "
        "(field larger than field limit (131072)); de rest van dit bestand is niet gelezen"
    ]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "leesmij.txt").write_text("uri,label\n", encoding="utf-8")
    (tmp_path / "map.csv").mkdir()

    assert read_folder(tmp_path) == EscoFolder()
