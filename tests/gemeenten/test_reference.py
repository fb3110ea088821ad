"""Our own list is whole; in any list every bad line is named by its number."""

from pathlib import Path

import pytest

from app.gemeenten.reference import COLUMNS, OWN_LIST, ReferenceList, read

HEADER = ",".join(COLUMNS)
CAPITALS = {
    "Groningen": "Groningen",
    "Fryslân": "Leeuwarden",
    "Drenthe": "Assen",
    "Overijssel": "Zwolle",
    "Flevoland": "Lelystad",
    "Gelderland": "Arnhem",
    "Utrecht": "Utrecht",
    "Noord-Holland": "Haarlem",
    "Zuid-Holland": "Den Haag",
    "Zeeland": "Middelburg",
    "Noord-Brabant": "'s-Hertogenbosch",
    "Limburg": "Maastricht",
}


def line(code: str = "GM0344", **changed: str) -> str:
    cells = {
        "code": code,
        "name": "Utrecht",
        "province": "Utrecht",
        "inhabitants": "374000",
        "inhabitants_on": "2024-01-01",
        "is_provincial_capital": "1",
        "latitude": "52.09",
        "longitude": "5.12",
        "valid_from": "",
        "valid_until": "",
        "successor_code": "",
    }
    return ",".join({**cells, **changed}.values())


def of(tmp_path: Path, *lines: str) -> ReferenceList:
    path = tmp_path / "lijst.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return read(path)


def codes(found: ReferenceList) -> list[str]:
    return [facts.code for facts in found.gemeenten]


def test_our_own_list_has_all_gemeenten_and_no_faults() -> None:
    found = read(OWN_LIST)

    assert found.faults == []
    assert len(set(codes(found))) == len(found.gemeenten) == 342


def test_our_own_list_has_the_capital_of_every_province() -> None:
    capitals = {
        facts.province: facts.name
        for facts in read(OWN_LIST).gemeenten
        if facts.is_provincial_capital
    }

    assert capitals == CAPITALS
    assert sum(facts.is_provincial_capital for facts in read(OWN_LIST).gemeenten) == 12


def test_our_own_list_tells_as_many_people_as_the_country_has() -> None:
    total = sum(facts.inhabitants for facts in read(OWN_LIST).gemeenten)

    assert 17_500_000 < total < 18_500_000


def test_every_bad_line_is_named_by_its_number_in_the_file(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        "# een opmerking",
        line("GM0001"),
        line("GM0002", inhabitants="veel"),
        "",
        line("GM0003", inhabitants_on="1 januari"),
        "# nog een opmerking",
        line("GM0004", latitude="noord"),
        line("GM0005", is_provincial_capital="ja"),
        line("GM0006") + ",te veel",
        "GM0007,te weinig",
        line("GM0001"),
        line("GM0008", inhabitants="1_000"),
        line("GM0009", inhabitants="9" * 5000),
        line("GM0010", valid_until="morgen"),
        line("GM0011", name="", province="Holland"),
        line("GM0012"),
    )

    assert codes(found) == ["GM0001", "GM0012"]
    assert found.faults == [
        "regel 4: inhabitants 'veel' is geen heel getal",
        "regel 6: inhabitants_on '1 januari' is geen datum zoals 2026-01-31",
        "regel 8: latitude 'noord' is geen getal",
        "regel 9: is_provincial_capital 'ja' is geen 0 of 1",
        "regel 10: er zijn 12 kolommen in plaats van 11",
        "regel 11: er zijn 2 kolommen in plaats van 11",
        "regel 12: code GM0001 staat al op regel 3",
        "regel 13: inhabitants '1_000' is geen heel getal",
        f"regel 14: inhabitants {'9' * 20!r} is geen heel getal",
        "regel 15: valid_until 'morgen' is geen datum zoals 2026-01-31",
        "regel 16: de naam is leeg; provincie 'Holland' is onbekend",
    ]


def test_columns_may_stand_in_another_order_but_none_may_lack(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("code,name\nGM0001,Utrecht\n", encoding="utf-8")

    assert read(path).faults == [f"deze kolommen ontbreken: {', '.join(COLUMNS[2:])}"]

    turned = ",".join(reversed(COLUMNS)) + "\n" + ",".join(reversed(line().split(","))) + "\n"
    path.write_text(turned, encoding="utf-8")
    assert codes(read(path)) == ["GM0344"]


def test_an_empty_file_lacks_every_column(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes(b"")

    assert read(path).faults == [f"deze kolommen ontbreken: {', '.join(COLUMNS)}"]


def test_a_file_that_is_not_utf8_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes(f"{HEADER}\n{line(name='Súdwest')}\n".encode("latin-1"))

    assert read(path) == ReferenceList(faults=["het bestand is geen UTF-8 tekst"])


def test_a_byte_order_mark_and_windows_line_ends_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes(f"\ufeff{HEADER}\r\n{line()}\r\n".encode())

    assert (codes(read(path)), read(path).faults) == (["GM0344"], [])


def test_a_quote_that_is_never_closed_is_named_where_it_begins(tmp_path: Path) -> None:
    found = of(tmp_path, line("GM0001"), line("GM0002", name='"Utrecht'), line("GM0003"))

    assert codes(found) == ["GM0001"]
    assert found.faults == [
        "regel 3: de aanhalingstekens of komma's kloppen niet (unexpected end of data); "
        "de rest van het bestand is niet gelezen"
    ]


def test_an_enormous_cell_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    found = of(tmp_path, line("GM0001", name="U" * 1_000_000))

    assert len(found.faults) == 1
    assert found.faults[0].startswith("regel 2: ")


def test_a_successor_must_be_known_or_listed(tmp_path: Path) -> None:
    gone = {"valid_until": "2027-01-01"}
    found = of(
        tmp_path,
        line("GM0001", **gone, successor_code="GM0002"),
        line("GM0002", **gone, successor_code="GM0003"),
        line("GM0004", **gone, successor_code="GM0005"),
        line("GM0005"),
        line("GM0006", **gone, successor_code="GM0007"),
    )

    found.refuse_unknown_successors({"GM0007"})

    assert codes(found) == ["GM0004", "GM0005", "GM0006"]
    assert found.faults == [
        "regel 3: opvolger GM0003 is onbekend",
        "regel 2: opvolger GM0002 is onbekend",
    ]


def test_a_column_that_stands_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text(f"{HEADER},name\n{line()},Anders\n", encoding="utf-8")

    found = read(path)

    assert found.faults == ["deze kolommen staan er meer dan eens: name"]
    assert found.gemeenten == []


@pytest.mark.parametrize("written", ["20260101", "2026-W01-1", "2026-1-1", "31-01-2026"])
def test_only_dates_as_people_write_them_are_read(tmp_path: Path, written: str) -> None:
    found = of(tmp_path, line(inhabitants_on=written))

    assert found.faults == [f"regel 2: inhabitants_on {written!r} is geen datum zoals 2026-01-31"]
