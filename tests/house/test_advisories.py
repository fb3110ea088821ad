"""No locked package is one of which a hole is written down."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from devtools.advisories import affected, read_known, read_locked
from devtools.checks import checks


def test_s86_no_locked_package_has_a_hole_that_is_written_down() -> None:
    assert affected(read_locked(), read_known()) == []


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("Flask", "2.3.1", ["Flask 2.3.1: PYSEC-2023-62"]),
        ("flask", "2.2.4", ["flask 2.2.4: PYSEC-2023-62"]),
        ("flask", "2.3.0rc1", []),
        ("flask", "2.3.2", []),
        ("werkzeug", "3.0.1", []),
        ("werkzeug", "3.0.0", ["werkzeug 3.0.0: PYSEC-2023-221"]),
        ("redis", "4.5.2", ["redis 4.5.2: PYSEC-2023-45", "redis 4.5.2: PYSEC-2023-46"]),
        ("redis", "4.5.3", ["redis 4.5.3: PYSEC-2023-46"]),
        ("redis", "4.5.4", []),
    ],
)
def test_s86_a_version_with_a_hole_is_found(name: str, version: str, said: list[str]) -> None:
    assert affected([(name, version)], read_known()) == said


def test_every_lock_is_read() -> None:
    names = {name for name, _ in read_locked()}

    assert {"flask", "pytest", "semgrep"} <= names
    assert len(names) > 100


def test_s86_what_is_known_is_about_what_we_lock() -> None:
    known = {row["package"] for row in read_known()}

    assert known <= {canonicalize_name(name) for name, _ in read_locked()}
    assert {"celery", "cryptography", "flask", "redis", "sqlalchemy", "werkzeug"} <= known


def test_an_advisory_says_where_it_was_read() -> None:
    for row in read_known():
        assert row["id"] in row["source"]
        assert SpecifierSet(row["affected"])
        assert row["published"] <= row["read_on"]


def test_it_is_one_of_the_checks() -> None:
    assert "written holes" in [name for name, _ in checks()]
