"""What a digest may read is counted by the last look before it goes."""

import re

from app.notifications import versions
from app.tables import METADATA

TOLD_OF = {"user", "profile", "opgave", "notice", "match"}
COUNTED = set(re.findall(r'(?:FROM|JOIN) "?(\w+)"? o\b', versions.ROWS))


def test_what_points_at_what_a_digest_tells_of_is_counted_or_not_read() -> None:
    pointing = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in TOLD_OF
    }

    assert pointing >= {"notice", "match", "response", "preference"}
    assert sorted(pointing - COUNTED - set(versions.NOT_READ)) == []


def test_what_is_not_read_says_why_and_exists() -> None:
    assert set(versions.NOT_READ) <= set(METADATA.tables)
    assert not COUNTED & set(versions.NOT_READ)
    assert all(versions.NOT_READ.values())


def test_what_words_mean_is_counted() -> None:
    assert "vocabulary_version" in COUNTED
